"""An explanation as one HTML file that needs nothing else: no network, no server, any browser.

On a narrow screen a row of a table is a card. Roles are written out for screen readers, since tables that are shown
otherwise lose theirs.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from html import escape
from importlib import resources

from ....traces import svg
from ....traces.marks import DARK, STYLE
from ....traces.space_time import Diagram
from .. import words
from ..evidence import Finding
from ..explanation import Asked, Explanation
from ..grid import Setting
from ..rows import merged
from ..words import Segments


def write(explanation: Explanation) -> str:
    """The page: the table, the claims, and every counterexample, step by step and as a space-time diagram."""
    script = _file("page.js")
    dark = f"@media (prefers-color-scheme: dark) {{{DARK}}}"
    claims = [(f"claim-{number}", asked) for number, asked in enumerate(explanation.claims, start=1)]
    contents = [("table", "Configurations"), *((name, asked.claim.sentence) for name, asked in claims)]
    fields = {
        "TITLE": escape(words.title(explanation)),
        "HASH": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        "STYLE": _file("page.css") + f"{STYLE}{dark}".replace("FONT", svg.FONT),
        "CONDITIONS": escape(words.conditions(explanation)),
        "CONTENTS": "".join(
            f'<li><a href="#{name}">{escape(title)}</a>' for name, title in [*contents, ("runs", "Counterexamples")]
        ),
        "TABLE": _table(explanation),
        "NOTES": "".join(f"<p>{escape(one)}</p>" for one in (words.READING, words.left_out(explanation)) if one),
        "KINDS": "".join(f"<dt>{escape(kind.one)}<dd>{escape(kind.words)}" for kind in explanation.kinds),
        "CLAIMS": "\n".join(_claim(name, asked, explanation) for name, asked in claims),
        "RUNS": "\n".join(_runs(explanation)) or "<p>There is none.</p>",
        "ODDS": escape(words.odds(explanation)),
        "SCRIPT": script,
    }
    head, *rest = _file("page.html").split("{{")
    return head + "".join(fields[name] + text for name, _, text in (part.partition("}}") for part in rest))


def _file(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


# Tables.


def _table(explanation: Explanation) -> str:
    rows = [(cell.setting, [(cell.verdict, words.cell_words(cell, explanation))]) for cell in explanation.cells]
    caption = f"When acknowledged records are lost, with up to {explanation.failures} failures"
    return _rows("result", caption, [words.RESULT], rows)


def _claim(name: str, asked: Asked, explanation: Explanation) -> str:
    rows = [
        (row[0].setting, [(one.verdict, words.answer_words(one, explanation)) for one in row]) for row in asked.rows
    ]
    heads = [reading.words for reading in asked.claim.readings]
    table = _rows("claim", asked.claim.sentence, heads, rows) if rows else ""
    return (
        f'<section aria-labelledby="{name}"><h2 id="{name}">“{escape(asked.claim.sentence)}”</h2>'
        f"<p>{escape(asked.claim.words)}</p>\n<p>{escape(words.tally(asked))}</p>\n{table}</section>"
    )


def _rows(
    kind: str, caption: str, heads: Sequence[str], found: Sequence[tuple[Setting, Sequence[tuple[str, Segments]]]]
) -> str:
    """A table: the columns of the configurations, then those with these heads."""
    columns, rows = merged(found)
    parts = [
        f'<table class="{kind}" role="table" aria-label="{escape(caption)}">',
        '<thead role="rowgroup"><tr role="row">',
        *(f'<th scope="col" role="columnheader">{_breakable(head)}</th>' for head in (*columns, *heads)),
        '</tr></thead>\n<tbody role="rowgroup">',
    ]
    for row in rows:
        parts.append('<tr role="row">')
        for head, text in zip(columns, row.texts, strict=True):
            parts.append(f'<th scope="row" role="rowheader" data-head="{escape(head)}">{escape(text)}</th>')
        for head, (verdict, segments) in zip(heads, row.answer, strict=True):
            class_ = verdict.split(" ", maxsplit=1)[0]
            parts.append(f'<td role="cell" class="{class_}" data-head="{escape(head)}">{_linked(segments)}</td>')
        parts.append("</tr>\n")
    return "".join([*parts, "</tbody></table>"])


def _breakable(head: str) -> str:
    """A head that may be broken after dots."""
    return escape(head).replace(".", ".<wbr>")


def _linked(segments: Segments) -> str:
    """A cell: the verdict in bold, and links to counterexamples."""
    (first, number), *rest = segments
    verdict, colon, more = first.partition(":")
    head = f"<b>{escape(verdict + colon)}</b>{escape(more)}" if number is None else _link(first, number)
    return head + "".join(escape(text) if number is None else _link(text, number) for text, number in rest)


def _link(text: str, number: int) -> str:
    return f'<a href="#run-{number}">{escape(text)}</a>'


# Counterexamples.


def _runs(explanation: Explanation) -> Iterator[str]:
    for number, finding in enumerate(explanation.counterexamples, start=1):
        yield _run(number, finding, explanation)


def _run(number: int, finding: Finding, explanation: Explanation) -> str:
    trace = finding.trace
    assert trace is not None
    steps = "".join(
        f"<li{' class=fault' if step.fault else ''}>{escape(line)}"
        for step, line in zip(trace.steps, words.steps_of(trace), strict=True)
    )
    head = f"{number}. {words.loss(finding)}: {words.setting_of(trace)}"
    return (
        f'<details id="run-{number}"><summary>{escape(head)}</summary>\n<ol>{steps}</ol>\n'
        f'<div class="diagram" role="region" tabindex="0" aria-label="Space-time diagram of run {number}">'
        f"{Diagram(trace).svg()}</div>\n<pre>{escape(words.command(finding, explanation))}</pre></details>"
    )

"""An explanation as Markdown, as GitHub shows it: tables, and every counterexample folded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from . import words
from .explanation import Asked, Explanation
from .grid import Setting
from .rows import merged
from .words import Segments


def write(explanation: Explanation) -> str:
    """The table, the claims, and the counterexamples, which cells link to."""
    return "\n".join(_blocks(explanation))


def _blocks(explanation: Explanation) -> Iterator[str]:
    yield f"# {_plain(words.title(explanation))}\n"
    yield f"{_plain(words.conditions(explanation))}\n"
    yield from (f"- **{kind.one}**: {_plain(kind.words)}" for kind in explanation.kinds)
    yield ""
    cells = [(cell.setting, [_linked(words.cell_words(cell, explanation))]) for cell in explanation.cells]
    yield from _table([words.RESULT], cells)
    yield from (f"{_plain(one)}\n" for one in (words.left_out(explanation), words.READING) if one)
    for asked in explanation.claims:
        yield from _claim(asked, explanation)
    if explanation.counterexamples:
        yield "## Counterexamples\n"
    yield from _counterexamples(explanation)
    yield _plain(words.odds(explanation)) + "\n"


def _claim(asked: Asked, explanation: Explanation) -> Iterator[str]:
    yield f'## "{asked.claim.sentence}"\n'
    yield f"{asked.claim.words}\n"
    yield f"{words.tally(asked)}\n"
    if not asked.rows:
        return
    rows = [(row[0].setting, [_linked(words.answer_words(one, explanation)) for one in row]) for row in asked.rows]
    yield from _table([reading.words for reading in asked.claim.readings], rows)


def _counterexamples(explanation: Explanation) -> Iterator[str]:
    for number, finding in enumerate(explanation.counterexamples, start=1):
        assert finding.trace is not None
        head = f"{number}. {words.loss(finding)}: {words.setting_of(finding.trace)}"
        steps = [f"{place}. {_plain(step)}" for place, step in enumerate(words.steps_of(finding.trace), start=1)]
        yield f'<a id="run-{number}"></a><details><summary>{escape(head)}</summary>\n'
        yield from steps
        yield f"\n```\n{words.command(finding, explanation)}\n```\n\n</details>\n"


def _table(heads: Sequence[str], found: Sequence[tuple[Setting, Sequence[str]]]) -> Iterator[str]:
    columns, rows = merged(found)
    yield f"| {' | '.join([*columns, *heads])} |"
    yield f"|{'---|' * (len(columns) + len(heads))}"
    yield from (f"| {' | '.join([*row.texts, *row.answer])} |" for row in rows)
    yield ""


def _linked(segments: Segments) -> str:
    return "".join(_plain(text) if number is None else f"[{_plain(text)}](#run-{number})" for text, number in segments)


def _plain(text: str) -> str:
    """Text without anything that Markdown takes for markup."""
    return "".join(f"\\{one}" if one in "\\`*_[]<>|~" else one for one in text)

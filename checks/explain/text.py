"""An explanation as lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..screen import Line
from . import words
from .explanation import Asked, Explanation
from .grid import Setting
from .rows import merged
from .words import Segments

_INDENT = "  "
_STYLES = {
    "lost": "bold red",
    "false": "bold red",
    "kept": "green",
    "true": "green",
    "open": "yellow",
    "not computed": "dim",
    "not asked": "dim",
}


def lines(explanation: Explanation) -> Iterator[Line]:
    """The table, the claims, and the counterexamples step by step."""
    yield [(words.title(explanation), "bold")]
    yield [(words.conditions(explanation), "dim")]
    yield [("", "")]
    yield [("What can fail:", "")]
    yield from ([(f"{_INDENT}{kind.one}: ", "bold"), (kind.words, "")] for kind in explanation.kinds)
    yield [("", "")]
    yield from _table(explanation)
    for line in filter(None, (words.left_out(explanation), words.READING)):
        yield [("", "")]
        yield [(line, "")]
    for asked in explanation.claims:
        yield [("", "")]
        yield from _claim(asked, explanation)
    yield from _counterexamples(explanation)
    yield [("", "")]
    yield [(words.odds(explanation), "dim")]


def _said(segments: Segments) -> str:
    return "".join(text if number is None else f"{text} [{number}]" for text, number in segments)


def _rows(found: Sequence[tuple[Setting, tuple[str, str]]], head: str) -> Iterator[Line]:
    """A table of verdicts and what is said of them."""
    heads, rows = merged(found)
    texts = [heads, *(row.texts for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    padded = [_INDENT + "".join(f"{text:{width}}  " for text, width in zip(row, widths, strict=True)) for row in texts]
    yield [(f"{padded[0]}{head}", "bold")]
    for columns, row in zip(padded[1:], rows, strict=True):
        verdict, said = row.answer
        yield [(columns, ""), (said, _STYLES[verdict])]


def _table(explanation: Explanation) -> Iterator[Line]:
    found = [(cell.setting, (cell.verdict, _said(words.cell_words(cell, explanation)))) for cell in explanation.cells]
    yield from _rows(found, words.RESULT)


def _claim(asked: Asked, explanation: Explanation) -> Iterator[Line]:
    yield [(f'"{asked.claim.sentence}"', "bold")]
    yield [(f"{_INDENT}{asked.claim.words}", "")]
    yield [(f"{_INDENT}{words.tally(asked)}", "" if asked.rows else "dim")]
    for place, reading in enumerate(asked.claim.readings):
        answers = [row[place] for row in asked.rows]
        found = [(one.setting, (one.verdict, _said(words.answer_words(one, explanation)))) for one in answers]
        yield from _rows(found, reading.words)


def _counterexamples(explanation: Explanation) -> Iterator[Line]:
    for number, finding in enumerate(explanation.counterexamples, start=1):
        trace = finding.trace
        assert trace is not None
        yield [("", "")]
        yield [(f"[{number}] ", "bold"), (f"{words.loss(finding)}: {words.setting_of(trace)}", "bold")]
        width = len(str(trace.states))
        for place, (step, line) in enumerate(zip(trace.steps, words.steps_of(trace), strict=True), start=1):
            yield [(f"{_INDENT}{place:>{width}}  {line}", "red" if step.fault else "")]
        yield [(f"{_INDENT}{words.command(finding, explanation)}", "dim")]


def write(explanation: Explanation) -> str:
    """The same without styles."""
    return "".join(f"{''.join(text for text, _ in line).rstrip()}\n" for line in lines(explanation))

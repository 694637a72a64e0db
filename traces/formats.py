"""The formats that a trace can be written in, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..model.lang.specification import Specification
from . import chrome, columns, itf, mermaid, page, shiviz, space_time, table, text, tlc
from .trace import Trace


class Format(NamedTuple):
    """A way to write a trace of a specification: `suffix` is how its files end, `words` what it is for."""

    write: Callable[[Trace, Specification], str]
    suffix: str
    words: str


def _alone(write: Callable[[Trace], str], suffix: str, words: str) -> Format:
    """A format that needs nothing but the trace."""
    return Format(lambda trace, _: write(trace), suffix, words)


FORMATS: dict[str, Format] = {
    "text": _alone(text.write, ".txt", "what every step changed, as plain text"),
    "lanes": _alone(columns.write, ".lanes.txt", "a column a process, for wide terminals"),
    "html": Format(page.write, ".html", "a page to step through, with everything in one file"),
    "svg": _alone(space_time.write, ".svg", "a space-time diagram"),
    "mermaid": _alone(mermaid.write, ".mmd", "a sequence diagram that GitHub draws in Markdown"),
    "shiviz": _alone(shiviz.write, ".log", "vector clocks for ShiViz"),
    "chrome": _alone(chrome.write, ".trace.json", "slices, flows and counters for ui.perfetto.dev"),
    "tlc": _alone(tlc.write, ".out", "an error trace as TLC prints it, values in TLA+"),
    "csv": _alone(table.write, ".csv", "a row a step and a column a changed path, for spreadsheets"),
    "itf": _alone(itf.write, ".itf.json", "all of it, for Apalache, Quint, trace viewers and `fencepost replay`"),
}

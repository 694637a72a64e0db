"""A trace as comma-separated values for spreadsheets: a row a step, a column for each path that changes.

The first row of states has the values at the beginning, later ones what a step changed. No cell is taken for a formula:
one that begins like one has an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from ..model.lang import types
from .difference import Change
from .escaping import printable, shortened
from .text import conclusion
from .trace import Trace, TraceStep

_HEAD = ("state", "process", "action", "arguments", "choices", "fault")
#: Changes of more paths share the last column. Spreadsheets take 16,384 columns; nobody reads as many.
MAX_PATHS = 500
#: Spreadsheets take 32,767 characters a cell.
MAX_CELL = 32_000
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"-?[0-9]+\Z")


def write(trace: Trace) -> str:
    """The trace as CSV, lines ending in a newline."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([cell(value) for value in row] for row in rows(trace))
    return text.getvalue()


def rows(trace: Trace) -> Iterator[list[str]]:
    """The cells as the trace has them, before anything is made harmless; the first row is the head."""
    changed = list(dict.fromkeys(change.path for step in trace.steps for change in step.changes))
    paths, others = changed[:MAX_PATHS], set(changed[MAX_PATHS:])
    shows = conclusion(trace)
    yield [*_HEAD, *paths, *(["other changes"] if others else []), *(["shows"] if shows else [])]
    first = dict(_values(trace.steps[0].state._type, trace.steps[0].state, ""))
    for number, step in enumerate(trace.steps, start=1):
        values = [first.get(path, "") for path in paths] if number == 1 else _changed(step, paths)
        rest = ["; ".join(one.show() for one in step.changes if one.path in others)] if others else []
        end = [shows if number == trace.states else ""] if shows else []
        yield [*_call(step, number), *values, *rest, *end]


def _values(kind: types.Type, value: Any, path: str) -> Iterator[tuple[str, str]]:
    """The value at every path that a change can have."""
    if path:
        yield path, kind.show(value)
    match kind:
        case types.Struct():
            for name, part in kind.fields:
                yield from _values(part, value._values[name], f"{path}.{name}" if path else name)
        case types.Map():
            for key, item in zip(kind.key.values(), value._values, strict=True):
                yield from _values(kind.element, item, f"{path}[{kind.key.show(key)}]")
        case types.Seq():
            for index, item in enumerate(value):
                yield from _values(kind.element, item, f"{path}[{index}]")
        case types.Option() if value is not None:
            yield from _values(kind.inner, value, path)
        case types.Union():
            yield from _values(kind.members[kind.position(value)], value, path)


def _call(step: TraceStep, number: int) -> list[str]:
    arguments = ", ".join(f"{argument.name}={argument.text}" for argument in step.arguments)
    action = step.action if number > 1 or step.action else step.beginning
    return [str(number), step.process, action, arguments, ", ".join(step.choices), "fault" if step.fault else ""]


def _changed(step: TraceStep, paths: list[str]) -> list[str]:
    cells: dict[str, list[str]] = {}
    for change in step.changes:
        cells.setdefault(change.path, []).append(_value(change))
    return ["; ".join(cells.get(path, [])) for path in paths]


def _value(change: Change) -> str:
    if change.before is None:
        return f"added {change.after}"
    return f"removed {change.before}" if change.after is None else change.after


def cell(text: str) -> str:
    """The text of a cell that a spreadsheet shows as it is."""
    harmless = shortened(printable(text), MAX_CELL)
    return f"'{harmless}" if _FORMULA.match(harmless) and not _NUMBER.match(harmless) else harmless

"""What a failed property says in a test report: why, the run with what each step changed, and what to do next.

It is short, because it is read between many other things in the log of a job. The whole run is in a file beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..traces import text
from ..traces.trace import Trace
from .cases import COVERAGE, Case
from .report import ConfigurationReport
from .terminal import title

MOST_LINES = 60
_MOST_REASONS = 12
#: The parts of the initial state and the steps of a long run that are shown first; the rest of the room is for the end.
_MOST_PARTS = 8
_FIRST_LINES = 14


def failure(one: ConfigurationReport, case: Case, notes: Sequence[str]) -> str:
    """The text for an unexpected outcome, of at most 60 lines; notes say what was written and what to do next."""
    trace = case.prop.trace if case.prop is not None and case.status == "failed" else None
    head = [case.message]
    if case.prop is not None and case.prop.words:
        head.append(f"  {case.prop.words}")
    if trace is not None and case.prop is not None and case.prop.explanation:
        head.append(f"  {'On the step to' if case.prop.kind == 'step_invariant' else 'In'} state {trace.states}:")
        head += _cut([f"    {line}" for line in case.prop.explanation], _MOST_REASONS, _MOST_REASONS - 2)
    if one.error is not None and case.name == COVERAGE:
        head += _cut(one.error.text.split("\n"), _MOST_REASONS, _MOST_REASONS - 2)
    tail = [f"In {title(one)}.", *notes]
    if trace is not None:
        head.append(f"  Shortest run, {trace.states} state{'s' if trace.states != 1 else ''}:")
        head += run_lines(trace, MOST_LINES - len(head) - len(tail))
    # A specification can have halves of surrogate pairs in its texts, which no file or pipe takes.
    return "\n".join([*head, *tail]).encode("utf-8", "backslashreplace").decode()


def run_lines(trace: Trace, room: int) -> list[str]:
    """A run with what each step changes, in at most so many lines."""
    lines = list(text.lines(trace, indent="  "))
    initial = [line.text for line in lines if line.kind == "state"]
    first, *steps = [line.text for line in lines if line.kind != "state"]
    return _cut([first, *_cut(initial, _MOST_PARTS, _MOST_PARTS - 1), *steps], room, _FIRST_LINES)


def _cut(lines: list[str], room: int, first: int) -> list[str]:
    """The lines, or the first and the last of them if there are too many."""
    if len(lines) <= room:
        return lines
    last = room - first - 1
    left_out = f"  ... {len(lines) - first - last} lines left out ..."
    return [*lines[:first], left_out, *(lines[-last:] if last else [])]

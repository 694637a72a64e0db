"""A trace as people read it in a terminal: who did what, and only what that changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from .difference import parts
from .escaping import printable
from .replay import DEADLOCK
from .trace import Trace, TraceStep

_IS = ("violated", "not inductive")


class Line(NamedTuple):
    """A line of text and what it is: the head of a step, something it changed, or a part of the initial state."""

    kind: Literal["step", "change", "state"]
    text: str


def lines(trace: Trace, *, arrow: str = "->", indent: str = "") -> Iterator[Line]:
    """The trace line by line. States are numbered from 1, and so is the one each step leads to."""
    width = len(str(trace.states))
    margin = indent + " " * (width + 2)
    for number, step in enumerate(trace.steps, start=1):
        yield Line("step", f"{indent}{number:>{width}}  {headline(step, first=number == 1)}")
        if number == 1:
            for path, text in parts(step.state._type, step.state):
                yield Line("state", f"{margin}  {path}: {text}")
        elif not step.changes:
            yield Line("change", f"{margin}  (nothing changes)")
        for change in step.changes:
            yield Line("change", f"{margin}  {change.show(arrow)}")
    if trace.loop is not None:
        yield Line("step", f"{margin}and back to state {trace.loop + 1}")


def headline(step: TraceStep, *, first: bool) -> str:
    """Who took a step, which, and with which arguments and choices."""
    chosen = f", choosing {', '.join(step.choices)}" if step.choices else ""
    if first:
        return f"{step.beginning}: {step.call}{chosen}" if step.action else step.beginning
    who = f"{step.process}: " if step.process else ""
    return f"{who}{step.call if step.action else 'a step'}{chosen}{' (fault)' if step.fault else ''}"


def write(trace: Trace, views: Mapping[str, Sequence[Any]] | None = None) -> str:
    """The trace as plain text: what it is a run of, what it shows, and its steps.

    `views` has a value for every state under each name; they are shown where they change.
    """
    found = [title(trace)]
    number = 0
    for line in lines(trace):
        if line.kind == "step":
            found += _viewed(views or {}, number)
            number += 1
        found.append(line.text)
    if number == trace.states:
        found += _viewed(views or {}, number)
    return "".join(f"{printable(line)}\n" for line in found)


def _viewed(views: Mapping[str, Sequence[Any]], number: int) -> Iterator[str]:
    """The views that change with the state of that number, counted from 1."""
    for name, every in views.items() if number else ():
        now, before = every[number - 1], every[number - 2] if number > 1 else None
        if number == 1:
            yield f"     = {name}: {now!r}"
        elif now != before:
            yield f"     = {name}: {before!r} -> {now!r}"


def title(trace: Trace) -> str:
    """What a trace is a run of, what it shows, and how long it is."""
    constants = ", ".join(f"{name} = {value}" for name, value in trace.constants.items())
    shows = conclusion(trace)
    length = f"{trace.states} state{'s' if trace.states > 1 else ''}"
    return f"{trace.model}{f' ({constants})' if constants else ''}: {f'{shows}, ' if shows else ''}{length}"


def conclusion(trace: Trace) -> str:
    """What a run shows, such as `weak_isr is violated`; empty when nothing is recorded."""
    if not trace.property_name:
        return ""
    if trace.kind == DEADLOCK and trace.verdict == "violated":
        return "deadlock: no step is possible"
    if trace.kind == "witness" and trace.verdict == "holds":
        return f"{trace.property_name} is reached"
    return f"{trace.property_name} {'is ' if trace.verdict in _IS else ''}{trace.verdict}".rstrip()

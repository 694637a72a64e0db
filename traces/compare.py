"""Where two runs part: how much of them is the same, and how the first states that differ do."""

from __future__ import annotations

from dataclasses import dataclass

from ..model.errors import ForeignTrace
from .difference import Change, difference
from .trace import Trace


@dataclass(frozen=True)
class Departure:
    """The first point at which two runs are not the same.

    `state` is its number, from 1: the states before it are equal, and so are the steps to them. `changes` leads from
    the state of the one run to that of the other; it is empty where only the steps differ, or where one run has ended.
    """

    state: int
    changes: tuple[Change, ...]


def departure(one: Trace, other: Trace) -> Departure | None:
    """Where two runs of one specification part; None if they are the same. Raises ForeignTrace for others."""
    kind, found = one.last.state._type, other.last.state._type
    if [(name, str(part)) for name, part in kind.fields] != [(name, str(part)) for name, part in found.fields]:
        raise ForeignTrace(
            f"{one.model} and {other.model} do not have the same state", hint="compare runs of one model"
        )
    for number, (left, right) in enumerate(zip(one.steps, other.steps, strict=False), start=1):
        if (left.code, left.process, left.call, left.choices) != (right.code, right.process, right.call, right.choices):
            return Departure(number, tuple(difference(kind, left.state, right.state)))
    if one.states != other.states:
        return Departure(min(one.states, other.states) + 1, ())
    return None

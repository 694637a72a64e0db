"""Runs, from the numbers of walks: walked again natively, without detours, and confirmed step by step in CPython."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ...model.errors import FencepostError
from ...model.lang import values
from ...model.lang.specification import Property, Specification, Step
from ...traces.trace import TraceStep, initial_step, taken_step
from ..engine.memory import Words
from ..engine.runs import evaluation_error, raised_by
from ..outcome import Disagreement
from .library import Library
from .walker import At, Plan, path_to


@dataclass(frozen=True)
class Replayed:
    """A run, and its last two states; `before` is None when it has only one."""

    steps: tuple[TraceStep, ...]
    before: Any
    last: Any


class Runs:
    """Rebuilds the runs of the walks of a plan. Raises Disagreement if CPython does not go the same way."""

    def __init__(self, specification: Specification, library: Library, plan: Plan, initial: Words) -> None:
        self.specification, self.library, self.plan, self.initial = specification, library, plan, initial

    def to(self, at: At) -> Replayed:
        """The run to a place on a walk, without what lies between two visits of a state. The last step is kept."""
        rows = [tuple(map(int, row)) for row in path_to(self.library, self.plan, self.initial, at)]
        codec, words = self.library.codec, self.library.shape.model.words
        before, state = None, codec.decode(rows[0][:words])
        steps = [initial_step(self.specification, state)]
        for row in _straight(rows, words):
            step = self._step(state, row[words], row[words + 1])
            mask = (1 << 64) - 1
            if step is None or codec.encode(step.state) != [word & mask for word in row[:words]]:
                raise self._disagreement("a step of native code is not possible, or leads elsewhere")
            steps.append(taken_step(self.specification, step, state))
            before, state = state, step.state
        return Replayed(tuple(steps), before, state)

    def _step(self, state: Any, action: int, number: int) -> Step | None:
        """One of the steps of an action."""
        return next(islice(self._steps(state, action), number, None), None)

    def _steps(self, state: Any, number: int) -> Iterator[Step]:
        action = self.specification.actions[number]
        for arguments in self.specification.arguments(action, state):
            yield from self.specification.fire(action, state, arguments)

    def _disagreement(self, what: str) -> Disagreement:
        return Disagreement(f"{self.specification.name}: in CPython, {what}")

    def violation(self, prop: Property, at: At) -> tuple[TraceStep, ...]:
        """The run to the first failure of a property (or, for a witness, to where it is true)."""
        found = self.to(at)
        if prop.kind == "step_invariant":
            value = self.specification.holds(prop, found.before, found.last)
        else:
            value = self.specification.holds(prop, found.last)
        if value is not (prop.kind == "witness"):
            raise self._disagreement(f"{prop.name} has another value than in native code")
        return found.steps

    def deadlock(self, at: At) -> tuple[TraceStep, ...]:
        """The run to a state in which no step is possible."""
        found = self.to(at)
        if any(True for _ in self.specification.successors(found.last)):
            raise self._disagreement("a deadlock in native code is none")
        return found.steps

    def error(self, at: At) -> tuple[FencepostError, tuple[TraceStep, ...]]:
        """What CPython raises where native code says that the specification fails, with the run there."""
        found = self.to(at)
        raised = evaluation_error(self.specification, found.before, found.last)
        if raised is None:
            raised = raised_by(lambda: list(self.specification.successors(values.thaw(found.last))))
        if raised is None:
            raise self._disagreement("an error in native code is none")
        return raised, found.steps


def _straight(rows: list[tuple[int, ...]], words: int) -> Iterator[tuple[int, ...]]:
    """The steps of a path without detours: rows but the first. The last step is always there."""
    latest = {row[:words]: index for index, row in enumerate(rows[:-1])}
    index = 0
    while index < len(rows) - 1:
        index = latest[rows[index][:words]] + 1
        yield rows[index]

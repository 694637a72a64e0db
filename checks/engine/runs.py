"""Runs, from the parents that a search keeps.

A search knows of every state the position among the successors of its parent. Following these positions natively gives
the words of every state on the way; following them in CPython must give the same states, or the two executions differ
and nothing that was found can be believed. With symmetry the search knows representatives only: then the run in
CPython takes, at each step, the first successor that has the next representative. Where there is none, identities that
are declared interchangeable are not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from ...model.errors import FencepostError
from ...model.lang.specification import Specification, Step
from ..native.codec import Codec
from ..outcome import Disagreement, Run, with_run
from ..self_check import SelfCheck
from .found import Found, Place
from .library import Library, SpecificationFailed

Words = tuple[int, ...]
Accept = Callable[[Any, Any], bool]


@dataclass(frozen=True)
class Replayed:
    """A run with its last two states; `before` is None when it has only one."""

    run: Run
    before: Any
    last: Any


class Runs:
    """Rebuilds the runs of one search. Raises Disagreement if CPython does not go the same way, or NotSymmetric."""

    def __init__(
        self,
        specification: Specification,
        codec: Codec,
        library: Library,
        found: Found,
        initial: Sequence[Any],
    ) -> None:
        self.specification, self.codec, self.library = specification, codec, library
        self.found, self.initial = found, initial

    def to(self, place: Place, accept: Accept | None = None) -> Replayed:
        """The run to a place. With `accept`, its last step is one for which that is true of the states around it."""
        number, positions = self._positions(place)
        path = self._path(number, positions)
        state, before = self.initial[number], None
        taken: list[int] = []
        for index, wanted in enumerate(path[1:]):
            last = index == len(positions) - 1
            known = None if self.library.shape.symmetric else positions[index]
            found = self._step(state, wanted, known, accept if last else None)
            if found is None:
                self._compare(path[index], state)
                raise self._disagreement("a step of native code is not possible, or leads elsewhere")
            position, step = found
            taken.append(position)
            before, state = state, step.state
        self._compare(path[-1], state)
        return Replayed(Run(self.specification.key(self.initial[number]), tuple(taken)), before, state)

    def _compare(self, words: Words, state: Any) -> None:
        """Sees that names make no difference between what the search knows and what it stands for here."""
        if self.library.shape.symmetric:
            SelfCheck(self.specification).compare_renamed(self.codec.decode(words), state)

    def _positions(self, place: Place) -> tuple[int, list[int]]:
        """The number of the initial state, and the positions from there on."""
        if place.level < 0:
            return place.index, []
        number, positions = self.found.parents.path(place.level, place.index)
        return number, positions if place.position is None else [*positions, place.position]

    def _path(self, number: int, positions: Sequence[int]) -> list[Words]:
        """The words of every state on the way, as native code makes them; representatives only."""
        path = [self.library.canonical(self.codec.encode(self.initial[number]))]
        for position in positions:
            try:
                successors = self.library.successors(path[-1])
            except SpecificationFailed:
                raise Disagreement("a state that was expanded before cannot be expanded again") from None
            path.append(self.library.canonical(successors[position]))
        return path

    def _step(self, state: Any, wanted: Words, known: int | None, accept: Accept | None) -> tuple[int, Step] | None:
        """The step from a state to the wanted one, at the known position or the first that will do."""
        for position, step in enumerate(self.specification.successors(state)):
            if known is not None and position != known:
                continue
            if self.library.canonical(self.codec.encode(step.state)) != wanted:
                continue
            if accept is None or accept(state, step.state):
                return position, step
        return None

    def _disagreement(self, what: str) -> Disagreement:
        return Disagreement(f"{self.specification.name}: in CPython, {what}")

    def violation(self, index: int, place: Place) -> Run:
        """The run to the first failure of a property (or, for a witness, to where it is true)."""
        prop = self.specification.properties[index]
        wanted = prop.kind == "witness"
        if prop.kind == "step_invariant":
            return self.to(place, lambda before, after: not self.specification.holds(prop, before, after)).run
        replayed = self.to(place)
        if self.specification.holds(prop, replayed.last) is not wanted:
            raise self._disagreement(f"{prop.name} has another value than in native code")
        return replayed.run

    def deadlock(self, place: Place) -> Run:
        """The run to a state that has no successors."""
        replayed = self.to(place)
        if any(True for _ in self.specification.successors(replayed.last)):
            raise self._disagreement("a deadlock in native code is none")
        return replayed.run

    def error(self, place: Place) -> FencepostError:
        """What CPython raises at a place where native code says that the specification fails, with the run there."""
        specification = self.specification
        if place.position is None or place.level < 0:
            replayed = self.to(place)
        else:
            replayed = self.to(place, lambda before, after: evaluation_error(specification, before, after) is not None)
        raised = evaluation_error(specification, replayed.before, replayed.last)
        if raised is None and place.position is None:
            raised = raised_by(lambda: list(specification.successors(replayed.last)))
        if raised is None:
            raise self._disagreement("an error in native code is none")
        return with_run(raised, replayed.run)


def evaluation_error(specification: Specification, before: Any, state: Any) -> FencepostError | None:
    """What the evaluation of properties and constraints raises, step invariants first; None if nothing does.

    `before` is the state before, or None.
    """
    holds = specification.holds
    steps = [prop for prop in specification.properties if prop.kind == "step_invariant"]
    states = [prop for prop in specification.properties if prop.kind != "step_invariant"]
    evaluations: list[Callable[[], object]] = [partial(holds, prop, state) for prop in states]
    if before is not None:
        evaluations = [*(partial(holds, prop, before, state) for prop in steps), *evaluations]
    evaluations.append(partial(specification.within_constraint, state))
    for evaluation in evaluations:
        raised = raised_by(evaluation)
        if raised is not None:
            return raised
    return None


def raised_by(action: Callable[[], object]) -> FencepostError | None:
    """The error that an action ends in, if it is one of the specification."""
    try:
        action()
    except FencepostError as error:
        return error
    return None

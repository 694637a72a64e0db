"""The self-check of symmetry reduction: whether identities that are declared interchangeable really are.

The reduction visits one of all states that differ by a renaming only. It misses nothing if whatever is possible in a
state is possible, renamed, in the renamed state, and if no property depends on names. Lowering refuses what is plainly
about order; what a loop or a list makes of the order of a set shows only when it runs. So a sample of the states that
a search expands is renamed, and must then behave as its renaming says:

- each action leads to the renamed states, and only to them;
- invariants, witnesses and constraints have the same values, and step invariants on the same steps.

The renamed initial states need not be initial states: what they lead to is what these lead to, renamed.

Here the class itself is run, in CPython. The native engine compares what its kernels do, and comes here for words.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NoReturn

from ..model import errors
from ..model.lang import types
from ..model.lang.sources import method_at
from ..model.lang.specification import Action, Property, Specification, Step, show_call
from ..model.lang.values import freeze
from ..traces.difference import difference, parts
from .native.symmetry import Symmetry, apply, inverse, symmetries

DIGITS = 6
"""The first 2 ** DIGITS states are in the sample; of later ones, those whose numbers have only zeros after that many
binary digits: 2 ** (DIGITS - 1) each time that the number of states doubles."""

RENAMINGS = 12
"""How many renamings of a state are tried. Where there are more, each state has its turn with the next ones."""

_MOST_RESULTS = 4


def sampled(start: int, stop: int) -> Iterator[int]:
    """The numbers of the states in the sample, from `start` up to `stop`. States are numbered as they are found."""
    number = start
    while number < stop:
        step = 1 << max(number.bit_length() - DIGITS, 0)
        if number % step == 0:
            yield number
        number += step - number % step


def turns(kind: types.Type) -> Iterator[list[Symmetry]]:
    """For one state of the sample after the other, the renamings to try."""
    _, *renamings = symmetries(kind)
    endless = itertools.cycle(renamings)
    while True:
        yield list(itertools.islice(endless, min(RENAMINGS, len(renamings))))


class SelfCheck:
    """The self-check of one search. `states` counts the states of the sample that were compared with renamed ones."""

    def __init__(self, specification: Specification) -> None:
        self.specification, self.kind = specification, specification.state_type
        self.turns = turns(self.kind)
        self.states = 0

    def sample(self, states: Iterable[Any]) -> None:
        """Checks the states of the sample, one after the other. Raises NotSymmetric."""
        for state in states:
            self.states += 1
            for renaming in next(self.turns):
                self.compare(state, renaming)

    def compare(self, state: Any, renaming: Symmetry) -> None:
        """Checks a state with a renaming. Raises NotSymmetric."""
        twin = apply(self.kind, state, renaming)
        report = _Report(self.specification, state, twin, renaming)
        for action in self.specification.actions:
            self._compare_action(action, report)
        for prop in (*self.specification.properties, *self.specification.constraints):
            if prop.kind != "step_invariant":
                here, there = self._value(prop, state), self._value(prop, twin)
                if here != there:
                    report.property(prop, here, there)

    def compare_renamed(self, state: Any, twin: Any) -> None:
        """Checks a state with the renaming that gives another one. Raises NotSymmetric."""
        wanted = self.kind.code(twin)
        images = ((apply(self.kind, state, renaming), renaming) for renaming in symmetries(self.kind))
        self.compare(state, next(renaming for image, renaming in images if self.kind.code(image) == wanted))

    def _compare_action(self, action: Action, report: _Report) -> None:
        """The action in a state and in its twin, and step invariants on the steps that it makes."""
        here, there = self._steps(action, report.state), self._steps(action, report.twin)
        if here is None or there is None:
            if here is not there:
                report.failing(action, here is None)
            return
        for one, other, view in ((here, there, report), (there, here, report.reversed())):
            for step in one.values():
                twin = apply(self.kind, step.state, view.renaming)
                if self.kind.code(twin) not in other:
                    view.step(action, step, twin, list(other.values()))
        for prop in self.specification.properties:
            for step in here.values() if prop.kind == "step_invariant" else ():
                twin = apply(self.kind, step.state, report.renaming)
                first = self._value(prop, report.state, step.state)
                second = self._value(prop, report.twin, twin)
                if first != second:
                    report.property(prop, first, second, step)

    def _steps(self, action: Action, state: Any) -> dict[int, Step] | None:
        """The states that an action leads to, by code, each with the first step there; None when it fails."""
        found: dict[int, Step] = {}
        try:
            for arguments in self.specification.arguments(action, state):
                for step in self.specification.fire(action, state, arguments):
                    found.setdefault(self.kind.code(step.state), step)
        except errors.FencepostError:
            return None
        return found

    def _value(self, prop: Property, state: Any, after: Any = None) -> bool | None:
        """The value of a property; None when it fails."""
        try:
            return self.specification.holds(prop, state, after)
        except errors.FencepostError:
            return None


class _Report:
    """Says how a state and the renamed one, its twin, differ in what they do. Everything here raises NotSymmetric."""

    def __init__(self, specification: Specification, state: Any, twin: Any, renaming: Symmetry) -> None:
        self.specification, self.state, self.twin, self.renaming = specification, state, twin, renaming
        self.moved = [(domain, order) for domain, order in renaming if order != tuple(range(domain.size))]

    def reversed(self) -> _Report:
        """The same, seen from the twin."""
        return _Report(self.specification, self.twin, self.state, inverse(self.renaming))

    def step(self, action: Action, step: Step, twin: Any, others: Sequence[Step]) -> NoReturn:
        """The twin does not have the renamed step."""
        lines = [*self._step(action, step), f"{self._with()}:", *self._renamed()]
        lines += [f"{action.name} should lead to", *self._changes(self.twin, twin)]
        for number, other in enumerate(others[:_MOST_RESULTS]):
            call = show_call(action, other.arguments)
            lines += [f"{'but ' if number == 0 else 'and '}{call} leads to", *self._changes(self.twin, other.state)]
        if len(others) > _MOST_RESULTS:
            lines.append(f"and there are {len(others) - _MOST_RESULTS} other steps, none of which does")
        if not others:
            lines.append("but is not possible")
        self._fail(action.name, lines, method_at(action.function))

    def failing(self, action: Action, here: bool) -> NoReturn:
        """The action fails in one of them only."""
        first, second = ("fails", "does not") if here else ("does not fail", "does")
        lines = [*self._state(), f"{action.name} {first};", f"{self._with()}, it {second}:", *self._renamed()]
        self._fail(action.name, lines, method_at(action.function))

    def property(self, prop: Property, here: bool | None, there: bool | None, step: Step | None = None) -> NoReturn:
        """A property has two values: of the states, or of a step and the renamed one."""
        words = {True: "true", False: "false", None: "an error"}
        lines = self._state() if step is None else self._step(step.action, step)
        lines += [f"{prop.name} is {words[here]};", f"{self._with()}, it is {words[there]}:", *self._renamed()]
        self._fail(prop.name, lines, method_at(prop.function))

    def _fail(self, what: str, lines: list[str], at: errors.Location | None) -> NoReturn:
        names = " and ".join(domain.name for domain, _ in self.moved)
        error = errors.NotSymmetric(f"{what} tells interchangeable identities apart: {names}", at=at)
        error.context = lines
        raise error

    # Lines.

    def _with(self) -> str:
        pairs = (
            f"{domain.show(value)} as {domain.show(image)}"
            for domain, order in self.moved
            for value, image in enumerate(order)
            if value != image
        )
        return f"With {', '.join(pairs)}"

    def _state(self) -> list[str]:
        return ["In the state", *self._whole()]

    def _whole(self) -> list[str]:
        return [f"  {path}: {text}" for path, text in parts(self.specification.state_type, freeze(self.state))]

    def _renamed(self) -> list[str]:
        """What is different in the twin."""
        found = [f"  {path}: {text}" for path, text in parts(self.specification.state_type, freeze(self.twin))]
        known = set(self._whole())
        return [line for line in found if line not in known] or ["  (the state is the same)"]

    def _step(self, action: Action, step: Step) -> list[str]:
        call = show_call(action, step.arguments)
        return [*self._state(), f"{call} leads to", *self._changes(self.state, step.state)]

    def _changes(self, before: Any, after: Any) -> list[str]:
        changes = difference(self.specification.state_type, freeze(before), freeze(after))
        return [f"  {change.show()}" for change in changes] or ["  (the same state)"]

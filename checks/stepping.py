"""States with the steps that are possible in them, each worked out once: what random runs in CPython walk on.

Random runs, and even more those of a shrinker, come to the same states over and over. So a state is looked up by its
code, and keeps the steps of each action that was asked for, what is violated in it, and whether runs go on from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..model.errors import FencepostError, NothingToExplore
from ..model.lang import values
from ..model.lang.specification import Action, Specification, Step
from ..traces.replay import DEADLOCK
from ..traces.trace import TraceStep, arguments_of, choices_of, initial_step, taken_step

#: How many states are remembered, with their steps. When there are more, all are forgotten.
MOST_STATES = 5_000


class Memory:
    """The states of a specification that some run came to."""

    def __init__(self, specification: Specification, most: int = MOST_STATES) -> None:
        self.specification, self.most = specification, most
        self.states: dict[int, KnownState] = {}

    def state(self, state: Any) -> KnownState:
        """What is known of a state."""
        code = self.specification.key(state)
        known = self.states.get(code)
        if known is None:
            if len(self.states) >= self.most:
                self.states.clear()
            known = self.states[code] = KnownState(self, code, state)
        return known

    @cached_property
    def initial(self) -> tuple[KnownStep, ...]:
        """The initialisers as steps, one for each initial state. Raises NoInitialState, and what initialisers raise."""
        specification = self.specification
        if not specification.inits:
            return (KnownStep(self, None, None, (), None, specification.blank()),)
        specification.initial_states()  # so that there is one
        found: dict[int, KnownStep] = {}
        for initialiser in specification.inits:
            for arguments in specification.arguments(initialiser, specification.blank()):
                for step in specification.fire(initialiser, specification.blank(), arguments):
                    made = KnownStep(self, None, initialiser, step.arguments, step, step.state)
                    found.setdefault(specification.key(step.state), made)
        return tuple(found.values())

    def check_initial(self) -> None:
        """Raises NothingToExplore when no run goes on from any initial state."""
        first = [step.after for step in self.initial]
        name = self.specification.name
        if all(state.outside for state in first):
            what = f"{name}: the constraint {first[0].outside} is false in the initial state, where every run ends"
            raise NothingToExplore(what)
        if all(state.outside or state.is_stuck for state in first):
            raise NothingToExplore(f"{name}: no action is possible in the initial state")


@dataclass(eq=False)
class KnownState:
    """A state, and what was worked out about it."""

    memory: Memory = field(repr=False)
    code: int
    state: Any
    _steps: dict[int, tuple[KnownStep, ...]] = field(default_factory=dict, repr=False)

    def steps(self, action: Action) -> tuple[KnownStep, ...]:
        """The steps of an action that are possible, in canonical order, and the calls that end in an error."""
        found = self._steps.get(action.index)
        if found is None:
            found = self._steps[action.index] = tuple(self._worked_out(action))
        return found

    def _worked_out(self, action: Action) -> Iterator[KnownStep]:
        specification = self.memory.specification
        for arguments in specification.arguments(action, self.state):
            try:
                for step in specification.fire(action, self.state, arguments):
                    yield KnownStep(self.memory, self, action, step.arguments, step, step.state)
            except FencepostError:
                yield KnownStep(self.memory, self, action, tuple(map(values.freeze, arguments)), None, None)

    @cached_property
    def violated(self) -> str:
        """The first invariant that is false, or a deadlock that is a violation; empty when all is well."""
        specification = self.memory.specification
        for prop in specification.properties:
            if prop.kind == "invariant" and not specification.holds(prop, self.state):
                return prop.name
        if specification.deadlock_is_violation and not self.outside and self.is_stuck:
            return DEADLOCK
        return ""

    @cached_property
    def outside(self) -> str:
        """The first constraint that is false: no run goes on from here. Empty inside all of them."""
        specification = self.memory.specification
        return next((one.name for one in specification.constraints if not specification.holds(one, self.state)), "")

    @property
    def is_stuck(self) -> bool:
        """Whether no step is possible."""
        return not any(map(self.steps, self.memory.specification.actions))

    @cached_property
    def witnesses(self) -> tuple[str, ...]:
        """The witnesses that are seen here."""
        specification = self.memory.specification
        found = (one for one in specification.properties if one.kind == "witness")
        return tuple(one.name for one in found if specification.holds(one, self.state))


@dataclass(eq=False)
class KnownStep:
    """A step that is possible in a state, or one that builds an initial state, with the state it leads to.

    Without such a state it is a call that ends in an error. `action` is None for the initial state of a specification
    without initialisers.
    """

    memory: Memory = field(repr=False)
    before: KnownState | None
    action: Action | None
    arguments: tuple[Any, ...]
    step: Step | None
    state: Any = field(repr=False)

    @cached_property
    def after(self) -> KnownState:
        """What is known of the state it leads to. Raises the error in which it ends."""
        if self.state is None:
            assert self.action is not None and self.before is not None
            for _ in self.memory.specification.fire(self.action, self.before.state, self.arguments):
                pass
            raise AssertionError(f"{self.action.name}({self.written}) ended in an error, and now does not")
        return self.memory.state(self.state)

    @cached_property
    def violated(self) -> str:
        """The first step invariant that is false of it, or else what is violated in the state after it."""
        specification, before = self.memory.specification, self.before
        for prop in specification.properties:
            if before is None or prop.kind != "step_invariant":
                continue
            if not specification.holds(prop, before.state, self.after.state):
                return prop.name
        return self.after.violated

    @cached_property
    def given(self) -> Mapping[str, str]:
        """The arguments as traces show them."""
        return {one.name: one.text for one in arguments_of(self.action, self.arguments)} if self.action else {}

    @cached_property
    def choosing(self) -> tuple[str, ...]:
        """What is chosen in it, as traces show it."""
        if self.step is None:
            return ()
        specification = self.memory.specification
        return choices_of(specification, self.step, self.before.state if self.before else specification.blank())

    @property
    def written(self) -> str:
        """What is given in Python, in texts: `leader='b1', choosing=('2',)`; the name of an initialiser comes first."""
        first = [repr(self.action.name)] if self.action and not self.before else []
        chosen = [f"choosing={self.choosing!r}"] if self.choosing else []
        return ", ".join([*first, *(f"{name}={text!r}" for name, text in self.given.items()), *chosen])

    @cached_property
    def trace_step(self) -> TraceStep:
        """The step as one of a trace."""
        specification = self.memory.specification
        if self.before is None or self.step is None:
            return initial_step(specification, self.state)
        return taken_step(specification, self.step, self.before.state)

"""Scenario: the steps of a run, taken again by name, in a plain test function.

    from fencepost.checks import Scenario

    def test_one_leader() -> None:
        run = Scenario("election.py:Election")
        run.start()
        run.step("vote", voter="s1", candidate="s1")
        run.step("vote", voter="s1", candidate="s2")
        run.assert_prevented("one_leader")

`fencepost check --save-test FILE` writes such a function for a counterexample. Everything runs in CPython.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

from ..model import errors

if TYPE_CHECKING:
    from ..model.lang.specification import Action, Model, Specification, Step
    from ..traces.replay import Replay
    from ..traces.trace import Trace, TraceStep


class Scenario:
    """A run that is taken step by step. Arguments and choices are named by what traces show: `b1`, `{b1, b2}`, `3`.

    A step that is not possible ends the run, and `ended` says why; what comes after it is not taken. Raises
    UnknownModel and the like for a specification that is not found, UnknownConstant, and errors of the specification.
    """

    def __init__(self, model: type[Model] | str, constants: Mapping[str, Any] | None = None, /, **more: Any) -> None:
        from ..model.lang.specification import Specification
        from . import loading

        found = loading.find(model).model if isinstance(model, str) else model
        self.specification = Specification(found, {**(constants or {}), **more})
        self.steps: list[TraceStep] = []
        self.ended = ""

    def start(self, initialiser: str = "", /, *, choosing: tuple[str, ...] = (), **arguments: Any) -> None:
        """Takes the initial state that the initialiser builds, or the first one there is. Raises UnknownAction."""
        from ..model.lang import values
        from ..traces.trace import initial_step

        blank = self.specification.blank()
        if initialiser:
            first = self._taken(self._known(initialiser, self.specification.inits), blank, arguments, choosing)
            state = None if first is None else first.state
        else:
            state = self.specification.initial_states()[0]
        if state is None:
            self.ended = f"{_call(initialiser, arguments, choosing)} is no initial state"
        else:
            self.steps = [initial_step(self.specification, values.freeze(state))]

    def step(self, action: str, /, *, choosing: tuple[str, ...] = (), **arguments: Any) -> None:
        """Takes a step, if it is possible. Raises UnknownAction for a name that the specification does not have."""
        from ..model.lang import values
        from ..traces.trace import taken_step

        known = self._known(action, self.specification.actions)
        if not self.steps and not self.ended:
            self.start()
        if self.ended:
            return
        before = self.steps[-1].state
        taken = self._taken(known, values.thaw(before), arguments, choosing)
        if taken is None:
            self.ended = f"{_call(action, arguments, choosing)} is not possible in state {len(self.steps)}"
        else:
            self.steps.append(taken_step(self.specification, taken, before))

    def _known(self, name: str, known: tuple[Action, ...]) -> Action:
        for action in known:
            if action.name == name:
                return action
        hint = errors.nearest(name, [action.name for action in known])
        raise errors.UnknownAction(f"{self.specification.name} has no action or initialiser {name!r}", hint=hint)

    def _taken(self, action: Action, before: Any, given: Mapping[str, Any], choosing: tuple[str, ...]) -> Step | None:
        from ..traces.trace import arguments_of, choices_of

        names = [parameter.name for parameter in action.parameters]
        if sorted(names) != sorted(given):
            hint = f"name each of its parameters: {', '.join(names) or 'it has none'}"
            raise errors.UnknownAction(f"{_call(action.name, given, ())} is not how {action.name} is called", hint=hint)
        wanted = {name: shown(value) for name, value in given.items()}
        for arguments in self.specification.arguments(action, before):
            if {argument.name: argument.text for argument in arguments_of(action, arguments)} != wanted:
                continue
            for step in self.specification.fire(action, before, arguments):
                if not choosing or choices_of(self.specification, step, before) == choosing:
                    return step
        return None

    def assert_prevented(self, name: str) -> None:
        """Passes if a step of the run is not possible, or the run does not violate the property (or "deadlock").

        Raises AssertionError otherwise, which says what is false for which values; UnknownProperty.
        """
        __tracebackhide__ = True
        from .api import explanation_of

        specification, trace, result = self._replayed(name)
        if self.ended or not result.shows:
            return
        lines = [f"{name} is violated in state {len(self.steps)}"]
        if trace.kind in ("invariant", "step_invariant"):
            lines += explanation_of(specification, trace, name)
        raise AssertionError("\n  ".join(lines))

    def assert_shown(self, name: str) -> None:
        """Passes if every step is possible and the run violates the property (or shows the witness, or a deadlock).

        Raises AssertionError otherwise, which says why; UnknownProperty.
        """
        __tracebackhide__ = True
        _, _, result = self._replayed(name)
        if self.ended:
            raise AssertionError(f"the run to {name} is not possible any more: {self.ended}")
        if not result.shows:
            raise AssertionError(f"the run does not show {name}: {'; '.join(result.problems)}")

    def _replayed(self, name: str) -> tuple[Specification, Trace, Replay]:
        """The run as a trace that records the property, executed again."""
        from ..model.lang.specification import Specification
        from ..traces.replay import DEADLOCK, Replay, replay
        from ..traces.trace import Trace

        specification = self.specification
        kinds = {prop.name: prop.kind for prop in specification.properties} | {DEADLOCK: DEADLOCK}
        if name not in kinds:
            specification = Specification(specification.source, specification.constants, [name])
            kinds = {prop.name: prop.kind for prop in specification.properties}
        if not self.steps and not self.ended:
            self.start()
        verdict = "holds" if kinds[name] == "witness" else "violated"
        trace = Trace(specification.name, dict(specification.constants), name, kinds[name], verdict, tuple(self.steps))
        return specification, trace, Replay(None, (), None) if self.ended else replay(trace, specification)


def shown(value: Any) -> str:
    """A value as traces show it."""
    return str(value.name if isinstance(value, Enum) else value)


def _call(action: str, arguments: Mapping[str, Any], choosing: tuple[str, ...]) -> str:
    chosen = f", choosing {', '.join(choosing)}" if choosing else ""
    return f"{action}({', '.join(f'{name}={shown(value)}' for name, value in arguments.items())}){chosen}"

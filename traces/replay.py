"""Is this trace a run? Executed again in CPython, step by step, with nothing but the specification to go by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..model.lang import values
from ..model.lang.specification import Action, Property, Specification, show_call
from .difference import difference
from .trace import Trace, TraceStep, choices_of

#: The name of the property that a state without any step violates, in specifications with `deadlock = True`.
DEADLOCK = "deadlock"
_SHOWN_DIFFERENCES = 6


@dataclass(frozen=True)
class Replay:
    """What became of a trace.

    `failed` is the number of the first state that the run does not reach, counting from 1, and None when all are
    reached; `problems` says why, in lines for people. `shows` says whether the last state (or step) shows what the
    trace recorded: the violation of a property, the state of a witness, a deadlock; None when nothing is recorded or
    it was not got that far.
    """

    failed: int | None
    problems: tuple[str, ...]
    shows: bool | None

    @property
    def confirmed(self) -> bool:
        """Whether the trace is a run and shows what it recorded, if anything."""
        return self.failed is None and self.shows is not False


def replay(trace: Trace, specification: Specification) -> Replay:
    """Executes a trace again, from its first state if that is assumed.

    Raises what the specification raises when a step of it is an error.
    """
    problems = [] if trace.steps[0].assumed else list(_initial_problems(trace.steps[0], specification))
    if problems:
        return Replay(1, tuple(problems), None)
    for index in range(1, trace.states):
        problems = list(_step_problems(trace.steps[index - 1], trace.steps[index], specification))
        if problems:
            return Replay(index + 1, tuple(problems), None)
    if trace.loop is not None:
        back = trace.steps[trace.loop]
        reached = (step.state for step in specification.successors(values.thaw(trace.last.state)))
        if back.code != trace.last.code and all(specification.key(state) != back.code for state in reached):
            return Replay(trace.states, (f"no step leads from the last state back to state {trace.loop + 1}",), None)
    return _shown(trace, specification)


def _initial_problems(first: TraceStep, specification: Specification) -> Iterator[str]:
    states = specification.initial_states()
    if all(specification.key(state) != first.code for state in states):
        yield "it is not an initial state"
        yield from _nearest(first, states, specification)


def _step_problems(before: TraceStep, after: TraceStep, specification: Specification) -> Iterator[str]:
    """Why one state does not lead to the next; nothing when it does, by the recorded action if one is recorded."""
    actions = {action.name: action for action in specification.actions}
    state = values.thaw(before.state)
    if not after.action:
        steps = list(specification.successors(state))
        if all(specification.key(step.state) != after.code for step in steps):
            yield "no step leads to it" if steps else "no step is possible in the state before"
            yield from _nearest(after, [step.state for step in steps], specification)
        return
    if after.action not in actions:
        yield f"{specification.name} has no action {after.action}"
        return
    action = actions[after.action]
    wanted = tuple(argument.value for argument in after.arguments)
    for arguments in specification.arguments(action, state):
        if tuple(map(values.freeze, arguments)) == wanted or _same(action, arguments, wanted):
            yield from _fired_problems(before, after, action, arguments, specification)
            return
    yield f"{after.call} is not possible in the state before: no such arguments there"


def _fired_problems(
    before: TraceStep, after: TraceStep, action: Action, arguments: tuple[Any, ...], specification: Specification
) -> Iterator[str]:
    """Why an action with these arguments does not lead to a state, with the recorded choices if there are any."""
    steps = list(specification.fire(action, values.thaw(before.state), arguments))
    reaching = [step for step in steps if specification.key(step.state) == after.code]
    if not steps:
        yield f"{after.call} is not possible in the state before"
    elif not reaching:
        yield f"{show_call(action, arguments)} does not lead to it"
        yield from _nearest(after, [step.state for step in steps], specification)
    elif after.choices:
        chosen = [choices_of(specification, step, before.state) for step in reaching]
        if after.choices not in chosen:
            yield f"{show_call(action, arguments)} leads to it by choosing {', '.join(chosen[0]) or 'nothing'}"


def _same(action: Any, arguments: tuple[Any, ...], wanted: tuple[Any, ...]) -> bool:
    stored = (p.type.fit(values.freeze(value)) for p, value in zip(action.parameters, arguments, strict=True))
    return tuple(stored) == wanted


def _nearest(step: TraceStep, states: list[Any], specification: Specification) -> Iterator[str]:
    """How the state differs from the nearest one that is possible."""
    kind, best = specification.state_type, None
    for state in states:
        changes = list(difference(kind, step.state, values.freeze(state)))
        if best is None or len(changes) < len(best):
            best = changes
    for change in (best or ())[:_SHOWN_DIFFERENCES]:
        yield f"{change.path}: the trace has {change.before}, the specification gives {change.after}"
    if best and len(best) > _SHOWN_DIFFERENCES:
        yield f"and {len(best) - _SHOWN_DIFFERENCES} more differences"


def _shown(trace: Trace, specification: Specification) -> Replay:
    if not trace.property_name:
        return Replay(None, (), None)
    if trace.kind == DEADLOCK:
        step = next(iter(specification.successors(values.thaw(trace.last.state))), None)
        if step is None:
            return Replay(None, (), True)
        return Replay(None, (f"{show_call(step.action, step.arguments)} is possible in the last state",), False)
    prop = next((prop for prop in specification.properties if prop.name == trace.property_name), None)
    if prop is None:
        return Replay(None, (f"{specification.name} has no property {trace.property_name}",), False)
    if prop.kind == "step_invariant" and trace.states == 1:
        return Replay(None, (f"{prop.name} is about steps, and the trace has none",), False)
    holds = evaluate(prop, trace, specification)
    wanted = prop.kind == "witness"
    problems = () if holds == wanted else (f"{prop.name} is {str(holds).lower()} at its end",)
    return Replay(None, problems, holds == wanted)


def evaluate(prop: Property, trace: Trace, specification: Specification) -> bool:
    """The value of a property in the last state of a trace, or on its last step."""
    last = values.thaw(trace.last.state)
    if prop.kind == "step_invariant":
        return specification.holds(prop, values.thaw(trace.steps[-2].state), last)
    return specification.holds(prop, last)

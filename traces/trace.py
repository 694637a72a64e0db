"""Trace: a run of a specification as data, built by replaying in CPython what a search stored.

A trace is what every renderer and format starts from. It holds the state after each step, who took it, with which
arguments and choices, and what it changed. Nothing in it depends on the engine that found the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any, Protocol

from ..model import errors
from ..model.lang import interpret, ir, types, values
from ..model.lang.lower import lower_action
from ..model.lang.specification import Action, Specification, Step
from .difference import Change, difference
from .messages import Message, messages


class StoredRun(Protocol):
    """A run as a search stores it: the code of its initial state, then one position among the successors a step."""

    @property
    def initial(self) -> int: ...

    @property
    def positions(self) -> Sequence[int]: ...


@dataclass(frozen=True)
class Argument:
    """An argument of an action: a stored value of the parameter's type."""

    name: str
    type: types.Type
    value: Any

    @property
    def text(self) -> str:
        """The value as people read it."""
        return self.type.show(self.value)


@dataclass(frozen=True)
class TraceStep:
    """How a state came about, and the state.

    The first step of a trace is the initial state: `action` is then the initialiser, or empty when the fields' defaults
    are the state. It is `assumed` where a step of a proof begins, and then it may be a state that nothing leads to.
    `state` is a frozen instance of the specification; two states are equal when their codes are.
    """

    process: str
    action: str
    arguments: tuple[Argument, ...]
    choices: tuple[str, ...]
    fault: bool
    code: int
    changes: tuple[Change, ...]
    state: Any = field(compare=False, repr=False)
    assumed: bool = False

    @property
    def beginning(self) -> str:
        """What the first state of a trace is called."""
        return "assumed state, maybe unreachable" if self.assumed else "initial state"

    @property
    def call(self) -> str:
        """The action and its arguments as people read them: `leader_write(leader=b1)`."""
        return f"{self.action}({', '.join(f'{argument.name}={argument.text}' for argument in self.arguments)})"


@dataclass(frozen=True)
class Trace:
    """A run, and what it shows: `verdict` is "violated" for a counterexample and "holds" for the run of a witness.

    The steps that break an invariant in a proof, "not inductive", are a run from a state that is only assumed.

    `model` is the name the specification can be found by. `loop`, when set, is the index of the state to which the run
    returns after its last one. `tool` and `engine` say what found it.
    """

    model: str
    constants: Mapping[str, int | bool]
    property_name: str
    kind: str
    verdict: str
    steps: tuple[TraceStep, ...]
    loop: int | None = None
    engine: str = ""
    tool: str = ""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows: the space-time diagram, or the text."""
        from . import space_time, text

        return {"text/html": space_time.write(self), "text/plain": text.write(self)}

    @property
    def states(self) -> int:
        """The length of the run in states, the initial one included."""
        return len(self.steps)

    @cached_property
    def messages(self) -> tuple[Message, ...]:
        """The messages of the run, in the order of sending."""
        return messages(self)

    @property
    def last(self) -> TraceStep:
        """The state the run leads to."""
        return self.steps[-1]


def build(
    specification: Specification, run: StoredRun, *, model: str = "", property_name: str = "", kind: str = "",
    verdict: str = "", engine: str = "", tool: str = "",
) -> Trace:  # fmt: skip
    """The trace of a stored run, replayed in CPython. Raises errors.ExecutionFailed when it is none there."""
    return Trace(
        model=model or specification.name,
        constants=dict(specification.constants),
        property_name=property_name,
        kind=kind,
        verdict=verdict,
        steps=tuple(_replayed(specification, run)),
        engine=engine,
        tool=tool,
    )


def _replayed(specification: Specification, run: StoredRun) -> Iterator[TraceStep]:
    step = initial_step(specification, specification.state(run.initial))
    yield step
    for number, position in enumerate(run.positions, start=2):
        following = next(islice(specification.successors(values.thaw(step.state)), position, None), None)
        if following is None:
            raise errors.ExecutionFailed(
                f"state {number} of a run that was found is not reached again: there is no successor {position + 1}",
                hint="does the specification depend on anything but its state? If not, this is a mistake in Fencepost",
            )
        step = taken_step(specification, following, step.state)
        yield step


def initial_step(specification: Specification, state: Any) -> TraceStep:
    """The first step of a trace, with the initialiser that builds the state (empty if none does)."""
    code = specification.key(state)
    for initialiser in specification.inits:
        for arguments in specification.arguments(initialiser, specification.blank()):
            for step in specification.fire(initialiser, specification.blank(), arguments):
                if specification.key(step.state) == code:
                    return _trace_step(specification, step, specification.blank(), ())
    return TraceStep("", "", (), (), False, code, (), values.freeze(state))


def taken_step(specification: Specification, step: Step, before: Any) -> TraceStep:
    """A step of the specification as a step of a trace; `before` is the state it was taken in."""
    changes = difference(specification.state_type, values.freeze(before), values.freeze(step.state))
    return _trace_step(specification, step, before, tuple(changes))


def _trace_step(specification: Specification, step: Step, before: Any, changes: tuple[Change, ...]) -> TraceStep:
    return TraceStep(
        process=step.action.process_of(step.arguments),
        action=step.action.name,
        arguments=arguments_of(step.action, step.arguments),
        choices=choices_of(specification, step, before),
        fault=step.action.fault,
        code=specification.key(step.state),
        changes=changes,
        state=values.freeze(step.state),
    )


def choices_of(specification: Specification, step: Step, before: Any) -> tuple[str, ...]:
    """What was chosen, as people read it. CPython does not know the types of choices; the translated action does."""
    if not step.choices:
        return ()
    inputs = [argument.value for argument in arguments_of(step.action, step.arguments)]
    chosen = interpret.chosen(_routine(specification, step.action), values.freeze(before), inputs, step.options)
    return tuple(kind.show(value) for kind, value in chosen)


@lru_cache(maxsize=64)
def _routine(specification: Specification, action: Action) -> ir.Routine:
    return lower_action(specification, action)


def arguments_of(action: Action, arguments: Sequence[Any]) -> tuple[Argument, ...]:
    """Argument values with their names and texts."""
    frozen = map(values.freeze, arguments)
    return tuple(
        Argument(parameter.name, parameter.type, parameter.type.fit(value))
        for parameter, value in zip(action.parameters, frozen, strict=True)
    )

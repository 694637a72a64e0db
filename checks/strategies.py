"""Hypothesis strategies for the values, states, steps and traces of any specification.

    from fencepost.checks import strategies

    @given(strategies.traces("kip-101", max_leader_epoch=2))
    def test_something_of_every_run(trace): ...

Runs are random walks through what is possible: an action is drawn from those with a possible step, then its arguments.
They shrink towards few steps, actions that stand first in the text, and small arguments. Swarm testing (Groce et al.,
ISSTA 2012): each run does without a random subset of the actions and of the faults, because what two actions hide from
each other shows where one of them is missing. Subsets shrink towards the empty one, so that a smaller example is not
missed for want of an action.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

from ..model import errors
from ..model.lang import types, values
from ..model.lang.specification import Action, Model, Specification, Step
from ..traces.trace import Trace
from . import __version__
from .api import bound
from .stepping import KnownState, KnownStep, Memory

try:
    from hypothesis import strategies as st
except ImportError:
    hint = "pip install 'fencepost[hypothesis]'"
    raise errors.MissingExtra("strategies and state machines need Hypothesis", hint=hint) from None

__all__ = ["arbitrary_states", "states", "steps", "traces", "values_of"]

#: How many steps a run has at most, unless something else is said: as many as Hypothesis takes in a state machine.
MAX_STEPS = 50
#: Arguments of types with more values are drawn by their position among those that are possible.
_MOST_RANKS = 256
_EQUAL: Mapping[str, int] = {}


def values_of(kind: types.Type) -> st.SearchStrategy[Any]:
    """The values of a resolved type, as they are stored: those of `specification.state_type` are whole states."""
    match kind:
        case types.Option(inner=inner):
            return st.none() | values_of(inner)
        case types.Union(members=members):
            return st.one_of([values_of(member) for member in members])
        case types.Struct():
            parts = st.fixed_dictionaries({name: values_of(part) for name, part in kind.fields})
            return parts.map(lambda found: kind.make(kind, found))
        case types.Map(key=key, element=element):
            entries = st.lists(values_of(element), min_size=key.count, max_size=key.count)
            return entries.map(lambda found: kind.make(kind, found))
        case types.Set(element=element, capacity=capacity):
            return st.lists(values_of(element), max_size=capacity, unique_by=element.code).map(kind.fit)
        case types.Seq(element=element, size=size) | types.Bag(element=element, size=size):
            return st.lists(values_of(element), max_size=size).map(kind.fit)
    return _up_to(kind.count - 1).map(kind.unrank)


def arbitrary_states(
    model: type[Model] | Specification | str, constants: Mapping[str, Any] | None = None, /, **more: Any
) -> st.SearchStrategy[Any]:
    """States in which every field has a value of its type, reachable or not. Raises what `check` raises."""
    _, specification = bound(model, {**(constants or {}), **more})
    return values_of(specification.state_type).map(values.thaw)


def states(
    model: type[Model] | Specification | str,
    constants: Mapping[str, Any] | None = None,
    /,
    *,
    max_steps: int = MAX_STEPS,
    **more: Any,
) -> st.SearchStrategy[Any]:
    """Reachable states: the last ones of random runs. Raises what `check` raises.

    Drawing raises errors of the specification, and NothingToExplore.
    """
    _, specification = bound(model, {**(constants or {}), **more})
    return _runs(Memory(specification), max_steps).map(lambda run: values.thaw(run[-1].state))


def steps(specification: Specification, state: Any) -> st.SearchStrategy[Step]:
    """The steps that are possible in a state; none to draw where there is none. Raises errors of the specification."""
    possible = list(specification.successors(state))
    return st.sampled_from(possible) if possible else st.nothing()


def traces(
    model: type[Model] | Specification | str,
    constants: Mapping[str, Any] | None = None,
    /,
    *,
    max_steps: int = MAX_STEPS,
    **more: Any,
) -> st.SearchStrategy[Trace]:
    """Random runs as traces, of the initial state and at most so many steps. A false constraint ends a run.

    Raises what `check` raises; drawing raises errors of the specification, and NothingToExplore.
    """
    found, specification = bound(model, {**(constants or {}), **more})
    return _runs(Memory(specification), max_steps).map(lambda run: trace_of(specification, found.name, run))


def trace_of(
    specification: Specification,
    name: str,
    run: Sequence[KnownStep],
    *,
    property_name: str = "",
    kind: str = "",
    verdict: str = "",
) -> Trace:
    """A run as a trace of the specification that can be found by this name."""
    return Trace(
        name,
        dict(specification.constants),
        property_name,
        kind,
        verdict,
        tuple(step.trace_step for step in run),
        engine="hypothesis",
        tool=__version__,
    )


@st.composite
def _runs(draw: st.DrawFn, memory: Memory, max_steps: int) -> list[KnownStep]:
    run = []
    for step in islice(walk(draw, memory), draw(st.integers(0, max_steps)) + 1):
        step.after  # noqa: B018  # raises the error in which the step ends
        run.append(step)
    return run


# Walking.


def walk(draw: st.DrawFn, memory: Memory, weights: Mapping[str, int] = _EQUAL) -> Iterator[KnownStep]:
    """Draws the steps of a run, the initial state first, until nothing is possible or a constraint is false.

    An action is drawn as often as its weight says, 1 by default. Raises NothingToExplore when no run goes on from any
    initial state, and errors of the specification.
    """
    actions = memory.specification.actions
    everything = [action for action in actions for _ in range(weights.get(action.name, 1))]
    off = draw(_swarm(actions))
    step = memory.initial[draw(_up_to(len(memory.initial) - 1))]
    yield step
    if step.after.outside or step.after.is_stuck:
        memory.check_initial()
    while not step.after.outside:
        following = draw(_step(step.after, everything, off))
        if not following:
            return
        [step] = following
        yield step


# The parts of a run are drawn as tuples. Hypothesis keeps a weak reference to what a strategy drew, and as long as that
# is there its shrinker has one more thing to try (`Shrinker.widen_to_span_with_recorded_value`): when Python collects
# garbage would decide what a run is shrunk to. There are no weak references to tuples.


@st.composite
def _swarm(draw: st.DrawFn, actions: Sequence[Action]) -> tuple[int, ...]:
    """The actions that a run does without as long as others are possible: up to a third of them, or all faults."""
    faults = {action.index for action in actions if action.fault}
    kinds = [{action.index} for action in actions] + [faults] * (len(faults) > 1)
    off: set[int] = set()
    for _ in range(draw(_up_to(len(actions) // 3))):
        off |= kinds[draw(_up_to(len(kinds) - 1))]
    return tuple(sorted(off))


@st.composite
def _step(
    draw: st.DrawFn, state: KnownState, everything: Sequence[Action], off: tuple[int, ...]
) -> tuple[KnownStep, ...]:
    """A step of one of the actions; none when none is possible.

    What is drawn are numbers of actions and of values, not positions among those that are possible here, so that the
    draws of one step mean the same when an earlier step is left out.
    """
    possible = [action for action in everything if state.steps(action)]
    if not possible:
        return ()
    enabled = [action for action in possible if action.index not in off] or possible
    number = draw(_up_to(len(everything) - 1))
    action = everything[number]
    if action not in enabled:
        action = enabled[number % len(enabled)]
    left: Sequence[KnownStep] = state.steps(action)
    for position, parameter in enumerate(action.parameters):
        if len(left) == 1:
            return (left[0],)
        if parameter.path is None and parameter.type.count <= _MOST_RANKS:
            ranks = {parameter.type.rank(one.arguments[position]): one.arguments[position] for one in left}
            number = draw(_up_to(parameter.type.count - 1))
            value = ranks[number] if number in ranks else list(ranks.values())[number % len(ranks)]
        else:
            there = list(dict.fromkeys(one.arguments[position] for one in left))
            value = there[draw(_up_to(len(there) - 1))]
        left = [one for one in left if one.arguments[position] == value]
    return (left[draw(_up_to(len(left) - 1))],)


@cache
def _up_to(most: int) -> st.SearchStrategy[int]:
    """Numbers from 0. Made once: to make a strategy takes longer than to draw from it."""
    return st.integers(0, most) if most else st.just(0)

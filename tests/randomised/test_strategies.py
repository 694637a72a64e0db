"""Strategies for values, states, steps and traces: only what is there is drawn, and all of what is there can be."""

from typing import Any

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from fencepost.checks import strategies
from fencepost.checks.python_search import PythonSearch
from fencepost.model import Specification, errors
from fencepost.model.lang import types
from fencepost.traces.replay import replay
from randomised.failing import FIXED
from randomised.specs import Counter, Election

COUNTER = Specification(Counter, {"limit": 6})


def reachable(specification: Specification) -> set[int]:
    """By the search, in CPython: the states inside the constraint, and those one step outside it."""
    search = PythonSearch(specification, keep_graph=True, continue_after_violation=True)
    search.run()
    return set(search.visited)


@settings(FIXED)
@given(strategies.states(Counter, limit=6))
def test_states_are_reachable(state: Any) -> None:
    assert COUNTER.key(state) in REACHABLE
    state.n = 0  # a copy of one's own


REACHABLE = reachable(COUNTER)


def test_all_reachable_states_are_drawn() -> None:
    two = Specification(Election, {"servers": 2})
    drawn: set[int] = set()

    @settings(FIXED, max_examples=1000)
    @given(strategies.states(two, max_steps=4))
    def draw(state: Any) -> None:
        drawn.add(two.key(state))

    draw()
    assert drawn == reachable(two)


@settings(FIXED)
@given(strategies.traces("two-phase-commit", resource_managers=2))
def test_traces_are_runs(trace: Any) -> None:
    from fencepost.model.two_phase_commit import TwoPhaseCommit

    assert trace.model == "two-phase-commit" and trace.states <= strategies.MAX_STEPS + 1
    assert replay(trace, Specification(TwoPhaseCommit, trace.constants)).confirmed


def test_traces_shrink_to_the_initial_state_and_are_no_longer_than_asked_for() -> None:
    small = find(strategies.traces(Counter), lambda trace: True, settings=FIXED)
    assert small.states == 1
    long = find(strategies.traces(Counter, max_steps=2), lambda trace: trace.states >= 3, settings=FIXED)
    assert [step.action for step in long.steps] == ["somewhere", "start", "start"]


@settings(FIXED)
@given(st.data())
def test_steps_are_the_successors(data: st.DataObject) -> None:
    state = data.draw(strategies.states(COUNTER))
    possible = {COUNTER.key(step.state) for step in COUNTER.successors(state)}
    if possible:
        assert COUNTER.key(data.draw(strategies.steps(COUNTER, state)).state) in possible
    else:
        assert strategies.steps(COUNTER, state).is_empty


def test_arbitrary_states_need_not_be_reachable() -> None:
    def strange(state: Any) -> bool:
        return state.n == 0 and 9 in state.seen

    found = find(strategies.arbitrary_states(Counter), strange, settings=FIXED)
    assert list(found.seen) == [9]
    assert isinstance(Specification(Counter).holds(Specification(Counter).properties[0], found), bool)


def test_all_values_of_a_type() -> None:
    kind = types.Set(types.Option(types.Int(-1, 1)), 2)
    drawn: set[Any] = set()

    @settings(FIXED, max_examples=300)
    @given(strategies.values_of(kind))
    def draw(value: Any) -> None:
        assert kind.fit(value) == value
        drawn.add(value)

    draw()
    assert len(drawn) == 1 + 4 + 6


def test_an_error_of_the_specification_is_raised() -> None:
    @settings(FIXED)
    @given(strategies.traces(Counter, breaks=True))
    def draw(trace: Any) -> None: ...

    with pytest.raises(errors.AssertionFailed):
        draw()


def test_unknown_constants() -> None:
    with pytest.raises(errors.UnknownConstant):
        strategies.states(Counter, limits=3)

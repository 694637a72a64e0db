"""U118: random runs that end in the initial state, whatever is drawn."""

import pytest
from hypothesis import given, settings

from fencepost.checks import state_machine, strategies
from fencepost.model.errors import NothingToExplore
from randomised.failing import failure
from randomised.specs import Counter, Terminating


def test_no_action_is_possible() -> None:
    found = failure(state_machine(Counter, stops=True))
    assert isinstance(found, NothingToExplore)
    assert str(found).startswith(
        "error U118: Counter: no action is possible in the initial state\n  other constants may"
    )


def test_a_constraint_is_false_at_once() -> None:
    found = failure(state_machine(Counter, limit=0, start_at=1))
    assert isinstance(found, NothingToExplore)
    assert "the constraint within_the_limit is false in the initial state, where every run ends" in str(found)


def test_a_violation_in_the_initial_state_comes_first() -> None:
    assert str(failure(state_machine(Terminating, stops=True))) == "deadlock is violated in state 1"
    assert str(failure(state_machine(Counter, limit=0, start_at=8))).startswith("below_eight is violated in state 1")


def test_strategies_say_it_as_well() -> None:
    @settings(database=None)
    @given(strategies.states(Counter, stops=True))
    def test(state: Counter) -> None: ...

    with pytest.raises(NothingToExplore):
        test()

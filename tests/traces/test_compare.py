"""Where two runs part."""

import pytest

from fencepost.model.errors import ForeignTrace
from fencepost.traces.compare import Departure, departure
from fencepost.traces.difference import Change
from models import runs
from models.walks import Pinging, walk

FIRST = "n1: ping(source=n1, target=n2, number=0)"


def test_equal_runs():
    assert departure(runs.truncation(), runs.truncation()) is None


def test_the_first_state_that_differs():
    one = walk(Pinging, FIRST, "n2: answer(", "n1: take(")
    other = walk(Pinging, FIRST, "network: lose_message(", FIRST)
    found = departure(one, other)
    assert found is not None
    assert found.state == 3
    assert found.changes == (
        Change("messages", "Pong(source=n2, target=n1)", None),
        Change("losses", "0", "1"),
    )


def test_one_that_ends_before_the_other():
    assert departure(walk(Pinging, FIRST), walk(Pinging, FIRST, FIRST)) == Departure(3, ())
    assert departure(walk(Pinging, FIRST, FIRST), walk(Pinging, FIRST)) == Departure(3, ())


def test_runs_of_two_specifications():
    with pytest.raises(ForeignTrace, match="do not have the same state"):
        departure(runs.truncation(), runs.pinging())

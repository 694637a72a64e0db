"""S307: `remove` of an element that is not there."""

import pytest

from errors.refusals import Refusals, in_action
from fencepost.model.errors import NotAMember


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("«self.s.remove(who)»", "b1 is not in the set"),
        ("«self.ints.remove(k)»", "0 is not in the set"),
        ("«self.ints.remove(9)»", "9 is not in the set"),
        ("«self.bag.remove(Pair(1))»", "Pair(a=1, b=None) is not in the bag"),
    ],
)
def test_every_way(body: str, what: str, refusals: Refusals) -> None:
    error = refusals.stopped(NotAMember, in_action(body))
    assert (error.what, error.hint) == (what, "write discard(), or test with `in` before")

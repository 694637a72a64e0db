"""S302: an index past the ends of a sequence, or a key that a map does not have."""

import pytest

from errors.refusals import Refusals, in_action, in_property
from fencepost.model.errors import IndexOutOfRange

HINT = "test the length, or what the key is made from, before"
PAST_THE_END = "an index past the end of a sequence"


@pytest.mark.parametrize(
    "body",
    [
        "x = «self.q[0]»",
        "x = «self.q[-1]»",
        "self.n = «self.q[self.n]»",
        "x = «self.qp[0]».a",
        "«self.q[3]» = 1",
        "«self.q[0]» += 1",
        "«self.q.pop()»",
        "«self.q.pop(1)»",
        "x = [1, 2]\nself.n = «x[k + 2]»",
        "x = [1]\n«x[2]» = 1",
        "x = [1]\n«x.pop(3)»",
    ],
)
def test_sequences(body: str, refusals: Refusals) -> None:
    error = refusals.stopped(IndexOutOfRange, in_action(body))
    assert (error.what, error.hint, error.context) == (PAST_THE_END, HINT, ["in action act(who=b1, k=0)"])


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("«self.q.truncate(1)»", "cannot truncate a sequence of 0 to 1"),
        ("«self.q.truncate(-1)»", "cannot truncate a sequence of 0 to -1"),
        ("self.n = «self.m[self.whom]»", "no such key: None is not one of the 2 replicas"),
        ("x = {s: 1 for s in self.members(Slot)}\ny = «x[k + 3]»", "no such key or element: 3"),
        ("x = {1}\n«x.remove(2)»", "no such key or element: 2"),
    ],
)
def test_others(body: str, what: str, refusals: Refusals) -> None:
    error = refusals.stopped(IndexOutOfRange, in_action(body))
    assert (error.what, error.hint) == (what, HINT)


def test_in_a_property(refusals: Refusals) -> None:
    error = refusals.stopped(IndexOutOfRange, in_property("return «self.q[0]» > 1"))
    assert error.context == ["in invariant prop"]

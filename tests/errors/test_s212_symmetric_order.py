"""S212: order or arithmetic on interchangeable identities."""

import pytest

from errors.refusals import Refusals, in_action
from fencepost.model import Specification
from fencepost.model.errors import SymmetricOrder
from fencepost.model.lang.lower import lower

INTERCHANGEABLE = "compare them with == only, and take them from parameters, maps and sets; or drop symmetric=True"
NUMBERED = "enumerate() numbers interchangeable identities, or what is ordered by them"
IN_ORDER = "a sequence of the state would be in the order of interchangeable identities"
UNORDERED = "let nothing depend on their order; or drop symmetric=True"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("x = «who < who»", "one of the replicas is not a number: they are interchangeable", INTERCHANGEABLE),
        ("x = «who + 1»", "one of the replicas is not a number: they are interchangeable", INTERCHANGEABLE),
        ("x = «who == 0»", "one of the replicas is not a number: they are interchangeable", INTERCHANGEABLE),
        ("x = «sorted(self.s)»", "one of the replicas is not a number: they are interchangeable", INTERCHANGEABLE),
        ("x = «min(self.s)»", "one of the replicas is not a number: they are interchangeable", INTERCHANGEABLE),
        ("x = «max(who, who)»", "one of the replicas is not a number: they are interchangeable", INTERCHANGEABLE),
        ("x = «range(who)»", "one of the replicas is not a number: they are interchangeable", INTERCHANGEABLE),
        ("x = self.m[«0»]", "one of the replicas is not a number: they are interchangeable", INTERCHANGEABLE),
        ("x = self.q[«who»]", "one of the replicas is not a number: they are interchangeable", INTERCHANGEABLE),
        ("«self.n» = who", "one of the replicas is not a number: they are interchangeable", INTERCHANGEABLE),
        ("«self.whom» = 1", "one of the replicas is not a number: they are interchangeable", INTERCHANGEABLE),
        ("«self.s» = {1}", "one of the replicas is not a number: they are interchangeable", INTERCHANGEABLE),
        ("«self.s.add(0)»", "one of the replicas is not a number: they are interchangeable", INTERCHANGEABLE),
        ("x = «self.s | {0}»", "one of the replicas is not a number: they are interchangeable", INTERCHANGEABLE),
        ("x = 1\n«x = who»", "one of the replicas is not a number: they are interchangeable", INTERCHANGEABLE),
        (
            "x = «k if self.flag else who»",
            "one of the replicas is not a number: they are interchangeable",
            INTERCHANGEABLE,
        ),
        ("x = «[k, who]»", "one of the replicas is not a number: they are interchangeable", INTERCHANGEABLE),
        ("x = Pair(1, «k»)", "one of the replicas is not a number: they are interchangeable", INTERCHANGEABLE),
        ("for i, y in «enumerate(self.s)»:\n    self.n = i", NUMBERED, UNORDERED),
        ("x = [i for i, y in «enumerate(self.pairs)»]", NUMBERED, UNORDERED),
        ("x = [i for i, y in «enumerate(self.bag)»]", NUMBERED, UNORDERED),
        ("x = [i for i, y in «enumerate(self.members(Broker))»]", NUMBERED, UNORDERED),
        ("«self.qp» = [Pair(k, y) for y in self.s]", IN_ORDER, UNORDERED),
        ("«self.q» = [self.m[y] for y in self.m]", IN_ORDER, UNORDERED),
        ("«self.qp» = list(self.bag)", IN_ORDER, UNORDERED),
    ],
)
def test_uses(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(SymmetricOrder, in_action(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    "source",
    [
        "for i, y in enumerate(self.q):\n    self.n = i",
        "for i, y in enumerate(self.ints):\n    self.n = i",
        "self.q = [y for y in self.ints]",
        "self.n = max([self.m[y] for y in self.s], default=0)",
    ],
)
def test_what_does_not_follow_their_order(source: str, refusals: Refusals) -> None:
    lower(Specification(refusals.load(in_action(source)).Spec))

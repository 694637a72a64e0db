"""S212: order or arithmetic on interchangeable identities."""

import pytest

from errors.refusals import Refusals, in_action
from fencepost.model.errors import SymmetricOrder

INTERCHANGEABLE = "compare them with == only, and take them from parameters, maps and sets; or drop symmetric=True"


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
        (
            "for i, y in enumerate(self.s):\n    «self.whom» = i",
            "one of the replicas is not a number: they are interchangeable",
            INTERCHANGEABLE,
        ),
    ],
)
def test_uses(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(SymmetricOrder, in_action(source))
    assert (error.what, error.hint) == (what, hint)

"""S214: `choose` where the choice cannot be enumerated."""

import pytest

from errors.refusals import Refusals, in_action, in_property
from fencepost.model.errors import MisplacedChoice

STATEMENT = "write x = choose(...), a statement of its own"
BEFORE = "loop over all of at most 8 values, choose before the loop, or make it a parameter"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("«self.n = choose(self.q)»", "choose() is assigned to one name", STATEMENT),
        ("«x, y = choose([1, 2])»", "choose() is assigned to one name", STATEMENT),
        ("«x = y = choose(self.q)»", "choose() is assigned to one name", STATEMENT),
        ("x = «choose(self.q)» + 1", "choose() is only the right side of an assignment to a name", STATEMENT),
        (
            "x = [«choose(self.q)» for y in self.q]",
            "choose() is only the right side of an assignment to a name",
            STATEMENT,
        ),
        (
            "x = 1 if self.flag else «choose(self.q)»",
            "choose() is only the right side of an assignment to a name",
            STATEMENT,
        ),
        ("self.set_n(«choose(self.q)»)", "choose() is only the right side of an assignment to a name", STATEMENT),
        ("require(«choose(self.q)» > 1)", "choose() is only the right side of an assignment to a name", STATEMENT),
        ("x: «Num» = choose(self.q)", "choose() gives its own type", STATEMENT),
        ("for y in self.q:\n    x = «choose(self.q)»", "choose() inside a loop", BEFORE),
        ("for y in self.q:\n    «choose(self.q)»", "choose() inside a loop", BEFORE),
        ("for y in range(2):\n    for who in self.m:\n        x = «choose(self.q)»", "choose() inside a loop", BEFORE),
        ("x = 1\nx += «choose(self.q)»", "choose() is only the right side of an assignment to a name", STATEMENT),
        ("return «choose(self.q)»", "choose() is only the right side of an assignment to a name", STATEMENT),
    ],
)
def test_places(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(MisplacedChoice, in_action(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        (
            "x = «choose(self.q)»\nreturn x > 1",
            "choose() in an invariant",
            "properties look at one state; use any() or all()",
        ),
    ],
)
def test_properties(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(MisplacedChoice, in_property(source))
    assert (error.what, error.hint) == (what, hint)

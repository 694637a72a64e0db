"""S301: a value stored outside the bounds of its field."""

import pytest

from errors.refusals import Refusals, in_action, in_class
from fencepost.model.errors import OutOfRange

HINT = "widen the type of the field, or disable the action with require() before"


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("«self.n» = 9", "Spec.n: 9 is outside 0..3"),
        ("«self.n» = -1", "Spec.n: -1 is outside 0..3"),
        ("«self.n» = k - 1", "Spec.n: -1 is outside 0..3"),
        ("«self.n» += 4", "Spec.n: 4 is outside 0..3"),
        ("«self.n» -= 1", "Spec.n: -1 is outside 0..3"),
        ("«self.n» = self.opt", "Spec.n: None is not an integer"),
        ("«self.opt» = 9", "Spec.opt: 9 is outside 0..3"),
        ("«self.slot» = 7", "Spec.slot: 7 is not one of 3 identities"),
        ("«self.pair.a» = 9", "Pair.a: 9 is outside 0..3"),
        ("«self.m[who]» = 9", "the entry of b1: 9 is outside 0..3"),
        ("«self.m[who]» += 9", "the entry of b1: 9 is outside 0..3"),
        ("«self.pairs[who].a» = 9", "Pair.a: 9 is outside 0..3"),
        ("self.pair = «Pair(9)»", "Pair.a: 9 is outside 0..3"),
        ("self.pair = «replace(self.pair, a=9)»", "Pair.a: 9 is outside 0..3"),
        ("«self.ints.add(9)»", "Spec.ints: 9 is outside 0..3"),
        ("«self.q.append(9)»", "Spec.q: 9 is outside 0..3"),
        ("«self.ints» = {9}", "Spec.ints: 9 is outside 0..3"),
        ("«self.q» = [0, 9]", "Spec.q: 9 is outside 0..3"),
        ("«self.m» = {b: 9 for b in self.m}", "Spec.m: 9 is outside 0..3"),
    ],
)
def test_stores(body: str, what: str, refusals: Refusals) -> None:
    error = refusals.stopped(OutOfRange, in_action(body))
    assert (error.what, error.hint) == (what, HINT)
    assert error.context == ["in action act(who=b1, k=0)"]


def test_in_a_helper(refusals: Refusals) -> None:
    act = "@action\ndef act(self, k: Num) -> None:\n    self.leap(k)\n"
    text = in_class(act + "def leap(self, by: int) -> None:\n    «self.n» = by + 3")
    error = refusals.stopped(OutOfRange, text)
    assert (error.what, error.context) == ("Spec.n: 4 is outside 0..3", ["in action act(k=1)"])


def test_in_a_struct(refusals: Refusals) -> None:
    text = "class Box(Struct):\n    a: Num\n\n    def fill(self) -> None:\n        «self.a» = 9\n\n\n" + in_class(
        "box: Box\n@action\ndef act(self) -> None:\n    self.box.fill()"
    )
    assert refusals.stopped(OutOfRange, text).what == "Box.a: 9 is outside 0..3"


def test_in_an_initialiser(refusals: Refusals) -> None:
    text = in_class("@init\ndef start(self, x: Num) -> None:\n    «self.n» = x + 1")
    error = refusals.stopped(OutOfRange, text)
    assert (error.what, error.context) == ("Spec.n: 4 is outside 0..3", ["in initialiser start(x=3)"])

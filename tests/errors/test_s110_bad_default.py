"""S110: a default that does not fit its type."""

import pytest

from errors.refusals import Refusals, in_class
from fencepost.model.errors import BadDefault

LEAVE_OUT = "leave it out to begin with the first value of the type"
RENAME = "rename one of them"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("x: Num = «9»", "Spec.x: the default does not fit: 9 is outside 0..3", LEAVE_OUT),
        ("x: Num = «-1»", "Spec.x: the default does not fit: -1 is outside 0..3", LEAVE_OUT),
        ("x: Num = «'one'»", "Spec.x: the default does not fit: 'one' is not an integer", LEAVE_OUT),
        ("x: Num = «True»", "Spec.x: the default does not fit: True is not an integer", LEAVE_OUT),
        ("x: Num = «None»", "Spec.x: the default does not fit: None is not an integer", LEAVE_OUT),
        ("x: Num = «1.0»", "Spec.x: the default does not fit: 1.0 is not an integer", LEAVE_OUT),
        ("x: Num | None = «9»", "Spec.x: the default does not fit: 9 is outside 0..3", LEAVE_OUT),
        ("x: bool = «1»", "Spec.x: the default does not fit: 1 is not a bool", LEAVE_OUT),
        ("x: Color = «1»", "Spec.x: the default does not fit: 1 is not a Color", LEAVE_OUT),
        ("x: Broker = «2»", "Spec.x: the default does not fit: 2 is not one of the 2 replicas", LEAVE_OUT),
        ("x: Set[Num] = «{9}»", "Spec.x: the default does not fit: 9 is outside 0..3", LEAVE_OUT),
        ("x: Set[Num] = «[[1]]»", "Spec.x: the default does not fit: [1] is not an integer", LEAVE_OUT),
        ("x: Set[Num] = «3»", "Spec.x: the default does not fit: 3 is not a set", LEAVE_OUT),
        (
            "x: Annotated[Seq[Num], Size(2)] = «[1, 1, 1]»",
            "Spec.x: the default does not fit: 3 elements in a sequence of at most 2",
            LEAVE_OUT,
        ),
        (
            "x: Annotated[Set[Num], Size(1)] = «{1, 2}»",
            "Spec.x: the default does not fit: 2 elements in a set of at most 1",
            LEAVE_OUT,
        ),
        (
            "x: Annotated[Bag[Num], Size(1)] = «[1, 1]»",
            "Spec.x: the default does not fit: 2 elements in a bag of at most 1",
            LEAVE_OUT,
        ),
        ("x: Map[Broker, Num] = «{}»", "Spec.x: the default does not fit: no value for the key b1", LEAVE_OUT),
        ("x: Map[Broker, Num] = «{0: 1, 1: 9}»", "Spec.x: the default does not fit: 9 is outside 0..3", LEAVE_OUT),
        (
            "x: Map[Broker, Num] = «{0: 1, 1: 1, 2: 1}»",
            "Spec.x: the default does not fit: 2 is not one of the 2 replicas",
            LEAVE_OUT,
        ),
        ("x: Map[Broker, Num] = «1»", "Spec.x: the default does not fit: 1 is not a map", LEAVE_OUT),
        ("x: Pair = «Pair(9)»", "Spec.x: the default does not fit: a: 9 is outside 0..3", LEAVE_OUT),
        ("x: Pair = «1»", "Spec.x: the default does not fit: 1 is not a Pair", LEAVE_OUT),
        ("x: Pair = «Color.RED»", "Spec.x: the default does not fit: <Color.RED: 1> is not a Pair", LEAVE_OUT),
        ("x: Num\ndef «x»(self) -> int:\n    return 1", "Spec.x: a field and a method of the same name", RENAME),
        ("x: Num\n@action\ndef «x»(self) -> None:\n    pass", "Spec.x: a field and a method of the same name", RENAME),
    ],
)
def test_defaults(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(BadDefault, in_class(source))
    assert (error.what, error.hint) == (what, hint)

"""S106: a parameter of an action whose values cannot be enumerated."""

import pytest

from errors.refusals import Refusals, in_class
from fencepost.model.errors import BadParameter

NARROW = 'narrow its type, or take elements of a collection in the state: Annotated[T, In("field")]'
PLAIN = "parameters of actions are plain ones: without *, ** and /"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        (
            "@action\ndef act(self, «x») -> None:\n    pass",
            "Spec.act, parameter x: no annotation",
            "annotate it: x: Kind, where Kind says which values it takes",
        ),
        (
            "@init\ndef start(self, «x») -> None:\n    pass",
            "Spec.start, parameter x: no annotation",
            "annotate it: x: Kind, where Kind says which values it takes",
        ),
        ("@action\ndef act(self, x: «int») -> None:\n    pass", "Spec.act, parameter x: an int without bounds", NARROW),
        (
            "@action\ndef act(self, x: «int | None») -> None:\n    pass",
            "Spec.act, parameter x: an int without bounds",
            NARROW,
        ),
        (
            "@action\ndef act(self, x: «Annotated[int, Range(0, 4096)]») -> None:\n    pass",
            "Spec.act, parameter x: 4097 values are too many to be listed",
            NARROW,
        ),
        (
            "@action\ndef act(self, x: «Annotated[Seq[Num], Size(2)]») -> None:\n    pass",
            "Spec.act, parameter x: the values of a Seq[0..3] up to 2 cannot be listed",
            NARROW,
        ),
        (
            "@action\ndef act(self, x: «Seq[Num]») -> None:\n    pass",
            "Spec.act, parameter x: a Seq needs a size",
            NARROW,
        ),
        ("@action\ndef act(self, *x: «Num») -> None:\n    pass", "Spec.act, parameter x: not a plain parameter", PLAIN),
        (
            "@action\ndef act(self, **x: «Num») -> None:\n    pass",
            "Spec.act, parameter x: not a plain parameter",
            PLAIN,
        ),
        (
            "@action\ndef act(self, *, x: «Num») -> None:\n    pass",
            "Spec.act, parameter x: not a plain parameter",
            PLAIN,
        ),
        (
            "@action\ndef act(self, x: «Num», /) -> None:\n    pass",
            "Spec.act, parameter x: not a plain parameter",
            PLAIN,
        ),
        (
            "@action\ndef act(self, x: «Annotated[Broker, In('isr')]») -> None:\n    pass",
            "Spec.act, parameter x: the state has no field 'isr'",
            "there is: bag, color, flag, ints, m, n, opt, optpair, pair, pairs, q, qp, and 3 more",
        ),
        (
            "@action(process='y.b')\ndef «act»(self, x: Annotated[Pair, In('qp')]) -> None:\n    pass",
            "Spec.act: the process 'y.b' names no parameter",
            "there is: x",
        ),
        (
            "@action(process='x.c')\ndef «act»(self, x: Annotated[Pair, In('qp')]) -> None:\n    pass",
            "Spec.act: the process 'x.c': there is no field c",
            "there is: a, b",
        ),
        (
            "@action\ndef act(self, x: «Annotated[Broker, In('pair.c')]») -> None:\n    pass",
            "Spec.act, parameter x: the state has no field 'pair.c'",
            "there is: a, b",
        ),
        (
            "@action\ndef act(self, x: «Annotated[Num, In('pairs.a')]») -> None:\n    pass",
            "Spec.act, parameter x: 'pairs.a' does not lead through structs only",
            "In names a field of the state, or of a struct in it",
        ),
        (
            "@action\ndef act(self, x: «Annotated[Num, In('n')]») -> None:\n    pass",
            "Spec.act, parameter x: 'n' is not a Set, Seq or Bag",
            "without In, a parameter takes all values of its type",
        ),
        (
            "@action\ndef act(self, x: «Annotated[Num, In('m')]») -> None:\n    pass",
            "Spec.act, parameter x: 'm' is not a Set, Seq or Bag",
            "without In, a parameter takes all values of its type",
        ),
        (
            "@action\ndef act(self, x: «Annotated[Color, In('ints')]») -> None:\n    pass",
            "Spec.act, parameter x: the elements of 'ints' are of another type",
            "annotate it with theirs, 0..3",
        ),
        (
            "@action\ndef act(self, x: «Annotated[Num, In(None)]») -> None:\n    pass",
            "Spec.act, parameter x: the state has no field None",
            "there is: bag, color, flag, ints, m, n, opt, optpair, pair, pairs, q, qp, and 3 more",
        ),
    ],
)
def test_parameters(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(BadParameter, in_class(source))
    assert (error.what, error.hint) == (what, hint)

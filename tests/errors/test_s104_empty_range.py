"""S104: a range, domain or size with no value in it."""

import pytest

from errors.refusals import Refusals, in_class
from fencepost.model.errors import EmptyRange

BOTH_INCLUDED = "a Range names its lowest and its highest value, both included"
DOMAIN = "a Domain has at least one"
SIZE = "a Size is 0 or more"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("x: «Annotated[int, Range(3, 0)]»", "Spec.x: there is no number from 3 to 0", BOTH_INCLUDED),
        (
            "x: «Annotated[int, Range('limit + 1', 'limit')]»",
            "Spec.x: there is no number from limit + 1 = 4 to limit = 3",
            BOTH_INCLUDED,
        ),
        (
            "x: «Annotated[int, Range(0, 'limit - 4')]»",
            "Spec.x: there is no number from 0 to limit - 4 = -1",
            BOTH_INCLUDED,
        ),
        ("x: «Annotated[int, Domain(0)]»", "Spec.x: a Domain of 0 has no identity in it", DOMAIN),
        ("x: «Annotated[int, Domain('limit - 3')]»", "Spec.x: a Domain of limit - 3 = 0 has no identity in it", DOMAIN),
        ("x: «Annotated[Seq[Num], Size(-1)]»", "Spec.x: no collection has the size -1", SIZE),
        (
            "x: «Annotated[Set[Num], Size('replicas - limit')]»",
            "Spec.x: no collection has the size replicas - limit = -1",
            SIZE,
        ),
        (
            "class Nobody(Enum):\n    pass\nx: «Nobody»",
            "Spec.x: the Enum Nobody has no members",
            "give it one: NAME = enum.auto()",
        ),
        ("c: «Annotated[Constant[int], Range(3, 0)]» = 1", "Spec.c: there is no number from 3 to 0", BOTH_INCLUDED),
    ],
)
def test_fields(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(EmptyRange, in_class(source))
    assert (error.what, error.hint) == (what, hint)

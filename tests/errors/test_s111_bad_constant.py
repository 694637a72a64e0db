"""S111: a constant without default, or with a type or default that it cannot have."""

import pytest

from errors.refusals import Refusals, in_class
from fencepost.model.errors import BadConstant

INT_OR_BOOL = "write Constant[int] or Constant[bool]"
A_NUMBER = "the default of Constant[int] is a number"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("c: «Constant[int]»", "Spec.c: a constant without default", "write c: Constant[int] = value"),
        ("c: «Constant[bool]»", "Spec.c: a constant without default", "write c: Constant[bool] = value"),
        ("c: «Constant» = 3", "Spec.c: a constant is an int or a bool", INT_OR_BOOL),
        ("c: «Constant[str]» = 'a'", "Spec.c: a constant is an int or a bool", INT_OR_BOOL),
        ("c: «Constant[Color]» = Color.RED", "Spec.c: a constant is an int or a bool", INT_OR_BOOL),
        ("c: «Constant[int]» = 'a'", "Spec.c: 'a' is not an int", A_NUMBER),
        ("c: «Constant[int]» = None", "Spec.c: None is not an int", A_NUMBER),
        ("c: «Constant[int]» = True", "Spec.c: True is not an int", A_NUMBER),
        ("c: «Constant[bool]» = 1", "Spec.c: 1 is not a bool", "the default of Constant[bool] is True or False"),
        (
            "c: Annotated[Constant[int], Range(1, 2)] = «3»",
            "Spec.c: the default c = 3 is outside 1..2",
            "change one of them",
        ),
        (
            "c: Annotated[Constant[int], Range(1, 'limit')] = «4»",
            "Spec.c: the default c = 4 is outside 1..3",
            "change one of them",
        ),
        (
            "c: «Auxiliary[Constant[int]]» = 1",
            "Spec.c: an auxiliary constant",
            "constants are no part of the state: leave out Auxiliary, or Constant for a field",
        ),
        (
            "class Box(Struct):\n    a: «Constant[int]» = 1\nx: Box",
            "Box.a: a constant in a struct",
            "constants belong to the specification; bounds of structs may name them",
        ),
    ],
)
def test_constants(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(BadConstant, in_class(source))
    assert (error.what, error.hint) == (what, hint)

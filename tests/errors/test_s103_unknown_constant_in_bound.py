"""S103: a bound that is not an integer expression of constants."""

import pytest

from errors.refusals import Refusals, in_class
from fencepost.model.errors import UnknownConstantInBound

BOUNDS = "a bound is a number, or text with numbers, constants, + - * // %, min and max"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        (
            "x: «Annotated[int, Range(0, 'limits')]»",
            "Spec.x: the bound 'limits' names 'limits', which is not an integer constant",
            "did you mean limit?",
        ),
        (
            "x: «Annotated[int, Range('lowest', 3)]»",
            "Spec.x: the bound 'lowest' names 'lowest', which is not an integer constant",
            "declare it: lowest: Constant[int] = 3",
        ),
        (
            "x: «Annotated[int, Range(0, 'fast')]»",
            "Spec.x: the bound 'fast' names 'fast', which is not an integer constant",
            "declare it: fast: Constant[int] = 3",
        ),
        (
            "x: «Annotated[int, Range(0, 'limit ** 2')]»",
            "Spec.x: the bound 'limit ** 2' is not an integer expression of constants",
            BOUNDS,
        ),
        (
            "x: «Annotated[int, Range(0, 'limit / 2')]»",
            "Spec.x: the bound 'limit / 2' is not an integer expression of constants",
            BOUNDS,
        ),
        (
            "x: «Annotated[int, Range(0, 'twice(limit)')]»",
            "Spec.x: the bound 'twice(limit)' is not an integer expression of constants",
            BOUNDS,
        ),
        (
            "x: «Annotated[int, Range(0, 'min()')]»",
            "Spec.x: the bound 'min()' is not an integer expression of constants",
            BOUNDS,
        ),
        (
            "x: «Annotated[int, Range(0, 'limit +')]»",
            "Spec.x: the bound 'limit +' is not an integer expression of constants",
            BOUNDS,
        ),
        ("x: «Annotated[int, Range(0, '')]»", "Spec.x: the bound '' is not an integer expression of constants", BOUNDS),
        (
            "x: «Annotated[int, Range(0, '1.5')]»",
            "Spec.x: the bound '1.5' is not an integer expression of constants",
            BOUNDS,
        ),
        (
            "x: «Annotated[int, Range(0, 'limit // 0')]»",
            "Spec.x: the bound 'limit // 0' is not an integer expression of constants",
            BOUNDS,
        ),
        ("x: «Annotated[int, Range(0, 1.5)]»", "Spec.x: the bound 1.5 is not a whole number", BOUNDS),
        ("x: «Annotated[int, Range(0, None)]»", "Spec.x: the bound None is not a whole number", BOUNDS),
        (
            "x: «Annotated[Seq[Num], Size('many')]»",
            "Spec.x: the bound 'many' names 'many', which is not an integer constant",
            "declare it: many: Constant[int] = 3",
        ),
        (
            "x: «Annotated[int, Domain('clients')]»",
            "Spec.x: the bound 'clients' names 'clients', which is not an integer constant",
            "declare it: clients: Constant[int] = 3",
        ),
        (
            "clients = 3\nx: «Annotated[int, Domain('clients')]»",
            "Spec.x: the bound 'clients' names 'clients', which is not an integer constant",
            "declare it: clients: Constant[int] = 3",
        ),
        (
            "c: «Annotated[Constant[int], Range(0, 'top')]» = 1",
            "Spec.c: the bound 'top' names 'top', which is not an integer constant",
            "declare it: top: Constant[int] = 3",
        ),
    ],
)
def test_fields(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnknownConstantInBound, in_class(source))
    assert (error.what, error.hint) == (what, hint)

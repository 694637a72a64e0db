"""U111: a view of a specification in which every field counts."""

from typing import Literal

import pytest

from errors.refusals import Refusals, in_class
from fencepost.checks import check
from fencepost.model.errors import EXIT_USAGE, NoAuxiliaryField


@pytest.mark.parametrize("engine", ["native", "python"])
def test_every_way(engine: Literal["native", "python"], refusals: Refusals) -> None:
    model = refusals.load(in_class("x: Num")).Spec
    with pytest.raises(NoAuxiliaryField) as caught:
        check(model, engine=engine, view=True)
    assert str(caught.value) == (
        "error U111: Spec has no auxiliary field, so there is no view of it\n"
        "  search without a view, or declare the fields that it is to leave out as Auxiliary[T]"
    )
    assert caught.value.exit_code == EXIT_USAGE


def test_the_advice_helps(refusals: Refusals) -> None:
    model = refusals.load(in_class("x: Auxiliary[Num]")).Spec
    assert check(model, engine="python", view=True).report.view == ("x",)

"""S108: a state that needs more bits than the native checker handles. Found when kernels are laid out."""

import pytest

from errors.refusals import Refusals, in_class
from fencepost.checks.native.layout import build_layout
from fencepost.model import Specification
from fencepost.model.errors import StateTooLarge


@pytest.mark.parametrize(
    "field",
    [
        "x: Annotated[Seq[Num], Size(10_000)]",
        "x: Map[Annotated[int, Range(0, 4095)], Annotated[int, Range(0, 10**9)]]",
        "x: Annotated[Bag[Pair], Size(1000)]",
    ],
)
def test_every_way(field: str, refusals: Refusals) -> None:
    specification = Specification(refusals.load(in_class(field)).Spec)
    with pytest.raises(StateTooLarge) as caught:
        build_layout(specification.state_type)
    assert caught.value.at is not None
    assert caught.value.at.text[caught.value.at.column - 1 :].startswith(field.removeprefix("x: "))
    assert caught.value.what.startswith("a state of Spec needs ")
    assert caught.value.hint == "use smaller constants, or smaller bounds and sizes in the fields"

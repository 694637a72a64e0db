"""U110: a property that the specification does not have."""

import pytest

from errors.refusals import Refusals, in_property
from fencepost.model import Specification
from fencepost.model.errors import EXIT_USAGE, UnknownProperty


@pytest.mark.parametrize(
    ("name", "hint"), [("prob", "did you mean prop?"), ("x", "there is: prop"), ("wait", "there is: prop")]
)
def test_every_way(name: str, hint: str, refusals: Refusals) -> None:
    model = refusals.load(in_property("return self.n <= 3")).Spec
    with pytest.raises(UnknownProperty) as caught:
        Specification(model, None, ["prop", name])
    assert str(caught.value) == f"error U110: Spec has no property {name!r}\n  {hint}"
    assert caught.value.exit_code == EXIT_USAGE

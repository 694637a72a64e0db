"""U103: a value that the constant does not allow."""

from typing import Any

import pytest

from errors.refusals import Refusals, in_class
from fencepost.model import Specification
from fencepost.model.errors import EXIT_USAGE, ConstantOutOfRange

CONSTANTS = """\
size: Annotated[Constant[int], Range(1, "most")] = 2
most: Constant[int] = 4
@action
def act(self) -> None:
    pass
"""


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"size": 5}, "size = 5 is outside 1..4"),
        ({"size": 0}, "size = 0 is outside 1..4"),
        ({"size": "5"}, "size = 5 is outside 1..4"),
        ({"most": 1}, "size = 2 is outside 1..1"),
        ({"size": "two"}, "size = 'two' is not an integer"),
        ({"size": "1.5"}, "size = '1.5' is not an integer"),
        ({"size": ""}, "size = '' is not an integer"),
        ({"size": 1.5}, "size = 1.5 is not an integer"),
        ({"size": None}, "size = None is not an integer"),
        ({"size": True}, "size = True is not an integer"),
        ({"fast": "yes"}, "fast = 'yes' is not true or false"),
        ({"fast": 1}, "fast = 1 is not true or false"),
    ],
)
def test_every_way(given: dict[str, Any], what: str, refusals: Refusals) -> None:
    model = refusals.load(in_class(CONSTANTS)).Spec
    with pytest.raises(ConstantOutOfRange) as caught:
        Specification(model, given)
    hint = "`fencepost show NAME` lists the constants and what they allow"
    if "outside" in what:
        hint = "size is from 1 to most: change it, or most"
    assert str(caught.value) == f"error U103: {what}\n  {hint}"
    assert caught.value.exit_code == EXIT_USAGE


@pytest.mark.parametrize("text", ["true", "True", "FALSE"])
def test_text_is_read(text: str, refusals: Refusals) -> None:
    model = refusals.load(in_class(CONSTANTS)).Spec
    bound = Specification(model, {"fast": text, "size": " 3 "})
    assert bound.constants["fast"] is (text.lower() == "true")
    assert bound.constants["size"] == 3


FOLLOWING = """\
size: Annotated[Constant[int], Range("2 * most", "2 * most")] = 2
most: Constant[int] = 1
@action
def act(self) -> None:
    pass
"""


def test_a_constant_that_follows_others(refusals: Refusals) -> None:
    model = refusals.load(in_class(FOLLOWING)).Spec
    assert Specification(model, {"most": 4}).constants["size"] == 8
    assert Specification(model, {"most": 4, "size": 8}).constants["size"] == 8
    with pytest.raises(ConstantOutOfRange, match="size = 2 is outside 8..8"):
        Specification(model, {"most": 4, "size": 2})

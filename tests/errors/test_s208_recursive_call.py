"""S208: a function that calls itself, directly or through others."""

import pytest

from errors.refusals import Refusals, in_action, in_class, in_property
from fencepost.model.errors import RecursiveCall

HINT = "write a loop over a range"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (in_action("«self.act(who, k)»"), "act"),
        (in_property("return «self.prop()»"), "prop"),
        (in_class("@action\ndef act(self) -> None:\n    self.go()\ndef go(self) -> None:\n    «self.go()»"), "go"),
        (
            in_class(
                "@action\ndef act(self) -> None:\n    self.there()\n"
                "def there(self) -> None:\n    self.back()\n"
                "def back(self) -> None:\n    «self.there()»"
            ),
            "there",
        ),
        (
            in_class(
                "@action\ndef act(self) -> None:\n    self.n = self.deep\n"
                "@property\ndef deep(self) -> int:\n    return «self.deep»"
            ),
            "deep",
        ),
        (
            "def down(x: int) -> int:\n    return 0 if x == 0 else «down(x - 1)»\n\n\n" + in_action("self.n = down(k)"),
            "down",
        ),
    ],
)
def test_every_way(text: str, name: str, refusals: Refusals) -> None:
    error = refusals.refused(RecursiveCall, text)
    assert (error.what, error.hint) == (f"{name} calls itself", HINT)


def test_calls_that_lead_there_are_named(refusals: Refusals) -> None:
    text = in_class(
        "@action\ndef act(self) -> None:\n    self.there()\n"
        "def there(self) -> None:\n    self.back()\n"
        "def back(self) -> None:\n    «self.there()»"
    )
    error = refusals.refused(RecursiveCall, text)
    assert error.at is not None
    lines = [error.at.line - 2, error.at.line - 4]
    assert error.context == [f"called from {error.at.file}:{line}:9" for line in lines]


def test_the_same_function_twice_is_no_recursion(refusals: Refusals) -> None:
    from fencepost.model import Specification
    from fencepost.model.lang.lower import lower

    lower(Specification(refusals.load(in_action("self.n = twice(twice(k))")).Spec))

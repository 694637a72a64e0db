"""S304: an `assert` in a specification was false."""

import pytest

from errors.refusals import Refusals, in_action, in_class, in_property
from fencepost.model.errors import AssertionFailed

HINT = "an assert says what its author takes for granted: find out why it is false here"


@pytest.mark.parametrize(
    ("text", "what", "context"),
    [
        (in_action("assert «self.n > 1»"), "", "in action act(who=b1, k=0)"),
        (in_action("assert «self.opt is not None»"), "", "in action act(who=b1, k=0)"),
        (in_action("assert «self.n > 1», 'n is small'"), ": n is small", "in action act(who=b1, k=0)"),
        (in_property("assert «self.n > 1»\nreturn True"), "", "in invariant prop"),
        (in_class("@init\ndef start(self) -> None:\n    assert «self.flag»"), "", "in initialiser start()"),
    ],
)
def test_every_way(text: str, what: str, context: str, refusals: Refusals) -> None:
    error = refusals.stopped(AssertionFailed, text.replace("self.flag", "self.n > 1"))
    assert (error.what, error.hint, error.context) == (f"an assertion is false{what}", HINT, [context])

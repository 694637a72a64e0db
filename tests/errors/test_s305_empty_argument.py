"""S305: `min` or `max` of nothing."""

import pytest

from errors.refusals import Refusals, in_action
from fencepost.model.errors import EmptyArgument


@pytest.mark.parametrize(
    "body",
    [
        "x = «min(self.q)»",
        "x = «max(self.ints)»",
        "x = «max(x for x in self.q)»",
        "x = «min(y for y in self.m.values() if y > 1)»",
        "x = «min([y for y in self.q])»",
    ],
)
def test_every_way(body: str, refusals: Refusals) -> None:
    error = refusals.stopped(EmptyArgument, in_action(body))
    hint = "give default=..., or test for emptiness before"
    assert (error.what, error.hint) == ("the least or greatest of nothing", hint)

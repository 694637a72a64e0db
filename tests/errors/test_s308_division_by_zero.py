"""S308: `//` or `%` by zero."""

import pytest

from errors.refusals import Refusals, in_action
from fencepost.model.errors import DivisionByZero


@pytest.mark.parametrize(
    "body", ["self.n = «k // self.n»", "self.n = «k % self.n»", "self.n = «1 // 0»", "«self.n //= 0»", "«self.n %= k»"]
)
def test_every_way(body: str, refusals: Refusals) -> None:
    error = refusals.stopped(DivisionByZero, in_action(body))
    assert (error.what, error.hint) == ("a division by zero", "test for zero before")

"""S210: a write into an element of a set, sequence, bag or optional."""

import pytest

from errors.refusals import Refusals, in_action
from fencepost.model.errors import FrozenWrite

REPLACE = "store a new element made with replace(element, field=value)"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        (
            "«self.qp[0].a» = 1",
            "elements of sets, sequences, bags and optionals are values and cannot be changed",
            REPLACE,
        ),
        (
            "«self.qp[0].a» += 1",
            "elements of sets, sequences, bags and optionals are values and cannot be changed",
            REPLACE,
        ),
        (
            "«self.optpair.a» = 1",
            "elements of sets, sequences, bags and optionals are values and cannot be changed",
            REPLACE,
        ),
        (
            "for pair in self.qp:\n    «pair.a» = 1",
            "elements of sets, sequences, bags and optionals are values and cannot be changed",
            REPLACE,
        ),
        (
            "x = [Pair(1)]\n«x[0].a» = 1",
            "elements of sets, sequences, bags and optionals are values and cannot be changed",
            REPLACE,
        ),
        (
            "pair = self.qp[0]\n«pair.a» = 1",
            "elements of sets, sequences, bags and optionals are values and cannot be changed",
            REPLACE,
        ),
    ],
)
def test_writes(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(FrozenWrite, in_action(source))
    assert (error.what, error.hint) == (what, hint)

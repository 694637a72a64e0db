"""S216: a name bound to different places on different paths."""

import pytest

from errors.refusals import Refusals, in_action
from fencepost.model.errors import AmbiguousReference

TWO_NAMES = "use two names; or name the key instead of the place: b = ..., then self.field[b]"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        (
            "x = self.pair\n«x = self.pairs[who]»",
            "x already stands for another place, or for something of another kind",
            TWO_NAMES,
        ),
        ("x = self.pair\n«x = 1»", "x already stands for another place, or for something of another kind", TWO_NAMES),
        ("x = 1\n«x = self.pair»", "x already stands for another place, or for something of another kind", TWO_NAMES),
        (
            "if self.flag:\n    x = self.pair\nelse:\n    «x = self.pairs[who]»\nx.a = 1",
            "x already stands for another place, or for something of another kind",
            TWO_NAMES,
        ),
        (
            "x = range(3)\n«x = range(2)»",
            "x already stands for another place, or for something of another kind",
            TWO_NAMES,
        ),
        ("x = twice\n«x = len»", "x already stands for another place, or for something of another kind", TWO_NAMES),
        ("x = 1, 2\n«x = 3, 4»", "x already stands for another place, or for something of another kind", TWO_NAMES),
        ("«self = 1»", "self already stands for another place, or for something of another kind", TWO_NAMES),
        (
            "for b in self.pairs:\n    x = self.pairs[b]\n    «x = self.pair»",
            "x already stands for another place, or for something of another kind",
            TWO_NAMES,
        ),
    ],
)
def test_names(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(AmbiguousReference, in_action(source))
    assert (error.what, error.hint) == (what, hint)

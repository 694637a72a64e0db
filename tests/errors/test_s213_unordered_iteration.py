"""S213: a `for` statement over a built-in set."""

import pytest

from errors.refusals import Refusals, in_action
from fencepost.model.errors import UnorderedIteration

SORTED = "iterate over sorted(...), or over a Set field of the state"
CHOOSE_SORTED = "choose from sorted(...), or from a Set field of the state"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("for x in «{1, 2}»:\n    self.n = x", "the order of a built-in set is not defined", SORTED),
        ("for x in «set(self.q)»:\n    self.n = x", "the order of a built-in set is not defined", SORTED),
        ("for x in «{y for y in self.q}»:\n    self.n = x", "the order of a built-in set is not defined", SORTED),
        ("x = set()\nx.add(1)\nfor y in «x»:\n    self.n = y", "the order of a built-in set is not defined", SORTED),
        (
            "x = {1, 2}\ny = x | {3}\nfor z in «y»:\n    self.n = z",
            "the order of a built-in set is not defined",
            SORTED,
        ),
        ("x = «choose({1, 2})»", "choose() from a built-in set, whose order is not defined", CHOOSE_SORTED),
        ("x = «choose(set(self.q))»", "choose() from a built-in set, whose order is not defined", CHOOSE_SORTED),
        (
            "x = {Color.RED}\nfor y in «x | {Color.BLUE}»:\n    self.color = y",
            "the order of a built-in set is not defined",
            SORTED,
        ),
    ],
)
def test_loops(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnorderedIteration, in_action(source))
    assert (error.what, error.hint) == (what, hint)

"""S217: a local collection or loop without a bound."""

import pytest

from errors.refusals import Refusals, in_action
from fencepost.model.errors import UnboundedLocal

KEEP_BOUNDED = "keep them in an annotated local or a field: x: Annotated[int, Range(low, high)] = ..."
LESS = "loop over less, or narrow what it runs over"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        (
            "x = 0\nfor i in range(3):\n    x += 1\nfor j in «range(x)»:\n    self.n = j",
            "this range has no known bound",
            "annotate what it depends on: n: Annotated[int, Range(low, high)] = ...",
        ),
        (
            "x = 0\nfor i in range(3):\n    x += 1\ny = «[x]»",
            "the integers in this collection have no known bounds",
            KEEP_BOUNDED,
        ),
        (
            "x = 0\nfor i in range(3):\n    x += 1\ny = «{x}»",
            "the integers in this collection have no known bounds",
            KEEP_BOUNDED,
        ),
        (
            "x = 0\nfor i in range(3):\n    x += 1\ny = []\n«y.append(x)»",
            "the integers in this collection have no known bounds",
            KEEP_BOUNDED,
        ),
        (
            "x = 0\nfor i in range(3):\n    x += 1\ny = «{c: x for c in Color}»",
            "the integers in this collection have no known bounds",
            KEEP_BOUNDED,
        ),
        (
            "x = 0\nfor i in range(3):\n    x += 1\ny = {c: 0 for c in Color}\n«y[Color.RED]» = x",
            "the integers in this collection have no known bounds",
            KEEP_BOUNDED,
        ),
        (
            "x = «[a for a in range(100) for b in range(100)]»",
            "this can have up to 10000 elements, which is too many",
            LESS,
        ),
        (
            "x = [1]\nfor i in range(3):\n    «x = [2] + x»",
            "the type of x never stops growing",
            "append() to a list in the loop, or keep it in a field of the state",
        ),
        (
            "x = «{a + 100 * b for a in range(100) for b in range(100)}»",
            "this can have up to 10000 elements, which is too many",
            LESS,
        ),
    ],
)
def test_locals(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnboundedLocal, in_action(source))
    assert (error.what, error.hint) == (what, hint)

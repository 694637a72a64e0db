"""S218: a name read where nothing may have been assigned to it."""

import pytest

from errors.refusals import Refusals, in_action
from fencepost.model.errors import MaybeUnassigned

FIRST = "assign it first"
EVERY_PATH = "assign it on every path, or before the loop"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("self.n = «x»\nx = 1", "x has no value here yet", FIRST),
        ("x = «x» + 1", "x has no value here yet", FIRST),
        ("«x» += 1", "x has no value here yet", FIRST),
        ("if self.flag:\n    x = 1\nself.n = «x»", "x may not have a value here", EVERY_PATH),
        (
            "if self.flag:\n    x = 1\nelif k > 1:\n    pass\nelse:\n    x = 2\nself.n = «x»",
            "x may not have a value here",
            EVERY_PATH,
        ),
        ("for x in self.q:\n    pass\nself.n = «x»", "x may not have a value here", EVERY_PATH),
        ("for y in self.q:\n    x = y\nself.n = «x»", "x may not have a value here", EVERY_PATH),
        (
            "for y in self.q:\n    if y > 1:\n        break\nelse:\n    x = 1\nself.n = «x»",
            "x may not have a value here",
            EVERY_PATH,
        ),
        ("x = 1\ny = sum(x for z in self.q if z > «x» for x in self.q)", "x may not have a value here", EVERY_PATH),
        ("x: int\nself.n = «x»", "x has no value here yet", FIRST),
        (
            "for y in self.q:\n    if y > 1:\n        x = y\n        break\nself.n = «x»",
            "x may not have a value here",
            EVERY_PATH,
        ),
    ],
)
def test_names(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(MaybeUnassigned, in_action(source))
    assert (error.what, error.hint) == (what, hint)

"""S211: a change through a second name."""

import pytest

from errors.refusals import Refusals, in_action
from fencepost.model.errors import AliasedWrite

COPY = "change it where it is: self.field.add(...); or make a copy first: list(...), set(...), copy_of(...)"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("x = self.q\n«x».append(1)", "a change through a second name of a collection or struct", COPY),
        ("x = self.s\n«x».add(who)", "a change through a second name of a collection or struct", COPY),
        ("x = self.bag\n«x».clear()", "a change through a second name of a collection or struct", COPY),
        ("x = self.q\n«x»[0] = 1", "a change through a second name of a collection or struct", COPY),
        ("x = [1]\ny = x\n«y».append(2)", "a change through a second name of a collection or struct", COPY),
        ("x = [1]\n«y = x»\nx.append(2)", "y is a second name for something that changes", COPY),
        ("x = [1]\n«y = x»\nx += [2]", "y is a second name for something that changes", COPY),
        ("x = Pair(1)\n«y = x»\nx.a = 2", "y is a second name for something that changes", COPY),
        ("x = copy_of(self.pair)\ny = x\n«y.a» = 2", "a change through a second name of a collection or struct", COPY),
        ("x = frozenset([1])\n«x».add(2)", "a change through a second name of a collection or struct", COPY),
        ("x = tuple(self.q)\n«x».append(1)", "a change through a second name of a collection or struct", COPY),
        (
            "for y in [1, 2]:\n    pass\nx = [1, 2]\nfor y in «x»:\n    x.append(y)",
            "what this loop runs over changes in it",
            COPY,
        ),
        (
            "for b in self.pairs:\n    self.pairs[b], self.pair = «self.pair», self.pairs[b]",
            "a tuple assignment of structs or maps would store the second after changing the first",
            "take copies: copy_of(...)",
        ),
        ("x = []\nfor i in range(3):\n    «x.append(x)»", "x is a second name for something that changes", COPY),
        (
            "x = []\ny = []\nfor i in range(3):\n    x.append(i)\n    «y = x»\nself.n = len(y)",
            "y is a second name for something that changes",
            COPY,
        ),
        ("x = Pair(1)\n«y = [x]»\nx.a = 2\nself.qp = y", "y is a second name for something that changes", COPY),
    ],
)
def test_collections(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(AliasedWrite, in_action(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    "body",
    [
        "«self.q.append(self.q.pop())»",
        "«self.q.truncate(self.q.pop())»",
        "«self.q[0] += self.q.pop()»",
        "«self.q[self.q.pop()]» = 1",
    ],
)
def test_changes_in_changes(body: str, refusals: Refusals) -> None:
    """In CPython a collection that was read before it changed cannot be changed any more."""
    error = refusals.refused(AliasedWrite, in_action(body))
    assert error.what == "this changes a collection while it is being changed"
    assert error.hint == "take the value in a statement before: x = ..."

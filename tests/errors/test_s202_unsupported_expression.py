"""S202: an expression that the language does not have."""

import pytest

from errors.refusals import Refusals, in_action
from fencepost.model.errors import UnsupportedExpression

ENTRIES_ONE_BY_ONE = "assign map entries one by one, or write {key: value for key in ...}"
NO_YIELD = "return a list, or write the loop where it is needed"
WRITE_OUT = "write the elements out, or add collections: [...] + other"
VALUES = "values are bool, int, enum members, None and what is built from them"
SMALLER = "models are small: use a smaller one"
OPERATORS = "numbers have + - * // %, sets | & - ^, sequences +"
KEYS = "leave it out, or keep a Set of keys"
SEQUENCE = "use a sequence: [...]"
MEMBERS = "write {key: value for key in self.members(Kind)}"
PARTS = "name the element, and use its parts"
OWN_LINE = "write it on a line of its own, before what depends on it"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("f = «lambda: 1»", "a lambda is not part of the language", "write a method or a module function"),
        (
            'x = «f"{k}"»',
            "an f-string is not part of the language",
            "strings are not values of the language; use an Enum",
        ),
        ("x = «{1: 2}»", "a dict display is not part of the language", ENTRIES_ONE_BY_ONE),
        ("x = «{**self.m}»", "a dict display is not part of the language", ENTRIES_ONE_BY_ONE),
        ("«yield k»", "`yield` is not part of the language", NO_YIELD),
        ("x = «yield»", "`yield` is not part of the language", NO_YIELD),
        ("«yield from self.q»", "`yield from` is not part of the language", NO_YIELD),
        ("self.n = («x := 1»)", "`:=` is not part of the language", "assign in a statement of its own"),
        ("x = [«*self.q», 1]", "unpacking with * is not part of the language", WRITE_OUT),
        ("x = «*self.q», 1", "unpacking with * is not part of the language", WRITE_OUT),
        ("x = {«*self.q»}", "unpacking with * is not part of the language", WRITE_OUT),
        ("x = self.q[::«2»]", "a slice has no step in the language", "loop over a range"),
    ],
)
def test_kinds(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnsupportedExpression, in_action(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ('x = «"text"»', "'text' is not a value of the language", VALUES),
        ("x = «1.5»", "1.5 is not a value of the language", VALUES),
        ("x = «2j»", "2j is not a value of the language", VALUES),
        ('x = «b""»', "b'' is not a value of the language", VALUES),
        ("x = «...»", "Ellipsis is not a value of the language", VALUES),
        ("x = «1_000_000_000_000_000_000_000»", "a number that does not fit into 64 bits", SMALLER),
        ("x = «4_000_000_000 * 4_000_000_000»", "a number that does not fit into 64 bits", SMALLER),
    ],
)
def test_literals(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnsupportedExpression, in_action(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("self.n = «k / 2»", "`/` is not defined on a number from 0 to 3 and the number 2", OPERATORS),
        ("self.n = «k ** 2»", "`**` is not defined on a number from 0 to 3 and the number 2", OPERATORS),
        ("self.n = «k << 1»", "`<<` is not defined on a number from 0 to 3 and the number 1", OPERATORS),
        ("self.n = «k >> 1»", "`>>` is not defined on a number from 0 to 3 and the number 1", OPERATORS),
        ("self.n = «k & 1»", "`&` is not defined on a number from 0 to 3 and the number 1", OPERATORS),
        ("self.n = «k | 1»", "`|` is not defined on a number from 0 to 3 and the number 1", OPERATORS),
        ("self.n = «k ^ 1»", "`^` is not defined on a number from 0 to 3 and the number 1", OPERATORS),
        ("self.n = «k @ k»", "`@` is not defined on a number from 0 to 3 and a number from 0 to 3", OPERATORS),
        ("self.n = «~k»", "`~` is not part of the language", "write not ..., or -x - 1"),
        ("«self.n /= 2»", "`/` is not defined on a number from 0 to 3 and the number 2", OPERATORS),
        ("x = «k is self.n»", "`is` compares with None only", "write =="),
        ("x = «self.whom is not who»", "`is` compares with None only", "write =="),
        ("x = «1 < k in self.q»", "`in` cannot be part of a chain", "join the parts with `and`"),
        (
            "x = «k in range(0, 3, 2)»",
            "`in range(...)` with a step is not part of the language",
            "write any(x == i for i in range(...))",
        ),
        ("x = «who in self.m»", "`in` a map is always true: a map has every key of its type", KEYS),
        ("x = «who not in self.m»", "`in` a map is always true: a map has every key of its type", KEYS),
        ("x = (1, 2)\ny = «x[k]»", "a tuple is indexed by a constant within its length", SEQUENCE),
        ("x = (1, 2)\ny = «x[2]»", "a tuple is indexed by a constant within its length", SEQUENCE),
        ("x = «range(3)[0]»", "a range is not a value", "write list(range(...))"),
        ("x = «Pair[0]»", "Pair is a class, not a value", "make one, or name a member of it"),
    ],
)
def test_operators(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnsupportedExpression, in_action(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("x = «{b: 1 for b in self.s}»", "a map is built by one loop over all values of its key type", MEMBERS),
        (
            "x = «{b: 1 for b in self.m if self.flag}»",
            "a map is built by one loop over all keys, without conditions",
            MEMBERS,
        ),
        (
            "x = «{b: 1 for b in self.m for c in self.m}»",
            "a map is built by one loop over all keys, without conditions",
            MEMBERS,
        ),
        ("x = «{self.n: 1 for b in self.m}»", "a map is built by one loop over all values of its key type", MEMBERS),
        ("x = [a for «a, b» in self.q]", "this cannot be unpacked into these names", PARTS),
        ("x = [a for «self.n» in self.q]", "this cannot be unpacked into these names", PARTS),
    ],
)
def test_comprehensions(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnsupportedExpression, in_action(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("x = «require(self.flag)»", "require() is a statement of its own", OWN_LINE),
        ("x = [«require(y > 1)» for y in self.q]", "require() is a statement of its own", OWN_LINE),
        ("if «require(self.flag)»:\n    pass", "require() is a statement of its own", OWN_LINE),
    ],
)
def test_require(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnsupportedExpression, in_action(source))
    assert (error.what, error.hint) == (what, hint)

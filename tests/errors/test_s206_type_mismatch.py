"""S206: an operation on types it is not defined for."""

import pytest

from errors.refusals import Refusals, in_action
from fencepost.model.errors import TypeMismatch

NUMBERS = "arithmetic, order and indexes are for numbers; everything else has == and !="
ONE_TYPE = "what is compared, joined or bound to one name has one type"
ELEMENTS = "collections, maps, ranges and Enums have elements"
CHANGE = "change the value, or the type that is declared"
ENTRIES = "sequences and maps have"
COMPARE = "compare it with something"
IF_ELSE = "compare it with something, or write a if ... else b"
OPTIONAL = "what can be None is declared as T | None"
WRITE_SET = "write set(...)"
WHOLE = "assign the whole, or an entry: x[i] = ..."
MAKE_ONE = "make one, or name a member of it"
VALUES = "values are bool, int, enum members, None and what is built from them"
LIST = "make a list: list(...)"
WRITE_LIST = "write list(...)"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("x = «k + self.color»", "a Color is not a number", NUMBERS),
        ("x = «self.pair + 1»", "a Pair is not a number", NUMBERS),
        ("x = -«self.s»", "a Set[replicas] is not a number", NUMBERS),
        ("x = «self.color < Color.RED»", "a Color is not a number", NUMBERS),
        ("x = «self.q < self.q»", "a Seq[0..3] up to 3 is not a number", NUMBERS),
        ("x = «self.flag == 1»", "a bool and the number 1 have nothing in common", ONE_TYPE),
        ("x = «k == self.color»", "a number from 0 to 3 and a Color have nothing in common", ONE_TYPE),
        ("x = «self.s == self.q»", "a Set[replicas] and a Seq[0..3] up to 3 have nothing in common", ONE_TYPE),
        ("x = 1 in «self.n»", "a number from 0 to 3 has no elements", ELEMENTS),
        ("x = «k in self.bag»", "a number from 0 to 3 is not a Pair", CHANGE),
        ("x = «self.n[0]»", "a number from 0 to 3 has no entries", ENTRIES),
        ("x = «self.s[0]»", "a Set[replicas] has no entries", ENTRIES),
        ("x = «self.color[0]»", "a Color has no entries", ENTRIES),
    ],
)
def test_operands(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(TypeMismatch, in_action(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("require(«who»)", "one of the replicas is neither true nor false", COMPARE),
        ("if «self.color»:\n    pass", "a Color is neither true nor false", COMPARE),
        ("x = not «self.pair»", "a Pair is neither true nor false", COMPARE),
        ("assert «who»", "one of the replicas is neither true nor false", COMPARE),
        ("x = 1 if «self.pair» else 2", "a Pair is neither true nor false", COMPARE),
        ("x = [y for y in self.q if «who»]", "one of the replicas is neither true nor false", COMPARE),
        ("x = any(«self.color» for y in self.q)", "a Color is neither true nor false", COMPARE),
        (
            "x = «self.s» and self.flag",
            "`and` gives one of its operands, as in Python, and this one is a Set[replicas]",
            IF_ELSE,
        ),
        (
            "x = k > 1 or «k»",
            "`or` gives one of its operands, as in Python, and this one is a number from 0 to 3",
            IF_ELSE,
        ),
        (
            "x = «self.opt» or 1",
            "`or` gives one of its operands, as in Python, and this one is a number from 0 to 3 or None",
            IF_ELSE,
        ),
        ("x = implies(«k», self.flag)", "implies() takes two conditions, not a number from 0 to 3", COMPARE),
    ],
)
def test_conditions(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(TypeMismatch, in_action(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("«self.flag» = 1", "the number 1 is not a bool", COMPARE),
        ("«self.n» = self.s", "a Set[replicas] is not a number from 0 to 3", CHANGE),
        ("«self.n» = None", "None is not a number from 0 to 3", OPTIONAL),
        ("«self.color» = 1", "the number 1 is not a Color", CHANGE),
        ("«self.color» = None", "None is not a Color", OPTIONAL),
        ("«self.pair» = 1", "the number 1 is not a Pair", CHANGE),
        ("«self.pair» = None", "None is not a Pair", OPTIONAL),
        ("«self.s» = self.q", "a Seq[0..3] up to 3 is not a Set[replicas]", WRITE_SET),
        ("«self.q» = self.s", "a Set[replicas] is not a Seq[0..3] up to 3", "write list(...) or sorted(...)"),
        ("«self.q» = 1", "the number 1 is not a Seq[0..3] up to 3", CHANGE),
        ("«self.bag» = [self.pair]", "a Seq[Pair] up to 1 is not a Bag[Pair] up to 2", CHANGE),
        ("«self.m» = self.pairs", "a Pair is not a number from 0 to 3", CHANGE),
        ("«self.slot» = who", "one of the replicas is not one of 3 identities", CHANGE),
        ("«self.s.add(None)»", "None is not one of the replicas", OPTIONAL),
        ("«self.q.append(self.color)»", "a Color is not a number from 0 to 3", CHANGE),
        ("«self.bag.add(1)»", "the number 1 is not a Pair", CHANGE),
        ("x = Pair(«self.s»)", "a Set[replicas] is not a number from 0 to 3", CHANGE),
        ("x = «replace(self.pair, a=self.s)»", "a Set[replicas] is not a number from 0 to 3", CHANGE),
        ("«self.q[0]» = self.color", "a Color is not a number from 0 to 3", CHANGE),
        ("«self.q[0:1]» = [1]", "a slice cannot be assigned", WHOLE),
        ("«self.s[0]» = 1", "only one entry of a sequence or map is assigned, not of a Set[replicas]", WHOLE),
        ("«self.s[0]» += 1", "only one entry of a sequence or map is assigned, not of a Set[replicas]", WHOLE),
        ("«self.n.x» = 1", "a number from 0 to 3 has no fields", "structs and the specification have"),
        ("x = 1\n«x = self.s»", "the number 1 and a Set[replicas] have nothing in common", ONE_TYPE),
        ("«x: Color = 1»", "the number 1 is not a Color", CHANGE),
    ],
)
def test_stores(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(TypeMismatch, in_action(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("«self.color = Color»", "Color is a class, not a value", MAKE_ONE),
        ("«self.pair = Pair»", "Pair is a class, not a value", MAKE_ONE),
        ("«self.n = twice»", "twice is a function", "call it: twice(...)"),
        ("«self.n = self.plus»", "plus is a method", "call it: plus(...)"),
        ("«self.n = FLOAT»", "1.5 is not a value of the language", VALUES),
        ("«self.q = range(3)»", "a range is not a value", "write list(range(...))"),
        ("«self.q = self.m.keys()»", "keys() is not a value", "loop over it, or write list(...)"),
        ("x = «FLOAT» + 1", "1.5 is not a value of the language", VALUES),
        ("x = «WORDS» == 1", "'words' is not a value of the language", VALUES),
    ],
)
def test_not_values(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(TypeMismatch, in_action(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("for y in «k»:\n    pass", "a number from 0 to 3 has no elements", ELEMENTS),
        ("for y in «self.pair»:\n    pass", "a Pair has no elements", ELEMENTS),
        ("for y in «self.color»:\n    pass", "a Color has no elements", ELEMENTS),
        ("for y in «Pair»:\n    pass", "Pair is a class, not a value", MAKE_ONE),
        ("x = «len(k)»", "a number from 0 to 3 has no length", ELEMENTS),
        ("x = «sum([self.color])»", "a Color is not a number", NUMBERS),
        ("x = «min(self.qp)»", "a Pair is not a number", NUMBERS),
        (
            "x = «sorted(self.qp)»",
            "only numbers can be sorted, not a Seq[Pair] up to 3",
            "choose(...) one of them, or loop over a collection of the state",
        ),
        ("x = «sorted(k)»", "a number from 0 to 3 cannot be sorted", ELEMENTS),
        ("x = reversed(«self.s»)", "reversed() takes a sequence or a range", LIST),
        ("for i, y in «enumerate(range(3))»:\n    pass", "enumerate() takes a collection", LIST),
        ("x = «min(self.q, default=None)»", "the default of min() is a number", "test for emptiness first"),
        ("«self.q.extend(self.s)»", "extend() takes a sequence, not a Set[replicas]", WRITE_LIST),
        ("«self.s.update(self.q)»", "update() takes a set, not a Seq[0..3] up to 3", WRITE_SET),
        ("x = []\n«x.extend(1)»", "extend() takes a sequence, not the number 1", WRITE_LIST),
        ("x = «replace(1, a=2)»", "replace() takes a struct, not the number 1", CHANGE),
        ("x = choose(«k»)", "a number from 0 to 3 has no elements", ELEMENTS),
        ("x = «[self.s, 1]»", "a Set[replicas] and the number 1 have nothing in common", ONE_TYPE),
        ("x = «1 if self.flag else self.s»", "the number 1 and a Set[replicas] have nothing in common", ONE_TYPE),
        ("x = «range(self.color)»", "a Color is not a number", NUMBERS),
    ],
)
def test_iteration(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(TypeMismatch, in_action(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    "source",
    [
        "x = «[k] == tuple(self.q)»",
        "x = «[k] + tuple(self.q)»",
        "x = «(tuple(self.q) if self.flag else [k]) == [k]»",
        "y = [k]\nif self.flag:\n    y = tuple(self.q)\nx = «y == [k]»",
        "y = list(self.q)\nif self.flag:\n    y = tuple(self.q)\nx = «tuple(self.q) == y»",
        "x = «[[k]] == [tuple(self.q)]»",
        "x = «tuple(self.q) in [[k]]»",
    ],
)
def test_lists_and_tuples(source: str, refusals: Refusals) -> None:
    error = refusals.refused(TypeMismatch, in_action(source))
    assert error.what == "to Python, a list and a tuple are never equal and cannot be added"
    assert error.hint == "make both lists, or both tuples: tuple(...)"

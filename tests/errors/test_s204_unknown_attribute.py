"""S204: an attribute that the value does not have."""

import pytest

from errors.refusals import Refusals, in_action
from fencepost.model.errors import UnknownAttribute

DID_YOU_MEAN_A = "did you mean a?"
STRUCTS = "fields and methods are of structs and of the specification"
UNDERSCORE = "names that begin with an underscore are not fields, and Python changes those with two"
A_AND_B = "there is: a, b"
ANNOTATED = "fields are annotated with a type in the class"
SET_METHODS = "there is: add, clear, discard, issubset, issuperset, remove, update"
SEQ_METHODS = "there is: append, clear, count, extend, pop, truncate"
MAP_METHODS = "there is: items, keys, values"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("x = «self.colour»", "Spec has no colour", "did you mean color?"),
        (
            "x = «self.nothing_like_it»",
            "Spec has no nothing_like_it",
            "there is: act, bag, color, deadlock, fast, flag, ints, limit, m, members, more, n, and 12 more",
        ),
        ("x = «self.pair.aa»", "Pair has no aa", DID_YOU_MEAN_A),
        ("x = «self.pairs[who].aa»", "Pair has no aa", DID_YOU_MEAN_A),
        ("x = «self.qp[0].aa»", "Pair has no aa", DID_YOU_MEAN_A),
        ("x = «Color.GREEN»", "Color has no attribute GREEN", "there is: BLUE, RED"),
        ("x = «math.pie»", "math has no attribute pie", "did you mean pi?"),
        ("x = «self.n.real»", "a number from 0 to 3 has no attribute real", STRUCTS),
        (
            "x = «self.color.value»",
            "a Color has no attribute value",
            "a member is compared as it is: ... == Kind.MEMBER",
        ),
        ("x = «self.flag.x»", "a bool has no attribute x", STRUCTS),
        ("x = «None.x»", "None has no attribute x", STRUCTS),
        ("x = «self._values2»", "Spec has no _values2", UNDERSCORE),
        ("x = «self.__hidden»()", "Spec has no __hidden", UNDERSCORE),
        (
            "x = «super().nothing_like_it»()",
            "Spec has no nothing_like_it",
            "there is: act, bag, color, deadlock, fast, flag, ints, limit, m, members, more, n, and 12 more",
        ),
        ("x = «replace(self.pair, c=1)»", "Pair has no field c", A_AND_B),
    ],
)
def test_reads(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnknownAttribute, in_action(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("«self.nn» = 1", "Spec has no field nn", "did you mean n?"),
        ("«self.pair.c» = 1", "Pair has no field c", A_AND_B),
        ("«self.pair.c» += 1", "Pair has no field c", A_AND_B),
        ("«self.limit» = 1", "limit is a constant and never changes", "what changes is a field: without Constant"),
        ("«self.more» = 1", "more is not a field of Spec", ANNOTATED),
        ("«self.plus» = 1", "plus is not a field of Spec", ANNOTATED),
        ("«self._n» = 1", "Spec has no field _n", UNDERSCORE),
    ],
)
def test_writes(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnknownAttribute, in_action(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("«self.s.union(self.s)»", "a Set has no union()", SET_METHODS),
        ("«self.s.pop()»", "a Set has no pop()", SET_METHODS),
        ("«self.q.insert(0, 1)»", "a Seq has no insert()", SEQ_METHODS),
        ("«self.q.sort()»", "a Seq has no sort()", SEQ_METHODS),
        ("«self.bag.update([])»", "a Bag has no update()", "there is: add, clear, count, discard, remove"),
        ("«self.m.get(who)»", "a map has no get()", MAP_METHODS),
        ("«self.m.clear()»", "a map has no clear()", MAP_METHODS),
    ],
)
def test_methods(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnknownAttribute, in_action(source))
    assert (error.what, error.hint) == (what, hint)

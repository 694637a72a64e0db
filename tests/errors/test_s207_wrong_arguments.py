"""S207: a call with too many, too few or unknown arguments."""

import pytest

from errors.refusals import Refusals, in_action
from fencepost.model.errors import WrongArguments

TWICE = "it is defined as twice(x)"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("x = «twice()»", "twice(): missing a required argument: 'x'", TWICE),
        ("x = «twice(1, 2)»", "twice(): too many positional arguments", TWICE),
        ("x = «twice(y=1)»", "twice(): missing a required argument: 'x'", TWICE),
        ("x = «twice(1, x=1)»", "twice(): multiple values for argument 'x'", TWICE),
        ("x = «self.plus()»", "plus(): missing a required argument: 'by'", "it is defined as plus(self, by)"),
        ("x = «self.plus(1, 2)»", "plus(): too many positional arguments", "it is defined as plus(self, by)"),
        ("x = «Pair()»", "Pair needs a value for a", "write a=..., or give the field a default"),
        ("x = «Pair(1, who, 3)»", "Pair has 2 fields, not 3", "they are a, b"),
        ("x = «Pair(aa=1)»", "Pair has no field aa", "did you mean a?"),
        ("x = «Pair(1, a=1)»", "Pair: two values for a", "leave one out"),
    ],
)
def test_functions(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(WrongArguments, in_action(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("x = «len()»", "len() takes one argument here", ""),
        ("x = «len(self.q, self.q)»", "len() takes one argument here", ""),
        ("x = «any()»", "any() takes one argument here", ""),
        ("x = «abs(1, 2)»", "abs() takes one argument here", ""),
        ("x = «range()»", "range() takes one to three arguments", ""),
        ("x = «range(1, 2, 3, 4)»", "range() takes one to three arguments", ""),
        ("x = «min()»", "min() takes a collection and default=, or several numbers", ""),
        ("x = «max(self.q, key=twice)»", "max() takes a collection and default=, or several numbers", ""),
        ("x = «enumerate()»", "enumerate() takes a collection and a constant start", ""),
        ("x = «enumerate(self.q, k)»", "enumerate() takes a collection and a constant start", ""),
        ("x = «cast(int)»", "cast() takes a type and a value", ""),
        ("x = «replace()»", "replace() takes a struct and field=value", ""),
        ("x = «implies(self.flag)»", "implies() takes a premise and a conclusion", ""),
        ("x = «sorted(self.q, key=twice)»", "sorted() takes one argument here", ""),
        ("«require()»", "require() takes one condition", ""),
        ("«require(self.flag, 'why')»", "require() takes one condition", ""),
        ("x = «choose()»", "choose() takes one collection", ""),
        ("x = «choose(self.q, self.q)»", "choose() takes one collection", ""),
        ("x = «self.members()»", "self.members() takes one argument here", ""),
    ],
)
def test_built_ins(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(WrongArguments, in_action(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("«self.s.add()»", "add() takes one argument", ""),
        ("«self.s.add(who, who)»", "add() takes one argument", ""),
        ("«self.s.add(item=who)»", "add() takes no named arguments", ""),
        ("«self.s.clear(1)»", "clear() takes no argument", ""),
        ("«self.q.pop(0, 1)»", "pop() takes no argument or one argument", ""),
        ("x = «self.m.keys(1)»", "keys() takes no arguments", ""),
    ],
)
def test_methods(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(WrongArguments, in_action(source))
    assert (error.what, error.hint) == (what, hint)

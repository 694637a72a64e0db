"""Errors of translation that CPython finds as well, when a specification is executed without being translated."""

import pytest

from errors.refusals import Refusals, in_action, in_class, in_property
from fencepost.model import errors

REPLACE = "store a new element made with replace(element, field=value)"
FROZEN = "Pair.a cannot be changed: elements of collections are values"


@pytest.mark.parametrize(
    ("kind", "text", "what", "hint"),
    [
        (errors.UnknownAttribute, in_action("«self.nn» = 1"), "Spec has no field nn", "did you mean n?"),
        (errors.UnknownAttribute, in_action("«self.pair.c» = 1"), "Pair has no field c", "there is: a, b"),
        (
            errors.WrongArguments,
            in_action("x = «Pair()»"),
            "Pair needs a value for a",
            "write a=..., or give the field a default",
        ),
        (
            errors.WrongArguments,
            in_action("x = «Pair(1, None, 3)»"),
            "Pair has 2 fields, not 3",
            "they are a, b",
        ),
        (errors.WrongArguments, in_action("x = «Pair(1, c=1)»"), "Pair has no field c", "there is: a, b"),
        (errors.WrongArguments, in_action("x = «Pair(1, a=1)»"), "Pair: two values for a", "leave one out"),
        (
            errors.ImpureProperty,
            in_property("«require(self.flag)»\nreturn True"),
            "require() in a property",
            "a property returns True or False in every state; write implies(condition, ...)",
        ),
        (
            errors.FrozenWrite,
            in_action("self.optpair = Pair(1)\n«self.optpair.a» = 2"),
            FROZEN,
            REPLACE,
        ),
        (errors.FrozenWrite, in_action("self.qp.append(Pair(1))\n«self.qp[0].a» = 2"), FROZEN, REPLACE),
        (errors.FrozenWrite, in_action("self.qp.append(Pair(1))\nfor p in self.qp:\n    «p.a» = 2"), FROZEN, REPLACE),
        (
            errors.AliasedWrite,
            in_action("x = self.q\nself.q.append(1)\n«x.append(2)»"),
            "this collection was read before its place changed",
            "write self.field.add(...) on the place",
        ),
        (
            errors.MisplacedChoice,
            in_property("x = «choose([1])»\nreturn x > 1"),
            "choose() works inside actions and initialisers that the checker runs",
            "properties look at one state; use any() or all()",
        ),
    ],
)
def test_every_way(kind: type[errors.FencepostError], text: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.stopped(kind, text, translated=False)
    assert (error.what, error.hint) == (what, hint)


def test_struct_made_while_the_file_is_read(refusals: Refusals) -> None:
    with pytest.raises(errors.WrongArguments) as caught:
        refusals.load("PAIR = Pair()\n\n\n" + in_class("x: Num"))
    assert caught.value.at is not None
    assert caught.value.at.text == "PAIR = Pair()"


def test_errors_in_other_files_name_the_own_line(refusals: Refusals) -> None:
    """Python raises this one inside the standard library."""
    error = refusals.stopped(errors.ExecutionFailed, in_action("x = «self.s.isdisjoint(1)»"), translated=False)
    assert error.what.startswith("TypeError")

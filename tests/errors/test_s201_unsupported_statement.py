"""S201: a statement or special method that the language does not have."""

import pytest

from errors.refusals import Refusals, in_action, in_class
from fencepost.model.errors import UnsupportedStatement

TEST = "test for the condition instead"
ASSERT = "use assert for what must hold, require() for when a step is possible"
IMPORT = "import at the top of the module"
REMOVE = "use remove(), discard(), pop() or truncate()"
FUNCTION = "write a method or a module function"
NO_ANNOTATION = "leave the annotation out"
TUPLES = "only tuples of that length can; use an index: x[0]"
ANOTHER_NAME = "write a method of another name; fields have defaults, and specifications an @init"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        (
            "«while self.flag:\n    self.n = 1",
            "`while` is not part of the language",
            "write a for over a range: every loop has a bound",
        ),
        ("«try:\n    self.n = 1\nexcept ValueError:\n    pass", "`try` is not part of the language", TEST),
        ("«try:\n    self.n = 1\nfinally:\n    pass", "`try` is not part of the language", TEST),
        ("«try:\n    self.n = 1\nexcept* ValueError:\n    pass", "`try` is not part of the language", TEST),
        ("«with self.s as x:\n    pass", "`with` is not part of the language", "actions are atomic steps"),
        ("«raise ValueError»", "`raise` is not part of the language", ASSERT),
        ("«raise»", "`raise` is not part of the language", ASSERT),
        ("«match k:\n    case 1:\n        pass", "`match` is not part of the language", "write if and elif"),
        ("«global n»", "`global` is not part of the language", "all state is in the fields of the specification"),
        ("«import math»", "`import` is not part of the language", IMPORT),
        ("«from math import pi»", "`import` is not part of the language", IMPORT),
        ("«del self.n»", "`del` is not part of the language", REMOVE),
        ("«del self.q[0]»", "`del` is not part of the language", REMOVE),
        ("«def inner(x):\n    return x", "a function inside a method is not part of the language", FUNCTION),
        ("«async def inner(x):\n    return x", "a function inside a method is not part of the language", FUNCTION),
        ("«class Inner:\n    pass", "a class inside a method is not part of the language", "define it in the module"),
    ],
)
def test_statements(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnsupportedStatement, in_action(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("self.n: «Num» = 1", "only names are annotated inside methods", NO_ANNOTATION),
        ("self.m[who]: «Num» = 1", "only names are annotated inside methods", NO_ANNOTATION),
        ("«*x, y = 1, 2, 3»", "this cannot be unpacked into 2 names", TUPLES),
        ("«*x», y = 1, 2", "this cannot be assigned to", "name every part"),
        ("«x, y = self.q»", "this cannot be unpacked into 2 names", TUPLES),
        ("«x, y = 1, 2, 3»", "this cannot be unpacked into 2 names", TUPLES),
        ("«x, y = k»", "this cannot be unpacked into 2 names", TUPLES),
        ("«f = self.plus»", "plus is a method", "call it: plus(...)"),
        ("«f = self.s.add»", "add is a method", "call it: add(...)"),
        ("«g = (x for x in self.q)»", "a generator is not a value", "make a list: [... for ...]"),
        ("«g = super()»", "super() is not a value", "call a method of it: super().method()"),
    ],
)
def test_assignments(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnsupportedStatement, in_action(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        (
            "def «__init__»(self) -> None:\n    pass",
            "Spec.__init__: special methods are not part of the language",
            ANOTHER_NAME,
        ),
        (
            (
                "class Box(Struct):\n"
                "    a: Num\n"
                "    def «__eq__»(self, other: object) -> bool:\n"
                "        return True\n"
                "x: Box"
            ),
            "Box.__eq__: special methods are not part of the language",
            ANOTHER_NAME,
        ),
        (
            (
                "class Box(Struct):\n"
                "    a: Num\n"
                "    def «__lt__»(self, other: 'Box') -> bool:\n"
                "        return True\n"
                "x: Box"
            ),
            "Box.__lt__: special methods are not part of the language",
            ANOTHER_NAME,
        ),
    ],
)
def test_special_methods(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnsupportedStatement, in_class(source))
    assert (error.what, error.hint) == (what, hint)

"""S205: a call of something that cannot be translated."""

import pytest

from errors.refusals import Refusals, in_action, in_class
from fencepost.model.errors import UnsupportedCall

CALLABLE = (
    "what is defined with def can be called, and of Python's own functions\n  abs, all, any, bool, enumerate, "
    "frozenset, int, isinstance, len, list, max, min, range, reversed, set, sorted, sum, tuple"
)
NO_PARENTHESES = "leave out the parentheses: fields, properties and values are not called"
ARGUMENTS = "write them out"
STEP = "write a number: range(start, stop, 2)"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("«print(k)»", "print cannot be called in a specification", CALLABLE),
        ("x = «str(k)»", "str cannot be called in a specification", CALLABLE),
        ("x = «math.floor(k)»", "floor cannot be called in a specification", CALLABLE),
        ("x = «zip(self.q, self.q)»", "zip cannot be called in a specification", CALLABLE),
        ("x = «map(twice, self.q)»", "map cannot be called in a specification", CALLABLE),
        ("x = «Color(1)»", "Color cannot be called in a specification", "name a member: Color.RED"),
        ("x = «functools.partial(twice, 1)»", "partial cannot be called in a specification", CALLABLE),
        ("x = «self.more()»", "self.more is not a function", NO_PARENTHESES),
        ("x = «k()»", "k is not a function", NO_PARENTHESES),
        ("x = «self.pair()»", "self.pair is not a function", NO_PARENTHESES),
        ("x = «twice(*self.q)»", "arguments cannot be unpacked with * or **", ARGUMENTS),
        ("x = «twice(**self.m)»", "arguments cannot be unpacked with * or **", ARGUMENTS),
        ("x = «Pair(*self.q)»", "arguments cannot be unpacked with * or **", ARGUMENTS),
        ("«self.set_n(x for x in self.q)»", "a generator expression cannot be passed on", "pass a list: [...]"),
        (
            "x = «super(Base, self)».plus(1)",
            "super cannot be called in a specification",
            "write super() without arguments",
        ),
        (
            "x = sum(«super()».plus(y) for y in self.q)",
            "super() does not work in generator expressions and comprehensions, where Python has no self",
            "call it before, in a statement of its own",
        ),
        ("for y in «range(0, 3, k)»:\n    pass", "the step of a range is a known number, not 0", STEP),
        ("for y in «range(0, 3, 0)»:\n    pass", "the step of a range is a known number, not 0", STEP),
        ("x = «sorted(self.q, reverse=self.flag)»", "reverse= is not known", "write reverse=True, or leave it out"),
        ("x = «Bag([1])»", "a Bag starts empty", "add its elements one by one"),
        ("x = «(1, 2).count(1)»", "a tuple has no methods", "make a list: list(...)"),
        ("x = «range(3).index(1)»", "a range is not a value", "write list(range(...))"),
    ],
)
def test_calls(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnsupportedCall, in_action(source))
    assert (error.what, error.hint) == (what, hint)


def test_too_many_calls(refusals: Refusals) -> None:
    """Calls that double at every level."""
    methods = ["def f0(self, x: int) -> int:\n    return x + 1"]
    methods += [f"def f{n}(self, x: int) -> int:\n    return self.f{n - 1}(x) + self.f{n - 1}(x)" for n in range(1, 20)]
    text = "\n".join(methods).replace("return self.f0(x) + self.f0(x)", "return «self.f0(x)» + self.f0(x)")
    error = refusals.refused(UnsupportedCall, in_class(f"{text}\n@init\ndef start(self) -> None:\n    x = self.f19(1)"))
    assert error.what == "start makes more than 5000 calls, counting calls in calls"
    assert error.hint == "call once, and keep the result in a local"
    assert error.context[3] == "... 15 more calls"
    assert len(error.context) == 5


def test_functions_behind_other_objects(refusals: Refusals) -> None:
    body = "@functools.cache\ndef cached(self):\n    return 1\n@init\ndef start(self):\n    x = «self.cached()»"
    assert refusals.refused(UnsupportedCall, in_class(body)).what == "cached cannot be called in a specification"


@pytest.mark.parametrize(
    ("method", "what", "hint"),
    [
        ("async def f(self, x):\n    pass", "Spec.f is async", "define it with def"),
        ("f = lambda self, x: x", "Spec.<lambda> is not a plain function", "define it with def"),
        ("def f(self, *x):\n    pass", "f takes * or ** arguments", "name every parameter; a list can be one"),
        ("def f(self, x, **y):\n    pass", "f takes * or ** arguments", "name every parameter; a list can be one"),
        (
            "def f(self, x, y=()):\n    pass",
            "f: the default of y is not a bool, int, Enum member or None",
            "pass the value with every call",
        ),
        (
            "@init\ndef f(self, x: Num):\n    pass",
            "f is an initialiser and cannot be called",
            "move what both need into a method of its own",
        ),
    ],
)
def test_methods(method: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(UnsupportedCall, in_class(f"{method}\n@action\ndef act(self) -> None:\n    «self.f(1)»"))
    assert (error.what, error.hint) == (what, hint)


def test_super_outside_of_methods(refusals: Refusals) -> None:
    text = "def outside(x):\n    return «super()».plus(x)\n\n\n" + in_action("x = outside(k)")
    error = refusals.refused(UnsupportedCall, text)
    assert (error.what, error.hint) == ("super() works inside methods", "name the class: Base.method(self)")

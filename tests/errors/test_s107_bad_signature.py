"""S107: a decorator on what it does not mark, or a marked method with wrong parameters or result."""

import pytest

from errors.refusals import Refusals, in_class
from fencepost.model.errors import BadSignature

COMPARE = "compare it with something"
ABOVE_DEF = "@action marks a method: write it directly above `def`, and no other decorator between"
PLAIN_METHODS = "mark plain methods only, with no other decorator"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("@action\ndef «act»() -> None:\n    pass", "Spec.act has no self", "write def act(self, ...)"),
        ("@action\ndef «act»(*, self) -> None:\n    pass", "Spec.act has no self", "write def act(self, ...)"),
        ("@invariant\ndef «prop»() -> bool:\n    return True", "Spec.prop has no self", "write def prop(self, ...)"),
        (
            "@invariant\ndef «prop»(self, x) -> bool:\n    return True",
            "Spec.prop: an invariant takes no parameter besides self",
            "write def prop(self) -> bool",
        ),
        (
            "@invariant\ndef «prop»(self, *x) -> bool:\n    return True",
            "Spec.prop: an invariant takes no parameter besides self",
            "write def prop(self) -> bool",
        ),
        (
            "@invariant\ndef «prop»(self, x=1) -> bool:\n    return True",
            "Spec.prop: an invariant takes no parameter besides self",
            "write def prop(self) -> bool",
        ),
        (
            "@witness\ndef «prop»(self, x) -> bool:\n    return True",
            "Spec.prop: a witness takes no parameter besides self",
            "write def prop(self) -> bool",
        ),
        (
            "@constraint\ndef «prop»(self, x) -> bool:\n    return True",
            "Spec.prop: a constraint takes no parameter besides self",
            "write def prop(self) -> bool",
        ),
        (
            "@step_invariant\ndef «prop»(self) -> bool:\n    return True",
            "Spec.prop: a step invariant takes one parameter besides self, `after`",
            "write def prop(self, after) -> bool",
        ),
        (
            "@step_invariant\ndef «prop»(self, later) -> bool:\n    return True",
            "Spec.prop: a step invariant takes one parameter besides self, `after`",
            "write def prop(self, after) -> bool",
        ),
        (
            "@step_invariant\ndef «prop»(self, *, after) -> bool:\n    return True",
            "Spec.prop: a step invariant takes one parameter besides self, `after`",
            "write def prop(self, after) -> bool",
        ),
    ],
)
def test_parameters(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(BadSignature, in_class(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        (
            "@invariant\ndef «prop»(self) -> int:\n    return 1",
            "Spec.prop: an invariant returns a bool, not int",
            "write def prop(self) -> bool",
        ),
        (
            "@invariant\ndef «prop»(self) -> None:\n    pass",
            "Spec.prop: an invariant returns a bool, not None",
            "write def prop(self) -> bool",
        ),
        (
            "@invariant\ndef «prop»(self) -> 'Num':\n    return 1",
            "Spec.prop: an invariant returns a bool, not Num",
            "write def prop(self) -> bool",
        ),
        (
            "@invariant\ndef «prop»(self) -> bool:\n    pass",
            "prop can end without returning True or False",
            "add a return at its end",
        ),
        (
            "@invariant\ndef «prop»(self) -> bool:\n    return",
            "prop can end without returning True or False",
            "add a return at its end",
        ),
        (
            "@invariant\ndef «prop»(self) -> bool:\n    if self.flag:\n        return True",
            "prop can end without returning True or False",
            "add a return at its end",
        ),
        (
            "@invariant\ndef «prop»(self) -> bool:\n    for x in self.q:\n        return x > 1",
            "prop can end without returning True or False",
            "add a return at its end",
        ),
        (
            "@invariant\ndef prop(self):\n    return «self.n»",
            "an invariant returns True or False, not a number from 0 to 3",
            COMPARE,
        ),
        (
            "@invariant\ndef prop(self) -> bool:\n    return «self.s»",
            "an invariant returns True or False, not a Set[replicas]",
            COMPARE,
        ),
        (
            "@invariant\ndef prop(self) -> bool:\n    return «None»",
            "an invariant returns True or False, not None",
            COMPARE,
        ),
        (
            "@witness\ndef prop(self) -> bool:\n    return «self.optpair»",
            "a witness returns True or False, not a Pair or None",
            COMPARE,
        ),
        (
            "@step_invariant\ndef prop(self, after) -> bool:\n    return «after.n»",
            "a step invariant returns True or False, not a number from 0 to 3",
            COMPARE,
        ),
        (
            "@constraint\ndef prop(self) -> bool:\n    return «self.color»",
            "a constraint returns True or False, not a Color",
            COMPARE,
        ),
        (
            "@invariant\n«def prop(self) -> bool:\n    if self.flag:\n        return True\n    return None",
            "an invariant returns True or False, not a bool or None",
            COMPARE,
        ),
    ],
)
def test_results(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(BadSignature, in_class(source))
    assert (error.what, error.hint) == (what, hint)


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("«act = action(lambda self: None)»", "@action on a lambda", ABOVE_DEF),
        ("«act = action(print)»", "@action on a builtin_function_or_method", ABOVE_DEF),
        ("act = 0\n«@action»\n@property\ndef act(self) -> None:\n    pass", "@action on a property", ABOVE_DEF),
        ("«@action»\n@staticmethod\ndef act() -> None:\n    pass", "@action on a staticmethod", ABOVE_DEF),
        (
            "«@invariant»\n@classmethod\ndef prop(cls) -> bool:\n    return True",
            "@invariant on a classmethod",
            "@invariant marks a method: write it directly above `def`, and no other decorator between",
        ),
        (
            "«@action»\n@functools.lru_cache\ndef act(self) -> None:\n    pass",
            "@action on a _lru_cache_wrapper",
            ABOVE_DEF,
        ),
        ("«@action('leader')»\ndef act(self) -> None:\n    pass", "@action on a str", ABOVE_DEF),
        ("«@action»\nclass Act:\n    pass", "@action on a type", ABOVE_DEF),
        (
            "@action\n@invariant\ndef «act»(self) -> None:\n    pass",
            "act is marked twice, with @invariant and with @action",
            "keep one, and call the method from another",
        ),
        (
            "@property\n@invariant\ndef «prop»(self) -> bool:\n    return True",
            "Spec.prop: another decorator hides @invariant",
            PLAIN_METHODS,
        ),
        (
            "@staticmethod\n@action\ndef «act»(self) -> None:\n    pass",
            "Spec.act: another decorator hides @action",
            PLAIN_METHODS,
        ),
        (
            "@classmethod\n@action\ndef «act»(self) -> None:\n    pass",
            "Spec.act: another decorator hides @action",
            PLAIN_METHODS,
        ),
        (
            (
                "def logged(function):\n"
                "    def wrapper(self):\n"
                "        return function(self)\n"
                "    return wrapper\n"
                "@logged\n"
                "@invariant\n"
                "def «prop»(self) -> bool:\n"
                "    return True"
            ),
            "Spec.prop: another decorator hides @invariant",
            PLAIN_METHODS,
        ),
        (
            "«@witness»\n@functools.cache\ndef prop(self) -> bool:\n    return True",
            "@witness on a _lru_cache_wrapper",
            "@witness marks a method: write it directly above `def`, and no other decorator between",
        ),
    ],
)
def test_decorators(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(BadSignature, in_class(source))
    assert (error.what, error.hint) == (what, hint)

"""S399: anything else that Python raised. Translation refuses all of this; CPython may run without it."""

import pytest

from errors.refusals import Refusals, in_action, in_class, in_property
from fencepost.model.errors import ExecutionFailed


@pytest.mark.parametrize(
    ("text", "what", "context"),
    [
        (
            in_action("x = «'one' + 1»"),
            'TypeError: can only concatenate str (not "int") to str',
            "in action act(who=b1, k=0)",
        ),
        (in_action("x = «math.sqrt(-1)»"), "ValueError: ", "in action act(who=b1, k=0)"),
        (in_action("«raise ValueError('no')»"), "ValueError: no", "in action act(who=b1, k=0)"),
        (in_action("x = «Color(9)»"), "ValueError: 9 is not a valid Color", "in action act(who=b1, k=0)"),
        (in_action("x = «undefined»"), "NameError: name 'undefined' is not defined", "in action act(who=b1, k=0)"),
        (in_action("x = «self.q.index(9)»"), "ValueError: ", "in action act(who=b1, k=0)"),
        (in_property("return «1 < 'one'»"), "TypeError: '<' not supported between instances of", "in invariant prop"),
        (
            in_class("@init\ndef start(self) -> None:\n    x = «1 + 'one'»"),
            "TypeError: unsupported operand type(s) for +",
            "in initialiser start()",
        ),
    ],
)
def test_every_way(text: str, what: str, context: str, refusals: Refusals) -> None:
    error = refusals.stopped(ExecutionFailed, text, translated=False)
    assert error.what.startswith(what)
    assert error.context == [context]
    assert error.hint == "this is Python's own message: the line does what values of these types do not have"

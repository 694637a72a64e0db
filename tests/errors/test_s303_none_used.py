"""S303: None used where a value is needed."""

import pytest

from errors.refusals import Refusals, in_action, in_property
from fencepost.model.errors import NoneUsed


@pytest.mark.parametrize(
    "body",
    [
        "self.n = «self.opt + 1»",
        "self.n = «self.optpair.a»",
        "self.n = «self.optpair.double»",
        "self.n = «self.optpair.plus»(1)",
        "x = «self.opt < 3»",
        "x = «1 <= self.opt»",
        "x = «-self.opt»",
        "x = «abs(self.opt)»",
        "x = «min(self.opt, 1)»",
        "x = «self.q[self.opt]»",
        "for i in «range(self.opt)»:\n    pass",
    ],
)
def test_every_way(body: str, refusals: Refusals) -> None:
    error = refusals.stopped(NoneUsed, in_action(body))
    assert (error.what, error.hint) == ("None where a value is needed", "test `is not None` before")
    assert error.context == ["in action act(who=b1, k=0)"]


def test_in_a_property(refusals: Refusals) -> None:
    error = refusals.stopped(NoneUsed, in_property("return «self.opt > 1»", "step_invariant", "self, after"))
    assert error.context == ["in step invariant prop"]

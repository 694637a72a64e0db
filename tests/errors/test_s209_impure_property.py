"""S209: a property, constraint or view that changes the state or decides whether a step is possible."""

import pytest

from errors.refusals import Refusals, in_property
from fencepost.model.errors import ImpureProperty

LOOK = "properties only look; actions change"


@pytest.mark.parametrize(
    ("source", "what", "hint"),
    [
        ("«self.n» = 1\nreturn True", "an invariant changes the state", LOOK),
        ("«self.n += 1»\nreturn True", "an invariant changes the state", LOOK),
        ("«self.flag» = not self.flag\nreturn True", "an invariant changes the state", LOOK),
        ("«self.pair.a» = 1\nreturn True", "an invariant changes the state", LOOK),
        ("«self.ints.add(1)»\nreturn True", "an invariant changes the state", LOOK),
        ("«self.q.pop()»\nreturn True", "an invariant changes the state", LOOK),
        ("«self.q[0]» = 1\nreturn True", "an invariant changes the state", LOOK),
        ("pair = self.pair\n«pair.a» = 1\nreturn True", "an invariant changes the state", LOOK),
        (
            "«require(self.flag)»\nreturn True",
            "require() in a property",
            "a property returns True or False in every state; write implies(condition, ...)",
        ),
    ],
)
def test_writes(source: str, what: str, hint: str, refusals: Refusals) -> None:
    error = refusals.refused(ImpureProperty, in_property(source))
    assert (error.what, error.hint) == (what, hint)

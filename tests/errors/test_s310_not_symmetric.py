"""S310: identities that are declared interchangeable make a difference, found while states are reduced by symmetry.

`tests/engine/test_self_check.py` has many more specifications, and both engines.
"""

import pytest

from errors.refusals import Refusals, in_class
from fencepost.checks.api import check
from fencepost.model import Specification
from fencepost.model.errors import NotSymmetric

APART = "tells interchangeable identities apart: replicas"
HINT = "drop symmetric=True, or check with --no-symmetry"

PICK = """
@init
def start(self) -> None:
    self.s = self.members(Broker)
@action
def «pick»(self) -> None:
    for one in self.s:
        self.whom = one
        break
"""
GUARD = """
@init
def start(self) -> None:
    self.s = self.members(Broker)
@action
def «pick»(self, who: Broker) -> None:
    before = [one for one in self.s]
    require(len(before) > 1 and who == before[0] and self.whom is None)
    self.whom = who
"""
FAIL = """
@init
def start(self, one: Broker, other: Broker) -> None:
    self.whom, self.s = one, {other}
@action
def «pick»(self) -> None:
    for one in self.m:
        assert one in self.s
        break
"""
PROPERTY = """
@init
def start(self, one: Broker) -> None:
    self.whom = one
@invariant
def «first»(self) -> bool:
    for one in self.m:
        return one == self.whom
    return True
"""
STEP = """
@action
def elect(self, who: Broker) -> None:
    self.whom = who
@step_invariant
def «first»(self, after: "Spec") -> bool:
    for one in self.m:
        return one == after.whom
    return True
"""


@pytest.mark.parametrize(
    ("body", "what", "lines"),
    [
        (
            PICK,
            f"pick {APART}",
            """\
  pick() leads to
    whom: None -> b1
  With b1 as b2, b2 as b1:
    (the state is the same)
  pick should lead to
    whom: None -> b2
  but pick() leads to
    whom: None -> b1""",
        ),
        (GUARD, f"pick {APART}", "  but pick(who=b1) leads to\n    whom: None -> b1"),
        (FAIL, f"pick {APART}", "  pick does not fail;\n  With b1 as b2, b2 as b1, it does:"),
        (PROPERTY, f"first {APART}", "  first is true;\n  With b1 as b2, b2 as b1, it is false:\n    whom: b2"),
        (
            STEP,
            f"first {APART}",
            "  elect(who=b1) leads to\n    whom: None -> b1\n  first is true;\n  With b1 as b2, b2 as b1, it is false:",
        ),
    ],
)
@pytest.mark.parametrize("engine", ["native", "python"])
def test_every_way(body: str, what: str, lines: str, engine: str, refusals: Refusals) -> None:
    text = in_class(body)
    specification = Specification(refusals.load(text).Spec)

    def run() -> None:
        check(specification, symmetry=True, engine=engine, keep_going=True)  # type: ignore[arg-type]  # one of the two

    error = refusals._expect(NotSymmetric, text, run)
    assert (error.what, error.hint) == (what, HINT)
    assert lines in str(error)

"""What hints say to write instead is accepted, and runs."""

import pytest

from errors.refusals import Refusals, in_action, in_property
from fencepost.model import Specification
from fencepost.model.lang.lower import lower


def runs(refusals: Refusals, text: str) -> None:
    specification = Specification(refusals.load(text).Spec)
    lower(specification)
    for state in specification.initial_states():
        for prop in specification.properties:
            assert specification.holds(prop, state, state) in (True, False)
        for step in specification.successors(state):
            specification.key(step.state)


@pytest.mark.parametrize(
    "body",
    [
        "x: Annotated[int, Range(0, 3)] = k\nfor y in range(x):\n    self.n = y",
        "x: Annotated[int, Range(0, 3)] = k\nself.q = [x]",
        "for y in sorted({1, 2}):\n    self.n = y",
        "x = choose(sorted({1, 2}))\nself.n = x",
        "self.q = list(range(3))",
        "self.q = list(self.ints)",
        "self.ints = set(self.q)",
        "self.q.extend(list(self.ints))",
        "self.ints.update(set(self.q))",
        "self.m = {b: 1 for b in self.members(Broker)}",
        "for b in self.m:\n    self.m[b] = 1",
        "self.flag = any(k == y for y in range(0, 3, 2))",
        "self.n = 1 if self.opt is None else self.opt",
        "self.n = max(self.q, default=0)",
        "self.optpair = replace(self.pair, a=1)",
        "x = copy_of(self.pair)\nx.a = 2\nself.pair = x",
        "x = list(self.q)\nx.append(1)\nself.q = x",
        "x = set(self.ints)\nx.add(1)\nself.ints = x",
        "self.flag = len(self.s) > 0 and self.opt is not None",
        "self.flag = implies(self.flag, k > 1)",
        "x = self.q[:k]\nfor y in reversed(list(self.ints)):\n    x.append(y)",
        "x = {frozenset([1]), frozenset()}\nself.n = len(x)",
        "self.q = self.q + [k]",
        "for y in range(self.n, 2):\n    self.n += 1",
        "self.s.discard(who)",
        "x = self.q[:]\nx.append(1)\nx.append(x.pop())",
        "self.pair.a = 1\nself.q.append(self.pair.a)",
        "for index, y in enumerate(list(range(2))):\n    self.n = index",
        "x, y = 1, 2\nself.n, self.opt = y, x",
        "self.color = Color.RED if self.color == Color.BLUE else Color.BLUE",
        "x: 'Num' = 1\nself.n = x",
        "broker = choose(self.members(Broker))\nself.whom = broker",
    ],
)
def test_in_actions(body: str, refusals: Refusals) -> None:
    runs(refusals, in_action(body))


@pytest.mark.parametrize(
    "body",
    [
        "return implies(self.opt is not None, self.n == self.opt)",
        "return all(self.m[b] <= 3 for b in self.m)",
        "if self.opt is None:\n    return True\nreturn self.opt >= 0",
        "return not any(y > 3 for y in self.q)",
    ],
)
def test_in_properties(body: str, refusals: Refusals) -> None:
    runs(refusals, in_property(body))

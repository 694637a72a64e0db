"""A state with a field of every type, for the tests of single constructs.

`agreement(model)` runs every action of a model in random states and asserts that all executions agree; it returns how
often each action was taken, so that a test can see that its actions are possible at all.
"""

from __future__ import annotations

import random
from collections import Counter
from enum import Enum
from typing import Annotated

from fencepost.model import (
    Bag,
    Constant,
    Domain,
    Map,
    Model,
    Range,
    Seq,
    Set,
    Size,
    Struct,
    require,
)
from fencepost.model.lang import values
from lang.executions import Compared, compared, disagreement, random_value

Small = Annotated[int, Range(0, 3)]
Wide = Annotated[int, Range(-2, 5)]
Number = Annotated[int, Range(-60, 60)]
Node = Annotated[int, Domain("nodes")]
Peer = Annotated[int, Domain("peers", symmetric=True)]


class Color(Enum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


class Inner(Struct):
    v: Wide = 0
    colors: Set[Color] = Set()

    def bump(self) -> None:
        require(self.v < 5)
        self.v += 1

    def plus(self, number: int) -> int:
        return self.v + number

    @property
    def double(self) -> int:
        return self.v * 2


class Outer(Struct):
    inner: Inner
    n: Small
    items: Annotated[Seq[Inner], Size(2)]
    numbers: Annotated[Seq[Small], Size(2)]

    def of(self, number: int) -> int:
        return self.n + number


class Everything(Model):
    nodes: Constant[int] = 3
    peers: Constant[int] = 3
    two: Constant[int] = 2
    fast: Constant[bool] = True

    n: Number
    k: Number
    flag: bool
    color: Color
    node: Node
    peer: Peer
    maybe: Small | None
    maybe_peer: Peer | None
    maybe_inner: Inner | None
    p: Inner
    q: Inner
    outer: Outer
    inners: Map[Color, Inner]
    table: Map[Color, Map[bool, Small]]
    by_peer: Map[Peer, Small]
    small: Set[Small]
    wide: Set[Wide]
    colors: Set[Color]
    peer_set: Set[Peer]
    few: Annotated[Set[Inner], Size(2)]
    sets: Map[Color, Set[Small]]
    seq: Annotated[Seq[Small], Size(4)]
    inner_seq: Annotated[Seq[Inner], Size(3)]
    bag: Annotated[Bag[Color], Size(3)]
    numbers: Annotated[Bag[Wide], Size(3)]


def agreement(model: type[Model], *, states: int = 60, seed: int = 0) -> Counter[str]:
    """Asserts that all executions agree in random states; how often each action was taken."""
    these = compared(model)
    rng, taken = random.Random(seed), Counter[str]()
    for _ in range(states):
        state = random_state(these, rng)
        assert not (found := disagreement(these, state)), found
        outcome = these.executions[0].successors(state)
        taken.update(name for name, _ in outcome.steps)
    return taken


def random_state(these: Compared, rng: random.Random) -> values.Fields:
    state: values.Fields = values.thaw(random_value(these.specification.state_type, rng.randrange))
    return state


def assert_all_taken(model: type[Model], *, states: int = 60) -> None:
    """Asserts agreement, and that every action was possible somewhere."""
    taken = agreement(model, states=states)
    idle = [action.name for action in compared(model, native=False).specification.actions if not taken[action.name]]
    assert not idle

"""Specifications to make traces of, random walks through them, and random types with random values."""

import enum
import itertools
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from hypothesis import strategies as st

from fencepost.checks.outcome import Run
from fencepost.checks.strategies import values_of
from fencepost.model import (
    Bag,
    Constant,
    Domain,
    In,
    Map,
    Model,
    Range,
    Seq,
    Set,
    Size,
    Specification,
    Struct,
    action,
    choose,
    init,
    invariant,
    require,
    step_invariant,
    witness,
)
from fencepost.model.lang import types, values
from fencepost.model.replication.finite_replicated_log import FiniteReplicatedLog
from fencepost.model.replication.kip_101 import Kip101
from fencepost.model.replication.kip_320 import Kip320
from fencepost.model.two_phase_commit import TwoPhaseCommit
from fencepost.traces.trace import Trace, build

Broker = Annotated[int, Domain("brokers", symmetric=True)]
Offset = Annotated[int, Range(-1, "top")]


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


class Empty(Struct):
    pass


class Variant(Struct):
    """Its fields make it look like a variant to other readers of ITF."""

    tag: Colour
    value: Offset


class Message(Struct):
    sender: Broker
    offset: Offset | None
    tags: Set[Colour]
    inner: Variant


class Everything(Model):
    """Every type of the language, and every kind of step: chosen, faulty, with arguments out of collections."""

    brokers: Constant[int] = 3
    top: Constant[int] = 2
    wild: Constant[bool] = True

    flag: bool
    number: Offset
    colour: Colour
    nothing: Empty
    maybe: Message | None
    maybe_set: Set[Broker] | None
    variant: Variant
    members: Set[Broker]
    subsets: Annotated[Set[Message], Size(2)]
    log: Annotated[Seq[Message], Size("top")]
    network: Annotated[Bag[Message], Size(3)]
    table: Map[Broker, Map[bool, Offset]]

    @init
    def some_start(self, number: Offset) -> None:
        require(number <= 0)
        self.number = number

    @action
    def send(self, sender: Broker, offset: Offset) -> None:
        require(len(self.network) < 3)
        colour = choose([Colour.RED, Colour.GREEN])
        self.network.add(Message(sender, offset if offset >= 0 else None, Set([colour]), Variant(colour, offset)))
        self.flag = not self.flag

    @action(process="network", fault=True)
    def lose(self, message: Annotated[Message, In("network")]) -> None:
        self.network.remove(message)

    @action
    def receive(self, message: Annotated[Message, In("network")], broker: Broker) -> None:
        require(len(self.log) < self.top)
        require(len(self.subsets) < 2)
        self.log.append(message)
        self.subsets.add(message)
        self.maybe = message
        self.members.add(broker)
        self.table[broker][self.flag] = self.number
        self.variant = message.inner

    @action
    def forget(self, kept: Set[Broker]) -> None:
        self.log.clear()
        self.subsets.clear()
        self.maybe = None
        self.maybe_set = kept

    @invariant
    def log_is_short(self) -> bool:
        """The log has at most one message."""
        return len(self.log) <= 1

    @step_invariant
    def members_stay(self, after: "Everything") -> bool:
        """Nobody leaves."""
        return self.members <= after.members

    @witness
    def everybody_is_a_member(self) -> bool:
        """All brokers are members."""
        return len(self.members) == self.brokers


SPECIFICATIONS = {
    "everything": Specification(Everything),
    "two-phase-commit": Specification(TwoPhaseCommit),
    "kip-101": Specification(Kip101, {"replicas": 2}),
    "kip-320": Specification(Kip320),
    "finite-replicated-log": Specification(FiniteReplicatedLog),
}


@pytest.fixture(params=list(SPECIFICATIONS))
def specification(request: pytest.FixtureRequest) -> Specification:
    return SPECIFICATIONS[request.param]


@pytest.fixture
def everything() -> Specification:
    return SPECIFICATIONS["everything"]


@pytest.fixture
def walk() -> Callable[[Specification, Any, int], Run]:
    """A random run of at most so many steps, by the choices of a Hypothesis data object."""

    def walked(specification: Specification, data: st.DataObject, steps: int) -> Run:
        state = data.draw(st.sampled_from(specification.initial_states()))
        initial, positions = specification.key(state), []
        for _ in range(data.draw(st.integers(0, steps))):
            successors = list(specification.successors(state))
            if not successors:
                break
            position = data.draw(st.integers(0, len(successors) - 1))
            positions.append(position)
            state = successors[position].state
        return Run(initial, tuple(positions))

    return walked


# Random types, built by hand: nothing here depends on how annotations are resolved.

_NAMES = (f"Record{number}" for number in itertools.count())
_LEAVES = st.one_of(
    st.just(types.Bool()),
    st.tuples(st.integers(-(2**70), 2**70), st.integers(0, 5)).map(lambda pair: types.Int(pair[0], pair[0] + pair[1])),
    st.integers(1, 4).map(lambda size: types.Domain("brokers", size, False, "b")),
    st.just(types.Enum(Colour)),
)


def _struct(parts: list[types.Type]) -> types.Struct:
    cls = type(next(_NAMES), (Struct,), {})
    names = ["tag", "value"] if len(parts) == 2 else [f"field{index}" for index in range(len(parts))]
    return types.Struct(cls, tuple(zip(names, parts, strict=True)), (), values.frozen_struct)


def _map(key: types.Type, element: types.Type) -> types.Map:
    return types.Map(key, element, values.Map._make)


def _larger(inner: st.SearchStrategy[types.Type]) -> st.SearchStrategy[types.Type]:
    return st.one_of(
        inner.filter(lambda kind: not isinstance(kind, types.Option)).map(types.Option),
        st.lists(inner, max_size=3).map(_struct),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: types.Union(tuple(_struct([one]) for one in parts))),
        st.tuples(_LEAVES, inner).map(lambda pair: _map(*pair)),
        st.tuples(inner, st.integers(0, 3)).map(lambda pair: types.Set(*pair)),
        st.tuples(inner, st.integers(0, 3)).map(lambda pair: types.Seq(*pair)),
        st.tuples(inner, st.integers(0, 3)).map(lambda pair: types.Bag(*pair)),
    )


TYPES = st.recursive(_LEAVES, _larger, max_leaves=6)
TYPED_VALUES = TYPES.flatmap(lambda kind: st.tuples(st.just(kind), values_of(kind)))


@pytest.fixture
def typed_values() -> st.SearchStrategy[tuple[types.Type, Any]]:
    """Pairs of a random type and a random value of it."""
    return TYPED_VALUES


@pytest.fixture
def everything_trace(everything: Specification) -> Trace:
    """Initial state, a message sent by b2, received by b3."""
    positions = []
    state = everything.initial_states()[0]
    for wanted in ("send(sender=b2, offset=1)", "receive("):
        for position, step in enumerate(everything.successors(state)):
            names = ", ".join(
                f"{p.name}={p.type.show(v)}" for p, v in zip(step.action.parameters, step.arguments, strict=True)
            )
            if f"{step.action.name}({names})".startswith(wanted):
                positions.append(position)
                state = step.state
                break
    return build(everything, Run(everything.key(everything.initial_states()[0]), tuple(positions)))

"""What each network promises and each fault does, on the smallest protocols that can tell."""

from enum import Enum
from typing import Annotated

import pytest

from fencepost.checks import check
from fencepost.model import Constant, Domain, In, Map, Model, Range, Seq, Set, Size, Struct, action, invariant, require
from fencepost.model.faults.network import Duplicating, Lossy, Network, OrderedNetwork, RememberingNetwork
from fencepost.model.faults.partitions import Partitions
from fencepost.model.faults.processes import Crashes, EmptiedDisks, LossyDisks

pytestmark = pytest.mark.usefixtures("quickly_compiled")

Node = Annotated[int, Domain("nodes", prefix="n")]
Number = Annotated[int, Range(0, 2)]


class Put(Struct):
    number: Number


class Done(Struct):
    number: Number


class Counting(Network[Put | Done]):
    """A sender numbers what it puts in flight; a receiver counts, and answers."""

    sent_up_to: Number
    received: Annotated[int, Range(0, 3)]
    latest: Number

    @action(process="sender")
    def put(self) -> None:
        require(self.sent_up_to < 2)
        self.sent_up_to += 1
        self.send(Put(self.sent_up_to))

    @action(process="receiver")
    def take(self, message: Annotated[Put, In("messages")]) -> None:
        self.receive(message)
        self.received += 1
        self.latest = message.number
        self.send(Done(message.number))

    @invariant
    def received_once(self) -> bool:
        return self.received <= self.sent_up_to

    @invariant
    def received_in_order(self) -> bool:
        return self.received == 0 or self.latest >= self.received

    @invariant
    def nothing_is_lost(self) -> bool:
        return self.received + sum(1 for m in self.messages if isinstance(m, Put)) >= self.sent_up_to


class DuplicatingCounting(Duplicating[Put | Done], Counting):
    pass


class LossyCounting(Lossy[Put | Done], Counting):
    pass


class RememberingCounting(RememberingNetwork[Put | Done], Counting):
    max_sent = 4

    def put(self) -> None:
        require(self.received < 1)
        self.send_once(Put(1))
        self.sent_up_to = 1


class Role(Enum):
    SENDER = 0
    RECEIVER = 1


class InOrder(OrderedNetwork[Node, Put]):
    nodes: Constant[int] = 2

    sent_up_to: Number
    latest: Number

    @action
    def put(self, source: Node, target: Node) -> None:
        require(source < target and self.sent_up_to < 2)
        self.sent_up_to += 1
        self.send(source, target, Put(self.sent_up_to))

    @action
    def take(self, source: Node, target: Node) -> None:
        message = self.next_message(source, target)
        self.receive(source, target)
        assert message.number == self.latest + 1
        self.latest = message.number


def violated(model: type[Model], **constants: int) -> dict[str, int | None]:
    """The properties that do not hold, with the lengths of the shortest runs."""
    found = check(model, constants=constants, keep_going=True)
    return {prop.name: prop.trace_length for prop in found.report.properties if prop.verdict == "violated"}


def test_a_network_reorders_and_no_more() -> None:
    assert violated(Counting) == {"received_in_order": 5}


def test_what_is_duplicated_is_received_twice() -> None:
    assert violated(DuplicatingCounting) == {"received_in_order": 5, "received_once": 5}


def test_what_is_lost_is_never_received() -> None:
    assert violated(LossyCounting) == {"received_in_order": 5, "nothing_is_lost": 3}


def test_what_was_sent_is_not_sent_again() -> None:
    found = check(RememberingCounting)
    assert (found.verdict, found.report.distinct) == ("holds", 3)


def test_a_channel_keeps_the_order() -> None:
    found = check(InOrder)
    assert (found.verdict, found.report.distinct) == ("holds", 6)


class Heartbeats(Partitions[Node]):
    """Every node tells every other that it is alive, at once."""

    nodes: Constant[int] = 3

    heard: Map[Node, Set[Node]]

    @action
    def beat(self, node: Node) -> None:
        for other in self.heard:
            if other != node and self.is_connected(node, other):
                self.heard[other].add(node)

    @invariant
    def hearing_is_mutual(self) -> bool:
        return all(
            self.is_connected(one, other) == self.is_connected(other, one) for one in self.heard for other in self.heard
        )


class Symmetric(Heartbeats):
    cut_one_way = None


def test_partitions() -> None:
    assert violated(Heartbeats) == {"hearing_is_mutual": 2}
    found = check(Symmetric, constants={"max_cuts": 2})
    assert found.verdict == "holds"
    assert {action.name for action in found.report.actions if action.fault} == {"isolate", "heal"}


class Voting(Crashes[Node]):
    """Nodes vote once, and remember it or not."""

    nodes: Constant[int] = 2

    vote: Map[Node, Node | None]
    counted: Map[Node, Set[Node]]

    @action
    def cast(self, node: Node, candidate: Node) -> None:
        require(self.is_up(node) and self.vote[node] is None)
        self.vote[node] = candidate
        self.counted[candidate].add(node)

    def lose_memory(self, process: int) -> None:
        pass

    @invariant
    def votes_once(self) -> bool:
        return not any(
            self.counted[one] & self.counted[other] for one in self.counted for other in self.counted if one != other
        )


class InMemory(Voting):
    def lose_memory(self, process: int) -> None:
        self.vote[process] = None


class Emptied(EmptiedDisks[Node], Voting):
    def lose_disk(self, process: int) -> None:
        self.vote[process] = None


class Log(LossyDisks[Node]):
    """Records are written, flushed, and acknowledged when they are flushed, or too early."""

    nodes: Constant[int] = 1
    early: Constant[bool] = False

    log: Annotated[Seq[Number], Size(2)]
    flushed: Number
    acknowledged: Number

    @action
    def write(self, node: Node) -> None:
        require(self.is_up(node) and len(self.log) < 2)
        self.log.append(len(self.log))

    @action
    def flush(self, node: Node) -> None:
        require(self.is_up(node) and self.flushed < len(self.log))
        self.flushed = len(self.log)

    @action
    def acknowledge(self, node: Node) -> None:
        require(self.is_up(node) and self.acknowledged < (len(self.log) if self.early else self.flushed))
        self.acknowledged += 1

    def lose_memory(self, process: int) -> None:
        pass

    def written_offset(self, process: int) -> int:
        return len(self.log)

    def flushed_offset(self, process: int) -> int:
        return self.flushed

    def lose_from(self, process: int, offset: int) -> None:
        self.log.truncate(offset)

    @invariant
    def acknowledged_is_kept(self) -> bool:
        return self.acknowledged <= len(self.log)


@pytest.mark.parametrize(
    ("model", "broken"),
    [(Voting, {}), (InMemory, {"votes_once": 5}), (Emptied, {"votes_once": 5})],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_crashes(model: type[Model], broken: dict[str, int]) -> None:
    assert violated(model) == broken


def test_a_disk_loses_what_was_not_flushed() -> None:
    assert violated(Log) == {}
    assert violated(Log, early=True) == {"acknowledged_is_kept": 4}

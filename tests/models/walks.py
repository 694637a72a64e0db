"""Runs that are written down by the names of their steps, and small specifications to run."""

from typing import Annotated, Any

from fencepost.checks.outcome import Run
from fencepost.model import (
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
    require,
)
from fencepost.model.faults.network import Duplicating, Lossy, Network, OrderedNetwork
from fencepost.model.faults.partitions import Partitions
from fencepost.model.faults.processes import Crashes
from fencepost.model.lang import values
from fencepost.traces.trace import Trace, build, taken_step

Node = Annotated[int, Domain("nodes", prefix="n")]
Number = Annotated[int, Range(0, 3)]


def walk(model: type[Model], *calls: str, property_name: str = "", **constants: Any) -> Trace:
    """The run from the first initial state by the steps that begin so: `n1: ping(node=n1`."""
    specification = Specification(model, constants)
    state = specification.initial_states()[0]
    initial = specification.key(state)
    positions = []
    for call in calls:
        steps = list(specification.successors(state))
        before = values.freeze(state)
        written = [taken_step(specification, step, before) for step in steps]
        texts = [f"{one.process}: {one.call}" for one in written]
        position = next((number for number, text in enumerate(texts) if text.startswith(call)), None)
        assert position is not None, f"{call} is none of {', '.join(texts)}"
        positions.append(position)
        state = steps[position].state
    run = Run(initial, tuple(positions))
    verdict, kind = ("violated", "invariant") if property_name else ("", "")
    return build(specification, run, model=model.__name__, property_name=property_name, kind=kind, verdict=verdict)


class Ping(Struct):
    source: Node
    target: Node
    number: Number


class Pong(Struct):
    source: Node
    target: Node


class Pinging(Lossy[Ping | Pong], Duplicating[Ping | Pong], Network[Ping | Pong]):
    """Nodes ping each other over a network that loses and duplicates."""

    nodes: Constant[int] = 3

    @action(process="source")
    def ping(self, source: Node, target: Node, number: Number) -> None:
        self.send(Ping(source, target, number))

    @action(process="message.target")
    def answer(self, message: Annotated[Ping, In("messages")]) -> None:
        self.receive(message)
        self.send(Pong(message.target, message.source))

    @action(process="message.target")
    def take(self, message: Annotated[Pong, In("messages")]) -> None:
        self.receive(message)


class Announcing(Model):
    """What one announces stays to be read by all, any number of times."""

    nodes: Constant[int] = 2

    board: Set[Ping]

    @action(process="board")
    def announce(self, source: Node, target: Node) -> None:
        self.board.add(Ping(source, target, 0))

    @action
    def read(self, node: Node, message: Annotated[Ping, In("board")]) -> None:
        pass


class Streaming(OrderedNetwork[Node, Pong]):
    """A channel between every two."""

    nodes: Constant[int] = 2

    @action(process="source")
    def push(self, source: Node, target: Node) -> None:
        self.send(source, target, Pong(source, target))

    @action(process="target")
    def pull(self, source: Node, target: Node) -> None:
        self.next_message(source, target)
        self.receive(source, target)


class Failing(Partitions[Node], Crashes[Node]):
    """Nodes that crash and come back, and links that fail."""

    nodes: Constant[int] = 3

    term: Map[Node, Number]

    def lose_memory(self, process: Node) -> None:
        pass

    @action
    def think(self, node: Node) -> None:
        require(self.is_up(node))
        self.term[node] = min(self.term[node] + 1, 3)


Shard = Annotated[int, Domain("shards", prefix="s")]
Place = Annotated[int, Range(0, "room")]


class Entry(Struct):
    number: Place
    epoch: Number


class Copy(Struct):
    source: Node
    target: Node
    shard: Shard
    epoch: Number
    entry: Entry


class Part(Struct):
    leader: Node | None
    epoch: Number
    isr: Set[Node]
    log: Annotated[Seq[Entry], Size("room")]
    high_watermark: Place


class Server(Struct):
    """A server with parts of some shards; `seen` says of the other servers, which are no parts of it."""

    seen: Map[Node, Number]
    parts: Map[Shard, Part]


class Sharded(Network[Copy]):
    """Each shard has a leader of its own, which writes and sends the others what it wrote."""

    nodes: Constant[int] = 2
    shards: Constant[int] = 2
    room: Constant[int] = 3

    server: Map[Node, Server]
    down: Set[Node]

    @action
    def lead(self, node: Node, shard: Shard) -> None:
        part = self.server[node].parts[shard]
        part.leader = node
        part.epoch = min(part.epoch + 1, 3)
        part.isr = Set([node])

    @action
    def write(self, node: Node, shard: Shard) -> None:
        part = self.server[node].parts[shard]
        require(part.leader == node and len(part.log) < self.room)
        entry = Entry(len(part.log), part.epoch)
        part.log.append(entry)
        for other in self.server:
            if other != node:
                self.send(Copy(node, other, shard, part.epoch, entry))

    @action(process="message.target")
    def take(self, message: Annotated[Copy, In("messages")]) -> None:
        part = self.server[message.target].parts[message.shard]
        require(len(part.log) == message.entry.number)
        self.receive(message)
        part.leader = message.source
        part.epoch = message.epoch
        part.log.append(message.entry)
        self.server[message.target].seen[message.source] = message.epoch

    @action
    def commit(self, node: Node, shard: Shard) -> None:
        part = self.server[node].parts[shard]
        require(part.leader == node)
        part.high_watermark = len(part.log)

    @action(fault=True)
    def crash(self, node: Node) -> None:
        """Its logs are lost."""
        self.down.add(node)
        for shard in self.server[node].parts:
            part = self.server[node].parts[shard]
            part.leader = None
            part.log.clear()
            part.high_watermark = 0

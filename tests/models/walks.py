"""Runs that are written down by the names of their steps, and small specifications to run."""

from typing import Annotated, Any

from fencepost.checks.outcome import Run
from fencepost.model import Constant, Domain, In, Map, Model, Range, Set, Specification, Struct, action, require
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

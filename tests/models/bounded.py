"""A network that nothing keeps from filling up."""

from typing import Annotated

from fencepost.model import Domain, In, Struct, action, invariant
from fencepost.model.faults.network import Network

Server = Annotated[int, Domain(2, prefix="s")]


class Ping(Struct):
    source: Server
    target: Server


class Pings(Network[Ping]):
    @action(process="source")
    def ping(self, source: Server, target: Server) -> None:
        self.send(Ping(source, target))

    @action(process="message.target")
    def pong(self, message: Annotated[Ping, In("messages")]) -> None:
        self.receive(message)

    @invariant
    def at_most_two(self) -> bool:
        """Never more than two messages are in flight."""
        return len(self.messages) <= 2

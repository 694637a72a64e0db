"""A lease service, written to use most of the language. It passes `mypy --strict` as it stands."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from fencepost.model import (
    Auxiliary,
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
    Struct,
    action,
    choose,
    constraint,
    copy_of,
    implies,
    init,
    invariant,
    replace,
    require,
    step_invariant,
    witness,
)

Client = Annotated[int, Domain("clients", symmetric=True)]
Term = Annotated[int, Range(0, "terms")]


class Kind(Enum):
    ASK = "ask"
    GRANT = "grant"


class Message(Struct):
    kind: Kind
    client: Client
    term: Term = 0

    @property
    def is_grant(self) -> bool:
        return self.kind == Kind.GRANT

    def newer_than(self, term: int) -> bool:
        return self.term > term


class Server(Struct):
    holder: Client | None
    term: Term
    history: Annotated[Seq[Client], Size("terms")]

    def give(self, client: int) -> None:
        self.holder = client
        self.term += 1
        self.history.append(client)


class Lease(Model):
    """A server grants a lease to one client after the other; messages may be lost."""

    clients: Annotated[Constant[int], Range(1, 5)] = 2
    terms: Constant[int] = 2
    lossy: Constant[bool] = True

    server: Server
    known: Map[Client, Term]
    waiting: Auxiliary[Set[Client]]
    network: Annotated[Bag[Message], Size(2)]

    deadlock = False

    @init
    def somebody_waits(self) -> None:
        first = choose(self.members(Client))
        self.waiting.add(first)

    @action
    def ask(self, client: Client) -> None:
        require(client not in self.waiting and self.has_room())
        self.waiting.add(client)
        self.network.add(Message(Kind.ASK, client))

    @action(process="server")
    def grant(self, message: Annotated[Message, In("network")]) -> None:
        require(not message.is_grant)
        server = self.server
        require(server.term < self.terms and server.holder != message.client)
        before = copy_of(server)
        server.give(message.client)
        assert len(before.history) < len(server.history)
        self.network.remove(message)
        self.network.add(replace(message, kind=Kind.GRANT, term=server.term))

    @action
    def hear(self, message: Annotated[Message, In("network")]) -> None:
        require(message.is_grant and message.newer_than(self.known[message.client]))
        self.known[message.client] = message.term
        self.waiting.discard(message.client)

    @action(fault=True)
    def lose(self, message: Annotated[Message, In("network")]) -> None:
        require(self.lossy)
        self.network.remove(message)

    @action
    def forget(self) -> None:
        late = [client for client in self.server.history if client in self.waiting]
        require(len(late) > 1)
        for position, client in enumerate(late):
            if position > 0:
                self.waiting.discard(client)
                break

    def has_room(self) -> bool:
        return len(self.network) < 2

    def holders(self) -> set[int]:
        return {client for client in self.known if self.known[client] == self.server.term}

    @invariant
    def one_holder(self) -> bool:
        return implies(self.server.term > 0, len(self.holders()) <= 1)

    @invariant
    def history_is_complete(self) -> bool:
        return len(self.server.history) == self.server.term

    @step_invariant
    def terms_rise(self, after: Lease) -> bool:
        return all(self.known[client] <= after.known[client] for client in self.known)

    @witness
    def everybody_had_it(self) -> bool:
        return min(self.known.values()) > 0

    @constraint
    def small(self) -> bool:
        return sum(1 for message in self.network if message.is_grant) <= 2

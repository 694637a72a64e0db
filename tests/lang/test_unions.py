"""Unions of structs: messages of several kinds in one collection, told apart by isinstance and by parameters."""

from pathlib import Path
from typing import Annotated, Generic, TypeVar

import pytest

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
    Struct,
    action,
    invariant,
    require,
    witness,
)
from fencepost.model.errors import SpecificationError, TypeMismatch, UnknownAttribute, UnsupportedCall
from fencepost.model.lang.lower import lower
from fencepost.model.lang.specification import Specification
from lang.everything import agreement, assert_all_taken
from lang.executions import assert_agreement

Node = Annotated[int, Domain("nodes")]
Peer = Annotated[int, Domain("peers", symmetric=True)]
Term = Annotated[int, Range(0, 2)]
M = TypeVar("M")


class Message(Struct):
    source: Peer
    term: Term

    def is_newer(self, term: int) -> bool:
        return self.term > term

    @property
    def next_term(self) -> int:
        return self.term + 1


class Ask(Message):
    index: Annotated[int, Range(-1, 3)]

    def kind(self) -> int:
        return 1


class Grant(Message):
    granted: bool

    def kind(self) -> int:
        return 2

    def counted(self) -> int:
        return 1 if self.granted else 0


class Ping(Struct):
    pass


class Pong(Struct):
    pass


Any = Ask | Grant | Ping
Some = Ask | Grant


class Messages(Model):
    nodes: Constant[int] = 2
    peers: Constant[int] = 3

    bag: Annotated[Bag[Any], Size(3)]
    few: Set[Ping | Pong | Grant]
    seq: Annotated[Seq[Some], Size(2)]
    latest: Any | None
    one: Some
    asked: Ask
    pinged: bool
    by_peer: Map[Peer, Any]
    n: Annotated[int, Range(-20, 20)]
    empty: Ping | Pong

    @action
    def send(self, peer: Peer, term: Term) -> None:
        self.bag.add(Ask(peer, term, index=term - 1))

    @action
    def answer(self, message: Annotated[Ask, In("bag")]) -> None:
        self.bag.remove(message)
        self.bag.add(Grant(message.source, message.term, granted=message.index > 0))
        self.asked = message
        self.n = message.index

    @action
    def take(self, message: Annotated[Ask | Grant, In("bag")], peer: Peer) -> None:
        self.one = message
        self.by_peer[peer] = message
        self.n = message.term

    @action
    def forget(self, message: Annotated[Any, In("bag")]) -> None:
        require(not isinstance(message, Ping))
        self.bag.discard(message)
        self.latest = message

    @action
    def replaced(self, message: Annotated[Grant, In("few")]) -> None:
        message = Grant(message.source, 0, not message.granted)
        self.few.add(message)
        self.bag.add(message)

    @action
    def common_parts(self, peer: Peer) -> None:
        latest = self.latest
        require(latest is not None and not isinstance(latest, Ping))
        assert latest is not None and not isinstance(latest, Ping)
        self.n = latest.term + latest.next_term + int(latest.is_newer(0)) + int(latest.source == peer)

    @action
    def own_parts(self) -> None:
        one = self.one
        if isinstance(one, Grant):
            self.n = one.counted() + int(one.granted)
        else:
            self.n = one.index

    @action
    def unguarded(self) -> None:
        one = self.one
        self.n = one.index  # type: ignore[union-attr]  # fails for a Grant, in every execution

    @action
    def tests(self) -> None:
        found = [isinstance(m, Ask) for m in self.bag] + [isinstance(self.latest, (Ask, Grant))]
        found.append(isinstance(self.one, Ask | Grant))
        found.append(isinstance(self.latest, Message))
        found.append(isinstance(self.asked, Message) and not isinstance(self.asked, Ping))
        self.n = sum(int(x) for x in found)

    @action
    def joined(self, peer: Peer) -> None:
        message = Ask(peer, 1, 2) if self.n > 0 else Grant(peer, 1, True)
        self.one = message
        for other in [Ping(), message]:
            self.latest = other

    @action
    def returned(self, peer: Peer) -> None:
        self.seq = [self.reply(peer, self.n > 1), self.one]

    def reply(self, peer: int, good: bool) -> Ask | Grant:
        if good:
            return Ask(peer, 0, 0)
        return Grant(peer, 0, False)

    @action
    def compared(self, message: Annotated[Some, In("seq")]) -> None:
        require(self.pinged or message == self.one or message == self.asked)
        self.pinged = message in self.bag or self.one in self.seq or self.asked in self.seq or Ping() in self.bag
        self.n = self.bag.count(message) + self.seq.count(self.asked)

    @action
    def narrowed(self) -> None:
        require(isinstance(self.one, Ask))
        assert isinstance(self.one, Ask)
        self.asked = self.one
        self.bag.discard(self.asked)

    @action
    def without_fields(self) -> None:
        self.empty = Pong() if isinstance(self.empty, Ping) else Ping()
        self.few.add(self.empty)
        self.pinged = self.empty == Ping() and Pong() in self.few

    @action
    def loops(self) -> None:
        for message in self.bag:
            if isinstance(message, Ping):
                continue
            self.n = min(self.n + message.term, 20)
        self.few.discard(Ping())

    @invariant
    def terms(self) -> bool:
        return all(message.term <= 2 for message in self.seq)

    @witness
    def granted(self) -> bool:
        return any(isinstance(message, Grant) and message.granted for message in self.bag)


def test_unions() -> None:
    assert_all_taken(Messages, states=60)


class Shared(Model, Generic[M]):
    """What a reusable class offers for messages of any kind."""

    messages: Annotated[Bag[M], Size(2)]
    lost: Annotated[int, Range(0, 1)]

    def send(self, message: M) -> None:
        self.messages.add(message)

    @action(fault=True)
    def lose(self, message: Annotated[M, In("messages")]) -> None:
        require(self.lost < 1)
        self.lost += 1
        self.messages.remove(message)


class Using(Shared[Ping | Grant]):
    peers: Constant[int] = 2

    @action
    def begin(self, peer: Peer) -> None:
        require(len(self.messages) == 0)
        self.send(Ping())
        self.send(Grant(peer, 1, True))

    @action
    def end(self, message: Annotated[Grant, In("messages")]) -> None:
        self.messages.remove(message)


def test_a_reusable_class_takes_whatever_messages_there_are() -> None:
    assert agreement(Using)["lose"] > 0
    assert assert_agreement(Using) > 4


class Small(Model):
    one: Ask | Grant
    two: Ping | Pong
    peers: Constant[int] = 2

    @action
    def go(self) -> None:
        pass


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("self.one.missing", UnknownAttribute, "no struct of Ask | Grant has missing"),
        ("self.one.kind()", UnsupportedCall, "which kind is meant depends on the struct"),
        ("self.one == Ping()", TypeMismatch, "are never equal"),
        ("isinstance(self.peers, Ask)", TypeMismatch, "isinstance() of"),
        ("isinstance(self.one, int)", TypeMismatch, "takes struct classes"),
        ("self.one == self.two", TypeMismatch, "are never equal"),
    ],
)
def test_refusals(body: str, kind: type[SpecificationError], text: str, tmp_path: Path) -> None:
    from lang.modules import load

    found = load(
        f"""
from lang.test_unions import *


class Wrong(Small):
    @action
    def wrong(self) -> None:
        x = {body}
""",
        tmp_path,
    )
    with pytest.raises(kind, match=text.replace("(", r"\(").replace(")", r"\)").replace("|", r"\|")) as caught:
        lower(Specification(found.Wrong))
    assert caught.value.at is not None

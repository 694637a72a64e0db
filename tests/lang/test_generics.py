"""Classes that leave open what is in their collections: structs and specifications with type variables."""

from typing import Annotated, Generic, Never, TypeVar

import pytest

from fencepost.model import Bag, Constant, Domain, In, Map, Model, Range, Seq, Size, Struct, action, invariant, require
from fencepost.model.errors import UnsupportedType
from fencepost.model.lang.lower import lower
from fencepost.model.lang.specification import Specification
from lang.everything import agreement
from lang.executions import assert_agreement

Peer = Annotated[int, Domain("peers", symmetric=True)]
Number = Annotated[int, Range(0, 2)]
R = TypeVar("R", bound=Struct)
M = TypeVar("M", bound=Struct)
P = TypeVar("P", bound=Struct)
T = TypeVar("T")
X = TypeVar("X", bound=Struct)


class Plain(Struct):
    number: Number


class Owned(Struct):
    owner: Peer
    number: Number = 2


class Log(Struct, Generic[R]):
    records: Annotated[Seq[R], Size(2)]

    def append(self, record: R) -> None:
        require(len(self.records) < 2)
        self.records.append(record)


class Renamed(Log[M], Generic[M]):
    """Hands on what is open under another name."""

    limit: Number


class Copies(Struct, Generic[R]):
    """A message with what nobody has named yet."""

    log: Renamed[R]
    latest: R | None


class Taken(Struct):
    count: Number


Message = Copies[R] | Taken


class Note(Struct, Generic[R]):
    """Made and read within a step; no field has it."""

    latest: R

    def count(self) -> int:
        return 2 if isinstance(self.latest, Owned) else 1


class Node(Struct, Generic[R]):
    log: Renamed[R]

    def note(self) -> Note[R]:
        require(len(self.log.records) > 0)
        return Note(self.log.records[-1])

    def message(self) -> Copies[R]:
        return Copies(self.log, self.log.records[0] if len(self.log.records) > 0 else None)


class Network(Model, Generic[M]):
    messages: Annotated[Bag[M], Size(2)]

    @action(fault=True)
    def lose(self, message: Annotated[M, In("messages")]) -> None:
        self.messages.remove(message)


class Copying(Network[Message[R] | X], Generic[R, X, P]):
    peers: Constant[int] = 2
    count: Number
    node: Map[Peer, P]

    def log_of(self, peer: Peer) -> Log[R]:
        raise NotImplementedError

    def message_of(self, peer: Peer) -> Copies[R]:
        raise NotImplementedError

    @action
    def send(self, peer: Peer) -> None:
        require(len(self.messages) == 0)
        self.messages.add(self.message_of(peer))

    @action
    def take(self, message: Annotated[Copies[R], In("messages")], peer: Peer) -> None:
        latest = message.latest
        require(latest is not None)
        assert latest is not None
        self.log_of(peer).append(latest)
        self.messages.remove(message)
        self.messages.add(Taken(len(message.log.records)))

    @action
    def count_taken(self, message: Annotated[Taken, In("messages")]) -> None:
        self.count = message.count
        self.messages.remove(message)


class MyNode(Node[Plain | Owned]):
    """All that is left to say."""


class Mine(Copying[Plain | Owned, Never, MyNode]):
    def log_of(self, peer: Peer) -> Log[Plain | Owned]:
        return self.node[peer].log

    def message_of(self, peer: Peer) -> Copies[Plain | Owned]:
        return self.node[peer].message()

    @action
    def write(self, peer: Peer, number: Number) -> None:
        self.node[peer].log.append(Owned(peer) if number == 0 else Plain(number))

    @action
    def take_note(self, peer: Peer) -> None:
        self.count = self.node[peer].note().count()

    @invariant
    def owned_or_not(self) -> bool:
        return all(
            isinstance(record, Plain) or record.number == 2
            for node in self.node.values()
            for record in node.log.records
        )


class Theirs(Mine):
    """A variant has what its base has."""

    peers = 1


@pytest.mark.parametrize("model", [Mine, Theirs])
def test_what_is_open_is_what_the_subclass_says(model: type[Model]) -> None:
    assert all(count > 0 for count in agreement(model, states=200).values())
    assert assert_agreement(model, limit=120) > 50


def test_the_types_are_those_of_classes_written_out() -> None:
    class Written(Model):
        peers: Constant[int] = 2
        records: Annotated[Seq[Plain | Owned], Size(2)]

        @action
        def go(self) -> None:
            pass

    wanted = Specification(Written).state_type.field["records"]
    fields = Specification(Mine).state_type.field
    log = fields["node"].element.field["log"]  # type: ignore[attr-defined]  # a map of structs
    assert (log.field["records"], log.field["limit"].count) == (wanted, 3)
    assert fields["messages"].element.members[0].field["log"] == log  # type: ignore[attr-defined]  # a bag of a union


class Unsaid(Network[M]):
    @action
    def go(self) -> None:
        pass


class Raw(Network):  # type: ignore[type-arg]  # as somebody may write it who does not check types
    @action
    def go(self) -> None:
        pass


class OfWhat(Network[Log]):  # type: ignore[type-arg]  # as above
    pass


class Twice(Network[Log[Plain]]):
    log: Log[Taken]


class NotInStruct(Network[Taken]):
    """A type variable of the class is no type variable of a struct in it."""

    field: Log[T]  # type: ignore[type-var,valid-type]  # as above


@pytest.mark.parametrize(
    ("model", "what", "hint"),
    [
        (
            Unsaid,
            "Unsaid.messages, element: nothing says what the type variable M stands for",
            "say it where the class is derived: class Mine(Base[Record])",
        ),
        (
            Raw,
            "Raw.messages, element: nothing says what the type variable M stands for",
            "say it where the class is derived: class Mine(Base[Record])",
        ),
        (OfWhat, "OfWhat.messages, element: a Log of what?", "write Log[R]"),
        (Twice, "Twice.log: Log[Plain] and Log[Taken] in one specification", "derive a struct of Log for each"),
        (
            NotInStruct,
            "Log.records, element: nothing says what the type variable T stands for",
            "say it where the class is derived: class Mine(Base[Record])",
        ),
    ],
)
def test_refusals(model: type[Model], what: str, hint: str) -> None:
    with pytest.raises(UnsupportedType) as caught:
        Specification(model)
    assert (caught.value.what, caught.value.hint) == (what, hint)
    assert caught.value.at is not None


class Jotter(Struct, Generic[R]):
    latest: R

    def note(self) -> Note[R]:
        return Note(self.latest)


class TwoMeanings(Model):
    log: Log[Plain]
    jotter: Jotter[Taken]

    @action
    def take_note(self) -> None:
        require(self.jotter.note().count() == 1)


def test_a_variable_with_two_meanings_says_nothing_of_a_struct_in_no_field() -> None:
    with pytest.raises(UnsupportedType) as caught:
        lower(Specification(TwoMeanings))
    assert caught.value.what == "Note.latest: nothing says what the type variable R stands for"

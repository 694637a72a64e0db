"""Messages in flight as state, with the promises that a specification chooses.

A specification inherits one of these classes with its messages, a struct or a union of structs, and turns a fault on in
a line:

    class Raft(RememberingNetwork[VoteRequest | VoteResponse]): ...
    class LossyRaft(Lossy[VoteRequest | VoteResponse], Raft): ...

A bound that is too small never cuts behaviour off silently: a message that finds no room ends the search with the run
that leads there, and the verdict is inconclusive.
"""

from typing import Annotated, Generic, TypeVar

from .. import Bag, Constant, In, Map, Model, Range, Seq, Set, Size, Struct, action, require

M = TypeVar("M", bound=Struct)
P = TypeVar("P", bound=int)


class Network(Model, Generic[M]):
    """Every copy of a message is received at most once: in any order, after any time, or never.

    Nothing is lost by an action of its own, and nothing has to be: that a message stays in flight for ever is among the
    runs already. Loss as a step of its own shows in traces, and matters where something else counts what is in flight.
    """

    max_in_flight: Annotated[Constant[int], Range(1, 255)] = 8

    messages: Annotated[Bag[M], Size("max_in_flight")]

    def send(self, message: M) -> None:
        """Puts one copy of a message in flight."""
        self.messages.add(message)

    def send_once(self, message: M) -> None:
        """Sends a message of which one copy is enough. A network that does not remember sends it every time."""
        self.send(message)

    def receive(self, message: M) -> None:
        """Takes one copy of a message out of flight."""
        self.messages.remove(message)


class RememberingNetwork(Network[M]):
    """A network that knows which messages were ever sent, so that some can be sent only once.

    Published specifications of Raft keep a map from every message ever sent to its copies in flight. That is this bag
    and this set together.
    """

    max_sent: Annotated[Constant[int], Range(1, 255)] = 16

    sent: Annotated[Set[M], Size("max_sent")]

    def send(self, message: M) -> None:
        """Puts one copy of a message in flight."""
        super().send(message)
        self.sent.add(message)

    def send_once(self, message: M) -> None:
        """Sends a message; the step is not possible if an equal message was sent before."""
        require(message not in self.sent)
        self.send(message)


class Lossy(Network[M]):
    """The network may lose a copy of a message, so many times."""

    max_losses: Annotated[Constant[int], Range(0, 16)] = 1

    losses: Annotated[int, Range(0, "max_losses")]

    @action(process="network", fault=True, needs="max_losses")
    def lose_message(self, message: Annotated[M, In("messages")]) -> None:
        """A message is lost."""
        require(self.losses < self.max_losses)
        self.losses += 1
        self.receive(message)


class Duplicating(Network[M]):
    """The network may deliver a message once more than it was sent, so many times."""

    max_duplicates: Annotated[Constant[int], Range(0, 16)] = 1

    duplicates: Annotated[int, Range(0, "max_duplicates")]

    @action(process="network", fault=True, needs="max_duplicates")
    def duplicate_message(self, message: Annotated[M, In("messages")]) -> None:
        """A message in flight gets a second copy."""
        require(self.duplicates < self.max_duplicates)
        self.duplicates += 1
        self.messages.add(message)


class OrderedNetwork(Model, Generic[P, M]):
    """A channel from each process to each other one delivers in the order of sending, every message once or never.

    What is behind a message that is never received is never received either: that is the difference from `Network`.
    """

    max_in_channel: Annotated[Constant[int], Range(1, 255)] = 4

    channels: Map[P, Map[P, Annotated[Seq[M], Size("max_in_channel")]]]

    def send(self, source: P, target: P, message: M) -> None:
        """Puts a message at the end of a channel."""
        self.channels[source][target].append(message)

    def next_message(self, source: P, target: P) -> M:
        """The message that is to be received next; the step is not possible when there is none."""
        require(len(self.channels[source][target]) > 0)
        return self.channels[source][target][0]

    def receive(self, source: P, target: P) -> None:
        """Takes the next message off a channel."""
        self.channels[source][target].pop(0)

"""Messages in flight as state, with the promises that a specification chooses.

A specification inherits one of these classes and declares the collections again, with its own messages and bounds:

    class Raft(RememberingNetwork[Message]):
        messages: Annotated[Bag[Message], Size("max_messages")]
        sent: Annotated[Set[Message], Size("max_messages")]

A bound that is too small never cuts behaviour off silently: a message that finds no room is an error in the
specification, with the run that leads there.
"""

from typing import Generic, TypeVar

from .. import Bag, Model, Set, Struct, require

M = TypeVar("M", bound=Struct)


class Network(Model, Generic[M]):
    """Every copy of a message is received at most once, in any order, after any time, or never."""

    messages: Bag[M]

    def send(self, message: M) -> None:
        """Puts one copy of a message in flight."""
        self.messages.add(message)

    def receive(self, message: M) -> None:
        """Takes one copy of a message out of flight."""
        self.messages.remove(message)


class RememberingNetwork(Network[M]):
    """A network that knows which messages were ever sent, so that some can be sent only once.

    Published specifications of Raft keep a map from every message ever sent to its copies in flight. That is this bag
    and this set together.
    """

    sent: Set[M]

    def send(self, message: M) -> None:
        """Puts one copy of a message in flight."""
        super().send(message)
        self.sent.add(message)

    def send_once(self, message: M) -> None:
        """Sends a message; the step is not possible if an equal message was sent before."""
        require(message not in self.sent)
        self.send(message)

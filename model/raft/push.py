"""What the models share in which the leader pushes entries, message by message.

State, steps and their granularity are those of Vanlightly/raft-tlaplus, where they are the same in all its models:

* an election timeout and its vote requests are one step;
* a message is sent only once, unless a model says otherwise;
* a message of a newer term first moves its receiver to that term, in a step of its own.

Messages in flight are a map from every message ever sent to its copies; here, a bag and a set.
"""

from typing import Annotated, Generic, TypeVar

from .. import In, action, require
from ..faults.network import RememberingNetwork
from .base import R, ServerId
from .cluster import Cluster, S
from .server import AnyMessage, AppendRequest, AppendResponse, Message, Role, VoteRequest, VoteResponse

#: Messages that not all models have; Never when there are none.
X = TypeVar("X", bound=Message)


class PushRaft(Cluster[S], RememberingNetwork[AnyMessage[R] | X], Generic[R, X, S]):
    """Raft with messages in flight. R are the entries of a log, X more messages, S is what a server does."""

    max_in_flight = 8
    max_sent = 20

    def may_repeat(self, message: AnyMessage[R] | X) -> bool:
        """Whether a message can be sent again."""
        return False

    def send(self, message: AnyMessage[R] | X) -> None:
        require(self.may_repeat(message) or message not in self.sent)
        super().send(message)

    def start_election(self, server: ServerId) -> None:
        """A server becomes a candidate, as often as elections are allowed."""
        me = self.server[server]
        require(self.elections < self.max_elections and me.role != Role.LEADER and self.may_stand(server))
        me.start_election(server)
        self.elections += 1

    @action
    def request_vote(self, server: ServerId) -> None:
        """An election timeout. `RequestVote`."""
        me = self.server[server]
        self.start_election(server)
        for peer in self.server:
            if self.is_peer(server, peer):
                self.send(me.vote_request(server, peer))

    @action
    def become_leader(self, server: ServerId) -> None:
        """`BecomeLeader`."""
        me = self.server[server]
        require(me.role == Role.CANDIDATE and self.is_elected(server))
        me.become_leader()

    @action
    def append_entries(self, server: ServerId, peer: ServerId) -> None:
        """`AppendEntries`."""
        me = self.server[server]
        require(me.role == Role.LEADER and self.is_peer(server, peer))
        self.send(me.append_request(server, peer))

    @action(process="message.target")
    def update_term(self, message: Annotated[AnyMessage[R] | X, In("sent")]) -> None:
        """Any message of a newer term, even one received before. `UpdateTerm`."""
        me = self.server[message.target]
        require(message.term > me.term)
        me.observe(message.term)

    @action(process="message.target")
    def handle_vote_request(self, message: Annotated[VoteRequest, In("messages")]) -> None:
        """`HandleRequestVoteRequest`."""
        me = self.server[message.target]
        require(message.term <= me.term)
        self.receive(message)
        self.send(me.on_vote_request(message))

    @action(process="message.target")
    def handle_vote_response(self, message: Annotated[VoteResponse, In("messages")]) -> None:
        """`HandleRequestVoteResponse`."""
        me = self.server[message.target]
        require(message.term == me.term)
        self.receive(message)
        me.on_vote_response(message)

    @action(process="message.target")
    def refuse_append_request(self, message: Annotated[AppendRequest[R], In("messages")]) -> None:
        """`RejectAppendEntriesRequest`."""
        me = self.server[message.target]
        require(message.term <= me.term and me.refuses(message))
        self.receive(message)
        self.send(me.on_append_refused(message))

    @action(process="message.target")
    def accept_append_request(self, message: Annotated[AppendRequest[R], In("messages")]) -> None:
        """`AcceptAppendEntriesRequest`."""
        me = self.server[message.target]
        require(me.accepts(message))
        self.receive(message)
        self.send(self.accept(message))

    @action(process="message.target")
    def handle_append_response(self, message: Annotated[AppendResponse, In("messages")]) -> None:
        """`HandleAppendEntriesResponse`."""
        me = self.server[message.target]
        require(message.term == me.term)
        self.receive(message)
        me.on_append_response(message)

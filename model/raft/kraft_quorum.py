"""The steps of a KRaft quorum, composed of what one server does: what all models of it share.

State, steps and their granularity are those of `KRaft` and `KRaftWithReconfig` in Vanlightly/raft-tlaplus, pull-raft.
"""

from typing import Annotated, Any, Generic, TypeVar

from .. import Constant, In, Map, Range, Struct, action, implies, invariant, require
from ..faults.network import Network
from ..log import ReplicaLog
from .base import ServerId, Value
from .kraft_server import (
    AnyFetchResponse,
    AnyMessage,
    BeginQuorumRequest,
    DivergingFetchResponse,
    E,
    FailedFetchResponse,
    FetchRequest,
    FetchResponse,
    Role,
    Server,
    VoteRequest,
    VoteResponse,
)
from .properties import RaftProperties

S = TypeVar("S", bound=Server[Any])
X = TypeVar("X", bound=Struct)


class Quorum(RaftProperties, Network[AnyMessage[E] | X], Generic[E, X, S]):
    """A quorum with entries E in its logs, messages X beside those that all models have, and servers S."""

    max_in_flight = 12

    log_size: Annotated[Constant[int], Range(1, 16)] = 4

    acknowledged: Map[Value, bool | None]
    server: Map[ServerId, S]

    def is_leader(self, server: ServerId) -> bool:
        return self.server[server].role == Role.LEADER

    def term_of(self, server: ServerId) -> int:
        return self.server[server].epoch

    def vote_of(self, server: ServerId) -> ServerId | None:
        me = self.server[server]
        return me.voted_for if me.role != Role.UNATTACHED else None

    def log_of(self, server: ServerId) -> ReplicaLog[Any]:
        return self.server[server].log

    def committed_offset_of(self, server: ServerId) -> int:
        return self.server[server].high_watermark

    def command(self, epoch: int, value: int) -> E:
        """The entry with which a leader answers a client."""
        raise NotImplementedError

    @action
    def request_vote(self, server: ServerId) -> None:
        """An election or fetch timeout. `RequestVote`."""
        require(self.times_out(server))
        self.stand(server)

    def times_out(self, server: ServerId) -> bool:
        """Whether a server may have heard from nobody for too long. Unless a model says more of time, any may."""
        return True

    def stand(self, server: ServerId) -> None:
        """A server becomes a candidate, as often as elections are allowed."""
        me = self.server[server]
        require(self.elections < self.max_elections and me.may_stand)
        me.start_election(server)
        self.elections += 1
        for peer in self.server:
            if peer != server and peer in me.voters:
                self.send_once(me.vote_request(server, peer))

    @action(process="message.target")
    def handle_vote_request(self, message: Annotated[VoteRequest, In("messages")]) -> None:
        """`HandleRequestVoteRequest`."""
        self.receive(message)
        self.send(self.server[message.target].on_vote_request(message))

    @action(process="message.target")
    def handle_vote_response(self, message: Annotated[VoteResponse, In("messages")]) -> None:
        """`HandleRequestVoteResponse`."""
        me = self.server[message.target]
        is_settled = me.is_settled_by(message.target, message.leader, message.epoch, message.error is not None)
        require(is_settled or me.role == Role.CANDIDATE)
        self.receive(message)
        if not is_settled:
            me.on_vote_response(message)

    @action
    def become_leader(self, server: ServerId) -> None:
        """`BecomeLeader`."""
        me = self.server[server]
        require(me.role == Role.CANDIDATE and me.is_majority(me.votes))
        me.become_leader(server)
        for peer in self.server:
            if peer != server and peer in me.voters:
                self.send_once(BeginQuorumRequest(server, peer, me.epoch))

    @action
    def client_request(self, server: ServerId, value: Value) -> None:
        """`ClientRequest`."""
        me = self.server[server]
        require(me.role == Role.LEADER and self.acknowledged[value] is None)
        me.log.append(self.command(me.epoch, value))
        self.acknowledged[value] = False

    @action(process="message.target")
    def refuse_fetch_request(self, message: Annotated[FetchRequest, In("messages")]) -> None:
        """`RejectFetchRequest`."""
        me = self.server[message.target]
        require(not me.can_serve(message))
        self.receive(message)
        self.send_once(me.on_fetch_refused(message))

    @action(process="message.target")
    def diverging_fetch_request(self, message: Annotated[FetchRequest, In("messages")]) -> None:
        """`DivergingFetchRequest`."""
        me = self.server[message.target]
        require(me.can_serve(message) and not me.has_prefix_of(message))
        self.receive(message)
        self.send_once(me.on_diverging_fetch(message))

    @action
    def send_fetch_request(self, server: ServerId, leader: ServerId) -> None:
        """`SendFetchRequest`."""
        me = self.server[server]
        require(server != leader and me.can_fetch_from(server, leader) and me.pending_fetch is None)
        request = me.fetch_request(server, leader)
        me.pending_fetch = request
        self.send(request)

    @action(process="message.target")
    def handle_success_fetch_response(self, message: Annotated[FetchResponse[E], In("messages")]) -> None:
        """`HandleSuccessFetchResponse`."""
        me = self.server[message.target]
        require(me.pending_fetch == message.request)
        is_settled = me.is_settled_by(message.target, message.leader, message.epoch, False)
        require(not is_settled)
        self.receive(message)
        me.on_fetched(message)

    @action(process="message.target")
    def handle_diverging_fetch_response(self, message: Annotated[DivergingFetchResponse, In("messages")]) -> None:
        """`HandleDivergingFetchResponse`."""
        me = self.server[message.target]
        require(me.pending_fetch == message.request)
        is_settled = me.is_settled_by(message.target, message.leader, message.epoch, False)
        require(not is_settled)
        self.receive(message)
        me.on_diverged(message)

    @action(process="message.target")
    def handle_error_fetch_response(self, message: Annotated[AnyFetchResponse[E], In("messages")]) -> None:
        """`HandleErrorFetchResponse`."""
        me = self.server[message.target]
        require(me.pending_fetch == message.request)
        is_error = isinstance(message, FailedFetchResponse)
        is_settled = me.is_settled_by(message.target, message.leader, message.epoch, is_error)
        require(is_settled)
        self.receive(message)
        me.pending_fetch = None

    @invariant
    def no_illegal_state(self) -> bool:
        """No server gets where it must not. `NoIllegalState`."""
        return all(server.role != Role.ILLEGAL for server in self.server.values())

    @invariant
    def never_two_leaders_in_same_epoch(self) -> bool:
        """Servers in the same epoch know of the same leader, or of none. `NeverTwoLeadersInSameEpoch`."""
        return all(
            implies(
                one.leader is not None and other.leader is not None and one.epoch == other.epoch,
                one.leader == other.leader,
            )
            for one in self.server.values()
            for other in self.server.values()
        )

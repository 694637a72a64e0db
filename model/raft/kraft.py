"""The KRaft quorum: Kafka's Raft, in which followers fetch from the leader (KIP-595).

State, steps and their granularity are those of `KRaft` in Vanlightly/raft-tlaplus, pull-raft, which was read off the
implementation (`KafkaRaftClient`, `QuorumState`):

* an election timeout and its vote requests are one step, and so are winning and telling the others (BeginQuorumEpoch);
* a server has one fetch in flight, and a fetch response carries one entry at most;
* vote and begin-quorum requests are sent only once, and so is a fetch response: a leader does not answer twice alike;
* what the implementation refuses with an `IllegalStateException` is a role of its own, with epoch 0.

Left out are EndQuorumEpoch, which only hastens elections, snapshots, and the leader-change record at the start of an
epoch. The epoch cache is looked up in the log. Kafka's epoch is Raft's term, and its high watermark the commit offset.
"""

from enum import Enum
from typing import Annotated

from .. import In, Map, Range, Seq, Set, Size, Struct, action, implies, init, invariant, require
from .base import Entry, LastTerm, Offset, RaftLog, ServerId, Value
from .properties import RaftProperties

#: An epoch: 1 before the first election, 0 for a server in the illegal state.
Epoch = Annotated[int, Range(0, "max_elections + 1")]


class Role(Enum):
    """What a server is in its epoch. Only one that is unattached, or has voted for the same candidate, can vote."""

    UNATTACHED = "unattached"
    VOTED = "voted"
    FOLLOWER = "follower"
    CANDIDATE = "candidate"
    LEADER = "leader"
    ILLEGAL = "illegal"


class Error(Enum):
    """Why a request is refused."""

    FENCED_LEADER_EPOCH = "fenced leader epoch"
    NOT_LEADER = "not leader"
    UNKNOWN_LEADER_EPOCH = "unknown leader epoch"


class Message(Struct):
    """What all messages have."""

    source: ServerId
    target: ServerId
    epoch: Epoch


class VoteRequest(Message):
    """Vote."""

    last_epoch: LastTerm
    end_offset: Offset


class VoteResponse(Message):
    """The answer to Vote."""

    leader: ServerId | None
    granted: bool
    error: Error | None


class BeginQuorumRequest(Message):
    """BeginQuorumEpoch: the source leads the epoch."""


class BeginQuorumResponse(Message):
    """The answer to BeginQuorumEpoch, which nobody waits for."""

    error: Error | None


class FetchRequest(Message):
    """Fetch: what follows an offset, where the last entry is of an epoch."""

    offset: Offset
    last_epoch: LastTerm


class FetchResponse(Message):
    """The answer of the leader to a fetch that fits its log."""

    request: FetchRequest
    entries: Annotated[Seq[Entry], Size(1)]
    high_watermark: Offset


class DivergingFetchResponse(Message):
    """The answer of the leader to a fetch that does not: where its own epochs up to the last one fetched end."""

    request: FetchRequest
    diverging_epoch: LastTerm
    end_offset: Offset
    high_watermark: Offset


class FailedFetchResponse(Message):
    """The answer of a server that cannot serve a fetch."""

    request: FetchRequest
    error: Error
    leader: ServerId | None
    high_watermark: Offset


AnyFetchResponse = FetchResponse | DivergingFetchResponse | FailedFetchResponse
AnyMessage = (
    VoteRequest
    | VoteResponse
    | BeginQuorumRequest
    | BeginQuorumResponse
    | FetchRequest
    | FetchResponse
    | DivergingFetchResponse
    | FailedFetchResponse
)


class Server(Struct):
    """One server, and what it does with messages and timeouts. Epoch, vote and log are durable, the rest is not.

    `voted_for` is of the server's epoch unless it is unattached: then it is left over from an earlier one.
    """

    epoch: Epoch
    role: Role
    voted_for: ServerId | None
    leader: ServerId | None
    pending_fetch: FetchRequest | None
    log: RaftLog
    high_watermark: Offset
    votes: Set[ServerId]
    fetched_offset: Map[ServerId, Offset]

    def restart(self) -> None:
        """Comes back with what is durable, as a follower of nobody."""
        self.role = Role.FOLLOWER
        self.leader = None
        self.pending_fetch = None
        self.high_watermark = 0
        self.votes = Set()
        for peer in self.fetched_offset:
            self.fetched_offset[peer] = 0

    # Transitions, which `QuorumState` makes.

    def become_illegal(self) -> None:
        """Something happened that must not."""
        self.role = Role.ILLEGAL
        self.epoch = 0
        self.leader = None

    def become_unattached(self, epoch: int) -> None:
        """Moves to a newer epoch of which the leader is not known."""
        self.role = Role.UNATTACHED
        self.epoch = epoch
        self.leader = None

    def become_follower(self, leader: int, epoch: int) -> None:
        """Follows the leader of an epoch. A server learns only once who leads its epoch."""
        if self.epoch == epoch and (self.role == Role.FOLLOWER or self.role == Role.LEADER):
            self.become_illegal()
        else:
            self.role = Role.FOLLOWER
            self.epoch = epoch
            self.leader = leader

    def agrees_on_leader(self, me: int, leader: int | None, epoch: int) -> bool:
        """Whether what a message says about the leader of an epoch goes together with what this server knows."""
        if leader == me:
            return self.role == Role.LEADER
        return epoch != self.epoch or leader is None or self.leader is None or self.leader == leader

    def learn(self, me: int, leader: int | None, epoch: int) -> None:
        """Takes over a newer epoch, or the leader of this one."""
        if not self.agrees_on_leader(me, leader, epoch):
            self.become_illegal()
        elif epoch > self.epoch:
            if leader is None:
                self.become_unattached(epoch)
            else:
                self.become_follower(leader, epoch)
        elif leader is not None and self.leader is None:
            self.become_follower(leader, epoch)

    def is_settled_by(self, me: int, leader: int | None, epoch: int, is_error: bool) -> bool:
        """What every response is looked at for first: old, newer or refused, it has nothing else to say."""
        if epoch < self.epoch:
            return True
        if epoch > self.epoch or is_error:
            self.learn(me, leader, epoch)
            return True
        if leader is not None and self.leader is None:
            self.role = Role.FOLLOWER
            self.leader = leader
            return True
        return False

    # Elections.

    def start_election(self, me: int) -> None:
        """Becomes a candidate of the next epoch, and votes for itself."""
        self.role = Role.CANDIDATE
        self.epoch += 1
        self.leader = None
        self.voted_for = me
        self.votes = Set([me])
        self.pending_fetch = None

    def vote_request(self, me: int, peer: int) -> VoteRequest:
        """What a candidate asks a peer."""
        return VoteRequest(me, peer, self.epoch, self.log.last_term, self.log.end_offset)

    def may_vote_for(self, request: VoteRequest) -> bool:
        """Whether this server, in the epoch of the request, has its vote to give, and the candidate's log will do."""
        is_free = self.role == Role.UNATTACHED or (self.role == Role.VOTED and self.voted_for == request.source)
        return is_free and self.log.is_covered_by(request.last_epoch, request.end_offset)

    def on_vote_request(self, request: VoteRequest) -> VoteResponse:
        """Votes for the first candidate of an epoch whose log will do. The vote is durable before it is answered."""
        me, source = request.target, request.source
        if request.epoch < self.epoch:
            return VoteResponse(me, source, self.epoch, self.leader, False, Error.FENCED_LEADER_EPOCH)
        before = self.role
        if request.epoch > self.epoch:
            self.become_unattached(request.epoch)
        granted = self.may_vote_for(request)
        if granted:
            self.role = Role.VOTED
            self.voted_for = source
        if self.role != before:
            self.pending_fetch = None
        return VoteResponse(me, source, request.epoch, self.leader, granted, None)

    def on_vote_response(self, response: VoteResponse) -> None:
        """Counts a vote."""
        if response.granted:
            self.votes.add(response.source)

    def become_leader(self, me: int) -> None:
        """Knows nothing yet of what the others have."""
        self.role = Role.LEADER
        self.leader = me
        for peer in self.fetched_offset:
            self.fetched_offset[peer] = 0

    def on_begin_quorum(self, request: BeginQuorumRequest) -> BeginQuorumResponse:
        """Follows the new leader, unless a newer epoch is known."""
        me, source = request.target, request.source
        if request.epoch < self.epoch:
            return BeginQuorumResponse(me, source, self.epoch, Error.FENCED_LEADER_EPOCH)
        self.learn(me, source, request.epoch)
        self.pending_fetch = None
        return BeginQuorumResponse(me, source, request.epoch, None)

    # Replication.

    def fetch_request(self, me: int, leader: int) -> FetchRequest:
        """Asks for what follows the log."""
        return FetchRequest(me, leader, self.epoch, self.log.end_offset, self.log.last_term)

    def can_serve(self, request: FetchRequest) -> bool:
        """Whether this server leads the epoch that a fetch is for."""
        return self.role == Role.LEADER and request.epoch == self.epoch

    def has_prefix_of(self, request: FetchRequest) -> bool:
        """Whether the log of a follower, up to where it fetches, is the beginning of the leader's."""
        end = self.log.end_of_epochs_up_to(request.last_epoch)
        is_empty = request.offset == 0 and request.last_epoch == 0
        return is_empty or (request.offset <= end and request.last_epoch == self.log.epoch_before(end))

    def on_fetch_refused(self, request: FetchRequest) -> FailedFetchResponse:
        """Tells why a fetch cannot be served, and who leads, if this server knows."""
        if self.role != Role.LEADER:
            error = Error.NOT_LEADER
        else:
            error = Error.FENCED_LEADER_EPOCH if request.epoch < self.epoch else Error.UNKNOWN_LEADER_EPOCH
        return FailedFetchResponse(
            request.target, request.source, self.epoch, request, error, self.leader, self.high_watermark
        )

    def on_diverging_fetch(self, request: FetchRequest) -> DivergingFetchResponse:
        """Tells where the leader's epochs up to the follower's last one end."""
        end = self.log.end_of_epochs_up_to(request.last_epoch)
        return DivergingFetchResponse(
            request.target, request.source, self.epoch, request, self.log.epoch_before(end), end, self.high_watermark
        )

    def on_fetch(self, request: FetchRequest) -> FetchResponse:
        """Takes the fetch for an acknowledgement of all before it, and answers with the next entry, if there is one."""
        start = request.offset
        self.fetched_offset[request.source] = start
        self.high_watermark = self.committable_offset(request.target)
        high_watermark = min(self.high_watermark, start + 1)
        entries = self.log.records[start : start + 1]
        return FetchResponse(request.target, request.source, self.epoch, request, entries, high_watermark)

    def agreed_offset(self, me: int) -> int:
        """How much of the leader's log a majority has."""
        servers = len(self.fetched_offset)
        return max(
            (
                end
                for end in range(1, self.log.end_offset + 1)
                if 2 * (1 + sum(1 for peer in self.fetched_offset if self.fetched_offset[peer] >= end and peer != me))
                > servers
            ),
            default=0,
        )

    def committable_offset(self, me: int) -> int:
        """Up to where the leader may commit: what a majority has, if that ends in its own epoch (Raft, figure 8)."""
        agreed = self.agreed_offset(me)
        return agreed if agreed > 0 and self.log.epoch_before(agreed) == self.epoch else self.high_watermark

    def on_fetched(self, response: FetchResponse) -> None:
        """Appends what was fetched."""
        for entry in response.entries:
            self.log.append(entry)
        self.high_watermark = response.high_watermark
        self.pending_fetch = None

    def on_diverged(self, response: DivergingFetchResponse) -> None:
        """Truncates to what the leader can have."""
        self.log.truncate(self.log.end_of_match_with(response.diverging_epoch, response.end_offset))
        self.pending_fetch = None


class KRaft(RaftProperties[AnyMessage]):
    """Raft with followers fetching, as in Kafka's controller quorum."""

    max_in_flight = 6

    server: Map[ServerId, Server]

    def is_leader(self, server: ServerId) -> bool:
        return self.server[server].role == Role.LEADER

    def term_of(self, server: ServerId) -> int:
        return self.server[server].epoch

    def vote_of(self, server: ServerId) -> ServerId | None:
        me = self.server[server]
        return me.voted_for if me.role != Role.UNATTACHED else None

    def log_of(self, server: ServerId) -> RaftLog:
        return self.server[server].log

    def committed_offset_of(self, server: ServerId) -> int:
        return self.server[server].high_watermark

    @init
    def start(self) -> None:
        """Every server begins in epoch 1."""
        for server in self.server.values():
            server.epoch = 1

    @action(fault=True)
    def restart(self, server: ServerId) -> None:
        """`Restart`."""
        require(self.restarts < self.max_restarts)
        self.server[server].restart()
        self.restarts += 1

    @action
    def request_vote(self, server: ServerId) -> None:
        """An election or fetch timeout. `RequestVote`."""
        me = self.server[server]
        require(self.elections < self.max_elections)
        require(me.role in (Role.FOLLOWER, Role.CANDIDATE, Role.UNATTACHED))
        me.start_election(server)
        self.elections += 1
        for peer in self.server:
            if peer != server:
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
        require(me.role == Role.CANDIDATE and self.is_majority(me.votes))
        me.become_leader(server)
        for peer in self.server:
            if peer != server:
                self.send_once(BeginQuorumRequest(server, peer, me.epoch))

    @action
    def client_request(self, server: ServerId, value: Value) -> None:
        """`ClientRequest`."""
        me = self.server[server]
        require(me.role == Role.LEADER and self.acknowledged[value] is None)
        me.log.append(Entry(me.epoch, value))
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

    @action(process="message.target")
    def accept_fetch_request(self, message: Annotated[FetchRequest, In("messages")]) -> None:
        """`AcceptFetchRequest`."""
        me = self.server[message.target]
        require(me.can_serve(message) and me.has_prefix_of(message))
        self.receive(message)
        before = me.high_watermark
        self.send_once(me.on_fetch(message))
        self.acknowledge(me.log.records[before : me.high_watermark])

    @action(process="message.target")
    def handle_begin_quorum_request(self, message: Annotated[BeginQuorumRequest, In("messages")]) -> None:
        """`HandleBeginQuorumRequest`."""
        self.receive(message)
        self.send(self.server[message.target].on_begin_quorum(message))

    @action
    def send_fetch_request(self, server: ServerId, leader: ServerId) -> None:
        """`SendFetchRequest`."""
        me = self.server[server]
        require(me.role == Role.FOLLOWER and me.leader == leader and me.pending_fetch is None and leader != server)
        request = me.fetch_request(server, leader)
        me.pending_fetch = request
        self.send(request)

    @action(process="message.target")
    def handle_success_fetch_response(self, message: Annotated[FetchResponse, In("messages")]) -> None:
        """`HandleSuccessFetchResponse`."""
        me = self.server[message.target]
        require(me.pending_fetch == message.request)
        is_settled = me.is_settled_by(message.target, message.source, message.epoch, False)
        require(not is_settled)
        self.receive(message)
        me.on_fetched(message)

    @action(process="message.target")
    def handle_diverging_fetch_response(self, message: Annotated[DivergingFetchResponse, In("messages")]) -> None:
        """`HandleDivergingFetchResponse`."""
        me = self.server[message.target]
        require(me.pending_fetch == message.request)
        is_settled = me.is_settled_by(message.target, message.source, message.epoch, False)
        require(not is_settled)
        self.receive(message)
        me.on_diverged(message)

    @action(process="message.target")
    def handle_error_fetch_response(self, message: Annotated[AnyFetchResponse, In("messages")]) -> None:
        """`HandleErrorFetchResponse`."""
        me = self.server[message.target]
        require(me.pending_fetch == message.request)
        is_error = isinstance(message, FailedFetchResponse)
        leader = message.leader if isinstance(message, FailedFetchResponse) else message.source
        is_settled = me.is_settled_by(message.target, leader, message.epoch, is_error)
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

"""One server of a KRaft quorum, and its messages: what it does with each of them, and with timeouts (KIP-595).

Read off the implementation (`KafkaRaftClient`, `QuorumState`) by `KRaft` in Vanlightly/raft-tlaplus, pull-raft. Who the
voters are, and what the entries of the log, is up to the models.
"""

from enum import Enum
from typing import Annotated, Generic, TypeVar

from .. import Map, Range, Seq, Set, Size, Struct
from ..log import Offset, Stamped
from .base import LastTerm, RaftLog, ServerId

E = TypeVar("E", bound=Stamped)

#: An epoch: 1 before the first election, 0 for a server in the illegal state.
Epoch = Annotated[int, Range(0, "max_elections + 1")]


class Role(Enum):
    """What a server is in its epoch. Only one that is unattached, or has voted for the same candidate, can vote."""

    UNATTACHED = "unattached"
    VOTED = "voted"
    FOLLOWER = "follower"
    PROSPECTIVE = "prospective"
    CANDIDATE = "candidate"
    LEADER = "leader"
    RESIGNED = "resigned"
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


class FetchRequest(Message):
    """Fetch: what follows an offset, where the last entry is of an epoch. An observer takes itself for no voter."""

    offset: Offset
    last_epoch: LastTerm
    is_observer: bool


class FetchResponse(Message, Generic[E]):
    """The answer of the leader to a fetch that fits its log."""

    request: FetchRequest
    leader: ServerId | None
    entries: Annotated[Seq[E], Size(1)]
    high_watermark: Offset


class DivergingFetchResponse(Message):
    """The answer of the leader to a fetch that does not: where its own epochs up to the last one fetched end."""

    request: FetchRequest
    leader: ServerId | None
    diverging_epoch: LastTerm
    end_offset: Offset
    high_watermark: Offset


class FailedFetchResponse(Message):
    """The answer of a server that cannot serve a fetch."""

    request: FetchRequest
    leader: ServerId | None
    error: Error
    high_watermark: Offset


AnyFetchResponse = FetchResponse[E] | DivergingFetchResponse | FailedFetchResponse
AnyMessage = (
    VoteRequest
    | VoteResponse
    | BeginQuorumRequest
    | FetchRequest
    | FetchResponse[E]
    | DivergingFetchResponse
    | FailedFetchResponse
)


class Server(Struct, Generic[E]):
    """One server, and what it does with messages and timeouts. Epoch, vote and log are durable, the rest is not.

    `voted_for` is of the server's epoch unless it is unattached: then it is left over from an earlier one.
    """

    epoch: Epoch
    role: Role
    voted_for: ServerId | None
    leader: ServerId | None
    pending_fetch: FetchRequest | None
    log: RaftLog[E]
    high_watermark: Offset
    votes: Set[ServerId]
    fetched_offset: Map[ServerId, Offset]

    @property
    def voters(self) -> Set[ServerId]:
        """The servers that take part in elections and in committing, as far as this one knows."""
        raise NotImplementedError

    def is_majority(self, servers: Set[ServerId]) -> bool:
        """Whether these are more than half of the voters."""
        voters = self.voters
        return 2 * len(servers & voters) > len(voters)

    def forget(self) -> None:
        """Loses what is not durable in a restart, except for its role and leader."""
        self.pending_fetch = None
        self.high_watermark = 0
        self.votes = Set()
        self.forget_fetches()

    def forget_fetches(self) -> None:
        """Knows nothing of what the others have."""
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
        elif leader is not None and self.leader is None and leader != me:
            self.become_follower(leader, epoch)

    def is_settled_by(self, me: int, leader: int | None, epoch: int, is_error: bool) -> bool:
        """What every response is looked at for first: old, newer or refused, it has nothing else to say."""
        if epoch < self.epoch:
            return True
        if epoch > self.epoch or is_error:
            self.learn(me, leader, epoch)
            return True
        return False

    def hear_of(self, leader: int | None) -> None:
        """Takes a fetch answered in its epoch as word of the leader, if it knows of none."""
        if leader is not None and self.leader is None:
            self.role = Role.FOLLOWER
            self.leader = leader

    # Elections.

    @property
    def may_stand(self) -> bool:
        """Whether a timeout makes this server a candidate."""
        return self.role in (Role.FOLLOWER, Role.CANDIDATE, Role.UNATTACHED)

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

    def vote_for(self, candidate: int) -> None:
        """Gives its vote."""
        self.role = Role.VOTED
        self.voted_for = candidate

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
            self.vote_for(source)
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
        self.forget_fetches()

    def on_begin_quorum(self, request: BeginQuorumRequest) -> None:
        """Follows the new leader of an epoch that is not over yet."""
        self.learn(request.target, request.source, request.epoch)
        self.pending_fetch = None

    # Replication.

    def fetch_request(self, me: int, leader: int) -> FetchRequest:
        """Asks for what follows the log."""
        is_observer = me not in self.voters
        return FetchRequest(me, leader, self.epoch, self.log.end_offset, self.log.last_term, is_observer)

    def can_fetch_from(self, me: int, peer: int) -> bool:
        """Whether this server is one that fetches, and from that peer."""
        return self.role == Role.FOLLOWER and self.leader == peer

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
            request.target, request.source, self.epoch, request, self.leader, error, self.high_watermark
        )

    def on_diverging_fetch(self, request: FetchRequest) -> DivergingFetchResponse:
        """Tells where the leader's epochs up to the follower's last one end."""
        end = self.log.end_of_epochs_up_to(request.last_epoch)
        last_epoch = self.log.epoch_before(end)
        return DivergingFetchResponse(
            request.target, request.source, self.epoch, request, self.leader, last_epoch, end, self.high_watermark
        )

    def fetch_response(self, request: FetchRequest, high_watermark: int) -> FetchResponse[E]:
        """The next entry, if there is one, and how much is committed up to there."""
        start = request.offset
        entries = self.log.records[start : start + 1]
        return FetchResponse(
            request.target, request.source, self.epoch, request, self.leader, entries, min(high_watermark, start + 1)
        )

    def committable_offset(self, me: int) -> int:
        """Up to where the leader may commit: what a majority has, if that ends in its own epoch (Raft, figure 8)."""
        agreed = max((end for end in range(1, self.log.end_offset + 1) if self.is_held_below(end, me)), default=0)
        return agreed if agreed > 0 and self.log.epoch_before(agreed) == self.epoch else self.high_watermark

    def is_held_below(self, end: int, me: int) -> bool:
        """Whether a leader knows a majority of the voters to have its log up to an offset."""
        voters = self.voters
        return 2 * sum(1 for peer in voters if peer == me or self.fetched_offset[peer] >= end) > len(voters)

    def on_fetched(self, response: FetchResponse[E]) -> None:
        """Appends what was fetched."""
        self.hear_of(response.leader)
        for entry in response.entries:
            self.log.append(entry)
        self.high_watermark = response.high_watermark
        self.pending_fetch = None

    def on_diverged(self, response: DivergingFetchResponse) -> None:
        """Truncates to what the leader can have."""
        self.hear_of(response.leader)
        self.log.truncate(self.log.end_of_match_with(response.diverging_epoch, response.end_offset))
        self.pending_fetch = None

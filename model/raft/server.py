"""One server of Raft with a leader that pushes entries, and its messages (Ongaro and Ousterhout, USENIX ATC 2014).

What a server does with a message or a timeout is a method that changes its own state and returns the answer, and is the
same in all models of this kind, as in those of Vanlightly/raft-tlaplus: a request to append carries one entry at most,
a candidate votes for itself at once, and a message of a newer term is observed before it is handled.
"""

from enum import Enum
from typing import Annotated, Generic

from .. import Map, Seq, Set, Size, Struct
from ..log import Offset
from .base import LastTerm, R, RaftLog, ServerId, Term


class Role(Enum):
    """What a server is in its term. There are servers that are no members only where the cluster changes."""

    FOLLOWER = "follower"
    CANDIDATE = "candidate"
    LEADER = "leader"
    NOT_MEMBER = "not a member"


class Result(Enum):
    """What comes of a request to append. Where the cluster changes, a refusal says why."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    STALE_TERM = "stale term"
    NEEDS_SNAPSHOT = "needs snapshot"


class Message(Struct):
    """What all messages have."""

    source: ServerId
    target: ServerId
    term: Term


class VoteRequest(Message):
    """RequestVote."""

    last_term: LastTerm
    end_offset: Offset


class VoteResponse(Message):
    """The answer to RequestVote."""

    granted: bool


class AppendRequest(Message, Generic[R]):
    """AppendEntries."""

    offset: Offset
    previous_term: LastTerm
    entries: Annotated[Seq[R], Size(1)]
    commit_offset: Offset


class AppendResponse(Message):
    """The answer to AppendEntries. `match_offset` is 0 in a refusal."""

    result: Result
    match_offset: Offset


AnyMessage = VoteRequest | VoteResponse | AppendRequest[R] | AppendResponse


class Server(Struct, Generic[R]):
    """One server, and what it does with messages and timeouts. Term, vote and log are durable, the rest is not."""

    term: Term
    role: Role
    voted_for: ServerId | None
    log: RaftLog[R]
    commit_offset: Offset
    votes: Set[ServerId]
    next_offset: Map[ServerId, Offset]
    match_offset: Map[ServerId, Offset]

    def restart(self) -> None:
        """Comes back with what is durable."""
        self.role = Role.FOLLOWER
        self.votes = Set()
        self.commit_offset = 0
        self.expect_of_peers(0)

    def expect_of_peers(self, end_offset: int) -> None:
        """Takes every peer to have a log up to there, and knows of none that it has."""
        for peer in self.next_offset:
            self.next_offset[peer] = end_offset
            self.match_offset[peer] = 0

    def observe(self, term: int) -> None:
        """Learns of a newer term."""
        self.term = term
        self.role = Role.FOLLOWER
        self.voted_for = None

    # Elections.

    def start_election(self, me: int) -> None:
        """Becomes a candidate of the next term, and votes for itself."""
        self.role = Role.CANDIDATE
        self.term += 1
        self.voted_for = me
        self.votes = Set([me])

    def vote_request(self, me: int, peer: int) -> VoteRequest:
        """What a candidate asks a peer."""
        return VoteRequest(me, peer, self.term, self.log.last_term, self.log.end_offset)

    def has_log_of(self, request: VoteRequest) -> bool:
        """Whether a candidate's log is at least as up to date as this server's (section 5.4.1)."""
        return self.log.is_covered_by(request.last_term, request.end_offset)

    def is_free_for(self, candidate: int) -> bool:
        """Whether this server has not voted for another candidate in its term."""
        return self.voted_for is None or self.voted_for == candidate

    def on_vote_request(self, request: VoteRequest) -> VoteResponse:
        """Votes for the first candidate of the term whose log will do. The vote is durable before it is answered."""
        granted = request.term == self.term and self.has_log_of(request) and self.is_free_for(request.source)
        if granted:
            self.voted_for = request.source
        return VoteResponse(request.target, request.source, self.term, granted)

    def on_vote_response(self, response: VoteResponse) -> None:
        """Counts a vote."""
        if response.granted:
            self.votes.add(response.source)

    def become_leader(self) -> None:
        """Takes every peer to have the whole log, until told otherwise."""
        self.role = Role.LEADER
        self.expect_of_peers(self.log.end_offset)

    # Replication.

    def append_request(self, me: int, peer: int) -> AppendRequest[R]:
        """What a leader sends a peer next: the entry at its next offset, if there is one."""
        start = self.next_offset[peer]
        previous = self.log.epoch_before(start)
        commit_offset = min(self.commit_offset, start + 1, self.log.end_offset)
        return AppendRequest(me, peer, self.term, start, previous, self.log.records[start : start + 1], commit_offset)

    def has_previous(self, request: AppendRequest[R]) -> bool:
        """Whether this server has the entry before those of a request, of the same term (Log Matching)."""
        return request.offset == 0 or self.log.has_epoch_at(request.offset - 1, request.previous_term)

    def refuses(self, request: AppendRequest[R]) -> bool:
        """Whether a request is of an old term, or does not fit the log of a follower."""
        if request.term < self.term:
            return True
        return self.role == Role.FOLLOWER and not self.has_previous(request)

    def accepts(self, request: AppendRequest[R]) -> bool:
        """Whether the entries of a request can be taken over."""
        return request.term == self.term and self.role != Role.LEADER and self.has_previous(request)

    def on_append_refused(self, request: AppendRequest[R]) -> AppendResponse:
        """Answers a request that is not accepted."""
        return AppendResponse(request.target, request.source, self.term, Result.REFUSED, 0)

    def take_over(self, request: AppendRequest[R]) -> None:
        """Puts an entry into the log, in place of one of another term and all that follow it (section 5.3)."""
        for entry in request.entries:
            if not self.log.has_epoch_at(request.offset, entry.epoch):
                self.log.truncate(request.offset)
                self.log.append(entry)

    def on_append_accepted(self, request: AppendRequest[R]) -> AppendResponse:
        """Takes over what a request has, and what it says of commitment."""
        self.take_over(request)
        self.role = Role.FOLLOWER
        self.commit_offset = request.commit_offset
        match_offset = request.offset + len(request.entries)
        return AppendResponse(request.target, request.source, self.term, Result.ACCEPTED, match_offset)

    def on_append_response(self, response: AppendResponse) -> None:
        """Notes how far a follower is, or goes back one entry."""
        peer = response.source
        if response.result == Result.ACCEPTED:
            self.next_offset[peer] = response.match_offset
            self.match_offset[peer] = response.match_offset
        else:
            self.next_offset[peer] = max(self.next_offset[peer] - 1, 0)

    def agreed_offset(self, me: int, copies: int, own_offset: int) -> int:
        """How much of the leader's log so many servers have; it counts itself up to an offset of its own."""
        return max(
            (
                end
                for end in range(1, self.log.end_offset + 1)
                if int(end <= own_offset)
                + sum(1 for peer in self.match_offset if self.match_offset[peer] >= end and peer != me)
                >= copies
            ),
            default=0,
        )

    def committable_offset(self, me: int, copies: int, own_offset: int) -> int:
        """Up to where the leader may commit: by counting copies only for entries of its own term (section 5.4.2)."""
        return self.committable_if_agreed(self.agreed_offset(me, copies, own_offset))

    def commit(self, me: int, end_offset: int) -> None:
        """Takes what the leader has up to an offset to be committed."""
        self.commit_offset = end_offset

    def committable_if_agreed(self, end_offset: int) -> int:
        """Up to where the leader may commit if a quorum has its log up to an offset."""
        if self.log.epoch_before(end_offset) == self.term:
            return max(end_offset, self.commit_offset)
        return self.commit_offset

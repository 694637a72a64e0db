"""Raft in which followers pull entries from the leader, and take whom they voted for to be it.

State, steps and their granularity are those of `PullRaft` in Vanlightly/raft-tlaplus, pull-raft:

* a server pulls from its candidate at once, and the request waits until the candidate leads; a new leader notifies only
  those whose vote it does not have;
* for the same reason there is no vote beside the presumed leader, which is durable;
* every message is sent only once, and a pull is answered only when there is an entry to answer with;
* a follower whose log does not fit is told up to where it can, and truncates;
* a message of a newer term first moves its receiver to that term, in a step of its own.
"""

from enum import Enum
from typing import Annotated, Generic, TypeVar

from .. import In, Map, Set, Struct, action, require
from ..faults.network import RememberingNetwork
from ..log import Offset
from .base import Entry, LastTerm, RaftLog, ServerId, Term, Value
from .properties import RaftProperties


class Role(Enum):
    """What a server is in its term."""

    FOLLOWER = "follower"
    CANDIDATE = "candidate"
    LEADER = "leader"


class LogEnd(Struct):
    """Where a log ends, and the term of the entry before."""

    term: LastTerm
    offset: Offset


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
    """The answer to RequestVote, with the end of the voter's log where leaders want to know."""

    granted: bool
    log_end: LogEnd | None


class LeaderNotice(Message):
    """The source leads the term, and can know up to where the target has its log."""

    common_end: LogEnd | None


class PullRequest(Message):
    """Asks for the entry at an offset, where the last entry is of a term."""

    offset: Offset
    last_term: LastTerm


class PullResponse(Message):
    """The entry asked for."""

    entry: Entry
    commit_offset: Offset


class PullRefusal(Message):
    """The log of the follower does not fit; up to here it can."""

    common_end: LogEnd


AnyMessage = VoteRequest | VoteResponse | LeaderNotice | PullRequest | PullResponse | PullRefusal


class Server(Struct):
    """One server, and what it does with messages and timeouts. Term, presumed leader and log are durable."""

    term: Term
    role: Role
    leader: ServerId | None
    log: RaftLog[Entry]
    commit_offset: Offset
    votes: Set[ServerId]
    match_offset: Map[ServerId, Offset]

    def restart(self) -> None:
        """Comes back with what is durable."""
        self.role = Role.FOLLOWER
        self.commit_offset = 0
        self.votes = Set()
        self.forget_matches()

    def forget_matches(self) -> None:
        """Knows nothing of what others have."""
        for peer in self.match_offset:
            self.match_offset[peer] = 0

    def observe(self, term: int) -> None:
        """Learns of a newer term."""
        self.term = term
        self.role = Role.FOLLOWER
        self.leader = None

    # Elections.

    @property
    def vote(self) -> ServerId | None:
        """Whom this server voted for in its term."""
        return self.leader

    def vote_for(self, candidate: int) -> None:
        """Gives its vote, which is durable before it is answered."""
        self.leader = candidate

    def start_election(self, me: int) -> None:
        """Becomes a candidate of the next term, and votes for itself."""
        self.role = Role.CANDIDATE
        self.term += 1
        self.vote_for(me)
        self.votes = Set([me])

    def vote_request(self, me: int, peer: int) -> VoteRequest:
        """What a candidate asks a peer."""
        return VoteRequest(me, peer, self.term, self.log.last_term, self.log.end_offset)

    def on_vote_request(self, request: VoteRequest) -> VoteResponse:
        """Votes for the first candidate of the term whose log will do."""
        is_free = self.vote is None or self.vote == request.source
        will_do = self.log.is_covered_by(request.last_term, request.end_offset)
        granted = request.term == self.term and will_do and is_free
        if granted:
            self.vote_for(request.source)
        return self.vote_response(request, granted)

    def vote_response(self, request: VoteRequest, granted: bool) -> VoteResponse:
        """The answer to a candidate."""
        return VoteResponse(request.target, request.source, self.term, granted, None)

    def on_vote_response(self, response: VoteResponse) -> None:
        """Counts a vote."""
        if response.granted:
            self.votes.add(response.source)

    def become_leader(self, me: int) -> None:
        """Knows nothing yet of what the others have."""
        self.role = Role.LEADER
        self.forget_matches()

    def notifies(self, me: int, peer: int) -> bool:
        """Whether a new leader has to tell a peer: one that did not vote for it."""
        return peer not in self.votes

    def leader_notice(self, me: int, peer: int) -> LeaderNotice:
        """What a new leader tells a peer."""
        return LeaderNotice(me, peer, self.term, None)

    def on_leader_notice(self, notice: LeaderNotice) -> None:
        """Learns who leads."""
        self.leader = notice.source

    # Replication.

    def pull_request(self, me: int, leader: int) -> PullRequest:
        """Asks for what follows the log."""
        return PullRequest(me, leader, self.term, self.log.end_offset, self.log.last_term)

    def has_prefix_of(self, request: PullRequest) -> bool:
        """Whether the leader has the last entry of a follower."""
        return request.offset == 0 or self.log.has_epoch_at(request.offset - 1, request.last_term)

    def common_end(self, last_term: int, end_offset: int) -> LogEnd:
        """Up to where a log with this end can be the beginning of the leader's."""
        end = self.log.end_of_match_with(last_term, end_offset)
        return LogEnd(self.log.epoch_before(end), end)

    def on_pull_refused(self, request: PullRequest) -> PullRefusal:
        """Answers a follower whose log does not fit."""
        common_end = self.common_end(request.last_term, request.offset)
        return PullRefusal(request.target, request.source, self.term, common_end)

    def on_pull(self, request: PullRequest) -> PullResponse:
        """Takes the request for an acknowledgement of all before it, and answers with the next entry."""
        self.match_offset[request.source] = request.offset
        self.commit_offset = self.committable_offset(request.target)
        commit_offset = min(self.commit_offset, request.offset + 1)
        return PullResponse(request.target, request.source, self.term, self.log.records[request.offset], commit_offset)

    def committable_offset(self, me: int) -> int:
        """Up to where the leader may commit: what a majority has, if that ends in its own term (Raft, figure 8)."""
        agreed = max((end for end in range(1, self.log.end_offset + 1) if self.is_held_below(end, me)), default=0)
        return agreed if agreed > 0 and self.log.epoch_before(agreed) == self.term else self.commit_offset

    def is_held_below(self, end: int, me: int) -> bool:
        """Whether a leader knows a majority to have its log up to an offset."""
        ends = self.match_offset
        return 2 * sum(1 for peer in ends if peer == me or ends[peer] >= end) > len(ends)

    def on_pulled(self, response: PullResponse) -> None:
        """Appends the entry."""
        self.log.append(response.entry)
        self.commit_offset = response.commit_offset

    def on_refused(self, refusal: PullRefusal) -> None:
        """Truncates to what the leader can have."""
        self.log.truncate(refusal.common_end.offset)


S = TypeVar("S", bound=Server)


class PullingServers(RaftProperties, RememberingNetwork[AnyMessage], Generic[S]):
    """Servers of kind S, their messages, and the budgets."""

    max_in_flight = 8
    max_sent = 24

    server: Map[ServerId, S]

    def is_leader(self, server: ServerId) -> bool:
        return self.server[server].role == Role.LEADER

    def term_of(self, server: ServerId) -> int:
        return self.server[server].term

    def vote_of(self, server: ServerId) -> ServerId | None:
        return self.server[server].vote

    def log_of(self, server: ServerId) -> RaftLog[Entry]:
        return self.server[server].log

    def committed_offset_of(self, server: ServerId) -> int:
        return self.server[server].commit_offset

    @action(fault=True, needs="max_restarts")
    def restart(self, server: ServerId) -> None:
        """`Restart`."""
        require(self.restarts < self.max_restarts)
        self.server[server].restart()
        self.restarts += 1

    @action(process="message.target")
    def update_term(self, message: Annotated[AnyMessage, In("sent")]) -> None:
        """Any message of a newer term, even one received before. `UpdateTerm`."""
        me = self.server[message.target]
        require(message.term > me.term)
        me.observe(message.term)

    @action
    def request_vote(self, server: ServerId) -> None:
        """An election timeout. `RequestVote`."""
        me = self.server[server]
        require(self.elections < self.max_elections and me.role != Role.LEADER)
        me.start_election(server)
        self.elections += 1
        for peer in self.server:
            if peer != server:
                self.send_once(me.vote_request(server, peer))

    @action(process="message.target")
    def handle_vote_request(self, message: Annotated[VoteRequest, In("messages")]) -> None:
        """`HandleRequestVoteRequest`."""
        me = self.server[message.target]
        require(message.term <= me.term)
        self.receive(message)
        self.send_once(me.on_vote_request(message))

    @action(process="message.target")
    def handle_vote_response(self, message: Annotated[VoteResponse, In("messages")]) -> None:
        """`HandleRequestVoteResponse`."""
        me = self.server[message.target]
        require(message.term == me.term)
        self.receive(message)
        me.on_vote_response(message)

    @action
    def become_leader(self, server: ServerId) -> None:
        """`BecomeLeader`."""
        me = self.server[server]
        require(me.role == Role.CANDIDATE and self.is_majority(me.votes))
        me.become_leader(server)
        for peer in self.server:
            if me.notifies(server, peer):
                self.send_once(me.leader_notice(server, peer))

    @action
    def client_request(self, server: ServerId, value: Value) -> None:
        """`ClientRequest`."""
        me = self.server[server]
        require(me.role == Role.LEADER and self.acknowledged[value] is None)
        me.log.append(Entry(me.term, value))
        self.acknowledged[value] = False

    @action(process="message.target")
    def refuse_pull_request(self, message: Annotated[PullRequest, In("messages")]) -> None:
        """`RejectPullEntriesRequest`."""
        me = self.server[message.target]
        require(message.term == me.term and me.role == Role.LEADER and not me.has_prefix_of(message))
        self.receive(message)
        self.send_once(me.on_pull_refused(message))

    @action(process="message.target")
    def accept_pull_request(self, message: Annotated[PullRequest, In("messages")]) -> None:
        """`AcceptPullEntriesRequest`."""
        me = self.server[message.target]
        require(message.term == me.term and me.role == Role.LEADER and me.has_prefix_of(message))
        require(me.log.has_offset(message.offset))
        self.receive(message)
        before = me.commit_offset
        self.send_once(me.on_pull(message))
        self.acknowledge(me.log.records[before : me.commit_offset])

    @action(process="message.target")
    def learn_of_leader(self, message: Annotated[LeaderNotice, In("messages")]) -> None:
        """`LearnOfLeader`."""
        me = self.server[message.target]
        require(message.term == me.term)
        self.receive(message)
        me.on_leader_notice(message)

    @action
    def send_pull_request(self, server: ServerId, leader: ServerId) -> None:
        """`SendPullEntriesRequest`."""
        me = self.server[server]
        require(me.role == Role.FOLLOWER and me.leader == leader and leader != server)
        self.send_once(me.pull_request(server, leader))

    @action(process="message.target")
    def handle_success_pull_response(self, message: Annotated[PullResponse, In("messages")]) -> None:
        """`HandleSuccessPullEntriesResponse`."""
        me = self.server[message.target]
        require(message.term == me.term)
        self.receive(message)
        me.on_pulled(message)

    @action(process="message.target")
    def handle_fail_pull_response(self, message: Annotated[PullRefusal, In("messages")]) -> None:
        """`HandleFailPullEntriesResponse`."""
        me = self.server[message.target]
        require(message.term == me.term)
        self.receive(message)
        me.on_refused(message)


class PullRaft(PullingServers[Server]):
    """Raft with followers pulling at once from whom they voted for."""

    acknowledged: Map[Value, bool | None]

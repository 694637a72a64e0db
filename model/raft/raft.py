"""Raft as published by Ongaro and Ousterhout, with the leader pushing entries (USENIX ATC 2014; Ongaro's thesis, 2014).

State, steps and their granularity are those of `Raft` in Vanlightly/raft-tlaplus, standard-raft:

* an election timeout and its vote requests are one step, in which the candidate also votes for itself;
* a request to append carries one entry at most, and a leader waits for the answer before it sends the next;
* a request is sent only once, unless it carries an entry;
* a message of a newer term first moves its receiver to that term, in a step of its own.

Messages in flight are a map from every message ever sent to its copies; here, a bag and a set.
"""

from enum import Enum
from typing import Annotated

from .. import In, Map, Seq, Set, Size, Struct, action, require
from .base import Entry, LastTerm, Offset, RaftLog, ServerId, Term, Value
from .properties import RaftProperties


class Role(Enum):
    """What a server is in its term."""

    FOLLOWER = "follower"
    CANDIDATE = "candidate"
    LEADER = "leader"


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


class AppendRequest(Message):
    """AppendEntries."""

    offset: Offset
    previous_term: LastTerm
    entries: Annotated[Seq[Entry], Size(1)]
    commit_offset: Offset


class AppendResponse(Message):
    """The answer to AppendEntries. `match_offset` is 0 in a refusal."""

    success: bool
    match_offset: Offset


AnyMessage = VoteRequest | VoteResponse | AppendRequest | AppendResponse


class Server(Struct):
    """One server, and what it does with messages and timeouts. Term, vote and log are durable, the rest is not."""

    term: Term
    role: Role
    voted_for: ServerId | None
    log: RaftLog
    commit_offset: Offset
    votes: Set[ServerId]
    next_offset: Map[ServerId, Offset]
    match_offset: Map[ServerId, Offset]
    is_waiting: Map[ServerId, bool]

    def restart(self) -> None:
        """Comes back with what is durable."""
        self.role = Role.FOLLOWER
        self.votes = Set()
        self.commit_offset = 0
        for peer in self.next_offset:
            self.next_offset[peer] = 0
            self.match_offset[peer] = 0
            self.is_waiting[peer] = False

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
        last = self.log.last_term
        return request.last_term > last or (request.last_term == last and request.end_offset >= self.log.end_offset)

    def on_vote_request(self, request: VoteRequest) -> VoteResponse:
        """Votes for the first candidate of the term whose log will do. The vote is durable before it is answered."""
        is_free = self.voted_for is None or self.voted_for == request.source
        granted = request.term == self.term and self.has_log_of(request) and is_free
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
        for peer in self.next_offset:
            self.next_offset[peer] = self.log.end_offset
            self.match_offset[peer] = 0
            self.is_waiting[peer] = False

    # Replication.

    def append_request(self, me: int, peer: int) -> AppendRequest:
        """What a leader sends a peer next: the entry at its next offset, if there is one."""
        start = self.next_offset[peer]
        previous = self.log.records[start - 1].epoch if start > 0 else 0
        commit_offset = min(self.commit_offset, start + 1, self.log.end_offset)
        return AppendRequest(me, peer, self.term, start, previous, self.log.records[start : start + 1], commit_offset)

    def has_previous(self, request: AppendRequest) -> bool:
        """Whether this server has the entry before those of a request, of the same term (Log Matching)."""
        return request.offset == 0 or self.log.has_epoch_at(request.offset - 1, request.previous_term)

    def refuses(self, request: AppendRequest) -> bool:
        """Whether a request is of an old term, or does not fit the log of a follower."""
        if request.term < self.term:
            return True
        return self.role == Role.FOLLOWER and not self.has_previous(request)

    def accepts(self, request: AppendRequest) -> bool:
        """Whether the entries of a request can be taken over."""
        return request.term == self.term and self.role != Role.LEADER and self.has_previous(request)

    def on_append_refused(self, request: AppendRequest) -> AppendResponse:
        """Answers a request that is not accepted."""
        return AppendResponse(request.target, request.source, self.term, False, 0)

    def on_append_accepted(self, request: AppendRequest) -> AppendResponse:
        """Replaces what follows the previous entry, unless the request has nothing and the log ends there."""
        if self.log.end_offset > request.offset:
            self.log.truncate(request.offset)
        for entry in request.entries:
            self.log.append(entry)
        self.role = Role.FOLLOWER
        self.commit_offset = request.commit_offset
        match_offset = request.offset + len(request.entries)
        return AppendResponse(request.target, request.source, self.term, True, match_offset)

    def on_append_response(self, response: AppendResponse) -> None:
        """Notes how far a follower is, or goes back one entry."""
        peer = response.source
        if response.success:
            self.next_offset[peer] = response.match_offset
            self.match_offset[peer] = response.match_offset
        else:
            self.next_offset[peer] = max(self.next_offset[peer] - 1, 0)
        self.is_waiting[peer] = False

    def agreed_offset(self, me: int) -> int:
        """How much of the leader's log a majority has."""
        servers = len(self.match_offset)
        return max(
            (
                end
                for end in range(1, self.log.end_offset + 1)
                if 2 * (1 + sum(1 for peer in self.match_offset if self.match_offset[peer] >= end and peer != me))
                > servers
            ),
            default=0,
        )

    def committable_offset(self, me: int) -> int:
        """Up to where the leader may commit: by counting replicas only for entries of its own term (figure 8)."""
        agreed = self.agreed_offset(me)
        if agreed > 0 and self.log.records[agreed - 1].epoch == self.term:
            return max(agreed, self.commit_offset)
        return self.commit_offset


class Raft(RaftProperties[AnyMessage]):
    """Raft with the leader pushing entries."""

    server: Map[ServerId, Server]

    def is_leader(self, server: ServerId) -> bool:
        return self.server[server].role == Role.LEADER

    def term_of(self, server: ServerId) -> int:
        return self.server[server].term

    def vote_of(self, server: ServerId) -> ServerId | None:
        return self.server[server].voted_for

    def log_of(self, server: ServerId) -> RaftLog:
        return self.server[server].log

    def committed_offset_of(self, server: ServerId) -> int:
        return self.server[server].commit_offset

    @action(fault=True)
    def restart(self, server: ServerId) -> None:
        """`Restart`."""
        require(self.restarts < self.max_restarts)
        self.server[server].restart()
        self.restarts += 1

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

    @action
    def become_leader(self, server: ServerId) -> None:
        """`BecomeLeader`."""
        me = self.server[server]
        require(me.role == Role.CANDIDATE and self.is_majority(me.votes))
        me.become_leader()

    @action
    def client_request(self, server: ServerId, value: Value) -> None:
        """`ClientRequest`."""
        me = self.server[server]
        require(me.role == Role.LEADER and self.acknowledged[value] is None)
        me.log.append(Entry(me.term, value))
        self.acknowledged[value] = False

    @action
    def advance_commit_offset(self, server: ServerId) -> None:
        """`AdvanceCommitIndex`."""
        me = self.server[server]
        require(me.role == Role.LEADER)
        before, after = me.commit_offset, me.committable_offset(server)
        require(before < after)
        self.acknowledge(me.log.records[before:after])
        me.commit_offset = after

    @action
    def append_entries(self, server: ServerId, peer: ServerId) -> None:
        """`AppendEntries`."""
        me = self.server[server]
        require(server != peer and me.role == Role.LEADER and not me.is_waiting[peer])
        request = me.append_request(server, peer)
        me.is_waiting[peer] = True
        if len(request.entries) == 0:
            self.send_once(request)
        else:
            self.send(request)

    @action(process="message.target")
    def update_term(self, message: Annotated[AnyMessage, In("sent")]) -> None:
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
    def refuse_append_request(self, message: Annotated[AppendRequest, In("messages")]) -> None:
        """`RejectAppendEntriesRequest`."""
        me = self.server[message.target]
        require(message.term <= me.term and me.refuses(message))
        self.receive(message)
        self.send(me.on_append_refused(message))

    @action(process="message.target")
    def accept_append_request(self, message: Annotated[AppendRequest, In("messages")]) -> None:
        """`AcceptAppendEntriesRequest`."""
        me = self.server[message.target]
        require(me.accepts(message))
        self.receive(message)
        self.send(me.on_append_accepted(message))

    @action(process="message.target")
    def handle_append_response(self, message: Annotated[AppendResponse, In("messages")]) -> None:
        """`HandleAppendEntriesResponse`."""
        me = self.server[message.target]
        require(message.term == me.term)
        self.receive(message)
        me.on_append_response(message)

"""One server of a Raft cluster whose members change, and its messages (chapter 4 of Ongaro's thesis, 2014).

Who is a member stands in the log: a server goes by the latest configuration there, committed or not (section 4.1), and
back to the one before when the entry is truncated. A protocol says which entries there are, who is a member by them,
and which sets of servers are a quorum.

A server that joins first gets the leader's whole log as a snapshot, where the thesis lets it catch up without a vote.
"""

from enum import Enum
from typing import Annotated, Generic

from .. import Map, Range, Set
from ..log import Offset
from .base import R, RaftLog, ServerId
from .configurations import configuration_end
from .raft import WaitingServer
from .server import AppendRequest, AppendResponse, Message, Result, Role

#: The term of a server: 0 when it never was a member.
ServerTerm = Annotated[int, Range(0, "max_elections + 1")]


class Supply(Enum):
    """What a leader sends a peer next: entries, or its log as a snapshot, unless that is under way."""

    ENTRIES = "entries"
    SNAPSHOT = "snapshot"
    NOTHING = "nothing"


class SnapshotRequest(Message, Generic[R]):
    """A leader's log for a server that joins."""

    log: RaftLog[R]
    commit_offset: Offset


class SnapshotResponse(Message):
    """The answer to a snapshot."""

    match_offset: Offset


class Member(WaitingServer[R]):
    """One server, member or not. Durable is also whether its configuration is known to be committed."""

    term: ServerTerm
    has_committed_configuration: bool
    supply: Map[ServerId, Supply]

    # What a protocol says.

    @property
    def members(self) -> Set[ServerId]:
        """The servers that take part by the latest configuration of this one's log."""
        raise NotImplementedError

    def is_quorum(self, servers: Set[ServerId]) -> bool:
        """Whether servers, members or not, are enough to elect a leader or to commit an entry."""
        raise NotImplementedError

    def is_removal(self, entry: R, server: ServerId) -> bool:
        """Whether a server leaves the cluster when an entry is committed."""
        raise NotImplementedError

    # Life and death.

    def found(self, first: R, peers: Set[ServerId], role: Role) -> None:
        """Begins as a member of a new cluster."""
        self.term = 1
        self.role = role
        self.log.append(first)
        self.learn_committed(1)
        if role == Role.LEADER:
            for peer in peers:
                self.note_match(peer, 1)

    def leave(self) -> None:
        """Is a leader no more, and no member."""
        self.role = Role.NOT_MEMBER
        self.votes = Set()
        self.commit_offset = 0
        self.expect_of_peers(0)

    def wipe(self) -> None:
        """Begins again with an empty disk."""
        self.term = 0
        self.voted_for = None
        self.log.truncate(0)
        self.has_committed_configuration = False
        self.leave()
        self.stop_waiting()

    def expect_of_peers(self, end_offset: int) -> None:
        super().expect_of_peers(end_offset)
        for peer in self.supply:
            self.supply[peer] = Supply.ENTRIES

    # Replication.

    def learn_committed(self, commit_offset: int) -> None:
        """Takes over how much is committed."""
        self.commit_offset = commit_offset
        self.has_committed_configuration = commit_offset >= configuration_end(self.log)

    def has_previous(self, request: AppendRequest[R]) -> bool:
        """As before; the log is never empty, and has to end where a request without an entry says."""
        has_previous = request.offset > 0 and super().has_previous(request)
        return has_previous and (len(request.entries) > 0 or request.offset == self.log.end_offset)

    def result_of(self, request: AppendRequest[R]) -> Result:
        """What is to come of a request. A server that does not know itself for a member needs a snapshot first."""
        if request.term < self.term:
            return Result.STALE_TERM
        if request.target not in self.members:
            return Result.NEEDS_SNAPSHOT
        return Result.REFUSED if super().refuses(request) else Result.ACCEPTED

    def refuses(self, request: AppendRequest[R]) -> bool:
        return self.result_of(request) != Result.ACCEPTED

    def accepts(self, request: AppendRequest[R]) -> bool:
        return super().accepts(request) and self.role != Role.NOT_MEMBER and request.target in self.members

    def on_append_refused(self, request: AppendRequest[R]) -> AppendResponse:
        return AppendResponse(request.target, request.source, self.term, self.result_of(request), 0)

    def on_append_accepted(self, request: AppendRequest[R]) -> AppendResponse:
        """As before, and goes by the configuration that the log has then."""
        response = super().on_append_accepted(request)
        self.learn_committed(request.commit_offset)
        self.role = Role.FOLLOWER if request.target in self.members else Role.NOT_MEMBER
        return response

    def on_append_response(self, response: AppendResponse) -> None:
        """As before, or is to send a snapshot. A leader of an old term is told by the term, and does nothing here."""
        peer = response.source
        if response.result == Result.NEEDS_SNAPSHOT:
            self.plan_snapshot(peer)
            self.is_waiting[peer] = False
        elif response.result == Result.STALE_TERM:
            self.is_waiting[peer] = False
        else:
            super().on_append_response(response)
            self.supply[peer] = Supply.ENTRIES

    def note_match(self, peer: int, match_offset: int) -> None:
        """A peer has all entries up to there, and gets the next ones."""
        self.next_offset[peer] = match_offset
        self.match_offset[peer] = match_offset
        self.supply[peer] = Supply.ENTRIES

    def committable_among_members(self, me: int) -> int:
        """Up to where the leader may commit. One that is about to leave does not count itself (section 4.2.2)."""
        ends = range(1, self.log.end_offset + 1)
        return self.committable_if_agreed(
            max((end for end in ends if self.is_quorum(self.holders(me, end))), default=0)
        )

    def holders(self, me: int, end_offset: int) -> Set[ServerId]:
        """The servers that a leader knows to have its log up to an offset."""
        return Set(peer for peer in self.match_offset if peer == me or self.match_offset[peer] >= end_offset)

    def commit(self, me: int, end_offset: int) -> None:
        """Takes entries to be committed, and leaves if one of them says so."""
        entries = self.log.records[self.commit_offset : end_offset]
        self.learn_committed(end_offset)
        if any(self.is_removal(entry, me) for entry in entries):
            self.leave()

    # Changes of the configuration.

    def change_configuration(self, entry: R) -> None:
        """Appends a configuration. It counts from now on."""
        self.log.append(entry)
        self.has_committed_configuration = False

    def plan_snapshot(self, peer: int) -> None:
        """Is to send a peer a snapshot, and no entries before."""
        self.next_offset[peer] = 0
        self.supply[peer] = Supply.SNAPSHOT

    def snapshot_request(self, me: int, peer: int) -> SnapshotRequest[R]:
        """What a leader sends a server that joins."""
        return SnapshotRequest(me, peer, self.term, self.log, self.commit_offset)

    def on_snapshot_request(self, request: SnapshotRequest[R]) -> SnapshotResponse:
        """Takes over a leader's log."""
        self.log = request.log
        self.learn_committed(request.commit_offset)
        return SnapshotResponse(request.target, request.source, self.term, request.log.end_offset)

    def on_snapshot_response(self, response: SnapshotResponse) -> None:
        """Goes on with entries."""
        self.note_match(response.source, response.match_offset)

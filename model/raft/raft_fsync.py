"""Raft with a log that has to be flushed before it is durable.

State, steps and their granularity are those of `RaftFsync` in Vanlightly/raft-tlaplus, raft-and-fsync. What a server
has appended and not flushed is lost when it restarts; term and vote are durable at once. Three constants say who
flushes when: a leader before it sends an entry, a leader before it counts itself among the copies, a follower before it
answers. A leader does not wait for answers, no message is sent twice, and a candidate asks its peers one at a time.

As published, a server that replaces entries does not note that the new ones are not flushed: what it has flushed counts
entries, whichever they are.
"""

from typing import Any, Never

from .. import Constant, action, choose, require
from ..log import Offset
from .base import Entry, ServerId
from .cluster import Cluster
from .push import PushRaft
from .rounds import Rounds
from .server import AppendRequest, AppendResponse, Role, Server


class FlushingServer(Server[Entry]):
    """A server whose log is durable up to an offset."""

    flushed_offset: Offset

    def restart(self) -> None:
        super().restart()
        self.log.truncate(min(self.flushed_offset, self.log.end_offset))

    def flush(self) -> None:
        """Makes the whole log durable."""
        self.flushed_offset = self.log.end_offset


class Flushing(Cluster[FlushingServer]):
    """A cluster with logs that are flushed in steps of their own."""

    leader_fsync_before_include_in_quorum: Constant[bool] = True
    follower_fsync_before_reply: Constant[bool] = True

    def own_offset(self, leader: ServerId) -> int:
        me = self.server[leader]
        return me.flushed_offset if self.leader_fsync_before_include_in_quorum else me.log.end_offset

    def accept(self, request: AppendRequest[Any]) -> AppendResponse:
        response = super().accept(request)
        if self.follower_fsync_before_reply:
            self.server[request.target].flush()
        return response

    @action
    def advance_flushed_offset(self, server: ServerId) -> None:
        """One more entry is durable. `AdvanceFsyncIndex`."""
        me = self.server[server]
        require(me.flushed_offset < me.log.end_offset)
        me.flushed_offset += 1


class RaftFsync(Flushing, PushRaft[Entry, Never, FlushingServer]):
    """Raft with a log that has to be flushed, message by message."""

    max_sent = 24
    leader_fsync_before_append_entries: Constant[bool] = False

    @action
    def time_out(self, server: ServerId) -> None:
        """`Timeout`."""
        self.start_election(server)

    def request_vote(self, server: ServerId) -> None:
        """A candidate asks one of its peers. `RequestVote`."""
        me = self.server[server]
        require(me.role == Role.CANDIDATE)
        peer = choose(peer for peer in self.server if peer != server)
        self.send(me.vote_request(server, peer))

    def append_entries(self, server: ServerId, peer: ServerId) -> None:
        me = self.server[server]
        is_durable = me.flushed_offset >= min(me.next_offset[peer] + 1, me.log.end_offset)
        require(is_durable or not self.leader_fsync_before_append_entries)
        super().append_entries(server, peer)


class RaftFsyncInRounds(Flushing, Rounds[FlushingServer]):
    """Raft with a log that has to be flushed, in rounds."""

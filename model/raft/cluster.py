"""The servers of a Raft cluster with a pushing leader, and the steps in which no other server takes part.

How servers talk to each other a composition adds: message by message (`push.py`) or in rounds (`rounds.py`).
"""

from typing import Any, Generic, TypeVar

from .. import Map, action, require
from ..log import ReplicaLog
from .base import Entry, ServerId, Value
from .properties import RaftProperties
from .server import AppendRequest, AppendResponse, Role, Server

S = TypeVar("S", bound=Server[Any])


class Cluster(RaftProperties, Generic[S]):
    """Raft without communication. S is what a server does."""

    server: Map[ServerId, S]

    def is_leader(self, server: ServerId) -> bool:
        return self.server[server].role == Role.LEADER

    def term_of(self, server: ServerId) -> int:
        return self.server[server].term

    def vote_of(self, server: ServerId) -> ServerId | None:
        return self.server[server].voted_for

    def log_of(self, server: ServerId) -> ReplicaLog[Any]:
        return self.server[server].log

    def committed_offset_of(self, server: ServerId) -> int:
        return self.server[server].commit_offset

    def election_quorum(self) -> int:
        """How many votes make a leader."""
        return self.servers // 2 + 1

    def replication_quorum(self) -> int:
        """How many copies of an entry commit it."""
        return self.servers // 2 + 1

    def is_peer(self, server: ServerId, peer: ServerId) -> bool:
        """Whether a candidate or leader has to do with another server."""
        return server != peer

    def may_stand(self, server: ServerId) -> bool:
        """Whether a server takes part in elections."""
        return True

    def is_elected(self, candidate: ServerId) -> bool:
        """Whether a candidate has the votes of a quorum."""
        return len(self.server[candidate].votes) >= self.election_quorum()

    def own_offset(self, leader: ServerId) -> int:
        """Up to where a leader counts its own log among the copies."""
        return self.server[leader].log.end_offset

    def committable_offset(self, leader: ServerId) -> int:
        """Up to where a leader may commit."""
        return self.server[leader].committable_offset(leader, self.replication_quorum(), self.own_offset(leader))

    def accept(self, request: AppendRequest[Any]) -> AppendResponse:
        """A server takes over what it is to append, and answers."""
        return self.server[request.target].on_append_accepted(request)

    @action(fault=True, needs="max_restarts")
    def restart(self, server: ServerId) -> None:
        """`Restart`."""
        require(self.restarts < self.max_restarts)
        self.server[server].restart()
        self.restarts += 1

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
        before, after = me.commit_offset, self.committable_offset(server)
        require(before < after)
        self.acknowledge(me.log.records[before:after])
        me.commit(server, after)

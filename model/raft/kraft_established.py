"""KRaft quorums that start with a leader that all follow: so more of what comes after fits into a search."""

from typing import Generic

from .. import choose, init
from .base import Entry, ServerId, Value
from .kraft import BeginQuorumResponse, V, VoterQuorum, X
from .kraft_restart import R, RestartingQuorum, RestartingVoter
from .kraft_server import Role


class Established(VoterQuorum[X, V], Generic[X, V]):
    """A quorum whose first election is over: one server leads, with all votes, and the others follow it."""

    servers = 3
    max_in_flight = 9

    @init
    def start(self) -> None:
        leader = choose(self.members(ServerId))
        self.elections = 1
        for name in self.server:
            server = self.server[name]
            server.epoch = 2
            server.role = Role.LEADER if name == leader else Role.FOLLOWER
            server.leader = leader
            server.voted_for = leader
            if name == leader:
                server.votes = self.members(ServerId)
        self.settle()

    def settle(self) -> None:
        """Says what else is so when all have followed the leader for a while."""


class Committed(Established[BeginQuorumResponse, V], Generic[V]):
    """An established quorum with a committed entry, on the leader and one follower, who know so."""

    def settle(self) -> None:
        value = choose(self.members(Value))
        follower = choose(name for name in self.server if self.server[name].role == Role.FOLLOWER)
        self.acknowledged[value] = True
        for name in self.server:
            server = self.server[name]
            if name == follower or server.role == Role.LEADER:
                server.log.append(Entry(server.epoch, value))
                server.high_watermark = server.log.end_offset
            if server.role == Role.LEADER:
                server.fetched_offset[follower] = server.log.end_offset


class RestartingCommitted(Committed[R], RestartingQuorum[BeginQuorumResponse, R], Generic[R]):
    """A quorum with a committed entry, and losses of power."""


class KRaftCommitted(RestartingCommitted[RestartingVoter]):
    """KRaft with a committed entry, and losses of power."""

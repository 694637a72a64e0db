"""KRaft quorums with a leader that all follow, and links between their servers that fail.

Time is as it should be: a server stands for election only when it does not know a leader, or is cut off from it. What
the links then do to a leader that has a majority is the disruption that pre-vote (KIP-996) and check-quorum are about.
"""

from typing import Any, Generic

from .. import Set, implies, require, step_invariant
from ..faults.partitions import Partitions
from .base import Entry, ServerId, Value
from .kraft import BeginQuorumResponse, V, X
from .kraft_established import Established
from .kraft_pre_vote import P, PreVoteQuorum, PreVoter, PreVoteRequest, PreVoteResponse
from .kraft_server import AnyMessage, Role


class Partitioned(Established[X, V], Partitions[ServerId], Generic[X, V]):
    """An established quorum with links that fail, in which nobody writes."""

    def client_request(self, server: ServerId, value: Value) -> None:
        require(False)

    def receive(self, message: AnyMessage[Entry] | BeginQuorumResponse | X) -> None:
        require(self.is_connected(message.source, message.target))
        super().receive(message)

    def are_linked(self, one: ServerId, other: ServerId) -> bool:
        """Whether two servers hear each other."""
        return self.is_connected(one, other) and self.is_connected(other, one)

    def times_out(self, server: ServerId) -> bool:
        """A server times out when it knows no leader, itself included, or does not hear from it."""
        leader = self.server[server].leader
        return leader is None or leader == server or not self.are_linked(leader, server)


class MinorityCut(Partitioned[X, V], Generic[X, V]):
    """Links fail, and a leader keeps those with a majority that follows it."""

    def cut_one_way(self, source: ServerId, target: ServerId) -> None:
        super().cut_one_way(source, target)
        require(self.some_leader_has_majority())

    def isolate(self, process: ServerId) -> None:
        super().isolate(process)
        require(self.some_leader_has_majority())

    def some_leader_has_majority(self) -> bool:
        """Whether there is a leader with a majority."""
        return any(self.has_majority(leader) for leader in self.members(ServerId))

    def is_served_by(self, leader: ServerId, follower: ServerId) -> bool:
        """Whether a server follows the leader of its epoch, and can fetch from it."""
        me = self.server[follower]
        is_following = me.role == Role.FOLLOWER and me.leader == leader and me.epoch == self.server[leader].epoch
        return is_following and self.are_linked(leader, follower)

    def has_majority(self, leader: ServerId) -> bool:
        """Whether a server leads, and with its followers is a majority."""
        served = Set([peer for peer in self.server if peer == leader or self.is_served_by(leader, peer)])
        return self.is_leader(leader) and self.is_majority(served)

    @step_invariant
    def leader_with_majority_stays(self, after: "MinorityCut[Any, Any]") -> bool:
        """A leader that a majority follows, and can fetch from, is not deposed."""
        return all(
            implies(
                self.has_majority(leader),
                after.is_leader(leader) and after.term_of(leader) == self.term_of(leader),
            )
            for leader in self.members(ServerId)
        )


class PreVotePartitioned(MinorityCut[PreVoteRequest | PreVoteResponse, P], PreVoteQuorum[P], Generic[P]):
    """A quorum with pre-vote, and with links that fail."""

    def settle(self) -> None:
        for server in self.server.values():
            server.has_fetched = server.role == Role.FOLLOWER

    def is_served_by(self, leader: ServerId, follower: ServerId) -> bool:
        return super().is_served_by(leader, follower) and self.server[follower].has_fetched


class KRaftPreVotePartitioned(PreVotePartitioned[PreVoter]):
    """KRaft with pre-vote, and with links that fail."""

"""What both ways to change a Raft cluster share: the steps, composed of what one server does.

State, steps and their granularity are those of `RaftWithReconfigAddRemove` and `RaftWithReconfigJointConsensus` in
Vanlightly/raft-tlaplus, standard-raft. They differ from `Raft` there in this:

* the cluster is in operation: its first members have the first configuration, committed, in their logs, and one leads;
* a candidate or leader has to do with the members of its configuration, whether that is committed or not;
* a request to append that has no entry is accepted only by a log that ends where the leader thinks it ends;
* a vote response is for candidates and an append response for leaders: a server that is none leaves it in flight;
* clients submit so many values a term.
"""

from typing import Annotated, Any, Generic, TypeVar

from .. import Auxiliary, Constant, In, Map, Range, Set, action, implies, init, invariant, require
from .base import R, ServerId, Term, Value
from .cluster import Cluster
from .membership import Member, SnapshotRequest, SnapshotResponse, Supply
from .raft import WaitingRaft
from .rounds import Rounds
from .server import AppendResponse, Role, VoteResponse

S = TypeVar("S", bound=Member[Any])


class Reconfiguration(Cluster[S], Generic[R, S]):
    """A cluster that changes, without communication. R are the entries of a log, S is what a server does."""

    init_cluster_size: Annotated[Constant[int], Range(1, "servers")] = 2
    max_values_per_term: Annotated[Constant[int], Range(0, 4)] = 1

    submitted: Auxiliary[Map[Term, Annotated[int, Range(0, "max_values_per_term")]]]

    def first_configuration(self, members: Set[ServerId]) -> R:
        """The entry that every log begins with."""
        raise NotImplementedError

    @init
    def found_cluster(self) -> None:
        """The first servers are the members, and the first of them leads. All are alike: any others would do."""
        members: Set[ServerId] = Set()
        for server in self.server:
            if len(members) < self.init_cluster_size:
                members.add(server)
        first = self.first_configuration(members)
        role = Role.LEADER
        for server in self.server:
            if server in members:
                self.server[server].found(first, members, role)
                role = Role.FOLLOWER
            else:
                self.server[server].leave()

    def is_peer(self, server: ServerId, peer: ServerId) -> bool:
        return server != peer and peer in self.server[server].members

    def may_stand(self, server: ServerId) -> bool:
        me = self.server[server]
        return me.role != Role.NOT_MEMBER and server in me.members

    def is_elected(self, candidate: ServerId) -> bool:
        return self.server[candidate].is_quorum(self.server[candidate].votes)

    def committable_offset(self, leader: ServerId) -> int:
        return self.server[leader].committable_among_members(leader)

    def client_request(self, server: ServerId, value: Value) -> None:
        """`ClientRequest`."""
        super().client_request(server, value)
        term = self.server[server].term
        require(self.submitted[term] < self.max_values_per_term)
        self.submitted[term] += 1

    @invariant(on_request=True)
    def committed_entries_reach_majority(self) -> bool:
        """If leaders have committed something, one has it on a majority of its configuration, itself included.

        `CommittedEntriesReachMajority`. Not to be expected: a new configuration counts before it is committed.
        """
        return implies(self.leaders_have_committed(), any(self.is_on_majority(leader) for leader in self.server))

    def is_on_majority(self, leader: ServerId) -> bool:
        """Whether a leader and more than half of its members have the last entry it has committed."""
        members = self.server[leader].members
        return (
            self.has_committed(leader)
            and leader in members
            and 2 * sum(1 for server in members if self.has_last_committed_of(leader, server)) > len(members)
        )


class ReconfigurableRaft(
    WaitingRaft[R, SnapshotRequest[R] | SnapshotResponse, S], Reconfiguration[R, S], Generic[R, S]
):
    """A cluster that changes, message by message."""

    max_in_flight = 4
    max_sent = 20

    def handle_vote_response(self, message: Annotated[VoteResponse, In("messages")]) -> None:
        """`HandleRequestVoteResponse`."""
        require(self.server[message.target].role == Role.CANDIDATE)
        super().handle_vote_response(message)

    def append_entries(self, server: ServerId, peer: ServerId) -> None:
        """`AppendEntries`."""
        require(self.server[server].supply[peer] == Supply.ENTRIES)
        super().append_entries(server, peer)

    def handle_append_response(self, message: Annotated[AppendResponse, In("messages")]) -> None:
        """`HandleAppendEntriesResponse`."""
        require(self.server[message.target].role == Role.LEADER)
        super().handle_append_response(message)

    @action
    def send_snapshot(self, server: ServerId, peer: ServerId) -> None:
        """`SendSnapshot`."""
        me = self.server[server]
        require(me.role == Role.LEADER and self.is_peer(server, peer) and me.supply[peer] == Supply.SNAPSHOT)
        me.supply[peer] = Supply.NOTHING
        self.send(me.snapshot_request(server, peer))

    @action(process="message.target")
    def handle_snapshot_request(self, message: Annotated[SnapshotRequest[R], In("messages")]) -> None:
        """`HandleSnapshotRequest`."""
        me = self.server[message.target]
        require(message.term == me.term and me.role == Role.FOLLOWER)
        self.receive(message)
        self.send(me.on_snapshot_request(message))

    @action(process="message.target")
    def handle_snapshot_response(self, message: Annotated[SnapshotResponse, In("messages")]) -> None:
        """`HandleSnapshotResponse`."""
        me = self.server[message.target]
        require(message.term == me.term and me.supply[message.source] == Supply.NOTHING)
        self.receive(message)
        me.on_snapshot_response(message)


class ReconfigurationInRounds(Rounds[S], Reconfiguration[R, S], Generic[R, S]):
    """A cluster that changes, in rounds."""

    def ask_to_append(self, leader: ServerId, follower: ServerId) -> None:
        """A request to append and the answer, or a snapshot."""
        me, other = self.server[leader], self.server[follower]
        if me.supply[follower] == Supply.ENTRIES:
            super().ask_to_append(leader, follower)
            return
        if other.term < me.term:
            other.observe(me.term)
        require(other.term == me.term and other.role == Role.FOLLOWER)
        me.on_snapshot_response(other.on_snapshot_request(me.snapshot_request(leader, follower)))

"""Raft that adds or removes one server at a time (section 4.1 of Ongaro's thesis, with the correction of 2015).

A quorum of a cluster and one of the cluster with one server more or less have a server in common, so a configuration
may count as soon as it is in a log. That holds for two configurations that follow each other. As published, a leader
began a change whenever the last configuration it knew was committed; another leader, of an earlier term, could have
appended one that it did not know, to the same predecessor, and the quorums of these two need not meet. So a leader
first commits an entry of its own term (D. Ongaro, "bug in single-server membership changes", raft-dev, 10 July 2015).

State and steps are those of `RaftWithReconfigAddRemove` in Vanlightly/raft-tlaplus, standard-raft, except that entries
have no consecutive number: it can be counted in the log, and so can be seen who was added or removed.
"""

from typing import Annotated

from .. import Auxiliary, Constant, Range, Set, action, implies, invariant, require
from .base import Entry, ServerId
from .configurations import AddServer, InitCluster, RemoveServer, Voters, is_majority, latest_voters
from .membership import Member
from .reconfiguration import ReconfigurableRaft, Reconfiguration, ReconfigurationInRounds

#: A log has the first configuration, all changes, and the values of clients.
_LOG_SIZE = "1 + max_add_reconfigs + max_remove_reconfigs + min(values, max_values_per_term * (max_elections + 1))"

AnyEntry = Entry | InitCluster | AddServer | RemoveServer


class Server(Member[AnyEntry]):
    """One server. A quorum is a majority of the members."""

    @property
    def members(self) -> Set[ServerId]:
        return latest_voters(self.log)

    def is_quorum(self, servers: Set[ServerId]) -> bool:
        return is_majority(servers, self.members)

    def is_removal(self, entry: AnyEntry, server: ServerId) -> bool:
        return isinstance(entry, RemoveServer) and server not in entry.voters

    def has_committed_in_own_term(self) -> bool:
        """Whether a leader knows an entry of its term to be committed."""
        return self.log.has_epoch_below(self.commit_offset, self.term)


class AddRemove(Reconfiguration[AnyEntry, Server]):
    """A cluster that changes by one server at a time."""

    log_size: Annotated[Constant[int], Range(_LOG_SIZE, _LOG_SIZE)] = 4

    max_elections = 1
    max_add_reconfigs: Annotated[Constant[int], Range(0, 4)] = 0
    max_remove_reconfigs: Annotated[Constant[int], Range(0, 4)] = 1
    min_cluster_size: Annotated[Constant[int], Range(0, 9)] = 1
    max_cluster_size: Annotated[Constant[int], Range(1, 9)] = 4
    include_thesis_bug: Constant[bool] = False

    additions: Auxiliary[Annotated[int, Range(0, "max_add_reconfigs")]]
    removals: Auxiliary[Annotated[int, Range(0, "max_remove_reconfigs")]]

    def first_configuration(self, members: Set[ServerId]) -> AnyEntry:
        return InitCluster(1, members)

    def may_reconfigure(self, server: ServerId) -> bool:
        """Whether a leader may begin a change: one at a time, and not before it has committed an entry of its term."""
        me = self.server[server]
        return me.has_committed_configuration and (self.include_thesis_bug or me.has_committed_in_own_term())

    @action
    def append_add_server(self, server: ServerId, added: ServerId) -> None:
        """`AppendAddServerCommandToLog`."""
        me = self.server[server]
        require(self.is_leader(server) and self.may_reconfigure(server))
        require(self.additions < self.max_add_reconfigs and len(me.members) < self.max_cluster_size)
        require(added not in me.members)
        me.change_configuration(AddServer(me.term, me.members | {added}))
        me.plan_snapshot(added)
        self.additions += 1

    @action
    def append_remove_server(self, server: ServerId, removed: ServerId) -> None:
        """A leader may remove itself. `AppendRemoveServerCommandToLog`."""
        me = self.server[server]
        require(self.is_leader(server) and self.may_reconfigure(server))
        require(self.removals < self.max_remove_reconfigs and len(me.members) > self.min_cluster_size)
        require(removed in me.members)
        me.change_configuration(RemoveServer(me.term, me.members - {removed}))
        self.removals += 1

    @invariant
    def max_one_reconfiguration_at_a_time(self) -> bool:
        """A leader knows of one configuration at most that is not committed. `MaxOneReconfigurationAtATime`."""
        return all(
            implies(
                self.is_leader(leader),
                sum(
                    1
                    for entry in self.server[leader].log.records[self.server[leader].commit_offset :]
                    if isinstance(entry, Voters)
                )
                <= 1,
            )
            for leader in self.server
        )


class EmptiedDisks(AddRemove):
    """Servers come back with an empty disk under their old identity once they are out of the cluster.

    That is not safe: such a server has forgotten whom it voted for, and an old leader may still take it for a member.
    """

    @action(fault=True)
    def reset_with_same_identity(self, server: ServerId) -> None:
        """Somebody empties the disk of a server that the newest leader takes to be out. `ResetWithSameIdentity`."""
        require(self.server[server].term > 0)
        require(any(self.is_newest_leader(leader) for leader in self.server))
        require(all(self.has_removed(leader, server) for leader in self.server if self.is_newest_leader(leader)))
        self.server[server].wipe()

    def has_removed(self, leader: ServerId, server: ServerId) -> bool:
        """Whether a leader knows a committed configuration without some other server."""
        me = self.server[leader]
        return leader != server and server not in me.members and me.has_committed_configuration


class RaftAddRemove(EmptiedDisks, ReconfigurableRaft[AnyEntry, Server]):
    """Raft that adds or removes one server at a time, with disks that are emptied."""


class RaftAddRemoveInRounds(AddRemove, ReconfigurationInRounds[AnyEntry, Server]):
    """Raft that adds or removes one server at a time, in rounds."""


class EmptiedDisksInRounds(EmptiedDisks, ReconfigurationInRounds[AnyEntry, Server]):
    """Raft that adds or removes one server at a time, in rounds, with disks that are emptied."""

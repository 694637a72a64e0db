"""Raft that replaces any number of servers at once, by joint consensus (section 6 of the paper, 4.3 of the thesis).

A change takes two entries. The first names the old and the new members: from then on a majority of both is needed,
to elect and to commit. When it is committed, the second leaves the new members alone. A leader that is not one of
them leads until that is committed.

State and steps are those of `RaftWithReconfigJointConsensus` in Vanlightly/raft-tlaplus, standard-raft.
"""

from typing import Annotated

from .. import Auxiliary, Constant, Range, Set, action, implies, invariant, require
from .base import Entry, ServerId
from .configurations import Configuration, Voters, configuration_end, is_majority
from .membership import Member
from .reconfiguration import ReconfigurableRaft, Reconfiguration, ReconfigurationInRounds
from .server import Role

#: Leaders number changes in the order in which they begin them, all together. The first configuration has number 1 too.
Number = Annotated[int, Range(1, "max(1, max_reconfigs)")]


class OldAndNew(Configuration):
    """OldNewConfigCommand: both the old and the new members decide."""

    number: Number
    old: Set[ServerId]
    new: Set[ServerId]


class New(Voters):
    """NewConfigCommand: the members decide."""

    number: Number


#: A log has the first configuration, two entries a change, and the values of clients.
_LOG_SIZE = "1 + 2 * max_reconfigs + min(values, max_values_per_term * (max_elections + 1))"

AnyEntry = Entry | OldAndNew | New


class Server(Member[AnyEntry]):
    """One server. A quorum is a majority of the members, or of the old and of the new ones."""

    @property
    def members(self) -> Set[ServerId]:
        for entry in reversed(self.log.records):
            if isinstance(entry, New):
                return entry.voters
            if isinstance(entry, OldAndNew):
                return entry.old | entry.new
        return Set()

    def is_quorum(self, servers: Set[ServerId]) -> bool:
        for entry in reversed(self.log.records):
            if isinstance(entry, New):
                return is_majority(servers, entry.voters)
            if isinstance(entry, OldAndNew):
                return is_majority(servers, entry.old) and is_majority(servers, entry.new)
        return False

    def is_removal(self, entry: AnyEntry, server: ServerId) -> bool:
        return isinstance(entry, New) and server not in entry.voters

    def joint(self) -> OldAndNew | None:
        """The latest configuration, if it is a joint one that is committed: its new members are to follow."""
        entry = self.log.records[configuration_end(self.log) - 1]
        is_committed = self.commit_offset >= configuration_end(self.log)
        return entry if isinstance(entry, OldAndNew) and is_committed else None

    def may_begin(self) -> bool:
        """Whether a leader may begin a change: the last one has come to its end."""
        entry = self.log.records[configuration_end(self.log) - 1]
        return isinstance(entry, New) and self.has_committed_configuration

    def alternates(self) -> bool:
        """Whether joint configurations and others take turns in the log."""
        joint = [isinstance(entry, OldAndNew) for entry in self.log.records if isinstance(entry, Configuration)]
        return all(joint[number] != joint[number + 1] for number in range(len(joint) - 1))


class JointConsensus(Reconfiguration[AnyEntry, Server]):
    """A cluster that changes by joint consensus.

    `reconfig_type` is 1 for any change, 2 for the replacement of one server, 3 for additions, 4 for removals.
    """

    init_cluster_size = 1
    max_elections = 0
    max_reconfigs: Annotated[Constant[int], Range(0, 4)] = 1
    reconfig_type: Annotated[Constant[int], Range(1, 4)] = 1
    log_size: Annotated[Constant[int], Range(_LOG_SIZE, _LOG_SIZE)] = 4

    changes: Auxiliary[Annotated[int, Range(0, "max_reconfigs")]]

    def first_configuration(self, members: Set[ServerId]) -> AnyEntry:
        return New(1, members, 1)

    def is_allowed(self, added: Set[ServerId], removed: Set[ServerId]) -> bool:
        """Whether a change is of the type that is looked at."""
        if self.reconfig_type == 2:
            return len(added) == 1 and len(removed) == 1
        if self.reconfig_type == 3:
            return len(added) > 0 and len(removed) == 0
        if self.reconfig_type == 4:
            return len(added) == 0 and len(removed) > 0
        return len(added) > 0 or len(removed) > 0

    @action
    def append_old_and_new(self, server: ServerId, new: Set[ServerId]) -> None:
        """A leader begins a change. `AppendOldNewConfigToLog`."""
        me = self.server[server]
        require(me.role == Role.LEADER and self.changes < self.max_reconfigs and me.may_begin())
        old = me.members
        require(self.is_allowed(new - old, old - new))
        me.change_configuration(OldAndNew(me.term, self.changes + 1, old, new))
        for peer in self.server:
            if peer in new and peer not in old:
                me.plan_snapshot(peer)
        self.changes += 1

    @action
    def append_new(self, server: ServerId) -> None:
        """A leader ends a change. `AppendNewConfigToLog`."""
        me = self.server[server]
        require(me.role == Role.LEADER)
        joint = me.joint()
        require(joint is not None)
        assert joint is not None
        me.change_configuration(New(me.term, joint.new, joint.number))

    @invariant
    def max_one_reconfiguration_at_a_time(self) -> bool:
        """In every log, a change ends before the next one begins. `MaxOneReconfigurationAtATime`."""
        return all(
            implies(self.server[server].log.end_offset > 1, self.server[server].alternates()) for server in self.server
        )


class RaftJointConsensus(JointConsensus, ReconfigurableRaft[AnyEntry, Server]):
    """Raft that changes its cluster by joint consensus, message by message."""


class RaftJointConsensusInRounds(JointConsensus, ReconfigurationInRounds[AnyEntry, Server]):
    """Raft that changes its cluster by joint consensus, in rounds."""

"""What replication is supposed to promise, in terms of the state alone.

The first three are published in `KafkaReplication` of hachikuji/kafka-specification; the others are ours. A record is
*visible* at a replica when it is below that replica's high watermark: the leader of the moment lets consumers read it.
A *candidate* is a member of the quorum's in-sync set: the controller may elect it at any time, without asking anyone.

Nothing remembers what consumers have read. It need not: some broker is slow enough to keep the high watermark they saw.
`visible_records_are_on_every_candidate` failed as often and as early as the same property of a model that did remember,
for every version and for KIP-320 without each of its guards.
"""

from .. import implies, invariant, step_invariant, witness
from .state import Broker, ReplicationState


class ReplicationProperties(ReplicationState):
    """The properties that all versions are checked against. Old versions break some of them."""

    # Published.

    @invariant
    def weak_isr(self) -> bool:
        """What is visible at a presumed leader is on every replica that this leader takes to be in sync.

        Published as `WeakIsr`. Weak, because it is not the leader's opinion that decides who is elected next.
        """
        return all(
            self.has_visible_records_of(leader, member)
            for leader in self.replica
            if self.serves_consumers(leader)
            for member in self.replica[leader].isr
        )

    @invariant
    def strong_isr(self) -> bool:
        """What is visible at a presumed leader is on every candidate.

        Published as `StrongIsr`.
        """
        return all(
            self.has_visible_records_of(leader, candidate)
            for leader in self.replica
            if self.serves_consumers(leader)
            for candidate in self.quorum.isr
        )

    @invariant(on_request=True)
    def leader_in_isr(self) -> bool:
        """The quorum has a leader, and it is in the in-sync set.

        Published as `LeaderInIsr`, and false as published: before the first election there is no leader at all.
        """
        return self.quorum.leader is not None and self.quorum.leader in self.quorum.isr

    # No visible record is lost.

    @invariant
    def visible_records_are_on_every_candidate(self) -> bool:
        """What is visible anywhere is on every candidate.

        Stronger than `strong_isr`: a follower's high watermark counts as well. It came from some leader, so consumers
        may have read what is below it, even if that leader has stepped down since.
        """
        return all(
            self.has_visible_records_of(replica, candidate)
            for replica in self.replica
            if self.replica[replica].high_watermark > 0
            for candidate in self.quorum.isr
        )

    @step_invariant
    def visible_records_are_never_lost(self, after: "ReplicationProperties") -> bool:
        """What a presumed leader let consumers read before a step is on every candidate after it.

        This sees what the invariants cannot: a leader that drops a visible record forgets that it was visible.
        """
        return all(
            self.replica[leader].log.agrees_below(self.replica[leader].high_watermark, after.replica[candidate].log)
            for leader in self.replica
            if self.serves_consumers(leader)
            for candidate in after.quorum.isr
        )

    @invariant
    def visible_records_are_never_replaced(self) -> bool:
        """An offset that is visible at two replicas has the same record at both: consumers never disagree."""
        return all(
            self.replica[one].log.agrees_below(self.visible_at_both(one, other), self.replica[other].log)
            for one in self.replica
            for other in self.replica
            if one != other and self.visible_at_both(one, other) > 0
        )

    # Leaders and epochs.

    @invariant
    def elected_leader_is_in_sync(self) -> bool:
        """A leader in the quorum is in the in-sync set: what `leader_in_isr` means once somebody is elected."""
        return implies(self.quorum.leader is not None, self.quorum.leader in self.quorum.isr)

    @invariant
    def one_leader_per_epoch(self) -> bool:
        """No two replicas presume leadership in the same epoch."""
        return all(
            self.replica[one].leader_epoch != self.replica[other].leader_epoch
            for one in self.replica
            if self.presumes_leadership(one)
            for other in self.replica
            if one != other and self.presumes_leadership(other)
        )

    @step_invariant
    def leader_epochs_never_move_back(self, after: "ReplicationProperties") -> bool:
        """Neither a replica nor the quorum ever returns to an earlier leader epoch."""
        return is_not_later(self.quorum.leader_epoch, after.quorum.leader_epoch) and all(
            is_not_later(self.replica[replica].leader_epoch, after.replica[replica].leader_epoch)
            for replica in self.replica
        )

    # Logs.

    @invariant
    def log_matching(self) -> bool:
        """Two logs with the same epoch at an offset have the same records up to and including that offset.

        What truncation by epochs rests on. Raft has the property of the same name.
        """
        return all(
            self.replica[one].log.agrees_below(offset + 1, self.replica[other].log)
            for one in self.replica
            for other in self.replica
            if one != other
            for offset, record in enumerate(self.replica[one].log.records)
            if self.replica[other].log.has_epoch_at(offset, record.epoch)
        )

    @invariant
    def epochs_never_fall_along_a_log(self) -> bool:
        """Every record of a log has the epoch of the record before it, or a later one."""
        return all(
            self.replica[replica].log.records[offset - 1].epoch <= self.replica[replica].log.records[offset].epoch
            for replica in self.replica
            for offset in range(1, self.replica[replica].log.end_offset)
        )

    # High watermarks.

    @invariant
    def high_watermark_within_own_log(self) -> bool:
        """No replica's high watermark is past the end of its own log."""
        return all(
            self.replica[replica].high_watermark <= self.replica[replica].log.end_offset for replica in self.replica
        )

    @invariant
    def high_watermark_within_in_sync_logs(self) -> bool:
        """The true leader's high watermark is not past the end of any candidate's log.

        The true leader is the one that has adopted the quorum's epoch. `strong_isr` says more, of more leaders.
        """
        return all(
            self.replica[leader].high_watermark <= self.replica[candidate].log.end_offset
            for leader in self.replica
            if self.is_true_leader(leader)
            for candidate in self.quorum.isr
        )

    @invariant
    def settled_high_watermark_is_highest(self) -> bool:
        """No replica has a higher high watermark than the true leader, once that leader is settled.

        A leader is settled when its high watermark has passed every record of earlier epochs. Before that it does not
        know how far consumers have read, and since KIP-207 does not tell them where the log ends.
        """
        return all(
            self.replica[replica].high_watermark <= self.replica[leader].high_watermark
            for leader in self.replica
            if self.is_true_leader(leader) and self.is_settled(leader)
            for replica in self.replica
            if replica != leader
        )

    @witness
    def high_watermark_can_move_back(self) -> bool:
        """A new leader's high watermark can be behind what consumers have read: the reason for KIP-207."""
        return any(
            self.replica[leader].high_watermark < self.replica[replica].high_watermark
            for leader in self.replica
            if self.is_true_leader(leader)
            for replica in self.replica
        )

    def visible_at_both(self, one: Broker, other: Broker) -> int:
        """The offset below which records are visible at two replicas."""
        return min(self.replica[one].high_watermark, self.replica[other].high_watermark)

    def has_visible_records_of(self, replica: Broker, member: Broker) -> bool:
        """Whether one replica has every record that is visible at another."""
        theirs = self.replica[replica]
        return theirs.log.agrees_below(theirs.high_watermark, self.replica[member].log)


def is_not_later(one: int | None, other: int | None) -> bool:
    """Whether an epoch is not later than another; None is before all epochs."""
    return one is None or (other is not None and one <= other)

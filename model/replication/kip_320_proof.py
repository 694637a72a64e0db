"""Why KIP-320 is right: an inductive invariant, in words, for any length of run.

`Kip320` with a memory: `committed` keeps the record that some leader first let consumers read at each offset, and the
epoch in which it did. Nothing reads it but properties, so the runs are those of `Kip320`.

The argument, from the bottom up:

1. *Epochs.* Each decision of the controller has an epoch of its own, and a replica's epoch and leader are those of one
   decision. So no two replicas lead in the same epoch.
2. *Logs.* A leader has every record of its epoch, and a follower in its epoch has a beginning of its log. So logs that
   have the same epoch at an offset agree up to there.
3. *Supersession.* The members that a leader counts include every candidate and everyone in a later decision, until
   one of them is in a later epoch. From then on the leader can commit nothing.
4. *Commitment.* So what is committed is on every candidate and on whoever may still lead in a later epoch, and each of
   them is in an epoch from which it cannot fall back behind the commitment.
"""

from typing import Annotated

from .. import Auxiliary, Seq, Set, Size, Struct, action, implies, invariant
from ..log import Epoch, Record
from .kip_320 import Kip320
from .state import Broker, LeaderAndIsr


class Commitment(Struct):
    """What consumers could first read at an offset, and the epoch of the leader that let them."""

    record: Record
    epoch: Epoch


class Kip320Proof(Kip320):
    """KIP-320, with a memory of what was committed, and what is needed to prove that none of it is lost."""

    committed: Auxiliary[Annotated[Seq[Commitment], Size("log_size")]]

    @action
    def leader_increment_high_watermark(self, leader: Broker) -> None:
        """The step of `Replication`, remembered."""
        super().leader_increment_high_watermark(leader)
        me = self.replica[leader]
        if me.high_watermark > len(self.committed):
            assert me.leader_epoch is not None
            self.committed.append(Commitment(me.log.records[me.high_watermark - 1], me.leader_epoch))

    # What is to be shown.

    @invariant
    def committed_records_are_on_every_candidate(self) -> bool:
        """Whoever may be elected has every record that was ever committed, and cannot fall back behind it."""
        return all(
            self.keeps(candidate, offset) for candidate in self.quorum.isr for offset in range(len(self.committed))
        )

    # Epochs.

    @invariant(helper=True)
    def epochs_are_given_out_once(self) -> bool:
        """There is one decision for each epoch below the next one, and the quorum is in the latest."""
        return (
            len(self.requests) == self.next_leader_epoch
            and all(
                one.leader_epoch < self.next_leader_epoch
                and all(one == other for other in self.requests if one.leader_epoch == other.leader_epoch)
                for one in self.requests
            )
            and (self.next_leader_epoch == 0) == (self.quorum.leader_epoch is None)
            and (self.quorum.leader_epoch is None or self.quorum.leader_epoch == self.next_leader_epoch - 1)
        )

    @invariant(helper=True)
    def latest_decision_is_that_of_the_quorum(self) -> bool:
        """The latest decision names the quorum's leader, and until that leader knows, also its in-sync set."""
        return implies(self.quorum.leader_epoch is None, self.quorum.leader is None) and all(
            request.leader == self.quorum.leader and (self.is_adopted(request) or request.isr == self.quorum.isr)
            for request in self.requests
            if request.leader_epoch == self.quorum.leader_epoch
        )

    @invariant(helper=True)
    def replicas_believe_decisions(self) -> bool:
        """A replica's epoch and leader are those of one decision, and it has a leader once it has an epoch."""
        return all(
            (me.leader is None)
            if me.leader_epoch is None
            else any(r.leader_epoch == me.leader_epoch and r.leader == me.leader for r in self.requests)
            and me.leader is not None
            for me in self.replica.values()
        )

    @invariant(helper=True)
    def leaders_are_in_their_own_sets(self) -> bool:
        """A decision's leader is in its in-sync set, and a leader in its own."""
        return all(request.leader is None or request.leader in request.isr for request in self.requests) and all(
            broker in self.replica[broker].isr for broker in self.replica if self.presumes_leadership(broker)
        )

    @invariant(helper=True)
    def leaders_go_first(self) -> bool:
        """Nobody follows in an epoch that its leader has not reached."""
        return all(
            self.has_reached(me.leader, me.leader_epoch)
            for me in self.replica.values()
            if me.leader is not None and me.leader_epoch is not None
        )

    @invariant(helper=True)
    def true_leader_knows_the_set(self) -> bool:
        """The true leader's in-sync set is the quorum's."""
        return all(
            self.replica[broker].isr == self.quorum.isr for broker in self.replica if self.is_true_leader(broker)
        )

    # Supersession.

    @invariant(helper=True)
    def leaders_count_all_successors(self) -> bool:
        """A leader's in-sync set includes all candidates and later sets, until a member is in a later epoch."""
        return all(
            self.covers(me.leader_epoch, me.isr)
            for broker, me in self.replica.items()
            if self.presumes_leadership(broker) and me.leader_epoch is not None
        )

    @invariant(helper=True)
    def decisions_count_all_successors(self) -> bool:
        """So does the set of a decision that its leader has yet to adopt."""
        return all(
            self.is_adopted(request) or self.covers(request.leader_epoch, request.isr)
            for request in self.requests
            if request.leader is not None
        )

    # Logs.

    @invariant(helper=True)
    def records_are_not_newer_than_their_replica(self) -> bool:
        """No log has a record of an epoch that its replica has not reached."""
        return all(
            me.leader_epoch is not None and record.epoch <= me.leader_epoch
            for me in self.replica.values()
            for record in me.log.records
        )

    @invariant(helper=True)
    def leaders_have_the_records_of_their_epoch(self) -> bool:
        """A record of the epoch of a presumed leader is in that leader's log."""
        return all(
            self.replica[leader].log.holds(record, offset)
            for leader in self.replica
            if self.presumes_leadership(leader)
            for me in self.replica.values()
            for offset, record in enumerate(me.log.records)
            if record.epoch == self.replica[leader].leader_epoch
        )

    @invariant(helper=True)
    def epochs_without_leader_have_no_records(self) -> bool:
        """Before its leader adopts a decision, nothing was written or committed in its epoch."""
        return all(
            all(record.epoch != request.leader_epoch for me in self.replica.values() for record in me.log.records)
            and all(commitment.epoch != request.leader_epoch for commitment in self.committed)
            for request in self.requests
            if not self.is_adopted(request)
        )

    @invariant(helper=True)
    def followers_have_a_beginning_of_the_log(self) -> bool:
        """In a leader's epoch, a follower's log is a beginning of the leader's."""
        return all(
            self.replica[leader].log.starts_with(self.replica[follower].log)
            for leader in self.replica
            for follower in self.replica
            if self.is_in_epoch_of(follower, leader)
        )

    # Commitment.

    @invariant(helper=True)
    def visible_records_are_committed(self) -> bool:
        """What is below a high watermark is what was committed there, in an epoch that the replica has reached."""
        return all(
            me.high_watermark <= len(self.committed)
            and all(
                me.log.holds(self.committed[offset].record, offset)
                and me.leader_epoch is not None
                and self.committed[offset].epoch <= me.leader_epoch
                for offset in range(me.high_watermark)
            )
            for me in self.replica.values()
        )

    @invariant(helper=True)
    def records_are_committed_after_they_are_written(self) -> bool:
        """A record is committed in its own epoch or a later one, and in no epoch that is yet to come."""
        return all(one.record.epoch <= one.epoch < self.next_leader_epoch for one in self.committed)

    @invariant(helper=True)
    def later_leaders_have_what_is_committed(self) -> bool:
        """A presumed leader has what was committed in its epoch or before."""
        return all(
            self.replica[leader].log.holds(commitment.record, offset)
            for leader in self.replica
            if self.presumes_leadership(leader)
            for offset, commitment in enumerate(self.committed)
            if self.has_reached(leader, commitment.epoch)
        )

    @invariant(helper=True)
    def members_of_decisions_keep_what_is_committed(self) -> bool:
        """Members of a decision's in-sync set have what was committed in epochs before it, for good."""
        return all(
            self.keeps(member, offset)
            for request in self.requests
            for member in request.isr
            for offset, commitment in enumerate(self.committed)
            if commitment.epoch < request.leader_epoch
        )

    @invariant(helper=True)
    def members_of_leaders_keep_what_is_committed(self) -> bool:
        """Members of a presumed leader's in-sync set have what was committed in its epoch or before, for good."""
        return all(
            self.keeps(member, offset)
            for leader in self.replica
            if self.presumes_leadership(leader)
            for member in self.replica[leader].isr
            for offset, commitment in enumerate(self.committed)
            if self.has_reached(leader, commitment.epoch)
        )

    @invariant(helper=True)
    def leaders_know_what_they_committed(self) -> bool:
        """A presumed leader's high watermark is past everything that was committed in its epoch."""
        return all(
            self.replica[leader].high_watermark > offset
            for leader in self.replica
            if self.presumes_leadership(leader)
            for offset, commitment in enumerate(self.committed)
            if commitment.epoch == self.replica[leader].leader_epoch
        )

    # Words used above.

    def has_reached(self, broker: Broker, epoch: int) -> bool:
        """Whether a replica is in an epoch or a later one."""
        reached = self.replica[broker].leader_epoch
        return reached is not None and epoch <= reached

    def is_adopted(self, request: LeaderAndIsr) -> bool:
        """Whether the leader that a decision names has adopted it, or a later one. Without a leader nobody can."""
        return request.leader is not None and self.has_reached(request.leader, request.leader_epoch)

    def covers(self, epoch: int, isr: Set[Broker]) -> bool:
        """Whether a set in an epoch includes all candidates and later sets, or a member of it is in a later epoch."""
        return any(self.has_reached(member, epoch + 1) for member in isr) or (
            self.quorum.isr <= isr and all(later.isr <= isr for later in self.requests if later.leader_epoch > epoch)
        )

    def keeps(self, broker: Broker, offset: int) -> bool:
        """Whether a replica has what was committed at an offset, and is in the epoch of that or a later one."""
        return self.replica[broker].log.holds(self.committed[offset].record, offset) and self.has_reached(
            broker, self.committed[offset].epoch
        )

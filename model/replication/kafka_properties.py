"""What replication in a KRaft cluster is to promise: the invariants of Vanlightly/kafka-tlaplus, and one of ours.

The *true high watermark* is up to where any leader has let consumers read, which the specification remembers with what
they have read. Brokers that do not run are left out where the publication leaves them out: what a broker has lost
counts once it is back.

The publication also has a type invariant and others for finding errors in itself. What they say is so by construction
here, except for `only_followers_fetch` and `in_sync_replicas_are_unfenced`, which are kept.
"""

from typing import Generic

from .. import implies, invariant
from .kafka_messages import BrokerId, Value
from .kafka_replica import Replicas
from .kafka_state import Fate, P, Role


class Properties(Replicas[P], Generic[P]):
    """The properties that Kafka 3.5 and KIP-966 share."""

    def has_value(self, broker: BrokerId, value: Value) -> bool:
        """Whether a broker has a value in its log."""
        return any(record.value == value for record in self.broker[broker].log.records)

    def is_complete_replica(self, broker: BrokerId) -> bool:
        """Whether a log reaches the true high watermark."""
        return self.broker[broker].log.end_offset >= len(self.consumed)

    def leads_current_epoch(self, broker: BrokerId) -> bool:
        """Whether a broker leads, in the epoch that the controller has."""
        me = self.broker[broker]
        return me.role == Role.LEADER and me.partition.leader_epoch == self.partition.leader_epoch

    @invariant
    def leader_completeness(self) -> bool:
        """The leader that the controller has elected, if it runs, has every record that was read or acknowledged.

        `LeaderCompletenessProperty`.
        """
        return all(
            implies(
                len(self.consumed) > 0 and leader == self.partition.leader and self.broker[leader].is_running,
                self.is_complete_replica(leader)
                and all(self.has_value(leader, value) for value in self.fate if self.fate[value] == Fate.ACKNOWLEDGED),
            )
            for leader in self.broker
        )

    @invariant
    def leader_candidate_completeness(self) -> bool:
        """Every candidate for leadership that runs has every record that was read.

        `LeaderCandidateCompletenessProperty`.
        """
        return all(
            implies(len(self.consumed) > 0 and self.broker[candidate].is_running, self.is_complete_replica(candidate))
            for candidate in self.broker
            if self.is_candidate(candidate)
        )

    def is_candidate(self, broker: BrokerId) -> bool:
        """Whether the controller may elect a broker."""
        return broker in self.partition.isr

    @invariant
    def replication_quorum_superset(self) -> bool:
        """A leader counts on every candidate for leadership before it lets consumers read.

        `ReplicationQuorumSupersetProperty`.
        """
        return all(
            self.counts_on_candidates(leader) and self.has_no_member_left_over(leader)
            for leader in self.broker
            if self.leads_current_epoch(leader)
        )

    def counts_on_candidates(self, leader: BrokerId) -> bool:
        """Whether every candidate is in a leader's maximal ISR."""
        return self.partition.isr <= self.broker[leader].partition.maximal_isr

    def has_no_member_left_over(self, leader: BrokerId) -> bool:
        """Whether the maximal ISR of a leader that waits for nothing is its ISR."""
        me = self.broker[leader]
        return me.has_pending_change or me.partition.maximal_isr == me.partition.isr

    @invariant
    def log_matching(self) -> bool:
        """Two replicas have the same values below the high watermarks of both. `LogMatchingProperty`."""
        return all(
            record.value == self.broker[other].log.records[offset].value
            for one in self.broker
            for other in self.broker
            if one != other
            for offset, record in enumerate(self.broker[one].log.records)
            if offset < min(self.broker[one].high_watermark, self.broker[other].high_watermark)
            and self.broker[other].log.has_offset(offset)
        )

    @invariant
    def metadata_matching(self) -> bool:
        """What a broker takes the partition for is what the metadata log says at its partition epoch.

        `MetadataLogMatchingProperty` compares copies of that log, which here are its beginnings.
        """
        return all(
            implies(
                self.broker[broker].partition.partition_epoch == record.partition_epoch,
                self.broker[broker].partition.leader == record.leader
                and self.broker[broker].partition.leader_epoch == record.leader_epoch
                and self.broker[broker].partition.isr == record.isr
                and self.broker[broker].partition.replicas == record.replicas,
            )
            for broker in self.broker
            for record in self.metadata
        )

    @invariant
    def consistent_read(self) -> bool:
        """The leader of the current epoch has what consumers have read, where they have read it.

        `ConsistentReadProperty`.
        """
        return all(
            self.broker[leader].log.holds(record, offset)
            for leader in self.broker
            if self.leads_current_epoch(leader)
            for offset, record in enumerate(self.consumed)
        )

    @invariant
    def no_committed_record_lost_globally(self) -> bool:
        """Some replica has every value that was acknowledged. `NoCommittedRecordLostGlobally`."""
        return all(
            any(self.has_value(broker, value) for broker in self.broker)
            for value in self.fate
            if self.fate[value] == Fate.ACKNOWLEDGED
        )

    @invariant
    def in_sync_replicas_are_unfenced(self) -> bool:
        """No member of the ISR is fenced, unless it is the last one that 3.5 keeps. `ValidControllerState`."""
        return all(
            implies(not self.is_unfenced(broker), broker not in self.partition.isr or self.is_kept(broker))
            for broker in self.broker
        )

    def is_kept(self, broker: BrokerId) -> bool:
        """Whether the ISR would be empty without a broker."""
        return len(self.partition.isr) == 1

    @invariant
    def only_followers_fetch(self) -> bool:
        """A follower fetches from another broker, and a leader from none. `ValidFetcherState`, `ValidReplicaState`."""
        return all(
            (me.role != Role.FOLLOWER or (me.fetching_from is not None and me.fetching_from != broker))
            and (me.role != Role.LEADER or (me.fetching_from is None and me.partition.leader == broker))
            for broker, me in self.broker.items()
        )

    @invariant
    def one_leader_per_epoch(self) -> bool:
        """Two brokers never lead in the same leader epoch. Ours."""
        return all(
            implies(
                self.broker[one].role == Role.LEADER and self.broker[other].role == Role.LEADER,
                self.broker[one].partition.leader_epoch != self.broker[other].partition.leader_epoch,
            )
            for one in self.broker
            for other in self.broker
            if one != other
        )

"""What a cluster promises. R1 to R7, L3 and C5 are the names in docs/kafka.md."""

from .. import implies, invariant, step_invariant
from .cluster import Fate
from .messages import BrokerId, PartitionId
from .steps import Steps


class Kafka(Steps):
    """Partitions of a Kafka cluster with KRaft: brokers, replicas, the controller."""

    def leads_now(self, broker: BrokerId, partition: PartitionId) -> bool:
        """Whether a broker leads in the leader epoch that the controller is at."""
        latest = self.controller.partitions[partition].leader_epoch
        return self.leads(broker, partition) and self.replica(broker, partition).leader_epoch == latest

    def has_exposed(self, broker: BrokerId, partition: PartitionId) -> bool:
        """Whether a replica has everything that a consumer can have read."""
        log = self.replica(broker, partition).log
        return all(log.holds(record, offset) for offset, record in enumerate(self.exposed[partition]))

    def has_acknowledged(self, broker: BrokerId, partition: PartitionId) -> bool:
        """Whether a replica has everything that was acknowledged."""
        return all(
            implies(
                production.fate == Fate.ACKNOWLEDGED,
                any(record.value == value for record in self.replica(broker, partition).log.records),
            )
            for value, production in self.production[partition].items()
        )

    @invariant
    def acknowledged_records_survive(self) -> bool:
        """The leader has every record that was acknowledged, once it leads. R1, for producers."""
        return all(
            implies(self.leads_now(broker, partition), self.has_acknowledged(broker, partition))
            for partition in self.exposed
            for broker in self.broker
        )

    @invariant
    def consumed_records_survive(self) -> bool:
        """The leader has every record that a consumer can have read, at its offset, once it leads. R1."""
        return all(
            implies(self.leads_now(broker, partition), self.has_exposed(broker, partition))
            for partition in self.exposed
            for broker in self.broker
        )

    @invariant
    def candidates_are_complete(self) -> bool:
        """Who may be elected has every record that a consumer can have read: members of ISR and ELR. R2.

        Brokers that are starting do not count: they may be out of both as soon as they are registered.
        """
        return all(
            implies(
                not self.broker[broker].is_starting and (broker in now.isr or broker in now.elr),
                self.has_exposed(broker, partition),
            )
            for partition, now in self.controller.partitions.items()
            for broker in self.broker
        )

    @invariant
    def offsets_are_read_alike(self) -> bool:
        """Nobody reads different records at one offset: below its high watermark, a leader has what was read. R5."""
        return all(
            implies(
                self.leads(broker, partition) and offset < self.replica(broker, partition).high_watermark,
                self.replica(broker, partition).log.holds(record, offset),
            )
            for partition in self.exposed
            for broker in self.broker
            for offset, record in enumerate(self.exposed[partition])
        )

    @invariant
    def one_leader_per_epoch(self) -> bool:
        """No two brokers lead a partition in one leader epoch. R4."""
        return all(
            implies(
                one != other and self.leads(one, partition) and self.leads(other, partition),
                self.replica(one, partition).leader_epoch != self.replica(other, partition).leader_epoch,
            )
            for partition in self.exposed
            for one in self.broker
            for other in self.broker
        )

    @invariant
    def leaders_count_on_candidates(self) -> bool:
        """A leader that can commit waits for everybody who may be elected. R3."""
        return all(
            implies(
                self.leads_now(broker, partition) and self.can_commit(broker, partition),
                now.isr | now.elr <= self.counted_isr(broker, partition),
            )
            for partition, now in self.controller.partitions.items()
            for broker in self.broker
        )

    @invariant
    def partition_is_well_formed(self) -> bool:
        """The leader is in the ISR, ISR and ELR are replicas and have nobody in common, a full ISR has no ELR. R7."""
        return all(
            implies(now.leader is not None, now.leader in now.isr)
            and now.isr | now.elr <= now.replicas
            and len(now.isr & now.elr) == 0
            and implies(len(now.isr) >= self.settings.needed(now.replicas), len(now.elr) == 0)
            for now in self.controller.partitions.values()
        )

    @invariant
    def inactive_brokers_are_out(self) -> bool:
        """A broker that is fenced or shutting down leads nothing, and is in no ISR: KIP-841. R7.

        Without ELR the last member stays.
        """
        return all(
            implies(
                not self.controller.brokers[broker].is_active,
                now.leader != broker
                and (broker not in now.isr or (len(now.isr) == 1 and not self.eligible_leader_replicas)),
            )
            for now in self.controller.partitions.values()
            for broker in self.broker
        )

    @invariant
    def high_watermark_is_within_log(self) -> bool:
        """No high watermark is past the end of its log. L3."""
        return all(
            replica.high_watermark <= replica.log.end_offset
            for broker in self.broker.values()
            for replica in broker.replicas.values()
        )

    @invariant(on_request=True)
    def only_in_sync_replicas_lead(self) -> bool:
        """Who is elected was in the ISR. Not so with KIP-966, nor when an unclean election is allowed."""
        return all(
            implies(
                now.leader is not None
                and now.leader_epoch > self.metadata[position].partitions[partition].leader_epoch,
                now.leader in self.metadata[position].partitions[partition].isr,
            )
            for position, after in enumerate(self.metadata[1:])
            for partition, now in after.partitions.items()
        )

    @step_invariant
    def metadata_never_goes_back(self, after: "Kafka") -> bool:
        """No broker applies older metadata after newer: its epochs never fall. R4, C5."""
        return all(
            implies(
                not self.broker[broker].is_starting and not after.broker[broker].is_starting,
                self.known(broker, partition).partition_epoch <= after.known(broker, partition).partition_epoch
                and self.known(broker, partition).leader_epoch <= after.known(broker, partition).leader_epoch,
            )
            for partition in self.exposed
            for broker in self.broker
        )

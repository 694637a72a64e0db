"""What a cluster promises. R1 to R10, L1 to L5, C4 and C5 are the names in docs/properties.md."""

from .. import implies, invariant, step_invariant
from .cluster import FOLLOWERS, SESSIONS, Fate
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

    @invariant(needs=FOLLOWERS)
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
                self.leads_now(broker, partition)
                and self.replica(broker, partition).can_commit(
                    self.known(broker, partition), self.settings, self.rules
                ),
                now.isr | now.elr <= self.replica(broker, partition).counted_isr(self.rules),
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
            and implies(len(now.isr) >= self.settings.needed(now.topic, now.replicas), len(now.elr) == 0)
            for now in self.controller.partitions.values()
        )

    @invariant(needs=SESSIONS)
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

    @invariant(needs="records - 1")
    def epochs_never_fall_along_a_log(self) -> bool:
        """Every record of a log has the epoch of the record before it, or a later one. L1."""
        return all(
            replica.log.records[offset].epoch <= record.epoch
            for broker in self.broker.values()
            for replica in broker.replicas.values()
            for offset, record in enumerate(replica.log.records[1:])
        )

    @invariant(needs=FOLLOWERS)
    def log_matching(self) -> bool:
        """Two logs with records of one epoch at an offset have the same record there, and everywhere before. L5."""
        return all(
            implies(
                one != other and self.replica(other, partition).log.has_epoch_at(offset, record.epoch),
                self.replica(other, partition).log.holds(record, offset)
                and (
                    offset == 0
                    or self.replica(other, partition).log.records[offset - 1]
                    == self.replica(one, partition).log.records[offset - 1]
                ),
            )
            for partition in self.exposed
            for one in self.broker
            for other in self.broker
            for offset, record in enumerate(self.replica(one, partition).log.records)
        )

    @invariant(needs=FOLLOWERS)
    def logs_match_below_high_watermarks(self) -> bool:
        """Below the high watermarks of both, two replicas have the same records. L4."""
        return all(
            implies(
                one != other
                and offset < self.replica(one, partition).high_watermark
                and offset < self.replica(other, partition).high_watermark,
                self.replica(other, partition).log.holds(record, offset),
            )
            for partition in self.exposed
            for one in self.broker
            for other in self.broker
            for offset, record in enumerate(self.replica(one, partition).log.records)
        )

    @invariant
    def settled_leaders_offer_what_was_exposed(self) -> bool:
        """Once its high watermark is where its leader epoch began, a leader's is not behind what was ever read. R6."""
        return all(
            implies(
                self.leads_now(broker, partition)
                and self.replica(broker, partition).high_watermark >= self.replica(broker, partition).epoch_start,
                self.replica(broker, partition).high_watermark >= len(self.exposed[partition]),
            )
            for partition in self.exposed
            for broker in self.broker
        )

    @step_invariant
    def leaders_take_nothing_back(self, after: "Kafka") -> bool:
        """The high watermark of a leader does not fall as long as it leads in one leader epoch. R6."""
        return all(
            implies(
                self.leads(broker, partition)
                and after.leads(broker, partition)
                and self.replica(broker, partition).leader_epoch == after.replica(broker, partition).leader_epoch,
                self.replica(broker, partition).high_watermark <= after.replica(broker, partition).high_watermark,
            )
            for partition in self.exposed
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

    @invariant
    def changes_have_epochs_of_their_own(self) -> bool:
        """In the metadata log a new leader comes with a new leader epoch, any change with a new partition epoch. R4.

        No epoch falls, that of a broker neither (C4).
        """
        return all(
            before.leader_epoch + int(now.leader is not None and now.leader != before.leader) <= now.leader_epoch
            and before.partition_epoch + int(now != before) <= now.partition_epoch
            for position, after in enumerate(self.metadata[1:])
            for partition, now in after.partitions.items()
            for before in [self.metadata[position].partitions[partition]]
        ) and all(
            self.metadata[position].brokers[broker].broker_epoch <= now.broker_epoch
            for position, after in enumerate(self.metadata[1:])
            for broker, now in after.brokers.items()
        )

    @step_invariant(needs="max_crashes + max_power_losses")
    def unclean_restarts_leave(self, after: "Kafka") -> bool:
        """A broker that stopped uncleanly is neither in the ISR nor in the ELR as it is registered. R8."""
        return all(
            implies(
                not self.broker[broker].is_clean
                and self.controller.brokers[broker].broker_epoch < after.controller.brokers[broker].broker_epoch,
                broker not in now.isr and broker not in now.elr,
            )
            for now in after.controller.partitions.values()
            for broker in self.broker
        )

    @step_invariant(needs="-acks")
    def acknowledgements_are_sufficient(self, after: "Kafka") -> bool:
        """With acks=all, what is acknowledged is below the high watermark, and the ISR is as large as needed. R9."""
        return all(
            implies(
                production.fate != Fate.ACKNOWLEDGED and after.production[partition][value].fate == Fate.ACKNOWLEDGED,
                any(
                    (production.waits_for is None or production.waits_for == leader)
                    and after.known(leader, partition).is_sufficient(
                        after.replica(leader, partition).isr, after.settings
                    )
                    and any(
                        record.value == value and offset < after.replica(leader, partition).high_watermark
                        for offset, record in enumerate(after.replica(leader, partition).log.records)
                    )
                    for leader in self.broker
                ),
            )
            for partition, productions in self.production.items()
            for value, production in productions.items()
        )

    @invariant(needs="min(max_reassignments, brokers - 1)")
    def reassignments_end_as_asked(self) -> bool:
        """When a reassignment ends, exactly the replicas that leave are gone, and some are in sync. R10."""
        return all(
            implies(
                len(before.adding | before.removing) > 0 and len(now.adding | now.removing) == 0,
                now.replicas == before.replicas - before.removing and now.isr <= now.replicas and len(now.isr) > 0,
            )
            for position, after in enumerate(self.metadata[1:])
            for partition, now in after.partitions.items()
            for before in [self.metadata[position].partitions[partition]]
        )

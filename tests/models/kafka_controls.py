"""`kafka` with one thing wrong each, for what it promises and no listed bug breaks: that property can be violated."""

from typing import Annotated

from fencepost.model import In, action, choose, require
from fencepost.model.kafka.cluster import Fate
from fencepost.model.kafka.kafka import Kafka
from fencepost.model.kafka.messages import BrokerId, DivergingFetchResponse, FetchResponse, PartitionId, Record, Value
from fencepost.model.kafka.metadata import Metadata, Partition
from models.guards import Guard


class SameEpochElection(Kafka):
    """A preferred leader has the leader epoch of the last one."""

    @action(process="controller")
    def elect_preferred_leader(self, broker: BrokerId, partition: PartitionId) -> None:
        now = self.controller.partitions[partition]
        require(now.leader is not None and now.leader != broker and self.preferred_elections < 1)
        self.preferred_elections += 1
        self.controller.partitions[partition].leader = broker
        self.controller.partitions[partition].partition_epoch += 1
        self.write()

    def concerns(self, broker: BrokerId, before: Metadata, after: Metadata) -> bool:
        return before != after


class OutsiderElection(Kafka):
    """Who leads has left the ISR."""

    @action(process="controller")
    def elect_preferred_leader(self, broker: BrokerId, partition: PartitionId) -> None:
        require(self.preferred_elections < 1)
        self.preferred_elections += 1
        controller = self.controller
        controller.elect_preferred(partition, broker)
        controller.partitions[partition].isr = controller.partitions[partition].isr - {broker}
        self.write()


class AnyMetadata(Kafka):
    """A broker replays metadata that is older than what it knows."""

    @action(process="broker")
    def apply_metadata(self, broker: BrokerId) -> None:
        self.broker[broker].position = choose(range(len(self.metadata)))


class UncappedHighWatermark(Kafka):
    """A follower takes the leader's high watermark, however long its own log is."""

    @action(process="message.target")
    def receive_fetch_response(self, message: Annotated[FetchResponse, In("messages")]) -> None:
        super().receive_fetch_response(message)
        self.replica(message.target, message.partition).high_watermark = message.high_watermark


class WrittenBefore(Kafka):
    """A leader stamps a record with an earlier leader epoch."""

    @action(process="broker")
    def produce(self, value: Value, broker: BrokerId, partition: PartitionId) -> None:
        require(self.production[partition][value].fate == Fate.UNSENT and self.leads(broker, partition))
        me = self.replica(broker, partition)
        self.production[partition][value].fate = Fate.UNKNOWN
        me.log.append(Record(value, choose(range(1, me.leader_epoch + 1))))


class NoTruncation(Kafka):
    """A follower never drops a record that its leader does not have."""

    truncates_on_fetch = False

    @action(process="message.target")
    def receive_diverging_fetch_response(self, message: Annotated[DivergingFetchResponse, In("messages")]) -> None:
        self.receive(message)

    def take_role(self, broker: BrokerId, partition: PartitionId, now: Partition) -> None:
        me = self.replica(broker, partition)
        if now.leader == broker:
            me.become_leader(broker, now, False)
        else:
            me.become_follower(now)


class SteppingBack(Kafka):
    """A leader begins anew with every change of the ISR."""

    def take_role(self, broker: BrokerId, partition: PartitionId, now: Partition) -> None:
        super().take_role(broker, partition, now)
        me = self.replica(broker, partition)
        if now.leader == broker:
            me.high_watermark = me.epoch_start


class HastyAcknowledgement(Kafka):
    """A leader that is deposed tells producers that everything is written."""

    def refuse_waiting(self, broker: BrokerId, partition: PartitionId) -> None:
        for production in self.production[partition].values():
            if production.waits_for == broker:
                production.waits_for = None
                production.fate = Fate.ACKNOWLEDGED


class ForgottenReassignment(Kafka):
    """A reassignment ends without what it was for."""

    @action(process="controller")
    def forget(self, partition: PartitionId) -> None:
        now = self.controller.partitions[partition]
        require(len(now.adding) > 0 or len(now.removing) > 0)
        self.controller.partitions[partition].adding.clear()
        self.controller.partitions[partition].removing.clear()
        self.controller.partitions[partition].partition_epoch += 1
        self.write()


_NONE = dict.fromkeys(("max_suspicions", "max_isr_shrinks", "max_power_losses", "max_controller_failures"), 0)
_TWO = {"brokers": 2, "replication_factor": 2, "records": 1, **_NONE}
_MOVE = {**_TWO, "max_preferred_elections": 1}
_SHRINK = {**_TWO, "min_insync_replicas": 1, "max_isr_shrinks": 1}

CONTROLS: list[Guard] = [
    (Kafka, SameEpochElection, _MOVE, "one_leader_per_epoch", 3),
    (Kafka, SameEpochElection, _MOVE, "changes_have_epochs_of_their_own", 2),
    (Kafka, OutsiderElection, _MOVE, "partition_is_well_formed", 2),
    (Kafka, AnyMetadata, _MOVE, "metadata_never_goes_back", 4),
    (Kafka, UncappedHighWatermark, {**_SHRINK, "records": 2}, "high_watermark_is_within_log", 8),
    (Kafka, WrittenBefore, {**_MOVE, "records": 2}, "epochs_never_fall_along_a_log", 5),
    (Kafka, NoTruncation, {**_MOVE, "records": 3}, "log_matching", 9),
    (Kafka, SteppingBack, _SHRINK, "leaders_take_nothing_back", 8),
    (Kafka, HastyAcknowledgement, _MOVE, "acknowledgements_are_sufficient", 4),
    (
        Kafka,
        ForgottenReassignment,
        {**_TWO, "replication_factor": 1, "min_insync_replicas": 1, "max_reassignments": 1},
        "reassignments_end_as_asked",
        3,
    ),
]

"""Partition replication in Kafka 3.5 with KRaft, as published.

State, steps and their granularity are those of `kafka_replication_v3_5` in Vanlightly/kafka-tlaplus,
kafka_data_replication/kraft/v3.5 (revision 823615e), which was read off the implementation: followers fetch and
truncate on fetch (KIP-320, KIP-595), the leader asks the controller to alter the in-sync set and counts on those it
would add at once (KIP-497), the controller refuses fenced brokers (KIP-841) and those that restarted meanwhile
(KIP-903), replicas are reassigned one partition at a time (KIP-455). See docs/replication.md for the map.

The last member of the in-sync set stays in it whatever happens to it: the *last replica standing*, of which KIP-966 is
the cure. Here it does not lose its log, as with `AvoidLastReplicaStanding` of the publication; `LastReplicaStanding` in
`kafka_traps.py` is without.
"""

from .. import Set, choose, replace
from .kafka_messages import BrokerId
from .kafka_properties import Properties
from .kafka_state import PartitionRecord


class Kafka35(Properties[PartitionRecord]):
    """Kafka 3.5: only in-sync replicas are elected, and the in-sync set is never empty."""

    def first_record(
        self, replicas: Set[BrokerId], isr: Set[BrokerId], leader: BrokerId | None, partition_epoch: int
    ) -> PartitionRecord:
        return PartitionRecord(replicas, isr, leader, 1, partition_epoch, Set(), Set())

    def isr_without(self, broker: BrokerId) -> Set[BrokerId]:
        isr = self.partition.isr
        return isr if len(isr) == 1 else isr - {broker}

    def settle(self, isr: Set[BrokerId]) -> None:
        """The leader stays while it is in the ISR and unfenced. Otherwise any member that is unfenced is elected."""
        now = self.partition
        candidates = {broker for broker in isr if self.is_unfenced(broker)}
        if now.leader in candidates or (now.leader is None and len(candidates) == 0):
            if isr != now.isr:
                self.change(replace(now, isr=isr))
        elif len(candidates) > 0:
            elected = choose(broker for broker in isr if self.is_unfenced(broker))
            self.change(replace(now, isr=isr, leader=elected, leader_epoch=now.leader_epoch + 1))
        else:
            self.change(replace(now, isr=isr, leader=None, leader_epoch=now.leader_epoch + 1))

    def may_go_down(self, broker: BrokerId) -> bool:
        isr = self.partition.isr
        return broker not in isr or len(isr) > 1

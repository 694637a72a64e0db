"""Partition replication with eligible leader replicas (KIP-966), as published.

State, steps and their granularity are those of `kafka_replication_kip_966` in Vanlightly/kafka-tlaplus,
kafka_data_replication/kraft/kip-966 (revision 823615e). From `Kafka35` it differs in this:

* the in-sync set can be empty. A member that leaves it while it is smaller than `min_isr` is still eligible: the high
  watermark does not move meanwhile, so the ELR has every committed record, and its members are elected from it;
* a broker that stops cleanly writes down its broker epoch, and tells it when it registers. One that tells none has lost
  what it had not flushed: it leaves ISR and ELR;
* the last-known ELR has those that left the ELR in this way while the ISR was too small. Nothing here elects them.
"""

from .. import Set, choose, implies, invariant, replace, require
from .kafka_messages import BrokerId, RegistrationRequest
from .kafka_properties import Properties
from .kafka_state import PartitionRecord, Status


class EligiblePartitionRecord(PartitionRecord):
    """The partition after a change, with its eligible leader replicas."""

    elr: Set[BrokerId]
    last_known_elr: Set[BrokerId]


class Kip966(Properties[EligiblePartitionRecord]):
    """Kafka with eligible leader replicas."""

    def first_record(
        self, replicas: Set[BrokerId], isr: Set[BrokerId], leader: BrokerId | None, partition_epoch: int
    ) -> EligiblePartitionRecord:
        return EligiblePartitionRecord(replicas, isr, leader, 1, partition_epoch, Set(), Set(), Set(), Set())

    # The controller.

    def is_sufficient(self, isr: Set[BrokerId]) -> bool:
        """Whether an ISR lets the high watermark move."""
        return len(isr) >= self.min_isr

    def elr_after(self, isr: Set[BrokerId], replicas: Set[BrokerId]) -> Set[BrokerId]:
        """The ELR that goes with an ISR: nobody while that is sufficient, else also those that have just left it."""
        now = self.partition
        return Set() if self.is_sufficient(isr) else (now.elr | (now.isr - isr)) & replicas

    def with_isr(self, after: EligiblePartitionRecord, isr: Set[BrokerId]) -> EligiblePartitionRecord:
        return replace(after, isr=isr, elr=self.elr_after(isr, after.replicas))

    def change(self, after: EligiblePartitionRecord) -> None:
        super().change(self.remember(after))

    def remember(self, after: EligiblePartitionRecord) -> EligiblePartitionRecord:
        """A change with its last-known ELR: who has left the ELR while the ISR was too small."""
        now = self.partition
        last_known: Set[BrokerId] = Set()
        if not self.is_sufficient(after.isr):
            last_known = now.last_known_elr | ((now.elr - after.elr) & after.replicas)
        return replace(after, last_known_elr=last_known)

    def isr_without(self, broker: BrokerId) -> Set[BrokerId]:
        return self.partition.isr - {broker}

    def settle(self, isr: Set[BrokerId]) -> None:
        self.elect(isr, self.elr_after(isr, self.partition.replicas))

    def elect(self, isr: Set[BrokerId], elr: Set[BrokerId]) -> None:
        """The leader stays while it is in the ISR. Otherwise any member is elected, or an eligible replica."""
        now = self.partition
        candidates = {broker for broker in elr if self.is_unfenced(broker)}
        stays = now.leader in isr or (now.leader is None and len(isr) == 0 and len(candidates) == 0)
        if stays:
            if isr != now.isr or elr != now.elr:
                self.change(replace(now, isr=isr, elr=elr))
        elif len(isr) > 0:
            leader = choose(isr)
            self.change(replace(now, isr=isr, elr=elr, leader=leader, leader_epoch=now.leader_epoch + 1))
        elif len(candidates) > 0:
            leader = choose(broker for broker in elr if self.is_unfenced(broker))
            self.change(
                replace(now, isr=isr | {leader}, elr=elr - {leader}, leader=leader, leader_epoch=now.leader_epoch + 1)
            )
        else:
            self.change(replace(now, isr=isr, elr=elr, leader=None, leader_epoch=now.leader_epoch + 1))

    def admit(self, request: RegistrationRequest) -> None:
        if self.is_clean(request):
            self.unfence(request.source)
        else:
            broker = request.source
            self.registration[broker].is_fenced = False
            self.elect(self.partition.isr - {broker}, self.partition.elr - {broker})

    def is_clean(self, request: RegistrationRequest) -> bool:
        """Whether a broker knows the broker epoch under which it stopped."""
        return request.broker_epoch != 0

    # Brokers.

    def may_advance(self, leader: BrokerId) -> bool:
        return self.is_sufficient(self.broker[leader].partition.isr)

    def shut_down(self, broker: BrokerId) -> None:
        """A broker stops and keeps its log, in good order or not. `NoDataLossShutdown`."""
        is_clean = choose([False, True])
        require(self.lossless_shutdowns < self.max_lossless_shutdowns and not self.broker[broker].is_offline)
        self.lossless_shutdowns += 1
        self.go_down(broker, Status.OFFLINE_CLEAN, self.broker[broker].broker_epoch if is_clean else 0)

    # Properties.

    def is_candidate(self, broker: BrokerId) -> bool:
        return broker in self.partition.isr or broker in self.partition.elr

    def is_kept(self, broker: BrokerId) -> bool:
        return False

    def counts_on_candidates(self, leader: BrokerId) -> bool:
        partition = self.broker[leader].partition
        candidates = self.partition.isr | self.partition.elr
        return not self.is_sufficient(partition.isr) or candidates <= partition.maximal_isr

    @invariant
    def eligible_leaders_make_up_for_isr(self) -> bool:
        """ELR members are replicas outside the ISR, and there are none while the ISR is sufficient.

        `ValidControllerIsrAndElr`.
        """
        now = self.partition
        return implies(
            len(now.elr) > 0,
            now.elr <= now.replicas and len(now.elr & now.isr) == 0 and not self.is_sufficient(now.isr),
        )

    @invariant
    def min_isr_recovery_quorum(self) -> bool:
        """When no candidate is left, `min_isr` replicas are known of which one has every committed record.

        `MinIsrRecoveryQuorum`.
        """
        now = self.partition
        return implies(len(now.isr) == 0 and len(now.elr) == 0, len(now.last_known_elr) == self.min_isr)

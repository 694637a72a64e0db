"""The controller of a KRaft cluster: registration, fencing, elections, changes of the in-sync set, reassignment.

From Vanlightly/kafka-tlaplus, kafka_data_replication/kraft. The controller is one process that never fails: that its
log is replicated is what the Raft models are about. It takes the place of heartbeats: it fences a broker whenever it
may, and unfences one that runs.
"""

from typing import Annotated, Generic

from .. import In, Set, action, choose, implies, replace, require
from .kafka_messages import (
    AlterPartitionError,
    AlterPartitionRefusal,
    AlterPartitionRequest,
    AlterPartitionResponse,
    BrokerEpoch,
    BrokerId,
    RegistrationRequest,
    RegistrationResponse,
)
from .kafka_state import KafkaState, P


class Controller(KafkaState[P], Generic[P]):
    """The controller's steps, and the rules that versions differ in."""

    def change(self, after: P) -> None:
        """Writes what a change makes of the partition to the metadata log."""
        self.metadata.append(replace(after, partition_epoch=self.partition.partition_epoch + 1))

    # The rules.

    def isr_without(self, broker: BrokerId) -> Set[BrokerId]:
        """The ISR when a broker is fenced."""
        raise NotImplementedError

    def settle(self, isr: Set[BrokerId]) -> None:
        """Changes the ISR and elects a leader, as far as either is needed."""
        raise NotImplementedError

    def with_isr(self, after: P, isr: Set[BrokerId]) -> P:
        """A partition with another ISR, and whatever goes with it."""
        return replace(after, isr=isr)

    def fence(self, broker: BrokerId) -> None:
        """Takes a broker for dead."""
        self.registration[broker].is_fenced = True
        self.settle(self.isr_without(broker))

    def unfence(self, broker: BrokerId) -> None:
        """Takes a broker for alive."""
        self.registration[broker].is_fenced = False
        if self.partition.leader is None:
            self.settle(self.partition.isr)

    def admit(self, request: RegistrationRequest) -> None:
        """Takes a broker that has just been registered for alive."""
        self.unfence(request.source)

    def may_register(self, request: RegistrationRequest) -> bool:
        """Whether a broker id is free, or is registered for this very start of the broker."""
        registration = self.registration[request.source]
        return registration.is_fenced or registration.incarnation == request.incarnation

    # Life cycle of brokers.

    @action(process="controller", needs="max_lossless_shutdowns + max_lossy_shutdowns")
    def receive_registration_request(self, message: Annotated[RegistrationRequest, In("messages")]) -> None:
        """A broker is registered under a new broker epoch, and is alive at once. `ReceiveBrokerRegRequest`."""
        require(self.may_register(message))
        broker_epoch = self.latest_broker_epoch + 1
        metadata_offset = len(self.metadata)
        self.admit(message)
        registration = self.registration[message.source]
        registration.broker_epoch = broker_epoch
        registration.incarnation = message.incarnation
        self.latest_broker_epoch = broker_epoch
        self.receive(message)
        self.send(RegistrationResponse(message.source, message.incarnation, broker_epoch, metadata_offset))

    # Changes that the leader asks for (KIP-497).

    def is_eligible(self, broker: BrokerId, broker_epoch: BrokerEpoch) -> bool:
        """Whether a broker may be in the ISR: KIP-841, and KIP-903 for the start of the broker that was meant."""
        registration = self.registration[broker]
        return not registration.is_fenced and (broker_epoch == 0 or registration.broker_epoch == broker_epoch)

    def error_of(self, request: AlterPartitionRequest) -> AlterPartitionError | None:
        """Why a change is refused, if it is."""
        if not self.is_current(request):
            return AlterPartitionError.FENCED_LEADER_EPOCH
        if not all(self.is_eligible(member.broker, member.broker_epoch) for member in request.members):
            return AlterPartitionError.INELIGIBLE_REPLICA
        return None

    def is_current(self, request: AlterPartitionRequest) -> bool:
        """Whether a change is meant for the partition as it is, and comes from the leader."""
        return (
            request.source == self.partition.leader
            and request.broker_epoch == self.registration[request.source].broker_epoch
            and request.partition_epoch == self.partition.partition_epoch
        )

    @action(process="controller")
    def receive_alter_partition_request(self, message: Annotated[AlterPartitionRequest, In("messages")]) -> None:
        """The leader's change is made or refused. It may end a reassignment. `ReceiveAlterPartitionRequest`."""
        error = self.error_of(message)
        self.receive(message)
        if error is not None:
            self.send(AlterPartitionRefusal(message.source, message, error))
            return
        before, isr = self.partition, message.isr
        if before.is_reassigned and self.is_complete(isr - before.removing, before.adding):
            self.finish_reassignment(before.replicas - before.removing, isr - before.removing)
        else:
            self.change_isr(self.with_isr(before, isr))
        now = self.partition
        assert now.leader is not None
        self.send(
            AlterPartitionResponse(
                message.source, message, now.replicas, now.isr, now.leader, now.leader_epoch, now.partition_epoch
            )
        )

    # Reassignment (KIP-455).

    def is_complete(self, isr: Set[BrokerId], adding: Set[BrokerId]) -> bool:
        """Whether a reassignment can end, with this ISR."""
        return adding <= isr and len(isr) >= self.min_isr

    def finish_reassignment(self, replicas: Set[BrokerId], isr: Set[BrokerId]) -> None:
        """The target replicas are the replicas, in a new leader epoch."""
        none: Set[BrokerId] = Set()
        after = replace(self.partition, replicas=replicas, leader_epoch=self.partition.leader_epoch + 1)
        self.change_isr(replace(self.with_isr(after, isr), adding=none, removing=none))

    def change_isr(self, after: P) -> None:
        """Makes a change that leaves an ISR. A leader in it leads on; otherwise any member is elected."""
        leader = choose(b for b in after.isr if implies(after.leader in after.isr, b == after.leader))
        self.change(replace(after, leader=leader))

    @action(process="controller", needs="max_reassignments")
    def reassign_partition(self, adding: Set[BrokerId], removing: Set[BrokerId]) -> None:
        """An operator wants other replicas. Those to add come first. `PerformPartitionReassignment`."""
        before = self.partition
        require(self.reassignments < self.max_reassignments and not before.is_reassigned)
        require(len(adding) > 0 or len(removing) > 0)
        require(len(adding & before.replicas) == 0 and removing <= before.replicas)
        require(len(before.replicas) + len(adding) - len(removing) >= self.min_isr)
        self.reassignments += 1
        if self.is_complete(before.isr - removing, adding):
            self.finish_reassignment((before.replicas | adding) - removing, before.isr - removing)
        else:
            self.change_isr(replace(before, replicas=before.replicas | adding, adding=adding, removing=removing))

    # What takes the place of heartbeats.

    @action(process="controller", fault=True, needs="max_fences")
    def fence_broker(self, broker: BrokerId) -> None:
        """A broker seems to have failed. `FenceBroker`."""
        require(self.fences < self.max_fences and self.is_unfenced(broker))
        self.fences += 1
        self.fence(broker)

    @action(process="controller")
    def unfence_broker(self, broker: BrokerId) -> None:
        """A broker is alive after all. `UnfenceBroker`."""
        require(not self.is_unfenced(broker) and self.broker[broker].is_running)
        self.unfence(broker)

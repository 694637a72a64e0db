"""What the metadata log says of the cluster, and how the controller changes it: its handlers.

After `ReplicationControlManager`, `ClusterControlManager` and `PartitionChangeBuilder` of Apache Kafka. A handler takes
a request or a timeout and changes the metadata in the controller's memory; it is for the caller to write down what has
changed and to answer when that is committed.
"""

from .. import Map, Set, Struct, choose
from .messages import (
    AlterPartitionError,
    AlterPartitionRequest,
    BrokerEpoch,
    BrokerId,
    LeaderEpoch,
    Member,
    PartitionEpoch,
    PartitionId,
    TopicId,
)
from .settings import Rules, Settings


class Registration(Struct):
    """A broker as the controller knows it."""

    broker_epoch: BrokerEpoch
    is_fenced: bool
    is_shutting_down: bool

    @property
    def is_active(self) -> bool:
        """Whether the broker may lead partitions and be in their ISR."""
        return not self.is_fenced and not self.is_shutting_down


class Partition(Struct):
    """A partition: its replicas, who leads it, who is in sync, who else has everything committed (KIP-966)."""

    topic: TopicId
    replicas: Set[BrokerId]
    isr: Set[BrokerId]
    elr: Set[BrokerId]
    leader: BrokerId | None
    last_known_leader: BrokerId | None
    leader_epoch: LeaderEpoch
    partition_epoch: PartitionEpoch
    adding: Set[BrokerId]
    removing: Set[BrokerId]

    def is_sufficient(self, isr: Set[BrokerId], settings: Settings) -> bool:
        """Whether these are as many in-sync replicas as are needed."""
        return len(isr) >= settings.needed(self.topic, self.replicas)

    def change(self, isr: Set[BrokerId], lost: Set[BrokerId], active: Set[BrokerId], settings: Settings) -> None:
        """Makes a change of the ISR, and all that goes with it: ELR, end of a reassignment, leader, epochs.

        `lost` are those of which it is known that they may have lost records. Without ELR the last member of the ISR
        stays, whatever happened to it. `PartitionChangeBuilder.build`.
        """
        target = isr if len(isr) > 0 or settings.eligible_leader_replicas else self.isr
        replicas, adding, removing = self.replicas, self.adding, self.removing
        if self.can_complete(target):
            target = target - removing
            replicas = replicas - removing
            adding, removing = Set(), Set()
        eligible = ((self.elr | self.isr) - target - lost) & replicas
        if not settings.eligible_leader_replicas or len(target) >= settings.needed(self.topic, replicas):
            eligible = Set()
        leader: BrokerId | None = None
        candidates = (target if len(target) > 0 else eligible) & active
        if self.leader in candidates:
            leader = self.leader
        elif len(candidates) > 0:
            leader = self.elect(replicas & candidates)
        elif len(target) == 0 and len(eligible) == 0 and self.is_last_resort(active, settings):
            leader = self.last_known_leader
        elif settings.of(self.topic).unclean_leader_election and len(replicas & active) > 0:
            leader = self.elect(replicas & active)
            eligible = Set()
            target = Set()
        if leader is not None and leader not in target:
            target = Set(broker for broker in replicas if broker == leader)
            eligible = eligible - target
        has_members = target == self.isr and eligible == self.elr and leader == self.leader
        if not has_members or adding != self.adding or removing != self.removing:
            self.partition_epoch += 1
        if leader != self.leader or replicas != self.replicas:
            self.leader_epoch += 1
        if leader is not None:
            self.last_known_leader = None
        elif self.leader is not None and settings.eligible_leader_replicas:
            self.last_known_leader = self.leader
        self.replicas = replicas
        self.adding = adding
        self.removing = removing
        self.isr = target
        self.elr = eligible
        self.leader = leader

    def elect(self, candidates: Set[BrokerId]) -> BrokerId:
        """Any of them. Kafka takes the first in the order of the replicas, which a partition does not have here."""
        elected = choose(candidates)
        return elected

    def is_last_resort(self, active: Set[BrokerId], settings: Settings) -> bool:
        """Whether the last leader is elected as nobody else has everything: it may have lost records (KIP-966)."""
        return (
            settings.eligible_leader_replicas
            and settings.last_known_leader_election
            and self.last_known_leader in active
        )

    def can_complete(self, isr: Set[BrokerId]) -> bool:
        """Whether a reassignment can end with this ISR (KIP-455, KAFKA-15665, and KAFKA-19975 in place of that)."""
        rest = isr - self.removing
        is_reassigned = len(self.adding) > 0 or len(self.removing) > 0
        shrinks = len(self.adding) < len(self.removing)
        return (
            is_reassigned
            and len(rest) > 0
            and self.adding <= rest
            and (not shrinks or self.replicas - self.removing <= rest)
        )


class Metadata(Struct):
    """Everything that the metadata log says, up to some record."""

    brokers: Map[BrokerId, Registration]
    partitions: Map[PartitionId, Partition]

    @property
    def active(self) -> Set[BrokerId]:
        """The brokers that may lead."""
        return Set(name for name in self.brokers if self.brokers[name].is_active)

    def remove(self, broker: int, is_lost: bool, settings: Settings) -> None:
        """Takes a broker out of each ISR, and out of the ELR if it has lost records."""
        none: Set[BrokerId] = Set()
        lost: Set[BrokerId] = Set([broker]) if is_lost else none
        for partition in self.partitions.values():
            partition.change(partition.isr - {broker}, lost, self.active - {broker}, settings)

    # Life cycle of brokers.

    def register(self, broker: int, is_clean: bool, settings: Settings) -> None:
        """A broker starts. It is fenced until it has caught up with the metadata log.

        One that does not know its last broker epoch stopped uncleanly, and counts as having lost records (KIP-966).
        """
        me = self.brokers[broker]
        me.is_fenced = True
        me.is_shutting_down = False
        me.broker_epoch += 1
        self.remove(broker, not is_clean, settings)

    def fence(self, broker: int, settings: Settings) -> None:
        """A broker has not been heard of for too long."""
        self.brokers[broker].is_fenced = True
        self.remove(broker, False, settings)

    def unfence(self, broker: int, settings: Settings) -> None:
        """A broker is there, and knows what it is to do. It is elected where there is no leader."""
        none: Set[BrokerId] = Set()
        self.brokers[broker].is_fenced = False
        for partition in self.partitions.values():
            if partition.leader is None:
                partition.change(partition.isr, none, self.active, settings)

    def shut_down(self, broker: int, settings: Settings) -> None:
        """A broker wants to stop: others take over first (KIP-841)."""
        self.brokers[broker].is_shutting_down = True
        self.remove(broker, False, settings)

    # Changes of the ISR.

    def error_of(self, request: AlterPartitionRequest, rules: Rules) -> AlterPartitionError | None:
        """Why a leader's proposal is refused, if it is. `ReplicationControlManager.validateAlterPartitionData`."""
        now = self.partitions[request.partition]
        if self.brokers[request.source].broker_epoch != request.broker_epoch:
            return AlterPartitionError.STALE_BROKER_EPOCH
        if request.leader_epoch != now.leader_epoch:
            return AlterPartitionError.FENCED_LEADER_EPOCH
        if request.source != now.leader or not request.isr <= now.replicas:
            return AlterPartitionError.INVALID_REQUEST
        if request.partition_epoch != now.partition_epoch and rules.checks_partition_epoch:
            return AlterPartitionError.INVALID_UPDATE_VERSION
        if not all(self.is_eligible(member, rules) for member in request.members):
            return AlterPartitionError.INELIGIBLE_REPLICA
        return None

    def is_eligible(self, member: Member, rules: Rules) -> bool:
        """Whether a broker may be in an ISR: it is there (KIP-841), and is the one that was meant (KIP-903)."""
        me = self.brokers[member.broker]
        return (me.is_active or not rules.refuses_inactive_members) and (
            member.broker_epoch == 0 or me.broker_epoch == member.broker_epoch or not rules.checks_member_epochs
        )

    def alter(self, request: AlterPartitionRequest, settings: Settings) -> None:
        """Makes the ISR what a leader proposes."""
        none: Set[BrokerId] = Set()
        self.partitions[request.partition].change(request.isr, none, self.active, settings)

    # What operators ask for.

    def elect_preferred(self, partition: int, broker: int) -> None:
        """Moves leadership to an in-sync replica."""
        now = self.partitions[partition]
        now.leader = broker
        now.leader_epoch += 1
        now.partition_epoch += 1

    def reassign(self, partition: int, adding: Set[BrokerId], removing: Set[BrokerId], settings: Settings) -> None:
        """Begins to replace replicas; ends it at once if that is possible (KIP-455)."""
        none: Set[BrokerId] = Set()
        now = self.partitions[partition]
        now.replicas = now.replicas | adding
        now.adding = adding
        now.removing = removing
        now.partition_epoch += 1
        if now.can_complete(now.isr):
            now.change(now.isr, none, self.active, settings)

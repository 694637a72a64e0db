"""The state of one partition in a KRaft cluster: the controller's, each broker's, what is in flight, and history.

From Vanlightly/kafka-tlaplus, kafka_data_replication/kraft. What the publication keeps twice is here once: the
partition as the controller has it is the last record of the metadata log, a broker's copy of that log is its length, a
log's end is the log's, and a fetcher goes on from there. So states correspond one to one.
"""

from enum import Enum
from typing import Annotated, Generic, TypeVar

from .. import Auxiliary, Constant, Map, Model, Range, Seq, Set, Size, Struct, init
from ..log import Offset, ReplicaLog
from .kafka_messages import (
    AlterPartitionRequest,
    AnyMessage,
    BrokerEpoch,
    BrokerId,
    Incarnation,
    LeaderEpoch,
    MetadataOffset,
    PartitionEpoch,
    Record,
    Value,
)


class PartitionRecord(Struct):
    """The partition after a change, as the controller writes it to the metadata log."""

    replicas: Set[BrokerId]
    isr: Set[BrokerId]
    leader: BrokerId | None
    leader_epoch: LeaderEpoch
    partition_epoch: PartitionEpoch
    adding: Set[BrokerId]
    removing: Set[BrokerId]

    @property
    def is_reassigned(self) -> bool:
        """Whether replicas are being added or removed."""
        return len(self.adding) > 0 or len(self.removing) > 0


class Registration(Struct):
    """What the controller knows of a broker."""

    is_fenced: bool
    broker_epoch: BrokerEpoch
    incarnation: Incarnation


class Status(Enum):
    """What a broker does. How it went down is known to the specification only."""

    RUNNING = "running"
    STARTING = "starting"
    OFFLINE_CLEAN = "offline, clean"
    OFFLINE_DIRTY = "offline, dirty"


class Role(Enum):
    """What a replica is."""

    NONE = "none"
    FOLLOWER = "follower"
    LEADER = "leader"


class Partition(Struct):
    """The partition as a broker knows it. The maximal ISR has the members that a pending change would add as well."""

    replicas: Set[BrokerId]
    isr: Set[BrokerId]
    maximal_isr: Set[BrokerId]
    leader: BrokerId | None
    leader_epoch: LeaderEpoch
    partition_epoch: PartitionEpoch


class Follower(Struct):
    """What a leader knows of a follower: the offset of its last fetch, and the broker epoch in it."""

    end_offset: Offset
    broker_epoch: BrokerEpoch


class PartitionLog(ReplicaLog[Record]):
    """The log of one replica."""

    records: Annotated[Seq[Record], Size("log_size")]


class Broker(Struct):
    """A broker, its replica of the partition, and what it knows of the others.

    A replica that leads was at `epoch_start` when it was elected. `pending` is what it has proposed to the controller.
    A broker waits for an answer from those in `awaiting`, and fetches, if it does, from one; its fetching was `delayed`
    by an error.
    """

    status: Status
    broker_epoch: BrokerEpoch
    incarnation: Incarnation
    metadata_offset: MetadataOffset
    partition: Partition
    role: Role
    log: PartitionLog
    high_watermark: Offset
    epoch_start: Offset | None
    followers: Map[BrokerId, Follower | None]
    pending: AlterPartitionRequest | None
    fetching_from: BrokerId | None
    is_delayed: bool
    awaiting: Set[BrokerId]

    @property
    def is_offline(self) -> bool:
        """Whether the broker is down."""
        return self.status == Status.OFFLINE_CLEAN or self.status == Status.OFFLINE_DIRTY

    @property
    def is_running(self) -> bool:
        """Whether the broker is up and registered."""
        return self.status == Status.RUNNING

    @property
    def leads(self) -> bool:
        """Whether the broker takes itself for the leader, and runs."""
        return self.status == Status.RUNNING and self.role == Role.LEADER

    @property
    def has_pending_change(self) -> bool:
        """Whether the leader waits for what becomes of its proposal."""
        pending = self.pending
        return pending is not None and pending.partition_epoch >= self.partition.partition_epoch

    def known_end(self, follower: BrokerId) -> int:
        """Up to where a leader knows a follower to have its log."""
        state = self.followers[follower]
        return state.end_offset if state is not None else 0

    def replicated_offset(self, me: BrokerId, members: Set[BrokerId]) -> int:
        """Up to where all of these replicas have the log of the leader."""
        end = self.log.end_offset
        return min(end, min((self.known_end(peer) for peer in members if peer != me), default=end))

    def knows(self, peer: "Broker", me: BrokerId) -> bool:
        """Whether this leader and a follower have nothing to tell each other."""
        state = self.followers[me]
        return (
            state is not None
            and state.end_offset == peer.log.end_offset
            and state.broker_epoch == peer.broker_epoch
            and self.log.end_offset == peer.log.end_offset
            and self.high_watermark == peer.high_watermark
        )

    def forget_followers(self) -> None:
        """Knows nothing of what others have."""
        for peer in self.followers:
            self.followers[peer] = None

    def forget_partition(self) -> None:
        """Knows nothing of the partition."""
        self.partition = Partition(Set(), Set(), Set(), None, 0, 0)

    def stop_fetching(self) -> None:
        """Takes the partition off its fetcher. An answer that is on its way still comes."""
        self.fetching_from = None
        self.is_delayed = False


class Fate(Enum):
    """What became of a value: written, then acknowledged to the producer, or refused."""

    UNWRITTEN = "unwritten"
    WRITTEN = "written"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"


P = TypeVar("P", bound=PartitionRecord)


class KafkaState(Model, Generic[P]):
    """Constants, and the state. P is what the metadata log says of the partition.

    Auxiliary is what the published view leaves out: what was received, counters, and `floor`, the offset of the first
    record that a leader wrote in its unbroken reign, which tells whose producers wait for acknowledgements.
    """

    brokers: Annotated[Constant[int], Range(1, 5)] = 2
    init_replication_factor: Annotated[Constant[int], Range(1, "brokers")] = 2
    min_isr: Annotated[Constant[int], Range(1, "init_replication_factor")] = 1
    init_isr_size: Annotated[Constant[int], Range("min_isr", "init_replication_factor")] = 2
    values: Annotated[Constant[int], Range(1, 4)] = 1
    log_size: Annotated[Constant[int], Range("values", "values")] = 1
    max_lossless_shutdowns: Annotated[Constant[int], Range(0, 4)] = 0
    max_lossy_shutdowns: Annotated[Constant[int], Range(0, 4)] = 0
    max_fences: Annotated[Constant[int], Range(0, 4)] = 0
    max_isr_shrinks: Annotated[Constant[int], Range(0, 4)] = 0
    max_reassignments: Annotated[Constant[int], Range(0, 4)] = 0
    max_metadata_records: Annotated[Constant[int], Range(2, 32)] = 8
    max_in_flight: Annotated[Constant[int], Range(1, 255)] = 6
    max_received: Annotated[Constant[int], Range(1, 255)] = 24

    registration: Map[BrokerId, Registration]
    metadata: Annotated[Seq[P], Size("max_metadata_records")]
    broker: Map[BrokerId, Broker]
    messages: Annotated[Set[AnyMessage], Size("max_in_flight")]
    fate: Map[Value, Fate]
    consumed: Annotated[Seq[Record], Size("log_size")]

    received: Auxiliary[Annotated[Set[AnyMessage], Size("max_received")]]
    floor: Auxiliary[Map[BrokerId, Offset | None]]
    latest_broker_epoch: Auxiliary[BrokerEpoch]
    latest_incarnation: Auxiliary[Incarnation]
    lossless_shutdowns: Auxiliary[Annotated[int, Range(0, "max_lossless_shutdowns")]]
    lossy_shutdowns: Auxiliary[Annotated[int, Range(0, "max_lossy_shutdowns")]]
    fences: Auxiliary[Annotated[int, Range(0, "max_fences")]]
    isr_shrinks: Auxiliary[Annotated[int, Range(0, "max_isr_shrinks")]]
    reassignments: Auxiliary[Annotated[int, Range(0, "max_reassignments")]]

    def first_record(
        self, replicas: Set[BrokerId], isr: Set[BrokerId], leader: BrokerId | None, partition_epoch: int
    ) -> P:
        """The metadata log as it begins: the partition in leader epoch 1."""
        raise NotImplementedError

    @init
    def start(self) -> None:
        """The partition is in operation, with empty logs: the first broker leads it, and others follow.

        Replicas that are not in the first ISR are fenced, and know nothing of having left it.
        """
        replicas: Set[BrokerId] = Set()
        isr: Set[BrokerId] = Set()
        leader: BrokerId | None = None
        for name in self.broker:
            if leader is None:
                leader = name
            if len(isr) < self.init_isr_size:
                isr.add(name)
            if len(replicas) < self.init_replication_factor:
                replicas.add(name)
        partition_epoch = 1 if len(isr) == len(replicas) else 2
        self.metadata.append(self.first_record(replicas, isr, leader, partition_epoch))
        self.latest_broker_epoch = 1
        self.latest_incarnation = 1
        for name in self.broker:
            is_stale = name in replicas and name not in isr
            self.registration[name] = Registration(is_stale, 1, 1)
            broker = self.broker[name]
            broker.broker_epoch = 1
            broker.incarnation = 1
            broker.metadata_offset = 0 if is_stale else 1
            if name in isr:
                broker.partition = Partition(replicas, isr, isr, leader, 1, partition_epoch)
            elif name in replicas:
                broker.partition = Partition(replicas, replicas, replicas, leader, 1, 1)
            if name == leader:
                broker.role = Role.LEADER
                broker.epoch_start = 0
            else:
                broker.role = Role.FOLLOWER if name in replicas else Role.NONE
                broker.fetching_from = leader

    @property
    def partition(self) -> P:
        """The partition as the controller has it."""
        return self.metadata[-1]

    def is_unfenced(self, broker: BrokerId) -> bool:
        """Whether the controller takes a broker for alive."""
        return not self.registration[broker].is_fenced

    def send(self, message: AnyMessage) -> None:
        """Puts a message in flight, where one like it is enough."""
        self.messages.add(message)

    def receive(self, message: AnyMessage) -> None:
        """Takes a message out of flight."""
        self.messages.remove(message)
        self.received.add(message)

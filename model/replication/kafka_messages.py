"""The messages of a KRaft cluster that are about one partition, and the numbers in them.

As in Vanlightly/kafka-tlaplus, kafka_data_replication/kraft: brokers register, the leader asks the controller to alter
the in-sync set (KIP-497), and followers fetch. Metadata records are no messages: a broker replays the controller's log.
"""

from enum import Enum
from typing import Annotated

from .. import Domain, Range, Seq, Set, Size, Struct
from ..log import Offset

#: A broker, which has at most one replica of the partition. All are alike.
BrokerId = Annotated[int, Domain("brokers", symmetric=True, prefix="b")]

#: What a producer writes. Every value is written at most once.
Value = Annotated[int, Domain("values", symmetric=True, prefix="v")]

#: The number of a leader's reign: 1 at first, and 0 for none.
LeaderEpoch = Annotated[int, Range(0, "max_metadata_records")]

#: Counts the changes of the partition. 0 is that of a broker that knows nothing of it.
PartitionEpoch = Annotated[int, Range(0, "max_metadata_records + 1")]

#: Counts registrations: 1 at first, and 0 for none (KIP-841, KIP-903).
BrokerEpoch = Annotated[int, Range(0, "max_lossless_shutdowns + max_lossy_shutdowns + 1")]

#: Counts starts of brokers: 1 at first, and 0 while a broker is down.
Incarnation = Annotated[int, Range(0, "max_lossless_shutdowns + max_lossy_shutdowns + 1")]

#: A position in the metadata log.
MetadataOffset = Annotated[int, Range(0, "max_metadata_records")]


class Record(Struct):
    """A record of the partition. Its offset is its place in the log."""

    value: Value
    epoch: LeaderEpoch


class EpochEnd(Struct):
    """Where an epoch ends in a log."""

    epoch: LeaderEpoch
    offset: Offset


class RegistrationRequest(Struct):
    """A broker that starts asks for a broker epoch, and tells the last one if it stopped cleanly (KIP-966)."""

    source: BrokerId
    incarnation: Incarnation
    broker_epoch: BrokerEpoch


class RegistrationResponse(Struct):
    """The broker epoch, and the end of the metadata log as the broker was registered."""

    target: BrokerId
    incarnation: Incarnation
    broker_epoch: BrokerEpoch
    metadata_offset: MetadataOffset


class Member(Struct):
    """A member of a proposed ISR, with the broker epoch of a new one; 0 for one that was in it before."""

    broker: BrokerId
    broker_epoch: BrokerEpoch


class AlterPartitionRequest(Struct):
    """The leader proposes an ISR for the partition as it knows it."""

    source: BrokerId
    members: Annotated[Set[Member], Size("brokers")]
    leader_epoch: LeaderEpoch
    partition_epoch: PartitionEpoch
    broker_epoch: BrokerEpoch

    @property
    def isr(self) -> Set[BrokerId]:
        """The proposed ISR."""
        return Set(member.broker for member in self.members)


class AlterPartitionResponse(Struct):
    """The partition as the controller has changed it."""

    target: BrokerId
    request: AlterPartitionRequest
    replicas: Set[BrokerId]
    isr: Set[BrokerId]
    leader: BrokerId
    leader_epoch: LeaderEpoch
    partition_epoch: PartitionEpoch


class AlterPartitionError(Enum):
    """Why a change is refused: a proposed member may not join, or the request is not from the partition as it is."""

    INELIGIBLE_REPLICA = "ineligible replica"
    FENCED_LEADER_EPOCH = "fenced leader epoch"


class AlterPartitionRefusal(Struct):
    """The controller has changed nothing."""

    target: BrokerId
    request: AlterPartitionRequest
    error: AlterPartitionError


class FetchRequest(Struct):
    """A follower asks for what follows its log, and tells the epoch of its last record."""

    source: BrokerId
    target: BrokerId
    broker_epoch: BrokerEpoch
    leader_epoch: LeaderEpoch
    offset: Offset
    last_epoch: LeaderEpoch


class AnyFetchResponse(Struct):
    """What all answers to a fetch have: the answering broker's leader epoch, and the offset that was fetched from."""

    source: BrokerId
    target: BrokerId
    leader_epoch: LeaderEpoch
    offset: Offset
    high_watermark: Offset


class FetchResponse(AnyFetchResponse):
    """The next record, if there is one."""

    records: Annotated[Seq[Record], Size(1)]


class DivergingFetchResponse(AnyFetchResponse):
    """The follower's log does not fit: where the leader's records of its last epoch, or of one before, end."""

    diverging: EpochEnd


class FetchError(Enum):
    """Why a fetch is not served."""

    UNKNOWN_LEADER_EPOCH = "unknown leader epoch"
    FENCED_LEADER_EPOCH = "fenced leader epoch"
    NOT_LEADER_OR_FOLLOWER = "not leader or follower"


class FailedFetchResponse(AnyFetchResponse):
    """The broker does not lead the partition in the epoch of the fetch."""

    error: FetchError


AnyMessage = (
    RegistrationRequest
    | RegistrationResponse
    | AlterPartitionRequest
    | AlterPartitionResponse
    | AlterPartitionRefusal
    | FetchRequest
    | FetchResponse
    | DivergingFetchResponse
    | FailedFetchResponse
)

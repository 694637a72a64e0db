"""What brokers and the controller say to each other about partitions, and the numbers in it."""

from enum import Enum
from typing import Annotated

from .. import Domain, Range, Seq, Set, Size, Struct
from ..log import Offset

#: A topic: its partitions have settings in common.
TopicId = Annotated[int, Domain("topics", prefix="t")]

#: A partition, of whatever topic. All are alike.
PartitionId = Annotated[int, Domain("partitions", symmetric=True, prefix="p")]

#: A broker. It has at most one replica of a partition. All are alike.
BrokerId = Annotated[int, Domain("brokers", symmetric=True, prefix="b")]

#: What a producer writes, once to each partition. All are alike.
Value = Annotated[int, Domain("records", symmetric=True, prefix="v")]

#: The number of a leader's reign: 1 at first, and 0 for none.
LeaderEpoch = Annotated[int, Range(0, "max_leader_epoch")]

#: Counts the changes of a partition.
PartitionEpoch = Annotated[int, Range(0, "max_partition_epoch")]

#: Counts the registrations of a broker: 1 at first. Kafka takes the offset of the record, and goes by its order only.
BrokerEpoch = Annotated[int, Range(0, "max_broker_epoch")]


class Record(Struct):
    """A record of a partition. Its offset is its place in the log."""

    value: Value
    epoch: LeaderEpoch


class EpochEnd(Struct):
    """Where the records of an epoch end in a log."""

    epoch: LeaderEpoch
    offset: Offset


class FetchRequest(Struct):
    """A follower asks for what follows its log, and tells the epoch of its last record (KIP-320, KIP-595, KIP-903)."""

    source: BrokerId
    target: BrokerId
    partition: PartitionId
    broker_epoch: BrokerEpoch
    leader_epoch: LeaderEpoch
    offset: Offset
    last_epoch: LeaderEpoch


class AnyFetchResponse(Struct):
    """What all answers to a fetch have: of what leader epoch the fetch was, and from where."""

    source: BrokerId
    target: BrokerId
    partition: PartitionId
    leader_epoch: LeaderEpoch
    offset: Offset


class FetchResponse(AnyFetchResponse):
    """The next record, if there is one, and the high watermark that the leader had as it looked."""

    records: Annotated[Seq[Record], Size(1)]
    high_watermark: Offset


class DivergingFetchResponse(AnyFetchResponse):
    """The follower's log does not fit: where the leader's records of its last epoch, or of one before, end."""

    diverging: EpochEnd


class Member(Struct):
    """A member of a proposed ISR, with the broker epoch of one that joins; 0 for one that is in it (KIP-903)."""

    broker: BrokerId
    broker_epoch: BrokerEpoch


class AlterPartitionRequest(Struct):
    """The leader proposes an ISR for a partition as it knows it (KIP-497)."""

    source: BrokerId
    partition: PartitionId
    broker_epoch: BrokerEpoch
    leader_epoch: LeaderEpoch
    partition_epoch: PartitionEpoch
    members: Annotated[Set[Member], Size("brokers")]

    @property
    def isr(self) -> Set[BrokerId]:
        """The proposed ISR."""
        return Set(member.broker for member in self.members)


class AlterPartitionError(Enum):
    """Why a proposal is refused. Only after the first does the leader know that it never was, nor will be, accepted."""

    INELIGIBLE_REPLICA = "ineligible replica"
    STALE_BROKER_EPOCH = "stale broker epoch"
    FENCED_LEADER_EPOCH = "fenced leader epoch"
    INVALID_UPDATE_VERSION = "invalid update version"
    INVALID_REQUEST = "invalid request"


class IneligibleReplica(Struct):
    """The answer to a proposal with a member that may not join."""

    target: BrokerId
    partition: PartitionId
    leader_epoch: LeaderEpoch
    partition_epoch: PartitionEpoch


AnyMessage = FetchResponse | DivergingFetchResponse | AlterPartitionRequest | IneligibleReplica

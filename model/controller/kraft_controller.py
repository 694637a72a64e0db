"""A controller on a voter of the KRaft quorum: the metadata log, and who has how much of it in memory.

An entry of the log says what a decision makes of the partitions and of one broker, as the records of Kafka do; metadata
are what comes of replaying entries. The first entry of an epoch is Kafka's leader-change record.

Sources: `QuorumController`, `KafkaRaftClient.ListenerContext` of Apache Kafka.
"""

from .. import Map, Seq, Set, Struct
from ..kafka.messages import BrokerId, PartitionId
from ..kafka.metadata import Metadata, Partition, Registration
from ..log import Offset
from ..raft.base import LastTerm, RaftLog, Term
from ..raft.kraft_restart import AnyRestartingVoter
from ..raft.kraft_server import Role


class LeaderChange(Struct):
    """The first entry of an epoch, which changes nothing."""

    epoch: Term


class Change(Struct):
    """A decision: what becomes of the partitions, and of a broker."""

    epoch: Term
    broker: BrokerId
    registration: Registration
    partitions: Map[PartitionId, Partition]


AnyEntry = LeaderChange | Change


class Image(Struct):
    """Metadata in somebody's memory, and up to where the log is replayed there."""

    position: Offset
    metadata: Metadata

    def replay(self, log: RaftLog[AnyEntry], end: int) -> None:
        """Replays the log up to an offset."""
        for entry in log.records[self.position : end]:
            if isinstance(entry, Change):
                self.metadata.brokers[entry.broker] = entry.registration
                for partition in entry.partitions:
                    self.metadata.partitions[partition] = entry.partitions[partition]
        self.position = end

    def revert(self, log: RaftLog[AnyEntry], end: int) -> None:
        """Forgets everything, and replays the log anew. Before it, brokers are registered and active."""
        none: Set[BrokerId] = Set()
        for broker in self.metadata.brokers:
            self.metadata.brokers[broker] = Registration(1, False, False)
        for partition in self.metadata.partitions:
            self.metadata.partitions[partition] = Partition(0, none, none, none, None, None, 0, 0, none, none)
        self.position = 0
        self.replay(log, end)


class Controller(AnyRestartingVoter[AnyEntry]):
    """A voter with a controller. It is told in `active_epoch` in which epoch it leads; 0 says that it does not."""

    image: Image
    active_epoch: LastTerm

    def forget(self) -> None:
        super().forget()
        self.active_epoch = 0
        self.image.revert(self.log, 0)

    @property
    def is_active(self) -> bool:
        """Whether the controller can decide: it takes itself to lead, and so does the voter."""
        return self.active_epoch == self.epoch and self.role == Role.LEADER

    @property
    def may_activate(self) -> bool:
        """Whether the controller may be told that it leads: the first entry of its epoch is committed (KAFKA-17333)."""
        return self.role == Role.LEADER and self.log.end_of_epochs_up_to(self.epoch - 1) < self.high_watermark

    def activate(self) -> None:
        """Begins to lead, with all that is committed in memory."""
        self.image.replay(self.log, self.high_watermark)
        self.active_epoch = self.epoch

    def renounce(self) -> None:
        """Leads no longer, and goes back to what is committed (KAFKA-17608)."""
        self.active_epoch = 0
        self.image.revert(self.log, min(self.image.position, self.high_watermark))

    def write(self, broker: int) -> None:
        """Appends what was decided on a broker and the partitions: in memory that is so already."""
        metadata = self.image.metadata
        self.log.append(Change(self.epoch, broker, metadata.brokers[broker], metadata.partitions))
        self.image.position = self.log.end_offset

    def changes_below(self, end: int) -> int:
        """How many decisions are below an offset of the log."""
        return sum(1 for entry in self.log.records[:end] if isinstance(entry, Change))

    @property
    def changes(self) -> int:
        """How many decisions are in the log."""
        return self.changes_below(self.log.end_offset)

    @property
    def committed_changes(self) -> int:
        """How many of its decisions are committed, as far as this server knows."""
        return self.changes_below(self.high_watermark)

    def leads_to(self, metadata: Seq[Metadata], end: int) -> bool:
        """Whether the decisions below an offset lead to these metadata, one after the other."""
        return self.changes_below(end) <= len(metadata) and all(
            metadata[self.changes_below(offset)].partitions == entry.partitions
            and metadata[self.changes_below(offset)].brokers[entry.broker] == entry.registration
            for offset, entry in enumerate(self.log.records[:end])
            if isinstance(entry, Change)
        )

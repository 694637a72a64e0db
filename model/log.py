"""The replicated log: records stamped with the epoch of the leader that wrote them.

There is one log in Fencepost. Every replication model keeps it in a bounded sequence, the executable node in segment
files, and both run the code of this module: it asks its storage for nothing but `len(records)`, `records[offset]`,
iteration, `append` and `truncate(length)`.

The operations are those of `FiniteReplicatedLog` in hachikuji/kafka-specification, and the questions that a leader
answers about epochs since KIP-101 (`OffsetsForLeaderEpoch`, kept by Kafka in its `LeaderEpochFileCache`).

Conventions: offsets count from 0, an end offset is exclusive, and "below" an offset excludes that offset. Nothing here
changes a log except `append` and `truncate`, and both change it at its end only.
"""

from typing import Annotated, Generic, Protocol, TypeVar

from . import Range, Seq, Size, Struct

#: The number of a leader's reign, given out by the controller in increasing order.
Epoch = Annotated[int, Range(0, "max_leader_epoch")]

#: A position in a log, up to and including the end of a full one.
Offset = Annotated[int, Range(0, "log_size")]

#: Makes every write unique, so that two records with equal epochs can still be told apart.
RecordId = Annotated[int, Range(0, "max_records - 1")]


class Stamped(Protocol):
    """What every record has: the epoch of the leader that wrote it, which Raft calls a term."""

    @property
    def epoch(self) -> int:
        """The epoch."""


R = TypeVar("R", bound=Stamped)


class ReplicaLog(Struct, Generic[R]):
    """A log, oldest record first. A subclass says what its records are, and how many it has room for."""

    records: Seq[R]

    @property
    def end_offset(self) -> int:
        """The offset that the next record gets."""
        return len(self.records)

    @property
    def latest_epoch(self) -> int | None:
        """The epoch of the last record; None when the log is empty."""
        return self.records[len(self.records) - 1].epoch if len(self.records) > 0 else None

    def has_offset(self, offset: int) -> bool:
        """Whether there is a record at an offset."""
        return offset < len(self.records)

    def holds(self, record: R, offset: int) -> bool:
        """Whether exactly this record is at an offset."""
        return offset < len(self.records) and self.records[offset] == record

    def has_epoch_at(self, offset: int, epoch: int) -> bool:
        """Whether there is a record of an epoch at an offset."""
        return offset < len(self.records) and self.records[offset].epoch == epoch

    def starts_with(self, other: "ReplicaLog[R]") -> bool:
        """Whether all of another log is the beginning of this one."""
        return self.agrees_below(len(other.records), other)

    def append(self, record: R) -> None:
        """Adds a record at the end offset."""
        self.records.append(record)

    def truncate(self, end_offset: int) -> None:
        """Drops every record from an offset on. The offset must not be past the end."""
        self.records.truncate(end_offset)

    def end_offset_for_epoch(self, epoch: int) -> int | None:
        """Where an epoch ends in this log, as KIP-101 asks the leader.

        That is the log's end for its latest epoch, and otherwise the first offset of any later epoch, even if this
        log has no record of the epoch asked for (KIP-279 is about that). None when the log is behind the epoch.
        """
        if self.latest_epoch == epoch:
            return len(self.records)
        for offset, record in enumerate(self.records):
            if record.epoch > epoch:
                return offset
        return None

    @property
    def last_epoch(self) -> int:
        """The epoch of the last record; 0 when there is none."""
        return self.records[len(self.records) - 1].epoch if len(self.records) > 0 else 0

    def latest_epoch_up_to(self, epoch: int, current_epoch: int) -> int:
        """The latest epoch in this log up to one that is asked for (KIP-279); that one, when all are later.

        The current epoch of a leader counts as being in its log.
        """
        if epoch == current_epoch:
            return epoch
        return max((record.epoch for record in self.records if record.epoch <= epoch), default=epoch)

    def end_offset_up_to(self, epoch: int) -> int:
        """Where the records of an epoch, or of those before it, end in this log."""
        end = self.end_offset_for_epoch(epoch)
        return len(self.records) if end is None else end

    def fits(self, end_offset: int, last_epoch: int, current_epoch: int) -> bool:
        """Whether a log with this end, and a last record of this epoch, can be the beginning of this one (KIP-595)."""
        return (
            self.latest_epoch_up_to(last_epoch, current_epoch) == last_epoch
            and self.end_offset_up_to(last_epoch) >= end_offset
        )

    def end_of_match_with(self, epoch: int, end_offset: int) -> int:
        """Up to where this log can be the beginning of one in which an epoch ends there (KIP-279)."""
        mine = self.end_offset_up_to(epoch)
        return min(mine, end_offset) if self.latest_epoch_up_to(epoch, 0) == epoch else mine

    def end_of_match(self, other: "ReplicaLog[R]") -> int:
        """One past the last offset at which both logs have the same record; 0 when there is none."""
        return max((offset + 1 for offset, record in enumerate(self.records) if other.holds(record, offset)), default=0)

    def agrees_below(self, offset: int, other: "ReplicaLog[R]") -> bool:
        """Whether both logs reach an offset and have the same records below it."""
        return (
            offset <= len(self.records)
            and offset <= len(other.records)
            and all(self.records[below] == other.records[below] for below in range(offset))
        )


class Record(Struct):
    """A record of a partition. Its offset is its place in the log."""

    id: RecordId
    epoch: Epoch


class Log(ReplicaLog[Record]):
    """The log of one replica of a partition."""

    records: Annotated[Seq[Record], Size("log_size")]

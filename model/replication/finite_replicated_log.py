"""Logs that replicas append to, truncate and copy from each other, without any rule about who may do so when.

From `FiniteReplicatedLog` in hachikuji/kafka-specification, the module below all versions of the protocol. Checked on
its own it shows what the log alone promises: a log changes at its end only. Everything else is up to the protocol.
"""

from typing import Annotated

from .. import Constant, Domain, Map, Model, Range, Seq, Size, action, require, step_invariant
from ..log import Offset
from .state import Broker

#: What is written. Which value it is does not matter.
Value = Annotated[int, Domain("log_records", symmetric=True, prefix="r")]


class FiniteReplicatedLog(Model):
    """Any replica may append any record, truncate anywhere, and copy the next record of any other."""

    replicas: Annotated[Constant[int], Range(1, 8)] = 2
    log_records: Annotated[Constant[int], Range(1, 8)] = 2
    log_size: Annotated[Constant[int], Range(1, 8)] = 2

    logs: Map[Broker, Annotated[Seq[Value], Size("log_size")]]

    @action
    def append(self, replica: Broker, record: Value) -> None:
        """A record is written at the end of a log. `Append`."""
        require(len(self.logs[replica]) < self.log_size)
        self.logs[replica].append(record)

    @action
    def truncate(self, replica: Broker, offset: Offset) -> None:
        """A log is cut. Published for offsets inside a full log only, not for its end. `TruncateTo`."""
        require(offset <= len(self.logs[replica]) and offset < self.log_size)
        self.logs[replica].truncate(offset)

    @action
    def replicate(self, replica: Broker, source: Broker) -> None:
        """A replica copies the next record of another. `ReplicateTo`."""
        offset = len(self.logs[replica])
        require(source != replica and offset < len(self.logs[source]))
        self.logs[replica].append(self.logs[source][offset])

    @step_invariant
    def logs_change_at_their_end(self, after: "FiniteReplicatedLog") -> bool:
        """A step keeps every record at the offset where it was, unless it cuts it off."""
        return all(
            self.logs[replica][offset] == after.logs[replica][offset]
            for replica in self.logs
            for offset in range(min(len(self.logs[replica]), len(after.logs[replica])))
        )

    @step_invariant
    def one_log_changes_at_a_time(self, after: "FiniteReplicatedLog") -> bool:
        """A step changes at most one log."""
        return sum(1 for replica in self.logs if self.logs[replica] != after.logs[replica]) <= 1

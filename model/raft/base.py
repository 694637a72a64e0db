"""What all Raft models share: identities, terms, the log, clients' values, and budgets of elections and restarts.

A model adds the state of one server and its messages. Offsets count entries from 0, and an end offset is exclusive,
where the publications count from 1. A term of 0 is that of the last entry of an empty log.
"""

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar

from .. import Auxiliary, Constant, Domain, Map, Model, Range, Seq, Set, Size, Struct
from ..log import ReplicaLog, Stamped

R = TypeVar("R", bound=Stamped)

#: A server. All are alike.
ServerId = Annotated[int, Domain("servers", symmetric=True, prefix="n")]

#: What a client wants to have in the log. Every value is submitted once.
Value = Annotated[int, Domain("values", prefix="v")]

#: A term, which Kafka calls an epoch: 1 before the first election.
Term = Annotated[int, Range(1, "max_elections + 1")]

#: The term of the last entry of a log, and 0 when it has none.
LastTerm = Annotated[int, Range(0, "max_elections + 1")]


class Entry(Struct):
    """An entry of the log with a client's value. Its epoch is the term of the leader that wrote it."""

    epoch: Term
    value: Value


class TermLog(ReplicaLog[R]):
    """A log, and what Raft asks about the terms of its entries."""

    @property
    def last_term(self) -> int:
        """The term of the last entry; 0 when there is none."""
        return self.epoch_before(len(self.records))

    def epoch_before(self, offset: int) -> int:
        """The term of the entry before an offset; 0 at the beginning."""
        return self.records[offset - 1].epoch if offset > 0 else 0

    def has_epoch_below(self, offset: int, epoch: int) -> bool:
        """Whether an entry of a term is before an offset."""
        return any(entry.epoch == epoch for entry in self.records[:offset])

    def is_covered_by(self, last_term: int, end_offset: int) -> bool:
        """Whether a log with this end is at least as up to date as this one (Raft, section 5.4.1)."""
        mine = self.last_term
        return last_term > mine or (last_term == mine and end_offset >= self.end_offset)

    def end_of_epochs_up_to(self, epoch: int) -> int:
        """Where the entries of an epoch and of those before it end."""
        return max((offset + 1 for offset, entry in enumerate(self.records) if entry.epoch <= epoch), default=0)

    def end_of_match_with(self, last_term: int, end_offset: int) -> int:
        """How much of this log can be in one that ends there: up to the last entry that does not come after its end."""
        return max(
            (
                offset + 1
                for offset, entry in enumerate(self.records)
                if entry.epoch < last_term or (entry.epoch == last_term and offset < end_offset)
            ),
            default=0,
        )


class RaftLog(TermLog[R]):
    """The log of a server."""

    records: Annotated[Seq[R], Size("log_size")]


class RaftState(Model):
    """Constants, and the state beside servers and messages. Auxiliary is what the published views leave out."""

    servers: Annotated[Constant[int], Range(1, 5)] = 2
    values: Annotated[Constant[int], Range(1, 4)] = 1
    log_size: Annotated[Constant[int], Range("values", "values")] = 1
    max_elections: Annotated[Constant[int], Range(0, 4)] = 2
    max_restarts: Annotated[Constant[int], Range(0, 4)] = 0

    acknowledged: Auxiliary[Map[Value, bool | None]]
    elections: Auxiliary[Annotated[int, Range(0, "max_elections")]]
    restarts: Auxiliary[Annotated[int, Range(0, "max_restarts")]]

    def is_majority(self, servers: Set[ServerId]) -> bool:
        """Whether a set of servers is a quorum."""
        return 2 * len(servers) > self.servers

    def acknowledge(self, entries: Sequence[Stamped]) -> None:
        """Tells clients that these entries are committed, once."""
        for entry in entries:
            if isinstance(entry, Entry) and self.acknowledged[entry.value] is not None:
                self.acknowledged[entry.value] = True

    # What properties ask of a server.

    def is_leader(self, server: ServerId) -> bool:
        """Whether a server takes itself for the leader of its term."""
        raise NotImplementedError

    def term_of(self, server: ServerId) -> int:
        """The term a server is in."""
        raise NotImplementedError

    def vote_of(self, server: ServerId) -> ServerId | None:
        """Whom a server voted for in its term."""
        raise NotImplementedError

    def log_of(self, server: ServerId) -> ReplicaLog[Any]:
        """A server's log."""
        raise NotImplementedError

    def committed_offset_of(self, server: ServerId) -> int:
        """Up to where a server takes its log to be committed."""
        raise NotImplementedError

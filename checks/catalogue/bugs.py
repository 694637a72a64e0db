"""Historical bugs and design mistakes that shipped specifications show, each with the one that does without it."""

from __future__ import annotations

from dataclasses import dataclass

from . import Entry, find


@dataclass(frozen=True)
class Bug:
    """A bug: where it is reported or described, the specification that has it, and a property that shows it.

    `mended` is the specification that differs in the rule that was added, and for which the property holds.
    """

    reference: str
    name: str
    shows: str
    mended: str

    @property
    def entry(self) -> Entry:
        """The specification that has it."""
        entry = find(self.name)
        assert entry is not None
        return entry

    @property
    def states(self) -> int:
        """The states of the shortest counterexample that is pinned."""
        pinned = (one.pins.violated or {} for one in self.entry.configurations if one.pins is not None)
        return min(length for violated in pinned if (length := violated.get(self.shows)) is not None)


_COMPLETE = "leader_candidate_completeness"
_ACKNOWLEDGED = "leader_has_acknowledged_records"
_IN_SYNC = "acknowledged_records_are_in_sync"

BUGS: tuple[Bug, ...] = (
    # Partition replication.
    Bug("KIP-101", "truncate-to-high-watermark", "strong_isr", "kip-320"),
    Bug("KIP-101", "truncate-to-high-watermark", "visible_records_are_never_replaced", "kip-320"),
    Bug("KIP-279", "kip-101", "strong_isr", "kip-320"),
    Bug("KIP-320", "kip-279", "strong_isr", "kip-320"),
    Bug("KIP-320, rejected design", "kip-320-first-try", "strong_isr", "kip-320"),
    Bug("KAFKA-7128", "kafka-lagging-high-watermark", _COMPLETE, "kafka-3.5"),
    Bug("KAFKA-13141", "kafka-diverging-fetch-counts", _COMPLETE, "kafka-3.5"),
    Bug("KAFKA-14704", "kafka-high-watermark-before-truncation", "log_matching", "kafka-3.5"),
    # The in-sync set, and elections.
    Bug("KIP-497, maximal ISR", "kafka-committed-isr-only", _COMPLETE, "kafka-3.5"),
    Bug("KIP-497, partition epoch", "kafka-any-partition-epoch", _COMPLETE, "kafka-3.5"),
    Bug("KIP-841", "kafka-fenced-replica-joins", "in_sync_replicas_are_unfenced", "kafka-3.5"),
    Bug("KAFKA-14617, KIP-903", "kafka-rebooted-replica-joins", _COMPLETE, "kafka-3.5"),
    Bug("KIP-455, removed and added", "kafka-replica-added-again", _COMPLETE, "kafka-3.5"),
    Bug("KIP-966, last replica standing", "kafka-last-replica-standing", "leader_completeness", "kafka-3.5"),
    Bug("KIP-966, high watermark", "kip-966-lone-leader-commits", _COMPLETE, "kip-966"),
    Bug("KIP-966, registration", "kip-966-loss-goes-unnoticed", _COMPLETE, "kip-966"),
    # The controller of the ZooKeeper era.
    Bug("controller epoch", "zookeeper-unconditional-election", "one_controller_per_epoch", "zookeeper-controller"),
    Bug("KAFKA-6082", "zookeeper-zombie-controller", "only_latest_controller_decides", "zookeeper-controller"),
    Bug("version of the state", "zookeeper-unconditional-decision", _ACKNOWLEDGED, "zookeeper-controller"),
    Bug("version of the state", "zookeeper-zombie-leader", "no_update_is_lost", "zookeeper-controller"),
    Bug("KIP-380", "zookeeper-previous-incarnation", _ACKNOWLEDGED, "zookeeper-controller"),
    Bug("KIP-570", "zookeeper-reordered-stop-replica", _IN_SYNC, "zookeeper-controller"),
    Bug("sole ISR member", "zookeeper-emptied-isr", "leader_is_in_sync", "zookeeper-controller"),
    Bug("KIP-497, lost answer", "zookeeper-unanswered-expansion", _ACKNOWLEDGED, "zookeeper-maximal-isr"),
    # Raft and KRaft.
    Bug("Raft, figure 8", "raft-figure-8", "leader_completeness", "raft-in-rounds"),
    Bug("Raft, durable votes", "raft-volatile-vote", "election_safety", "raft-in-rounds"),
    Bug("KAFKA-10661", "kraft-resumed-leadership", "log_matching", "kraft-restart"),
    Bug("KAFKA-10527", "kraft-forgotten-leadership", "never_two_leaders_in_same_epoch", "kraft-elections"),
    Bug("KAFKA-13884", "kraft-unflushed-fetch", "leader_completeness", "kraft-committed"),
    Bug("KAFKA-12460", "kraft-silent-truncation", "leader_completeness", "kraft-committed"),
    Bug("KAFKA-17333", "kraft-eager-activation", "active_controller_is_caught_up", "kraft-activation"),
    Bug("KAFKA-17608", "kraft-kept-writes", "standby_has_applied_committed_entries_only", "kraft-activation"),
    Bug("KAFKA-15489", "kraft-no-check-quorum", "leader_that_is_cut_off_resigns", "kraft-check-quorum"),
    Bug("KIP-996", "kraft-no-pre-vote", "leader_with_majority_stays", "kraft-pre-vote-partitioned"),
    Bug("KIP-996, followers", "kraft-swayed-pre-vote", "leader_with_majority_stays", "kraft-pre-vote-partitioned"),
)

"""Historical bugs and design mistakes that shipped specifications show, each with the one that does without it."""

from __future__ import annotations

from dataclasses import dataclass

from . import Configuration, Entry, find


@dataclass(frozen=True)
class Bug:
    """A bug: where it is reported or described, the specification that has it, and a property that shows it.

    `mended` is the specification that differs in the rule that was added, and for which the property holds. That may be
    the same one: it has the bug while `switch` is off.
    """

    reference: str
    name: str
    shows: str
    mended: str
    switch: str = ""

    @property
    def entry(self) -> Entry:
        """The specification that has it."""
        entry = find(self.name)
        assert entry is not None
        return entry

    @property
    def shown_by(self) -> str:
        """The specification that has it, with what has to be set."""
        return f"{self.name} {self.switch}=false" if self.switch else self.name

    @property
    def configuration(self) -> Configuration:
        """The one that has it with the shortest counterexample that is pinned."""
        found = {
            length: one
            for one in reversed(self.entry.configurations)
            if one.pins is not None and (not self.switch or one.constants.get(self.switch) is False)
            if (length := (one.pins.violated or {}).get(self.shows)) is not None
        }
        return found[min(found)]

    @property
    def states(self) -> int:
        """The states of that counterexample."""
        pins = self.configuration.pins
        assert pins is not None and pins.violated is not None
        length = pins.violated[self.shows]
        assert length is not None
        return length


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
    Bug("KIP-101", "kafka", "candidates_are_complete", "kafka", "truncates_on_fetch"),
    Bug("KIP-320", "kafka", "acknowledged_records_survive", "kafka", "fences_fetches"),
    Bug("KAFKA-7128", "kafka", "candidates_are_complete", "kafka", "waits_for_epoch_start"),
    Bug("KAFKA-13141", "kafka", "acknowledged_records_survive", "kafka", "ignores_diverging_positions"),
    Bug("KAFKA-18991", "kafka", "candidates_are_complete", "kafka", "ignores_late_responses"),
    # The in-sync set, and elections.
    Bug("KIP-497, maximal ISR", "kafka-committed-isr-only", _COMPLETE, "kafka-3.5"),
    Bug("KIP-497, partition epoch", "kafka-any-partition-epoch", _COMPLETE, "kafka-3.5"),
    Bug("KIP-841", "kafka-fenced-replica-joins", "in_sync_replicas_are_unfenced", "kafka-3.5"),
    Bug("KAFKA-14617, KIP-903", "kafka-rebooted-replica-joins", _COMPLETE, "kafka-3.5"),
    Bug("KIP-455, removed and added", "kafka-replica-added-again", _COMPLETE, "kafka-3.5"),
    Bug("KIP-966, last replica standing", "kafka-last-replica-standing", "leader_completeness", "kafka-3.5"),
    Bug("KIP-966, high watermark", "kip-966-lone-leader-commits", _COMPLETE, "kip-966"),
    Bug("KIP-966, registration", "kip-966-loss-goes-unnoticed", _COMPLETE, "kip-966"),
    Bug("KIP-497, maximal ISR", "kafka", "acknowledged_records_survive", "kafka", "counts_pending_members"),
    Bug("KIP-497, partition epoch", "kafka", "acknowledged_records_survive", "kafka", "checks_partition_epoch"),
    Bug("KIP-841", "kafka", "inactive_brokers_are_out", "kafka", "refuses_inactive_members"),
    Bug("KAFKA-14617, KIP-903", "kafka", "candidates_are_complete", "kafka", "checks_member_epochs"),
    Bug("KIP-966, last replica standing", "kafka", "acknowledged_records_survive", "kafka", "eligible_leader_replicas"),
    Bug("KIP-966, high watermark", "kafka", "consumed_records_survive", "kafka", "strict_min_isr"),
    Bug("KIP-966, registration", "kafka", "acknowledged_records_survive", "kafka", "detects_unclean_shutdowns"),
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
    Bug("KIP-595, new leaders", "kraft-hasty-report", "reports_never_fall", "kraft-high-watermark"),
    Bug("KIP-595, late fetches", "kraft-late-fetch", "reports_never_fall", "kraft-high-watermark"),
    Bug("KAFKA-15489", "kraft-no-check-quorum", "leader_that_is_cut_off_resigns", "kraft-check-quorum"),
    Bug("KIP-996", "kraft-no-pre-vote", "leader_with_majority_stays", "kraft-pre-vote-partitioned"),
    Bug("KIP-996, followers", "kraft-swayed-pre-vote", "leader_with_majority_stays", "kraft-pre-vote-partitioned"),
)

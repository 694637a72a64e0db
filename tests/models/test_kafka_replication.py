"""Kafka 3.5 and KIP-966 against TLC, level by level and action by action, and what each property is there for.

Larger configurations are pinned in the catalogue, and so are the known traps, each of which takes one rule out.
"""

from itertools import combinations_with_replacement

import pytest

from fencepost.checks.catalogue import find, kafka_replication
from fencepost.model import Set, Specification, replace
from fencepost.model.replication.kafka_3_5 import Kafka35
from fencepost.model.replication.kafka_messages import BrokerId, Record
from fencepost.model.replication.kafka_state import PartitionLog, Role
from fencepost.model.replication.kafka_traps import FencedReplicaJoins, LastReplicaStanding, LoneLeaderCommits
from fencepost.model.replication.kip_966 import EligiblePartitionRecord, Kip966
from models.guards import words

SMALL = {"max_metadata_records": 4, "max_in_flight": 4, "max_received": 20}


@pytest.mark.parametrize("model", [Kafka35, Kip966])
@pytest.mark.parametrize("min_isr", [1, 2])
def test_without_faults(model, min_isr, search):
    found = search(model, min_isr=min_isr, **SMALL)
    assert found.levels == [1, 2, 2, 3, 2, 2, 2, 2, 1, 1, 1]
    generated = {"send_fetch_request": 5, "receive_fetch_request": 5, "receive_fetch_response": 6, "write": 4}
    assert +found.generated == generated
    assert found.violated == {}


def test_a_leader_shrinks_the_isr(search):
    """One state at a time; the native engine finds as many in the full tier."""
    found = search(Kafka35, max_isr_shrinks=1, **SMALL)
    # TLC counts the initial state as generated, too.
    assert (found.distinct, found.generated.total() + 1, found.depth) == (367, 718, 18)
    assert found.violated == {}


# Where epochs end in a log, as published: offsets from 1, and the log's end is one past its last offset.


def published_end(epochs, asked, current_epoch):
    end = len(epochs) + 1
    if not epochs or asked in (epochs[-1], current_epoch):
        return asked, end
    higher = [offset for offset, epoch in enumerate(epochs, 1) if epoch > asked]
    lower = [epoch for epoch in epochs if epoch <= asked]
    return max(lower, default=asked), min(higher, default=end)


def published_truncation(epochs, diverging_epoch, diverging_offset):
    epoch, offset = published_end(epochs, diverging_epoch, None)
    return offset if epoch != diverging_epoch else min(offset, diverging_offset)


LOGS = [epochs for length in range(4) for epochs in combinations_with_replacement((1, 2, 3), length)]


def log(epochs):
    return PartitionLog([Record(0, epoch) for epoch in epochs])


@pytest.mark.parametrize("epochs", LOGS, ids=str)
def test_ends_of_epochs_are_the_published_ones(epochs):
    for current_epoch in range(max(epochs, default=1), 5):
        for asked in range(current_epoch + 1):
            found = log(epochs)
            end = found.latest_epoch_up_to(asked, current_epoch), found.end_offset_up_to(asked)
            assert (end[0], end[1] + 1) == published_end(epochs, asked, current_epoch)


@pytest.mark.parametrize("epochs", LOGS, ids=str)
def test_followers_truncate_to_the_published_offset(epochs):
    for epoch in range(1, max(epochs, default=0) + 1):
        for offset in range(1, 5):
            kept = log(epochs).end_of_match_with(epoch, offset - 1)
            assert kept + 1 == published_truncation(epochs, epoch, offset)


# Each property can fail. Of the known traps only those are here that take few states; the full tier has all.


class HastyLeader(Kafka35):
    """A leader takes its proposal for accepted."""

    def send_alter_partition_request(self, leader: BrokerId, timed_out: Set[BrokerId]) -> None:
        super().send_alter_partition_request(leader, timed_out)
        me = self.broker[leader]
        if me.pending is not None:
            me.partition.isr = me.pending.isr


class FetchingLeader(Kafka35):
    """A leader goes on fetching from whom it followed."""

    def become_leader(self, broker: BrokerId) -> None:
        before = self.broker[broker].fetching_from
        super().become_leader(broker)
        self.broker[broker].fetching_from = before


class StubbornLeader(Kafka35):
    """A leader goes on in the epoch of the next one."""

    def become_follower(self, broker: BrokerId, fetches_anew: bool) -> None:
        me = self.broker[broker]
        was_leader = me.role == Role.LEADER
        super().become_follower(broker, fetches_anew)
        if was_leader:
            me.role = Role.LEADER


class EligibleForEver(Kip966):
    """Who has left the ISR is eligible although the others can commit without it."""

    def elr_after(self, isr: Set[BrokerId], replicas: Set[BrokerId]) -> Set[BrokerId]:
        return (self.partition.elr | (self.partition.isr - isr)) & replicas


class NobodyRemembered(Kip966):
    """The controller forgets who was eligible last."""

    def remember(self, after: EligiblePartitionRecord) -> EligiblePartitionRecord:
        nobody: Set[BrokerId] = Set()
        return replace(after, last_known_elr=nobody)


GUARDS = [
    (HastyLeader, {"max_isr_shrinks": 1}, "metadata_matching", 2),
    (FetchingLeader, {"max_fences": 1}, "only_followers_fetch", 3),
    (StubbornLeader, {"max_fences": 1}, "one_leader_per_epoch", 4),
    (EligibleForEver, {"max_fences": 1}, "eligible_leaders_make_up_for_isr", 2),
    (LastReplicaStanding, {"max_fences": 1, "max_lossy_shutdowns": 1}, "no_committed_record_lost_globally", 5),
    (FencedReplicaJoins, {"max_fences": 1}, "in_sync_replicas_are_unfenced", 7),
    (LoneLeaderCommits, {"max_fences": 1, "min_isr": 2}, "leader_candidate_completeness", 4),
    (NobodyRemembered, {"max_lossy_shutdowns": 2, "min_isr": 2}, "min_isr_recovery_quorum", 7),
]


@pytest.mark.parametrize(("broken", "constants", "name", "states"), GUARDS, ids=words)
def test_without_the_rule_the_property_fails(broken, constants, name, states, search):
    assert search(broken, until=name, **{**SMALL, "max_metadata_records": 8, **constants}).violated[name] == states


@pytest.mark.parametrize("model", [Kafka35, Kip966])
def test_every_property_has_a_control(model):
    broken = {name for _, _, name, _ in GUARDS}
    for entry in kafka_replication.TRAPS:
        for one in entry.configurations:
            assert one.pins is not None
            broken |= set(one.pins.violated or {})
    assert {prop.name for prop in Specification(model).properties} <= broken


@pytest.mark.parametrize("entry", kafka_replication.TRAPS, ids=lambda entry: entry.name)
def test_beside_a_trap_the_rule_is_pinned_to_avoid_it(entry):
    """With the same constants, and seen alike, the model with the rule keeps what the trap breaks."""
    guarded = find("kip-966" if entry.name.startswith("kip-966") else "kafka-3.5")
    assert guarded is not None
    for trap in entry.configurations:
        (beside,) = [one for one in guarded.pinned(trap.constants) if (one.view, one.symmetry) == (trap.view, False)]
        assert trap.pins is not None and beside.pins is not None
        assert not set(trap.pins.violated or {}) & set(beside.pins.violated or {})

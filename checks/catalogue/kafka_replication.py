"""Kafka 3.5 and KIP-966 as published, with the results of TLC, and known traps next to the rule that avoids them.

The published specifications name brokers by number, so that TLC cannot take them for interchangeable. Here they are;
what symmetry leaves of a space is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .configuration import Configuration, Entry, Pins, Tier

_SIZES = ("brokers", "init_replication_factor", "init_isr_size", "min_isr", "values")
_FAULTS = ("max_lossless_shutdowns", "max_lossy_shutdowns", "max_fences", "max_isr_shrinks", "max_reassignments")
_ROOM = ("max_metadata_records", "max_in_flight", "max_received")

_CHANGES = frozenset(
    {
        "receive_metadata",
        "send_alter_partition_request",
        "receive_alter_partition_request",
        "receive_alter_partition_response",
    }
)
_REFUSAL = frozenset({"receive_alter_partition_refusal"})
_ANSWERED = _REFUSAL | {"receive_alter_partition_response"}
_DIVERGING = frozenset({"receive_diverging_fetch_response"})
_FAILED = frozenset({"receive_failed_fetch_response"})

_FENCED = frozenset({"in_sync_replicas_are_unfenced"})
_TWO_LEADERS = frozenset({"one_leader_per_epoch"})
_ELIGIBLE = frozenset({"eligible_leaders_make_up_for_isr"})
_RECOVERY = frozenset({"min_isr_recovery_quorum"})
_PREMISES = _FENCED | _TWO_LEADERS | _ELIGIBLE | _RECOVERY


def _kafka(
    sizes: tuple[int, int, int, int, int], faults: tuple[int, int, int, int, int], found: tuple[int, int], *,
    room: tuple[int, int, int] = (3, 3, 20), tier: Tier = "full", view: bool = False,
    never: frozenset[str] = frozenset(), violated: Mapping[str, int] | None = None,
) -> Configuration:  # fmt: skip
    """A configuration: its sizes, how many faults there are of which kind, and distinct states and depth.

    `never` are the actions that are not possible and the premises that are not met, besides those that the constants
    show to be so.
    """
    brokers, replicas, isr, min_isr, values = sizes
    lossless, lossy, fences, shrinks, reassignments = faults
    constants = {
        **dict(zip(_SIZES, sizes, strict=True)),
        **dict(zip(_FAULTS, faults, strict=True)),
        **dict(zip(_ROOM, room, strict=True)),
        "log_size": values,
    }
    never |= set() if fences > 0 or isr < replicas else {"unfence_broker"}
    never |= set() if lossless + lossy + fences > 0 or isr < replicas else _FENCED
    never |= set() if sum(faults) > 0 or isr < replicas else _CHANGES | _REFUSAL | _DIVERGING | _FAILED | _TWO_LEADERS
    pins = Pins(*found, violated or {}, vacuous=never & _PREMISES, unreachable=never - _PREMISES)
    return Configuration(constants, tier, pins, view=view)


def _symmetric(one: Configuration, distinct: int, tier: Tier = "full") -> Configuration:
    """A configuration with brokers taken for interchangeable, which leaves so many states."""
    assert one.pins is not None
    return replace(one, tier=tier, symmetry=True, pins=replace(one.pins, distinct=distinct))


#: Two replicas in sync and one value; a leader alone is enough to commit, or both are needed.
_ONE_IS_ENOUGH = (2, 2, 2, 1, 1)
_BOTH_NEEDED = (2, 2, 2, 2, 1)

_LARGE = (8, 8, 48)
_LEFT_OPEN = _ELIGIBLE | _RECOVERY

_LOSS_OF_THREE = _kafka((3, 3, 3, 2, 1), (0, 1, 0, 0, 0), (101_378, 40), room=_LARGE, view=True, never=_TWO_LEADERS)

KAFKA_3_5 = (
    _kafka(_ONE_IS_ENOUGH, (0, 0, 0, 0, 0), (19, 11)),
    _kafka(_BOTH_NEEDED, (0, 0, 0, 0, 0), (19, 11)),
    _kafka((2, 2, 2, 1, 2), (0, 0, 0, 0, 0), (108, 18)),
    _kafka((3, 3, 3, 2, 1), (0, 0, 0, 0, 0), (305, 23)),
    _kafka(_ONE_IS_ENOUGH, (0, 1, 0, 0, 0), (14_304, 39), tier="quick", never=_DIVERGING | _TWO_LEADERS),
    _kafka(_ONE_IS_ENOUGH, (1, 0, 0, 0, 0), (13_348, 35), never=_TWO_LEADERS),
    _kafka(_BOTH_NEEDED, (0, 0, 1, 0, 0), (11_957, 36)),
    _kafka(_ONE_IS_ENOUGH, (0, 0, 0, 1, 0), (367, 18), never=_REFUSAL | _DIVERGING | _FAILED | _TWO_LEADERS),
    _kafka(
        _ONE_IS_ENOUGH,
        (0, 0, 0, 2, 0),
        (1_897, 24),
        room=_LARGE,
        never=_REFUSAL | _DIVERGING | _FAILED | _TWO_LEADERS,
    ),
    _kafka(_ONE_IS_ENOUGH, (0, 0, 0, 0, 1), (358, 19), never=(_CHANGES - {"receive_metadata"}) | _REFUSAL | _DIVERGING),
    _kafka((3, 2, 2, 1, 1), (0, 0, 0, 0, 1), (245_031, 50), room=_LARGE, never=_ANSWERED),
    # Under the published view.
    _kafka(_ONE_IS_ENOUGH, (0, 0, 1, 0, 0), (1_260, 21), view=True),
    _kafka(_ONE_IS_ENOUGH, (0, 1, 0, 0, 0), (945, 25), view=True, never=_DIVERGING | _TWO_LEADERS),
    _kafka(_ONE_IS_ENOUGH, (0, 1, 1, 0, 0), (34_745, 35), room=_LARGE, view=True),
    _kafka((2, 2, 1, 1, 1), (0, 0, 0, 0, 0), (130, 15), view=True, never=_DIVERGING | _FAILED | _TWO_LEADERS),
    _kafka((2, 2, 1, 1, 1), (0, 1, 0, 0, 0), (2_326, 30), room=_LARGE, view=True, never=_DIVERGING | _TWO_LEADERS),
    _kafka((2, 2, 1, 1, 1), (0, 1, 1, 0, 0), (93_154, 40), room=_LARGE, view=True),
    _kafka(_ONE_IS_ENOUGH, (0, 0, 0, 0, 2), (3_710, 27), room=_LARGE, view=True, never=_ANSWERED),
    _LOSS_OF_THREE,
    _symmetric(_LOSS_OF_THREE, 50_696),
    # TLC cannot evaluate these: a leader without followers writes a second record.
    _kafka((2, 2, 2, 1, 2), (0, 0, 1, 0, 0), (9_170, 27), room=_LARGE, view=True),
    _kafka((2, 2, 2, 1, 3), (0, 0, 1, 0, 0), (72_720, 31), room=_LARGE, view=True),
)

KIP_966 = (
    _kafka(_ONE_IS_ENOUGH, (0, 0, 0, 0, 0), (19, 11), never=_LEFT_OPEN),
    _kafka(_BOTH_NEEDED, (0, 0, 0, 0, 0), (19, 11), never=_LEFT_OPEN),
    _kafka((2, 2, 2, 1, 2), (0, 0, 0, 0, 0), (108, 18), never=_LEFT_OPEN),
    _kafka((3, 3, 3, 2, 1), (0, 0, 0, 0, 0), (305, 23), never=_LEFT_OPEN),
    _kafka(_ONE_IS_ENOUGH, (0, 0, 1, 0, 0), (14_613, 36), never=_LEFT_OPEN),
    _kafka(_ONE_IS_ENOUGH, (0, 1, 0, 0, 0), (14_304, 39), never=_DIVERGING | _TWO_LEADERS | _LEFT_OPEN),
    _kafka(_BOTH_NEEDED, (0, 0, 1, 0, 0), (11_964, 37), tier="quick", never=_RECOVERY),
    _kafka(_ONE_IS_ENOUGH, (1, 0, 0, 0, 0), (26_677, 35), never=_TWO_LEADERS | _LEFT_OPEN),
    _kafka(
        _ONE_IS_ENOUGH, (0, 0, 0, 1, 0), (367, 18), never=_REFUSAL | _DIVERGING | _FAILED | _TWO_LEADERS | _LEFT_OPEN
    ),
    _kafka((3, 2, 2, 1, 1), (0, 0, 0, 0, 1), (245_031, 50), room=_LARGE, never=_ANSWERED | _LEFT_OPEN),
    # Under the published view.
    _kafka(_ONE_IS_ENOUGH, (0, 0, 1, 0, 0), (1_260, 21), view=True, never=_LEFT_OPEN),
    _kafka(_ONE_IS_ENOUGH, (0, 1, 0, 0, 0), (945, 25), view=True, never=_DIVERGING | _TWO_LEADERS | _LEFT_OPEN),
    _kafka(
        _ONE_IS_ENOUGH,
        (0, 1, 1, 0, 0),
        (40_719, 35),
        room=_LARGE,
        view=True,
        violated={"no_committed_record_lost_globally": 5},
    ),
    _kafka(_BOTH_NEEDED, (0, 0, 1, 0, 0), (1_215, 22), view=True, never=_RECOVERY),
    _kafka(_BOTH_NEEDED, (0, 1, 1, 0, 0), (282_201, 41), room=_LARGE, view=True, never=_RECOVERY),
    _kafka(
        _BOTH_NEEDED,
        (0, 2, 0, 0, 0),
        (193_571, 47),
        room=(12, 6, 40),
        view=True,
        never=_DIVERGING | _TWO_LEADERS,
        violated={"no_committed_record_lost_globally": 9},
    ),
)

TRAPS = (
    Entry(
        "kafka-last-replica-standing",
        "model.replication.kafka_traps:LastReplicaStanding",
        "KIP-966, motivation: the last member of the ISR loses its log, and is elected all the same",
        (
            _kafka(_ONE_IS_ENOUGH, (0, 1, 0, 0, 0), (14_304, 39), never=_DIVERGING | _TWO_LEADERS),
            _kafka(
                _ONE_IS_ENOUGH,
                (0, 1, 1, 0, 0),
                (43_873, 35),
                room=_LARGE,
                view=True,
                violated={
                    "no_committed_record_lost_globally": 5,
                    "leader_completeness": 8,
                    "leader_candidate_completeness": 8,
                    "consistent_read": 9,
                },
            ),
        ),
    ),
    Entry(
        "kafka-fenced-replica-joins",
        "model.replication.kafka_traps:FencedReplicaJoins",
        "KIP-841: the controller lets a fenced broker into the ISR",
        (
            _kafka(
                _ONE_IS_ENOUGH,
                (0, 0, 1, 0, 0),
                (1_368, 21),
                view=True,
                never=_REFUSAL,
                violated={"in_sync_replicas_are_unfenced": 7},
            ),
        ),
    ),
    Entry(
        "kafka-rebooted-replica-joins",
        "model.replication.kafka_traps:RebootedReplicaJoins",
        "KIP-903, KAFKA-14617: a broker joins the ISR for what it had before it lost its log",
        (
            _kafka(
                (2, 2, 1, 1, 1),
                (0, 1, 0, 0, 0),
                (2_812, 30),
                room=_LARGE,
                view=True,
                never=_DIVERGING | _TWO_LEADERS,
                violated={"leader_candidate_completeness": 13},
            ),
        ),
    ),
    Entry(
        "kafka-committed-isr-only",
        "model.replication.kafka_traps:CommittedIsrOnly",
        "KIP-497 without the maximal ISR: a leader does not count on members that it has proposed",
        (
            _kafka(
                (2, 2, 1, 1, 1),
                (0, 0, 0, 0, 0),
                (126, 15),
                view=True,
                never=_DIVERGING | _FAILED | _TWO_LEADERS,
                violated={"leader_candidate_completeness": 10},
            ),
        ),
    ),
    Entry(
        "kafka-any-partition-epoch",
        "model.replication.kafka_traps:AnyPartitionEpoch",
        "KIP-497 without its version check: the controller makes a change that was meant for an older partition",
        (
            _kafka(
                (2, 2, 1, 1, 1),
                (0, 1, 1, 0, 0),
                (134_181, 40),
                room=_LARGE,
                view=True,
                violated={
                    "replication_quorum_superset": 9,
                    "leader_candidate_completeness": 10,
                    "leader_completeness": 11,
                    "no_committed_record_lost_globally": 11,
                    "consistent_read": 12,
                },
            ),
        ),
    ),
    Entry(
        "kafka-lagging-high-watermark",
        "model.replication.kafka_traps:LaggingHighWatermark",
        "KAFKA-7128: a replica joins the ISR of a new leader that does not know yet what is committed",
        (
            _kafka(
                (3, 3, 3, 2, 1),
                (0, 1, 0, 0, 0),
                (127_592, 40),
                room=_LARGE,
                view=True,
                never=_TWO_LEADERS,
                violated={"leader_candidate_completeness": 22},
            ),
        ),
    ),
    Entry(
        "kafka-diverging-fetch-counts",
        "model.replication.kafka_traps:DivergingFetchCounts",
        "KAFKA-13141: a fetch counts as progress although the logs have diverged",
        (
            _kafka(
                (2, 2, 2, 1, 2),
                (0, 0, 1, 0, 0),
                (10_590, 27),
                room=_LARGE,
                view=True,
                violated={"leader_candidate_completeness": 13},
            ),
        ),
    ),
    Entry(
        "kafka-high-watermark-before-truncation",
        "model.replication.kafka_traps:HighWatermarkBeforeTruncation",
        "KAFKA-14704: a follower takes over the high watermark in a step of its own before it truncates",
        (
            _kafka(
                (2, 2, 2, 1, 3), (0, 0, 1, 0, 0), (73_938, 31), room=_LARGE, view=True, violated={"log_matching": 10}
            ),
        ),
    ),
    Entry(
        "kafka-replica-added-again",
        "model.replication.kafka_traps:ReplicaAddedAgain",
        "a leader remembers how far a replica was that has been removed and added again meanwhile",
        (
            _kafka(
                _ONE_IS_ENOUGH,
                (0, 0, 0, 0, 2),
                (4_138, 27),
                room=_LARGE,
                view=True,
                never=_ANSWERED,
                violated={
                    "leader_completeness": 13,
                    "leader_candidate_completeness": 13,
                    "consistent_read": 14,
                    "no_committed_record_lost_globally": 14,
                },
            ),
        ),
    ),
    Entry(
        "kip-966-lone-leader-commits",
        "model.replication.kafka_traps:LoneLeaderCommits",
        "KIP-966 without its rule for leaders: the high watermark moves while the ISR is too small",
        (
            _kafka(
                _BOTH_NEEDED,
                (0, 0, 1, 0, 0),
                (1_262, 24),
                view=True,
                never=_RECOVERY,
                violated={"leader_candidate_completeness": 4},
            ),
        ),
    ),
    Entry(
        "kip-966-loss-goes-unnoticed",
        "model.replication.kafka_traps:LossGoesUnnoticed",
        "KIP-966 without its rule for registration: a broker that has lost its log is still eligible",
        (
            _kafka(
                _BOTH_NEEDED,
                (0, 1, 1, 0, 0),
                (64_985, 38),
                room=_LARGE,
                view=True,
                never=_RECOVERY,
                violated={
                    "leader_candidate_completeness": 11,
                    "leader_completeness": 12,
                    "consistent_read": 13,
                    "no_committed_record_lost_globally": 17,
                },
            ),
        ),
    ),
)

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "kafka-3.5",
        "model.replication.kafka_3_5:Kafka35",
        "Kafka 3.5 with KRaft: broker life cycle, changes of the ISR, truncation on fetch, reassignment",
        KAFKA_3_5,
    ),
    Entry(
        "kip-966",
        "model.replication.kip_966:Kip966",
        "KIP-966: replicas that left an ISR too small to commit are still eligible leaders",
        KIP_966,
    ),
    *TRAPS,
)

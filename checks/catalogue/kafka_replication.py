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

_RESTARTS = frozenset({"start_broker", "receive_registration_request", "receive_registration_response"})
_CHANGES = frozenset(
    {
        "receive_metadata",
        "send_alter_partition_request",
        "receive_alter_partition_request",
        "receive_alter_partition_response",
    }
)
_REFUSAL = frozenset({"receive_alter_partition_refusal"})
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
    never |= set() if lossless > 0 else {"shut_down"}
    never |= set() if lossy > 0 else {"shut_down_losing_log"}
    never |= set() if fences > 0 else {"fence_broker"}
    never |= set() if reassignments > 0 else {"reassign_partition"}
    never |= set() if lossless + lossy > 0 else _RESTARTS
    never |= set() if fences > 0 or isr < replicas else {"unfence_broker"}
    never |= set() if lossless + lossy + fences > 0 or isr < replicas else _FENCED
    never |= set() if sum(faults) > 0 or isr < replicas else _CHANGES | _REFUSAL | _DIVERGING | _FAILED | _TWO_LEADERS
    pins = Pins(*found, violated or {}, vacuous=never & _PREMISES, unreachable=never - _PREMISES)
    return Configuration(constants, tier, pins, view=view)


def _symmetric(one: Configuration, distinct: int, tier: Tier = "full") -> Configuration:
    """A configuration with brokers taken for interchangeable, which leaves so many states."""
    assert one.pins is not None
    return replace(one, tier=tier, symmetry=True, pins=replace(one.pins, distinct=distinct))


_ROOM_FOR_TWO = (6, 4, 32)

#: What is lost with the last member of the ISR, which leads again.
_LAST_REPLICA = {
    "leader_completeness": 8,
    "leader_candidate_completeness": 8,
    "consistent_read": 9,
    "no_committed_record_lost_globally": 5,
}

KAFKA_3_5 = (
    _kafka((2, 2, 2, 1, 1), (0, 0, 0, 0, 0), (19, 11)),
    _kafka((2, 2, 2, 2, 1), (0, 0, 0, 0, 0), (19, 11)),
    _kafka((2, 2, 2, 1, 1), (0, 1, 0, 0, 0), (14_304, 39), tier="quick", never=_DIVERGING | _TWO_LEADERS),
    _kafka((2, 2, 2, 2, 1), (0, 0, 1, 0, 0), (11_957, 36), tier="quick"),
    _kafka((2, 2, 2, 1, 1), (0, 0, 0, 1, 0), (367, 18), never=_REFUSAL | _DIVERGING | _FAILED | _TWO_LEADERS),
    _kafka((2, 2, 2, 1, 1), (1, 0, 0, 0, 0), (13_348, 35), never=_TWO_LEADERS),
    _kafka((2, 2, 2, 1, 2), (0, 0, 0, 0, 0), (108, 18)),
    _kafka((3, 3, 3, 2, 1), (0, 0, 0, 0, 0), (305, 23)),
    _kafka((2, 2, 2, 1, 1), (0, 0, 1, 0, 0), (1_260, 21), view=True),
    _kafka((2, 2, 2, 1, 1), (0, 1, 0, 0, 0), (945, 25), view=True, never=_DIVERGING | _TWO_LEADERS),
    _kafka((2, 2, 2, 1, 1), (0, 1, 1, 0, 0), (34_745, 35), room=_ROOM_FOR_TWO, view=True),
)

KIP_966 = (
    _kafka((2, 2, 2, 1, 1), (0, 0, 0, 0, 0), (19, 11), never=_ELIGIBLE | _RECOVERY),
    _kafka((2, 2, 2, 2, 1), (0, 0, 0, 0, 0), (19, 11), never=_ELIGIBLE | _RECOVERY),
    _kafka((2, 2, 2, 1, 1), (0, 0, 1, 0, 0), (14_613, 36), never=_ELIGIBLE | _RECOVERY),
    _kafka((2, 2, 2, 1, 1), (0, 1, 0, 0, 0), (14_304, 39), never=_DIVERGING | _TWO_LEADERS | _ELIGIBLE | _RECOVERY),
    _kafka((2, 2, 2, 2, 1), (0, 0, 1, 0, 0), (11_964, 37), tier="quick", never=_RECOVERY),
    _kafka(
        (2, 2, 2, 1, 1),
        (0, 0, 0, 1, 0),
        (367, 18),
        never=_REFUSAL | _DIVERGING | _FAILED | _TWO_LEADERS | _ELIGIBLE | _RECOVERY,
    ),
    _kafka((2, 2, 2, 1, 2), (0, 0, 0, 0, 0), (108, 18), never=_ELIGIBLE | _RECOVERY),
    _kafka((3, 3, 3, 2, 1), (0, 0, 0, 0, 0), (305, 23), never=_ELIGIBLE | _RECOVERY),
    _kafka((2, 2, 2, 1, 1), (0, 0, 1, 0, 0), (1_260, 21), view=True, never=_ELIGIBLE | _RECOVERY),
    _kafka(
        (2, 2, 2, 1, 1),
        (0, 1, 0, 0, 0),
        (945, 25),
        view=True,
        never=_DIVERGING | _TWO_LEADERS | _ELIGIBLE | _RECOVERY,
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
        "kafka-last-replica-standing",
        "model.replication.kafka_traps:LastReplicaStanding",
        "KIP-966, motivation: the last member of the ISR loses its log, and is elected all the same",
        (
            _kafka((2, 2, 2, 1, 1), (0, 1, 0, 0, 0), (14_304, 39), never=_DIVERGING | _TWO_LEADERS),
            _kafka(
                (2, 2, 2, 1, 1),
                (0, 1, 1, 0, 0),
                (43_873, 35),
                room=_ROOM_FOR_TWO,
                view=True,
                violated=_LAST_REPLICA,
            ),
        ),
    ),
    Entry(
        "kip-966",
        "model.replication.kip_966:Kip966",
        "KIP-966: replicas that left an ISR too small to commit are still eligible leaders",
        KIP_966,
    ),
)

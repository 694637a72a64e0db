"""Partition replication, from `model/replication/`, and two-phase commit: configurations with the results of TLC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .configuration import Configuration, Entry, Pins, Tier


def _broken(
    *, weak: int = 0, strong: int = 0, in_sync: int = 0, replaced: int = 0, matching: int = 0, falls: int = 0,
    settled: int = 0,
) -> dict[str, int]:  # fmt: skip
    """The properties of replication that a version breaks, with the lengths of the shortest runs that show it.

    In every configuration searched, three properties break together: records on every candidate, with the high
    watermark of presumed leaders (as published) or of all replicas, and on the step that loses them.
    """
    lengths = {
        "weak_isr": weak,
        "strong_isr": strong,
        "visible_records_are_on_every_candidate": strong,
        "visible_records_are_never_lost": strong,
        "high_watermark_within_in_sync_logs": in_sync,
        "visible_records_are_never_replaced": replaced,
        "log_matching": matching,
        "epochs_never_fall_along_a_log": falls,
        "settled_high_watermark_is_highest": settled,
    }
    return {name: length for name, length in lengths.items() if length}


def _replication(
    replicas: int, log_size: int, max_leader_epoch: int, distinct: int, depth: int, *,
    tier: Tier = "quick", symmetry: bool = False, broken: Mapping[str, int] | None = None,
) -> Configuration:  # fmt: skip
    """A configuration of one of the replication protocols; the published ones have as many records as log slots.

    Epochs along a log need two records to be compared.
    """
    constants = {
        "replicas": replicas,
        "log_size": log_size,
        "max_records": log_size,
        "max_leader_epoch": max_leader_epoch,
    }
    pins = Pins(
        distinct,
        depth,
        broken or {},
        seen={"high_watermark_can_move_back": 9 if replicas == 2 else 10},
        vacuous=frozenset({"epochs_never_fall_along_a_log"} if log_size == 1 else ()),
    )
    return Configuration(constants, tier, pins, symmetry)


def _as_published(distinct: int, depth: int, **broken: int) -> Configuration:
    """The smallest configuration with the published properties only, of which one fails before the first election."""
    constants = {"replicas": 2, "log_size": 2, "max_records": 2, "max_leader_epoch": 1}
    pins = Pins(distinct, depth, {"leader_in_isr": 1, **broken})
    return Configuration(constants, "quick", pins, properties=("weak_isr", "strong_isr", "leader_in_isr"))


def _two_phase_commit(managers: int, distinct: int, depth: int, tier: Tier = "quick") -> Configuration:
    seen = {"abort_agreement": managers + 1, "commit_agreement": 3 * managers + 2}
    return Configuration({"resource_managers": managers}, tier, Pins(distinct, depth, {}, seen))


def _async_isr(replicas: int, max_offset: int, max_version: int, distinct: int, depth: int) -> Configuration:
    constants = {"replicas": replicas, "max_offset": max_offset, "max_version": max_version}
    return Configuration(constants, "quick", Pins(distinct, depth, {}))


def _replicated_log(replicas: int, log_size: int, distinct: int, depth: int) -> Configuration:
    constants = {"replicas": replicas, "log_records": 2, "log_size": log_size}
    return Configuration(constants, "quick", Pins(distinct, depth, {}))


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "two-phase-commit",
        "model.two_phase_commit:TwoPhaseCommit",
        "a transaction manager and its resource managers agree to commit or abort",
        (
            _two_phase_commit(3, 288, 11),
            _two_phase_commit(5, 8_832, 17),
            _two_phase_commit(7, 296_448, 23),
            _two_phase_commit(8, 1_745_408, 26, "full"),
            _two_phase_commit(9, 10_340_352, 29, "full"),
        ),
    ),
    Entry(
        "truncate-to-high-watermark",
        "model.replication.truncate_to_high_watermark:TruncateToHighWatermark",
        "replication before Kafka 0.11: a follower truncates to its own high watermark",
        (
            _as_published(1_251, 16, weak_isr=9, strong_isr=10),
            _replication(2, 2, 1, 1_251, 16, broken=_broken(weak=9, strong=10, in_sync=10)),
            _replication(
                2, 2, 2, 10_131, 20, broken=_broken(weak=9, strong=10, in_sync=10, replaced=15, falls=10, settled=12)
            ),
            _replication(3, 1, 1, 10_681, 17, broken=_broken(weak=9, strong=9, in_sync=9)),
            _replication(3, 2, 1, 67_807, 21, broken=_broken(weak=9, strong=9, in_sync=9)),
            _replication(3, 2, 1, 11_453, 21, broken=_broken(weak=9, strong=9, in_sync=9), symmetry=True),
            _replication(
                2,
                3,
                2,
                37_667,
                25,
                tier="full",
                broken=_broken(weak=9, strong=10, in_sync=10, replaced=14, matching=13, falls=10, settled=12),
            ),
            _replication(3, 1, 2, 225_196, 22, tier="full", broken=_broken(weak=9, strong=9, in_sync=9, settled=11)),
            _replication(
                3,
                2,
                2,
                1_988_158,
                28,
                tier="full",
                broken=_broken(weak=9, strong=9, in_sync=9, replaced=14, falls=10, settled=11),
            ),
        ),
    ),
    Entry(
        "kip-101",
        "model.replication.kip_101:Kip101",
        "KIP-101: a follower truncates to where its latest epoch ends in the leader's log",
        (
            _as_published(1_177, 15),
            _replication(2, 2, 1, 1_177, 15),
            _replication(2, 2, 2, 9_045, 18, broken=_broken(weak=12, strong=12, in_sync=12, falls=10)),
            _replication(3, 1, 1, 9_841, 18, broken=_broken(strong=12)),
            _replication(3, 2, 1, 59_788, 22, broken=_broken(strong=12)),
            _replication(3, 2, 1, 10_111, 22, broken=_broken(strong=12), symmetry=True),
            _replication(
                2, 2, 3, 53_413, 21, tier="full", broken=_broken(weak=12, strong=12, in_sync=12, falls=10, settled=14)
            ),
            _replication(
                3,
                2,
                2,
                1_613_089,
                26,
                tier="full",
                broken=_broken(weak=11, strong=11, in_sync=11, replaced=18, falls=10, settled=14),
            ),
        ),
    ),
    Entry(
        "kip-279",
        "model.replication.kip_279:Kip279",
        "KIP-279: leader and follower go back through epochs until their logs match",
        (
            _as_published(1_177, 15),
            _replication(2, 2, 1, 1_177, 15),
            _replication(2, 2, 2, 9_027, 18, broken=_broken(falls=10)),
            _replication(3, 1, 1, 9_841, 18, broken=_broken(strong=12)),
            _replication(3, 2, 1, 60_106, 22, broken=_broken(strong=12)),
            _replication(3, 2, 1, 10_164, 22, broken=_broken(strong=12), symmetry=True),
            _replication(2, 3, 2, 32_713, 21, tier="full", broken=_broken(falls=10)),
            _replication(3, 1, 2, 192_592, 22, tier="full", broken=_broken(weak=11, strong=11, in_sync=11, settled=14)),
            _replication(
                3,
                2,
                2,
                1_616_461,
                26,
                tier="full",
                broken=_broken(weak=11, strong=11, in_sync=11, replaced=18, falls=10, settled=14),
            ),
        ),
    ),
    Entry(
        "kip-320-first-try",
        "model.replication.kip_320_first_try:Kip320FirstTry",
        "the abandoned first design of KIP-320: fetches are fenced by the epoch of the last record",
        (
            _as_published(1_165, 15),
            _replication(2, 2, 1, 1_165, 15),
            _replication(2, 2, 2, 8_429, 18, broken=_broken(falls=10)),
            _replication(3, 1, 1, 9_661, 18),
            _replication(3, 2, 1, 59_092, 22),
            _replication(3, 2, 1, 9_983, 22, symmetry=True),
            _replication(2, 3, 2, 30_737, 22, tier="full", broken=_broken(falls=10)),
            _replication(3, 1, 2, 175_453, 23, tier="full", broken=_broken(weak=12, strong=13, in_sync=13)),
            _replication(3, 2, 2, 1_437_076, 28, tier="full", broken=_broken(weak=12, strong=13, in_sync=13, falls=10)),
        ),
    ),
    Entry(
        "kip-320",
        "model.replication.kip_320:Kip320",
        "KIP-320: fetching, truncation and the in-sync set are fenced by the leader epoch",
        (
            _as_published(957, 15),
            _replication(2, 2, 1, 957, 15),
            _replication(2, 2, 2, 5_973, 18),
            _replication(3, 1, 1, 6_787, 18),
            _replication(3, 2, 1, 39_619, 22),
            _replication(3, 2, 1, 6_713, 22, symmetry=True),
            _replication(2, 3, 2, 21_493, 22, tier="full"),
            _replication(3, 1, 2, 97_531, 22, tier="full"),
            _replication(3, 2, 2, 737_794, 26, tier="full"),
            _replication(3, 3, 2, 4_093_531, 31, tier="full"),
            _replication(3, 3, 3, 64_739_578, 37, tier="full"),
        ),
    ),
    Entry(
        "kip-320-proof",
        "model.replication.kip_320_proof:Kip320Proof",
        "KIP-320 with a memory of what was committed, and the helper invariants that prove it right",
        # Under the view, which leaves the memory out, the states are those of kip-320.
        (replace(_replication(2, 2, 2, 5_973, 18), view=True),),
    ),
    Entry(
        "async-isr",
        "model.replication.async_isr:AsyncIsr",
        "the in-sync set is changed by asynchronous requests to the controller",
        (
            _async_isr(2, 1, 2, 42, 10),
            _async_isr(2, 2, 2, 84, 12),
            _async_isr(2, 2, 3, 168, 15),
            _async_isr(3, 1, 2, 1_460, 14),
        ),
    ),
    Entry(
        "id-sequence",
        "model.replication.id_sequence:IdSequence",
        "the counter behind record identifiers and leader epochs: the smallest specification there is",
        (Configuration({"max_id": 3}, "quick", Pins(5, 5, {})),),
    ),
    Entry(
        "finite-replicated-log",
        "model.replication.finite_replicated_log:FiniteReplicatedLog",
        "bounded logs that are appended to, truncated and copied without any rule",
        (_replicated_log(2, 2, 49, 5), _replicated_log(3, 2, 343, 7), _replicated_log(2, 4, 961, 9)),
    ),
)

"""Kafka with KRaft: what it promises, when it does not, and what breaks without each rule.

Nobody has published counts for these. What they are compared with is the same search in CPython, at a small size.
"""

from __future__ import annotations

from .configuration import Configuration, Entry, Pins, Tier

_BUDGETS = (
    "max_crashes",
    "max_power_losses",
    "max_suspicions",
    "max_isr_shrinks",
    "max_controlled_shutdowns",
    "max_preferred_elections",
    "max_reassignments",
    "max_controller_failures",
)
_CHOICES = {
    "acks": -1,
    "unclean_leader_election": False,
    "eligible_leader_replicas": True,
    "last_known_leader_election": True,
    "forgets_positions": False,
    "other_min_insync_replicas": 1,
    "other_unclean_leader_election": False,
}
_RULES = (
    "strict_min_isr",
    "detects_unclean_shutdowns",
    "truncates_on_fetch",
    "fences_fetches",
    "ignores_late_responses",
    "counts_pending_members",
    "waits_for_epoch_start",
    "ignores_diverging_positions",
    "checks_partition_epoch",
    "checks_member_epochs",
    "refuses_inactive_members",
)

_LOST = ("acknowledged_records_survive", "consumed_records_survive", "settled_leaders_offer_what_was_exposed")
_COMPLETE = "candidates_are_complete"
_UNCLEAN = "unclean_restarts_leave"


def _kafka(  # noqa: PLR0913  # keywords with defaults
    given: tuple[int, int, int, int, int, int, int, int], distinct: int, depth: int, *,
    brokers: int = 2, records: int = 1, min_isr: int = 2, replicas: int = 0, tier: Tier = "full",
    lost: int | None = None, incomplete: int | None = None, never: str = "", vacuous: str = "",
    violated: dict[str, int] | None = None, **switches: int | bool,
) -> Configuration:  # fmt: skip
    """A configuration: its budgets, and distinct states and depth. `lost` and `incomplete` are lengths of runs.

    `never` are steps that are not possible, though there is a budget for them, and `vacuous` properties without a case.
    """
    crashes, losses, suspicions, shrinks, shutdowns, moves, reassignments, _ = given
    constants = {
        "partitions": 1,
        "topics": 1,
        "brokers": brokers,
        "replication_factor": replicas or brokers,
        "min_insync_replicas": min_isr,
        "records": records,
        "log_size": records,
        **_CHOICES,
        **dict.fromkeys(_RULES, True),
        **dict(zip(_BUDGETS, given, strict=True)),
        "max_broker_epoch": 1 + crashes + losses + shutdowns,
        "max_leader_epoch": 1 + 2 * suspicions + 3 * (crashes + losses) + 4 * shutdowns + moves + 2 * reassignments,
        "max_partition_epoch": 1 + (brokers + 3) * (sum(given[:7])),
        "max_lag": 10,
        "max_in_flight": 6,
        **switches,
    }
    if not constants["eligible_leader_replicas"]:
        constants |= {"last_known_leader_election": False, "detects_unclean_shutdowns": False}
    broken = {} if lost is None else dict.fromkeys(_LOST, lost)
    broken |= {} if incomplete is None else {_COMPLETE: incomplete}
    pins = Pins(
        distinct,
        depth,
        broken | (violated or {}),
        vacuous=frozenset(vacuous.split()),
        unreachable=frozenset(never.split()),
    )
    return Configuration(constants, tier, pins, symmetry=True)


_UNHEARD = "repeat_proposal receive_refusal"

#: Budgets: crashes, power losses, suspicions, ISR shrinks, controlled shutdowns, preferred elections, reassignments,
#: failures of the controller.
_QUIET = (0, 0, 1, 1, 0, 0, 0, 0)
_LOSS = (0, 1, 1, 1, 0, 0, 0, 0)
_MOVES = (0, 0, 1, 1, 0, 1, 0, 0)

ENTRIES: tuple[Entry, ...] = (
    Entry(
        "kafka",
        "model.kafka.kafka:Kafka",
        "partitions of a Kafka cluster with KRaft: brokers, controller, metadata log, producers with acks",
        (
            # What holds.
            _kafka((0, 1, 1, 1, 0, 0, 0, 1), 96_278, 30, tier="quick"),
            _kafka((0, 0, 1, 1, 0, 0, 0, 1), 34_765, 29, partitions=2),
            _kafka((0, 1, 1, 1, 0, 0, 0, 0), 1_344_689, 39, partitions=2),
            _kafka((1, 0, 1, 1, 0, 0, 0, 0), 33_690, 28),
            _kafka((0, 0, 1, 1, 1, 0, 0, 0), 58_383, 28),
            _kafka(_MOVES, 6_971, 22),
            _kafka((0, 0, 1, 0, 0, 0, 1, 0), 59_725, 28, brokers=3, replicas=2),
            _kafka((0, 0, 1, 0, 0, 0, 1, 0), 67_064, 23, brokers=3, never=_UNHEARD),
            _kafka((0, 0, 1, 1, 0, 0, 0, 1), 72_809, 28, brokers=3),
            _kafka((0, 2, 1, 1, 0, 0, 0, 0), 588_171, 36, last_known_leader_election=False),
            _kafka((0, 1, 1, 1, 0, 0, 0, 0), 4_032_889, 36, brokers=3),
            _kafka((0, 1, 1, 1, 0, 0, 0, 2), 105_787_767, 47, brokers=3, records=2),
            # What rules are left out of below, and holds with them.
            _kafka(_QUIET, 1_274, 17, min_isr=1),
            _kafka(_MOVES, 31_216, 27, records=2),
            _kafka((0, 0, 0, 1, 0, 1, 0, 0), 7_835, 23, brokers=3, never=_UNHEARD),
            _kafka((0, 0, 0, 0, 0, 3, 0, 0), 611, 17),
            # What nobody has promised: acks 1 and 0, one replica, one in sync, unclean elections, two power losses.
            _kafka(_QUIET, 1_293, 18, acks=1, violated={_LOST[0]: 4}),
            _kafka(_QUIET, 1_444, 18, acks=0, violated={_LOST[0]: 2}),
            _kafka(_LOSS, 127, 11, brokers=1, min_isr=1, lost=8, incomplete=7),
            _kafka(_LOSS, 53_365, 25, min_isr=1, lost=10, incomplete=9),
            _kafka((0, 0, 2, 1, 0, 0, 0, 0), 19_914, 23, min_isr=1, unclean_leader_election=True, lost=7, incomplete=6),
            _kafka(
                (0, 0, 2, 0, 0, 0, 0, 0),
                18_193,
                23,
                records=2,
                min_isr=1,
                unclean_leader_election=True,
                lost=7,
                incomplete=6,
                violated={"offsets_are_read_alike": 8, "logs_match_below_high_watermarks": 8},
            ),
            _kafka(
                _QUIET, 34_712, 26, partitions=2, topics=2, other_unclean_leader_election=True, lost=7, incomplete=6
            ),
            _kafka(
                (0, 2, 0, 0, 0, 0, 0, 0),
                7_089,
                25,
                lost=14,
                incomplete=13,
                never="repeat_proposal",
                vacuous="one_leader_per_epoch",
            ),
            # A leader that missed another one's reign counts on what followers had before, and what closes that.
            _kafka((0, 0, 0, 0, 0, 3, 0, 0), 18_264, 26, brokers=3, lost=18, incomplete=16),
            _kafka((0, 0, 0, 0, 0, 3, 0, 0), 14_560, 25, brokers=3, forgets_positions=True),
            # Without KIP-966, and without parts of it.
            _kafka(_LOSS, 48_433, 28, eligible_leader_replicas=False, lost=12, incomplete=10, violated={_UNCLEAN: 5}),
            _kafka(_LOSS, 52_871, 28, detects_unclean_shutdowns=False, lost=12, incomplete=9, violated={_UNCLEAN: 4}),
            _kafka(
                _QUIET,
                1_121,
                19,
                strict_min_isr=False,
                incomplete=4,
                violated={_LOST[1]: 7, _LOST[2]: 7, "leaders_count_on_candidates": 3},
            ),
            # Without other rules.
            _kafka(_MOVES, 6_969, 23, truncates_on_fetch=False, incomplete=8),
            _kafka(
                (0, 0, 0, 0, 0, 3, 0, 0),
                32_916,
                28,
                brokers=3,
                forgets_positions=True,
                fences_fetches=False,
                lost=17,
                incomplete=15,
            ),
            _kafka((0, 0, 0, 0, 0, 3, 0, 0), 1_336, 25, ignores_late_responses=False, incomplete=15),
            _kafka(
                _QUIET,
                1_291,
                18,
                min_isr=1,
                counts_pending_members=False,
                lost=9,
                incomplete=7,
                violated={"leaders_count_on_candidates": 6},
            ),
            _kafka(
                (0, 0, 0, 1, 0, 1, 0, 0),
                8_033,
                23,
                brokers=3,
                waits_for_epoch_start=False,
                incomplete=13,
                never=_UNHEARD,
            ),
            _kafka(
                _MOVES,
                31_501,
                27,
                records=2,
                ignores_diverging_positions=False,
                lost=9,
                incomplete=7,
                violated={"offsets_are_read_alike": 18, _LOST[2]: 10},
            ),
            _kafka(
                _QUIET,
                8_536,
                30,
                min_isr=1,
                checks_partition_epoch=False,
                lost=14,
                incomplete=12,
                violated={"leaders_count_on_candidates": 11},
            ),
            _kafka(
                (0, 1, 0, 1, 0, 0, 0, 0),
                53_970,
                28,
                brokers=3,
                checks_member_epochs=False,
                incomplete=17,
                vacuous="one_leader_per_epoch",
            ),
            _kafka(
                _QUIET,
                1_484,
                19,
                refuses_inactive_members=False,
                violated={"inactive_brokers_are_out": 5},
                never=_UNHEARD,
            ),
        ),
    ),
)

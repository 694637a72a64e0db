"""The controller of `kafka` on a KRaft quorum: where the abstraction holds, and what it rests on.

Nobody has published counts for these. What they are compared with is the same search in CPython, at a small size.
"""

from __future__ import annotations

from .configuration import Configuration, Entry, Pins, Tier

_CONSTANTS = ("servers", "brokers", "max_decisions", "max_elections", "max_restarts")
_QUORUM = (
    "election_safety",
    "leader_append_only",
    "log_matching",
    "leader_completeness",
    "no_log_divergence",
    "votes_are_durable",
    "committed_entries_reach_majority",
    "no_illegal_state",
)
_ABSTRACTION = (
    "one_controller_per_epoch",
    "committed_decisions_are_in_the_abstract_log",
    "takeover_is_a_failover",
    "latest_controller_has_the_abstract_log",
    "standby_has_committed_metadata",
    "brokers_have_committed_metadata",
    "brokers_go_forward",
)


def _combined(
    given: tuple[int, int, int, int, int], distinct: int, depth: int, *,
    tier: Tier = "full", seen: tuple[int, ...] = (10, 11), **violated: int,
) -> Configuration:  # fmt: skip
    """A configuration: servers, brokers, decisions, elections and restarts. `seen` are lengths of runs to witnesses."""
    decisions, elections = given[2:4]
    constants = {
        **dict(zip(_CONSTANTS, given, strict=True)),
        "partitions": 1,
        "topics": 1,
        "min_insync_replicas": 1,
        "values": 1,
        "max_in_flight": 4,
        "log_size": decisions + elections,
        "max_broker_epoch": 1,
        "max_leader_epoch": 1 + decisions,
        "max_partition_epoch": 1 + decisions,
    }
    witnesses = dict(zip(("two_controllers_at_once", "zombie_decides", "zombie_refuses"), seen, strict=False))
    idle = {"alter"} if given[1] == 1 else set()
    idle |= {"unfence"} if decisions == 1 else set()
    pins = Pins(distinct, depth, violated, witnesses, unreachable=frozenset(idle))
    return Configuration(constants, tier, pins, symmetry=True, properties=(*_QUORUM, *_ABSTRACTION, *witnesses))


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "kraft-combined",
        "model.controller.kraft_combined:KRaftCombined",
        "the controller of kafka on a KRaft quorum, and beside it the abstract metadata log of kafka",
        (
            _combined((2, 2, 1, 2, 0), 369, 16, seen=()),
            _combined((3, 2, 1, 2, 0), 58_037, 25, tier="quick"),
            _combined((3, 1, 1, 3, 0), 259_976, 35),
            _combined((3, 2, 1, 2, 1), 509_487, 28),
            _combined((3, 2, 2, 2, 0), 730_987, 33, seen=(10, 11, 19)),
            _combined((3, 2, 1, 3, 0), 1_831_178, 36),
        ),
    ),
    Entry(
        "kraft-combined-eager-takeover",
        "model.controller.kraft_combined_traps:EagerTakeover",
        "KAFKA-17333: a controller decides as soon as it is elected, on what it has in memory",
        (_combined((3, 2, 1, 2, 0), 101_905, 25, seen=(3, 4), latest_controller_has_the_abstract_log=6),),
    ),
    Entry(
        "kraft-combined-hasty-takeover",
        "model.controller.kraft_combined_traps:HastyTakeover",
        "a controller decides as soon as it is elected, on all of its log: dropped decisions come back",
        (
            _combined(
                (3, 1, 1, 3, 0),
                445_029,
                34,
                seen=(3, 4),
                takeover_is_a_failover=8,
                latest_controller_has_the_abstract_log=8,
                committed_decisions_are_in_the_abstract_log=15,
                standby_has_committed_metadata=16,
                brokers_have_committed_metadata=16,
            ),
        ),
    ),
    Entry(
        "kraft-combined-kept-decisions",
        "model.controller.kraft_combined_traps:KeptDecisions",
        "KAFKA-17608: a controller that was deposed keeps in memory what was never committed",
        (_combined((3, 2, 1, 2, 0), 50_867, 25, standby_has_committed_metadata=5),),
    ),
    Entry(
        "kraft-combined-uncommitted-replay",
        "model.controller.kraft_combined_traps:UncommittedReplay",
        "a broker replays what is not committed",
        (_combined((3, 2, 1, 2, 0), 116_129, 25, brokers_have_committed_metadata=3),),
    ),
)

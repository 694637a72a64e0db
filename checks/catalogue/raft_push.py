"""Raft with a pushing leader, beside `raft`: variants, rounds, and known traps next to the rule that avoids them.

Flexible Raft and Raft with a log to be flushed have the results of TLC for the published specifications. With one value
and two servers a follower there never hears that something is committed: it cannot, since no answer is sent twice.
"""

from __future__ import annotations

from collections.abc import Mapping

from .configuration import Configuration, Entry, Pins, Tier


def _configuration(
    constants: Mapping[str, int | bool], distinct: int, depth: int, *,
    tier: Tier = "quick", violated: Mapping[str, int] | None = None, vacuous: frozenset[str] = frozenset(),
    refuses: bool = True, symmetry: bool = False,
) -> Configuration:  # fmt: skip
    """A configuration. `refuses` says whether there is a follower that refuses a request to append."""
    unreachable = frozenset(() if refuses else {"refuse_append_request"})
    pins = Pins(distinct, depth, violated or {}, vacuous=vacuous, unreachable=unreachable)
    return Configuration(constants, tier, pins, symmetry)


def _vacuous(max_elections: int, *, unheard: bool) -> frozenset[str]:
    """What is never put to the test where no follower hears of commitment, but a later leader may have been one."""
    names = ["no_log_divergence", "leader_completeness"] if max_elections == 1 else ["no_log_divergence"]
    return frozenset(names) if unheard else frozenset()


def _flexible(
    servers: int, values: int, max_elections: int, quorums: tuple[int, int], distinct: int, depth: int, *,
    tier: Tier = "quick", **violated: int,
) -> Configuration:  # fmt: skip
    """A configuration of flexible Raft without restarts, with the sizes of quorums for elections and replication."""
    unheard = servers == 2 and values == 1 and quorums[1] == 2
    constants = {
        "servers": servers,
        "values": values,
        "log_size": values,
        "max_elections": max_elections,
        "max_restarts": 0,
        "max_in_flight": 8,
        "max_sent": 20,
        "election_quorum_size": quorums[0],
        "replication_quorum_size": quorums[1],
    }
    return _configuration(
        constants,
        distinct,
        depth,
        tier=tier,
        violated=violated,
        vacuous=_vacuous(max_elections, unheard=unheard),
        refuses=max_elections > 1,
    )


def _fsync(
    flags: str, values: int, max_elections: int, max_restarts: int, distinct: int, depth: int, *,
    tier: Tier = "full", **violated: int,
) -> Configuration:  # fmt: skip
    """A configuration of Raft with a log to be flushed, on two servers. `flags` says who flushes before what:

    a leader before it sends (S), a leader before it counts itself (C), a follower before it answers (A).
    """
    constants = {
        "servers": 2,
        "values": values,
        "log_size": values,
        "max_elections": max_elections,
        "max_restarts": max_restarts,
        "max_in_flight": 8,
        "max_sent": 24,
        "leader_fsync_before_append_entries": "S" in flags,
        "leader_fsync_before_include_in_quorum": "C" in flags,
        "follower_fsync_before_reply": "A" in flags,
    }
    return _configuration(
        constants,
        distinct,
        depth,
        tier=tier,
        violated=violated,
        vacuous=_vacuous(max_elections, unheard=values == 1),
        refuses=max_elections > 1 or (max_restarts > 0 and "A" not in flags),
    )


def _rounds(
    values: int, max_elections: int, max_restarts: int, distinct: int, depth: int, *,
    tier: Tier = "quick", symmetry: bool = False, **violated: int,
) -> Configuration:  # fmt: skip
    """A configuration of Raft in rounds, on three servers."""
    constants = {
        "servers": 3,
        "values": values,
        "log_size": values,
        "max_elections": max_elections,
        "max_restarts": max_restarts,
    }
    return _configuration(constants, distinct, depth, tier=tier, violated=violated, symmetry=symmetry)


def _fsync_rounds(flags: str, distinct: int, depth: int, **violated: int) -> Configuration:
    """A configuration of Raft with a log to be flushed, in rounds: flags as above."""
    constants = {
        "servers": 3,
        "values": 1,
        "log_size": 1,
        "max_elections": 2,
        "max_restarts": 1,
        "leader_fsync_before_include_in_quorum": "C" in flags,
        "follower_fsync_before_reply": "A" in flags,
    }
    return _configuration(constants, distinct, depth, violated=violated)


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "raft-proof",
        "model.raft.raft_proof:RaftProof",
        "Raft whose network repeats messages, and the helper invariants that prove elections safe and logs matching",
        (
            Configuration(
                {
                    "servers": 2,
                    "values": 1,
                    "log_size": 1,
                    "max_elections": 1,
                    "max_restarts": 1,
                    "max_in_flight": 1,
                    "max_messages": 20,
                    "max_sent": 20,
                },
                "full",
                Pins(2_670, 27, {}),
            ),
        ),
    ),
    Entry(
        "flexible-raft",
        "model.raft.flexible_raft:FlexibleRaft",
        "flexible Raft: quorums of one size for elections, of another for replication",
        (
            _flexible(2, 1, 1, (2, 2), 109, 17, tier="full"),
            _flexible(2, 1, 2, (2, 1), 9_170, 27),
            _flexible(2, 2, 1, (2, 2), 3_545, 24, tier="full"),
            _flexible(3, 1, 1, (2, 2), 122_413, 29, tier="full"),
            _flexible(3, 1, 1, (3, 1), 31_549, 29, tier="full"),
            # Two quorums for elections that do not overlap, and then also without overlap of the two kinds.
            _flexible(2, 1, 2, (1, 2), 48_604, 27, election_safety=5),
            _flexible(
                2,
                1,
                2,
                (1, 1),
                124_860,
                27,
                tier="full",
                election_safety=5,
                leader_completeness=7,
                leader_has_all_acknowledged_values=7,
            ),
        ),
    ),
    Entry(
        "raft-fsync",
        "model.raft.raft_fsync:RaftFsync",
        "Raft with a log that loses what was not flushed when its server restarts",
        (
            _fsync("CA", 1, 1, 0, 155, 19),
            _fsync("CA", 1, 1, 1, 464, 20),
            _fsync("CA", 1, 2, 1, 26_386, 32, tier="quick"),
            _fsync("CA", 2, 2, 1, 1_701_492, 41),
            _fsync("A", 1, 1, 0, 203, 19),
            _fsync("A", 1, 1, 1, 600, 20),
            _fsync("A", 1, 2, 0, 7_627, 29),
            _fsync("A", 1, 2, 1, 35_586, 33),
            _fsync("A", 2, 2, 1, 2_840_076, 42, committed_entries_reach_majority=22),
            _fsync("", 1, 1, 0, 355, 20),
            _fsync("", 1, 1, 1, 1_496, 22, tier="quick", committed_entries_reach_majority=13),
            _fsync("", 1, 2, 0, 14_931, 31),
            _fsync("", 1, 2, 1, 83_884, 35, committed_entries_reach_majority=13),
            _fsync("SC", 1, 1, 0, 195, 20),
            _fsync("SC", 1, 1, 1, 800, 22, committed_entries_reach_majority=14),
            _fsync("SC", 1, 2, 0, 7_115, 31),
            _fsync("SC", 1, 2, 1, 40_720, 33, committed_entries_reach_majority=14),
        ),
    ),
    Entry(
        "raft-in-rounds",
        "model.raft.rounds:RaftInRounds",
        "Raft with elections and replication to a follower as single steps: long histories",
        (
            _rounds(1, 1, 1, 443, 8),
            _rounds(2, 2, 1, 41_528, 13, tier="full"),
            _rounds(2, 4, 0, 175_603, 14),
            _rounds(2, 4, 0, 29_677, 14, tier="full", symmetry=True),
        ),
    ),
    Entry(
        "raft-figure-8",
        "model.raft.traps:Figure8",
        "raft-in-rounds, but entries of earlier terms are committed by counting replicas",
        (
            _rounds(
                2,
                4,
                0,
                221_425,
                15,
                leader_completeness=9,
                leader_has_all_acknowledged_values=9,
                committed_entries_reach_majority=10,
                no_log_divergence=11,
            ),
        ),
    ),
    Entry(
        "raft-volatile-vote",
        "model.raft.traps:VolatileVote",
        "raft-in-rounds, but a server that restarts has forgotten its vote",
        (
            _rounds(
                1,
                1,
                1,
                644,
                9,
                votes_are_durable=3,
                election_safety=4,
                leader_completeness=7,
                leader_has_all_acknowledged_values=7,
            ),
        ),
    ),
    Entry(
        "raft-fsync-in-rounds",
        "model.raft.raft_fsync:RaftFsyncInRounds",
        "raft-fsync in rounds: what is lost where somebody counts on entries before they are flushed",
        (
            _fsync_rounds("CA", 5_771, 11),
            _fsync_rounds(
                "A",
                6_857,
                11,
                leader_has_all_acknowledged_values=7,
                leader_completeness=8,
                committed_entries_reach_majority=8,
            ),
            _fsync_rounds(
                "C",
                20_426,
                14,
                committed_entries_reach_majority=7,
                leader_completeness=8,
                leader_has_all_acknowledged_values=8,
            ),
        ),
    ),
)

"""KRaft with what Kafka has beside the publication, and known traps next to the rule that avoids them."""

from __future__ import annotations

from collections.abc import Mapping

from .configuration import Configuration, Entry, Pins, Tier

_CONSTANTS = ("servers", "values", "max_elections", "max_restarts")

_DIVERGING = frozenset({"diverging_fetch_request", "handle_diverging_fetch_response"})
_REFUSAL = frozenset({"refuse_fetch_request", "handle_error_fetch_response"})
_FETCHING = _REFUSAL | _DIVERGING | {"send_fetch_request", "accept_fetch_request", "handle_success_fetch_response"}
_ELECTION = frozenset(
    {"request_vote", "handle_vote_request", "handle_vote_response", "become_leader", "handle_begin_quorum_request"}
)
_STAYS = frozenset({"leave_resigned"})

#: What needs an entry in a log.
_OF_LOGS = frozenset(
    {
        "log_matching",
        "leader_completeness",
        "no_log_divergence",
        "leader_has_all_acknowledged_values",
        "committed_entries_reach_majority",
        "high_watermark_within_log",
    }
)


def _variant(
    given: tuple[int, int, int, int], limits: Mapping[str, int], distinct: int, depth: int, *,
    tier: Tier = "full", violated: Mapping[str, int] | None = None, never: frozenset[str] = frozenset(),
    writes: bool = True,
) -> Configuration:  # fmt: skip
    """A configuration: servers, values, elections and restarts; other limits; actions that are never possible."""
    constants = dict(zip(_CONSTANTS, given, strict=True))
    vacuous = frozenset() if writes else _OF_LOGS
    pins = Pins(distinct, depth, violated or {}, vacuous=vacuous, unreachable=never)
    return Configuration({**constants, **limits, "log_size": constants["values"]}, tier, pins)


def _restarts(
    given: tuple[int, int, int, int], distinct: int, depth: int, *,
    tier: Tier = "full", never: frozenset[str] = _DIVERGING, **violated: int,
) -> Configuration:  # fmt: skip
    """Two servers that restart, with all their messages."""
    return _variant(given, {"max_in_flight": 8}, distinct, depth, tier=tier, violated=violated, never=never)


def _elections(distinct: int, **violated: int) -> Configuration:
    """Elections of three servers with a restart."""
    never = _FETCHING | {"client_request", "lose_power"}
    limits = {"max_in_flight": 10}
    return _variant((3, 1, 2, 1), limits, distinct, 18, violated=violated, never=never, writes=False)


def _committed(
    distinct: int, depth: int, violated: Mapping[str, int], *, never: frozenset[str] = frozenset()
) -> Configuration:
    """Three servers with a committed entry. Clients have nothing else to write."""
    never |= {"client_request"}
    return _variant((3, 1, 2, 1), {"max_in_flight": 9}, distinct, depth, violated=violated, never=never)


def _cut(
    limits: Mapping[str, int], distinct: int, depth: int, *,
    max_elections: int = 2, tier: Tier = "quick", never: frozenset[str] = frozenset(), **violated: int,
) -> Configuration:  # fmt: skip
    """Three servers, one of which leads, and links that fail. Nobody writes."""
    never |= _DIVERGING | {"client_request"}
    given = 3, 1, max_elections, 0
    return _variant(given, limits, distinct, depth, tier=tier, violated=violated, never=never, writes=False)


#: What is lost once a follower has lost a committed entry, whatever the others do.
_LOSS = {"committed_entries_reach_majority": 2, "leader_completeness": 6, "leader_has_all_acknowledged_values": 6}

RESTARTS = (
    Entry(
        "kraft-restart",
        "model.raft.kraft_restart:KRaftRestart",
        "KRaft with restarts as in Kafka: a leader that restarts has resigned; losses of power",
        (_restarts((2, 2, 1, 1), 1_310, 22, tier="quick"), _restarts((2, 1, 2, 1), 7_782, 30)),
    ),
    Entry(
        "kraft-resumed-leadership",
        "model.raft.kraft_traps:ResumedLeadership",
        "KAFKA-10661: a leader that restarts leads on, without what it had not flushed",
        (
            _restarts(
                (2, 2, 1, 1),
                1_370,
                22,
                tier="quick",
                never=_REFUSAL,
                leader_append_only=7,
                log_matching=12,
                committed_entries_reach_majority=14,
                leader_completeness=15,
                no_log_divergence=15,
            ),
        ),
    ),
    Entry(
        "kraft-elections",
        "model.raft.kraft_restart:KRaftElections",
        "KRaft with restarts as in Kafka, the elections only",
        (_elections(93_578),),
    ),
    Entry(
        "kraft-forgotten-leadership",
        "model.raft.kraft_traps:ForgottenLeadership",
        "KAFKA-10527: a leader that restarts gives its vote again",
        (_elections(100_562, votes_are_durable=6, no_illegal_state=10, never_two_leaders_in_same_epoch=11),),
    ),
    Entry(
        "kraft-committed",
        "model.raft.kraft_established:KRaftCommitted",
        "KRaft with a committed entry, and restarts: followers flush before they fetch again",
        (_committed(3_264_039, 34, {}, never=_DIVERGING | {"lose_power"}),),
    ),
    Entry(
        "kraft-unflushed-fetch",
        "model.raft.kraft_traps:UnflushedFetch",
        "KAFKA-13884: a leader commits what its followers can still lose",
        (_committed(5_026_530, 35, {**_LOSS, "no_illegal_state": 10}),),
    ),
    Entry(
        "kraft-silent-truncation",
        "model.raft.kraft_traps:SilentTruncation",
        "KAFKA-12460: and those that have it throw it away, too, when a leader without it says so",
        (_committed(5_471_634, 38, {**_LOSS, "high_watermark_within_log": 10, "no_log_divergence": 13}),),
    ),
)


def _activation(distinct: int, tier: Tier = "quick", **violated: int) -> Configuration:
    """Two servers with a committed entry, and a controller."""
    given = 2, 2, 2, 1
    return _variant(given, {"max_in_flight": 9}, distinct, 29, tier=tier, violated=violated, never=_DIVERGING)


CONTROLLERS = (
    Entry(
        "kraft-activation",
        "model.raft.kraft_activation:KRaftActivation",
        "KRaft with a controller that is told that it leads once it has caught up",
        (_activation(66_436),),
    ),
    Entry(
        "kraft-eager-activation",
        "model.raft.kraft_traps:EagerActivation",
        "KAFKA-17333: a controller acts on a state that lacks committed entries",
        (_activation(145_736, "full", active_controller_is_caught_up=2),),
    ),
    Entry(
        "kraft-kept-writes",
        "model.raft.kraft_traps:KeptWrites",
        "KAFKA-17608: a controller that was deposed has effects in memory that were never committed",
        (_activation(65_580, "full", standby_has_applied_committed_entries_only=7),),
    ),
)


def _reports(distinct: int, depth: int, **violated: int) -> Configuration:
    """Two servers with a committed entry, of which a leader has told."""
    return _variant(
        (2, 2, 2, 1), {"max_in_flight": 9}, distinct, depth, tier="quick", violated=violated, never=_DIVERGING
    )


REPORTS = (
    Entry(
        "kraft-high-watermark",
        "model.raft.kraft_high_watermark:KRaftHighWatermark",
        "KRaft with high watermarks that never fall: leaders tell of theirs when they are established",
        (
            _reports(12_800, 25),
            _variant((3, 2, 2, 0), {"max_in_flight": 9}, 3_796_950, 38),
        ),
    ),
    Entry(
        "kraft-hasty-report",
        "model.raft.kraft_traps:HastyReport",
        "KIP-595: a new leader tells of the high watermark that it knew as a follower",
        (_reports(13_304, 25, reports_never_fall=6, no_illegal_state=10),),
    ),
    Entry(
        "kraft-late-fetch",
        "model.raft.kraft_traps:LateFetch",
        "KIP-595: a fetch from before a restart takes the leader's high watermark back",
        (_reports(12_628, 22, reports_never_fall=10, high_watermarks_never_fall=10),),
    ),
)

_PRE_VOTES = {"max_in_flight": 8, "max_pre_votes": 2}

DISRUPTIONS = (
    Entry(
        "kraft-pre-vote",
        "model.raft.kraft_pre_vote:KRaftPreVote",
        "KIP-996: who would stand for election asks first whether it could win",
        (
            _variant((2, 1, 2, 0), _PRE_VOTES, 2_488, 26, never=_REFUSAL | _DIVERGING | _STAYS),
            _variant((2, 1, 2, 1), _PRE_VOTES, 24_298, 32, never=_DIVERGING),
        ),
    ),
    Entry(
        "kraft-pre-vote-partitioned",
        "model.raft.kraft_partitions:KRaftPreVotePartitioned",
        "KIP-996: a server that was cut off does not depose a leader that a majority follows",
        (
            _cut(
                {"max_in_flight": 8, "max_cuts": 1, "max_pre_votes": 1},
                5_292,
                18,
                never=_ELECTION | _REFUSAL | _STAYS,
            ),
            _cut(
                {"max_in_flight": 10, "max_cuts": 2, "max_pre_votes": 2},
                674_514,
                31,
                tier="full",
                never=_ELECTION | _REFUSAL | _STAYS,
            ),
        ),
    ),
    Entry(
        "kraft-no-pre-vote",
        "model.raft.kraft_traps:NoPreVote",
        "KRaft without pre-vote: a server that was cut off deposes the leader",
        (_cut({"max_in_flight": 8, "max_cuts": 1}, 19_746, 21, leader_with_majority_stays=4),),
    ),
    Entry(
        "kraft-swayed-pre-vote",
        "model.raft.kraft_traps:SwayedPreVote",
        "KIP-996 without its rule for followers: they grant pre-votes although they fetch from the leader",
        (
            _cut(
                {"max_in_flight": 12, "max_cuts": 1, "max_pre_votes": 1},
                258_552,
                32,
                tier="full",
                never=_STAYS,
                leader_with_majority_stays=7,
            ),
        ),
    ),
    Entry(
        "kraft-check-quorum",
        "model.raft.kraft_check_quorum:KRaftCheckQuorum",
        "KAFKA-15489: a leader from which no majority fetches resigns",
        (
            _cut({"max_in_flight": 6, "max_cuts": 1, "max_checks": 2}, 4_146, 19, max_elections=1, never=_ELECTION),
            _cut({"max_in_flight": 8, "max_cuts": 1, "max_checks": 2}, 1_668_372, 38, tier="full"),
        ),
    ),
    Entry(
        "kraft-no-check-quorum",
        "model.raft.kraft_traps:NoCheckQuorum",
        "KRaft without check-quorum: a leader that is cut off leads on",
        (
            _cut(
                {"max_in_flight": 6, "max_cuts": 1, "max_checks": 2},
                3_282,
                13,
                max_elections=1,
                never=_ELECTION | _REFUSAL,
                leader_that_is_cut_off_resigns=4,
            ),
        ),
    ),
)

ENTRIES: tuple[Entry, ...] = (*RESTARTS, *CONTROLLERS, *REPORTS, *DISRUPTIONS)

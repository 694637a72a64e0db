"""Raft with followers that pull, up to Kafka's KRaft: configurations with the results of TLC for what is published."""

from __future__ import annotations

from .configuration import Configuration, Entry, Pins, Tier

_CONSTANTS = ("servers", "values", "max_elections", "max_restarts")

# With two servers no leader can be elected that lacks what the other one has, and each has the vote of both.
_NEVER_BETWEEN_TWO = {
    "PullRaft": {"refuse_pull_request", "handle_fail_pull_response", "learn_of_leader"},
    "PullRaft2": {"refuse_pull_request", "handle_fail_pull_response"},
    "KRaft": {"diverging_fetch_request", "handle_diverging_fetch_response"},
}

_COMMITMENT = (
    "leader_completeness",
    "no_log_divergence",
    "leader_has_all_acknowledged_values",
    "committed_entries_reach_majority",
)


def _pull_raft(
    variant: str, given: tuple[int, int, int, int], distinct: int, depth: int, *,
    tier: Tier = "full", max_sent: int = 20, violated: dict[str, int] | None = None,
) -> Configuration:  # fmt: skip
    """A configuration of Raft with followers pulling: servers, values, elections and restarts.

    A pull is answered only when there is an entry to answer with. So it takes a second value to commit the first.
    """
    constants = dict(zip(_CONSTANTS, given, strict=True))
    unreachable = set(_NEVER_BETWEEN_TWO[variant])
    if constants["servers"] > 2:
        unreachable = {"refuse_pull_request", "handle_fail_pull_response"} if constants["max_elections"] == 1 else set()
    vacuous = frozenset(_COMMITMENT if constants["values"] == 1 else ())
    pins = Pins(distinct, depth, violated or {}, vacuous=vacuous, unreachable=frozenset(unreachable))
    constants |= {"log_size": constants["values"], "max_in_flight": 8, "max_sent": max_sent}
    return Configuration(constants, tier, pins)


def _kraft(given: tuple[int, int, int, int], distinct: int, depth: int, *, tier: Tier = "full") -> Configuration:
    """A configuration of KRaft: servers, values, elections and restarts.

    A fetch is refused only after another election or a restart, and the fetcher still waits for the answer only after a
    restart of the leader.
    """
    constants = dict(zip(_CONSTANTS, given, strict=True))
    unreachable = set(_NEVER_BETWEEN_TWO["KRaft"])
    if constants["max_restarts"] == 0:
        unreachable.add("handle_error_fetch_response")
        if constants["max_elections"] == 1:
            unreachable.add("refuse_fetch_request")
    violated = {"no_illegal_state": 7} if constants["max_restarts"] > 0 else {}
    pins = Pins(distinct, depth, violated, unreachable=frozenset(unreachable))
    constants |= {"max_in_flight": 6, "max_sent": 24, "log_size": constants["values"]}
    return Configuration(constants, tier, pins)


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "pull-raft",
        "model.raft.pull_raft:PullRaft",
        "Raft with followers that pull, at once, from whom they voted for",
        (
            _pull_raft("PullRaft", (2, 1, 1, 0), 27, 11),
            _pull_raft("PullRaft", (2, 1, 2, 0), 456, 17, tier="quick"),
            _pull_raft("PullRaft", (2, 1, 1, 1), 80, 12),
            _pull_raft("PullRaft", (2, 1, 3, 0), 9_272, 22),
            _pull_raft("PullRaft", (2, 1, 2, 1), 1_762, 19),
            _pull_raft("PullRaft", (3, 1, 1, 0), 1_270, 19, tier="quick"),
            _pull_raft("PullRaft", (3, 1, 1, 1), 4_229, 20),
            *_pull_raft("PullRaft", (2, 1, 2, 0), 456, 17).viewed(230),
            *_pull_raft("PullRaft", (2, 2, 2, 0), 1_342, 21).viewed(673),
            *_pull_raft("PullRaft", (2, 1, 2, 1), 1_306, 19).viewed(655),
            *_pull_raft("PullRaft", (3, 1, 1, 0), 1_270, 19).viewed(219),
            # A candidate that learns of another leader takes it to be its vote.
            _pull_raft("PullRaft", (3, 1, 2, 0), 572_986, 31, max_sent=40, violated={"votes_are_durable": 8}),
        ),
    ),
    Entry(
        "pull-raft-2",
        "model.raft.pull_raft_2:PullRaft2",
        "Raft with followers that pull from the leader once it has told them that it leads",
        (
            _pull_raft("PullRaft2", (2, 1, 1, 0), 27, 12),
            _pull_raft("PullRaft2", (2, 1, 2, 0), 462, 19),
            _pull_raft("PullRaft2", (2, 1, 1, 1), 96, 13),
            _pull_raft("PullRaft2", (2, 1, 3, 0), 9_666, 26),
            _pull_raft("PullRaft2", (2, 1, 2, 1), 2_166, 21, tier="quick"),
            _pull_raft("PullRaft2", (3, 1, 1, 0), 1_192, 20),
            *_pull_raft("PullRaft2", (2, 1, 2, 0), 462, 19).viewed(233),
            *_pull_raft("PullRaft2", (2, 2, 2, 0), 1_642, 23).viewed(823),
            *_pull_raft("PullRaft2", (2, 1, 2, 1), 1_704, 21).viewed(854),
            *_pull_raft("PullRaft2", (3, 1, 1, 0), 1_192, 20).viewed(206),
            _pull_raft("PullRaft2", (3, 1, 2, 0), 638_926, 33, max_sent=40),
        ),
    ),
    Entry(
        "kraft",
        "model.raft.kraft:KRaft",
        "KIP-595: the quorum of Kafka's controllers, in which followers fetch",
        (
            _kraft((2, 1, 1, 0), 55, 17),
            _kraft((2, 1, 2, 0), 1_230, 27, tier="quick"),
            _kraft((2, 1, 1, 1), 271, 21, tier="quick"),
            _kraft((2, 2, 2, 0), 8_076, 34),
            _kraft((2, 1, 3, 0), 37_706, 37),
            _kraft((2, 1, 2, 1), 11_169, 32),
            *_kraft((2, 1, 2, 0), 1_230, 27).viewed(617),
            *_kraft((2, 2, 2, 0), 8_076, 34).viewed(4_040),
            *_kraft((2, 1, 2, 1), 9_940, 32).viewed(4_972),
            *_kraft((3, 1, 1, 0), 10_468, 30).viewed(1_759),
        ),
    ),
)

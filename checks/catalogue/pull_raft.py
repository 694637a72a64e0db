"""Raft with followers that pull, up to Kafka's KRaft: configurations with the results of TLC for what is published."""

from __future__ import annotations

from .configuration import Configuration, Entry, Pins, Tier


def _kraft(
    given: tuple[int, int, int, int], distinct: int, depth: int, *, tier: Tier = "quick", symmetry: bool = False
) -> Configuration:
    """A configuration of KRaft: servers, values, elections and restarts.

    With two servers, no leader can be elected that lacks what the other one has. A fetch is refused only after another
    election or a restart, and the fetcher still waits for the answer only after a restart of the leader.
    """
    constants = dict(zip(("servers", "values", "max_elections", "max_restarts"), given, strict=True))
    unreachable = {"diverging_fetch_request", "handle_diverging_fetch_response"}
    if constants["max_restarts"] == 0:
        unreachable |= {"restart", "handle_error_fetch_response"}
        if constants["max_elections"] == 1:
            unreachable.add("refuse_fetch_request")
    violated = {"no_illegal_state": 7} if constants["max_restarts"] > 0 else {}
    pins = Pins(distinct, depth, violated, unreachable=frozenset(unreachable))
    return Configuration({**constants, "max_in_flight": 6, "max_sent": 24}, tier, pins, symmetry)


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "kraft",
        "model.raft.kraft:KRaft",
        "KIP-595: the quorum of Kafka's controllers, in which followers fetch",
        (
            _kraft((2, 1, 1, 0), 55, 17),
            _kraft((2, 1, 2, 0), 1_230, 27),
            _kraft((2, 1, 1, 1), 271, 21),
            _kraft((2, 2, 2, 0), 8_076, 34),
            _kraft((2, 1, 3, 0), 37_706, 37, tier="full"),
            _kraft((2, 1, 2, 1), 11_169, 32, tier="full"),
            _kraft((3, 1, 1, 0), 10_468, 30, tier="full"),
            _kraft((3, 1, 1, 0), 1_759, 30, tier="full", symmetry=True),
        ),
    ),
)

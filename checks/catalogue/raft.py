"""The Raft family, from `model/raft/`: configurations with the results of TLC for the published specifications."""

from __future__ import annotations

from .configuration import Configuration, Entry, Pins, Tier


def _raft(
    servers: int, values: int, max_elections: int, max_restarts: int, distinct: int, depth: int, *,
    tier: Tier = "quick", violated: dict[str, int] | None = None,
) -> Configuration:  # fmt: skip
    """A configuration of standard Raft. A leader is refused only after another election or a restart."""
    constants = {
        "servers": servers,
        "values": values,
        "log_size": values,
        "max_elections": max_elections,
        "max_restarts": max_restarts,
        "max_in_flight": 8,
        "max_sent": 20,
    }
    unreachable = frozenset({"refuse_append_request"} if max_elections == 1 else ())
    return Configuration(constants, tier, Pins(distinct, depth, violated or {}, unreachable=unreachable))


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "raft",
        "model.raft.raft:Raft",
        "Raft as in the paper: the leader pushes entries",
        (
            _raft(2, 1, 1, 0, 89, 20, tier="full"),
            _raft(2, 1, 2, 0, 2_224, 28),
            _raft(2, 1, 1, 1, 302, 21, tier="full"),
            _raft(2, 2, 2, 0, 39_870, 39, tier="full"),
            _raft(2, 1, 3, 0, 82_234, 40, tier="full", violated={"committed_entries_reach_majority": 23}),
            _raft(2, 1, 2, 1, 12_394, 33, violated={"committed_entries_reach_majority": 22}),
            _raft(3, 1, 1, 1, 179_798, 36, tier="full"),
            *_raft(2, 1, 2, 0, 2_176, 28).viewed(1_090),
            *_raft(2, 2, 2, 0, 38_350, 39, tier="full").viewed(19_177),
            *_raft(2, 1, 2, 1, 9_234, 33, tier="full", violated={"committed_entries_reach_majority": 22}).viewed(4_619),
            *_raft(3, 1, 1, 0, 37_345, 35, tier="full").viewed(6_247),
        ),
    ),
)

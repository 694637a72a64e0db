"""Raft with members that join and leave: configurations with the results of TLC for what is published, and traps."""

from __future__ import annotations

from collections.abc import Mapping

from .configuration import Configuration, Entry, Pins, Tier

#: How many messages two servers have.
_TWO = {"max_in_flight": 2, "max_sent": 14}
_ELECTIONS = {"request_vote", "handle_vote_request", "handle_vote_response", "become_leader"}
_SNAPSHOTS = {"send_snapshot", "handle_snapshot_request", "handle_snapshot_response"}


def _unreachable(given: dict[str, int | bool], joining: bool) -> set[str]:
    """What is never possible, message by message, without elections or without a server that joins."""
    never = set(_ELECTIONS if given["max_elections"] == 0 else ())
    return never if joining else never | _SNAPSHOTS


def _pins(
    distinct: int, depth: int, given: dict[str, int | bool], unreachable: set[str], violated: Mapping[str, int]
) -> Pins:
    vacuous = {"votes_are_durable"} if given["max_elections"] == 0 else set()
    return Pins(distinct, depth, violated, vacuous=frozenset(vacuous), unreachable=frozenset(unreachable))


def _changes(
    servers: int, init_cluster_size: int, elections: int, additions: int, removals: int
) -> dict[str, int | bool]:
    """The constants of clusters that change one server at a time."""
    return {
        "servers": servers,
        "values": 1,
        "log_size": 2 + additions + removals,
        "max_elections": elections,
        "max_restarts": 0,
        "init_cluster_size": init_cluster_size,
        "max_values_per_term": 1,
        "max_add_reconfigs": additions,
        "max_remove_reconfigs": removals,
        "min_cluster_size": 1,
        "max_cluster_size": 4,
        "include_thesis_bug": False,
    }


def _add_remove(
    given: tuple[int, int, int, int, int], distinct: int, depth: int, *, bug: bool = False, tier: Tier = "full"
) -> Configuration:
    """A configuration message by message: servers, members at first, elections, additions and removals.

    No follower of a leader without rivals refuses an entry, unless it has been removed.
    """
    room = _TWO if given[0] == 2 else {"max_in_flight": 4, "max_sent": 20}
    constants = _changes(*given) | {"include_thesis_bug": bug} | room
    unreachable = _unreachable(constants, joining=constants["max_add_reconfigs"] > 0)
    if constants["max_add_reconfigs"] == 0:
        unreachable |= {"append_add_server"}
    if constants["max_remove_reconfigs"] == 0:
        unreachable |= {"append_remove_server", "refuse_append_request", "reset_with_same_identity"}
    return Configuration(constants, tier, _pins(distinct, depth, constants, unreachable, {}))


def _in_rounds(
    servers: int, min_cluster_size: int, distinct: int, depth: int, *,
    bug: bool = False, symmetry: bool = False, tier: Tier = "full", violated: Mapping[str, int] | None = None,
) -> Configuration:  # fmt: skip
    """A configuration in rounds: all servers are members at first, and two are removed; two terms after the first."""
    constants = _changes(servers, servers, 2, 0, 2) | {"min_cluster_size": min_cluster_size, "include_thesis_bug": bug}
    pins = _pins(distinct, depth, constants, {"append_add_server"}, violated or {})
    return Configuration(constants, tier, pins, symmetry)


# What breaks, and in how many states.
_BUG = {
    "election_safety": 6,
    "leader_completeness": 7,
    "leader_has_all_acknowledged_values": 8,
    "no_log_divergence": 10,
}
_EMPTIED = {
    "leader_completeness": 8,
    "leader_has_all_acknowledged_values": 9,
    "election_safety": 9,
    "no_log_divergence": 11,
}


def _joint(
    given: tuple[int, int, int, int], distinct: int, depth: int, *,
    kind: int = 1, in_rounds: bool = False, tier: Tier = "full",
) -> Configuration:  # fmt: skip
    """A configuration of joint consensus: servers, members at first, elections, and changes of a kind or any (1)."""
    servers, init_cluster_size, elections, changes = given
    constants: dict[str, int | bool] = {
        "servers": servers,
        "values": 1,
        "log_size": 2 + 2 * changes,
        "max_elections": elections,
        "max_restarts": 0,
        "init_cluster_size": init_cluster_size,
        "max_values_per_term": 1,
        "max_reconfigs": changes,
        "reconfig_type": kind,
    }
    unreachable: set[str] = set()
    if not in_rounds:
        constants |= _TWO
        unreachable = _unreachable(constants, joining=changes > 0)
        if changes == 0:
            unreachable |= {"append_old_and_new", "append_new"}
        if elections == 0:
            unreachable |= {"refuse_append_request"}
    return Configuration(constants, tier, _pins(distinct, depth, constants, unreachable, {}))


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "raft-add-remove",
        "model.raft.raft_add_remove:RaftAddRemove",
        "Raft that adds or removes one server at a time",
        (
            _add_remove((2, 1, 0, 1, 0), 212, 24),
            _add_remove((2, 2, 0, 0, 1), 536, 23),
            _add_remove((2, 2, 1, 0, 1), 3_754, 31, tier="quick"),
            _add_remove((3, 2, 0, 1, 0), 51_804, 45),
            # The bug takes more servers than these.
            _add_remove((2, 1, 0, 1, 0), 212, 24, bug=True),
            _add_remove((2, 2, 0, 0, 1), 536, 23, bug=True),
            _add_remove((2, 2, 1, 0, 1), 6_918, 31, bug=True),
        ),
    ),
    Entry(
        "raft-joint-consensus",
        "model.raft.raft_joint_consensus:RaftJointConsensus",
        "Raft that replaces any servers at once by joint consensus",
        (
            _joint((2, 1, 0, 1), 3_149, 35, tier="quick"),
            _joint((2, 2, 1, 0), 600, 23),
            _joint((2, 1, 0, 1), 1_184, 32, kind=2),
        ),
    ),
    Entry(
        "raft-add-remove-in-rounds",
        "model.raft.raft_add_remove:RaftAddRemoveInRounds",
        "raft-add-remove in rounds: the bug of the thesis, and its correction",
        (
            _in_rounds(4, 3, 1_608_902, 19, bug=True, violated=_BUG),
            _in_rounds(4, 3, 147_351, 19, bug=True, symmetry=True, tier="quick", violated=_BUG),
            _in_rounds(4, 3, 237_741, 16),
            _in_rounds(4, 3, 24_854, 16, symmetry=True, tier="quick"),
            _in_rounds(3, 1, 14_254, 14),
        ),
    ),
    Entry(
        "raft-emptied-disk",
        "model.raft.raft_add_remove:EmptiedDisksInRounds",
        "raft-add-remove-in-rounds, but disks of servers that are out are emptied and the servers come back",
        (_in_rounds(3, 1, 19_400, 19, tier="quick", violated=_EMPTIED),),
    ),
    Entry(
        "raft-joint-consensus-in-rounds",
        "model.raft.raft_joint_consensus:RaftJointConsensusInRounds",
        "raft-joint-consensus in rounds: several changes, and leaders of several terms",
        (
            _joint((3, 2, 2, 1), 72_057, 16, in_rounds=True, tier="quick"),
            _joint((3, 1, 2, 2), 1_565_119, 23, in_rounds=True),
            _joint((4, 3, 2, 1), 6_775_545, 21, in_rounds=True),
        ),
    ),
)

"""KRaft with voters that join and leave: configurations with the results of TLC for what is published."""

from __future__ import annotations

from .configuration import Configuration, Entry, Pins, Tier

_ELECTIONS = {
    "request_vote",
    "handle_vote_request",
    "handle_vote_response",
    "become_leader",
    "handle_begin_quorum_request",
}
_JOINING = {"start_new_server", "send_join_request", "accept_join_request"}
_REFUSED_JOINING = {"refuse_join_request", "handle_refused_join_response"}
_REFUSED_FETCHES = {"refuse_fetch_request", "handle_error_fetch_response"}

# No leader of these lacks what another server has.
_NEVER = {"diverging_fetch_request", "handle_diverging_fetch_response"}


def _kraft(
    sizes: tuple[int, int, int, int], given: tuple[int, int, int, int], distinct: int, depth: int, max_sent: int, *,
    tier: Tier = "quick", spare: int = 0, possible: frozenset[str] = frozenset(),
) -> Configuration:  # fmt: skip
    """A configuration with one value and one an epoch. `possible` is what its constants do not show to be so.

    `sizes` are those of the cluster at first, at least and at most, and the hosts; `given` are elections, restarts,
    additions and removals. `spare` servers can be spawned.
    """
    init_cluster_size, min_cluster_size, max_cluster_size, hosts = sizes
    max_elections, max_restarts, max_add_reconfigs, max_remove_reconfigs = given
    spawned = init_cluster_size + spare
    constants = {
        "hosts": hosts,
        "init_cluster_size": init_cluster_size,
        "min_cluster_size": min_cluster_size,
        "max_cluster_size": max_cluster_size,
        "values": 1,
        "max_elections": max_elections,
        "max_restarts": max_restarts,
        "max_values_per_epoch": 1,
        "max_add_reconfigs": max_add_reconfigs,
        "max_remove_reconfigs": max_remove_reconfigs,
        "max_spawned_servers": spawned,
        "servers": spawned,
        "log_size": 2 + max_add_reconfigs + max_remove_reconfigs,
        "max_in_flight": 3,
        "max_sent": max_sent,
    }
    unreachable = _NEVER | _REFUSED_JOINING
    if max_elections == 0:
        unreachable |= _ELECTIONS
    if max_add_reconfigs == 0:
        unreachable |= _JOINING
    if max_remove_reconfigs == 0:
        unreachable |= {"handle_remove_request"}
    if max_remove_reconfigs == max_add_reconfigs == 0:
        unreachable |= {"accept_fetch_request_from_observer"}
    if max_elections == max_restarts == max_remove_reconfigs == max_add_reconfigs == 0:
        unreachable |= _REFUSED_FETCHES
    elif max_elections == 1 and max_restarts == max_remove_reconfigs == max_add_reconfigs == 0:
        unreachable |= {"handle_error_fetch_response"}
    # A leader that has removed itself is unattached in its epoch, and so would vote again.
    leaves = max_elections > 0 and max_remove_reconfigs > 0
    pins = Pins(
        distinct,
        depth,
        {"votes_are_durable": 19} if leaves else {},
        vacuous=frozenset() if max_elections > 0 else frozenset({"votes_are_durable"}),
        unreachable=frozenset(unreachable - possible),
    )
    return Configuration(constants, tier, pins)


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "kraft-reconfig",
        "model.raft.kraft_reconfig:KRaftReconfig",
        "KIP-853 in its first design: voters of KRaft join and leave one at a time",
        (
            _kraft((2, 1, 3, 2), (0, 0, 0, 0), 22, 12, 5),
            _kraft((2, 1, 3, 2), (1, 0, 0, 0), 428, 22, 11),
            _kraft((2, 1, 3, 2), (0, 1, 0, 0), 159, 16, 6),
            _kraft((2, 1, 3, 2), (1, 0, 0, 1), 14_556, 41, 18, tier="full", possible=frozenset(_NEVER)),
            _kraft((3, 2, 4, 3), (0, 0, 0, 0), 458, 22, 10),
            _kraft((2, 1, 3, 2), (1, 1, 0, 0), 5_394, 26, 12, tier="full"),
            # TLC finds these with end offsets for all servers there are; as published, leaders note new ones later.
            _kraft((1, 1, 3, 2), (0, 0, 1, 0), 338, 26, 14, spare=1),
            _kraft((1, 1, 3, 2), (1, 0, 1, 0), 2_530, 36, 20, spare=1, tier="full"),
            _kraft(
                (1, 1, 3, 2), (0, 1, 1, 0), 3_282, 30, 15, spare=1, tier="full", possible=frozenset(_REFUSED_JOINING)
            ),
            _kraft((1, 1, 2, 2), (0, 0, 1, 1), 2_882, 43, 21, spare=1, tier="full"),
        ),
    ),
)

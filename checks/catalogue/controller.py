"""Controllers of the ZooKeeper era: configurations that hold, and what happens without each fence.

Nobody has published counts for these. What they are compared with is the same search in CPython, at a small size.
"""

from __future__ import annotations

from .configuration import Configuration, Entry, Pins, Tier

_CONSTANTS = ("max_controller_epoch", "max_leader_epoch", "max_version", "max_registrations")
_REGISTRATION = frozenset({"reconnect", "restart", "see_startup"})
_ELECTION = frozenset({"elect_controller"})

#: All properties but those that speak of two controllers.
_OF_ONE = (
    "only_latest_controller_decides",
    "no_update_is_lost",
    "zookeeper_never_moves_back",
    "controller_node_is_ephemeral",
    "expired_sessions_write_nothing",
    "brokers_never_return_to_older_controller",
    "brokers_never_return_to_older_leader",
    "brokers_act_on_requests_for_themselves",
    "one_leader_per_epoch",
    "leader_is_in_sync",
    "leaders_know_nothing_newer",
    "log_matching",
    "acknowledged_records_are_in_sync",
    "leader_has_acknowledged_records",
    "two_leaders_at_once",
)


def _cluster(
    given: tuple[int, int, int, int], distinct: int, depth: int, *,
    tier: Tier = "full", brokers: int = 2, records: int = 1, **violated: int,
) -> Configuration:  # fmt: skip
    """A configuration: controller epochs, leader epochs, writes of the partition's state, and new registrations."""
    constants = {
        "brokers": brokers,
        "log_size": records,
        "max_records": records,
        **dict(zip(_CONSTANTS, given, strict=True)),
        "max_requests": 16,
    }
    elections, registrations = given[0] > 1, given[3] > 0
    seen = {"two_leaders_at_once": 3}
    if elections:
        seen["two_controllers_at_once"] = 3
    unreachable: frozenset[str] = frozenset()
    if not registrations:
        unreachable |= _REGISTRATION
    if not elections:
        unreachable |= _ELECTION
    if not elections and not registrations:
        unreachable |= {"handle_update_metadata"}
    pins = Pins(distinct, depth, violated, seen, unreachable=unreachable)
    return Configuration(constants, tier, pins, symmetry=True, properties=None if elections else _OF_ONE)


ENTRIES: tuple[Entry, ...] = (
    Entry(
        "zookeeper-controller",
        "model.controller.zookeeper:ZooKeeperController",
        "Kafka's controller of the ZooKeeper era: elections, requests, zombies, and what fences them",
        (
            _cluster((2, 2, 2, 0), 193_323, 17, tier="quick"),
            _cluster((1, 3, 4, 1), 682_810, 23, tier="quick"),
            _cluster((2, 2, 3, 0), 1_408_486, 21, records=2),
            _cluster((2, 2, 2, 0), 12_103_504, 21, brokers=3),
            _cluster((3, 2, 2, 1), 14_032_568, 25),
            _cluster((2, 3, 4, 1), 30_596_582, 27),
            _cluster((2, 3, 3, 2), 70_203_964, 29),
        ),
    ),
    Entry(
        "zookeeper-unconditional-election",
        "model.controller.zookeeper_traps:UnconditionalElection",
        "two controllers in one controller epoch, which is written whatever it was",
        (_cluster((2, 2, 2, 0), 478_382, 23, one_controller_per_epoch=6),),
    ),
    Entry(
        "zookeeper-zombie-controller",
        "model.controller.zookeeper_traps:ZombieController",
        "KAFKA-6082: a controller decides after another one was elected",
        (_cluster((2, 2, 2, 0), 327_683, 18, only_latest_controller_decides=4),),
    ),
    Entry(
        "zookeeper-unconditional-decision",
        "model.controller.zookeeper_traps:UnconditionalDecision",
        "a controller overwrites the in-sync set that a leader has written since",
        (
            _cluster(
                (2, 2, 2, 0),
                221_595,
                17,
                no_update_is_lost=4,
                acknowledged_records_are_in_sync=5,
                leader_has_acknowledged_records=6,
            ),
        ),
    ),
    Entry(
        "zookeeper-zombie-leader",
        "model.controller.zookeeper_traps:ZombieLeader",
        "a leader that was deposed overwrites the decision that deposed it",
        (
            _cluster(
                (1, 3, 3, 0),
                532_560,
                18,
                records=2,
                no_update_is_lost=3,
                zookeeper_never_moves_back=3,
                leaders_know_nothing_newer=4,
                expired_sessions_write_nothing=5,
                acknowledged_records_are_in_sync=6,
                one_leader_per_epoch=7,
                leader_has_acknowledged_records=7,
                log_matching=9,
            ),
        ),
    ),
    Entry(
        "zookeeper-emptied-isr",
        "model.controller.zookeeper_traps:EmptiedIsr",
        "the last member leaves the in-sync set, and nobody can be elected",
        (_cluster((1, 3, 3, 0), 58_884, 16, leader_is_in_sync=4),),
    ),
    Entry(
        "zookeeper-previous-incarnation",
        "model.controller.zookeeper_traps:PreviousIncarnation",
        "KIP-380: a broker that has restarted acts on requests for its previous incarnation",
        (
            _cluster(
                (1, 2, 3, 1),
                103_558,
                20,
                brokers_act_on_requests_for_themselves=4,
                acknowledged_records_are_in_sync=7,
                leader_has_acknowledged_records=10,
            ),
        ),
    ),
    Entry(
        "zookeeper-older-controller",
        "model.controller.zookeeper_traps:OlderController",
        "a broker acts on requests of an older controller after those of a newer one",
        (_cluster((2, 2, 2, 0), 272_116, 18, brokers_never_return_to_older_controller=5),),
    ),
    Entry(
        "zookeeper-older-leader-epoch",
        "model.controller.zookeeper_traps:OlderLeaderEpoch",
        "a broker leads or follows in an older leader epoch after a newer one",
        (
            _cluster(
                (1, 3, 3, 0),
                163_236,
                20,
                brokers_never_return_to_older_leader=4,
                acknowledged_records_are_in_sync=8,
                leader_has_acknowledged_records=9,
            ),
        ),
    ),
    Entry(
        "zookeeper-reordered-stop-replica",
        "model.controller.zookeeper_traps:ReorderedStopReplica",
        "KIP-570: a late request to delete a replica meets one that is in sync again",
        (
            _cluster(
                (1, 3, 4, 0), 94_025, 18, brokers_never_return_to_older_leader=5, acknowledged_records_are_in_sync=10
            ),
        ),
    ),
    Entry(
        "zookeeper-forgotten-replica",
        "model.controller.zookeeper_open:ForgottenReplica",
        "a deleted replica acts on a request from before its deletion",
        (
            _cluster(
                (1, 3, 4, 0),
                95_665,
                19,
                brokers_never_return_to_older_leader=3,
                acknowledged_records_are_in_sync=9,
                leader_has_acknowledged_records=10,
            ),
        ),
    ),
    Entry(
        "zookeeper-late-look",
        "model.controller.zookeeper_open:LateLook",
        "a deposed controller looks up brokers, and commands one that has restarted",
        (_cluster((2, 2, 3, 2), 16_222_322, 29, acknowledged_records_are_in_sync=17),),
    ),
    Entry(
        "zookeeper-remembered-controller",
        "model.controller.zookeeper_open:RememberedController",
        "the same, but a broker that restarts reads the controller epoch: no harm done",
        (_cluster((2, 2, 3, 2), 15_110_928, 29),),
    ),
    Entry(
        "zookeeper-unanswered-expansion",
        "model.controller.zookeeper_open:UnansweredExpansion",
        "a leader whose session ends takes a larger in-sync set for not written, though it is",
        (_cluster((1, 2, 2, 0), 7_912, 13, acknowledged_records_are_in_sync=4, leader_has_acknowledged_records=7),),
    ),
    Entry(
        "zookeeper-maximal-isr",
        "model.controller.zookeeper_open:MaximalIsr",
        "KIP-497: the same, but the leader waits for all that may be in sync: no harm done",
        (_cluster((1, 2, 2, 0), 7_773, 13),),
    ),
)

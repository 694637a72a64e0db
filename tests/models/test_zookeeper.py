"""Each fence of the ZooKeeper era is needed: without it a property fails, and with it the property holds.

Short runs are found by the plain search in Python, the others by the native one.
"""

import pytest

from fencepost.checks import check
from fencepost.model import Specification
from fencepost.model.controller.zookeeper import ZooKeeperController
from fencepost.model.controller.zookeeper_open import (
    ForgottenReplica,
    LateLook,
    MaximalIsr,
    RememberedController,
    UnansweredExpansion,
)
from fencepost.model.controller.zookeeper_state import Broker, LeaderAndIsr
from fencepost.model.controller.zookeeper_traps import (
    EmptiedIsr,
    OlderController,
    OlderLeaderEpoch,
    PreviousIncarnation,
    ReorderedStopReplica,
    UnconditionalDecision,
    UnconditionalElection,
    ZombieController,
    ZombieLeader,
)
from models.guards import verdicts, words

pytestmark = pytest.mark.usefixtures("quickly_compiled")


def limits(controller_epoch, leader_epoch, version, registrations):
    return {
        "max_controller_epoch": controller_epoch,
        "max_leader_epoch": leader_epoch,
        "max_version": version,
        "max_registrations": registrations,
    }


class EternalSession(ZooKeeperController):
    """ZooKeeper takes no notice of a session's end, but for the nodes that go with it."""

    def has_session(self, broker: Broker) -> bool:
        return True


TWO, ONE, BACK = limits(2, 2, 2, 0), limits(1, 3, 4, 0), limits(1, 2, 3, 1)
TWO_RECORDS = {**ONE, "max_records": 2}

GUARDS = [
    (ZooKeeperController, UnconditionalElection, TWO, "one_controller_per_epoch", 6),
    (ZooKeeperController, ZombieController, TWO, "only_latest_controller_decides", 4),
    (ZooKeeperController, OlderController, TWO, "brokers_never_return_to_older_controller", 5),
    (ZooKeeperController, UnconditionalDecision, ONE, "no_update_is_lost", 4),
    (ZooKeeperController, UnconditionalDecision, ONE, "acknowledged_records_are_in_sync", 5),
    (ZooKeeperController, ZombieLeader, TWO_RECORDS, "no_update_is_lost", 3),
    (ZooKeeperController, ZombieLeader, TWO_RECORDS, "zookeeper_never_moves_back", 3),
    (ZooKeeperController, ZombieLeader, TWO_RECORDS, "leaders_know_nothing_newer", 4),
    (ZooKeeperController, ZombieLeader, TWO_RECORDS, "acknowledged_records_are_in_sync", 6),
    (ZooKeeperController, ZombieLeader, TWO_RECORDS, "one_leader_per_epoch", 7),
    (ZooKeeperController, ZombieLeader, TWO_RECORDS, "log_matching", 9),
    (ZooKeeperController, EternalSession, TWO, "controller_node_is_ephemeral", 4),
    (ZooKeeperController, EternalSession, TWO, "expired_sessions_write_nothing", 3),
    (ZooKeeperController, EmptiedIsr, ONE, "leader_is_in_sync", 4),
    (ZooKeeperController, OlderLeaderEpoch, ONE, "brokers_never_return_to_older_leader", 4),
    (ZooKeeperController, OlderLeaderEpoch, ONE, "leader_has_acknowledged_records", 9),
    (ZooKeeperController, PreviousIncarnation, BACK, "brokers_act_on_requests_for_themselves", 4),
    (ZooKeeperController, PreviousIncarnation, BACK, "acknowledged_records_are_in_sync", 7),
    (ZooKeeperController, ReorderedStopReplica, ONE, "acknowledged_records_are_in_sync", 10),
    (ZooKeeperController, ForgottenReplica, ONE, "acknowledged_records_are_in_sync", 9),
    (MaximalIsr, UnansweredExpansion, ONE, "acknowledged_records_are_in_sync", 4),
]
SHORT = 3


@pytest.mark.parametrize(
    ("guarded", "broken", "constants", "name", "states"), [case for case in GUARDS if case[4] <= SHORT], ids=words
)
def test_without_the_fence_the_property_fails(guarded, broken, constants, name, states, search):
    assert search(broken, until=name, **constants).violated[name] == states


@pytest.mark.parametrize(
    "broken", dict.fromkeys(case[1] for case in GUARDS if case[4] > SHORT), ids=lambda model: model.__name__
)
def test_runs_of_more_steps(broken):
    cases = [case for case in GUARDS if case[1] is broken and case[4] > SHORT]
    found = check(broken, cases[0][2], properties=[case[3] for case in cases], symmetry=True, keep_going=True).report
    assert {case[3]: found.named(case[3]).trace_length for case in cases} == {case[3]: case[4] for case in cases}


@pytest.mark.parametrize("guarded", [ZooKeeperController, MaximalIsr])
def test_with_all_fences_the_properties_hold(guarded):
    assert verdicts(guarded, GUARDS) == {"holds"}


def test_every_promise_has_a_control():
    promises = {prop.name for prop in Specification(ZooKeeperController).properties if prop.kind != "witness"}
    assert promises == {case[3] for case in GUARDS}


# What a deposed controller can do to a broker that has restarted: too long a run to be searched for here.

LATE_LOOK = [
    "expire_session b2",  # The controller b1 is told, and is slow.
    "reconnect b2",
    "delete_controller_node",
    "expand_isr b1 b2",
    "elect_controller b2 1",
    "elect_leader b2 b2",
    "handle_leader_and_isr b2 2",
    "write b2",
    "shrink_isr b2 b1",
    "acknowledge b2",
    "expire_session b2",
    "restart b2",
    "see_failure b1 b2",
    "see_startup b1 b2",
    "handle_leader_and_isr b2 1",
    "fetch b2 b1",
]


def spelled(step):
    words = [step.action.name]
    for value, parameter in zip(step.arguments, step.action.parameters, strict=True):
        if isinstance(value, LeaderAndIsr):
            words.append(f"b{value.target + 1} {value.partition.leader_epoch}")
        else:
            words.append(parameter.type.show(value))
    return " ".join(words)


def play(model, run, isr, constants):
    """The states of a run, up to the first step that is not possible. Of two steps spelled alike, the last."""
    spec = Specification(model, constants)
    states = [
        one
        for one in spec.initial_states()
        if one.zookeeper.controller == one.zookeeper.partition.leader == 0 and set(one.zookeeper.partition.isr) == isr
    ]
    for text in run:
        possible = {spelled(step): step.state for step in spec.successors(states[-1])}
        if text not in possible:
            break
        states.append(possible[text])
    return spec, states


@pytest.mark.parametrize(
    ("model", "steps"),
    [(LateLook, len(LATE_LOOK)), (RememberedController, 14), (ZooKeeperController, 12)],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_late_look(model, steps):
    spec, states = play(model, LATE_LOOK, {0}, limits(2, 2, 3, 2))
    assert len(states) == steps + 1
    (in_sync,) = (prop for prop in spec.properties if prop.name == "acknowledged_records_are_in_sync")
    assert [spec.holds(in_sync, state) for state in states] == [*[True] * (len(states) - 1), model is not LateLook]


def test_a_session_takes_its_ephemeral_nodes_along():
    state = Specification(ZooKeeperController).initial_states()[0]
    state.expire_session(0)
    assert (state.zookeeper.controller, set(state.zookeeper.registered)) == (None, {1})
    assert state.is_active(0), "the process does not know"
    state.restart(0)
    assert (state.is_active(0), state.zookeeper.broker_epoch[0]) == (False, 2)
    assert state.zookeeper.controller is None, "it has to be elected again"

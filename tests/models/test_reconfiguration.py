"""Raft with members that join and leave: published counts, the bug of 2015, and what each rule is there for."""

import pytest

from fencepost.checks import check
from fencepost.model import Map, Set, Specification, require
from fencepost.model.raft.base import Entry, ServerId, Value
from fencepost.model.raft.configurations import configuration_end
from fencepost.model.raft.raft_add_remove import (
    AnyEntry,
    EmptiedDisksInRounds,
    RaftAddRemove,
    RaftAddRemoveInRounds,
    Server,
)
from fencepost.model.raft.raft_joint_consensus import OldAndNew, RaftJointConsensus, RaftJointConsensusInRounds
from fencepost.model.raft.raft_joint_consensus import Server as JointServer
from fencepost.model.raft.traps import ForgetsVotes

pytestmark = pytest.mark.usefixtures("quickly_compiled")

ADDITION = {"servers": 2, "init_cluster_size": 1, "max_elections": 0, "max_add_reconfigs": 1, "max_remove_reconfigs": 0}
REMOVAL = {"servers": 2, "max_elections": 0, "max_add_reconfigs": 0, "max_remove_reconfigs": 1}


@pytest.mark.parametrize("bug", [False, True])
def test_a_server_joins(search, bug):
    found = search(RaftAddRemove, include_thesis_bug=bug, **ADDITION)
    assert found.levels == [1, 2, 4, 5, 5, 5, 6, 11, 17, 17, 15, 16, 17, 16, 14, 15, 14, 10, 7, 7, 5, 1, 1, 1]
    assert 1 + found.generated.total() == 255
    assert found.violated == {}


def test_a_server_leaves(search):
    found = search(RaftAddRemove, **REMOVAL)
    assert found.levels == [
        *(1, 4, 11, 18, 21, 24, 33, 40, 41, 39, 44, 46),
        *(41, 38, 38, 33, 22, 16, 14, 7, 2, 2, 1),
    ]
    assert 1 + found.generated.total() == 864
    assert found.violated == {}


def test_an_election_of_servers_that_could_change(search):
    found = search(RaftJointConsensus, init_cluster_size=2, max_elections=1, max_reconfigs=0)
    assert found.levels == [
        *(1, 3, 6, 10, 14, 17, 21, 27, 33, 38, 43, 48),
        *(50, 53, 54, 49, 42, 35, 26, 14, 8, 6, 2),
    ]
    assert 1 + found.generated.total() == 792
    assert found.violated == {}


def test_a_joint_change():
    report = check(RaftJointConsensus, {"max_reconfigs": 1, "reconfig_type": 1}, keep_going=True).report
    assert report.levels == (
        *(1, 4, 9, 11, 10, 10, 12, 24, 48, 68, 68, 76, 107, 125, 126, 163, 204, 201),
        *(208, 233, 240, 219, 194, 191, 173, 124, 92, 86, 56, 22, 22, 16, 2, 2, 2),
    )


@pytest.mark.parametrize("kind", [2, 3, 4])
def test_a_kind_of_changes_is_some_of_them(kind):
    constants = {"servers": 3, "init_cluster_size": 2, "max_elections": 2}
    some, all_ = (check(RaftJointConsensusInRounds, constants | {"reconfig_type": which}).report for which in (kind, 1))
    assert {prop.verdict for report in (some, all_) for prop in report.properties} == {"holds"}
    assert 1_000 < some.distinct < all_.distinct


# The bug of 2015.

FOUR = {
    "servers": 4,
    "init_cluster_size": 4,
    "min_cluster_size": 3,
    "max_elections": 2,
    "max_add_reconfigs": 0,
    "max_remove_reconfigs": 2,
}

# n2 leads term 2. n1, which leads term 1 and has not heard of it, removes n2, and n2 removes n1. Then {n1, n3} is a
# majority without n2, and {n2, n4} is one without n1.
TWO_LEADERS = [
    "elect n2 {n3, n4} 2",
    "append_remove_server n1 n2",
    "elect n1 {n3} 3",
    "! append_remove_server n2 n1",
    "elect n2 {n4} 3",
]
# The same begins message by message: n2 commits its removal of n1 with n4, and n1 leads without it.
BY_MESSAGES = [
    *("request_vote n2", "update_term n2>n3", "handle_vote_request n2>n3", "handle_vote_response n3>n2"),
    *("update_term n2>n4", "handle_vote_request n2>n4", "handle_vote_response n4>n2", "become_leader n2"),
    *("append_remove_server n1 n2", "! append_remove_server n2 n1"),
    *(
        "append_entries n2 n4",
        "accept_append_request n2>n4",
        "handle_append_response n4>n2",
        "advance_commit_offset n2",
    ),
    *("update_term n2>n1", "request_vote n1"),
    *("update_term n1>n3", "handle_vote_request n1>n3", "handle_vote_response n3>n1", "become_leader n1"),
]


@pytest.mark.parametrize(
    ("model", "run", "name"),
    [
        (RaftAddRemoveInRounds, TWO_LEADERS, "election_safety"),
        (RaftAddRemove, BY_MESSAGES, "leader_completeness"),
    ],
    ids=["rounds", "messages"],
)
def test_the_bug_of_the_thesis(model, run, name, play):
    room = {"max_in_flight": 8} if model is RaftAddRemove else {}
    steps = [step.removeprefix("! ") for step in run]
    *before, last = play(model, steps, **FOUR, **room, include_thesis_bug=True)
    assert last.steps == len(run)
    assert all(point.holds(name) for point in before)
    assert not last.holds(name)
    forbidden = next(index for index, step in enumerate(run) if step.startswith("! "))
    assert play(model, steps, **FOUR, **room)[-1].steps == forbidden


def test_the_bug_is_found():
    found = check(RaftAddRemoveInRounds, FOUR | {"include_thesis_bug": True}, properties=["election_safety"]).report
    assert found.named("election_safety").trace_length == len(TWO_LEADERS) + 1


@pytest.mark.parametrize(
    "fewer",
    [
        {"servers": 3, "init_cluster_size": 3, "min_cluster_size": 1, "max_elections": 3},
        {"max_elections": 1},
        {"max_remove_reconfigs": 1},
    ],
    ids=str,
)
def test_the_bug_takes_that_much(fewer):
    report = check(RaftAddRemoveInRounds, {**FOUR, "include_thesis_bug": True, **fewer}, keep_going=True).report
    assert not any(prop.verdict == "violated" for prop in report.properties)


# What each rule is there for.


class FollowersWrite(RaftAddRemoveInRounds):
    def client_request(self, server: ServerId, value: Value) -> None:
        require(self.acknowledged[value] is None)
        self.server[server].log.append(Entry(1, value))
        self.acknowledged[value] = False


class WithdrawingServer(Server):
    def change_configuration(self, entry: AnyEntry) -> None:
        if not self.has_committed_configuration:
            self.log.truncate(self.log.end_offset - 1)
        super().change_configuration(entry)


class ChangesAtOnce(RaftAddRemoveInRounds):
    """A change need not wait for the one before."""

    def may_reconfigure(self, server: ServerId) -> bool:
        return self.server[server].has_committed_in_own_term()


class Withdraws(ChangesAtOnce):
    """A leader takes back a change that is not committed."""

    server: Map[ServerId, WithdrawingServer]


class VoteIsForgotten(ForgetsVotes[Server], RaftAddRemoveInRounds):
    pass


class SelfishServer(Server):
    def is_quorum(self, servers: Set[ServerId]) -> bool:
        return 2 * len(servers) > len(self.members)


class CountsWhoeverVotes(RaftAddRemoveInRounds):
    """Servers count that are no members."""

    server: Map[ServerId, SelfishServer]


class HastyServer(JointServer):
    def is_quorum(self, servers: Set[ServerId]) -> bool:
        for entry in reversed(self.log.records):
            if isinstance(entry, OldAndNew):
                return 2 * len(servers & entry.new) > len(entry.new)
        return super().is_quorum(servers)


class NewMembersDecide(RaftJointConsensusInRounds):
    """The old members are not asked while a change is under way."""

    server: Map[ServerId, HastyServer]


class ImpatientServer(JointServer):
    def joint(self) -> OldAndNew | None:
        entry = self.log.records[configuration_end(self.log) - 1]
        return entry if isinstance(entry, OldAndNew) else None


class EndsBeforeCommitment(RaftJointConsensusInRounds):
    """A leader leaves the new members alone before the joint configuration is committed."""

    server: Map[ServerId, ImpatientServer]


class ThoughtlessServer(JointServer):
    def may_begin(self) -> bool:
        return True


class BeginsAgain(RaftJointConsensusInRounds):
    """A change begins before the last one has come to its end."""

    server: Map[ServerId, ThoughtlessServer]


THREE = {"servers": 3, "init_cluster_size": 3, "max_elections": 1, "max_remove_reconfigs": 2}
RESTART = THREE | {"max_remove_reconfigs": 0, "max_restarts": 1}
JOINT = {"servers": 3, "init_cluster_size": 3, "max_elections": 1, "max_reconfigs": 1}
TWICE = JOINT | {"max_elections": 0, "max_reconfigs": 2}

# The model with the rule, the one without it, constants, the property that breaks, the states that show it.
GUARDS = [
    (RaftAddRemoveInRounds, ChangesAtOnce, THREE, "max_one_reconfiguration_at_a_time", 3),
    (RaftAddRemoveInRounds, ChangesAtOnce, THREE, "leader_completeness", 5),
    (RaftAddRemoveInRounds, Withdraws, THREE, "leader_append_only", 3),
    (RaftAddRemoveInRounds, CountsWhoeverVotes, THREE, "leader_has_all_acknowledged_values", 9),
    (RaftAddRemoveInRounds, FollowersWrite, THREE | {"values": 2}, "log_matching", 3),
    (RaftAddRemoveInRounds, VoteIsForgotten, RESTART, "votes_are_durable", 3),
    (RaftAddRemoveInRounds, EmptiedDisksInRounds, THREE | {"max_elections": 2}, "no_log_divergence", 11),
    (RaftJointConsensusInRounds, NewMembersDecide, JOINT, "election_safety", 4),
    (RaftJointConsensusInRounds, NewMembersDecide, JOINT, "leader_has_all_acknowledged_values", 5),
    (RaftJointConsensusInRounds, EndsBeforeCommitment, JOINT, "leader_completeness", 5),
    (RaftJointConsensusInRounds, EndsBeforeCommitment, JOINT, "no_log_divergence", 8),
    (RaftJointConsensusInRounds, BeginsAgain, TWICE, "max_one_reconfiguration_at_a_time", 3),
]


def words(part):
    return part.__name__ if isinstance(part, type) else part if isinstance(part, str) else ""


@pytest.mark.parametrize(("guarded", "broken", "constants", "name", "states"), GUARDS, ids=words)
def test_without_the_rule_the_property_fails(guarded, broken, constants, name, states):
    assert check(broken, constants, properties=[name]).report.named(name).trace_length == states


@pytest.mark.parametrize("guarded", [RaftAddRemoveInRounds, RaftJointConsensusInRounds])
def test_with_all_rules_the_properties_hold(guarded):
    for constants in {tuple(case[2].items()) for case in GUARDS if case[0] is guarded}:
        names = {case[3] for case in GUARDS if case[0] is guarded and tuple(case[2].items()) == constants}
        found = check(guarded, dict(constants), properties=names).report
        assert {one.name: one.verdict for one in found.properties} == dict.fromkeys(names, "holds")


def test_every_property_has_a_control():
    for model in (RaftAddRemoveInRounds, RaftJointConsensusInRounds):
        assert {prop.name for prop in Specification(model).properties} <= {case[3] for case in GUARDS}


@pytest.mark.parametrize(("model", "states"), [(RaftAddRemove, 2), (RaftJointConsensus, 2)])
def test_a_new_configuration_counts_before_it_has_what_was_committed(model, states):
    """The published configurations do not ask for it."""
    found = check(model, properties=["committed_entries_reach_majority"]).report
    assert found.named("committed_entries_reach_majority").trace_length == states


@pytest.mark.parametrize(
    ("model", "constants"),
    [
        (RaftAddRemoveInRounds, FOUR | {"include_thesis_bug": True, "max_values_per_term": 0}),
        (RaftJointConsensusInRounds, {"servers": 3}),
    ],
)
def test_symmetry_changes_no_verdict(model, constants):
    whole, reduced = (check(model, constants, symmetry=symmetry, keep_going=True).report for symmetry in (False, True))
    assert reduced.distinct < whole.distinct
    assert [(prop.name, prop.verdict, prop.trace_length) for prop in reduced.properties] == [
        (prop.name, prop.verdict, prop.trace_length) for prop in whole.properties
    ]

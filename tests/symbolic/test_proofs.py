"""Shipped proofs close, at small constants, and each rule of the protocol is needed for its own step."""

from typing import Annotated

import pytest

from fencepost.checks import check
from fencepost.checks.symbolic.bounded import BoundedCheck
from fencepost.checks.symbolic.induction import Induction
from fencepost.checks.symbolic.quorums import quorum_intersection
from fencepost.model import In, Specification, action, require
from fencepost.model.raft.base import Entry
from fencepost.model.raft.raft_proof import RaftProof
from fencepost.model.raft.server import AppendRequest, Role, VoteRequest
from fencepost.model.replication.kip_101 import Kip101
from fencepost.model.replication.kip_279 import Kip279
from fencepost.model.replication.kip_320 import Kip320
from fencepost.model.replication.kip_320_proof import Kip320Proof
from fencepost.model.replication.state import Broker, LeaderAndIsr

SMALL = {"replicas": 2, "log_size": 2, "max_records": 2, "max_leader_epoch": 2}


class UnfencedFetch(Kip320Proof):
    def may_fetch(self, follower: Broker, leader: Broker) -> bool:
        return self.presumes_leadership(leader) and self.is_following(follower, leader)


class UnfencedTruncation(Kip320Proof):
    def may_become_follower(self, request: LeaderAndIsr, leader: Broker) -> bool:
        return True


class UnfencedHighWatermark(Kip320Proof):
    def has_acknowledged(self, follower: Broker, leader: Broker, offset: int) -> bool:
        return self.is_following(follower, leader) and self.replica[follower].log.has_offset(offset)


class JoinUnderOldHighWatermark(Kip320Proof):
    def may_admit_replicas(self, leader: Broker) -> bool:
        return True


def refuted(model, constants, action=None):
    """What a proof cannot close, of one action or of all."""
    proof = Induction(Specification(model, constants, helpers=True))
    assert proof.is_possible() == "sat"
    found = {one: proof.ask(one).verdict for one in proof.steps() if action in (None, one.action)}
    assert found
    assert "unknown" not in found.values()
    return {obligation.clause for obligation, verdict in found.items() if verdict == "refuted"}


def test_kip_320():
    assert refuted(Kip320Proof, SMALL) == set()


def test_its_memory_changes_no_run():
    remembering = check(Kip320Proof, SMALL, view=True)
    plain = check(Kip320, SMALL)
    assert remembering.report.verdict == plain.report.verdict == "holds"
    assert (remembering.report.distinct, remembering.report.depth) == (plain.report.distinct, plain.report.depth)


CANDIDATES = "committed_records_are_on_every_candidate"


@pytest.mark.parametrize(
    ("model", "action", "clause"),
    [
        (UnfencedFetch, "follower_fetch", "log_matching"),
        (UnfencedTruncation, "become_follower", "leaders_go_first"),
        (UnfencedHighWatermark, "leader_increment_high_watermark", CANDIDATES),
        (JoinUnderOldHighWatermark, "leader_expand_isr", CANDIDATES),
    ],
)
def test_without_a_rule_its_step_is_open(model, action, clause):
    assert clause in refuted(model, SMALL, action)


@pytest.mark.parametrize(
    ("model", "constants", "name", "length"),
    [
        (Kip101, SMALL, "epochs_never_fall_along_a_log", 10),
        (Kip279, {"replicas": 3, "log_size": 1, "max_records": 1, "max_leader_epoch": 1}, "strong_isr", 12),
    ],
)
def test_older_versions_are_refuted(model, constants, name, length):
    found = BoundedCheck(Specification(model, constants, [name]), length).run()
    assert [one.run.states for one in found.properties] == [length]


RAFT = {"servers": 3, "values": 1, "max_elections": 1, "max_restarts": 1, "max_messages": 4}


def test_raft():
    assert refuted(RaftProof, RAFT) == set()


class EarlyLeader(RaftProof):
    def election_quorum(self) -> int:
        return self.servers // 2


class FreeVoter(RaftProof):
    @action(process="message.target")
    def handle_vote_request(self, message: Annotated[VoteRequest, In("sent")]) -> None:
        self.server[message.target].voted_for = None
        super().handle_vote_request(message)


class UnmatchedAppend(RaftProof):
    @action(process="message.target")
    def accept_append_request(self, message: Annotated[AppendRequest[Entry], In("sent")]) -> None:
        me = self.server[message.target]
        require(message.term == me.term and me.role != Role.LEADER and message.offset <= me.log.end_offset)
        self.send(self.accept(message))


@pytest.mark.parametrize(
    ("model", "action", "clause"),
    [
        (EarlyLeader, "become_leader", "election_safety"),
        (FreeVoter, "handle_vote_request", "servers_vote_once"),
        (UnmatchedAppend, "accept_append_request", "logs_match_entries_on_their_way"),
    ],
)
def test_without_a_rule_of_raft_its_step_is_open(model, action, clause):
    assert clause in refuted(model, RAFT | {"values": 2}, action)


def test_quorums_of_any_size():
    assert all(lemma.is_proved for lemma in quorum_intersection())
    assert [lemma.is_proved for lemma in quorum_intersection(needed=2)] == [True, True, False, False]

"""Each rule of KRaft is needed: without it, the property that it is there for is violated.

Message by message, from the first election where two servers show it; with three, from a quorum that has a leader.
"""

import pytest

from fencepost.model import Map, Set, Specification
from fencepost.model.raft.base import ServerId
from fencepost.model.raft.kraft import KRaft, Voter
from fencepost.model.raft.kraft_established import Committed
from fencepost.model.raft.kraft_restart import KRaftRestart
from fencepost.model.raft.kraft_server import Role, VoteRequest
from fencepost.model.raft.kraft_traps import ResumedLeadership
from models.guards import verdicts, words

pytestmark = pytest.mark.usefixtures("quickly_compiled")


class ContentVoter(Voter):
    def is_majority(self, servers: Set[ServerId]) -> bool:
        return True


class OneVoteIsEnough(KRaft):
    server: Map[ServerId, ContentVoter]


class FreeVoter(Voter):
    def restart(self, me: int) -> None:
        super().restart(me)
        self.role = Role.UNATTACHED


class VoteIsForgotten(KRaft):
    server: Map[ServerId, FreeVoter]


class HastyVoter(Voter):
    def is_held_below(self, end: int, me: int) -> bool:
        return True


class OneCopyIsEnough(KRaft):
    server: Map[ServerId, HastyVoter]


class UnreadVoter(Voter):
    def may_vote_for(self, request: VoteRequest) -> bool:
        return self.role == Role.UNATTACHED


class KRaftAsPublished(Committed[Voter]):
    pass


class ShorterLogsWin(Committed[UnreadVoter]):
    pass


ELECTIONS = {"servers": 2, "values": 1, "max_elections": 2}
RESTARTS = {"servers": 2, "values": 2, "max_elections": 1, "max_restarts": 1, "max_in_flight": 8}
ESTABLISHED = {"servers": 3, "values": 1, "max_elections": 2, "max_in_flight": 9}

GUARDS = [
    (KRaft, OneVoteIsEnough, ELECTIONS, "election_safety", 5),
    (KRaft, OneVoteIsEnough, ELECTIONS, "never_two_leaders_in_same_epoch", 5),
    (KRaft, OneCopyIsEnough, ELECTIONS, "committed_entries_reach_majority", 9),
    (KRaft, VoteIsForgotten, RESTARTS, "votes_are_durable", 3),
    (KRaftRestart, KRaft, RESTARTS, "no_illegal_state", 7),
    (KRaftRestart, ResumedLeadership, RESTARTS, "leader_append_only", 7),
    (KRaftRestart, ResumedLeadership, RESTARTS, "log_matching", 12),
    (KRaftRestart, ResumedLeadership, RESTARTS, "no_log_divergence", 15),
    (KRaftAsPublished, ShorterLogsWin, ESTABLISHED, "leader_completeness", 5),
    (KRaftAsPublished, ShorterLogsWin, ESTABLISHED, "leader_has_all_acknowledged_values", 5),
    (KRaftAsPublished, ShorterLogsWin, ESTABLISHED, "high_watermark_within_log", 9),
]


@pytest.mark.parametrize(("guarded", "broken", "constants", "name", "states"), GUARDS, ids=words)
def test_without_the_rule_the_property_fails(guarded, broken, constants, name, states, search):
    assert search(broken, until=name, **constants).violated[name] == states


@pytest.mark.parametrize("guarded", [KRaft, KRaftRestart, KRaftAsPublished])
def test_with_all_rules_the_properties_hold(guarded):
    assert verdicts(guarded, GUARDS) == {"holds"}


def test_every_property_has_a_control():
    assert {prop.name for prop in Specification(KRaft).properties} == {case[3] for case in GUARDS}

"""Each rule of pulling Raft is needed: without it, the property that it is there for is violated."""

from typing import Generic

import pytest

from fencepost.model import Map, Set, Specification, choose, init
from fencepost.model.raft.base import Entry, RaftLog, ServerId, Value
from fencepost.model.raft.pull_raft import AnyMessage, PullingServers, PullRaft, Role, S, Server
from fencepost.model.raft.pull_raft_2 import NotifiedServer, PullRaft2
from models.guards import verdicts, words

pytestmark = pytest.mark.usefixtures("quickly_compiled")


class OneVoteIsEnough(PullRaft):
    def is_majority(self, servers: Set[ServerId]) -> bool:
        return True


class ForgetfulServer(Server):
    def restart(self) -> None:
        super().restart()
        self.leader = None


class VoteIsForgotten(PullRaft):
    server: Map[ServerId, ForgetfulServer]


class TwiceVotingServer(NotifiedServer):
    @property
    def vote(self) -> ServerId | None:
        return None


class VotesTwice(PullRaft2):
    server: Map[ServerId, TwiceVotingServer]


class ResumingServer(Server):
    """A leader that leads on after a loss of power, without what it had not flushed."""

    def restart(self) -> None:
        if self.role == Role.LEADER:
            self.log.truncate(0)
        else:
            super().restart()


class LeadsOnAfterRestart(PullRaft):
    server: Map[ServerId, ResumingServer]


class PullsTwice(PullRaft):
    def send_once(self, message: AnyMessage) -> None:
        self.send(message)


class HastyServer(Server):
    def is_held_below(self, end: int, me: int) -> bool:
        return True


class OneCopyIsEnough(PullRaft):
    server: Map[ServerId, HastyServer]


class Committed(PullingServers[S], Generic[S]):
    """One of three servers leads, and has committed an entry with one of the others, who knows so."""

    @init
    def start(self) -> None:
        leader = choose(self.members(ServerId))
        follower = choose(server for server in self.members(ServerId) if server != leader)
        value = choose(self.members(Value))
        self.acknowledged[value] = True
        for name in self.server:
            server = self.server[name]
            server.leader = leader
            if name == leader:
                server.role = Role.LEADER
                server.match_offset[follower] = 1
            if name in (leader, follower):
                server.log.append(Entry(1, value))
                server.commit_offset = 1


class AllRules(Committed[Server]):
    pass


class UnreadLog(RaftLog[Entry]):
    def is_covered_by(self, last_term: int, end_offset: int) -> bool:
        return True


class UnreadServer(Server):
    log: UnreadLog


class ShorterLogsWin(Committed[UnreadServer]):
    pass


ELECTIONS = {"servers": 2, "values": 1, "max_elections": 2}
RESTARTS = {"servers": 2, "values": 1, "max_elections": 1, "max_restarts": 1}
VALUES = {"servers": 2, "values": 2, "max_elections": 1, "max_in_flight": 12}
COMMITTED = {"servers": 3, "values": 1, "max_elections": 1}

GUARDS = [
    (PullRaft, OneVoteIsEnough, ELECTIONS, "election_safety", 5),
    (PullRaft2, VotesTwice, ELECTIONS, "election_safety", 9),
    (PullRaft, VoteIsForgotten, RESTARTS, "votes_are_durable", 3),
    (PullRaft, LeadsOnAfterRestart, RESTARTS, "leader_append_only", 8),
    (PullRaft, PullsTwice, VALUES, "log_matching", 14),
    (PullRaft, OneCopyIsEnough, VALUES, "committed_entries_reach_majority", 9),
    (AllRules, ShorterLogsWin, COMMITTED, "leader_completeness", 6),
    (AllRules, ShorterLogsWin, COMMITTED, "leader_has_all_acknowledged_values", 6),
    (AllRules, ShorterLogsWin, COMMITTED, "no_log_divergence", 9),
]


@pytest.mark.parametrize(("guarded", "broken", "constants", "name", "states"), GUARDS, ids=words)
def test_without_the_rule_the_property_fails(guarded, broken, constants, name, states, search):
    assert search(broken, until=name, **constants).violated[name] == states


@pytest.mark.parametrize("guarded", [PullRaft, PullRaft2, AllRules])
def test_with_all_rules_the_properties_hold(guarded):
    assert verdicts(guarded, GUARDS) == {"holds"}


def test_every_property_has_a_control():
    assert {prop.name for prop in Specification(PullRaft).properties} == {case[3] for case in GUARDS}

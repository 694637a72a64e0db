"""Each rule of KRaft is needed where voters join and leave, too."""

import pytest

from fencepost.model import Map, Set, Specification, choose, init, require
from fencepost.model.raft.base import Entry, ServerId, Value
from fencepost.model.raft.kraft_reconfig import HostId, InitCluster, KRaftReconfig, Member
from fencepost.model.raft.kraft_server import Role, VoteRequest
from models.guards import verdicts, words

pytestmark = pytest.mark.usefixtures("quickly_compiled")


class FreeMember(Member):
    def restart(self, me: int) -> None:
        super().restart(me)
        self.role = Role.UNATTACHED


class VoteIsForgotten(KRaftReconfig):
    server: Map[ServerId, FreeMember]


class ResumingMember(Member):
    """A leader that leads on after a loss of power, without what it had not flushed."""

    def restart(self, me: int) -> None:
        if self.role == Role.LEADER:
            self.log.truncate(self.high_watermark)
            self.forget()
        else:
            super().restart(me)


class LeadsOnAfterRestart(KRaftReconfig):
    server: Map[ServerId, ResumingMember]


class SuspiciousMember(Member):
    """A server that has left does not expect others to take it for the leader still."""

    def agrees_on_leader(self, me: int, leader: int | None, epoch: int) -> bool:
        if leader == me:
            return self.role == Role.LEADER
        return super().agrees_on_leader(me, leader, epoch)


class LeftForGood(KRaftReconfig):
    server: Map[ServerId, SuspiciousMember]


class AmbitiousObservers(KRaftReconfig):
    def takes_part(self, server: ServerId) -> bool:
        return self.server[server].host is not None


class Committed(KRaftReconfig):
    """All servers are voters, and one leads. It has committed an entry with one of the others."""

    @init
    def found_cluster(self) -> None:
        leader = choose(self.members(ServerId))
        follower = choose(server for server in self.members(ServerId) if server != leader)
        host = choose(self.members(HostId))
        self.acknowledged[0] = True
        for name in self.server:
            server = self.server[name]
            role = Role.LEADER if name == leader else Role.FOLLOWER
            server.found(host, InitCluster(1, self.members(ServerId)), role, leader)
            if name in (leader, follower):
                server.log.append(Entry(1, 0))
                server.high_watermark = 2
            if name == leader:
                server.fetched_offset[follower] = 2


class Elections(Committed):
    """Nobody writes or fetches."""

    def client_request(self, server: ServerId, value: Value) -> None:
        require(False)

    def send_fetch_request(self, server: ServerId, leader: ServerId) -> None:
        require(False)


class ContentMember(Member):
    def is_majority(self, servers: Set[ServerId]) -> bool:
        return True


class OneVoteIsEnough(Elections):
    server: Map[ServerId, ContentMember]


class UnreadMember(Member):
    def may_vote_for(self, request: VoteRequest) -> bool:
        return self.role == Role.UNATTACHED


class ShorterLogsWin(Committed):
    server: Map[ServerId, UnreadMember]


TWO = {"servers": 2, "log_size": 3}
RESTARTS = {**TWO, "max_restarts": 1, "values": 2, "max_values_per_epoch": 2, "max_sent": 20}
REMOVALS = {**TWO, "max_remove_reconfigs": 1, "max_sent": 18}
THREE = {"servers": 3, "max_spawned_servers": 3, "hosts": 1, "init_cluster_size": 1, "log_size": 2, "max_in_flight": 8}
ELECTIONS = {**THREE, "max_elections": 2, "max_sent": 16}

GUARDS = [
    (KRaftReconfig, VoteIsForgotten, RESTARTS, "votes_are_durable", 3),
    (KRaftReconfig, LeadsOnAfterRestart, RESTARTS, "leader_append_only", 3),
    (KRaftReconfig, LeadsOnAfterRestart, RESTARTS, "log_matching", 7),
    (KRaftReconfig, LeadsOnAfterRestart, RESTARTS, "no_log_divergence", 10),
    (KRaftReconfig, LeftForGood, REMOVALS, "no_illegal_state", 10),
    (KRaftReconfig, AmbitiousObservers, REMOVALS, "states_match_roles", 6),
    (Committed, ShorterLogsWin, THREE, "leader_completeness", 5),
    (Committed, ShorterLogsWin, THREE, "leader_has_all_acknowledged_values", 5),
    (Elections, OneVoteIsEnough, ELECTIONS, "election_safety", 5),
    (Elections, OneVoteIsEnough, ELECTIONS, "never_two_leaders_in_same_epoch", 5),
]


@pytest.mark.parametrize(("guarded", "broken", "constants", "name", "states"), GUARDS, ids=words)
def test_without_the_rule_the_property_fails(guarded, broken, constants, name, states, search):
    assert search(broken, until=name, **constants).violated[name] == states


@pytest.mark.parametrize("guarded", [KRaftReconfig, Committed, Elections])
def test_with_all_rules_the_properties_hold(guarded):
    assert verdicts(guarded, GUARDS) == {"holds"}


def test_every_property_has_a_control():
    assert {prop.name for prop in Specification(KRaftReconfig).properties} == {case[3] for case in GUARDS}

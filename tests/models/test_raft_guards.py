"""Each rule of Raft is needed: without it, the property that it is there for is violated.

Message by message where two servers show it; in rounds where it takes three, or a longer history.
"""

import pytest

from fencepost.model import Map, Specification, require
from fencepost.model.raft.base import Entry, ServerId, Value
from fencepost.model.raft.raft import Raft, WaitingServer
from fencepost.model.raft.raft_fsync import Flushing, FlushingServer, RaftFsyncInRounds
from fencepost.model.raft.rounds import RaftInRounds, Rounds
from fencepost.model.raft.server import AppendRequest, AppendResponse, Role, Server, VoteRequest
from fencepost.model.raft.traps import ForgetsVotes
from models.guards import verdicts, words

pytestmark = pytest.mark.usefixtures("quickly_compiled")


class TwiceVotingServer(WaitingServer[Entry]):
    def is_free_for(self, candidate: int) -> bool:
        return True


class VotesTwice(Raft):
    server: Map[ServerId, TwiceVotingServer]


class ZombieServer(WaitingServer[Entry]):
    def observe(self, term: int) -> None:
        self.term = term
        self.voted_for = None


class LeadsOnInNewerTerms(Raft):
    server: Map[ServerId, ZombieServer]


class OptimisticServer(WaitingServer[Entry]):
    def on_append_response(self, response: AppendResponse) -> None:
        self.match_offset[response.source] = self.log.end_offset
        self.is_waiting[response.source] = False


class CountsRefusals(Raft):
    server: Map[ServerId, OptimisticServer]


class OneVoteIsEnough(Raft):
    def election_quorum(self) -> int:
        return 1


class OneCopyIsEnough(Raft):
    def replication_quorum(self) -> int:
        return 1


class VoteIsForgotten(ForgetsVotes[WaitingServer[Entry]], Raft):
    pass


class FollowersWrite(Raft):
    def client_request(self, server: ServerId, value: Value) -> None:
        require(self.acknowledged[value] is None)
        self.server[server].log.append(Entry(self.server[server].term, value))
        self.acknowledged[value] = False


class UnreadServer(Server[Entry]):
    def has_log_of(self, request: VoteRequest) -> bool:
        return True


class VotesForShorterLogs(Rounds[UnreadServer]):
    pass


class BelatedServer(Server[Entry]):
    def accepts(self, request: AppendRequest) -> bool:
        return self.role != Role.LEADER and self.has_previous(request)


class AcceptsEntriesOfOldTerms(Rounds[BelatedServer]):
    pass


class OneCopyIsEnoughInRounds(RaftInRounds):
    def replication_quorum(self) -> int:
        return 1


class ResumingServer(FlushingServer):
    def restart(self) -> None:
        leads = self.role == Role.LEADER
        super().restart()
        if leads:
            self.become_leader()


class LeadsOnAfterRestart(Flushing, Rounds[ResumingServer]):
    """KAFKA-10527, KAFKA-10661."""

    server: Map[ServerId, ResumingServer]


MESSAGES = {"servers": 2, "values": 1, "max_elections": 2, "max_restarts": 0}
RESTARTS = {"servers": 2, "values": 1, "max_elections": 1, "max_restarts": 1}
TWO_VALUES = {"servers": 2, "values": 2, "max_elections": 1, "max_restarts": 0}
ROUNDS = {"servers": 3, "values": 1, "max_elections": 2, "max_restarts": 0}
RESTARTS_IN_ROUNDS = {"servers": 3, "values": 1, "max_elections": 1, "max_restarts": 1}

GUARDS = [
    (Raft, VotesTwice, MESSAGES, "election_safety", 9),
    (Raft, VotesTwice, MESSAGES, "votes_are_durable", 4),
    (Raft, LeadsOnInNewerTerms, MESSAGES, "election_safety", 11),
    (Raft, OneVoteIsEnough, MESSAGES, "election_safety", 5),
    (Raft, OneCopyIsEnough, MESSAGES, "committed_entries_reach_majority", 8),
    (Raft, CountsRefusals, MESSAGES, "committed_entries_reach_majority", 11),
    (Raft, VoteIsForgotten, RESTARTS, "votes_are_durable", 3),
    (Raft, FollowersWrite, TWO_VALUES, "log_matching", 3),
    (Raft, FollowersWrite, TWO_VALUES, "no_log_divergence", 14),
    (RaftInRounds, VotesForShorterLogs, ROUNDS, "leader_completeness", 6),
    (RaftInRounds, VotesForShorterLogs, ROUNDS, "leader_has_all_acknowledged_values", 6),
    (RaftInRounds, AcceptsEntriesOfOldTerms, ROUNDS, "leader_completeness", 6),
    (RaftInRounds, OneCopyIsEnoughInRounds, ROUNDS, "leader_has_all_acknowledged_values", 5),
    (RaftFsyncInRounds, LeadsOnAfterRestart, RESTARTS_IN_ROUNDS, "leader_append_only", 4),
]


@pytest.mark.parametrize(("guarded", "broken", "constants", "name", "states"), GUARDS, ids=words)
def test_without_the_rule_the_property_fails(guarded, broken, constants, name, states, search):
    assert search(broken, until=name, **constants).violated[name] == states


@pytest.mark.parametrize("guarded", [Raft, RaftInRounds, RaftFsyncInRounds])
def test_with_all_rules_the_properties_hold(guarded):
    assert verdicts(guarded, GUARDS) == {"holds"}


def test_every_property_has_a_control():
    assert {prop.name for prop in Specification(Raft).properties} == {case[3] for case in GUARDS}

"""The KRaft quorum in rounds: an election is one step, and the answer to a fetch arrives as soon as it is given.

Servers do what they do in the models that go message by message, those with safe restarts; less is in flight between
two steps. Every run here is one that messages can take, but not the other way round: what holds in rounds may be broken
by a message that comes late. One kind does: a fetch. By the time it arrives the follower may have voted for somebody
else, and its late acknowledgement lets a leader that was deposed commit.

* A candidate gets the votes of a majority at once. Those who do not take part hear nothing; they hear of the leader
  when it tells them (BeginQuorumEpoch), or not at all.
* A fetch that would tell nobody anything is not sent, and one that does not any more is dropped.
* What only a candidate or a leader asks for is dropped when that ends, as it is set anew before it is asked for again.
"""

from typing import Annotated, Any, Generic, TypeVar

from .. import In, Map, Set, action, choose, invariant, require
from ..faults.network import Network
from ..log import ReplicaLog
from .base import ServerId, Term
from .kraft_restart import AnyRestartingVoter
from .kraft_server import BeginQuorumRequest, FetchRequest, Role
from .properties import RaftProperties

V = TypeVar("V", bound=AnyRestartingVoter[Any])


class KRaftInRounds(RaftProperties, Network[FetchRequest], Generic[V]):
    """A quorum of voters V."""

    max_in_flight = 4

    server: Map[ServerId, V]

    def is_leader(self, server: ServerId) -> bool:
        return self.server[server].role == Role.LEADER

    def term_of(self, server: ServerId) -> int:
        return self.server[server].epoch

    def vote_of(self, server: ServerId) -> ServerId | None:
        me = self.server[server]
        return me.voted_for if me.role != Role.UNATTACHED else None

    def log_of(self, server: ServerId) -> ReplicaLog[Any]:
        return self.server[server].log

    def committed_offset_of(self, server: ServerId) -> int:
        return self.server[server].high_watermark

    def establish(self, leader: ServerId) -> None:
        """The election of the first leader is over, and all follow it."""
        self.elections = 1
        for name in self.server:
            server = self.server[name]
            server.epoch = 2
            server.role = Role.LEADER if name == leader else Role.FOLLOWER
            server.leader = leader
            server.voted_for = leader

    @action
    def elect(self, candidate: ServerId, voters: Set[ServerId], epoch: Term) -> None:
        """A candidate gets the votes of a majority, after elections that nobody answered."""
        me = self.server[candidate]
        require(me.may_stand and me.epoch < epoch and candidate not in voters)
        me.epoch = epoch - 1
        me.start_election(candidate)
        for voter in voters:
            me.on_vote_response(self.server[voter].on_vote_request(me.vote_request(candidate, voter)))
        require(len(me.votes) == len(voters) + 1 and me.is_majority(me.votes))
        me.become_leader(candidate)
        self.elections = max(self.elections, epoch - 1)
        self.lead(candidate)
        self.tidy()

    def lead(self, leader: ServerId) -> None:
        """What a new leader does first."""

    @action
    def hear_of_leader(self, server: ServerId, leader: ServerId) -> None:
        """A leader tells a server that it leads."""
        me, source = self.server[server], self.server[leader]
        require(source.role == Role.LEADER)
        require(me.epoch < source.epoch or (me.epoch == source.epoch and me.leader is None))
        me.on_begin_quorum(BeginQuorumRequest(leader, server, source.epoch))
        self.tidy()

    @action
    def fetch(self, follower: ServerId, leader: ServerId) -> None:
        """A follower asks for what follows its log."""
        me, source = self.server[follower], self.server[leader]
        require(follower != leader and me.can_fetch_from(follower, leader) and me.pending_fetch is None)
        request = me.fetch_request(follower, leader)
        require(source.can_serve(request))
        is_news = source.fetched_offset[follower] != request.offset or source.high_watermark != me.high_watermark
        require(is_news or source.log.end_offset != request.offset)
        me.pending_fetch = request
        self.send(request)

    @action(process="message.target")
    def serve(self, message: Annotated[FetchRequest, In("messages")]) -> None:
        """A leader learns what a follower has, and what is committed by that; the follower learns what it lacks."""
        leader, follower = self.server[message.target], self.server[message.source]
        self.receive(message)
        is_awaited = follower.pending_fetch == message
        if leader.has_prefix_of(message):
            response = leader.on_fetch(message)
            if is_awaited:
                follower.on_fetched(response)
        elif is_awaited:
            follower.on_diverged(leader.on_diverging_fetch(message))

    @action(fault=True, needs="max_restarts")
    def restart(self, server: ServerId) -> None:
        """A server restarts, and may have lost a part of its log that was not flushed."""
        require(self.restarts < self.max_restarts)
        self.restarts += 1
        me = self.server[server]
        kept = choose(range(me.flushed_offset, me.log.end_offset + 1))
        me.restart(server)
        me.log.truncate(kept)
        self.tidy()

    def tidy(self) -> None:
        """Drops fetches that nobody serves any more, or that tell nobody anything, and what only leaders ask for."""
        for server in self.server.values():
            server.votes = Set()
            if server.role != Role.LEADER:
                server.forget_fetches()
        for message in self.messages:
            if not self.is_useful(message):
                self.receive(message)

    def is_useful(self, message: FetchRequest) -> bool:
        """Whether a fetch makes a difference, now or later. It acknowledges, also when nobody waits for the answer."""
        leader, follower = self.server[message.target], self.server[message.source]
        is_news = leader.has_prefix_of(message) and leader.fetched_offset[message.source] != message.offset
        return leader.can_serve(message) and (is_news or follower.pending_fetch == message)

    @invariant
    def no_illegal_state(self) -> bool:
        """No server gets where it must not."""
        return all(server.role != Role.ILLEGAL for server in self.server.values())

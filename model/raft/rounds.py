"""Raft in rounds: an election, and bringing a follower up to date, are one step each.

Nothing is in flight between two steps: a server sends, those that take part answer, and the others have heard nothing.
So figure 8 of the paper is drawn, and whole histories of several terms fit into a search. Servers do with messages what
they do in the models that go message by message. Every run here is one that messages can take, if they can be sent
again, but not the other way round: what holds in rounds may be broken by a message that comes late.
"""

from .. import Set, action, require
from .base import Entry, ServerId, Term
from .cluster import Cluster, S
from .server import Role, Server


class Rounds(Cluster[S]):
    """Whole exchanges of messages as steps. S is what a server does."""

    @action
    def elect(self, candidate: ServerId, voters: Set[ServerId], term: Term) -> None:
        """A candidate gets the votes of a quorum, itself included, after elections that nobody answered."""
        me = self.server[candidate]
        require(me.term < term and self.may_stand(candidate) and all(self.is_peer(candidate, peer) for peer in voters))
        me.observe(term - 1)
        me.start_election(candidate)
        for peer in voters:
            self.ask_for_vote(candidate, peer)
        require(len(me.votes) == len(voters) + 1 and self.is_elected(candidate))
        me.become_leader()
        self.elections = max(self.elections, term - 1)
        self.forget()

    def ask_for_vote(self, candidate: ServerId, peer: ServerId) -> None:
        """A vote request, and the answer."""
        me, other = self.server[candidate], self.server[peer]
        if other.term < me.term:
            other.observe(me.term)
        me.on_vote_response(other.on_vote_request(me.vote_request(candidate, peer)))

    @action
    def replicate(self, leader: ServerId, follower: ServerId) -> None:
        """A leader sends all that a follower lacks, or learns that there is a newer term."""
        me = self.server[leader]
        require(me.role == Role.LEADER and self.is_peer(leader, follower))
        for _ in range(2 * self.log_size):
            self.ask_to_append(leader, follower)
            if me.role != Role.LEADER or me.match_offset[follower] == me.log.end_offset:
                break
        self.forget()

    def ask_to_append(self, leader: ServerId, follower: ServerId) -> None:
        """A request to append, and the answer."""
        me, other = self.server[leader], self.server[follower]
        request = me.append_request(leader, follower)
        if other.term < request.term:
            other.observe(request.term)
        if other.accepts(request):
            me.on_append_response(self.accept(request))
        else:
            require(other.refuses(request))
            response = other.on_append_refused(request)
            if response.term > me.term:
                me.observe(response.term)
            else:
                me.on_append_response(response)

    def forget(self) -> None:
        """Drops what only a candidate or a leader asks for, where it is set anew before it is asked for again."""
        for server in self.server:
            me = self.server[server]
            me.votes = Set()
            if me.role != Role.LEADER:
                me.expect_of_peers(0)


class RaftInRounds(Rounds[Server[Entry]]):
    """Raft as in the paper, in rounds."""

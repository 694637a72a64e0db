"""Raft in which followers pull entries from the leader, as soon as it tells them that it leads.

State, steps and their granularity are those of `PullRaftVariant2` in Vanlightly/raft-tlaplus, pull-raft. What differs
from `pull_raft.py`:

* a server pulls only when it knows the leader, and remembers its vote apart from it;
* a vote comes with the end of the voter's log; the new leader tells all others that it leads, and those whose end it
  knows, up to where they can keep their log.

As published, a candidate keeps the ends that it was told in earlier elections.
"""

from .. import Map
from .base import ServerId
from .pull_raft import LeaderNotice, LogEnd, PullingServers, Server, VoteRequest, VoteResponse


class NotifiedServer(Server):
    """A server that waits for the leader's notice. Term, vote and log are durable."""

    voted_for: ServerId | None
    end_of: Map[ServerId, LogEnd | None]

    def restart(self) -> None:
        super().restart()
        self.leader = None
        self.forget_ends()

    def forget_ends(self) -> None:
        """Knows nothing of the logs of voters."""
        for peer in self.end_of:
            self.end_of[peer] = None

    def observe(self, term: int) -> None:
        super().observe(term)
        self.voted_for = None

    @property
    def vote(self) -> ServerId | None:
        return self.voted_for

    def vote_for(self, candidate: int) -> None:
        self.voted_for = candidate

    def start_election(self, me: int) -> None:
        super().start_election(me)
        self.leader = None

    def vote_response(self, request: VoteRequest, granted: bool) -> VoteResponse:
        end = LogEnd(self.log.last_term, self.log.end_offset)
        return VoteResponse(request.target, request.source, self.term, granted, end)

    def on_vote_response(self, response: VoteResponse) -> None:
        super().on_vote_response(response)
        if response.granted:
            self.end_of[response.source] = response.log_end

    def become_leader(self, me: int) -> None:
        super().become_leader(me)
        self.leader = me

    def notifies(self, me: int, peer: int) -> bool:
        return peer != me

    def leader_notice(self, me: int, peer: int) -> LeaderNotice:
        end = self.end_of[peer]
        return LeaderNotice(me, peer, self.term, self.common_end(end.term, end.offset) if end is not None else None)

    def on_leader_notice(self, notice: LeaderNotice) -> None:
        end = notice.common_end
        if end is not None and end.offset <= self.log.end_offset:
            self.log.truncate(end.offset)
        super().on_leader_notice(notice)


class PullRaft2(PullingServers[NotifiedServer]):
    """Raft with followers pulling from the leader that has notified them."""

"""Known traps: Raft with one rule taken out, each of which breaks a promise of `RaftProperties`.

They are searched in rounds, where the runs that show them are short, next to the same specification with the rule.
"""

from .base import Entry, ServerId
from .cluster import Cluster, S
from .rounds import Rounds
from .server import Server


class CommitsByCounting(Cluster[S]):
    """A leader commits an entry of an earlier term as soon as a majority has it.

    Figure 8 of the Raft paper, section 5.4.2: a server whose last entry is of a term in between can still win an
    election without that entry. A leader has to count the copies of entries of its own term only.
    """

    def committable_offset(self, leader: ServerId) -> int:
        me = self.server[leader]
        return max(me.commit_offset, me.agreed_offset(leader, self.replication_quorum(), self.own_offset(leader)))


class ForgetsVotes(Cluster[S]):
    """A server answers a vote request before its vote is durable, and a restart loses the vote.

    Figure 2 of the Raft paper, persistent state: a server without it can vote twice in a term.
    """

    def restart(self, server: ServerId) -> None:
        super().restart(server)
        self.server[server].voted_for = None


class Figure8(CommitsByCounting[Server[Entry]], Rounds[Server[Entry]]):
    """Raft in rounds, with entries of earlier terms committed by counting."""


class VolatileVote(ForgetsVotes[Server[Entry]], Rounds[Server[Entry]]):
    """Raft in rounds, with votes that do not survive a restart."""

"""What Raft promises: the five properties of figure 3 of the paper, durable votes, and those of the publications."""

from .. import implies, invariant, step_invariant
from .base import Entry, RaftState, ServerId


class RaftProperties(RaftState):
    """Properties in terms of what `RaftState` asks of a server."""

    @invariant
    def election_safety(self) -> bool:
        """At most one server leads in a term."""
        return all(
            implies(
                self.is_leader(leader),
                not any(
                    self.is_leader(other) and self.term_of(other) == self.term_of(leader)
                    for other in self.members(ServerId)
                    if other != leader
                ),
            )
            for leader in self.members(ServerId)
        )

    @step_invariant
    def leader_append_only(self, after: "RaftProperties") -> bool:
        """A leader never changes or removes entries of its log."""
        return all(
            implies(
                self.is_leader(server) and after.is_leader(server) and self.term_of(server) == after.term_of(server),
                after.log_of(server).starts_with(self.log_of(server)),
            )
            for server in self.members(ServerId)
        )

    @invariant
    def log_matching(self) -> bool:
        """Two logs with an entry of the same term at the same offset are equal up to there."""
        return all(
            implies(
                self.log_of(other).has_epoch_at(offset, entry.epoch),
                self.log_of(one).agrees_below(offset + 1, self.log_of(other)),
            )
            for one in self.members(ServerId)
            for other in self.members(ServerId)
            if one != other
            for offset, entry in enumerate(self.log_of(one).records)
        )

    @invariant
    def leader_completeness(self) -> bool:
        """What a server knows to be committed is in the log of every leader of its term and of later ones."""
        return all(
            implies(
                self.is_leader(leader)
                and self.term_of(leader) >= self.term_of(server)
                and self.committed_offset_of(server) > 0,
                self.log_of(server).agrees_below(self.committed_offset_of(server), self.log_of(leader)),
            )
            for server in self.members(ServerId)
            for leader in self.members(ServerId)
            if server != leader
        )

    @invariant
    def no_log_divergence(self) -> bool:
        """State Machine Safety: below the commit offsets of two servers, their logs agree. `NoLogDivergence`."""
        return all(
            implies(
                self.committed_offset_of(one) > 0 and self.committed_offset_of(other) > 0,
                self.log_of(one).agrees_below(
                    min(self.committed_offset_of(one), self.committed_offset_of(other)), self.log_of(other)
                ),
            )
            for one in self.members(ServerId)
            for other in self.members(ServerId)
            if one != other
        )

    @step_invariant
    def votes_are_durable(self, after: "RaftProperties") -> bool:
        """Within a term a server never takes a vote back, whatever happens to it."""
        return all(
            implies(
                self.vote_of(server) is not None and self.term_of(server) == after.term_of(server),
                self.vote_of(server) == after.vote_of(server),
            )
            for server in self.members(ServerId)
        )

    @invariant
    def leader_has_all_acknowledged_values(self) -> bool:
        """The leader of the highest term has every acknowledged value. `LeaderHasAllAckedValues`."""
        return all(
            any(isinstance(entry, Entry) and entry.value == value for entry in self.log_of(leader).records)
            for value in self.acknowledged
            if self.acknowledged[value] is True
            for leader in self.members(ServerId)
            if self.is_newest_leader(leader)
        )

    def is_newest_leader(self, leader: ServerId) -> bool:
        """Whether a server leads, and no other server is in a later term."""
        return self.is_leader(leader) and all(
            self.term_of(other) <= self.term_of(leader) for other in self.members(ServerId)
        )

    @invariant
    def committed_entries_reach_majority(self) -> bool:
        """If leaders have committed something, then one of them has its last committed entry on a majority.

        `CommittedEntriesReachMajority`. Not to be expected where a server that restarts can lead on with a stale view.
        """
        return implies(self.leaders_have_committed(), self.last_committed_is_on(self.servers // 2 + 1))

    def leaders_have_committed(self) -> bool:
        """Whether some server leads and has committed something."""
        return any(self.has_committed(leader) for leader in self.members(ServerId))

    def last_committed_is_on(self, copies: int) -> bool:
        """Whether so many servers have the last entry that some leader has committed."""
        return any(
            self.has_committed(leader)
            and sum(1 for server in self.members(ServerId) if self.has_last_committed_of(leader, server)) >= copies
            for leader in self.members(ServerId)
        )

    def has_committed(self, leader: ServerId) -> bool:
        """Whether a server leads and has committed something."""
        return self.is_leader(leader) and self.committed_offset_of(leader) > 0

    def has_last_committed_of(self, leader: ServerId, server: ServerId) -> bool:
        """Whether a server has the last entry that a leader has committed."""
        offset = self.committed_offset_of(leader) - 1
        return self.log_of(server).holds(self.log_of(leader).records[offset], offset)

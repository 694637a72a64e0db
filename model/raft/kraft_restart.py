"""The KRaft quorum with restarts as Kafka does them, also after a loss of power.

A server comes back in the role that it had, as `QuorumState.initialize` of Kafka has it, except that a leader has
resigned (KAFKA-10527, KAFKA-10661). A resigned server does nothing in its epoch but wait for the next: it neither votes
nor leads. The restart that is published for `KRaft` makes every server a follower of nobody instead.

A loss of power takes what is not flushed. A follower flushes before it fetches again (KAFKA-13884), and a leader what
it commits. If more is lost, and a leader without a committed entry is elected, those who have the entry do not throw it
away: a server stops that would have to (KAFKA-12460).
"""

from typing import Generic, TypeVar

from .. import Set, action, choose, require
from .base import Entry, ServerId, Value
from .kraft import AnyVoter, BeginQuorumResponse, V, Voter, VoterQuorum, X
from .kraft_server import DivergingFetchResponse, E, Role


class AnyRestartingVoter(AnyVoter[E], Generic[E]):
    """A voter that remembers its role, and whom it follows."""

    def restart(self, me: int) -> None:
        if self.role == Role.LEADER:
            self.role = Role.RESIGNED
        self.forget()
        if self.role == Role.CANDIDATE:
            self.votes = Set([me])

    @property
    def may_stand(self) -> bool:
        return self.role in (Role.FOLLOWER, Role.CANDIDATE, Role.UNATTACHED, Role.VOTED, Role.RESIGNED)

    def agrees_on_leader(self, me: int, leader: int | None, epoch: int) -> bool:
        """A leader that has resigned can still be told that it leads.

        In Kafka that would be an illegal state. It does not happen there, since a server that restarts does not get
        answers to what it asked before.
        """
        is_former_leader = leader == me and epoch == self.epoch and self.role == Role.RESIGNED
        return is_former_leader or super().agrees_on_leader(me, leader, epoch)

    def may_truncate(self, end_offset: int) -> bool:
        """Whether a server keeps what it knows to be committed when its log ends there."""
        return end_offset >= self.high_watermark

    def on_diverged(self, response: DivergingFetchResponse) -> None:
        if self.may_truncate(self.log.end_of_match_with(response.diverging_epoch, response.end_offset)):
            super().on_diverged(response)
        else:
            self.become_illegal()

    @property
    def flushed_offset(self) -> int:
        """Up to where the log is on disk for sure."""
        if self.role != Role.LEADER:
            return self.log.end_offset
        return max(self.high_watermark, self.log.end_of_epochs_up_to(self.epoch - 1))


class RestartingVoter(AnyRestartingVoter[Entry], Voter):
    """A voter with the entries of clients, and safe restarts."""


R = TypeVar("R", bound=RestartingVoter)


class RestartingQuorum(VoterQuorum[X, R], Generic[X, R]):
    """A quorum of servers R that also lose power, within the budget of restarts."""

    max_in_flight = 8

    @action(fault=True, needs="max_restarts")
    def lose_power(self, server: ServerId) -> None:
        """A server restarts without a part of its log that was not flushed."""
        me = self.server[server]
        kept = choose(range(me.flushed_offset, me.log.end_offset))
        self.restart(server)
        me.log.truncate(kept)


class OnlyElections(VoterQuorum[X, V], Generic[X, V]):
    """A quorum in which clients want nothing, and nobody fetches."""

    def client_request(self, server: ServerId, value: Value) -> None:
        require(False)

    def send_fetch_request(self, server: ServerId, leader: ServerId) -> None:
        require(False)


class KRaftRestart(RestartingQuorum[BeginQuorumResponse, RestartingVoter]):
    """KRaft with safe restarts."""


class KRaftElections(OnlyElections[BeginQuorumResponse, RestartingVoter], KRaftRestart):
    """The elections of KRaft with safe restarts: small enough for three servers."""

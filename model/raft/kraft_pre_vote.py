"""The KRaft quorum with pre-vote (KIP-996, Kafka 4.0): who would stand for election asks first whether it could win.

A server that times out becomes prospective: it stays in its epoch, and asks the others for a vote that binds nobody.
Only with a majority of those does it become a candidate of the next epoch. A follower that has fetched from its leader
says no, so that a server which was cut off cannot depose a leader that a majority follows.

As in Kafka (`ProspectiveState`, `QuorumState`), all but leaders and followers that have fetched answer by the logs
alone; a prospective server can still give its vote, and when it gets no majority it follows the leader that it knew; a
leader that has resigned moves to the next epoch without standing for it; answers count only for the question that is
open (`RequestManager`). A flag in the Vote request tells the two kinds apart; here they are two kinds of messages.
"""

from typing import Annotated, Generic, TypeVar

from .. import Constant, In, Range, Set, action, require
from ..log import Offset
from .base import Entry, LastTerm, ServerId
from .kraft import VoterQuorum
from .kraft_restart import RestartingQuorum, RestartingVoter
from .kraft_server import DivergingFetchResponse, Error, FetchResponse, Message, Role, VoteRequest

#: How often a server has asked for pre-votes: what tells answers to an earlier question apart.
Round = Annotated[int, Range(0, "max_pre_votes")]


class PreVoteRequest(Message):
    """Vote, with the flag: could the source be elected in the epoch after this one?"""

    round: Round
    last_epoch: LastTerm
    end_offset: Offset


class PreVoteResponse(Message):
    """The answer to a pre-vote."""

    round: Round
    leader: ServerId | None
    granted: bool
    error: Error | None


class PreVoter(RestartingVoter):
    """A voter that asks before it stands. `voted_for` is always of its epoch."""

    has_fetched: bool
    round: Round

    def restart(self, me: int) -> None:
        super().restart(me)
        self.has_fetched = False
        if self.role == Role.PROSPECTIVE:
            self.end_pre_vote()

    def become_unattached(self, epoch: int) -> None:
        super().become_unattached(epoch)
        self.voted_for = None

    def become_follower(self, leader: int, epoch: int) -> None:
        if epoch > self.epoch:
            self.voted_for = None
        self.has_fetched = False
        super().become_follower(leader, epoch)

    def on_fetched(self, response: FetchResponse[Entry]) -> None:
        super().on_fetched(response)
        self.has_fetched = True

    def on_diverged(self, response: DivergingFetchResponse) -> None:
        super().on_diverged(response)
        self.has_fetched = True

    # Pre-votes.

    @property
    def may_ask(self) -> bool:
        """Whether a timeout makes this server prospective."""
        return self.role in (Role.FOLLOWER, Role.CANDIDATE, Role.UNATTACHED, Role.VOTED)

    @property
    def may_stand(self) -> bool:
        return self.role == Role.PROSPECTIVE and self.is_majority(self.votes)

    def start_pre_vote(self, me: int) -> None:
        """Becomes prospective, and is for itself."""
        self.role = Role.PROSPECTIVE
        self.round += 1
        self.votes = Set([me])
        self.pending_fetch = None
        self.has_fetched = False

    def end_pre_vote(self) -> None:
        """Goes back to what this server was before it was prospective or a candidate."""
        self.votes = Set()
        if self.leader is not None:
            self.role = Role.FOLLOWER
        else:
            self.role = Role.VOTED if self.voted_for is not None else Role.UNATTACHED

    def pre_vote_request(self, me: int, peer: int) -> PreVoteRequest:
        """What a prospective server asks a peer."""
        return PreVoteRequest(me, peer, self.epoch, self.round, self.log.last_term, self.log.end_offset)

    @property
    def misses_leader(self) -> bool:
        """Whether this server would have another leader: it does not lead, and has not fetched from one."""
        if self.role == Role.FOLLOWER:
            return not self.has_fetched
        return self.role not in (Role.LEADER, Role.ILLEGAL)

    def on_pre_vote_request(self, request: PreVoteRequest) -> PreVoteResponse:
        """Says whether the vote would be given, and gives nothing."""
        me, source, number = request.target, request.source, request.round
        if request.epoch < self.epoch:
            return PreVoteResponse(me, source, self.epoch, number, self.leader, False, Error.FENCED_LEADER_EPOCH)
        if request.epoch > self.epoch:
            self.become_unattached(request.epoch)
            self.pending_fetch = None
        granted = self.misses_leader and self.log.is_covered_by(request.last_epoch, request.end_offset)
        return PreVoteResponse(me, source, self.epoch, number, self.leader, granted, None)

    def on_pre_vote_response(self, response: PreVoteResponse) -> None:
        """Counts a pre-vote, if it answers what this server asked last."""
        if response.granted and self.is_expected(response):
            self.votes.add(response.source)

    def is_expected(self, response: PreVoteResponse) -> bool:
        """Whether an answer is to the question that is open."""
        return self.role == Role.PROSPECTIVE and response.round == self.round

    # Votes.

    def may_vote_for(self, request: VoteRequest) -> bool:
        if self.role == Role.PROSPECTIVE and self.voted_for is None and self.leader is None:
            return self.log.is_covered_by(request.last_epoch, request.end_offset)
        return super().may_vote_for(request)

    def vote_for(self, candidate: int) -> None:
        was_prospective = self.role == Role.PROSPECTIVE
        super().vote_for(candidate)
        if was_prospective:
            self.role = Role.PROSPECTIVE

    def leave_resigned(self) -> None:
        """Waits in the next epoch for another to be elected."""
        self.become_unattached(self.epoch + 1)


P = TypeVar("P", bound=PreVoter)


class PreVoteQuorum(VoterQuorum[PreVoteRequest | PreVoteResponse, P], Generic[P]):
    """A quorum of servers P that ask before they stand."""

    max_pre_votes: Annotated[Constant[int], Range(0, 6)] = 2

    pre_votes: Annotated[int, Range(0, "max_pre_votes")]

    @action
    def ask_for_pre_votes(self, server: ServerId) -> None:
        """A timeout."""
        me = self.server[server]
        require(self.pre_votes < self.max_pre_votes and self.times_out(server) and me.may_ask)
        me.start_pre_vote(server)
        self.pre_votes += 1
        for peer in self.server:
            if peer != server:
                self.send(me.pre_vote_request(server, peer))

    @action(process="message.target")
    def handle_pre_vote_request(self, message: Annotated[PreVoteRequest, In("messages")]) -> None:
        """A pre-vote is asked for."""
        self.receive(message)
        self.send(self.server[message.target].on_pre_vote_request(message))

    @action(process="message.target")
    def handle_pre_vote_response(self, message: Annotated[PreVoteResponse, In("messages")]) -> None:
        """A pre-vote is granted or refused."""
        me = self.server[message.target]
        self.receive(message)
        is_settled = me.is_settled_by(message.target, message.leader, message.epoch, message.error is not None)
        if not is_settled:
            me.on_pre_vote_response(message)

    @action
    def end_pre_vote(self, server: ServerId) -> None:
        """A prospective server gives up."""
        me = self.server[server]
        require(me.role == Role.PROSPECTIVE)
        me.end_pre_vote()

    def request_vote(self, server: ServerId) -> None:
        """A prospective server with a majority of pre-votes stands."""
        self.stand(server)

    @action
    def leave_resigned(self, server: ServerId) -> None:
        """A leader that has resigned times out."""
        me = self.server[server]
        require(me.role == Role.RESIGNED and self.elections < self.max_elections)
        self.elections += 1
        me.leave_resigned()


class KRaftPreVote(PreVoteQuorum[PreVoter], RestartingQuorum[PreVoteRequest | PreVoteResponse, PreVoter]):
    """KRaft with pre-vote."""

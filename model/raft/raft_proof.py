"""Why Raft elects one leader a term and its logs match: an inductive invariant, in words, for runs of any length.

`Raft` with a memory of who won which term, and with whose votes, which nothing reads but properties; and with a network
that may deliver any message again that was ever sent, any number of times. Every run of `Raft` in which at most
`max_messages` different messages are sent is one of this too, so what is proved here holds for those runs.

1. *Votes.* What a server answered to a candidate, it stands by: in its term it voted for that candidate, and later it
   is in a later term. Whoever asked for votes voted for itself. So in a term each server votes for one server.
2. *Winners.* A leader has asked for votes, and a quorum has granted them. Two quorums share a server, so a term has one
   winner: Election Safety.
3. *Entries.* Every entry, in a log or on its way, is of a term that somebody has won, and as long as the winner leads
   it has all entries of its term. An entry on its way says of which term the entry before it is. So two logs with an
   entry of one term at an offset agree there and, step by step, below: Log Matching.
"""

from typing import Annotated

from .. import Auxiliary, Constant, In, Map, Range, Set, action, invariant, require
from .base import Entry, ServerId, Term
from .raft import Raft
from .server import AnyMessage, AppendRequest, AppendResponse, Role, VoteRequest, VoteResponse


class RaftProof(Raft):
    """Raft, with what is needed to prove Election Safety and Log Matching."""

    servers = 3
    max_restarts = 1
    max_in_flight = 1
    #: How many different messages are sent: a budget, as for elections and restarts. There is room for them all.
    max_messages: Annotated[Constant[int], Range(1, 255)] = 10
    max_sent: Annotated[Constant[int], Range("max_messages", "max_messages")] = 10

    winner: Auxiliary[Map[Term, ServerId | None]]
    electors: Auxiliary[Map[Term, Set[ServerId]]]

    @action
    def become_leader(self, server: ServerId) -> None:
        """The step of `PushRaft`, remembered."""
        super().become_leader(server)
        me = self.server[server]
        self.winner[me.term] = server
        self.electors[me.term] = me.votes

    # What this does not prove.

    @invariant(on_request=True)
    def leader_completeness(self) -> bool:
        return super().leader_completeness()

    @invariant(on_request=True)
    def no_log_divergence(self) -> bool:
        return super().no_log_divergence()

    @invariant(on_request=True)
    def leader_has_all_acknowledged_values(self) -> bool:
        return super().leader_has_all_acknowledged_values()

    @invariant(on_request=True)
    def committed_entries_reach_majority(self) -> bool:
        return super().committed_entries_reach_majority()

    # A message that was sent can be received, whatever became of it before.

    def send(self, message: AnyMessage[Entry]) -> None:
        known = message in self.sent
        require(self.may_repeat(message) if known else len(self.sent) < self.max_messages)
        self.sent.add(message)

    def receive(self, message: AnyMessage[Entry]) -> None:
        pass

    @action(process="message.target")
    def handle_vote_request(self, message: Annotated[VoteRequest, In("sent")]) -> None:
        super().handle_vote_request(message)

    @action(process="message.target")
    def handle_vote_response(self, message: Annotated[VoteResponse, In("sent")]) -> None:
        super().handle_vote_response(message)

    @action(process="message.target")
    def refuse_append_request(self, message: Annotated[AppendRequest[Entry], In("sent")]) -> None:
        super().refuse_append_request(message)

    @action(process="message.target")
    def accept_append_request(self, message: Annotated[AppendRequest[Entry], In("sent")]) -> None:
        super().accept_append_request(message)

    @action(process="message.target")
    def handle_append_response(self, message: Annotated[AppendResponse, In("sent")]) -> None:
        super().handle_append_response(message)

    @invariant(helper=True)
    def terms_are_counted(self) -> bool:
        """Nobody is in a term, or says so, that no election has begun."""
        return all(me.term <= self.elections + 1 for me in self.server.values()) and all(
            message.term <= self.elections + 1 for message in self.sent
        )

    # Votes.

    @invariant(helper=True)
    def nobody_sends_to_itself(self) -> bool:
        """The two ends of a message are different servers."""
        return all(message.source != message.target for message in self.sent)

    @invariant(helper=True)
    def servers_stand_by_their_votes(self) -> bool:
        """A server that granted a vote is in that term with that vote, or in a later term."""
        return all(
            self.server[vote.source].term > vote.term
            or (self.server[vote.source].term == vote.term and self.server[vote.source].voted_for == vote.target)
            for vote in self.sent
            if isinstance(vote, VoteResponse) and vote.granted
        )

    @invariant(helper=True)
    def servers_vote_once(self) -> bool:
        """No server grants its vote to two candidates of one term."""
        return all(
            one.target == other.target
            for one in self.sent
            if isinstance(one, VoteResponse) and one.granted
            for other in self.sent
            if isinstance(other, VoteResponse)
            and other.granted
            and one.source == other.source
            and one.term == other.term
        )

    @invariant(helper=True)
    def candidates_vote_for_themselves(self) -> bool:
        """Whoever asked for votes in a term grants none in it, and stands by its own vote."""
        return all(
            self.server[request.source].term >= request.term
            and (
                self.server[request.source].term > request.term
                or self.server[request.source].voted_for == request.source
            )
            and not any(
                isinstance(vote, VoteResponse)
                and vote.granted
                and vote.source == request.source
                and vote.term == request.term
                for vote in self.sent
            )
            for request in self.sent
            if isinstance(request, VoteRequest)
        )

    # Winners.

    @invariant(helper=True)
    def candidates_have_asked(self) -> bool:
        """Candidates and leaders have asked for votes in their term."""
        return all(
            self.has_asked(server, me.term)
            for server, me in self.server.items()
            if me.role == Role.CANDIDATE or me.role == Role.LEADER
        )

    @invariant(helper=True)
    def votes_were_granted(self) -> bool:
        """The votes that a candidate or leader counts are its own and those it was granted in its term."""
        return all(
            voter == server or self.was_granted(voter, server, me.term)
            for server, me in self.server.items()
            if me.role == Role.CANDIDATE or me.role == Role.LEADER
            for voter in me.votes
        )

    @invariant(helper=True)
    def leaders_have_won(self) -> bool:
        """A leader is the winner of its term."""
        return all(self.winner[me.term] == server for server, me in self.server.items() if me.role == Role.LEADER)

    @invariant(helper=True)
    def winners_have_a_quorum(self) -> bool:
        """Whoever won a term has asked for votes in it, was granted those of a quorum, and is not about to win it."""
        return all(
            len(self.electors[term]) >= self.election_quorum()
            and self.has_asked(winner, term)
            and all(voter == winner or self.was_granted(voter, winner, term) for voter in self.electors[term])
            and not (self.server[winner].term == term and self.server[winner].role == Role.CANDIDATE)
            for term, winner in self.winner.items()
            if winner is not None
        )

    # Entries.

    @invariant(helper=True)
    def logs_are_not_newer_than_their_server(self) -> bool:
        """No server has an entry of a term that it has not reached."""
        return all(entry.epoch <= me.term for me in self.server.values() for entry in me.log.records)

    @invariant(helper=True)
    def entries_are_of_terms_that_were_won(self) -> bool:
        """Every entry, in a log or on its way, is of a term that somebody has won."""
        return all(
            self.winner[entry.epoch] is not None for me in self.server.values() for entry in me.log.records
        ) and all(
            self.winner[entry.epoch] is not None
            for message in self.sent
            if isinstance(message, AppendRequest)
            for entry in message.entries
        )

    @invariant(helper=True)
    def requests_are_of_terms_that_were_won(self) -> bool:
        """Only the winner of a term asks to append, and what it sends is of that term or an earlier one."""
        return all(
            self.winner[message.term] is not None and all(entry.epoch <= message.term for entry in message.entries)
            for message in self.sent
            if isinstance(message, AppendRequest)
        ) and all(
            message.match_offset == 0 or self.winner[message.term] is not None
            for message in self.sent
            if isinstance(message, AppendResponse)
        )

    @invariant(helper=True)
    def leaders_reach_what_is_said_of_their_logs(self) -> bool:
        """A leader's log is as long as its requests and their answers say, and as it believes its peers' to be."""
        return all(
            all(end <= me.log.end_offset for end in me.next_offset.values())
            and all(
                message.offset + len(message.entries) <= me.log.end_offset
                for message in self.sent
                if isinstance(message, AppendRequest) and message.term == me.term
            )
            and all(
                message.match_offset <= me.log.end_offset
                for message in self.sent
                if isinstance(message, AppendResponse) and message.term == me.term
            )
            for me in self.server.values()
            if me.role == Role.LEADER
        )

    @invariant(helper=True)
    def leaders_have_the_entries_of_their_term(self) -> bool:
        """What is of the term of a leader is in that leader's log."""
        return all(
            all(
                me.log.holds(entry, offset)
                for other in self.server.values()
                for offset, entry in enumerate(other.log.records)
                if entry.epoch == me.term
            )
            and all(
                me.log.holds(entry, message.offset)
                for message in self.sent
                if isinstance(message, AppendRequest)
                for entry in message.entries
                if entry.epoch == me.term
            )
            for me in self.server.values()
            if me.role == Role.LEADER
        )

    @invariant(helper=True)
    def logs_match_entries_on_their_way(self) -> bool:
        """Where an entry on its way belongs, a log with one of the same term has that entry, and the same before it."""
        return all(
            me.log.records[message.offset] == entry
            and (message.offset == 0 or me.log.has_epoch_at(message.offset - 1, message.previous_term))
            for message in self.sent
            if isinstance(message, AppendRequest)
            for entry in message.entries
            for me in self.server.values()
            if me.log.has_epoch_at(message.offset, entry.epoch)
        )

    @invariant(helper=True)
    def entries_on_their_way_match(self) -> bool:
        """Two entries of one term on their way to the same offset are equal, and follow entries of the same term."""
        return all(
            same == entry and (message.offset == 0 or message.previous_term == other.previous_term)
            for message in self.sent
            if isinstance(message, AppendRequest)
            for entry in message.entries
            for other in self.sent
            if isinstance(other, AppendRequest) and other.offset == message.offset
            for same in other.entries
            if same.epoch == entry.epoch
        )

    @invariant(helper=True)
    def values_have_one_place(self) -> bool:
        """A value is written once, so wherever it is found, it is at the same offset with the same term."""
        return all(
            self.acknowledged[entry.value] is not None and self.is_at(entry, offset)
            for me in self.server.values()
            for offset, entry in enumerate(me.log.records)
        ) and all(
            self.acknowledged[entry.value] is not None
            and message.offset < self.log_size
            and self.is_at(entry, message.offset)
            for message in self.sent
            if isinstance(message, AppendRequest)
            for entry in message.entries
        )

    # Words used above.

    def has_asked(self, candidate: ServerId, term: int) -> bool:
        """Whether a server has asked for votes in a term."""
        return any(
            isinstance(request, VoteRequest) and request.source == candidate and request.term == term
            for request in self.sent
        )

    def was_granted(self, voter: ServerId, candidate: ServerId, term: int) -> bool:
        """Whether a server granted its vote to a candidate of a term."""
        return any(
            isinstance(vote, VoteResponse)
            and vote.granted
            and vote.source == voter
            and vote.target == candidate
            and vote.term == term
            for vote in self.sent
        )

    def is_at(self, entry: Entry, offset: int) -> bool:
        """Whether the value of an entry is nowhere but in this entry at this offset, in a log or on its way."""
        return all(
            (same.value != entry.value) or (same == entry and at == offset)
            for me in self.server.values()
            for at, same in enumerate(me.log.records)
        ) and all(
            (same.value != entry.value) or (same == entry and message.offset == offset)
            for message in self.sent
            if isinstance(message, AppendRequest)
            for same in message.entries
        )

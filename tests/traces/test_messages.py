"""Who sent what in a run, and what became of it."""

from typing import Annotated

from fencepost.model import In, action
from fencepost.model.raft.raft import Raft
from fencepost.traces.messages import Message
from models.walks import Announcing, Node, Ping, Pinging, Streaming, walk

PING = "Ping(source=n1, target=n2, number=0)"


def test_a_message_goes_from_its_sender_to_who_takes_it():
    trace = walk(Pinging, "n1: ping(source=n1, target=n2, number=0)", f"n2: answer(message={PING}", "n1: take(")
    assert trace.messages == (
        Message("Ping", PING, 1, "n1", "n2", received=(2,)),
        Message("Pong", "Pong(source=n2, target=n1)", 2, "n2", "n1", received=(3,)),
    )


def test_of_equal_messages_the_first_is_received_first():
    calls = ["n1: ping(source=n1, target=n2, number=0)"] * 2 + ["n2: answer("]
    first, second, _ = walk(Pinging, *calls).messages
    assert (first.sent, first.received) == (1, (3,))
    assert (second.sent, second.received, second.in_flight) == (2, (), True)


def test_a_fault_loses_a_message():
    (one,) = walk(Pinging, "n1: ping(source=n1, target=n2, number=0)", "network: lose_message(").messages
    assert (one.lost, one.received, one.in_flight) == (2, (), False)


class Forgetting(Pinging):
    """Nodes that take everything else out of flight as they answer, or give up what they have sent."""

    @action(process="message.target")
    def answer(self, message: Annotated[Ping, In("messages")]) -> None:
        self.messages.clear()

    @action(process="source")
    def give_up(self, source: Node) -> None:
        for message in self.messages:
            if message.source == source:
                self.receive(message)


def test_what_nobody_takes_is_lost():
    """It was meant for another, or the step is about another message, or of the one that had sent it."""
    pings = ["n1: ping(source=n1, target=n2, number=0)", "n3: ping(source=n3, target=n2, number=0)"]
    taken, dropped = walk(Forgetting, *pings, f"n2: answer(message={PING}").messages
    assert (taken.received, taken.lost) == ((3,), None)
    assert (dropped.received, dropped.lost) == ((), 3)
    given_up, left = walk(Forgetting, *pings, "n1: give_up(source=n1").messages
    assert (given_up.received, given_up.lost) == ((), 3)
    assert left.in_flight


def test_a_fault_makes_a_copy_of_the_same_sender():
    calls = ["n1: ping(source=n1, target=n2, number=0)", "network: duplicate_message(", "n2: answer(", "n2: answer("]
    first, copy, *_ = walk(Pinging, *calls).messages
    assert (first.sent, first.source, first.received, first.duplicated) == (1, "n1", (3,), False)
    assert (copy.sent, copy.source, copy.received, copy.duplicated) == (2, "n1", (4,), True)


def test_what_stays_in_a_set_is_received_by_all_who_read_it():
    calls = ["board: announce(source=n1, target=n2)", "n1: read(", "n2: read(", "n2: read("]
    (one,) = walk(Announcing, *calls).messages
    assert (one.source, one.target, one.received) == ("n1", "n2", (2, 3, 4))


def test_a_channel_says_who_sends_and_who_receives():
    push, pull = "n1: push(source=n1, target=n2)", "n2: pull(source=n1, target=n2)"
    first, second = walk(Streaming, push, push, pull).messages
    assert (first.source, first.target, first.sent, first.received) == ("n1", "n2", 1, (3,))
    assert second.in_flight


def test_a_set_that_remembers_what_a_bag_holds_is_no_network():
    trace = walk(Raft, "n1: request_vote(server=n1)", "n2: update_term(", "n2: handle_vote_request(", servers=2)
    request, response = trace.messages
    assert (request.name, request.sent, request.received) == ("VoteRequest", 1, (2, 3))
    assert (response.name, response.sent, response.received) == ("VoteResponse", 3, ())

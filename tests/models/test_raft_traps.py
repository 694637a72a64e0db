"""The known traps: how long the runs are that show them, in rounds and message by message, and what the rule does."""

import pytest

from fencepost.checks import check
from fencepost.model import Specification, require
from fencepost.model.raft.base import Entry, ServerId
from fencepost.model.raft.raft import Raft, WaitingServer
from fencepost.model.raft.rounds import RaftInRounds
from fencepost.model.raft.traps import CommitsByCounting, Figure8, ForgetsVotes, VolatileVote

pytestmark = pytest.mark.usefixtures("quickly_compiled")


class Figure8ByMessages(CommitsByCounting[WaitingServer[Entry]], Raft):
    pass


class VolatileVoteByMessages(ForgetsVotes[WaitingServer[Entry]], Raft):
    pass


class ElectionsOnly(Raft):
    """Leaders send nothing."""

    def append_entries(self, server: ServerId, peer: ServerId) -> None:
        require(False)


FIGURE_8 = {"servers": 3, "values": 2, "max_elections": 4}
VOLATILE_VOTE = {"servers": 3, "values": 1, "max_elections": 2, "max_restarts": 1}

# As in the figure: n1 leads term 2, n2 term 3, n1 again term 4, and n2 term 5.
RUN_IN_ROUNDS = [
    "elect n1 {n3} 2",
    "elect n2 {n3} 3",
    "client_request n1 v1",
    "elect n1 {n3} 4",
    "replicate n1 n3",
    "! advance_commit_offset n1",  # v1 is of term 2, and on a majority.
    "client_request n2 v2",
    "elect n2 {n3} 5",
]
RUN_BY_MESSAGES = [
    *("request_vote n1", "update_term n1>n2", "handle_vote_request n1>n2", "handle_vote_response n2>n1"),
    *("become_leader n1", "client_request n1 v1"),
    *("request_vote n2", "update_term n2>n3", "handle_vote_request n2>n3", "handle_vote_response n3>n2"),
    *("become_leader n2", "client_request n2 v2"),
    "update_term n2>n1",
    *("request_vote n1", "update_term n1>n3", "handle_vote_request n1>n3", "handle_vote_response n3>n1"),
    "become_leader n1",
    *("append_entries n1 n3", "refuse_append_request n1>n3", "handle_append_response n3>n1"),
    *("append_entries n1 n3", "accept_append_request n1>n3", "handle_append_response n3>n1"),
    "! advance_commit_offset n1",
    "update_term n1>n2",
    *("request_vote n2", "update_term n2>n3", "handle_vote_request n2>n3", "handle_vote_response n3>n2"),
    "become_leader n2",
]


def spelled(step):
    """The step as it is written above: of a message, who sent it and who gets it. Terms are numbers."""
    words = [step.action.name]
    for value, parameter in zip(step.arguments, step.action.parameters, strict=True):
        if parameter.name == "message":
            words.append(f"n{value.source + 1}>n{value.target + 1}")
        elif parameter.name == "term":
            words.append(str(value))
        else:
            words.append(parameter.type.show(value))
    return " ".join(words)


def play(model, run, **constants):
    """The states of a written run, up to the first step that is not possible. Of two steps spelled alike, the last."""
    spec = Specification(model, {**FIGURE_8, **constants})
    states = spec.initial_states()[:1]
    for text in run:
        possible = {spelled(step): step.state for step in spec.successors(states[-1])}
        if text.removeprefix("! ") not in possible:
            break
        states.append(possible[text.removeprefix("! ")])
    completeness = next(prop for prop in spec.properties if prop.name == "leader_completeness")
    return [spec.holds(completeness, state) for state in states]


@pytest.mark.parametrize(
    ("trap", "rule", "run", "room"),
    [
        (Figure8, RaftInRounds, RUN_IN_ROUNDS, {}),
        (Figure8ByMessages, Raft, RUN_BY_MESSAGES, {"max_sent": 32}),
    ],
    ids=["rounds", "messages"],
)
def test_figure_8(trap, rule, run, room):
    assert play(trap, run, **room) == [*[True] * len(run), False]
    assert len(play(rule, run, **room)) == run.index("! advance_commit_offset n1") + 1


def test_figure_8_is_shortest_in_rounds():
    found = check(Figure8, FIGURE_8).report
    assert found.named("leader_completeness").trace_length == len(RUN_IN_ROUNDS) + 1


@pytest.mark.parametrize("fewer", [{"servers": 2}, {"values": 1}, {"max_elections": 3}], ids=str)
def test_figure_8_takes_that_much(fewer):
    found = check(Figure8, {**FIGURE_8, **fewer}, properties=["leader_completeness"]).report
    assert found.named("leader_completeness").verdict == "holds"


@pytest.mark.parametrize(
    ("model", "states"),
    [(VolatileVoteByMessages, 11), (ElectionsOnly, None)],
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_volatile_vote_by_messages(model, states):
    found = check(model, VOLATILE_VOTE, properties=["election_safety"]).report.named("election_safety")
    assert (found.verdict, found.trace_length) == ("violated" if states else "holds", states)


def test_volatile_vote_in_rounds(search):
    found = search(VolatileVote, until="election_safety", servers=3, values=1, max_elections=1, max_restarts=1)
    assert found.violated == {"votes_are_durable": 3, "election_safety": 4}
    assert search(VolatileVote, servers=2, values=1, max_elections=2, max_restarts=1).violated == {
        "votes_are_durable": 3
    }

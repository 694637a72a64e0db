"""What was chosen on the way is shown as its type shows it, wherever the options came from."""

import json
from dataclasses import replace
from typing import Annotated

from fencepost.checks.outcome import Run
from fencepost.model import (
    Constant,
    Domain,
    Map,
    Model,
    Seq,
    Set,
    Size,
    Specification,
    Struct,
    action,
    choose,
    init,
    require,
)
from fencepost.traces import itf, text
from fencepost.traces.replay import replay
from fencepost.traces.trace import Trace, build

Broker = Annotated[int, Domain("brokers", prefix="b")]


class Vote(Struct):
    voter: Broker
    granted: bool


class Choosing(Model):
    brokers: Constant[int] = 3

    leader: Broker | None
    votes: Set[Vote]
    order: Annotated[Seq[Broker], Size(3)]
    up: Map[Broker, bool]

    @init
    def somebody_leads(self) -> None:
        first = choose(self.members(Broker))
        self.leader = first

    @action
    def from_lists(self, sure: bool) -> None:
        require(len(self.order) == 0)
        if sure:
            only = choose([self.leader])
            self.leader = only
        else:
            maybe = choose([None, self.leader])
            self.leader = maybe
        other = choose([b for b in self.up if b != 0])
        self.order.append(other)

    @action
    def vote(self) -> None:
        vote = choose([Vote(0, True), Vote(1, False)])
        self.votes.add(vote)
        voter = choose(self.votes)
        broker = choose(self.up)
        self.up[broker] = voter.granted

    @action
    def pick(self) -> None:
        broker = choose(self.order)
        self.leader = self.next_to(broker)

    def next_to(self, broker: int) -> int | None:
        """Another choice, in a method of its own."""
        number = choose(range(4))
        return broker if number == 3 else None


def run_of(*wanted: str) -> Trace:
    """The run whose steps have these headlines."""
    specification = Specification(Choosing)
    state = specification.initial_states()[2]
    code, positions = specification.key(state), []
    for headline in wanted:
        found = None
        for position, step in enumerate(specification.successors(state)):
            trace = build(specification, Run(code, (*positions, position)))
            if [line.text for line in text.lines(trace) if line.kind == "step"][-1].split("  ")[1] == headline:
                found = position, step.state
        assert found is not None, headline
        position, state = found
        positions.append(position)
    return build(specification, Run(code, tuple(positions)))


def test_choices_are_shown_by_their_type() -> None:
    trace = run_of(
        "from_lists(sure=False), choosing None, b2",
        "vote(), choosing Vote(voter=b2, granted=False), Vote(voter=b2, granted=False), b3",
        "pick(), choosing b2, 3",
    )
    first, *_ = text.lines(trace)
    assert first.text == "1  initial state: somebody_leads(), choosing b3"
    assert trace.last.state.leader == 1
    state = json.loads(itf.write(trace))["states"][1]
    assert json.loads(state["#meta"]["x-choices"]) == ["None", "b2"]


def test_choices_on_paths_that_are_not_taken_do_not_count() -> None:
    trace = run_of("from_lists(sure=True), choosing b3, b3")
    assert trace.last.choices == ("b3", "b3")


def test_a_replay_compares_choices() -> None:
    specification = Specification(Choosing)
    trace = run_of("from_lists(sure=False), choosing None, b2")
    assert replay(trace, specification).confirmed
    first, chosen = trace.steps
    silent = replace(trace, steps=(first, replace(chosen, choices=())))
    assert replay(silent, specification).confirmed, "other tools do not record them"
    other = replace(trace, steps=(first, replace(chosen, choices=("None", "b3"))))
    assert replay(other, specification).failed == 2
    assert replay(other, specification).problems == ("from_lists(sure=False) leads to it by choosing None, b2",)

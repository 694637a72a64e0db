"""Why an action is not possible in a state: the guard, its values, and for which arguments."""

from typing import Annotated

from fencepost.model import Constant, Domain, In, Map, Model, Range, Set, Specification, action, choose, require
from fencepost.traces.why_not import why_not
from models import runs

Node = Annotated[int, Domain("nodes", prefix="n")]
Small = Annotated[int, Range(0, 3)]


class Guarded(Model):
    nodes: Constant[int] = 3

    count: Map[Node, Small]
    waiting: Set[Node]

    def is_done(self, node: Node) -> bool:
        return self.count[node] == 3 and node not in self.waiting

    @action
    def possible(self) -> None:
        self.waiting.clear()

    @action
    def two_guards(self, node: Node, other: Node) -> None:
        require(node != other)
        require(self.is_done(other))

    @action
    def take(self, node: Annotated[Node, In("waiting")]) -> None:
        self.waiting.discard(node)

    @action
    def pick(self) -> None:
        self.count[choose(self.waiting)] = 1

    @action
    def never_for_any(self) -> None:
        require(all(self.count[one] > 0 for one in self.count))

    @action
    def never_for_any_entry(self) -> None:
        require(all(one in self.waiting or level > 0 for one, level in self.count.items()))

    @action
    def fails(self) -> None:
        assert self.count[0] > 0


def found(state=None):
    specification = Specification(Guarded, {})
    return {one.action: one for one in why_not(specification, state or specification.initial_states()[0])}


def test_actions_that_are_possible_or_fail_are_left_out():
    assert list(found()) == ["two_guards", "take", "pick", "never_for_any", "never_for_any_entry"]


def test_every_guard_with_its_values_the_one_that_was_nearest_first():
    second, first = found()["two_guards"].refusals
    assert second.arguments == "node=n1, other=n2"
    assert second.others == 5
    assert second.lines == (
        "false: self.count[node] == 3",
        "self.count[node] is 0",
        "in self.is_done(other)",
    )
    assert first.arguments == "node=n1, other=n1"
    assert first.others == 2
    assert first.lines == ("false: node != other", "node is n1", "other is n1")
    assert first.at is not None
    assert first.at.excerpt().strip().startswith("require(node != other)\n    ^^^^")


def test_bindings_choices_and_empty_collections():
    assert found()["never_for_any"].refusals[0].lines == (
        "for one = n1",
        "false: self.count[one] > 0",
        "self.count[one] is 0",
    )
    assert found()["never_for_any_entry"].refusals[0].lines[0] == "for one = n1, level = 0"
    assert found()["pick"].refusals[0].lines == ("nothing to choose from: self.waiting",)
    assert found()["take"].refusals == ()
    assert found()["take"].empty == "nothing to take from waiting"


def test_the_state_is_left_as_it_is():
    trace = runs.truncation()
    specification = Specification(runs.TruncateToHighWatermark, dict(trace.constants))
    codes = [specification.key(step.state) for step in trace.steps]
    every = [why_not(specification, step.state) for step in trace.steps]
    assert [specification.key(step.state) for step in trace.steps] == codes
    taken = [step.action for step in trace.steps[1:]]
    assert all(name not in {one.action for one in disabled} for name, disabled in zip(taken, every, strict=False))

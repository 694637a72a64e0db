"""Replay accepts every run, and says where anything else stops being one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from fencepost.checks.outcome import Run
from fencepost.model import Constant, Model, Range, Specification, action, errors, init, invariant, require
from fencepost.model.two_phase_commit import TwoPhaseCommit
from fencepost.traces import text
from fencepost.traces.replay import DEADLOCK, replay
from fencepost.traces.trace import Trace, TraceStep, build

Walk = Callable[[Specification, Any, int], Run]
relaxed = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=40
)


def with_state(specification: Specification, trace: Trace, index: int, **fields: Any) -> Trace:
    """The same trace with other values in one state."""
    state = specification.state(trace.steps[index].code)
    for name, value in fields.items():
        setattr(state, name, value)
    stored = specification.state_type.fit(state)
    steps = list(trace.steps)
    steps[index] = replace(steps[index], state=stored, code=specification.key(stored))
    return replace(trace, steps=tuple(steps))


@relaxed
@given(data=st.data())
def test_a_run_is_confirmed(specification: Specification, walk: Walk, data: st.DataObject) -> None:
    trace = build(specification, walk(specification, data, 6))
    assert replay(trace, specification).confirmed
    anonymous = replace(trace, steps=tuple(replace(step, action="", arguments=()) for step in trace.steps))
    assert replay(anonymous, specification).confirmed


@relaxed
@given(data=st.data())
def test_a_state_put_in_from_elsewhere_is_found(specification: Specification, walk: Walk, data: st.DataObject) -> None:
    """A state of another run in the place of one of this: either it happens to fit, or that is where it fails."""
    trace, other = (build(specification, walk(specification, data, 6)) for _ in range(2))
    index = data.draw(st.integers(0, trace.states - 1))
    strange = other.steps[-1]
    assume(strange.code != trace.steps[index].code)
    steps = list(trace.steps)
    steps[index] = replace(steps[index], state=strange.state, code=strange.code)
    result = replay(replace(trace, steps=tuple(steps)), specification)

    def reachable(before: TraceStep, after: TraceStep) -> bool:
        return any(
            specification.key(step.state) == after.code and step.action.name == after.action
            for step in specification.successors(specification.state(before.code))
        )

    initial = {specification.key(state) for state in specification.initial_states()}
    if index == 0 and strange.code not in initial:
        assert result.failed == 1
    elif index > 0 and not reachable(steps[index - 1], steps[index]):
        assert result.failed == index + 1
    else:
        assert result.failed in (None, index + 1, index + 2)


class Counter(Model):
    """Counts up by one or two and gets stuck at the top."""

    deadlock = True
    top: Constant[int] = 5
    at: Annotated[int, Range(0, "top + 1")]
    beside: bool

    @init
    def zero(self) -> None:
        self.at = 0

    @action
    def up(self, by: Annotated[int, Range(1, 2)]) -> None:
        require(self.at + by <= self.top)
        self.at += by

    @action
    def flip(self) -> None:
        require(self.at == 0)
        self.beside = not self.beside

    @invariant
    def below_four(self) -> bool:
        """Never reaches four."""
        return self.at < 4


@pytest.fixture
def counter() -> Specification:
    return Specification(Counter)


def counted(specification: Specification, *by: int, **settings: Any) -> Trace:
    return build(specification, Run(specification.key(specification.initial_states()[0]), tuple(by)), **settings)


def test_the_first_wrong_state_is_named_with_what_differs(counter: Specification) -> None:
    trace = counted(counter, 1, 0, 0)
    assert [step.state.at for step in trace.steps] == [0, 2, 3, 4]
    result = replay(with_state(counter, trace, 2, at=5), counter)
    assert result.failed == 3
    assert result.problems == ("up(by=1) does not lead to it", "at: the trace has 5, the specification gives 3")


def test_a_state_that_is_not_initial(counter: Specification) -> None:
    result = replay(with_state(counter, counted(counter, 0), 0, at=1), counter)
    assert (result.failed, result.shows) == (1, None)
    assert result.problems == ("it is not an initial state", "at: the trace has 1, the specification gives 0")


def test_an_action_that_is_not_possible(counter: Specification) -> None:
    trace = counted(counter, 1, 1)
    flipped = replace(trace.steps[2], action="flip", arguments=())
    result = replay(replace(trace, steps=(*trace.steps[:2], flipped)), counter)
    assert (result.failed, result.problems) == (3, ("flip() is not possible in the state before",))
    unknown = replace(trace.steps[2], action="jump")
    result = replay(replace(trace, steps=(*trace.steps[:2], unknown)), counter)
    assert (result.failed, result.problems) == (3, ("Counter has no action jump",))


def test_a_step_without_action_must_be_some_step(counter: Specification) -> None:
    trace = counted(counter, 1)
    anonymous = replace(trace.steps[1], action="", arguments=())
    trace = replace(trace, steps=(trace.steps[0], anonymous))
    assert replay(trace, counter).confirmed
    result = replay(with_state(counter, trace, 1, at=4), counter)
    assert result.failed == 2 and result.problems[0] == "no step leads to it"


def test_the_recorded_violation_must_be_there(counter: Specification) -> None:
    recorded = {"property_name": "below_four", "kind": "invariant", "verdict": "violated"}
    assert replay(counted(counter, 1, 1, **recorded), counter).shows is True
    result = replay(counted(counter, 1, 0, **recorded), counter)
    assert (result.failed, result.shows, result.confirmed) == (None, False, False)
    assert result.problems == ("below_four is true at its end",)
    renamed = counted(counter, 1, 1, **{**recorded, "property_name": "below_five"})
    assert replay(renamed, counter).problems == ("Counter has no property below_five",)


def test_the_state_of_a_witness_must_be_one() -> None:
    specification = Specification(TwoPhaseCommit, {"resource_managers": 1})
    recorded = {"property_name": "abort_agreement", "kind": "witness", "verdict": "holds"}
    abort = next(
        i for i, step in enumerate(specification.successors(specification.blank())) if "abort" in step.action.name
    )
    assert replay(counted(specification, abort, **recorded), specification).shows is True
    result = replay(counted(specification, **recorded), specification)
    assert (result.shows, result.problems) == (False, ("abort_agreement is false at its end",))


def test_a_deadlock_must_be_one(counter: Specification) -> None:
    recorded = {"property_name": DEADLOCK, "kind": DEADLOCK, "verdict": "violated"}
    assert replay(counted(counter, 1, 1, 0, **recorded), counter).shows is True
    result = replay(counted(counter, 1, 1, **recorded), counter)
    assert (result.shows, result.problems) == (False, ("up(by=1) is possible in the last state",))


def test_step_invariants_are_asked_about_the_last_step(everything: Specification) -> None:
    trace = build(everything, Run(everything.key(everything.initial_states()[0]), (0,)))
    recorded = replace(trace, property_name="members_stay", kind="step_invariant", verdict="violated")
    assert replay(recorded, everything).problems == ("members_stay is true at its end",)
    too_short = replace(recorded, steps=recorded.steps[:1])
    assert "about steps" in replay(too_short, everything).problems[0]


def test_a_loop_must_close(counter: Specification) -> None:
    # Flipping twice leads back; counting up does not.
    flip_twice = counted(counter, 2)
    assert replay(replace(flip_twice, loop=0), counter).confirmed
    up = counted(counter, 0, 0)
    assert replay(replace(up, loop=0), counter).problems == ("no step leads from the last state back to state 1",)


def test_a_run_that_cannot_be_replayed_is_an_error(counter: Specification) -> None:
    with pytest.raises(errors.ExecutionFailed, match="state 3 .* no successor 8"):
        counted(counter, 1, 7)


def test_the_text_of_a_trace(counter: Specification) -> None:
    trace = counted(counter, 1, 0)
    assert [line.text for line in text.lines(trace)] == [
        "1  initial state: zero()",
        "     at: 0",
        "     beside: False",
        "2  up(by=2)",
        "     at: 0 -> 2",
        "3  up(by=1)",
        "     at: 2 -> 3",
    ]
    assert [line.text for line in text.lines(replace(trace, loop=1))][-1] == "   and back to state 2"


def test_the_text_names_processes_choices_and_faults(everything: Specification) -> None:
    state = everything.initial_states()[0]
    sent = next(i for i, step in enumerate(everything.successors(state)) if step.action.name == "send")
    after = list(everything.successors(state))[sent].state
    lost = next(i for i, step in enumerate(everything.successors(after)) if step.action.name == "lose")
    trace = build(everything, Run(everything.key(state), (sent, lost)))
    heads = [line.text for line in text.lines(trace) if line.kind == "step"]
    assert heads[1] == "2  b1: send(sender=b1, offset=-1), choosing RED"
    assert heads[2].startswith("3  network: lose(message=Message(sender=b1") and heads[2].endswith(" (fault)")

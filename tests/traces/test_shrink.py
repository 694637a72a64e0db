"""Runs that are made smaller: they still show what they showed, and small ones become as short as can be."""

import dataclasses
import random
from typing import Annotated

import pytest

from fencepost.checks import check
from fencepost.checks.outcome import Run
from fencepost.model import Model, Range, Specification, action, require, step_invariant
from fencepost.model.replication.truncate_to_high_watermark import TruncateToHighWatermark
from fencepost.traces.replay import evaluate, replay
from fencepost.traces.shrink import shrink
from fencepost.traces.trace import arguments_of, build
from models import runs

SMALL = {"replicas": 2, "log_size": 2, "max_records": 2, "max_leader_epoch": 1}


def wander(specification, name, seed, most=120):
    """A run that violates a property, found by walking at random, with all its detours."""
    chance = random.Random(seed)
    prop = next(one for one in specification.properties if one.name == name)
    while True:
        state = chance.choice(specification.initial_states())
        initial, positions = specification.key(state), []
        for _ in range(most):
            steps = list(specification.successors(state))
            if not steps:
                break
            positions.append(chance.randrange(len(steps)))
            state = steps[positions[-1]].state
            if not specification.holds(prop, state):
                run = Run(initial, tuple(positions))
                return build(specification, run, property_name=name, kind="invariant", verdict="violated")


class Falling(Model):
    """Climbs to three and falls back to one, where it has been before."""

    height: Annotated[int, Range(0, 3)]

    @action
    def climb(self) -> None:
        require(self.height < 3)
        self.height += 1

    @action
    def fall(self) -> None:
        require(self.height == 3)
        self.height = 1

    @step_invariant
    def never_falls(self, after: "Falling") -> bool:
        return self.height <= after.height


def test_another_way_to_the_last_state_does_not_show_the_same_step():
    specification = Specification(Falling)
    run = Run(specification.key(specification.initial_states()[0]), (0, 0, 0, 0))
    trace = build(specification, run, property_name="never_falls", kind="step_invariant", verdict="violated")
    short = shrink(trace, specification)
    assert short.states == 5
    assert replay(short, specification).confirmed


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("name", ["weak_isr", "strong_isr"])
def test_as_short_as_the_shortest(name, seed):
    specification = Specification(TruncateToHighWatermark, SMALL, [name])
    long = wander(specification, name, seed)
    short = shrink(long, specification)
    found = check(specification, engine="python", keep_going=True).trace(name)
    assert short.states == found.states <= long.states
    assert replay(short, specification).confirmed


@pytest.mark.parametrize("seed", range(2))
def test_without_a_budget_steps_are_only_left_out(seed):
    specification = Specification(TruncateToHighWatermark, {**SMALL, "replicas": 3}, ["weak_isr"])
    long = wander(specification, "weak_isr", seed)
    short = shrink(long, specification, budget=0)
    assert 9 <= short.states <= long.states
    assert replay(short, specification).confirmed
    for index in range(1, short.states):
        kept = [*short.steps[:index], *short.steps[index + 1 :]]
        assert not confirmed(dataclasses.replace(short, steps=tuple(kept)), specification), index


def confirmed(trace, specification):
    """Whether the steps of a trace, taken one after the other whatever states it records, show what it shows."""
    state = specification.initial_states()[0]
    for wanted in trace.steps[1:]:
        step = next((one for one in specification.successors(state) if called(one) == wanted.call), None)
        if step is None:
            return False
        state = step.state
    prop = next(one for one in specification.properties if one.name == trace.property_name)
    return not specification.holds(prop, state)


def called(step):
    return f"{step.action.name}({', '.join(f'{a.name}={a.text}' for a in arguments_of(step.action, step.arguments))})"


def test_among_equals_few_switches_between_processes():
    specification = Specification(TruncateToHighWatermark, {"replicas": 2}, ["weak_isr"])
    short = shrink(runs.truncation(), specification)
    assert [step.process for step in short.steps[1:]] == [
        "controller",
        "controller",
        "b1",
        "b1",
        "b2",
        "b2",
        "b1",
        "b2",
    ]
    assert not evaluate(specification.properties[0], short, specification)

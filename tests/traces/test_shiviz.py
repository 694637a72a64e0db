"""ShiViz logs: they parse by their own expression, keep the rules of vector clocks, and order what messages order."""

import json
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fencepost.model import Specification
from fencepost.traces.shiviz import write
from fencepost.traces.trace import build
from models.counterexamples import NAMES, counterexample, long_run, renamed
from models.walks import Announcing, Pinging, Streaming

#: Specifications, and constants with which no collection is full after eight steps.
ROOMY = {Pinging: {}, Announcing: {}, Streaming: {"max_in_channel": 9}}
relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)


def parsed(log):
    """The events as (host, clock, number, text), by the expression in the first line, as ShiViz does it."""
    parser, delimiter, body = log.split("\n", 2)
    assert delimiter == ""
    expression = re.compile(parser.replace("(?<", "(?P<"))
    events = [
        (one["host"], json.loads(one["clock"]), int(one["step"]), one["event"]) for one in expression.finditer(body)
    ]
    assert expression.sub("", body).strip() == ""
    return events


def check_clocks(events):
    """The four rules that ShiViz enforces."""
    counts = {}
    for host, clock, _, _ in events:
        counts[host] = counts.get(host, 0) + 1
        assert clock[host] == counts[host]
    for _, clock, _, _ in events:
        assert all(1 <= count <= counts[host] for host, count in clock.items())


def reachable(trace):
    """The pairs of steps of which one could know of the other, found by walking the edges of the run."""
    before = {number: set() for number in range(len(trace.steps))}
    last = {}
    for number, step in enumerate(trace.steps[1:], start=1):
        before[number] |= {last[step.process]} if step.process in last else set()
        last[step.process] = number
    for message in trace.messages:
        for number in (*message.received, message.lost):
            if number is not None and message.sent:
                before[number].add(message.sent)
        if message.duplicated:
            equal = [one for one in trace.messages if one.text == message.text and one.source == message.source]
            before[message.sent].add(max(one.sent for one in equal if not one.duplicated and one.sent < message.sent))
    pairs = set()
    for number, known in before.items():
        found, left = set(), list(known)
        while left:
            one = left.pop()
            if one and one not in found:
                found.add(one)
                left += before[one]
        pairs |= {(one, number) for one in found}
    return pairs


def check(trace):
    events = parsed(write(trace))
    check_clocks(events)
    if trace.states == 1:
        return
    assert [number for _, _, number, _ in events] == list(range(2, trace.states + 1))
    ordered = {
        (first - 1, second - 1)
        for host, clock, first, _ in events
        for _, other, second, _ in events
        if first != second and other.get(host, 0) >= clock[host]
    }
    assert ordered == reachable(trace)


@pytest.mark.parametrize("name", NAMES)
def test_shown_runs(name):
    check(counterexample(name)[0])


@relaxed
@given(data=st.data(), model=st.sampled_from(list(ROOMY)))
def test_random_walks(walk, data, model):
    specification = Specification(model, ROOMY[model])
    check(build(specification, walk(specification, data, 8), model=model.__name__))


@settings(deadline=None, max_examples=30)
@given(st.text(max_size=40))
def test_any_names(text):
    trace = renamed(counterexample("lossy")[0], text)
    events = parsed(write(trace))
    check_clocks(events)
    assert [number for _, _, number, _ in events] == list(range(2, trace.states + 1))


def test_a_description_is_not_taken_for_an_event():
    events = parsed(write(renamed(counterexample("lossy")[0], 'p1 {"b1": 9}\nb1 {"b1": 9}\n1 x')))
    assert {host for host, *_ in events} == {name + 'p1_{"b1":_9}_b1_{"b1":_9}_1_x' for name in ("n1", "n2", "network")}


def test_names_that_differ_in_blanks_stay_apart():
    trace, _ = counterexample("lossy")
    names = {"n1": "a b", "n2": "a_b", "network": "a\tb"}
    steps = tuple(replace(step, process=names.get(step.process, "")) for step in trace.steps)
    events = parsed(write(replace(trace, steps=steps)))
    check_clocks(events)
    assert len({host for host, *_ in events}) == 3


def test_a_long_run():
    check_clocks(parsed(write(long_run(10_000))))


def test_a_run_of_one_state_is_an_event():
    trace = renamed(counterexample("lossy")[0], "x")
    (event,) = parsed(write(replace(trace, steps=trace.steps[:1])))
    assert event[0] == "environment" and event[3].endswith("[x is violated]")

"""Trace events: valid JSON, flows that pair up and lie in slices, counters that end at the values of the last state."""

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fencepost.model import Specification
from fencepost.traces.chrome import write
from fencepost.traces.trace import build
from models.counterexamples import NAMES, counterexample, long_run, renamed
from models.walks import Pinging

relaxed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)


def check(trace):
    document = json.loads(write(trace))
    events = document["traceEvents"]
    assert {event["ph"] for event in events} <= set("MXsfCi")
    slices = [event for event in events if event["ph"] == "X"]
    assert [event["ts"] for event in slices] == [1000 * number for number in range(trace.states)]
    threads = {event["tid"]: event["args"]["name"] for event in events if event.get("name") == "thread_name"}
    for event, step in list(zip(slices, trace.steps, strict=True))[1:]:
        assert threads[event["tid"]] == (step.process or "environment")
    starts = {event["id"]: event for event in events if event["ph"] == "s"}
    ends = {event["id"]: event for event in events if event["ph"] == "f"}
    assert len(starts) == len(ends) == sum(len(one.received) + (one.lost is not None) for one in trace.messages)
    for identity, start in starts.items():
        end = ends[identity]
        assert (start["name"], start["cat"], end["bp"]) == (end["name"], end["cat"], "e")
        assert start["ts"] < end["ts"]
        for one in (start, end):
            inside = slices[one["ts"] // 1000]
            assert inside["tid"] == one["tid"] and inside["ts"] <= one["ts"] <= inside["ts"] + inside["dur"]
    return events


def counters(events):
    """The last value of each counter."""
    return {event["name"]: event["args"]["value"] for event in events if event["ph"] == "C"}


@pytest.mark.parametrize("name", NAMES)
def test_shown_runs(name):
    check(counterexample(name)[0])


def test_counters():
    events = check(counterexample("truncate-weak-isr")[0])
    last = counters(events)
    assert last["replica[b1].high_watermark"] == 1 and last["replica[b1].log.records, length"] == 1
    assert last["replica[b2].high_watermark"] == 0 and last["replica[b2].log.records, length"] == 0
    watermark = [(one["ts"], one["args"]["value"]) for one in events if one["name"] == "replica[b1].high_watermark"]
    assert watermark == [(0, 0), (7000, 1)]
    (verdict,) = [one for one in events if one["ph"] == "i"]
    assert verdict["name"] == "weak_isr is violated" and verdict["s"] == "g"


@relaxed
@given(data=st.data())
def test_random_walks(walk, data):
    specification = Specification(Pinging)
    trace = build(specification, walk(specification, data, 8), model="Pinging")
    last = counters(check(trace))
    assert last == {name: trace.last.state._values[name] for name in ("duplicates", "losses")}


@settings(deadline=None, max_examples=30)
@given(st.text(max_size=40))
def test_any_names(text):
    check(renamed(counterexample("lossy")[0], text))


def test_a_long_run():
    check(long_run(10_000))


def test_a_run_of_one_state():
    trace, _ = counterexample("lossy")
    check(replace(trace, steps=trace.steps[:1]))

"""A trace in Chrome's trace-event format, for ui.perfetto.dev and chrome://tracing.

One thread a process, a slice of 0.8 ms a step, and a millisecond from step to step: a model has no clock. A message is
a flow from the slice that sends it to the one that takes or loses it. Numbers of the state, and the lengths of
sequences in it, are counters that change with the steps. The first thread shows the initial state.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ..model.lang import types
from .difference import parts
from .processes import actor, processes
from .text import conclusion, headline
from .trace import Trace, TraceStep

_STEP, _LENGTH = 1000, 800
_SENDS, _TAKES = 600, 200
_PROCESS = 1
_RUN = 0

Event = dict[str, Any]


def write(trace: Trace) -> str:
    """The trace as JSON, one event a line."""
    threads = {name: number for number, name in enumerate(processes(trace), start=1)}
    events = [
        *_names(trace, threads),
        *(_slice(step, number, threads) for number, step in enumerate(trace.steps)),
        *_flows(trace, threads),
        *_counters(trace),
        *_end(trace),
    ]
    lines = ",\n".join(f"  {json.dumps(event)}" for event in events)
    other = {"model": trace.model, **{name: str(value) for name, value in trace.constants.items()}}
    return f'{{"displayTimeUnit": "ms", "otherData": {json.dumps(other)}, "traceEvents": [\n{lines}\n]}}\n'


def _names(trace: Trace, threads: dict[str, int]) -> Iterator[Event]:
    yield {"ph": "M", "name": "process_name", "pid": _PROCESS, "args": {"name": trace.model}}
    for name, thread in {"initial state": _RUN, **threads}.items():
        yield {"ph": "M", "name": "thread_name", "pid": _PROCESS, "tid": thread, "args": {"name": name}}
        yield {"ph": "M", "name": "thread_sort_index", "pid": _PROCESS, "tid": thread, "args": {"sort_index": thread}}


def _slice(step: TraceStep, number: int, threads: dict[str, int]) -> Event:
    if number == 0:
        values = dict(parts(step.state._type, step.state))
        details: dict[str, Any] = {"state": 1, "values": values}
        return _event("X", headline(step, first=True), "initial", 0, _RUN, dur=_LENGTH, args=details)
    details = {"state": number + 1, "call": step.call}
    details |= {"choices": ", ".join(step.choices)} if step.choices else {}
    details |= {"changes": [change.show() for change in step.changes]}
    kind = "fault" if step.fault else "step"
    return _event("X", step.action or "a step", kind, number * _STEP, threads[actor(step)], dur=_LENGTH, args=details)


def _flows(trace: Trace, threads: dict[str, int]) -> Iterator[Event]:
    """An arrow for each time that a message is taken, and for its loss."""

    def thread(number: int) -> int:
        return threads[actor(trace.steps[number])] if number else _RUN

    identity = 0
    for message in trace.messages:
        ends = [(number, "message") for number in message.received]
        ends += [(message.lost, "lost message")] if message.lost is not None else []
        for number, kind in ends:
            identity += 1
            name = message.name or "message"
            start, end = message.sent * _STEP + _SENDS, number * _STEP + _TAKES
            details = {"message": message.text, "duplicated": message.duplicated}
            yield _event("s", name, kind, start, thread(message.sent), id=identity, args=details)
            yield _event("f", name, kind, end, thread(number), id=identity, bp="e")


def _counters(trace: Trace) -> Iterator[Event]:
    """The numbers of the initial state, and of later ones those that differ from the state before."""
    kind: types.Struct = trace.last.state._type
    last: dict[str, int] = {}
    for number, step in enumerate(trace.steps):
        changed = {change.field for change in step.changes}
        for name, part in kind.fields:
            if number and name not in changed:
                continue
            for path, value in _numbers(part, step.state._values[name], name):
                if last.get(path) != value:
                    last[path] = value
                    yield _event("C", path, "state", number * _STEP, _RUN, args={"value": value})


def _numbers(kind: types.Type, value: Any, path: str) -> Iterator[tuple[str, int]]:
    """The numbers in structs and maps, and the lengths of sequences there."""
    match kind:
        case types.Int():
            yield path, value
        case types.Struct():
            for name, part in kind.fields:
                yield from _numbers(part, value._values[name], f"{path}.{name}")
        case types.Map():
            for key, item in zip(kind.key.values(), value._values, strict=True):
                yield from _numbers(kind.element, item, f"{path}[{kind.key.show(key)}]")
        case types.Seq():
            yield f"{path}, length", len(value)


def _end(trace: Trace) -> Iterator[Event]:
    """What the run shows, as a line through all threads."""
    shows = conclusion(trace)
    if trace.loop is not None:
        shows = f"{shows}{', ' if shows else ''}back to state {trace.loop + 1}"
    if shows:
        yield _event("i", shows, "verdict", (trace.states - 1) * _STEP + _LENGTH, _RUN, s="g")


def _event(phase: str, name: str, category: str, at: int, thread: int, **more: Any) -> Event:
    return {"ph": phase, "name": name, "cat": category, "ts": at, "pid": _PROCESS, "tid": thread, **more}

"""Runs that formats are looked at with: two counterexamples that ship, and one with every fate of a message."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from fencepost.checks.loading import load_trace
from fencepost.model import Specification
from fencepost.traces.trace import Trace, TraceStep

from .walks import Pinging, walk

GOLDEN = Path(__file__).parent.parent / "traces" / "golden"
NAMES = ("truncate-weak-isr", "raft-majority", "lossy")

_PING = "n1: ping(source=n1, target=n2, number=0)"
_LOSSY = (_PING, "network: duplicate_message(", "n2: answer(", "network: lose_message(message=Ping", "n1: take(", _PING)


@cache
def counterexample(name: str) -> tuple[Trace, Specification]:
    """The run of that name, and the specification it is a run of."""
    if name == "lossy":
        return walk(Pinging, *_LOSSY), Specification(Pinging)
    return load_trace(str(GOLDEN / f"{name}.itf.json"))


@cache
def long_run(steps: int) -> Trace:
    """A run of at least so many steps: n1 pings n2, again and again."""
    trace = walk(Pinging, _PING, "n2: answer(", "n1: take(")
    return replace(trace, steps=trace.steps[:1] + trace.steps[1:] * -(-steps // 3))


def renamed(trace: Trace, text: str) -> Trace:
    """The run with text in everything that has a name, or is a text in a file that somebody else may have written."""

    def step(one: TraceStep) -> TraceStep:
        changes = tuple(
            replace(change, path=f"{change.path}.{text}", after=None if change.after is None else change.after + text)
            for change in one.changes
        )
        process = one.process and one.process + text
        return replace(one, process=process, action=text + one.action, choices=(text,), changes=changes)

    return replace(
        trace, model=text, property_name=text, kind="invariant", verdict="violated", engine=text,
        steps=tuple(map(step, trace.steps)),
    )  # fmt: skip

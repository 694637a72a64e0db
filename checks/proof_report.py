"""A proof by induction as a report, and in lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..model.lang import values
from ..traces.replay import DEADLOCK
from ..traces.trace import Trace, TraceStep, taken_step
from .api import Job
from .report import ActionReport, ConfigurationReport, PropertyReport, PropertyVerdict, judged
from .screen import Glyphs, Line
from .symbolic.induction import NO_BOUND, NO_ERROR, Answer
from .symbolic.proof import Proof
from .terminal import run_lines

_INDENT = "  "
_DEADLOCKS = "deadlocks are not looked for"


def proof_report(job: Job, proof: Proof) -> ConfigurationReport:
    """The report: what is proved holds; violated is only what is false in a run from an initial state.

    Whether there are deadlocks stays open.
    """
    base = job.assessed(proof.base) if proof.base is not None else job.base
    if proof.base is not None and proof.violated:
        base = job.result(proof.base).report
    proved = proof.proved()
    every = {NO_ERROR, NO_BOUND, *proof.induction.invariants, *proof.induction.step_invariants} <= proved
    found = {one.name: one for one in base.properties}
    properties = tuple(
        replace(one, verdict=_verdict(one, proof, proved, every), failures=one.failures)
        for one in found.values()
        if one.kind in ("invariant", "step_invariant", DEADLOCK)
    )
    actions = tuple(
        ActionReport(
            one.name, one.fault, "unreachable" if every and one.name in proof.impossible else "inconclusive", 0, 0, 0
        )
        for one in proof.induction.specification.actions
    )
    stopped = _why(proof) if not every else _DEADLOCKS if DEADLOCK in found else ""
    return replace(
        judged(replace(base, properties=properties, actions=actions, stopped=stopped)),
        details={"induction": _details(proof)},
        search_seconds=proof.seconds,
        total_seconds=proof.seconds,
        depth=0,
    )


def _verdict(one: PropertyReport, proof: Proof, proved: set[str], every: bool) -> PropertyVerdict:
    if one.verdict == "violated":
        return "violated"
    if one.name not in proved:
        return "inconclusive"
    return "vacuous" if every and one.name in proof.without_premise else "holds"


def _why(proof: Proof) -> str:
    """Why not everything is proved."""
    if proof.stopped:
        return proof.stopped
    if proof.violated:
        return "a violation was found"
    if proof.is_empty:
        return "no state satisfies the hypothesis"
    unknown = sum(one.verdict == "unknown" for one in proof.answers)
    parts = [(len(proof.refuted), "not inductive"), (unknown, "without an answer in time")]
    return ", ".join(f"{count} of {len(proof.answers)} steps {what}" for count, what in parts if count)


def _details(proof: Proof) -> dict[str, Any]:
    return {
        "k": proof.induction.k,
        "steps": [
            {
                "action": one.obligation.action,
                "clause": one.obligation.clause,
                "verdict": one.verdict,
                "seconds": round(one.seconds, 3),
                "used": list(one.used),
            }
            for one in proof.answers
        ],
        "open": [list(one) for one in proof.open],
        "impossible_actions": proof.impossible,
        "without_premise": proof.without_premise,
        "unused_helpers": proof.unused(),
    }


# For people.


def failing_steps(proof: Proof, glyphs: Glyphs) -> Iterator[Line]:
    """The steps that do not keep a clause, with the states around them."""
    for answer in proof.refuted:
        yield [("", "")]
        yield [
            (f"{answer.obligation.clause} is not inductive", "bold"),
            (f": {answer.obligation.action} breaks it", ""),
        ]
        yield [(f"{_INDENT}from a state that satisfies everything assumed, and may not be reachable:", "")]
        yield from run_lines(step_trace(proof, answer), glyphs, _INDENT)
        yield from ([(f"{_INDENT * 2}{line}", "yellow")] for line in answer.why)


def step_trace(proof: Proof, answer: Answer, model: str = "", tool: str = "") -> Trace:
    """The states around a failing step, the first of which is assumed. A step that ends in an error is not in it."""
    specification, clause = proof.induction.specification, answer.obligation.clause
    before = values.thaw(answer.first)
    steps = [TraceStep("", "", (), (), False, specification.key(before), (), answer.first, assumed=True)]
    for step in answer.steps:
        steps.append(taken_step(specification, step, before))
        before = step.state
    kind = next((one.kind for one in specification.properties if one.name == clause), "")
    return Trace(
        model or specification.name,
        dict(specification.constants),
        clause if kind else "",
        kind,
        "not inductive",
        tuple(steps),
        engine="z3",
        tool=tool,
    )


def used(proof: Proof) -> Iterator[Line]:
    """Which invariants the proof of each property used, and which helper invariants none did."""
    by_clause: dict[str, set[str]] = {}
    for one in proof.answers:
        if one.verdict == "proved":
            by_clause.setdefault(one.obligation.clause, set()).update(set(one.used) - {one.obligation.clause})
    if by_clause:
        yield [("", "")]
    for clause, names in by_clause.items():
        yield [(f"{_INDENT}{clause} ", ""), (f"uses {', '.join(sorted(names)) or 'nothing else'}", "dim")]
    for name in proof.unused():
        yield [(f"{_INDENT}{name} is a helper that no proof used: it can be left out.", "yellow")]


def not_proved(proof: Proof, found: ConfigurationReport) -> Iterator[Line]:
    """What the proof does not say."""
    if proof.is_empty:
        yield [(f"{_INDENT}No state satisfies the hypothesis: from it anything would follow.", "bold red")]
    for name in proof.impossible:
        yield [(f"{_INDENT}{name} is possible in no state of the hypothesis.", "yellow")]
    for name in proof.without_premise:
        yield [(f"{_INDENT}{name} says nothing of any state of the hypothesis: its premise is never met.", "yellow")]
    holds = [one.name for one in found.properties if one.verdict == "holds"]
    yield [("", "")]
    if holds:
        yield [(f"{_INDENT}Proved at every depth under these constants: ", "bold green"), (", ".join(holds), "")]
    open_ = [one.name for one in found.properties if one.verdict == "inconclusive"]
    if open_:
        yield [(f"{_INDENT}Not proved: ", "bold"), (f"{', '.join(open_)} ({found.stopped})", "")]

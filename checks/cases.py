"""A configuration as single outcomes: one for each property, and one for everything else that can be wrong with it.

The tests that pytest shows, JUnit files, annotations and SARIF derive from these, so that all of them count alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .report import ConfigurationReport, PropertyReport

Status = Literal["passed", "failed", "error", "inconclusive"]

#: The outcome that is about no single property: errors, impossible actions, pinned counts, whether all was searched.
COVERAGE = "coverage"


@dataclass(frozen=True)
class Case:
    """One outcome. `message` says in a line how it came out; `prop` is the property it is about, if it is about one."""

    name: str
    status: Status
    message: str
    prop: PropertyReport | None = None


def cases(one: ConfigurationReport) -> tuple[Case, ...]:
    """The outcomes of a configuration: those of its properties in their order, then the coverage."""
    return (*(_of_property(one, prop) for prop in one.properties), _coverage(one))


def _of_property(one: ConfigurationReport, prop: PropertyReport) -> Case:
    vacuous = one.pins is not None and prop.name in one.pins.vacuous
    expected = prop.expected or ("vacuous" if vacuous else "holds")
    if prop.verdict == "inconclusive":
        return Case(prop.name, "inconclusive", f"{prop.name} is not decided: {one.stopped}", prop)
    if prop.verdict != expected:
        unless = "" if expected == "holds" else f", not {expected} as expected"
        return Case(prop.name, "failed", f"{prop.name} {_came_out(prop)}{unless}", prop)
    different = [line for line in one.mismatches if line.startswith(f"{prop.name}:")]
    if different:
        return Case(prop.name, "failed", different[0], prop)
    return Case(prop.name, "passed", f"{prop.name} {_came_out(prop)}", prop)


def _came_out(prop: PropertyReport) -> str:
    if prop.verdict == "vacuous":
        return "is vacuous: its premise is never met"
    if prop.kind == "witness":
        return "is seen" if prop.verdict == "holds" else "is never seen"
    return "is violated" if prop.verdict == "violated" else "holds"


def _coverage(one: ConfigurationReport) -> Case:
    if one.verdict == "error" and one.error is not None:
        return Case(COVERAGE, "error", f"error {one.error.code}: {one.error.message}")
    wrong = list(_wrong(one))
    if wrong:
        return Case(COVERAGE, "failed", "; ".join(wrong))
    if one.error is not None:
        return Case(COVERAGE, "inconclusive", f"a bound was reached: {one.error.message}")
    if one.stopped:
        return Case(COVERAGE, "inconclusive", f"not everything was searched: {one.stopped}")
    return Case(COVERAGE, "passed", f"all of {one.distinct:,} states were searched")


def _wrong(one: ConfigurationReport) -> Iterator[str]:
    """What is not as expected and no matter of a single property."""
    allowed = one.pins.unreachable if one.pins else frozenset()
    impossible = [action.name for action in one.actions if action.verdict == "unreachable"]
    yield from (f"{name} is never possible" for name in impossible if name not in allowed)
    said = tuple(f"{name}:" for name in [*(prop.name for prop in one.properties), *impossible])
    yield from (line for line in one.mismatches if not line.startswith(said))

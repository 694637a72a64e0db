"""Runs the test of a state machine, and takes apart what its failure says."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings

from fencepost.checks.hypothesis import SpecificationMachine

#: The same examples in every run, and none from an earlier one.
FIXED = settings(
    derandomize=True, database=None, deadline=None, max_examples=120, suppress_health_check=list(HealthCheck)
)


def run(machine: type[SpecificationMachine], given: settings = FIXED) -> None:
    case = machine.TestCase
    case.settings = given  # type: ignore[attr-defined]
    case("runTest").runTest()  # type: ignore[attr-defined]


def failures(machine: type[SpecificationMachine], given: settings = FIXED) -> list[BaseException]:
    """The failures that Hypothesis finds, one of each kind."""
    try:
        run(machine, given)
    except BaseExceptionGroup as found:
        return list(found.exceptions)
    except Exception as found:
        return [found]
    return []


def failure(machine: type[SpecificationMachine], given: settings = FIXED) -> Any:
    """The only failure."""
    [found] = failures(machine, given)
    return found


def notes(error: BaseException) -> str:
    return "\n".join(getattr(error, "__notes__", []))


def program(error: BaseException) -> str:
    """The program that a failure prints: what a person would paste."""
    lines = notes(error).split("\n")
    first = next(number for number, line in enumerate(lines) if line.startswith("state = "))
    steps = [line for line in lines[first + 1 :] if line.startswith("state.")]
    return "\n".join([lines[first], *steps])

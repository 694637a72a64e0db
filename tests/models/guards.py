"""What shows that a rule is needed: without it a property fails, and with it the property holds.

A guard is the model with the rule, the one without it, constants, the property that breaks, and the states it takes.
"""

from collections.abc import Iterable
from typing import Any

from fencepost.checks import check
from fencepost.model import Model

Guard = tuple[type[Model], type[Model], dict[str, int], str, int]


def words(part: object) -> str:
    """A part of a guard in the name of its test."""
    return part.__name__ if isinstance(part, type) else part if isinstance(part, str) else ""


def verdicts(guarded: type[Model], guards: Iterable[Guard]) -> set[str]:
    """What becomes of the properties of these guards in the model that has all the rules."""
    names: dict[Any, set[str]] = {}
    for model, _, constants, name, _ in guards:
        if model is guarded:
            names.setdefault(tuple(constants.items()), set()).add(name)
    reports = [check(guarded, dict(constants), properties=names[constants]).report for constants in names]
    return {found.verdict for report in reports for found in report.properties}

"""Why the actions that are not possible in a state are not: the first guard that was false, with its values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..model.errors import Location
from ..model.lang import values
from ..model.lang.explain import Guard, explain_disabled
from ..model.lang.specification import Action, Specification
from .trace import arguments_of

MAX_GUARDS = 4


@dataclass(frozen=True)
class Refusal:
    """A guard, the first arguments that it refuses, and how many others it refuses too."""

    arguments: str
    others: int
    lines: tuple[str, ...]
    at: Location | None


@dataclass(frozen=True)
class Disabled:
    """An action that no arguments make possible. Without refusals there are no arguments to try: `empty` says why."""

    action: str
    refusals: tuple[Refusal, ...]
    empty: str = ""


def why_not(specification: Specification, state: Any) -> tuple[Disabled, ...]:
    """Every action that is not possible in a state of a trace, in the order of the specification."""
    return tuple(_disabled(specification, values.thaw(state)))


def _disabled(specification: Specification, state: Any) -> Iterator[Disabled]:
    for action in specification.actions:
        refused: dict[Guard, list[tuple[Any, ...]]] = {}
        for arguments in specification.arguments(action, state):
            guard = explain_disabled(specification, action, state, arguments)
            if guard is None:
                break
            place = Guard(guard.lines if guard.at is None else (), guard.at)
            refused.setdefault(place, []).append(arguments)
        else:
            yield _described(specification, action, state, refused)


def _described(
    specification: Specification, action: Action, state: Any, refused: dict[Guard, list[tuple[Any, ...]]]
) -> Disabled:
    if not refused:
        paths = [".".join(parameter.path) for parameter in action.parameters if parameter.path]
        return Disabled(action.name, (), f"nothing to take from {' and '.join(paths)}" if paths else "no arguments")
    # The guard that comes last in the text was nearest to letting the action through.
    found = sorted(refused.items(), key=lambda item: -(item[0].at.line if item[0].at else 0))
    refusals = []
    for _, every in found[:MAX_GUARDS]:
        guard = explain_disabled(specification, action, state, every[0])
        assert guard is not None
        shown = ", ".join(f"{one.name}={one.text}" for one in arguments_of(action, every[0]))
        refusals.append(Refusal(shown, len(every) - 1, guard.lines, guard.at))
    return Disabled(action.name, tuple(refusals))

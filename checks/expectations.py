"""What a user expects of a configuration, in the form in which the catalogue pins results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..model import errors
from .catalogue import Pins

if TYPE_CHECKING:
    from ..model.lang.specification import Specification

_OF_PROPERTIES = ("holds", "violated", "vacuous")
_OF_ACTIONS = ("reachable", "unreachable")


def pins_for(specification: Specification, expect: Mapping[str, str]) -> Pins:
    """The pins that say so: `expect` has a verdict for properties (and "deadlock") and actions by their names.

    What is not named is to hold, or to be reachable. Raises UnknownProperty, BadOption.
    """
    properties = [prop.name for prop in specification.properties] + ["deadlock"] * specification.deadlock_is_violation
    actions = [action.name for action in specification.actions]
    for name, verdict in expect.items():
        if name not in properties and name not in actions:
            hint = errors.nearest(name, properties + actions)
            raise errors.UnknownProperty(f"{specification.name} is checked for no property {name!r}", hint=hint)
        known = _OF_PROPERTIES if name in properties else _OF_ACTIONS
        if verdict not in known:
            raise errors.BadOption(
                f"{name} cannot be expected to be {verdict!r}", hint=f"expect one of {', '.join(known)}"
            )

    def of(verdict: str) -> list[str]:
        return [name for name, found in expect.items() if found == verdict]

    return Pins(
        violated=dict.fromkeys(of("violated")),
        vacuous=frozenset(of("vacuous")),
        unreachable=frozenset(of("unreachable")),
    )

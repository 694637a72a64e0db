"""What the catalogue is made of: specifications, their configurations, and the results that are pinned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

Tier = Literal["quick", "full"]
TIERS: tuple[Tier, ...] = ("quick", "full")


@dataclass(frozen=True)
class Pins:
    """The known result of one configuration.

    `violated` gives the length of the shortest counterexample in states (None for any) for every property that does not
    hold, and the name "deadlock" stands for the absence of deadlocks; all other properties hold. Without it (None) no
    verdict is pinned. `seen` gives the shortest run to the state of a witness. Properties in `vacuous` never have their
    premise met, actions in `unreachable` are never possible: elsewhere either is a failure.
    """

    distinct: int | None = None
    depth: int | None = None
    violated: Mapping[str, int | None] | None = None
    seen: Mapping[str, int] = field(default_factory=dict)
    vacuous: frozenset[str] = frozenset()
    unreachable: frozenset[str] = frozenset()

    @property
    def verdict(self) -> str | None:
        """The verdict that the pins add up to."""
        if self.violated is None:
            return None
        return "violated" if self.violated else "holds"


@dataclass(frozen=True)
class Configuration:
    """One search: constants, whether interchangeable identities are taken as one, and the pinned result.

    `view` takes states that differ in auxiliary fields only as one. `properties` names what is checked; without it, all
    properties but those on request.

    The quick tier is what everybody runs on every change, a few seconds altogether; the full tier takes minutes.
    """

    constants: Mapping[str, int | bool]
    tier: Tier = "quick"
    pins: Pins | None = None
    symmetry: bool = False
    properties: tuple[str, ...] | None = None
    view: bool = False

    def viewed(self, reduced: int) -> tuple[Configuration, Configuration]:
        """This configuration under the published view, and there with symmetry, which leaves so many states."""
        assert self.pins is not None
        pins = replace(self.pins, distinct=reduced)
        return replace(self, view=True), replace(self, view=True, symmetry=True, pins=pins)


@dataclass(frozen=True)
class Entry:
    """A shipped specification: `reference` says where its class is, relative to the package."""

    name: str
    reference: str
    words: str
    configurations: tuple[Configuration, ...] = ()

    def pinned(self, constants: Mapping[str, int | bool]) -> list[Configuration]:
        """The configurations with exactly these constants."""
        return [one for one in self.configurations if dict(one.constants) == dict(constants)]

"""What random walks add to the report on a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Estimate:
    """What was seen and, as an estimate, what was not.

    `share` is that of the states that were counted: with 1, `distinct` is the number of states that were visited, and
    else it is itself an estimate. `once` is how many states exactly one walk met. `next_walk` is how many new states
    another walk is expected to meet, `new_share` how much of what it meets, and `at_least` how many states walks like
    these can meet at least; all three are estimates.
    """

    share: float
    distinct: int
    once: int
    next_walk: float
    new_share: float
    at_least: int


@dataclass(frozen=True)
class WalksReport:
    """Which walks were asked for, and taken.

    `most_walks`, `most_steps` and `most_seconds` are the limits, None where there was none; `depth` is the limit on the
    steps of each walk, `swarm` the percentage of walks without some of the actions. `finished` says whether the walks
    ended where the limits, or a violation, end them. `ends` counts why walks ended. `estimate` is about all states that
    such walks can meet; it is None when none was taken.
    """

    seed: int
    depth: int
    swarm: int
    weights: Mapping[str, int]
    most_walks: int | None
    most_steps: int | None
    most_seconds: float | None
    finished: bool = False
    walks: int = 0
    steps: int = 0
    longest: int = 0
    ends: Mapping[str, int] | None = None
    estimate: Estimate | None = None

    def to_json(self) -> dict[str, Any]:
        """The same as plain JSON data."""
        return asdict(self)

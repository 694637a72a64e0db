"""What a search is asked to do, and what it found: plain data, in terms of packed states and numbers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ..outcome import Limits
from .shape import COUNTERS, Shape
from .storage import Parents

SEED = 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class Options:
    """What a search does besides visiting states.

    `violations` is a mask of the properties whose failure is a violation. Another `seed` gives other fingerprints, to
    search again when in doubt about collisions.
    """

    limits: Limits = Limits()
    violations: int = 0
    deadlock_is_violation: bool = False
    continue_after_violation: bool = False
    seed: int = SEED


@dataclass(frozen=True)
class Place:
    """A state by its level (the initial one is 0) and number in it, or with `position` one of its successors.

    A level of -1 stands for the initial state of that number, as it was given.
    """

    level: int
    index: int
    position: int | None = None


@dataclass
class Found:
    """What a search found, as it goes."""

    shape: Shape
    parents: Parents
    distinct: int = 0
    generated: int = 0
    levels: list[int] = field(default_factory=list)
    counters: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    first: dict[int, Place] = field(default_factory=dict)
    deadlocks: int = 0
    first_deadlock: Place | None = None
    stopped: str = ""
    error: Place | None = None
    visited: int = 0
    state_bytes: int = 0
    peak_bytes: int = 0
    frontier_bytes: int = 0
    gap: int = 0
    seconds: float = 0.0

    def section(self, start: int, length: int) -> list[int]:
        """Counters of the actions or properties, by their place in a context."""
        return [int(value) for value in self.counters[start - COUNTERS : start - COUNTERS + length]]

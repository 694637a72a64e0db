"""What a search found: plain data that both engines fill and that reports, traces and exit codes derive from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ..model.errors import BoundReached, FencepostError

INTERRUPTED = "interrupted"
OUT_OF_MEMORY = "no memory left"
VIOLATION_FOUND = "a violation was found"
BOUND_REACHED = "a bound was reached"
SPECIFICATION_FAILED = "an error in the specification"


@dataclass(frozen=True)
class ActionCount:
    """How often an action fired (`generated`), led to a new state (`new`), and in how many states it was enabled."""

    name: str
    generated: int
    new: int
    enabled: int


@dataclass(frozen=True)
class Run:
    """A run as a search stores it: the code of the initial state, then one successor position a step.

    A step is the position of the successor in `Specification.successors(state)`, so that replaying it in CPython
    needs nothing of the engine. `states` counts the states, the initial one included.
    """

    initial: int
    positions: tuple[int, ...]

    @property
    def states(self) -> int:
        return len(self.positions) + 1


@dataclass(frozen=True)
class PropertyCount:
    """What was seen of a property: `run` shows its first violation, or for a witness its first occurrence.

    `premise` counts the states (steps, for step invariants) in which its premise held; `failures` those in which it
    was false (for a witness: true).
    """

    name: str
    kind: str
    premise: int
    failures: int
    run: Run | None


@dataclass(frozen=True)
class Outcome:
    """The result of one search.

    `distinct` and `generated` count states inside the constraint and all successors made (initial states included in
    both); `depth` counts levels, the initial states being level 1. `stopped` says what ended the search early (a limit,
    an interruption, a violation, an error), and is empty when the whole space was explored.

    `exact` says that no two states can have been taken for the same. Otherwise `expected_collisions` is how many pairs
    of states to expect, by their number, and `observed_collisions` the same estimated from the closest fingerprints.

    `self_checked` counts the states that were compared with renamed ones, when states were reduced by symmetry.

    `bound` is the collection that was full, with the run that leads there, if that ended the search.
    """

    distinct: int
    generated: int
    depth: int
    levels: tuple[int, ...]
    stopped: str
    actions: tuple[ActionCount, ...]
    properties: tuple[PropertyCount, ...]
    deadlocks: int
    deadlock_run: Run | None
    engine: str
    workers: int
    symmetry: bool
    exact: bool
    compile_seconds: float
    search_seconds: float
    bytes_per_state: float
    peak_memory_bytes: int
    expected_collisions: float
    details: dict[str, Any] = field(default_factory=dict)
    observed_collisions: float = 0.0
    self_checked: int = 0
    bound: BoundReached | None = None

    @property
    def complete(self) -> bool:
        """Whether every reachable state was visited."""
        return not self.stopped


def size_text(size: float) -> str:
    """A number of bytes as people read it."""
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:,.0f} {unit}"
        size /= 1024
    return f"{size:,.1f} GiB"


@dataclass(frozen=True)
class Limits:
    """Where a search stops: None for no limit. Memory in bytes, time in seconds of search."""

    states: int | None = None
    depth: int | None = None
    memory: int | None = None
    seconds: float | None = None

    def reached(self, distinct: int, depth: int) -> str:
        """The limit on states or levels that has been reached, in words; empty if none."""
        if self.states is not None and distinct >= self.states:
            return f"limit of {self.states:,} states"
        if self.depth is not None and depth >= self.depth:
            return f"limit of {self.depth:,} levels"
        return ""

    def exhausted(self, memory: int, seconds: float) -> str:
        """The limit on memory or time that has been reached, in words; empty if none."""
        if self.memory is not None and memory > self.memory:
            return f"limit of {size_text(self.memory)} of memory"
        if self.seconds is not None and seconds >= self.seconds:
            return f"limit of {self.seconds:g} s"
        return ""


@dataclass(frozen=True)
class Progress:
    """How far a search has come. `rate` is of new states a second, over the last few seconds.

    `frontier` counts the states of the level being expanded, `expanded` those that are done.
    """

    phase: str
    depth: int
    frontier: int
    expanded: int
    distinct: int
    generated: int
    rate: float
    memory: int
    seconds: float


class Disagreement(Exception):  # noqa: N818  # not an error of the user's
    """Two executions of one specification differ: a mistake in Fencepost, never in the specification."""


E = TypeVar("E", bound=FencepostError)


def with_run(error: E, run: Run) -> E:
    """The error with the run that ends in the state in which it was raised, as its attribute `run`."""
    error.run = run  # type: ignore[attr-defined]  # errors in general come without a run
    return error


ProgressCallback = Callable[[Progress], None]
"""Called a few times a second, from the thread that started the search. Raising KeyboardInterrupt ends the search."""

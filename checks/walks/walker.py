"""Takes walks on several threads and adds up what they met, in the order of their numbers.

In each round every worker takes the walks of a range of numbers of its own. What came of them is added in the order of
the numbers, up to the first walk after which everything ends; what others did beyond it is dropped. So all that is
reported is the same for every number of workers, unless a time limit or an interruption says where the walks end.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from .. import outcome
from ..engine.control import REPORT_SECONDS, Interruption
from ..engine.memory import Words, address, allocate
from ..engine.workers import Workers
from .library import Library
from .shape import ENDS, End, Field
from .sketch import EVERY, Sketch

FINISHED = "all walks were taken"

BATCH_ROWS = 1 << 17
"""States that a worker visits in a round at most, unless a single walk is longer."""


@dataclass(frozen=True)
class Plan:
    """What walks to take: `walks`, `steps` and `seconds` are limits, None for none.

    `tickets` has the number of each action as often as its weight says; `swarm` is a percentage. `stopping` is a mask
    of the properties whose failure ends everything, as a deadlock does with `deadlock_stops`.
    """

    seed: int
    depth: int
    tickets: tuple[int, ...]
    swarm: int
    walks: int | None = None
    steps: int | None = None
    seconds: float | None = None
    stopping: int = 0
    deadlock_stops: bool = False


@dataclass(frozen=True)
class At:
    """A place on a walk: its number, and how many steps were taken."""

    walk: int
    steps: int


@dataclass(frozen=True)
class WalkProgress:
    """How far the walks have come."""

    walks: int
    steps: int
    seconds: float


@dataclass
class Tally:
    """What walks met. `first` has the first failure of each property, by its number."""

    walks: int = 0
    steps: int = 0
    longest: int = 0
    ends: list[int] = field(default_factory=lambda: [0] * len(End))
    fired: list[int] = field(default_factory=list)
    premises: list[int] = field(default_factory=list)
    failures: list[int] = field(default_factory=list)
    first: dict[int, At] = field(default_factory=dict)
    deadlock: At | None = None
    error: At | None = None
    stopped: str = ""
    seconds: float = 0.0
    bytes: int = 0


class _Worker:
    """A context, and the buffers it points to."""

    def __init__(self, library: Library, plan: Plan, initial: Words) -> None:
        shape = self.shape = library.shape
        self.plan, self.kernel = plan, library.walk
        self.walks = max(BATCH_ROWS // (plan.depth + 1), 1)
        self.words: Words = allocate(shape.context_words)
        self.rows: Words = allocate(2 * (self.walks * (plan.depth + 1) + 1))
        tickets = np.array(plan.tickets, dtype=np.int64)
        self._buffers: dict[Field, Words] = {
            Field.INITIAL: initial,
            Field.TICKETS: tickets,
            Field.DECK: allocate(max(len(tickets), 1)),
            Field.TRIED: allocate(shape.model.actions),
            Field.ROOMS: allocate(2 * shape.room_words),
            Field.ACTIONS: allocate(max(shape.model.max_successors, 1)),
            Field.ROWS: self.rows,
        }

    @property
    def bytes(self) -> int:
        return int(self.words.nbytes) + sum(int(buffer.nbytes) for buffer in self._buffers.values())

    def run(self, begin: int, end: int, limit: int, budget: int | None, path: Words | None = None) -> None:
        """Takes walks, up to `end` or the first that ends everything; none once `budget` steps were taken."""
        plan, words = self.plan, self.words.view(np.uint64)
        words[:] = 0
        for name, buffer in self._buffers.items():
            words[name] = address(buffer)
        words[Field.PATH] = 0 if path is None else address(path)
        words[Field.SEED], words[Field.BEGIN], words[Field.END] = plan.seed, begin, end
        words[Field.DEPTH], words[Field.SWARM] = plan.depth, plan.swarm
        words[Field.BUDGET], words[Field.LIMIT] = EVERY if budget is None else budget, limit
        words[Field.INITIALS] = len(self._buffers[Field.INITIAL])
        words[Field.TICKET_COUNT] = len(plan.tickets)
        words[Field.STOPPING], words[Field.DEADLOCK_STOPS] = plan.stopping, plan.deadlock_stops
        self.kernel(address(self.words))

    def __getitem__(self, name: Field) -> int:
        return int(self.words[name])

    def section(self, start: int, length: int) -> list[int]:
        return [int(value) for value in self.words[start : start + length]]


def path_to(library: Library, plan: Plan, initial: Words, at: At) -> Words:
    """The states of a walk up to a place, a row each, with the action and the number of its successor."""
    path = allocate((at.steps + 1) * library.shape.path_words).reshape(at.steps + 1, -1)
    worker = _Worker(library, replace(plan, depth=at.steps, stopping=0, deadlock_stops=False), initial)
    worker.run(at.walk, at.walk + 1, 0, None, path)
    return path


class Walker:
    """The walks of a plan, from start to end: `Walker(...).run()`."""

    def __init__(
        self,
        library: Library,
        plan: Plan,
        initial: Words,
        pool: Workers,
        progress: Callable[[WalkProgress], None] | None = None,
    ) -> None:
        model = library.shape.model
        self.library, self.plan, self.initial, self.pool, self.progress = library, plan, initial, pool, progress
        self.sketch = Sketch(library.sketch_add, library.sketch_thin)
        self.workers = [_Worker(library, plan, initial) for _ in range(pool.count)]
        self.tally = Tally(fired=[0] * model.actions, premises=[0] * model.properties, failures=[0] * model.properties)

    def run(self) -> Tally:
        """Takes the walks. Never raises for what a limit or an interruption does."""
        tally, started = self.tally, time.perf_counter()
        tally.bytes = self.sketch.bytes + sum(worker.bytes for worker in self.workers)
        reported = started
        with Interruption() as interruption:
            while not tally.stopped:
                self._round()
                now = time.perf_counter()
                tally.seconds = now - started
                if tally.stopped:
                    break
                if interruption.requested:
                    tally.stopped = outcome.INTERRUPTED
                elif self.plan.seconds is not None and tally.seconds >= self.plan.seconds:
                    tally.stopped = f"limit of {self.plan.seconds:g} s"
                elif self.progress is not None and now - reported >= REPORT_SECONDS:
                    reported = now
                    self._report()
        return tally

    def _report(self) -> None:
        assert self.progress is not None
        try:
            self.progress(WalkProgress(self.tally.walks, self.tally.steps, self.tally.seconds))
        except KeyboardInterrupt:
            self.tally.stopped = outcome.INTERRUPTED

    def _budget(self) -> int | None:
        return None if self.plan.steps is None else self.plan.steps - self.tally.steps

    def _round(self) -> None:
        """Every worker takes some walks, and what they met is added in order."""
        begin, tasks, used = self.tally.walks, [], []
        limit, budget = self.sketch.limit, self._budget()
        for worker in self.workers:
            end = begin + worker.walks if self.plan.walks is None else min(begin + worker.walks, self.plan.walks)
            if end > begin:
                tasks.append(partial(worker.run, begin, end, limit, budget))
                used.append(worker)
            begin = end
        self.pool.run(tasks)
        for worker in used:
            budget = self._budget()
            if budget is not None and worker[Field.STEPS] > budget:
                # Walks before it took steps that it did not know of: it may have gone on for too long.
                worker.run(worker[Field.BEGIN], worker[Field.END], limit, budget)
            self._add(worker)
            if self.tally.stopped:
                return

    def _add(self, worker: _Worker) -> None:
        """Adds what a worker met."""
        tally, shape = self.tally, self.library.shape
        begin = worker[Field.BEGIN]
        tally.walks = begin + worker[Field.WALKS]
        tally.steps += worker[Field.STEPS]
        tally.longest = max(tally.longest, worker[Field.LONGEST])
        self.sketch.add(worker.rows, worker[Field.ROW_COUNT])
        for total, start in (
            (tally.ends, ENDS),
            (tally.fired, shape.fired),
            (tally.premises, shape.premises),
            (tally.failures, shape.failures),
        ):
            total[:] = map(sum, zip(total, worker.section(start, len(total)), strict=True))
        for prop in range(shape.model.properties):
            if worker[Field.SEEN] >> prop & 1 and prop not in tally.first:
                walk, steps = (int(worker.words[start + prop]) for start in (shape.first_walk, shape.first_step))
                tally.first[prop] = At(walk, steps)
        if worker[Field.DEADLOCK_WALK] and tally.deadlock is None:
            tally.deadlock = At(worker[Field.DEADLOCK_WALK] - 1, worker[Field.DEADLOCK_STEPS])
        if worker[Field.STOPPED]:
            self._end(worker)
        elif tally.walks == self.plan.walks or self.plan.steps is not None and tally.steps >= self.plan.steps:
            tally.stopped = FINISHED

    def _end(self, worker: _Worker) -> None:
        tally = self.tally
        tally.stopped = outcome.VIOLATION_FOUND
        if worker[Field.STATUS]:
            tally.stopped = outcome.SPECIFICATION_FAILED
            tally.error = At(tally.walks - 1, worker[Field.LAST])

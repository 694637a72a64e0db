"""Breadth-first search, one level after the other, over a model's native kernels.

A level is expanded in rounds. In each round the workers share a contiguous piece of the frontier, and what they find
is inserted, counted and stored in the order of the frontier, as `search_code` describes. So states are numbered as a
queue would number them, and everything but the time taken is the same for every number of workers.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from .. import outcome
from ..outcome import Limits, Progress
from ..self_check import sampled
from .context import NO_TAG, Context
from .control import Interruption, Pace
from .found import Found, Options, Place
from .library import Library
from .memory import Words, address, default_limit
from .shape import ACTION_BITS, COUNTERS, POSITION_BITS, RELATIVE_BITS, SHARDS, Field, TableField
from .storage import MARK, Level, Parents, Visited
from .workers import Task, Workers

PARALLEL_SECONDS = 5e-4
"""Rounds that are likely to take less are left to one worker: waking the others would take longer."""

MOST_IN_LEVEL = (1 << 32) - 1
"""Parents are numbers of 32 bits."""

ROOM = 1 << 16
"""Keys that the visited set has room for at the start."""

ROUND_SECONDS = 0.15
"""How long a round may take: limits, interruptions and progress are looked at between rounds."""


class Stop(Exception):  # noqa: N818  # not an error: the search ends here
    """Ends the search; the text says why."""


class Search:
    """One search from start to end: `Search(...).run(initial)`.

    `self_check` is called with states of every level before they are expanded; what it raises ends the search.
    """

    def __init__(
        self,
        library: Library,
        options: Options,
        progress: outcome.ProgressCallback | None,
        workers: Workers,
        self_check: Callable[[Words], None] | None = None,
    ) -> None:
        self.self_check = self_check
        self.library, self.shape, self.options, self.workers = library, library.shape, options, workers
        self.pace = Pace(progress)
        self.parents = Parents(self.shape)
        self.found = Found(self.shape, self.parents, counters=np.zeros(self.shape.first - COUNTERS, np.int64))
        count = min(workers.count, SHARDS)
        seed = options.seed - (1 << 64) if options.seed >= 1 << 63 else options.seed
        memory = default_limit() if options.limits.memory is None else options.limits.memory
        self.memory_limit = Limits(memory=memory, seconds=options.limits.seconds)
        self.visited = Visited(self.shape, seed, ROOM, memory)
        self.contexts = [Context(self.shape, self.visited, number, count) for number in range(count)]
        self.addresses = np.array([context.at for context in self.contexts], dtype=np.int64)
        self.spare: list[Words] = []
        self.level, self.next = Level(self.shape, self.spare), Level(self.shape, self.spare)
        self.expanded = 0
        self.state_seconds = 5e-7
        self.kept_per_state = 1.0

    def run(self, initial: Words) -> Found:
        """Searches from these states, one a row. Never raises for what a limit or an interruption does."""
        found = self.found
        started = time.perf_counter()
        with Interruption() as self.interruption:
            try:
                self._enter(initial)
                while self.level.count:
                    self._expand_level()
            except Stop as stop:
                found.stopped = str(stop)
            except MemoryError:
                found.stopped = outcome.OUT_OF_MEMORY
        if not found.levels[-1]:
            found.levels.pop()
        found.visited = self.visited.used
        found.state_bytes = self.visited.bytes + self.parents.bytes
        found.seconds = time.perf_counter() - started
        found.gap = self._gap()
        return found

    def _enter(self, initial: Words) -> None:
        """Makes the initial states the first level."""
        context, found = self.contexts[0], self.found
        found.levels.append(0)
        self.parents.level_starts.append(0)
        most = min(context.capacity, 1 << RELATIVE_BITS)
        for start in range(0, len(initial), most):
            part = np.array(initial[start : start + most])
            self._make_room(len(part))
            context.clear(self._seen())
            context.words[Field.FUSED] = 1
            self.library.enter(context.at, address(part), len(part))
            self.library.settle(context.at)
            context.words[self.shape.new : self.shape.new + self.shape.actions] = 0
            tasks = self._stores([context], start)
            self._merge([context], start, level=-1)
            self._check_error(context, start, -1)
            found.generated += len(part)
            self.workers.run(tasks)
        self._end_level()

    def _expand_level(self) -> None:
        """Expands all states of the level into the next one."""
        found, level = self.found, self.level
        self.expanded = 0
        if self.self_check is not None:
            before = found.distinct - level.count
            self.self_check(level.rows([n - before for n in sampled(before, found.distinct)]))
        found.levels.append(0)
        self.parents.level_starts.append(self.parents.count)
        while self.expanded < level.count:
            number, begin = divmod(self.expanded, level.chunk_states)
            if self.expanded % MARK == 0:
                self._check(self.options.limits.reached(found.distinct, len(found.levels) - 1))
            end = min(level.count - number * level.chunk_states, level.chunk_states, begin + self._round_size())
            if self.options.limits.states is not None:
                end = min(end, (begin // MARK + 1) * MARK)
            chunk = level.chunks[number]
            assert chunk is not None
            stopped = self._round(chunk, number * level.chunk_states, begin, end)
            self.expanded += stopped - begin
            if stopped == level.chunk_states:
                level.release(number)
            self._between_rounds()
        self._end_level()

    def _end_level(self) -> None:
        """Goes on to the next level, unless a violation was found."""
        for number, chunk in enumerate(self.level.chunks):
            if chunk is not None:
                self.level.release(number)
        self.level, self.next = self.next, Level(self.shape, self.spare)
        del self.spare[4 + len(self.level.chunks) :]
        violated = any(self.options.violations >> number & 1 for number in self.found.first)
        if self.options.deadlock_is_violation and self.found.deadlocks:
            violated = True
        if violated and not self.options.continue_after_violation and self.level.count:
            raise Stop(outcome.VIOLATION_FOUND)
        if self.level.count > MOST_IN_LEVEL:
            raise Stop(f"limit of {MOST_IN_LEVEL:,} states in a level")

    # One round.

    def _round_size(self) -> int:
        """States to expand in the next round: as many as are likely to fit into the buffers and the time."""
        workers = len(self.contexts)
        time_left = ROUND_SECONDS * workers / self.state_seconds
        room = 0.7 * workers * self.contexts[0].capacity / self.kept_per_state if workers > 1 else math.inf
        return max(2 * workers, int(min(time_left, room)))

    def _measure(self, states: int, seconds: float) -> None:
        """Notes how long a worker takes for a state; at most four times less than in the round before."""
        self.state_seconds = max(seconds / max(states, 1), self.state_seconds / 4, 1e-9)

    def _round(self, chunk: Words, base: int, begin: int, end: int) -> int:
        """Expands states of a chunk whose first one has the number `base` in the level. Returns where it stopped."""
        library, started = self.library, time.perf_counter()
        parallel = len(self.contexts) > 1 and (end - begin) * self.state_seconds >= PARALLEL_SECONDS
        active = self.contexts if parallel else self.contexts[:1]
        most = (end - begin) * self.shape.max_successors
        self._make_room(min(sum(context.capacity for context in active), most))
        share = -(-(end - begin) // len(active))
        for number, context in enumerate(active):
            context.clear(self._seen())
            words = context.words
            words[Field.STATES], words[Field.FUSED], words[Field.OWNERS] = address(chunk), not parallel, len(active)
            words[Field.BEGIN] = min(begin + number * share, end)
            words[Field.END] = min(begin + (number + 1) * share, end)
            words[Field.CONTEXTS] = address(self.addresses)
        self._on(library.expand, active)
        used = self._consecutive(active)
        level, stopped = len(self.found.levels) - 2, used[-1][Field.STOPPED]
        failed = self._failure(used[-1], base, level)
        kept = sum(context[Field.KEPT] for context in used)
        self.kept_per_state = max(kept / max(stopped - begin, 1), 0.9 * self.kept_per_state, 1e-3)
        if parallel:
            self._on(library.insert, active)
        self._on(library.settle, used)
        tasks = self._stores(used, base)
        self._merge(used, base, level)
        for context in used:
            self._check_error(context, base, level)
        self.workers.run(tasks)
        self._measure(stopped - begin, (time.perf_counter() - started) * len(active))
        if failed is not None:
            self.found.error = failed
            raise Stop(outcome.SPECIFICATION_FAILED)
        return stopped

    def _failure(self, context: Context, base: int, level: int) -> Place | None:
        """The state whose successors, or the step whose invariants, failed to evaluate in the last expansion."""
        if not context[Field.STATUS]:
            return None
        if context[Field.ERROR_TAG] != NO_TAG:
            return self._place(context[Field.ERROR_TAG], base, level)
        return Place(level, base + context[Field.STOPPED])

    def _on(self, kernel: Callable[[int], int], contexts: Sequence[Context]) -> None:
        if len(contexts) == 1:
            kernel(contexts[0].at)
        else:
            self.workers.run([partial(kernel, context.at) for context in contexts])
        if self.visited.header[TableField.FULL]:
            raise RuntimeError("a shard of the visited set is full: fingerprints are not spread evenly")

    @staticmethod
    def _consecutive(active: Sequence[Context]) -> list[Context]:
        """The workers whose states follow each other: up to the first that did not expand all of its share."""
        used: list[Context] = []
        for context in active:
            if used and used[-1][Field.STOPPED] < used[-1][Field.END]:
                context.list_counts[:] = 0
                context.recent.fill(0)
            else:
                used.append(context)
        return used

    def _seen(self) -> int:
        """The properties whose first failure is known, as a mask that fits a signed word."""
        mask = sum(1 << number for number in self.found.first)
        return mask - (1 << 64) if mask >= 1 << 63 else mask

    def _merge(self, used: Sequence[Context], base: int, level: int) -> None:
        """Adds what workers counted to the totals, and notes first failures, in the order of the workers."""
        found = self.found
        for context in used:
            found.counters += context.counters
            found.distinct += context[Field.ACCEPTED]
            found.levels[-1] += context[Field.ACCEPTED]
            found.deadlocks += context[Field.DEADLOCKS]
            found.generated += context[Field.SUCCESSORS]
            self.visited.used += context[Field.KEPT]
            if context[Field.FIRST_DEADLOCK] and found.first_deadlock is None:
                found.first_deadlock = Place(level, base + context[Field.FIRST_DEADLOCK] - 1)
            new = context[Field.SEEN] & ~self._seen()
            for number in range(self.shape.properties):
                if new >> number & 1:
                    found.first[number] = self._place(int(context.words[self.shape.first + number]), base, level)

    @staticmethod
    def _place(tag: int, base: int, level: int) -> Place:
        tag &= (1 << 64) - 1
        index = base + (tag >> (POSITION_BITS + ACTION_BITS))
        return Place(level, index, tag >> ACTION_BITS & ((1 << POSITION_BITS) - 1))

    def _check_error(self, context: Context, base: int, level: int) -> None:
        """Stops at a new state in which a property failed to evaluate."""
        if context[Field.STATUS]:
            self.found.error = self._place(context[Field.ERROR_TAG], base, level)
            raise Stop(outcome.SPECIFICATION_FAILED)

    def _stores(self, used: Sequence[Context], base: int) -> list[Task]:
        """Room for what workers accepted in the next level and among the parents, and the tasks that fill it.

        May raise MemoryError, and is called before anything is counted.
        """
        tasks: list[Task] = []
        for context in used:
            count, entries, calls = context[Field.ACCEPTED], address(context.entries), []
            while count:
                length = min(count, self.next.room(), self.parents.room())
                calls.append((entries, length, self.next.take(length), *self.parents.take(length), base))
                entries += length * self.shape.entry_words * 8
                count -= length
            tasks.append(partial(self._store_pieces, calls))
        return tasks

    def _store_pieces(self, calls: Sequence[tuple[int, ...]]) -> None:
        for call in calls:
            self.library.store(*call)

    # Between rounds.

    def _memory(self) -> int:
        frontier = self.level.bytes + self.next.bytes + sum(chunk.nbytes for chunk in self.spare)
        self.found.frontier_bytes = max(self.found.frontier_bytes, frontier)
        contexts = sum(context.bytes for context in self.contexts)
        return self.visited.bytes + self.parents.bytes + frontier + contexts

    def _make_room(self, keys: int) -> None:
        """Grows the visited set so that as many keys more have room."""
        buckets = self.visited.grown(keys)
        if buckets == self.visited.buckets:
            return
        peak = self._memory() + self.visited.growth_bytes(buckets, self.workers.count)
        self._check(self.memory_limit.exhausted(peak, 0.0))
        self.found.peak_bytes = max(self.found.peak_bytes, peak)
        self.visited.grow(buckets, self.library.grow, self.workers)

    def _check(self, stopped: str) -> None:
        if stopped:
            raise Stop(stopped)

    def _between_rounds(self) -> None:
        """Looks at limits and interruptions, and reports progress."""
        found, memory = self.found, self._memory()
        found.peak_bytes = max(found.peak_bytes, memory)
        now = time.perf_counter()
        if self.interruption.requested:
            raise Stop(outcome.INTERRUPTED)
        # Before the limits: a search that ends late in its only round has still said how far it came.
        if self.pace.due(now):
            rate, elapsed = self.pace.rate(now, found.distinct), self.pace.elapsed(now)
            depth, frontier = len(found.levels) - 1, self.level.count
            counts = (depth, frontier, self.expanded, found.distinct, found.generated)
            if not self.pace.report(Progress("search", *counts, rate, memory, elapsed)):
                raise Stop(outcome.INTERRUPTED)
        self._check(self.memory_limit.exhausted(memory, self.pace.elapsed(now)))

    def _gap(self) -> int:
        """The smallest distance between two fingerprints; 0 where it means nothing."""
        if self.shape.is_exact or self.visited.used < 2:
            return 0
        shards, count = self.visited.shards(), len(self.contexts)
        gaps: list[int] = []

        def measure(some: Sequence[Words]) -> None:
            gaps.extend(self.library.gap(address(shard), shard.size) & ((1 << 64) - 1) for shard in some)

        self.workers.run([partial(measure, shards[number::count]) for number in range(count)])
        return min(gaps)

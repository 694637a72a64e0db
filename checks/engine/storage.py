"""Where a search keeps states: the visited set, the levels of the frontier, and the parents of every state."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from .memory import LARGE_PAGE, Words, address, allocate, reserve
from .shape import BUCKET, SHARDS, Shape, TableField
from .workers import Workers

GROWTH = 1.5
MAX_LOAD = 0.75
"""A shard this full grows by GROWTH: 8 / 0.75 * 1.5 = 16 bytes a key at most, 10.7 at least."""

DEFAULT_RESERVE = 1 << 35
"""Bytes of addresses reserved for the visited set where the size of the machine's memory is not known."""

CHUNK_BYTES = LARGE_PAGE
"""About how large a chunk of the frontier is."""

MARK = 1 << 14
"""Limits on the number of states are looked at after every so many states of a level, whatever the workers."""


class Visited:
    """The visited set's memory: a header for native code, and one piece of memory with one shard after the other.

    Addresses are reserved for as many keys as memory allows, so that the set grows in place.
    """

    def __init__(self, shape: Shape, seed: int, room: int, most_bytes: int | None) -> None:
        self.shape, self.used = shape, 0
        self._most_words = (DEFAULT_RESERVE if most_bytes is None else most_bytes) // 8
        self.header: Words = allocate(TableField.SHARDS + SHARDS)
        self.header[TableField.SEED] = seed
        self.buckets = self._needed(room)
        self._memory = self._reserve(self.buckets)
        self._publish()

    def _needed(self, keys: int) -> int:
        """Buckets a shard needs for so many keys in the set: room for the unevenness of fingerprints included."""
        mean = keys / SHARDS
        return math.ceil((mean + 8 * math.sqrt(mean) + BUCKET) / 0.95 / BUCKET)

    def _shard_words(self, buckets: int) -> int:
        return buckets * BUCKET * self.shape.key_words

    def _reserve(self, buckets: int) -> Words:
        return reserve(SHARDS * self._shard_words(buckets), self._most_words)

    def _publish(self) -> None:
        """Tells native code where the shards are."""
        size = self._shard_words(self.buckets) * 8
        start = address(self._memory)
        self.header[TableField.BUCKETS] = self.buckets
        self.header[TableField.SHARDS :] = range(start, start + SHARDS * size, size)

    def shards(self) -> list[Words]:
        """The slots of every shard."""
        size = self._shard_words(self.buckets)
        return [self._memory[number * size : (number + 1) * size] for number in range(SHARDS)]

    @property
    def bytes(self) -> int:
        return self._shard_words(self.buckets) * 8 * SHARDS

    def grown(self, extra: int) -> int:
        """How many buckets a shard should have before `extra` more keys come; those it has if that is enough."""
        if self.used <= MAX_LOAD * self.buckets * BUCKET * SHARDS and self._needed(self.used + extra) <= self.buckets:
            return self.buckets
        return max(math.ceil(self.buckets * GROWTH), self._needed(self.used + extra))

    def growth_bytes(self, buckets: int, workers: int) -> int:
        """Memory that growing takes beyond what is used now, at its peak."""
        new = self._shard_words(buckets) * 8 * SHARDS
        copies = self.bytes // SHARDS * workers
        return new - self.bytes + copies if new <= self._memory.nbytes else new + copies

    def grow(self, buckets: int, move: Callable[..., object], workers: Workers) -> None:
        """Gives every shard so many buckets; `move` is the kernel that moves the keys of one shard.

        The last shards are moved first, to where nothing is any more. A shard is copied and cleared before its keys
        are moved, since its new place may be part of the old one.
        """
        before, old_memory, old = self.buckets, self._memory, self.shards()
        in_place = SHARDS * self._shard_words(buckets) <= old_memory.size
        memory = old_memory if in_place else self._reserve(buckets)
        size, seed = self._shard_words(buckets), int(self.header[TableField.SEED])

        def move_some(numbers: range) -> None:
            copy, counts = np.empty_like(old[0]), np.empty(buckets, dtype=np.uint8)
            for number in numbers:
                copy[:] = old[number]
                if in_place:
                    old[number].fill(0)
                counts.fill(0)
                new = address(memory) + number * size * 8
                move(address(copy), before, new, buckets, address(counts), seed)

        end = SHARDS
        while end:
            # These shards can be moved at the same time: their new places begin after the end of all old ones.
            first = min(-(-end * before // buckets), end - 1) if in_place else 0
            workers.run(
                [partial(move_some, range(start, end, workers.count)) for start in range(first, end)][: workers.count]
            )
            end = first
        self.buckets, self._memory = buckets, memory
        self._publish()


class Level:
    """The states of one level, in chunks; `spare` holds chunks for reuse."""

    def __init__(self, shape: Shape, spare: list[Words]) -> None:
        self.shape, self._spare = shape, spare
        self.chunk_states = chunk_states(shape)
        self.chunks: list[Words | None] = []
        self.count = 0

    def room(self) -> int:
        """How many states fit into the last chunk; never zero."""
        at = self.count % self.chunk_states
        if self.count == len(self.chunks) * self.chunk_states:
            self.chunks.append(self._spare.pop() if self._spare else allocate(self.chunk_states * self.shape.words))
        return self.chunk_states - at

    def take(self, count: int) -> int:
        """The address of room for so many more states, which the last chunk has."""
        chunk = self.chunks[-1]
        assert chunk is not None
        at = self.count % self.chunk_states
        self.count += count
        return address(chunk) + at * self.shape.words * 8

    def rows(self, numbers: Sequence[int]) -> Words:
        """A copy of some states, one a row; none of them has been released."""
        words = self.shape.words
        found = np.zeros((len(numbers), words), np.int64)
        for row, number in enumerate(numbers):
            at, place = divmod(number, self.chunk_states)
            chunk = self.chunks[at]
            assert chunk is not None
            found[row] = chunk[place * words : (place + 1) * words]
        return found

    def release(self, number: int) -> None:
        """Gives up a chunk whose states have all been expanded."""
        chunk, self.chunks[number] = self.chunks[number], None
        assert chunk is not None
        self._spare.append(chunk)

    @property
    def bytes(self) -> int:
        return sum(chunk.nbytes for chunk in self.chunks if chunk is not None)


def chunk_states(shape: Shape) -> int:
    """States in a chunk of the frontier: a whole number of marks."""
    return max(MARK, 1 << (CHUNK_BYTES // (8 * shape.words)).bit_length() - 1)


class Parents:
    """For every state, in the order of discovery, its parent in the level before and its position among successors."""

    CHUNK = LARGE_PAGE // 4

    def __init__(self, shape: Shape) -> None:
        self.position_type: Any = np.uint16 if shape.max_successors < 1 << 16 else np.uint32
        self._parents: list[npt.NDArray[np.uint32]] = []
        self._positions: list[npt.NDArray[Any]] = []
        self.count = 0
        self.level_starts: list[int] = []

    def room(self) -> int:
        """How many states fit into the last chunk; never zero."""
        if self.count == len(self._parents) * self.CHUNK:
            self._parents.append(allocate(self.CHUNK, np.uint32))
            self._positions.append(allocate(self.CHUNK, self.position_type))
        return self.CHUNK - self.count % self.CHUNK

    def take(self, count: int) -> tuple[int, int]:
        """The addresses of room for so many more parents and positions, which the last chunk has."""
        at, positions = self.count % self.CHUNK, self._positions[-1]
        self.count += count
        return address(self._parents[-1]) + 4 * at, address(positions) + positions.itemsize * at

    @property
    def bytes(self) -> int:
        """What is written; the rest of the last chunk takes no memory yet."""
        return self.count * (4 + int(np.dtype(self.position_type).itemsize))

    def path(self, level: int, index: int) -> tuple[int, list[int]]:
        """The number of the initial state and the positions that lead to a state; the initial level is 0."""
        positions: list[int] = []
        while True:
            number, at = divmod(self.level_starts[level] + index, self.CHUNK)
            index = int(self._parents[number][at])
            if level == 0:
                return index, positions[::-1]
            positions.append(int(self._positions[number][at]))
            level -= 1

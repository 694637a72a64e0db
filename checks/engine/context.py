"""What one worker works on: its context, the buffers the context points to."""

from __future__ import annotations

import numpy as np

from .memory import Words, address, allocate
from .shape import BATCH, COUNTERS, RECENT_BITS, Field, Shape
from .storage import Visited

ENTRIES = 1 << 15
"""New states that a single worker can hold in a round: about what fits into the second-level cache of a core."""

SHARED_ENTRIES = 1 << 18
"""New states that several workers can hold together: they wait for each other less often when rounds are longer."""

NO_TAG = -1


def capacity_of(shape: Shape, workers: int) -> int:
    """Room for entries: at least for what a full batch and a few more states can make."""
    shared = SHARED_ENTRIES // workers if workers > 1 else 0
    return max(ENTRIES, shared, 4 * (BATCH + shape.max_successors))


class Context:
    """A worker's context, the buffers it points to, and how to call a kernel on it."""

    def __init__(self, shape: Shape, visited: Visited, number: int, workers: int) -> None:
        self.capacity = capacity_of(shape, workers)
        self.words: Words = allocate(shape.context_words(workers))
        self.at = address(self.words)
        self.counters = self.words[COUNTERS : shape.first]
        self.list_counts = self.words[shape.list_counts : shape.list_counts + workers]
        self.entries: Words = allocate(self.capacity * shape.entry_words)
        batches = allocate(shape.batch_bytes // 4)
        lists = allocate(self.capacity * workers, np.uint32)
        flags = allocate(self.capacity, np.uint8)
        self.recent: Words = allocate(1 << RECENT_BITS)
        self._buffers = (batches, lists, flags, self.recent)
        self._list_bytes = lists.nbytes // workers
        pointers = {
            Field.ENTRIES: self.entries,
            Field.BATCHES: batches,
            Field.LISTS: lists,
            Field.FLAGS: flags,
            Field.RECENT: self.recent,
            Field.TABLE: visited.header,
        }
        for name, buffer in pointers.items():
            self.words[name] = address(buffer)
        self.words[Field.CAPACITY], self.words[Field.OWNER] = self.capacity, number

    @property
    def bytes(self) -> int:
        """What may be written; entries are in one list each, so that of all lists only as much as one is used."""
        batches, _, flags, recent = self._buffers
        return sum(used.nbytes for used in (self.words, self.entries, batches, flags, recent)) + self._list_bytes

    def __getitem__(self, name: Field) -> int:
        return int(self.words[name])

    def clear(self, seen: int) -> None:
        """Prepares for a round."""
        self.words[COUNTERS:] = 0
        self.words[[Field.STATUS, Field.DEADLOCKS, Field.FIRST_DEADLOCK, Field.SUCCESSORS, Field.KEPT]] = 0
        self.words[Field.SEEN] = seen
        self.words[Field.ERROR_TAG] = NO_TAG

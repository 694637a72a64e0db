"""What the engine has to know of a model's kernels, and how a worker's context is laid out in memory.

A context is an array of 64-bit words that Python fills and native code reads and writes: a few numbered fields, then
counters for every action and property. One worker owns one context; contexts never share a cache line.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cached_property

BATCH = 256
"""Successors that are fingerprinted and prefetched together, before the batch ahead of them is looked up."""

RECENT_BITS = 14
"""How many fingerprints a worker remembers, to drop the commonest duplicates before the visited set is asked."""

SHARD_BITS = 6
SHARDS = 1 << SHARD_BITS
"""Parts of the visited set; a worker inserts into the shards whose number is its own, modulo the workers."""

BUCKET = 8
"""Slots of the visited set that are compared at once: one cache line of 64-bit keys."""

RELATIVE_BITS = 24
"""A tag is `parent << 40 | position << 16 | action`; the parent is relative to the chunk that is being expanded."""

POSITION_BITS = 24
ACTION_BITS = 16

MAX_PROPERTIES = 64

WORD_MASK = (1 << 64) - 1


class Field(enum.IntEnum):
    """The fields at the start of a context. Addresses are of 64-bit words unless said otherwise."""

    STATES = 0  # the chunk that is expanded
    BEGIN = 1  # the states of it to expand, from
    END = 2  # … to
    STOPPED = 3  # out: the first state that was not expanded
    ENTRIES = 4  # successors that may be new: words, fingerprint, tag
    CAPACITY = 5  # room in ENTRIES
    KEPT = 6  # out: how many there are
    BATCHES = 7  # scratch: two batches of successors
    TABLE = 8  # the visited set: see `TableField`
    FUSED = 9  # 1: look up and insert at once; 0: only look up, and list what has to be inserted
    LISTS = 10  # 32-bit numbers of entries, CAPACITY for each owner
    OWNERS = 11  # how many workers insert
    FLAGS = 12  # scratch: a byte for each entry
    STATUS = 13  # out: 0, or what a kernel returned for an error in the specification
    ERROR_TAG = 14  # out: the entry at which it was
    SEEN = 15  # properties whose first failure is known (in), or was found (out)
    DEADLOCKS = 16  # out: states without successors
    FIRST_DEADLOCK = 17  # out: the first of them, plus one
    SUCCESSORS = 18  # out: successors made
    ACCEPTED = 19  # out: new states within the constraint
    OWNER = 20  # the number of this worker among the owners
    CONTEXTS = 21  # the addresses of all contexts
    RECENT = 22  # fingerprints of successors made before, each where its lowest bits say


COUNTERS = 32
"""Where the counters begin."""


class TableField(enum.IntEnum):
    """The header of the visited set; the addresses of the shards follow."""

    BUCKETS = 0  # in every shard
    SEED = 1  # of the fingerprint
    ZERO = 2  # whether the key 0, which also means an empty slot, was inserted
    FULL = 3  # out: set when a shard had no free slot left, which must never happen
    SHARDS = 4


@dataclass(frozen=True)
class Shape:
    """What the engine has to know of a model's kernels.

    `max_successors` bounds what `successors` writes for one state. `exact` stores in the visited set the words that
    tell states apart. `masks` has for each word the bits that do; without any, all bits of all words do.
    """

    words: int
    max_successors: int
    actions: int
    properties: int
    step_invariants: bool = False
    symmetric: bool = False
    exact: bool = False
    masks: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.properties > MAX_PROPERTIES or self.max_successors >= 1 << POSITION_BITS:
            raise ValueError(f"at most {MAX_PROPERTIES} properties and {1 << POSITION_BITS} successors a state")
        if self.actions >= 1 << ACTION_BITS:
            raise ValueError(f"at most {1 << ACTION_BITS} actions")

    @cached_property
    def identity(self) -> tuple[tuple[int, int], ...]:
        """The words that tell states apart, by their numbers, each with a mask of the bits that do; at least one."""
        masks = self.masks or (WORD_MASK,) * self.words
        return tuple((word, mask) for word, mask in enumerate(masks) if mask) or ((0, 0),)

    @property
    def key_words(self) -> int:
        """Words of a slot in the visited set."""
        return len(self.identity) if self.exact else 1

    @property
    def entry_words(self) -> int:
        """Words of an entry: the state, its fingerprint, its tag."""
        return self.words + 2

    @property
    def is_exact(self) -> bool:
        """Whether different states never count as the same: fingerprints of one word are a permutation of it."""
        return self.exact or len(self.identity) == 1

    # Sections of counters in a context.

    @property
    def generated(self) -> int:
        return COUNTERS

    @property
    def enabled(self) -> int:
        return self.generated + self.actions

    @property
    def new(self) -> int:
        return self.enabled + self.actions

    @property
    def premises(self) -> int:
        return self.new + self.actions

    @property
    def failures(self) -> int:
        return self.premises + self.properties

    @property
    def first(self) -> int:
        """Tags of the first failures, one word a property."""
        return self.failures + self.properties

    @property
    def list_counts(self) -> int:
        """How many entries each owner has to insert."""
        return self.first + self.properties

    def context_words(self, workers: int) -> int:
        """Size of a context, in whole cache lines and one more."""
        return (self.list_counts + workers + 15) // 8 * 8

    # The parts of a batch, in bytes from its start.

    @property
    def batch_room(self) -> int:
        """Successors that fit into a batch: one is cut off only after the state that made it full."""
        return BATCH + self.max_successors

    @property
    def batch_bytes(self) -> int:
        """See `search_code._Batch`."""
        return (self.batch_room * (8 * self.words + 4 * 8 + 4 + 1) + 63) // 64 * 64

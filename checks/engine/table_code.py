"""Native code of the visited set: fingerprints, lookup, insertion, growth.

The set is split into shards by the top bits of the fingerprint. A shard is an array of buckets; a bucket has eight
slots whose keys lie side by side, so that one comparison of vectors looks at all of them. The home bucket of a
fingerprint is the high half of its product with the number of buckets: any number of buckets will do, and buckets are
ordered as fingerprints are, so growing a shard reads and writes memory from front to back. Buckets fill from the
left, and a full one overflows into the next.

A key is the fingerprint, or in exact mode the words that tell the state apart: then a bucket has eight first words,
eight second words, and so on. A key of zeros is what an empty slot holds; whether the set contains it is kept in the
header.
"""

from __future__ import annotations

from llvmlite import ir

from .builder import I8, I64, POINTER, VOID, Array, Function, Value, Variable
from .shape import BUCKET, SHARD_BITS, WORD_MASK, Shape, TableField

MULTIPLIERS = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
BUCKET_BYTES = BUCKET * 8
LANES = 4


def mix(value: Value) -> Value:
    """A permutation of 64-bit numbers in which every bit depends on every bit (the finaliser of SplitMix64)."""
    value = (value ^ (value >> 30)) * MULTIPLIERS[0]
    value = (value ^ (value >> 27)) * MULTIPLIERS[1]
    return value ^ (value >> 31)


class Identity:
    """The words that tell a state apart: without the bits of auxiliary fields under a view, else all of its words."""

    def __init__(self, shape: Shape, state: Array) -> None:
        self._words, self._state = shape.identity, state

    def __getitem__(self, index: int) -> Value:
        word, mask = self._words[index]
        value = self._state[word]
        return value if mask == WORD_MASK else value & mask


Key = Array | Identity
"""What the visited set compares."""


def fingerprint(f: Function, shape: Shape, words: Key, seed: Value) -> Value:
    """The fingerprint of the words that tell a state apart: never zero for several words, a permutation for one.

    Words are mixed one into the next, in up to four chains at once, which are mixed into each other at the end.
    """
    count = len(shape.identity)
    chains = [words[index] for index in range(min(LANES, count))]
    chains[0] = chains[0] ^ seed
    for index in range(LANES, count):
        chains[index % LANES] = mix(chains[index % LANES]) + words[index]
    result = chains[0]
    for chain in chains[1:]:
        result = mix(result) + chain
    result = mix(result)
    return result if shape.is_exact else f.select(result == 0, f.constant(1), result)


class Table:
    """The visited set as the function under construction sees it."""

    def __init__(self, f: Function, shape: Shape, header: Value) -> None:
        self.f, self.shape = f, shape
        self.header = f.array(header)
        self.buckets = self.header[TableField.BUCKETS]
        self.seed = self.header[TableField.SEED]
        self.shards = self.header + TableField.SHARDS
        self.bucket_bytes = BUCKET_BYTES * shape.key_words
        self.nowhere = f.scratch(BUCKET * shape.key_words)

    def fingerprint(self, state: Array) -> Value:
        return fingerprint(self.f, self.shape, Identity(self.shape, state), self.seed)

    def home(self, print_: Value) -> Value:
        """The address of the first bucket in which a fingerprint may be; also asks the processor to fetch it."""
        at = self.shards[print_ >> (64 - SHARD_BITS)] + home_number(print_, self.buckets) * self.bucket_bytes
        self._prefetch(at)
        return at

    def _prefetch(self, bucket: Value) -> None:
        lines = self.f.array(bucket)
        for plane in range(self.shape.key_words):
            (lines + plane * BUCKET).prefetch()

    def look_up(self, batch: Lookups, insert: bool) -> None:
        """Sets a flag for each key of a batch that is not in the set. With `insert` all are in it afterwards.

        What is decided in the home bucket is decided without jumps, which would be guessed wrong too often. Keys whose
        home is full are put off until the next bucket has been fetched. Equal keys are put off together and in order,
        so it is always the first of them that counts as new.
        """
        f = self.f
        late = f.variable(0)
        with f.count(batch.count) as index:
            key, home = batch.key(index), batch.homes[index]
            same, free = self._matches(key, home)
            put_off = ((same | free) == 0) | self._is_zero(key)
            fresh = (same == 0) & ~put_off
            batch.flags[index] = fresh.to(I8)
            batch.late[late.value] = index
            late.value += put_off.to(I64)
            self._prefetch(f.select(put_off, self._following(home, batch.prints[index]), home))
            if insert:
                slot = (f.array(home) + free.lowest_bit().to(I64)).address()
                self._write(key, f.select(fresh, slot, self.nowhere.address()))
        with f.count(late.value) as number:
            index = batch.late[number]
            fresh = self._look_further(batch.key(index), batch.prints[index], batch.homes[index], insert)
            batch.flags[index] = fresh.to(I8)

    def _matches(self, key: Key, bucket: Value) -> tuple[Value, Value]:
        """Masks of the slots that hold the key, and of those that are empty."""
        slots = self.f.array(bucket)
        same = free = self.f.constant((1 << BUCKET) - 1, I8)
        for plane in range(self.shape.key_words):
            lanes = (slots + plane * BUCKET).lanes(BUCKET)
            same = same & (lanes == key[plane].splat(BUCKET)).mask()
            free = free & (lanes == self.f.constant(0).splat(BUCKET)).mask()
        return same, free

    def _is_zero(self, key: Key) -> Value:
        union = key[0]
        for plane in range(1, self.shape.key_words):
            union = union | key[plane]
        return union == 0

    def _following(self, bucket: Value, print_: Value) -> Value:
        """The bucket after one; the first of the shard after its last."""
        start = self.shards[print_ >> (64 - SHARD_BITS)]
        following = bucket + self.bucket_bytes
        return self.f.select(following == start + self.buckets * self.bucket_bytes, start, following)

    def _write(self, key: Key, slot: Value) -> None:
        at = self.f.array(slot)
        for plane in range(self.shape.key_words):
            at[plane * BUCKET] = key[plane]

    def _look_further(self, key: Key, print_: Value, home: Value, insert: bool) -> Value:
        """Whether a key is not in the set, for the key zero and for keys whose home is full."""
        f = self.f
        fresh = f.variable(0)
        with f.choice(self._is_zero(key)) as (zero, other):
            with zero:
                fresh.value = self.header[TableField.ZERO] ^ 1
                if insert:
                    self.header[TableField.ZERO] = 1
            with other:
                self._probe(key, print_, home, insert, fresh)
        return fresh.value

    def _probe(self, key: Key, print_: Value, home: Value, insert: bool, fresh: Variable) -> None:
        f = self.f
        bucket, probed = f.variable(home), f.variable(0)
        with f.forever() as loop:
            probed.value += 1
            with f.when(probed.value > self.buckets, likely=False):
                self.header[TableField.FULL] = 1
            loop.leave_if(probed.value > self.buckets)
            bucket.value = self._following(bucket.value, print_)
            same, free = self._matches(key, bucket.value)
            with f.when((same == 0) & (free != 0)):
                fresh.value = 1
                if insert:
                    self._write(key, (f.array(bucket.value) + free.lowest_bit().to(I64)).address())
            loop.leave_if((same | free) != 0)


class Lookups:
    """States to be looked up together, their fingerprints and home buckets, and room for what comes of it."""

    def __init__(self, shape: Shape, words: Array, prints: Array, homes: Array, flags: Array, late: Array) -> None:
        self.shape, self.words, self.prints, self.homes = shape, words, prints, homes
        self.flags, self.late = flags, late
        self.count: Value | int = 0

    def key(self, index: Value) -> Key:
        if not self.shape.exact:
            return self.prints + index
        return Identity(self.shape, self.words + index * self.shape.words)


def home_number(print_: Value, buckets: Value) -> Value:
    """The number of the home bucket in its shard."""
    return (print_ << SHARD_BITS).high_product(buckets)


def add_table_kernels(module: ir.Module, shape: Shape) -> None:
    """Adds `engine_grow` and `engine_gap` to a module."""
    _add_grow(module, shape)
    _add_gap(module)


def _add_grow(module: ir.Module, shape: Shape) -> None:
    """`void engine_grow(i64* old, i64 old_buckets, i64* new, i64 buckets, i8* counts, i64 seed)`.

    Moves the keys of a shard to a larger one. `counts` has a byte for each new bucket, how many keys are in it; it and
    the new shard are zeros at first.
    """
    f = Function(module, "engine_grow", VOID, [POINTER, I64, POINTER, I64, POINTER, I64])
    old, new, buckets = f.array(f.argument(0)), f.array(f.argument(2)), f.argument(3)
    counts, seed = f.array(f.argument(4), I8), f.argument(5)
    key, size = f.scratch(shape.key_words), BUCKET * shape.key_words
    with f.count(f.argument(1)) as bucket, f.block() as filled, f.count(BUCKET) as slot:
        union = f.variable(0)
        for plane in range(shape.key_words):
            key[plane] = old[bucket * size + plane * BUCKET + slot]
            union.value |= key[plane]
        filled.leave_if(union.value == 0)
        number = f.variable(home_number(fingerprint(f, shape, key, seed) if shape.exact else key[0], buckets))
        with f.forever() as loop:
            loop.leave_if(counts[number.value] != BUCKET)
            following = number.value + 1
            number.value = f.select(following == buckets, f.constant(0), following)
        count = counts[number.value]
        for plane in range(shape.key_words):
            new[number.value * size + plane * BUCKET + count.to(I64)] = key[plane]
        counts[number.value] = count + 1
    f.give()


def _add_gap(module: ir.Module) -> None:
    """`i64 engine_gap(i64* shard, i64 slots)`: the smallest distance between two keys less than nine slots apart.

    Keys are nearly sorted, so this is nearly the smallest distance of all. The last bucket is left out.
    """
    f = Function(module, "engine_gap", I64, [POINTER, I64])
    shard, slots = f.array(f.argument(0)), f.argument(1)
    none = f.constant(0).splat(BUCKET)
    least = f.variable(~none, none.raw.type)
    with f.count(slots >> 3, start=1) as bucket:
        keys = shard + (bucket - 1) * BUCKET
        here = keys.lanes(BUCKET)
        for distance in range(1, BUCKET + 1):
            there = (keys + distance).lanes(BUCKET, aligned=False)
            there = f.select(there == none, here, there)
            # Two equal keys are an empty slot compared with another, or a key with itself: no distance at all.
            gap = (here - there).lower(there - here) - 1
            least.value = least.value.lower(f.select(here == none, ~none, gap))
    result, lanes = f.variable((1 << 64) - 1), least.value
    for lane in range(BUCKET):
        result.value = result.value.lower(lanes.lane(lane))
    f.give(result.value + 1)

"""Native code of the search: expanding a piece of the frontier, inserting what is new, settling and storing it.

One round of the search is four calls a worker, each on the worker's own context (see `shape.Field`):

1. `engine_expand` makes the successors of its states and writes those not in the visited set to its entries. With one
   worker it inserts them on the way, and the next call is left out.
2. `engine_insert` inserts, of the entries of all workers in order, those that belong to this worker's shards.
3. `engine_settle` drops the entries that lost to an equal one before them, and evaluates the properties of the others.
4. `engine_store` copies states into the next frontier and their parents into the arrays of parents.

Successors come in the order of the frontier and of the specification, and are inserted in that order, so that the
first of several equal ones wins whatever the number of workers. Under a view equal ones may differ in auxiliary
fields, and which of them stays is decided by that.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from .builder import I1, I8, I16, I32, I64, POINTER, VOID, Array, Function, Value
from .shape import ACTION_BITS, BATCH, POSITION_BITS, RECENT_BITS, SHARD_BITS, Field, Shape
from .table_code import Identity, Lookups, Table, add_table_kernels


def add_engine_kernels(module: ir.Module, shape: Shape) -> None:
    """Adds the kernels of the search to a module that has, or will be linked with, a model's kernels."""
    add_table_kernels(module, shape)
    _add_enter(module, shape)
    _Expand(module, shape).build()
    _Insert(module, shape).build()
    _add_settle(module, shape)
    _add_store(module, shape)


def kernel(module: ir.Module, name: str, returns: Any, parameters: list[Any]) -> ir.Function:
    """A kernel of the model: the module's own, or a declaration of one that is linked in."""
    known = module.globals.get(name)
    return known if known is not None else ir.Function(module, ir.FunctionType(returns, parameters), name)


def copy(f: Function, source: Array, target: Array, words: int) -> None:
    """Copies a state."""
    with f.count(words) as index:
        target[index] = source[index]


class _Batch(Lookups):
    """Successors on their way to the visited set: their words, tags and action numbers."""

    def __init__(self, f: Function, shape: Shape, base: Value) -> None:
        room = shape.batch_room
        words = f.array(base)
        self.tags = words + room * shape.words
        prints = self.tags + room
        homes = prints + room
        late = homes + room
        self.actions = (late + room).of(I32)
        super().__init__(shape, words, prints, homes, (self.actions + room).of(I8), late)

    def enter(self, table: Table, index: Value, print_: Value) -> None:
        """Notes the fingerprint of the state whose words are in place already."""
        self.prints[index] = print_
        self.homes[index] = table.home(print_)


class _Expand:
    """Builds `void engine_expand(i64* context)`."""

    def __init__(self, module: ir.Module, shape: Shape) -> None:
        self.shape = shape
        self.successors = kernel(module, "successors", I64, [POINTER, POINTER, POINTER])
        if shape.step_invariants:
            self.check_step = kernel(module, "check_step", I64, [POINTER, POINTER, POINTER])
        if shape.symmetric:
            self.canonicalise = kernel(module, "canonicalise", VOID, [POINTER])
        f = self.f = Function(module, "engine_expand", VOID, [POINTER])
        context = self.context = f.array(f.argument(0))
        self.table = Table(f, shape, context[Field.TABLE])
        self.states, self.entries = f.array(context[Field.STATES]), f.array(context[Field.ENTRIES])
        self.generated, self.enabled = context + shape.generated, context + shape.enabled
        self.fused, self.lists = context[Field.FUSED], f.array(context[Field.LISTS], I32)
        self.list_counts, self.owners = context + shape.list_counts, context[Field.OWNERS]
        self.capacity = context[Field.CAPACITY]
        self.recent = f.array(context[Field.RECENT])
        self.at, self.kept = f.variable(context[Field.BEGIN]), f.variable(0)
        self.filling = f.variable(context[Field.BATCHES])
        self.waiting = f.variable(context[Field.BATCHES] + shape.batch_bytes)
        self.filled, self.waited = f.variable(0), f.variable(0)
        self.made, self.deadlocks, self.first_deadlock = f.variable(0), f.variable(0), f.variable(0)
        self.status = f.variable(0)
        self.step_result = f.scratch(4)

    def build(self) -> None:
        f, context = self.f, self.context
        end = context[Field.END]
        room = self.capacity - self.shape.max_successors
        with f.forever() as loop:
            loop.leave_if(self.at.value >= end)
            loop.leave_if(self.kept.value + self.waited.value + self.filled.value > room)
            self._expand_state()
            loop.leave_if(self.status.value != 0)
            self.at.value += 1
            with f.when(self.filled.value >= BATCH):
                self._flush()
        # Twice: what was filled last waits after the first.
        self._flush()
        self._flush()
        for field, variable in (
            (Field.STOPPED, self.at),
            (Field.KEPT, self.kept),
            (Field.STATUS, self.status),
            (Field.DEADLOCKS, self.deadlocks),
            (Field.FIRST_DEADLOCK, self.first_deadlock),
            (Field.SUCCESSORS, self.made),
        ):
            context[field] = variable.value
        f.give()

    def _expand_state(self) -> None:
        f, shape = self.f, self.shape
        state = self.states + self.at.value * shape.words
        batch = _Batch(f, shape, self.filling.value)
        first = self.filled.value
        made = f.call(self.successors, state, batch.words + first * shape.words, batch.actions + first)
        with f.choice(made.is_negative(), likely=False) as (failed, fine):
            with failed:
                self.status.value = made
            with fine:
                self.made.value += made
                with f.when(made == 0, likely=False):
                    self.deadlocks.value += 1
                    with f.when(self.first_deadlock.value == 0):
                        self.first_deadlock.value = self.at.value + 1
                self._take_successors(state, batch, first, made)

    def _take_successors(self, state: Array, batch: _Batch, first: Value, made: Value) -> None:
        """Counts the successors of a state and keeps those that are told apart from it."""
        f, shape = self.f, self.shape
        base = self.at.value << (POSITION_BITS + ACTION_BITS)
        before, kept = f.variable((1 << 64) - 1), f.variable(first)
        with f.block() as steps, f.count(made) as position:
            successor = batch.words + (first + position) * shape.words
            action = batch.actions[first + position].to(I64)
            self.generated[action] += 1
            self.enabled[action] += (action != before.value).to(I64)
            before.value = action
            tag = base | (position << ACTION_BITS) | action
            if shape.step_invariants:
                self._check_step(state, successor, tag)
                steps.leave_if(self.status.value != 0)
            if shape.symmetric:
                f.call(self.canonicalise, successor)
            print_ = self.table.fingerprint(successor)
            differs = self._differ(successor, state)
            copy(f, successor, batch.words + kept.value * shape.words, shape.words)
            batch.tags[kept.value], batch.prints[kept.value] = tag, print_
            wanted = differs & ~self._is_recent(print_)
            kept.value += wanted.to(I64)
        self.filled.value = kept.value

    def _differ(self, one: Array, other: Array) -> Value:
        """Whether two states are told apart."""
        difference = self.f.constant(0)
        ours, theirs = Identity(self.shape, one), Identity(self.shape, other)
        for index in range(len(self.shape.identity)):
            difference = difference | (ours[index] ^ theirs[index])
        return difference != 0

    def _is_recent(self, print_: Value) -> Value:
        """Whether a successor with this fingerprint was made before, as far as is remembered; it is from now on."""
        if self.shape.exact:
            return self.f.constant(0, I1)
        number = print_ & ((1 << RECENT_BITS) - 1)
        before = self.recent[number]
        self.recent[number] = print_
        return (before == print_) & (print_ != 0)

    def _check_step(self, state: Array, successor: Array, tag: Value) -> None:
        """Evaluates the step invariants on one step."""
        f, result = self.f, self.step_result
        returned = f.call(self.check_step, state, successor, result)
        with f.choice(returned != 0, likely=False) as (failed, fine):
            with failed:
                self.status.value = returned
                self.context[Field.ERROR_TAG] = tag
            with fine:
                count_properties(f, self.shape, self.context, result[0], result[1], tag)

    def _flush(self) -> None:
        """Fingerprints the batch that is filled and looks up the one before it; then they change places."""
        f, shape, table = self.f, self.shape, self.table
        batch, waiting = _Batch(f, shape, self.filling.value), _Batch(f, shape, self.waiting.value)
        with f.count(self.filled.value) as index:
            batch.homes[index] = table.home(batch.prints[index])
        waiting.count = self.waited.value
        with f.choice(self.fused != 0) as (insert, only_look):
            with insert:
                table.look_up(waiting, insert=True)
                self._keep(waiting, listed=False)
            with only_look:
                table.look_up(waiting, insert=False)
                self._keep(waiting, listed=True)
        filling = self.filling.value
        self.filling.value, self.waiting.value = self.waiting.value, filling
        self.waited.value = self.filled.value
        self.filled.value = 0

    def _keep(self, batch: _Batch, listed: bool) -> None:
        """Appends to the entries what the visited set does not have, and lists it for the worker that inserts it."""
        f, shape = self.f, self.shape
        with f.count(batch.count) as index:
            number, print_, fresh = self.kept.value, batch.prints[index], batch.flags[index].to(I64)
            entry = self.entries + number * shape.entry_words
            copy(f, batch.words + index * shape.words, entry, shape.words)
            entry[shape.words] = print_
            entry[shape.words + 1] = batch.tags[index]
            if listed:
                owner = ((print_ >> (64 - SHARD_BITS)) * self.owners) >> SHARD_BITS
                length = self.list_counts[owner]
                self.lists[owner * self.capacity + length] = number.to(I32)
                self.list_counts[owner] = length + fresh
            self.kept.value = number + fresh


def count_properties(f: Function, shape: Shape, context: Array, hits: Value, premises: Value, tag: Value) -> None:
    """Counts failures and premises of properties, given as masks, and notes the tag of each one's first failure."""
    if not shape.properties:
        return
    with f.count(shape.properties) as index:
        (context + shape.premises)[index] += (premises >> index) & 1
        (context + shape.failures)[index] += (hits >> index) & 1
    with f.when((hits & ~context[Field.SEEN]) != 0, likely=False), f.count(shape.properties) as index:
        is_first = ((hits & ~context[Field.SEEN]) >> index) & 1
        with f.when(is_first != 0):
            (context + shape.first)[index] = tag
            context[Field.SEEN] |= f.constant(1) << index


def _add_enter(module: ir.Module, shape: Shape) -> None:
    """Builds `void engine_enter(i64* context, i64* states, i64 count)`: makes new initial states the entries.

    The tag of an entry has the number of the state where others have the parent.
    """
    f = Function(module, "engine_enter", VOID, [POINTER, POINTER, I64])
    context, states = f.array(f.argument(0)), f.array(f.argument(1))
    table = Table(f, shape, context[Field.TABLE])
    batch = _Batch(f, shape, context[Field.BATCHES])
    batch.count = 1
    entries, kept, zero = f.array(context[Field.ENTRIES]), f.variable(0), f.constant(0)
    with f.count(f.argument(2)) as index:
        state = states + index * shape.words
        if shape.symmetric:
            f.call(kernel(module, "canonicalise", VOID, [POINTER]), state)
        copy(f, state, batch.words, shape.words)
        batch.enter(table, zero, table.fingerprint(state))
        table.look_up(batch, insert=True)
        entry = entries + kept.value * shape.entry_words
        copy(f, state, entry, shape.words)
        entry[shape.words] = batch.prints[0]
        entry[shape.words + 1] = index << (POSITION_BITS + ACTION_BITS)
        kept.value += batch.flags[0].to(I64)
    context[Field.KEPT] = kept.value
    f.give()


class _Insert:
    """Builds `void engine_insert(i64* context)`.

    Of the entries that all workers list for this one, in the order of the workers, those that were inserted stay
    listed.
    """

    def __init__(self, module: ir.Module, shape: Shape) -> None:
        self.shape = shape
        f = self.f = Function(module, "engine_insert", VOID, [POINTER])
        context = self.context = f.array(f.argument(0))
        self.table = Table(f, shape, context[Field.TABLE])
        base = context[Field.BATCHES]
        self.filling, self.waiting = f.variable(base), f.variable(base + shape.batch_bytes)

    def build(self) -> None:
        f, context = self.f, self.context
        contexts = f.array(context[Field.CONTEXTS])
        with f.count(context[Field.OWNERS]) as number:
            self._insert_from(f.array(contexts[number]))
        f.give()

    def _insert_from(self, other: Array) -> None:
        """Inserts what one worker lists; a batch is prefetched while the one before it is inserted."""
        f, shape, owner = self.f, self.shape, self.context[Field.OWNER]
        entries, counts = f.array(other[Field.ENTRIES]), other + shape.list_counts
        listed = f.array(other[Field.LISTS], I32) + owner * other[Field.CAPACITY]
        count, kept, at = counts[owner], f.variable(0), f.variable(0)
        waited_from, waited = f.variable(0), f.variable(0)
        with f.forever() as loop:
            left = count - at.value
            filled = f.select(left < BATCH, left, f.constant(BATCH))
            loop.leave_if((filled | waited.value) == 0)
            batch, waiting = _Batch(f, shape, self.filling.value), _Batch(f, shape, self.waiting.value)
            with f.count(filled) as index:
                entry = entries + listed[at.value + index].to(I64) * shape.entry_words
                if shape.exact:
                    copy(f, entry, batch.words + index * shape.words, shape.words)
                batch.enter(self.table, index, entry[shape.words])
            waiting.count = waited.value
            self.table.look_up(waiting, insert=True)
            with f.count(waited.value) as index:
                listed[kept.value] = listed[waited_from.value + index]
                kept.value += waiting.flags[index].to(I64)
            filling = self.filling.value
            self.filling.value, self.waiting.value = self.waiting.value, filling
            waited_from.value, waited.value = at.value, filled
            at.value += filled
        counts[owner] = kept.value


def _add_settle(module: ir.Module, shape: Shape) -> None:
    """Builds `void engine_settle(i64* context)`: keeps the new states, evaluates their properties, counts them."""
    check = kernel(module, "check", I64, [POINTER, POINTER])
    f = Function(module, "engine_settle", VOID, [POINTER])
    context = f.array(f.argument(0))
    entries, new = f.array(context[Field.ENTRIES]), context + shape.new
    size = shape.entry_words
    with f.when(context[Field.FUSED] == 0):
        _drop_losers(f, shape, context, entries)
    accepted, status, result = f.variable(0), f.variable(0), f.scratch(4)
    with f.block() as all_entries, f.count(context[Field.KEPT]) as index:
        entry = entries + index * size
        tag = entry[shape.words + 1]
        returned = f.call(check, entry, result)
        with f.when(returned != 0, likely=False):
            status.value = returned
            context[Field.ERROR_TAG] = tag
        all_entries.leave_if(status.value != 0)
        count_properties(f, shape, context, result[0] | result[2], result[1], tag)
        inside = result[3]
        new[tag & ((1 << ACTION_BITS) - 1)] += inside
        target = entries + accepted.value * size
        copy(f, entry, target, shape.words)
        target[shape.words + 1] = tag
        accepted.value += inside
    context[Field.ACCEPTED] = accepted.value
    context[Field.STATUS] = status.value
    f.give()


def _drop_losers(f: Function, shape: Shape, context: Array, entries: Array) -> None:
    """Moves the entries that are still listed together, in their order."""
    flags, capacity = f.array(context[Field.FLAGS], I8), context[Field.CAPACITY]
    with f.count(context[Field.KEPT]) as index:
        flags[index] = 0
    with f.count(context[Field.OWNERS]) as owner:
        listed = f.array(context[Field.LISTS], I32) + owner * capacity
        with f.count((context + shape.list_counts)[owner]) as index:
            flags[listed[index].to(I64)] = 1
    kept = f.variable(0)
    with f.count(context[Field.KEPT]) as index:
        copy(f, entries + index * shape.entry_words, entries + kept.value * shape.entry_words, shape.entry_words)
        kept.value += flags[index].to(I64)
    context[Field.KEPT] = kept.value


def _add_store(module: ir.Module, shape: Shape) -> None:
    """Builds `void engine_store(entries, count, states, parents, positions, parent_base)`.

    Copies entries to the next frontier (words), the 32-bit numbers of their parents in the level, and the positions,
    of 16 or 32 bits, among the successors of the parent.
    """
    f = Function(module, "engine_store", VOID, [POINTER, I64, POINTER, POINTER, POINTER, I64])
    entries, states = f.array(f.argument(0)), f.array(f.argument(2))
    parents = f.array(f.argument(3), I32)
    kind = I16 if shape.max_successors < 1 << 16 else I32
    positions = f.array(f.argument(4), kind)
    with f.count(f.argument(1)) as index:
        entry = entries + index * shape.entry_words
        copy(f, entry, states + index * shape.words, shape.words)
        tag = entry[shape.words + 1]
        parents[index] = ((tag >> (POSITION_BITS + ACTION_BITS)) + f.argument(5)).to(I32)
        positions[index] = ((tag >> ACTION_BITS) & ((1 << POSITION_BITS) - 1)).to(kind)
    f.give()

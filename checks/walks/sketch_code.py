"""Native code of the sample of visited states: a table of fingerprints, each with the number of walks that met it.

A slot has three words: the fingerprint (0 when it is empty), how many walks met it, and the last of them. Fingerprints
are looked for from the slot that their lowest bits say, to the right.
"""

from __future__ import annotations

from llvmlite import ir

from ..engine.builder import I64, POINTER, VOID, Array, Function, Value

SLOT = 3


def add_sketch(module: ir.Module) -> None:
    """Adds `sketch_add` and `sketch_thin` to a module."""
    _add_add(module)
    _add_thin(module)


def _slot(f: Function, slots: Array, mask: Value, print_: Value) -> Array:
    """The slot that has a fingerprint, or that it belongs into."""
    at = f.variable(print_ & mask)
    with f.forever() as loop:
        found = slots[at.value * SLOT]
        loop.leave_if((found == print_) | (found == 0))
        at.value = (at.value + 1) & mask
    return slots + at.value * SLOT


def _add_add(module: ir.Module) -> None:
    """`i64 sketch_add(i64* slots, i64 mask, i64* used, i64* rows, i64 begin, i64 end, i64 limit, i64 room)`.

    Adds rows (fingerprint, walk) whose fingerprint is below the limit, until `room` slots are used and another one is
    needed. Returns the number of the first row that was not added. The rows of a walk follow each other.
    """
    f = Function(module, "sketch_add", I64, [POINTER, I64, POINTER, POINTER, I64, I64, I64, I64])
    slots, mask, used, rows = f.array(f.argument(0)), f.argument(1), f.array(f.argument(2)), f.array(f.argument(3))
    end, limit, room = (f.argument(number) for number in (5, 6, 7))
    at = f.variable(f.argument(4))
    with f.forever() as loop:
        loop.leave_if(at.value >= end)
        row = rows + (at.value << 1)
        print_, walk = row[0], row[1]
        full = f.variable(0)
        with f.when(print_ < limit):
            slot = _slot(f, slots, mask, print_)
            is_new = slot[0] == 0
            full.value = (is_new & (used[0] >= room)).to(I64)
            with f.when((full.value == 0) & (is_new | (slot[2] != walk))):
                slot[0], slot[1], slot[2] = print_, slot[1] + 1, walk
                used[0] += is_new.to(I64)
        loop.leave_if(full.value != 0)
        at.value += 1
    f.give(at.value)


def _add_thin(module: ir.Module) -> None:
    """`void sketch_thin(i64* old, i64* new, i64 mask, i64* used, i64 limit)`.

    Copies the slots whose fingerprint is below the limit into a table that is empty, and counts them.
    """
    f = Function(module, "sketch_thin", VOID, [POINTER, POINTER, I64, POINTER, I64])
    old, new, mask, used = f.array(f.argument(0)), f.array(f.argument(1)), f.argument(2), f.array(f.argument(3))
    used[0] = 0
    with f.count(mask + 1) as number:
        slot = old + number * SLOT
        print_ = slot[0]
        with f.when((print_ != 0) & (print_ < f.argument(4))):
            target = _slot(f, new, mask, print_)
            target[0], target[1], target[2] = print_, slot[1], slot[2]
            used[0] += 1
    f.give()

"""Sets, sequences and bags of symbolic values: what can be asked of them, and what can be made of them.

Functions that make a larger collection take `full`, which is told under which condition there was no room.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from ...model.lang import types
from . import terms
from .comparison import precedes, same_value
from .terms import Bool, Int, add, at_most, conjunction, disjunction, equal, if_int, less, negation
from .values import Lazy, Mask, Slots, Value, all_values, constant, is_mask, merge

Collection = types.Set | types.Seq | types.Bag
Full = Callable[[Bool], None]
#: An element, and whether it is there.
Element = tuple[Bool, Value]


@lru_cache(maxsize=4096)
def constants(kind: types.Type) -> Sequence[Value]:
    """The trees of all values of a type, in canonical order."""
    return [constant(kind, value) for value in all_values(kind).values()]


def matches(kind: types.Type, value: Value) -> list[tuple[int, Bool]]:
    """The positions that a value may have among all of its type, each with the condition that it has it."""
    found: list[tuple[int, Bool]] = []
    for rank, known in enumerate(constants(kind)):
        test = same_value(kind, value, known)
        if test is not False:
            found.append((rank, test))
        if test is True:
            break
    # A value that is computed where it counts for nothing may have no rank.
    return found or [(0, True)]


def select(items: Sequence[Value], index: Int) -> Value:
    """The item at an index; any item when the index is outside."""
    first, last = max(terms.low(index), 0), min(terms.high(index), len(items) - 1)
    if last < first:
        return items[len(items) - 1] if len(items) else None
    result = items[last]
    for at in reversed(range(first, last)):
        result = merge(equal(index, at), items[at], result)
    return result


def empty(kind: Collection) -> Value:
    """A collection without elements."""
    return Mask([False] * len(all_values(kind.element))) if is_mask(kind) else Slots(0, [])


def elements(kind: Collection, value: Value) -> list[Element]:
    """The elements that a collection may have, in its order."""
    if is_mask(kind):
        pairs = zip(value.bits, constants(kind.element), strict=True)
        return [(bit, item) for bit, item in pairs if bit is not False]
    most = min(terms.high(value.length), len(value.items))
    return [(less(at, value.length), value.items[at]) for at in range(most)]


def positions(found: Sequence[Element]) -> list[Int]:
    """Where each element is among those that are there."""
    result: list[Int] = [0]
    for present, _ in found:
        result.append(add(result[-1], if_int(present, 1, 0)))
    return result[:-1]


def size(kind: Collection, value: Value) -> Int:
    """The number of elements."""
    length: Int = terms.count(value.bits) if is_mask(kind) else value.length
    return length


def contains(kind: Collection, value: Value, item: Value) -> Bool:
    """Whether an element is there."""
    if is_mask(kind):
        return disjunction(*(conjunction(test, value.bits[rank]) for rank, test in matches(kind.element, item)))
    return disjunction(*_same(kind, value, item))


def _same(kind: Collection, value: Value, item: Value) -> list[Bool]:
    """For each slot whether it holds an element that equals the item."""
    return [conjunction(there, same_value(kind.element, known, item)) for there, known in elements(kind, value)]


def occurrences(kind: Collection, value: Value, item: Value) -> Int:
    """How many copies of an element there are."""
    return terms.count(_same(kind, value, item))


def insert(kind: Collection, value: Value, item: Value, when: Bool, full: Full) -> Value:
    """The collection with one more element, when a condition holds."""
    if is_mask(kind):
        assert isinstance(kind, types.Set)
        bits = list(value.bits)
        for rank, test in matches(kind.element, item):
            bits[rank] = disjunction(bits[rank], conjunction(when, test))
        return checked_mask(kind, Mask(bits), full)
    if isinstance(kind, types.Seq):
        return append(value, item, when, kind.size, full)
    if isinstance(kind, types.Set):
        when = conjunction(when, negation(contains(kind, value, item)))
    return insert_before(value, item, when, kind.capacity, lambda known: precedes(kind.element, item, known), full)


def checked_mask(kind: types.Set, value: Mask, full: Full) -> Mask:
    """The same mask; full when it has more elements than the type allows."""
    if kind.size is not None and kind.size < kind.element.count:
        full(less(kind.size, terms.count(value.bits)))
    return value


def append(value: Slots, item: Value, when: Bool, capacity: int, full: Full) -> Slots:
    """A sequence with one more element at its end."""
    items, length = value.items, value.length

    def part(at: int) -> Value:
        here = conjunction(when, equal(length, at))
        return merge(here, item, items[at] if at < len(items) else None)

    room = min(max(len(items), terms.high(length) + 1), capacity)
    return Slots(_longer(length, when, capacity, full), Lazy(room, part))


def _longer(length: Int, when: Bool, capacity: int, full: Full) -> Int:
    full(conjunction(when, at_most(capacity, length)))
    return terms.narrowed(if_int(when, add(length, 1), length), 0, capacity)


def insert_before(
    value: Slots, item: Value, when: Bool, capacity: int, smaller: Callable[[Value], Bool], full: Full
) -> Slots:
    """Sorted slots with one more element, before the first that it is `smaller` than."""
    items, length = value.items, value.length
    before: list[Bool] = [disjunction(at_most(length, at), smaller(known)) for at, known in enumerate(items)]
    before.append(True)

    def part(at: int) -> Value:
        moved = item if at == 0 else merge(before[at - 1], items[at - 1], item)
        return merge(conjunction(when, before[at]), moved, items[at] if at < len(items) else None)

    room = min(len(items) + 1, capacity)
    return Slots(_longer(length, when, capacity, full), Lazy(room, part))


def remove(kind: Collection, value: Value, item: Value) -> tuple[Value, Bool]:
    """The collection without one copy of an element, and whether there was one."""
    if is_mask(kind):
        bits = list(value.bits)
        found: Bool = False
        for rank, test in matches(kind.element, item):
            found = disjunction(found, conjunction(test, bits[rank]))
            bits[rank] = conjunction(bits[rank], negation(test))
        return Mask(bits), found
    seen: list[Bool] = [False]
    for here in _same(kind, value, item):
        seen.append(disjunction(seen[-1], here))
    return _without(value, seen[1:]), seen[-1]


def remove_at(value: Slots, position: Int) -> Slots:
    """A sequence without the element at a position that it has."""
    most = min(terms.high(value.length), len(value.items))
    gone = _without(value, [at_most(position, at) for at in range(most)])
    return Slots(terms.narrowed(terms.subtract(value.length, 1), 0, max(most - 1, 0)), gone.items)


def _without(value: Slots, moved: Sequence[Bool]) -> Slots:
    """Slots from which one element is taken: those that are `moved` take the next one's."""
    items, length = value.items, value.length

    def part(at: int) -> Value:
        return merge(moved[at], items[at + 1] if at + 1 < len(moved) else None, items[at])

    gone = moved[-1] if moved else False
    shorter = if_int(gone, terms.subtract(length, 1), length)
    return Slots(terms.narrowed(shorter, 0, len(moved)), Lazy(len(moved), part))


def with_item(value: Slots, position: Int, item: Value) -> Slots:
    """A sequence with the element at a position replaced."""
    return Slots(value.length, Lazy(len(value.items), lambda at: merge(equal(position, at), item, value.items[at])))


def truncate(value: Slots, length: Int) -> Slots:
    """The first elements of a sequence."""
    length = terms.narrowed(length, 0, min(terms.high(value.length), len(value.items)))
    return Slots(length, value.items)


def sliced(value: Slots, start: Int, stop: Int, capacity: int) -> Slots:
    """The elements from a position to another one, both within the sequence."""
    wanted = terms.subtract(stop, start)
    length = terms.narrowed(if_int(less(wanted, 0), 0, wanted), 0, min(capacity, len(value.items)))
    return Slots(length, Lazy(terms.high(length), lambda at: select(value.items, add(start, at))))


def concatenated(left: Slots, right: Slots, capacity: int, full: Full) -> Slots:
    """One sequence after the other."""
    length = add(left.length, right.length)
    full(less(capacity, length))
    length = terms.narrowed(length, 0, capacity)

    def part(at: int) -> Value:
        from_left = left.items[at] if at < len(left.items) else None
        from_right = select(right.items, terms.subtract(at, left.length)) if right.items else None
        return merge(less(at, left.length), from_left, from_right)

    return Slots(length, Lazy(terms.high(length), part))


def subset(kind: types.Set, left: Value, right: Value) -> Bool:
    """Whether every element of a set is in another one."""
    if is_mask(kind):
        pairs = zip(left.bits, right.bits, strict=True)
        return conjunction(*(disjunction(negation(mine), other) for mine, other in pairs))
    found = elements(kind, left)
    return conjunction(*(disjunction(negation(there), contains(kind, right, item)) for there, item in found))


_BITS: dict[str, Callable[[Bool, Bool], Bool]] = {
    "|": disjunction,
    "&": conjunction,
    "-": lambda left, right: conjunction(left, negation(right)),
    "^": lambda left, right: negation(terms.same(left, right)),
}


def set_operation(op: str, kind: types.Set, left: Value, right: Value, full: Full) -> Value:
    """`| & - ^` on two sets of a type."""
    if is_mask(kind):
        made = Mask([_BITS[op](mine, other) for mine, other in zip(left.bits, right.bits, strict=True)])
        return checked_mask(kind, made, full)
    kept: list[Element] = []
    for there, item in elements(kind, left):
        other = contains(kind, right, item) if op != "|" else False
        kept.append((conjunction(there, other if op == "&" else negation(other)), item))
    result: Value = left if op == "|" else _compacted(kept, kind.capacity)
    if op in "|^":
        for there, item in elements(kind, right):
            wanted = conjunction(there, negation(contains(kind, left, item)))
            result = insert(kind, result, item, wanted, full)
    return result


def _compacted(found: Sequence[Element], capacity: int) -> Slots:
    """The elements that are there, in their order. There is room for all of them."""
    result = Slots(0, [])
    for there, item in found:
        result = append(result, item, there, capacity, lambda _: None)
    return result


def sorted_numbers(found: Sequence[Element], reverse: bool, capacity: int, full: Full) -> Slots:
    """Integers in ascending or descending order."""
    result = Slots(0, [])
    for there, number in found:

        def smaller(known: Any, number: Any = number) -> Bool:
            return less(known, number) if reverse else less(number, known)

        result = insert_before(result, number, there, capacity, smaller, full)
    return result


def resized(value: Slots, capacity: int, full: Full) -> Slots:
    """The same slots as a collection of another size."""
    full(less(capacity, value.length))
    return Slots(terms.narrowed(value.length, 0, capacity), value.items)

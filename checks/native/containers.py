"""Sets, sequences and bags: what they have in common, whichever way their elements are stored.

A set is a mask, with the bit of an element at its rank, or slots; sequences and bags are slots. A collection is read
as a register and changed in a variable; elements come and go as registers.
"""

from __future__ import annotations

from collections.abc import Callable

from ...model.lang import types
from .codes import Collection, capacity, in_memory, is_empty, is_slots, width
from .emitter import Code, Value, number
from .memory_slots import MemorySlots
from .ranks import rank_of, to_code
from .registers import I1, I64, register_type
from .slots import Slots, WordSlots


def slots_of(kind: types.Type) -> Slots:
    """The geometry of a Seq, Bag, or Set in slots."""
    assert isinstance(kind, (types.Set, types.Seq, types.Bag))
    ordered = not isinstance(kind, types.Seq)
    if is_empty(kind):
        return WordSlots(0, 0, 1, ordered)
    made = MemorySlots if in_memory(kind) else WordSlots
    return made(kind.size or 0, width(kind.element), max(1, width(kind)), ordered)


def empty(code: Code, kind: Collection) -> Value:
    """A variable with the empty collection."""
    variable = code.variable(register_type(kind))
    code.clear(variable)
    return variable


def copied(code: Code, kind: Collection, whole: Value) -> Value:
    """A variable with a collection."""
    variable = code.variable(register_type(kind))
    code.store(whole, variable)
    return variable


def size_of(code: Code, kind: Collection, whole: Value) -> Value:
    """The number of elements, as i64."""
    if is_slots(kind):
        return slots_of(kind).length(code, whole)
    known = code.builder.ctpop(whole) if whole.type.width > 1 else whole
    return code.resize(known, I64)


def bit_of(code: Code, kind: types.Set, item: Value) -> Value:
    """The mask that has only one element."""
    return code.shl(number(1, register_type(kind)), rank_of(code, kind.element, item))


def contains(code: Code, kind: Collection, whole: Value, item: Value) -> Value:
    """Whether an element is there, as i1."""
    if is_empty(kind):
        return number(0, I1)
    if is_slots(kind):
        return slots_of(kind).contains(code, whole, to_code(code, kind.element, item))
    assert isinstance(kind, types.Set)
    found = code.lshr(whole, rank_of(code, kind.element, item))
    return code.resize(found, I1)


def insert(code: Code, kind: Collection, variable: Value, item: Value) -> None:
    """One more element, at the end of a sequence. Fails when it does not fit."""
    if is_slots(kind):
        found = to_code(code, kind.element, item)
        if isinstance(kind, types.Seq):
            slots_of(kind).append(code, variable, found)
        else:
            slots_of(kind).insert(code, variable, found, unique=isinstance(kind, types.Set))
        return
    assert isinstance(kind, types.Set)
    code.store(checked_mask(code, kind, code.or_(code.load(variable), bit_of(code, kind, item))), variable)


def checked_mask(code: Code, kind: types.Set, whole: Value) -> Value:
    """The mask itself. Fails when it has more elements than the set may have."""
    if capacity(kind) < kind.element.count:
        code.fail_if(code.compare(">", size_of(code, kind, whole), number(capacity(kind))))
    return whole


def discard(code: Code, kind: types.Set | types.Bag, variable: Value, item: Value, *, strict: bool) -> None:
    """One copy of an element less. When it is not there: no change, or a failure if `strict`."""
    if is_empty(kind):
        code.fail_if(number(int(strict), I1))
    elif is_slots(kind):
        slots_of(kind).discard(code, variable, to_code(code, kind.element, item), strict=strict)
    else:
        assert isinstance(kind, types.Set)
        whole, bit = code.load(variable), bit_of(code, kind, item)
        if strict:
            code.fail_if(code.compare("==", code.and_(whole, bit), number(0, whole.type)))
        code.store(code.and_(whole, code.invert(bit)), variable)


def occurrences(code: Code, kind: Collection, whole: Value, item: Value) -> Value:
    """How many copies of an element there are, as i64."""
    if is_slots(kind) and not is_empty(kind):
        return slots_of(kind).occurrences(code, whole, to_code(code, kind.element, item))
    return code.resize(contains(code, kind, whole, item), I64)


def combine(code: Code, kind: types.Set, op: str, left: Value, right: Value) -> Value:
    """`| & - ^` of two sets of one type, in slots all but `|` (`add_all`). Fails when the result does not fit."""
    if is_empty(kind):
        return left
    if not is_slots(kind):
        match op:
            case "&":
                return code.and_(left, right)
            case "-":
                return code.and_(left, code.invert(right))
            case "|":
                return checked_mask(code, kind, code.or_(left, right))
        return checked_mask(code, kind, code.xor(left, right))
    geometry = slots_of(kind)
    result = empty(code, kind)

    def those_of(source: Value, other: Value, wanted: bool, add: Callable[[Value], None]) -> None:
        with code.counted(geometry.length(code, source)) as loop:
            found = geometry.slot(code, source, loop.index)
            keep = code.block("keep")
            there = geometry.contains(code, other, found)
            code.branch(there, *((keep, loop.next) if wanted else (loop.next, keep)))
            code.at(keep)
            add(found)

    # What is left of a sorted collection is sorted.
    those_of(left, right, op == "&", lambda found: geometry.append(code, result, found))
    if op == "^":
        those_of(right, left, False, lambda found: geometry.insert(code, result, found, unique=True))
    return code.final(result)


def add_all(code: Code, kind: types.Set, variable: Value, whole: Value) -> None:
    """All elements of another set in slots. Fails when they do not fit."""
    geometry = slots_of(kind)
    with code.counted(geometry.length(code, whole)) as loop:
        geometry.insert(code, variable, geometry.slot(code, whole, loop.index), unique=True)


def subset(code: Code, kind: types.Set, left: Value, right: Value) -> Value:
    """Whether every element of one set is in another of the same type, as i1."""
    if is_empty(kind):
        return number(1, I1)
    if not is_slots(kind):
        return code.compare("==", code.and_(left, code.invert(right)), number(0, left.type))
    common = code.variable(I64)
    code.store(number(0), common)
    geometry = slots_of(kind)
    count = geometry.length(code, left)
    with code.counted(count) as loop:
        there = geometry.contains(code, right, geometry.slot(code, left, loop.index))
        code.store(code.add(code.load(common), code.resize(there, I64)), common)
    return code.compare("==", code.load(common), count)


def fitted(code: Code, source: Collection, target: Collection, whole: Value) -> Value:
    """The same elements in a collection in slots of another size or kind, in which their order is the same."""
    given, wanted = slots_of(source), slots_of(target)
    if isinstance(given, WordSlots) and isinstance(wanted, WordSlots):
        return wanted.fitted(code, given, whole)
    result = empty(code, target)
    wanted.extend(code, result, given, whole)
    return code.final(result)

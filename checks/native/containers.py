"""Sets, sequences and bags: what they have in common, whichever way their elements are stored.

A set is a mask, with the bit of an element at its rank, or slots; sequences and bags are slots. Elements come and go
as registers.
"""

from __future__ import annotations

from ...model.lang import types
from . import slots
from .codes import Collection, capacity, is_empty
from .emitter import Code, Value, number
from .ranks import from_code, rank_of, to_code
from .registers import I1, I64, code_type
from .slots import Slots, is_slots


def empty(kind: Collection) -> Value:
    """The empty collection."""
    return number(0, code_type(kind))


def size_of(code: Code, kind: Collection, whole: Value) -> Value:
    """The number of elements, as i64."""
    if is_slots(kind):
        return slots.length(code, Slots.of(kind), whole)
    known = code.builder.ctpop(whole) if whole.type.width > 1 else whole
    return code.resize(known, I64)


def bit_of(code: Code, kind: types.Set, item: Value) -> Value:
    """The mask that has only one element."""
    return code.shl(number(1, code_type(kind)), rank_of(code, kind.element, item))


def contains(code: Code, kind: Collection, whole: Value, item: Value) -> Value:
    """Whether an element is there, as i1."""
    if is_empty(kind):
        return number(0, I1)
    if is_slots(kind):
        return slots.contains(code, Slots.of(kind), whole, to_code(code, kind.element, item))
    assert isinstance(kind, types.Set)
    found = code.lshr(whole, rank_of(code, kind.element, item))
    return code.resize(found, I1)


def insert(code: Code, kind: Collection, whole: Value, item: Value) -> Value:
    """With one more element, at the end of a sequence. Fails when it does not fit."""
    if is_slots(kind):
        found = to_code(code, kind.element, item)
        if isinstance(kind, types.Seq):
            return slots.append(code, Slots.of(kind), whole, found)
        return slots.insert(code, Slots.of(kind), whole, found, unique=isinstance(kind, types.Set))
    assert isinstance(kind, types.Set)
    return checked_mask(code, kind, code.or_(whole, bit_of(code, kind, item)))


def checked_mask(code: Code, kind: types.Set, whole: Value) -> Value:
    """The mask itself. Fails when it has more elements than the set may have."""
    if capacity(kind) < kind.element.count:
        code.fail_if(code.compare(">", size_of(code, kind, whole), number(capacity(kind))))
    return whole


def remove(code: Code, kind: types.Set | types.Bag, whole: Value, item: Value, *, strict: bool) -> Value:
    """Without one copy of an element. When it is not there: the same, or a failure if `strict`."""
    if is_empty(kind):
        code.fail_if(number(int(strict), I1))
        return whole
    if is_slots(kind):
        geometry = Slots.of(kind)
        position, equal = slots.locate(code, geometry, whole, to_code(code, kind.element, item))
        absent = code.compare("==", equal, number(0))
        if strict:
            code.fail_if(absent)
            return slots.remove(code, geometry, whole, position)
        return code.choice_of(absent, lambda: whole, lambda: slots.remove(code, geometry, whole, position))
    assert isinstance(kind, types.Set)
    bit = bit_of(code, kind, item)
    if strict:
        code.fail_if(code.compare("==", code.and_(whole, bit), empty(kind)))
    return code.and_(whole, code.invert(bit))


def occurrences(code: Code, kind: Collection, whole: Value, item: Value) -> Value:
    """How many copies of an element there are, as i64."""
    if is_slots(kind) and not is_empty(kind):
        return slots.occurrences(code, Slots.of(kind), whole, to_code(code, kind.element, item))
    return code.resize(contains(code, kind, whole, item), I64)


def combine(code: Code, kind: types.Set, op: str, left: Value, right: Value) -> Value:
    """`| & - ^` of two sets of one type. Fails when the result does not fit."""
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
    result = code.variable(left.type)
    code.store(left if op == "|" else empty(kind), result)

    def add_from(source: Value, other: Value | None, wanted: bool) -> None:
        geometry = Slots.of(kind)
        with code.counted(slots.length(code, geometry, source)) as loop:
            found = slots.slot(code, geometry, source, loop.index)
            if other is not None:
                keep = code.block("keep")
                there = slots.contains(code, geometry, other, found)
                code.branch(there, *((keep, loop.next) if wanted else (loop.next, keep)))
                code.at(keep)
            item = from_code(code, kind.element, found)
            code.store(insert(code, kind, code.load(result), item), result)

    if op == "|":
        add_from(right, None, True)
    else:
        add_from(left, right, op == "&")
    if op == "^":
        add_from(right, left, False)
    return code.load(result)


def subset(code: Code, kind: types.Set, left: Value, right: Value) -> Value:
    """Whether every element of one set is in another of the same type, as i1."""
    if is_empty(kind):
        return number(1, I1)
    if not is_slots(kind):
        return code.compare("==", code.and_(left, code.invert(right)), empty(kind))
    common = code.variable(I64)
    code.store(number(0), common)
    geometry = Slots.of(kind)
    count = slots.length(code, geometry, left)
    with code.counted(count) as loop:
        there = slots.contains(code, geometry, right, slots.slot(code, geometry, left, loop.index))
        code.store(code.add(code.load(common), code.resize(there, I64)), common)
    return code.compare("==", code.load(common), count)

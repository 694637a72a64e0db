"""Arithmetic on slot codes: a length, then the codes of the elements, the first the most significant.

Sequences, bags and sets that are not masks have such codes; those of bags and sets are sorted. Slots past the
length are zero. Everything here works on element codes and knows nothing of what they mean.
"""

from __future__ import annotations

from dataclasses import dataclass

from llvmlite import ir as llvm

from ...model.lang import types
from .codes import is_empty, width
from .emitter import Code, Value, number
from .registers import I64

# Up to this many slots are looked at one after the other without a loop.
_UNROLLED = 8


@dataclass(frozen=True)
class Slots:
    """The geometry of a collection in slots. Shifts are in bits."""

    size: int
    each: int
    total: int

    @staticmethod
    def of(kind: types.Type) -> Slots:
        """The geometry of a Seq, Bag, or Set in slots."""
        assert isinstance(kind, (types.Set, types.Seq, types.Bag))
        if is_empty(kind):
            return Slots(0, 0, 1)
        return Slots(kind.size or 0, width(kind.element), max(1, width(kind)))

    @property
    def body(self) -> int:
        """How many bits all the slots have; the length stands above them."""
        return self.size * self.each

    @property
    def type(self) -> llvm.IntType:
        """The LLVM type of the code."""
        return llvm.IntType(self.total)

    @property
    def element(self) -> llvm.IntType:
        """The LLVM type of an element's code."""
        return llvm.IntType(max(1, self.each))


def length(code: Code, geometry: Slots, whole: Value) -> Value:
    """How many elements there are, as i64."""
    return number(0) if geometry.size == 0 else code.resize(code.lshr(whole, number(geometry.body)), I64)


def slot(code: Code, geometry: Slots, whole: Value, index: Value) -> Value:
    """The element code in a slot."""
    if geometry.body == 0:
        return number(0, geometry.element)
    return code.resize(code.lshr(whole, _shift(code, geometry, index, 1)), geometry.element)


def _shift(code: Code, geometry: Slots, index: Value, after: int) -> Value:
    """The lowest bit of the slot at an index (`after` = 1), or of the slot before it (0)."""
    return code.mul(code.sub(number(geometry.size - after), index), number(geometry.each))


def _step(geometry: Slots) -> Value:
    """What to add to a code to make it longer by one."""
    return number(1 << geometry.body, geometry.type)


def _full(code: Code, geometry: Slots, count: Value) -> Value:
    return code.compare("==", count, number(geometry.size))


def _item(code: Code, geometry: Slots, item: Value, index: Value) -> Value:
    """An element code moved into a slot."""
    if geometry.body == 0:
        return number(0, geometry.type)
    return code.shl(code.resize(item, geometry.type), _shift(code, geometry, index, 1))


def append(code: Code, geometry: Slots, whole: Value, item: Value) -> Value:
    """With one more element at the end; fails when full."""
    count = length(code, geometry, whole)
    code.fail_if(_full(code, geometry, count))
    if geometry.size == 0:
        return whole
    return code.or_(code.add(whole, _step(geometry)), _item(code, geometry, item, count))


def insert(code: Code, geometry: Slots, whole: Value, item: Value, *, unique: bool) -> Value:
    """With one more element, sorted; with `unique` only if it is not there yet. Fails when full."""
    count = length(code, geometry, whole)
    position, equal = locate(code, geometry, whole, item)

    def grown() -> Value:
        code.fail_if(_full(code, geometry, count))
        if geometry.body == 0:
            return code.add(whole, _step(geometry)) if geometry.size else whole
        edge = _shift(code, geometry, position, 0)
        below = code.ones_below(edge, geometry.type)
        high = code.and_(whole, code.invert(below))
        low = code.lshr(code.and_(whole, below), number(geometry.each))
        placed = code.or_(code.or_(high, low), _item(code, geometry, item, position))
        return code.add(placed, _step(geometry))

    present = code.compare("!=", equal, number(0))
    return code.choice_of(present, lambda: whole, grown) if unique else grown()


def remove(code: Code, geometry: Slots, whole: Value, position: Value) -> Value:
    """Without the element at a position, which must be less than the length."""
    if geometry.body == 0:
        return code.sub(whole, _step(geometry)) if geometry.size else whole
    above = code.invert(code.ones_below(_shift(code, geometry, position, 0), geometry.type))
    below = code.ones_below(_shift(code, geometry, position, 1), geometry.type)
    low = code.shl(code.and_(whole, below), number(geometry.each)) if geometry.size > 1 else number(0, geometry.type)
    return code.sub(code.or_(code.and_(whole, above), low), _step(geometry))


def replace(code: Code, geometry: Slots, whole: Value, position: Value, item: Value) -> Value:
    """With another element at a position, which must be less than the length."""
    if geometry.body == 0:
        return whole
    mask = _item(code, geometry, number(-1, geometry.element), position)
    return code.or_(code.and_(whole, code.invert(mask)), _item(code, geometry, item, position))


def locate(code: Code, geometry: Slots, whole: Value, item: Value) -> tuple[Value, Value]:
    """How many elements are less than an element code, and how many are equal, as i64."""
    less, equal = _count(code, geometry, whole, item, ("<", "=="))
    return less, equal


def occurrences(code: Code, geometry: Slots, whole: Value, item: Value) -> Value:
    """How many elements are equal to an element code, as i64."""
    return _count(code, geometry, whole, item, ("==",))[0]


def contains(code: Code, geometry: Slots, whole: Value, item: Value) -> Value:
    """Whether an element code is there."""
    return code.compare("!=", occurrences(code, geometry, whole, item), number(0))


def _count(code: Code, geometry: Slots, whole: Value, item: Value, ops: tuple[str, ...]) -> list[Value]:
    """For each comparison, how many elements compare so with an element code."""
    count = length(code, geometry, whole)

    def look(index: Value) -> list[Value]:
        used = code.compare("<", index, count)
        found = slot(code, geometry, whole, index)
        return [code.resize(code.and_(used, code.compare(op, found, item)), I64) for op in ops]

    if geometry.size <= _UNROLLED:
        sums = [number(0) for _ in ops]
        for index in range(geometry.size):
            sums = [code.add(so_far, more) for so_far, more in zip(sums, look(number(index)), strict=True)]
        return sums
    variables = [code.variable(I64) for _ in ops]
    for variable in variables:
        code.store(number(0), variable)
    with code.counted(count) as loop:
        for variable, more in zip(variables, look(loop.index), strict=True):
            code.store(code.add(code.load(variable), more), variable)
    return [code.load(variable) for variable in variables]


def prefix(code: Code, geometry: Slots, whole: Value, count: Value) -> Value:
    """The first `count` elements, `count` at most the length."""
    if geometry.size == 0:
        return whole
    new = code.shl(code.resize(count, geometry.type), number(geometry.body))
    if geometry.body == 0:
        return new
    dropped = code.ones_below(_shift(code, geometry, count, 0), geometry.type)
    kept = code.and_(_body(code, geometry, whole), code.invert(dropped))
    return code.or_(kept, new)


def drop(code: Code, geometry: Slots, whole: Value, count: Value) -> Value:
    """Without the first `count` elements, `count` at most the length."""
    if geometry.size == 0:
        return whole
    left = code.sub(length(code, geometry, whole), count)
    new = code.shl(code.resize(left, geometry.type), number(geometry.body))
    if geometry.body == 0:
        return new
    moved = code.shl(_body(code, geometry, whole), code.mul(count, number(geometry.each)))
    return code.or_(_body(code, geometry, moved), new)


def _body(code: Code, geometry: Slots, whole: Value) -> Value:
    return code.and_(whole, number((1 << geometry.body) - 1, geometry.type))


def fitted(code: Code, source: Slots, target: Slots, whole: Value) -> Value:
    """The same elements in a collection of another size; fails when they are too many."""
    if source == target:
        return whole
    if source.size == 0:
        return number(0, target.type)
    count = length(code, source, whole)
    if target.size < source.size:
        code.fail_if(code.compare(">", count, number(target.size)))
    if target.size == 0:
        return number(0, target.type)
    new = code.shl(code.resize(count, target.type), number(target.body))
    if target.body == 0:
        return new
    body = _body(code, source, whole)
    if target.size >= source.size:
        body = code.shl(code.resize(body, target.type), number(target.body - source.body))
    else:
        body = code.resize(code.lshr(body, number(source.body - target.body)), target.type)
    return code.or_(body, new)


def concatenated(code: Code, geometry: Slots, left: Value, right: Value) -> Value:
    """Two sequences in one, all of one geometry; fails when it does not have room."""
    first, second = length(code, geometry, left), length(code, geometry, right)
    code.fail_if(code.compare(">", code.add(first, second), number(geometry.size)))
    if geometry.size == 0:
        return left
    new = code.shl(code.resize(second, geometry.type), number(geometry.body))
    if geometry.body == 0:
        return code.add(left, new)
    moved = code.lshr(_body(code, geometry, right), code.mul(first, number(geometry.each)))
    return code.add(code.or_(left, moved), new)


def is_slots(kind: types.Type) -> bool:
    """Whether a collection is stored in slots, which are told apart here from masks."""
    return not isinstance(kind, types.Set) or is_empty(kind) or not kind.is_mask

"""Loops over what loops, folds, inputs and choices run over, and choosing one element of it."""

from __future__ import annotations

from collections.abc import Callable

from ...model.lang import ir, types
from .codes import Collection, is_empty, is_slots
from .containers import size_of, slots_of
from .emitter import Code, Loop, Value, number
from .places import view
from .ranks import from_code, unrank
from .registers import I1, I64
from .slots import Slots

# Masks of up to this many bits are looped over bit by bit, so that LLVM can unroll; wider ones from set bit to set bit.
_TESTED_BITS = 8

Body = Callable[[Value, Loop], None]


def each(code: Code, source: ir.Source, body: Body, inside: object = (), *, distinct: bool = False) -> None:
    """Emits a loop; `body` gets the element and the loop. `distinct` leaves repeated elements out."""
    if isinstance(source, ir.Numbers):
        _numbers(code, source, body)
    elif isinstance(source, ir.Values):
        kind = source.type
        with code.counted(number(kind.count)) as loop:
            _set_index(code, source.index, loop.index)
            body(unrank(code, kind, loop.index), loop)
    else:
        collection = view(code, source.collection, inside)
        kind = source.collection.type
        assert isinstance(kind, (types.Set, types.Seq, types.Bag))
        if is_empty(kind):
            return
        if is_slots(kind):
            _slots(code, source, kind, collection, body, distinct)
        else:
            assert isinstance(kind, types.Set)
            _mask(code, source, kind, collection, body)


def _set_index(code: Code, name: str | None, position: Value) -> None:
    if name is not None:
        code.store(position, code.local(name, code.local_types.get(name, ir.Integer())))


def _numbers(code: Code, source: ir.Numbers, body: Body) -> None:
    current = code.variable(I64)
    start, stop = code.value(source.start), code.value(source.stop)
    code.store(start, current)
    head, inside, onward, done = (code.block(name) for name in ("loop", "body", "next", "done"))
    code.jump(head)
    code.at(head)
    index = code.load(current)
    code.branch(code.compare("<" if source.step > 0 else ">", index, stop, sign=True), inside, done)
    code.at(inside)
    body(index, Loop(index, onward, done))
    code.jump(onward)
    code.at(onward)
    code.store(code.add(index, number(source.step)), current)
    code.jump(head)
    code.at(done)


def _slots(code: Code, source: ir.Elements, kind: Collection, whole: Value, body: Body, distinct: bool) -> None:
    geometry = slots_of(kind)
    count = geometry.length(code, whole)
    last = code.sub(count, number(1))
    with code.counted(count) as loop:
        position = code.sub(last, loop.index) if source.reverse else loop.index
        found = geometry.slot(code, whole, position)
        if distinct and not isinstance(kind, types.Set):
            _skip_repeated(code, geometry, whole, position, found, loop)
        _set_index(code, source.index, loop.index)
        body(from_code(code, kind.element, found), loop)


def _skip_repeated(code: Code, geometry: Slots, whole: Value, position: Value, found: Value, loop: Loop) -> None:
    """Goes on to the next element if an earlier one is equal: in sorted collections, the one before."""
    later, first = code.block("later"), code.block("first")
    code.branch(code.compare("==", position, number(0)), first, later)
    code.at(later)
    if geometry.ordered:
        repeated = code.compare("==", geometry.slot(code, whole, code.sub(position, number(1))), found)
    else:
        repeated = code.compare("!=", geometry.occurrences(code, whole, found, position), number(0))
    code.branch(repeated, loop.next, first)
    code.at(first)


def _mask(code: Code, source: ir.Elements, kind: types.Set, whole: Value, body: Body) -> None:
    position = code.variable(I64) if source.index is not None else None
    if position is not None:
        code.store(number(0), position)

    def visit(rank: Value, loop: Loop) -> None:
        if position is not None:
            now = code.load(position)
            _set_index(code, source.index, now)
            code.store(code.add(now, number(1)), position)
        body(unrank(code, kind.element, rank), loop)

    count = kind.element.count
    if count > _TESTED_BITS:
        _set_bits(code, whole, source.reverse, visit)
        return
    with code.counted(number(count)) as loop:
        rank = code.sub(number(count - 1), loop.index) if source.reverse else loop.index
        present = code.block("present")
        code.branch(bit(code, whole, rank), present, loop.next)
        code.at(present)
        visit(rank, loop)


def bit(code: Code, whole: Value, rank: Value) -> Value:
    """A bit of a mask, as i1."""
    return code.compare("!=", code.and_(code.lshr(whole, rank), number(1, whole.type)), number(0, whole.type))


def _set_bits(code: Code, whole: Value, reverse: bool, visit: Body) -> None:
    remaining = code.variable(whole.type)
    code.store(whole, remaining)
    head, inside, done = (code.block(name) for name in ("loop", "body", "done"))
    code.jump(head)
    code.at(head)
    now = code.load(remaining)
    code.branch(code.compare("!=", now, number(0, now.type)), inside, done)
    code.at(inside)
    rank = _extreme_bit(code, now, highest=reverse)
    code.store(code.and_(now, code.invert(code.shl(number(1, now.type), rank))), remaining)
    visit(code.resize(rank, I64), Loop(rank, head, done))
    code.jump(head)
    code.at(done)


def _extreme_bit(code: Code, mask: Value, *, highest: bool) -> Value:
    """The position of the lowest or highest bit of a mask that is not zero."""
    if highest:
        return code.sub(number(mask.type.width - 1, mask.type), code.builder.ctlz(mask, number(1, I1)))
    return code.builder.cttz(mask, number(1, I1))


def options(code: Code, source: ir.Source) -> tuple[Value, Callable[[Value], Value]]:
    """How many elements there are, repeated ones counted, and the element at a position."""
    if isinstance(source, ir.Values):
        values = source

        def value(position: Value) -> Value:
            _set_index(code, values.index, position)
            return unrank(code, values.type, position)

        return number(values.type.count), value
    if isinstance(source, ir.Numbers):
        return _number_options(code, source)
    kind = source.collection.type
    assert isinstance(kind, (types.Set, types.Seq, types.Bag))
    whole = view(code, source.collection)
    count = size_of(code, kind, whole)

    def element(position: Value) -> Value:
        _set_index(code, source.index, position)
        place = code.sub(code.sub(count, number(1)), position) if source.reverse else position
        if is_slots(kind):
            return from_code(code, kind.element, slots_of(kind).slot(code, whole, place))
        return unrank(code, kind.element, _nth_bit(code, whole, place))

    return count, element


def _number_options(code: Code, source: ir.Numbers) -> tuple[Value, Callable[[Value], Value]]:
    start, stop = code.value(source.start), code.value(source.stop)
    span = code.sub(stop, start) if source.step > 0 else code.sub(start, stop)
    step = abs(source.step)
    count = code.udiv(code.add(span, number(step - 1)), number(step))
    count = code.select(code.compare(">", span, number(0), sign=True), count, number(0))
    return count, lambda position: code.add(start, code.mul(position, number(source.step)))


def _nth_bit(code: Code, mask: Value, position: Value) -> Value:
    """The rank of a mask's bit, counting set bits from 0."""
    remaining = code.variable(mask.type)
    code.store(mask, remaining)
    with code.counted(position):
        now = code.load(remaining)
        code.store(code.and_(now, code.sub(now, number(1, now.type))), remaining)
    return code.resize(_extreme_bit(code, code.load(remaining), highest=False), I64)

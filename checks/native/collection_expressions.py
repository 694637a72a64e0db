"""Expressions on sets, sequences and bags."""

from __future__ import annotations

from ...model.lang import ir, types
from . import containers, slots
from .codes import bounds, capacity
from .containers import empty, insert
from .conversions import convert, elements
from .emitter import Code, Value, expression, number
from .loops import each
from .ranks import from_code, to_code
from .registers import code_type
from .slots import Slots


@expression(ir.MakeSet)
@expression(ir.MakeSeq)
def make(code: Code, expr: ir.MakeSet | ir.MakeSeq) -> Value:
    """A collection of the listed elements."""
    whole = empty(expr.type)
    for item in [code.value(item) for item in expr.items]:
        whole = insert(code, expr.type, whole, item)
    return whole


@expression(ir.Length)
def length(code: Code, expr: ir.Length) -> Value:
    """The number of elements."""
    return containers.size_of(code, _collection(expr.collection.type), code.value(expr.collection))


def _collection(kind: types.Type) -> types.Set | types.Seq | types.Bag:
    assert isinstance(kind, (types.Set, types.Seq, types.Bag))
    return kind


@expression(ir.Contains)
def contains(code: Code, expr: ir.Contains) -> Value:
    """Whether an element is there."""
    item, whole = code.value(expr.item), code.value(expr.collection)
    return containers.contains(code, _collection(expr.collection.type), whole, item)


@expression(ir.Subset)
def subset(code: Code, expr: ir.Subset) -> Value:
    """Whether one set has all elements of another."""
    kind = expr.left.type
    assert isinstance(kind, types.Set)
    return containers.subset(code, kind, code.value(expr.left), code.value(expr.right))


@expression(ir.SetOperation)
def set_operation(code: Code, expr: ir.SetOperation) -> Value:
    """`| & - ^` of two sets."""
    return containers.combine(code, expr.type, expr.op, code.value(expr.left), code.value(expr.right))


@expression(ir.Insert)
def insertion(code: Code, expr: ir.Insert) -> Value:
    """One more element."""
    kind = _collection(expr.type)
    whole, item = code.value(expr.collection), code.value(expr.item)
    return insert(code, kind, convert(code, whole, expr.collection.type, kind), item)


@expression(ir.Remove)
def removal(code: Code, expr: ir.Remove) -> Value:
    """One element less."""
    kind = expr.type
    assert isinstance(kind, (types.Set, types.Bag))
    whole, item = code.value(expr.collection), code.value(expr.item)
    return containers.remove(code, kind, convert(code, whole, expr.collection.type, kind), item, strict=expr.strict)


@expression(ir.Occurrences)
def occurrences(code: Code, expr: ir.Occurrences) -> Value:
    """How many copies of an element there are."""
    whole, item = code.value(expr.collection), code.value(expr.item)
    return containers.occurrences(code, _collection(expr.collection.type), whole, item)


def _index(code: Code, expr: ir.Expr, count: Value) -> Value:
    """An index into a sequence, counted from the start. Fails outside."""
    index = code.value(expr)
    if bounds(expr.type)[0] < 0:
        negative = code.compare("<", index, number(0), sign=True)
        index = code.select(negative, code.add(index, count), index)
    code.fail_unless(code.compare("<", index, count))
    return index


@expression(ir.Index)
def index_of(code: Code, expr: ir.Index) -> Value:
    """An element of a sequence."""
    kind = _collection(expr.seq.type)
    geometry, whole = Slots.of(kind), code.value(expr.seq)
    index = _index(code, expr.index, slots.length(code, geometry, whole))
    return from_code(code, expr.type, slots.slot(code, geometry, whole, index))


@expression(ir.Truncate)
def truncate(code: Code, expr: ir.Truncate) -> Value:
    """The first elements of a sequence."""
    geometry, whole = Slots.of(expr.seq.type), code.value(expr.seq)
    count = code.value(expr.length)
    code.fail_if(code.compare(">", count, slots.length(code, geometry, whole)))
    return slots.fitted(code, geometry, Slots.of(expr.type), slots.prefix(code, geometry, whole, count))


@expression(ir.Slice)
def slice_of(code: Code, expr: ir.Slice) -> Value:
    """A part of a sequence, with Python's rules for bounds."""
    geometry, whole = Slots.of(expr.seq.type), code.value(expr.seq)
    count = slots.length(code, geometry, whole)
    start = _clamped(code, expr.start, count) if expr.start is not None else number(0)
    stop = _clamped(code, expr.stop, count) if expr.stop is not None else count
    start = code.select(code.compare("<", start, stop), start, stop)
    part = slots.drop(code, geometry, slots.prefix(code, geometry, whole, stop), start)
    return slots.fitted(code, geometry, Slots.of(expr.type), part)


def _clamped(code: Code, expr: ir.Expr, count: Value) -> Value:
    bound = code.value(expr)
    if bounds(expr.type)[0] < 0:
        bound = code.select(code.compare("<", bound, number(0), sign=True), code.add(bound, count), bound)
        bound = code.select(code.compare("<", bound, number(0), sign=True), number(0), bound)
    return code.select(code.compare("<", bound, count), bound, count)


@expression(ir.WithItem)
def with_item(code: Code, expr: ir.WithItem) -> Value:
    """A sequence with another element at an index."""
    kind = _collection(expr.seq.type)
    geometry, whole = Slots.of(kind), code.value(expr.seq)
    index = _index(code, expr.index, slots.length(code, geometry, whole))
    item = to_code(code, kind.element, code.value(expr.item))
    return slots.replace(code, geometry, whole, index, item)


@expression(ir.WithoutItem)
def without_item(code: Code, expr: ir.WithoutItem) -> Value:
    """A sequence without the element at an index."""
    geometry, whole = Slots.of(expr.seq.type), code.value(expr.seq)
    index = _index(code, expr.index, slots.length(code, geometry, whole))
    return slots.remove(code, geometry, whole, index)


@expression(ir.Concat)
def concat(code: Code, expr: ir.Concat) -> Value:
    """Two sequences, one after the other."""
    target = Slots.of(expr.type)
    left, right = code.value(expr.left), code.value(expr.right)
    left = slots.fitted(code, Slots.of(expr.left.type), target, left)
    right = slots.fitted(code, Slots.of(expr.right.type), target, right)
    return slots.concatenated(code, target, left, right)


@expression(ir.Sorted)
def sort(code: Code, expr: ir.Sorted) -> Value:
    """The elements of a collection of integers in order."""
    kind, register = _collection(expr.collection.type), code.value(expr.collection)
    if isinstance(kind, types.Seq):
        # A bag with the same elements is the sequence, sorted.
        bag = types.Bag(kind.element, capacity(kind))
        register, kind = convert(code, register, kind, bag), bag
    result = code.variable(code_type(expr.type))
    code.store(empty(expr.type), result)

    def visit(item: Value, _: object) -> None:
        converted = convert(code, item, kind.element, expr.type.element)
        code.store(insert(code, expr.type, code.load(result), converted), result)

    each(code, elements(register, kind, reverse=expr.reverse), visit)
    return code.load(result)

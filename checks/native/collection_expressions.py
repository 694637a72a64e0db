"""Expressions on sets, sequences and bags, and stores that change one where it is."""

from __future__ import annotations

from ...model.lang import ir, types
from . import containers
from .codes import bounds, capacity, in_memory, is_empty, is_slots
from .containers import copied, empty, fitted, insert, slots_of
from .conversions import convert, elements
from .effects import contains_statements
from .emitter import Code, Value, expression, number
from .loops import each
from .places import view, writable
from .ranks import from_code, to_code


@expression(ir.MakeSet)
@expression(ir.MakeSeq)
def make(code: Code, expr: ir.MakeSet | ir.MakeSeq) -> Value:
    """A collection of the listed elements."""
    items = [code.value(item) for item in expr.items]
    result = empty(code, expr.type)
    for item in items:
        insert(code, expr.type, result, item)
    return code.final(result)


@expression(ir.Length)
def length(code: Code, expr: ir.Length) -> Value:
    """The number of elements."""
    return containers.size_of(code, _collection(expr.collection.type), view(code, expr.collection))


def _collection(kind: types.Type) -> types.Set | types.Seq | types.Bag:
    assert isinstance(kind, (types.Set, types.Seq, types.Bag))
    return kind


@expression(ir.Contains)
def contains(code: Code, expr: ir.Contains) -> Value:
    """Whether an element is there."""
    item, whole = code.value(expr.item), view(code, expr.collection)
    return containers.contains(code, _collection(expr.collection.type), whole, item)


@expression(ir.Subset)
def subset(code: Code, expr: ir.Subset) -> Value:
    """Whether one set has all elements of another."""
    kind = expr.left.type
    assert isinstance(kind, types.Set)
    return containers.subset(code, kind, view(code, expr.left, expr.right), view(code, expr.right))


@expression(ir.SetOperation)
def set_operation(code: Code, expr: ir.SetOperation) -> Value:
    """`| & - ^` of two sets."""
    if _changed_operand(expr) is not None:
        return changed(code, expr)
    left, right = view(code, expr.left, expr.right), view(code, expr.right)
    return containers.combine(code, expr.type, expr.op, left, right)


@expression(ir.Occurrences)
def occurrences(code: Code, expr: ir.Occurrences) -> Value:
    """How many copies of an element there are."""
    whole, item = view(code, expr.collection, expr.item), code.value(expr.item)
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
    geometry, whole = slots_of(expr.seq.type), view(code, expr.seq, expr.index)
    index = _index(code, expr.index, geometry.length(code, whole))
    return from_code(code, expr.type, geometry.slot(code, whole, index))


@expression(ir.Truncate)
@expression(ir.Slice)
def part_of_sequence(code: Code, expr: ir.Truncate | ir.Slice) -> Value:
    """The first elements of a sequence, or others that follow each other."""
    kind = _collection(expr.seq.type)
    part = copied(code, kind, view(code, expr.seq))
    _cut(code, expr, part)
    return fitted(code, kind, expr.type, code.final(part))


def _cut(code: Code, expr: ir.Truncate | ir.Slice, variable: Value) -> None:
    """Leaves the elements of a truncation, or those of a slice with Python's rules for bounds."""
    geometry = slots_of(expr.seq.type)
    count = geometry.length(code, code.final(variable))
    if isinstance(expr, ir.Truncate):
        start, stop = number(0), code.value(expr.length)
        code.fail_if(code.compare(">", stop, count))
    else:
        start = _clamped(code, expr.start, count) if expr.start is not None else number(0)
        stop = _clamped(code, expr.stop, count) if expr.stop is not None else count
        start = code.select(code.compare("<", start, stop), start, stop)
    geometry.keep(code, variable, start, stop)


def _clamped(code: Code, expr: ir.Expr, count: Value) -> Value:
    bound = code.value(expr)
    if bounds(expr.type)[0] < 0:
        bound = code.select(code.compare("<", bound, number(0), sign=True), code.add(bound, count), bound)
        bound = code.select(code.compare("<", bound, number(0), sign=True), number(0), bound)
    return code.select(code.compare("<", bound, count), bound, count)


@expression(ir.Sorted)
def sort(code: Code, expr: ir.Sorted) -> Value:
    """The elements of a collection of integers in order."""
    kind, register = _collection(expr.collection.type), view(code, expr.collection)
    if isinstance(kind, types.Seq):
        # A bag with the same elements is the sequence, sorted.
        bag = types.Bag(kind.element, capacity(kind))
        register, kind = convert(code, register, kind, bag), bag
    result = empty(code, expr.type)

    def visit(item: Value, _: object) -> None:
        insert(code, expr.type, result, convert(code, item, kind.element, expr.type.element))

    each(code, elements(register, kind, reverse=expr.reverse), visit)
    return code.final(result)


# Changes: a collection that differs a little from another.


@expression(ir.Insert)
@expression(ir.Remove)
@expression(ir.WithItem)
@expression(ir.WithoutItem)
@expression(ir.Concat)
def changed(code: Code, expr: ir.Expr) -> Value:
    """A collection after a change."""
    first = _changed_operand(expr)
    assert first is not None
    kind = _collection(expr.type)
    variable = copied(code, kind, convert(code, view(code, first), first.type, kind))
    _change(code, expr, variable)
    return code.final(variable)


def change_in_place(code: Code, place: ir.Place, value: ir.Expr) -> bool:
    """Stores what differs a little from what a place has, by changing that; False if it is something else."""
    first = _changed_operand(value) if in_memory(place.type) else None
    same = first in (ir.Load(place), ir.Local(place.root, place.type) if not place.steps else None)
    if first is None or not same or contains_statements(value):
        return False
    _change(code, value, writable(code, place))
    return True


def _changed_operand(expr: ir.Expr) -> ir.Expr | None:
    """The collection that a change starts from; None for other expressions."""
    match expr:
        case ir.Insert(collection=first) | ir.Remove(collection=first) | ir.Concat(left=first):
            return first
        case ir.WithItem(seq=first) | ir.WithoutItem(seq=first):
            return first
        case ir.Truncate(seq=first) if first.type == expr.type:
            return first
        case ir.SetOperation(op="|", left=first) if is_slots(expr.type) and not is_empty(expr.type):
            return first
    return None


def _change(code: Code, expr: ir.Expr, variable: Value) -> None:
    """Changes the collection in a variable.

    Operands are computed before, or read while nothing happens to them: a sequence that is added to itself keeps its
    elements where they are, and a set united with itself has them all.
    """
    kind = _collection(expr.type)
    match expr:
        case ir.Insert(item=item):
            insert(code, kind, variable, code.value(item))
        case ir.Remove(item=item, strict=strict):
            assert isinstance(kind, (types.Set, types.Bag))
            containers.discard(code, kind, variable, code.value(item), strict=strict)
        case ir.Concat(right=right):
            slots_of(kind).extend(code, variable, slots_of(right.type), view(code, right))
        case ir.SetOperation(right=right):
            assert isinstance(kind, types.Set)
            containers.add_all(code, kind, variable, view(code, right))
        case ir.Truncate():
            _cut(code, expr, variable)
        case ir.WithItem(index=index) | ir.WithoutItem(index=index):
            geometry = slots_of(kind)
            position = _index(code, index, geometry.length(code, code.final(variable)))
            if isinstance(expr, ir.WithItem):
                geometry.replace(code, variable, position, to_code(code, kind.element, code.value(expr.item)))
            else:
                geometry.remove(code, variable, position)

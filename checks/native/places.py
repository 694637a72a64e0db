"""Places: the words of a state, cells in them, and locals that are structs or maps."""

from __future__ import annotations

from typing import Any

from ...model.lang import ir, types
from ...model.lang.types import Type
from .codes import WORD, in_memory, width
from .effects import changes
from .emitter import Code, Value, number
from .layout import CellArray, Leaf, MapNode, Node, StructNode
from .ranks import (
    entry_shift,
    from_code,
    in_place,
    integer_at,
    map_of,
    part_of,
    rank_of,
    store_integer,
    struct_of,
    struct_part,
    to_code,
)
from .registers import I64, code_type, words_type
from .states import Words


def load_place(code: Code, place: ir.Place) -> Value:
    """The register of the value at a place."""
    words = code.roots.get(place.root)
    if words is not None:
        return _load_node(code, words, *_walk(code, words, place))
    variable, kind, shift = _inside_local(code, place)
    whole = code.load(variable)
    return whole if shift is None else part_of(code, kind, whole, shift)


def store_place(code: Code, place: ir.Place, register: Value) -> None:
    """Writes a register to a place."""
    words = code.roots.get(place.root)
    if words is not None:
        _store_node(code, words, *_walk(code, words, place), register)
        return
    variable, kind, shift = _inside_local(code, place)
    if shift is None:
        code.store(register, variable)
    elif width(kind):
        whole = code.load(variable)
        mask = code.shl(number((1 << width(kind)) - 1, whole.type), shift)
        new = in_place(code, kind, register, whole.type, shift)
        code.store(code.or_(code.and_(whole, code.invert(mask)), new), variable)


def view(code: Code, expr: ir.Expr, *until: Any) -> Value:
    """The register of an expression that is used only before the code of `until`, and before anything is stored.

    What lies in memory is not copied, unless that code changes it.
    """
    if in_memory(expr.type) and isinstance(expr, (ir.Load, ir.Local)):
        place = expr.place if isinstance(expr, ir.Load) else ir.Place(expr.name, (), expr.type)
        if (place.root in code.roots or not place.steps) and not changes(until, place):
            return _address(code, place, writable=False)
    return code.value(expr)


def writable(code: Code, place: ir.Place) -> Value:
    """The address of a collection in memory, to be changed there."""
    return _address(code, place, writable=True)


def _address(code: Code, place: ir.Place, *, writable: bool) -> Value:
    words = code.roots.get(place.root)
    if words is None:
        return code.local(place.root, place.type)
    node, index = _walk(code, words, place)
    assert isinstance(node, Leaf)
    return wide_cell(code, words, node.array, index, writable=writable)


def _walk(code: Code, words: Words, place: ir.Place) -> tuple[Node, Value]:
    """The node of a place in the state, and the index of its cells: the ranks of the keys on the way."""
    node: Node = words.layout.root
    index = number(0)
    for step in place.steps:
        if isinstance(step, ir.FieldStep):
            assert isinstance(node, StructNode)
            node = node.fields[step.name]
        else:
            assert isinstance(node, MapNode)
            rank = rank_of(code, node.type.key, code.value(step.key))
            index = code.add(code.mul(index, number(node.type.key.count)), rank)
            node = node.entry
    return node, index


def _inside_local(code: Code, place: ir.Place) -> tuple[Value, Type, Value | None]:
    """The variable a local place is in, the place's type, and its lowest bit (None for the whole variable)."""
    kind = code.local_types[place.root]
    variable = code.local(place.root, kind)
    if not place.steps:
        return variable, kind, None
    shift = number(0)
    for step in place.steps:
        if isinstance(step, ir.FieldStep):
            assert isinstance(kind, types.Struct)
            kind, offset = struct_part(kind, step.name)
            shift = code.add(shift, number(offset))
        else:
            assert isinstance(kind, types.Map)
            rank = rank_of(code, kind.key, code.value(step.key))
            shift = code.add(shift, entry_shift(code, kind, rank))
            kind = kind.element
    return variable, kind, shift


def _load_node(code: Code, words: Words, node: Node, index: Value) -> Value:
    if isinstance(node, Leaf):
        return load_cell(code, words, node.array, index)
    if isinstance(node, StructNode):
        parts = [_load_node(code, words, part, index) for part in node.fields.values()]
        return struct_of(code, node.type, parts)
    first = code.mul(index, number(node.type.key.count))
    items = [_load_node(code, words, node.entry, code.add(first, number(rank))) for rank in range(node.type.key.count)]
    return map_of(code, node.type, items)


def _store_node(code: Code, words: Words, node: Node, index: Value, register: Value) -> None:
    if isinstance(node, Leaf):
        store_cell(code, words, node.array, index, register)
    elif isinstance(node, StructNode):
        for name, part in node.fields.items():
            kind, shift = struct_part(node.type, name)
            _store_node(code, words, part, index, part_of(code, kind, register, number(shift)))
    else:
        count = node.type.key.count
        for rank in range(count):
            shift = entry_shift(code, node.type, number(rank))
            item = part_of(code, node.type.element, register, shift)
            _store_node(code, words, node.entry, code.add(code.mul(index, number(count)), number(rank)), item)


def load_cell(code: Code, words: Words, array: CellArray, index: Value) -> Value:
    """The register of a cell."""
    if not array.chunks:
        return from_code(code, array.type, number(0, code_type(array.type)))
    if array.width > WORD:
        cell = wide_cell(code, words, array, index)
        if in_memory(array.type):
            return words.snapshot(code, cell)
        return from_code(code, array.type, integer_at(code, cell))
    if len(array.chunks) == 1 and array.count == 1:
        return part_of(code, array.type, code.load(words.narrow[array.chunks[0].word]), number(array.chunks[0].bit))
    position = _position(code, array, index)
    word = code.load(words.narrow[array.chunks[0].word])
    offset = number(array.chunks[0].bit)
    for chunk in array.chunks[1:]:
        here = code.compare(">=", index, number(chunk.first))
        word = code.select(here, code.load(words.narrow[chunk.word]), word)
        offset = code.select(here, number(chunk.bit - chunk.first * array.width), offset)
    return part_of(code, array.type, word, code.add(position, offset))


def wide_cell(code: Code, words: Words, array: CellArray, index: Value, *, writable: bool = False) -> Value:
    """The address of a cell in memory."""
    memory = words.writable(code) if writable else words.readable(code)
    first = number(array.chunks[0].word - words.layout.narrow)
    place = code.add(first, code.mul(index, number(array.words_per_cell)))
    return code.builder.bitcast(code.element(memory, place), words_type(array.width).as_pointer())


def _position(code: Code, array: CellArray, index: Value) -> Value:
    return code.mul(index, number(array.width))


def store_cell(code: Code, words: Words, array: CellArray, index: Value, register: Value) -> None:
    """Writes a register into a cell."""
    if not array.chunks:
        return
    if array.width > WORD:
        cell = wide_cell(code, words, array, index, writable=True)
        if in_memory(array.type):
            code.copy(register, cell)
        else:
            store_integer(code, to_code(code, array.type, register), cell)
        return
    new, mask = code.resize(to_code(code, array.type, register), I64), number((1 << array.width) - 1)
    position = _position(code, array, index) if array.count > 1 else number(0)
    for chunk in array.chunks:
        shift = code.add(position, number(chunk.bit - chunk.first * array.width))
        if len(array.chunks) > 1:
            offset = code.sub(index, number(chunk.first))
            here = code.compare("<", offset, number(chunk.count))
            shift = code.select(here, shift, number(0))
        old = code.load(words.narrow[chunk.word])
        updated = code.or_(code.and_(old, code.invert(code.shl(mask, shift))), code.shl(new, shift))
        if len(array.chunks) > 1:
            updated = code.select(here, updated, old)
        code.store(updated, words.narrow[chunk.word])

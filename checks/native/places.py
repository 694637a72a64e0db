"""Places: the words of a state, cells in them, and locals that are structs or maps."""

from __future__ import annotations

from ...model.lang import ir, types
from ...model.lang.types import Type
from .codes import width
from .emitter import Code, Value, number
from .layout import WORD, CellArray, Leaf, MapNode, Node, StructNode
from .ranks import (
    entry_shift,
    from_code,
    in_place,
    map_of,
    part_of,
    rank_of,
    struct_of,
    struct_part,
    to_code,
)
from .registers import I64, code_type


def load_place(code: Code, place: ir.Place) -> Value:
    """The register of the value at a place."""
    if place.root in code.roots:
        node, index = _walk(code, place)
        return _load_node(code, node, place.root, index)
    variable, kind, shift = _inside_local(code, place)
    whole = code.load(variable)
    return whole if shift is None else part_of(code, kind, whole, shift)


def store_place(code: Code, place: ir.Place, register: Value) -> None:
    """Writes a register to a place."""
    if place.root in code.roots:
        node, index = _walk(code, place)
        _store_node(code, node, place.root, index, register)
        return
    variable, kind, shift = _inside_local(code, place)
    if shift is None:
        code.store(register, variable)
    elif width(kind):
        whole = code.load(variable)
        mask = code.shl(number((1 << width(kind)) - 1, whole.type), shift)
        new = in_place(code, kind, register, whole.type, shift)
        code.store(code.or_(code.and_(whole, code.invert(mask)), new), variable)


def _walk(code: Code, place: ir.Place) -> tuple[Node, Value]:
    """The node of a place in the state, and the index of its cells: the ranks of the keys on the way."""
    node: Node = code.roots[place.root]
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


def _load_node(code: Code, node: Node, root: str, index: Value) -> Value:
    if isinstance(node, Leaf):
        return load_cell(code, node.array, code.words[root], index)
    if isinstance(node, StructNode):
        parts = [_load_node(code, part, root, index) for part in node.fields.values()]
        return struct_of(code, node.type, parts)
    first = code.mul(index, number(node.type.key.count))
    items = [_load_node(code, node.entry, root, code.add(first, number(rank))) for rank in range(node.type.key.count)]
    return map_of(code, node.type, items)


def _store_node(code: Code, node: Node, root: str, index: Value, register: Value) -> None:
    if isinstance(node, Leaf):
        store_cell(code, node.array, code.words[root], index, register)
    elif isinstance(node, StructNode):
        for name, part in node.fields.items():
            kind, shift = struct_part(node.type, name)
            _store_node(code, part, root, index, part_of(code, kind, register, number(shift)))
    else:
        count = node.type.key.count
        for rank in range(count):
            shift = entry_shift(code, node.type, number(rank))
            item = part_of(code, node.type.element, register, shift)
            _store_node(code, node.entry, root, code.add(code.mul(index, number(count)), number(rank)), item)


def load_cell(code: Code, array: CellArray, words: list[Value], index: Value) -> Value:
    """The register of a cell; `words` are variables."""
    if not array.chunks:
        return from_code(code, array.type, number(0, code_type(array.type)))
    if array.width > WORD:
        return _load_wide(code, array, words, index)
    if len(array.chunks) == 1 and array.count == 1:
        return part_of(code, array.type, code.load(words[array.chunks[0].word]), number(array.chunks[0].bit))
    position = _position(code, array, index)
    word = code.load(words[array.chunks[0].word])
    offset = number(array.chunks[0].bit)
    for chunk in array.chunks[1:]:
        here = code.compare(">=", index, number(chunk.first))
        word = code.select(here, code.load(words[chunk.word]), word)
        offset = code.select(here, number(chunk.bit - chunk.first * array.width), offset)
    return part_of(code, array.type, word, code.add(position, offset))


def _position(code: Code, array: CellArray, index: Value) -> Value:
    return code.mul(index, number(array.width))


def store_cell(code: Code, array: CellArray, words: list[Value], index: Value, register: Value) -> None:
    """Writes a register into a cell."""
    if not array.chunks:
        return
    found = to_code(code, array.type, register)
    if array.width > WORD:
        _store_wide(code, array, words, index, found)
        return
    new, mask = code.resize(found, I64), number((1 << array.width) - 1)
    position = _position(code, array, index) if array.count > 1 else number(0)
    for chunk in array.chunks:
        shift = code.add(position, number(chunk.bit - chunk.first * array.width))
        if len(array.chunks) > 1:
            offset = code.sub(index, number(chunk.first))
            here = code.compare("<", offset, number(chunk.count))
            shift = code.select(here, shift, number(0))
        old = code.load(words[chunk.word])
        updated = code.or_(code.and_(old, code.invert(code.shl(mask, shift))), code.shl(new, shift))
        if len(array.chunks) > 1:
            updated = code.select(here, updated, old)
        code.store(updated, words[chunk.word])


def _load_wide(code: Code, array: CellArray, words: list[Value], index: Value) -> Value:
    kind = code_type(array.type)
    result = None
    for chunk in array.chunks:
        whole = number(0, kind)
        for offset in range(array.words_per_cell):
            word = code.resize(code.load(words[chunk.word + offset]), kind)
            whole = code.or_(whole, code.shl(word, number(offset * WORD)))
        here = code.compare("==", index, number(chunk.first))
        result = whole if result is None else code.select(here, whole, result)
    return from_code(code, array.type, result)


def _store_wide(code: Code, array: CellArray, words: list[Value], index: Value, found: Value) -> None:
    for chunk in array.chunks:
        here = code.compare("==", index, number(chunk.first))
        for offset in range(array.words_per_cell):
            part = code.resize(code.lshr(found, number(offset * WORD)), I64)
            variable = words[chunk.word + offset]
            code.store(part if array.count == 1 else code.select(here, part, code.load(variable)), variable)


def copy_words(code: Code, source: list[Value], target: list[Value]) -> None:
    """Gives the variables of one state the values of another."""
    for value, variable in zip(source, target, strict=True):
        code.store(value, variable)

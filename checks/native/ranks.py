"""Between registers, codes and ranks, as instructions."""

from __future__ import annotations

from llvmlite import ir as llvm

from ...model.lang import types
from ...model.lang.types import Type
from .codes import WORD, in_memory, rank_is_code, width
from .emitter import Code, Value, number
from .registers import I64, code_type, register_type


def to_code(code: Code, kind: Type, register: Value) -> Value:
    """The code of what a register holds."""
    if in_memory(kind):
        return code.resize(integer_at(code, register), code_type(kind))
    if isinstance(kind, types.Int):
        register = code.sub(register, number(kind.low))
    return code.resize(register, code_type(kind))


def from_code(code: Code, kind: Type, found: Value) -> Value:
    """The register that holds the value of a code; the code may be in a wider type."""
    found = code.resize(found, code_type(kind))
    if in_memory(kind):
        variable = code.variable(register_type(kind))
        store_integer(code, found, variable)
        return variable
    register = code.resize(found, register_type(kind))
    return code.add(register, number(kind.low)) if isinstance(kind, types.Int) else register


def integer_at(code: Code, words: Value) -> Value:
    """The words at an address as one integer."""
    return code.builder.load(_as_integer(code, words), align=WORD // 8)


def store_integer(code: Code, value: Value, words: Value) -> None:
    """Writes an integer to the words at an address, which have room for it."""
    address = _as_integer(code, words)
    code.builder.store(code.resize(value, address.type.pointee), address, align=WORD // 8)


def _as_integer(code: Code, words: Value) -> Value:
    return code.builder.bitcast(words, llvm.IntType(words.type.pointee.count * WORD).as_pointer())


def part_of(code: Code, kind: Type, whole: Value, shift: Value) -> Value:
    """The register of the part of a code that starts at a bit."""
    if width(kind) == 0:
        return from_code(code, kind, number(0, code_type(kind)))
    return from_code(code, kind, code.lshr(whole, shift))


def in_place(code: Code, kind: Type, register: Value, whole: Value, shift: Value) -> Value:
    """A code moved to where it belongs in a larger one of the LLVM type `whole`; zeros around it."""
    if width(kind) == 0:
        return number(0, whole)
    return code.shl(code.resize(to_code(code, kind, register), whole), shift)


def is_none(code: Code, kind: types.Option, register: Value) -> Value:
    """Whether an optional is None."""
    return code.compare("==", register, number(0, register.type))


def unwrapped(code: Code, kind: types.Option, register: Value) -> Value:
    """The value inside an optional that is not None."""
    if kind.is_dense:
        return from_code(code, kind.inner, code.sub(register, number(1, register.type)))
    return part_of(code, kind.inner, register, number(0, register.type))


def wrapped(code: Code, kind: types.Option, register: Value) -> Value:
    """An optional from the value inside."""
    if kind.is_dense:
        return code.add(code.resize(to_code(code, kind.inner, register), I64), number(1))
    inner = code.resize(to_code(code, kind.inner, register), code_type(kind)) if width(kind.inner) else None
    present = number(1 << width(kind.inner), code_type(kind))
    return present if inner is None else code.or_(inner, present)


def position_of(code: Code, kind: types.Union, register: Value) -> Value:
    """Which of the structs of a union a value is."""
    return code.lshr(register, number(kind.body))


def member_of(code: Code, member: types.Struct, register: Value) -> Value:
    """The struct that a union is known to hold; its code has the lowest bits."""
    return code.resize(register, code_type(member)) if width(member) else number(0, code_type(member))


def union_of(code: Code, kind: types.Union, member: types.Struct, register: Value) -> Value:
    """A union that holds a struct."""
    position = number(kind.members.index(member) << kind.body, code_type(kind))
    return code.or_(code.resize(register, position.type), position)


def struct_part(kind: types.Struct, name: str) -> tuple[Type, int]:
    """The type of a field and its lowest bit in the code of its struct."""
    shift = 0
    for field, part in reversed(kind.fields):
        if field == name:
            return part, shift
        shift += width(part)
    raise KeyError(name)


def struct_of(code: Code, kind: types.Struct, parts: list[Value]) -> Value:
    """The code of a struct from the registers of its fields."""
    whole = number(0, code_type(kind))
    for (name, part), register in zip(kind.fields, parts, strict=True):
        shift = struct_part(kind, name)[1]
        whole = code.or_(whole, in_place(code, part, register, whole.type, number(shift)))
    return whole


def map_of(code: Code, kind: types.Map, items: list[Value]) -> Value:
    """The code of a map from the registers of its entries, in the order of the keys."""
    whole = number(0, code_type(kind))
    for rank, register in enumerate(items):
        shift = (kind.key.count - 1 - rank) * width(kind.element)
        whole = code.or_(whole, in_place(code, kind.element, register, whole.type, number(shift)))
    return whole


def entry_shift(code: Code, kind: types.Map, rank: Value) -> Value:
    """The lowest bit of an entry in the code of its map, from the rank of its key."""
    return code.mul(code.sub(number(kind.key.count - 1), rank), number(width(kind.element)))


def rank_of(code: Code, kind: Type, register: Value) -> Value:
    """The rank of what a register holds, as i64."""
    if rank_is_code(kind):
        return code.resize(to_code(code, kind, register), I64)
    if isinstance(kind, types.Option):
        inner = rank_of(code, kind.inner, unwrapped(code, kind, register))
        return code.select(is_none(code, kind, register), number(0), code.add(inner, number(1)))
    rank = number(0)
    if isinstance(kind, types.Struct):
        for name, part in kind.fields:
            shift = number(struct_part(kind, name)[1], register.type)
            found = rank_of(code, part, part_of(code, part, register, shift))
            rank = code.add(code.mul(rank, number(part.count)), found)
        return rank
    if isinstance(kind, types.Union):
        return _union_rank(code, kind, register)
    assert isinstance(kind, types.Map)
    for key in range(kind.key.count):
        item = part_of(code, kind.element, register, entry_shift(code, kind, number(key)))
        rank = code.add(code.mul(rank, number(kind.element.count)), rank_of(code, kind.element, item))
    return rank


def _union_rank(code: Code, kind: types.Union, register: Value) -> Value:
    """The rank within the struct that it is, after all values of the structs before."""
    position, rank, before = position_of(code, kind, register), number(0), 0
    for index, member in enumerate(kind.members):
        found = code.add(rank_of(code, member, member_of(code, member, register)), number(before))
        here = code.compare("==", position, number(index, position.type))
        rank = code.select(here, found, rank) if index else found
        before += member.count
    return rank


def unrank(code: Code, kind: Type, rank: Value) -> Value:
    """The register of the value with a rank, given as i64."""
    if rank_is_code(kind):
        return from_code(code, kind, rank)
    if isinstance(kind, types.Option):
        inner = wrapped(code, kind, unrank(code, kind.inner, code.sub(rank, number(1))))
        return code.select(code.compare("==", rank, number(0)), number(0, inner.type), inner)
    if isinstance(kind, types.Struct):
        parts = [part for _, part in kind.fields]
        return struct_of(code, kind, _digits(code, parts, rank))
    if isinstance(kind, types.Union):
        whole, before = number(0, code_type(kind)), 0
        for member in kind.members:
            found = union_of(code, kind, member, unrank(code, member, code.sub(rank, number(before))))
            whole = code.select(code.compare(">=", rank, number(before)), found, whole)
            before += member.count
        return whole
    assert isinstance(kind, types.Map)
    return map_of(code, kind, _digits(code, [kind.element] * kind.key.count, rank))


def _digits(code: Code, parts: list[Type], rank: Value) -> list[Value]:
    """The parts of a composite from its rank, whose last part is the least significant."""
    found = []
    for position, part in reversed(list(enumerate(parts))):
        if part.count == 1:
            found.append(unrank(code, part, number(0)))
            continue
        digit = rank if position == 0 else code.urem(rank, number(part.count))
        rank = code.udiv(rank, number(part.count)) if position else rank
        found.append(unrank(code, part, digit))
    return found[::-1]

"""Expressions on single values, structs, maps and optionals, and the lazy operators."""

from __future__ import annotations

from ...model.lang import ir, types
from .codes import constant_number, in_memory
from .emitter import Code, Value, expression, literal, number
from .places import load_place
from .ranks import (
    entry_shift,
    from_code,
    is_none,
    map_of,
    member_of,
    part_of,
    position_of,
    rank_of,
    struct_of,
    struct_part,
    unwrapped,
)
from .registers import I1, code_type, register_type
from .speculation import is_cheap


@expression(ir.Const)
def constant(code: Code, expr: ir.Const) -> Value:
    """A constant's register."""
    known = constant_number(expr.type, expr.value)
    if in_memory(expr.type):
        return from_code(code, expr.type, number(known, code_type(expr.type)))
    return number(known, register_type(expr.type))


@expression(ir.Local)
def local(code: Code, expr: ir.Local) -> Value:
    """What a local holds."""
    return code.load(code.local(expr.name, expr.type))


@expression(ir.Load)
def load(code: Code, expr: ir.Load) -> Value:
    """The value at a place."""
    return load_place(code, expr.place)


@expression(ir.GetField)
def get_field(code: Code, expr: ir.GetField) -> Value:
    """A field; of a place only the field is loaded."""
    if isinstance(expr.struct, ir.Load):
        place = expr.struct.place
        return load_place(code, ir.Place(place.root, (*place.steps, ir.FieldStep(expr.name)), expr.type))
    kind = expr.struct.type
    assert isinstance(kind, types.Struct)
    part, shift = struct_part(kind, expr.name)
    return part_of(code, part, code.value(expr.struct), number(shift))


@expression(ir.GetEntry)
def get_entry(code: Code, expr: ir.GetEntry) -> Value:
    """An entry; of a place only the entry is loaded."""
    if isinstance(expr.map, ir.Load) and is_cheap(expr.key):
        place = expr.map.place
        return load_place(code, ir.Place(place.root, (*place.steps, ir.KeyStep(expr.key)), expr.type))
    kind = expr.map.type
    assert isinstance(kind, types.Map)
    whole = code.value(expr.map)
    rank = rank_of(code, kind.key, code.value(expr.key))
    return part_of(code, kind.element, whole, entry_shift(code, kind, rank))


@expression(ir.MakeStruct)
def make_struct(code: Code, expr: ir.MakeStruct) -> Value:
    """A struct from its fields."""
    return struct_of(code, expr.type, [code.value(part) for part in expr.fields])


@expression(ir.MakeMap)
def make_map(code: Code, expr: ir.MakeMap) -> Value:
    """A map from its entries."""
    return map_of(code, expr.type, [code.value(part) for part in expr.items])


@expression(ir.Unwrap)
def unwrap(code: Code, expr: ir.Unwrap) -> Value:
    """The value inside an optional; fails on None."""
    kind = expr.option.type
    assert isinstance(kind, types.Option)
    register = code.value(expr.option)
    code.fail_if(is_none(code, kind, register))
    return unwrapped(code, kind, register)


@expression(ir.IsNone)
def test_none(code: Code, expr: ir.IsNone) -> Value:
    """Whether an optional is None."""
    kind, register = expr.option.type, code.value(expr.option)
    if isinstance(kind, types.Option):
        return is_none(code, kind, register)
    return number(int(isinstance(kind, ir.Nothing)), I1)


@expression(ir.Narrow)
def narrow(code: Code, expr: ir.Narrow) -> Value:
    """The struct in a union; fails on another one."""
    register = code.value(expr.union)
    code.fail_unless(_holds(code, expr.union.type, expr.type, register))
    return member_of(code, expr.type, register)


@expression(ir.IsInstance)
def is_instance(code: Code, expr: ir.IsInstance) -> Value:
    """Whether a union holds a struct."""
    return _holds(code, expr.union.type, expr.member, code.value(expr.union))


def _holds(code: Code, kind: types.Type, member: types.Struct, register: Value) -> Value:
    assert isinstance(kind, types.Union)
    position = position_of(code, kind, register)
    return code.compare("==", position, number(kind.members.index(member), position.type))


@expression(ir.Not)
def negation(code: Code, expr: ir.Not) -> Value:
    """The opposite."""
    return code.invert(code.value(expr.value))


@expression(ir.And)
def conjunction(code: Code, expr: ir.And) -> Value:
    """Whether all parts are true; no part after a false one is computed, if that could make a difference."""
    return _lazy(code, expr.parts, 0)


@expression(ir.Or)
def disjunction(code: Code, expr: ir.Or) -> Value:
    """Whether any part is true; no part after a true one is computed, if that could make a difference."""
    return _lazy(code, expr.parts, 1)


def _lazy(code: Code, parts: tuple[ir.Expr, ...], decisive: int) -> Value:
    result = number(1 - decisive, I1)
    incoming: list[tuple[Value, Value]] = []
    done = None
    for part in parts:
        if literal(result) is None and not is_cheap(part):
            done = done or code.block("decided")
            onward = code.block("more")
            incoming.append((number(decisive, I1), code.builder.block))
            code.branch(result, *((done, onward) if decisive else (onward, done)))
            code.at(onward)
            result = code.value(part)
        elif literal(result) == decisive:
            break
        else:
            # Selected and not combined: a value that is not needed may be undefined, and must not spread.
            value, known = code.value(part), number(decisive, I1)
            result = code.select(result, known, value) if decisive else code.select(result, value, known)
    if done is None:
        return result
    code.unreachable()
    incoming.append((result, code.builder.block))
    code.jump(done)
    code.at(done)
    return code.phi(incoming)


@expression(ir.IfElse)
def if_else(code: Code, expr: ir.IfElse) -> Value:
    """One of two values; the other is not computed, if that could make a difference."""
    test = code.value(expr.test)
    known = literal(test)
    if known is not None:
        return code.value(expr.then if known else expr.otherwise)
    if is_cheap(expr.then) and is_cheap(expr.otherwise):
        return code.select(test, code.value(expr.then), code.value(expr.otherwise))
    return code.choice_of(test, lambda: code.value(expr.then), lambda: code.value(expr.otherwise))


@expression(ir.Do)
def do(code: Code, expr: ir.Do) -> Value:
    """Statements, then a value."""
    code.run(expr.body)
    code.unreachable()
    return code.value(expr.value)

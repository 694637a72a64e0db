"""`Convert`: the same value as another type, with the checks that can fail and no others."""

from __future__ import annotations

from ...model.lang import ir, types
from ...model.lang.types import Type
from .codes import HIGHEST, bounds, is_empty, is_number, is_slots
from .containers import checked_mask, empty, fitted, insert, size_of
from .emitter import Code, Value, expression, number
from .loops import each
from .places import view
from .ranks import (
    entry_shift,
    is_none,
    map_of,
    member_of,
    part_of,
    position_of,
    struct_of,
    struct_part,
    union_of,
    unwrapped,
    wrapped,
)
from .registers import I1, register_type


@expression(ir.Convert)
def convert_expression(code: Code, expr: ir.Convert) -> Value:
    """The register of a converted value."""
    source = expr.value.type
    register = code.value(expr.value) if source == expr.type else view(code, expr.value)
    return convert(code, register, source, expr.type)


def convert(code: Code, register: Value, source: Type, target: Type) -> Value:
    """The register of a value as another type. Fails when it does not fit."""
    if source == target:
        return register
    if isinstance(target, types.Option):
        return _to_option(code, register, source, target)
    if _is_integral(source) and _is_integral(target):
        return _checked(code, register, source, target)
    collections = (types.Set, types.Seq, types.Bag)
    if isinstance(source, collections) and isinstance(target, collections):
        return _collection(code, register, source, target)
    if isinstance(target, types.Union):
        return _to_union(code, register, source, target)
    if isinstance(source, types.Struct) and isinstance(target, types.Struct):
        parts = []
        for name, part in target.fields:
            kind, shift = struct_part(source, name)
            parts.append(convert(code, part_of(code, kind, register, number(shift)), kind, part))
        return struct_of(code, target, parts)
    if isinstance(source, types.Map) and isinstance(target, types.Map):
        items = []
        for rank in range(source.key.count):
            item = part_of(code, source.element, register, entry_shift(code, source, number(rank)))
            items.append(convert(code, item, source.element, target.element))
        return map_of(code, target, items)
    if isinstance(source, types.Enum) and isinstance(target, types.Enum):
        return register
    raise TypeError(f"no conversion from {source} to {target}")


def _is_integral(kind: Type) -> bool:
    return is_number(kind) or isinstance(kind, types.Domain)


def _checked(code: Code, register: Value, source: Type, target: Type) -> Value:
    (low, high), (least, most) = bounds(target), bounds(source)
    if most <= high and low <= least:
        return register
    if low <= least and high < HIGHEST:
        code.fail_if(code.compare(">", register, number(high), sign=True))
    elif most <= high:
        code.fail_if(code.compare("<", register, number(low), sign=True))
    else:
        code.fail_if(code.compare(">", code.sub(register, number(low)), number(high - low)))
    return register


def _to_union(code: Code, register: Value, source: Type, target: types.Union) -> Value:
    """The same struct in another union. Fails when that does not have it."""
    if isinstance(source, types.Struct):
        return union_of(code, target, source, register)
    assert isinstance(source, types.Union)
    position, result, known = position_of(code, source, register), number(0, register_type(target)), number(0, I1)
    for index, member in enumerate(source.members):
        if member in target.members:
            here = code.compare("==", position, number(index, position.type))
            known = code.or_(known, here)
            result = code.select(here, union_of(code, target, member, member_of(code, member, register)), result)
    if not types.is_part(source, target):
        code.fail_unless(known)
    return result


def _to_option(code: Code, register: Value, source: Type, target: types.Option) -> Value:
    none = number(0, register_type(target))
    if isinstance(source, ir.Nothing):
        return none
    if not isinstance(source, types.Option):
        return wrapped(code, target, convert(code, register, source, target.inner))
    return code.choice_of(
        is_none(code, source, register),
        lambda: none,
        lambda: wrapped(code, target, convert(code, unwrapped(code, source, register), source.inner, target.inner)),
    )


class _Register:
    """Stands for an expression that has been computed, as the collection of a loop."""

    def __init__(self, register: Value, kind: Type) -> None:
        self.register = register
        self.type = kind


@expression(_Register)
def _register_expression(code: Code, expr: _Register) -> Value:
    return expr.register


def elements(register: Value, kind: Type, *, reverse: bool = False) -> ir.Elements:
    """The elements of a collection that has been computed, as something to loop over."""
    return ir.Elements(_Register(register, kind), None, reverse)  # type: ignore[arg-type]  # emitted like an Expr


def _collection(
    code: Code,
    register: Value,
    source: types.Set | types.Seq | types.Bag,
    target: types.Set | types.Seq | types.Bag,
) -> Value:
    if is_empty(source) or is_empty(target):
        if is_empty(target) and not is_empty(source):
            code.fail_if(code.compare("!=", size_of(code, source, register), number(0)))
        return code.final(empty(code, target))
    if source.element == target.element:
        same = type(source) is type(target) or (isinstance(source, types.Bag) and isinstance(target, types.Seq))
        ordered = isinstance(source, types.Set) and not isinstance(target, types.Set)
        if is_slots(source) and is_slots(target) and (same or ordered):
            return fitted(code, source, target, register)
        if not is_slots(source) and not is_slots(target):
            assert isinstance(target, types.Set)
            return checked_mask(code, target, register)
    result = empty(code, target)

    def visit(item: Value, _: object) -> None:
        insert(code, target, result, convert(code, item, source.element, target.element))

    each(code, elements(register, source), visit)
    return code.final(result)

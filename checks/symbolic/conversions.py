"""`Convert`: the same value as another type, failing where it does not fit."""

from __future__ import annotations

from typing import Any

from ...model.lang import ir, types
from . import collections, terms
from .environment import Environment, field_position
from .terms import Bool, Int, disjunction, equal, negation
from .values import Option, Record, Value, Variant, arbitrary, is_mask

_COLLECTIONS = (types.Set, types.Seq, types.Bag)
_NUMBERS = (types.Int, types.Domain, ir.Integer)


def convert(env: Environment, value: Value, source: types.Type, target: types.Type) -> Value:  # noqa: PLR0911  # one a type
    """A value of one type as a value of another type."""
    if source == target:
        return value
    if isinstance(target, types.Option):
        return _to_option(env, value, source, target)
    if isinstance(source, _NUMBERS) and isinstance(target, _NUMBERS):
        return _bounded(env, value, target)
    if isinstance(source, _COLLECTIONS) and isinstance(target, _COLLECTIONS):
        return _collection(env, value, source, target)
    if isinstance(target, types.Union):
        return _to_union(env, value, source, target)
    if isinstance(source, types.Struct) and isinstance(target, types.Struct):
        parts = []
        for name, part in target.fields:
            parts.append(convert(env, value.parts[field_position(source, name)], source.field[name], part))
        return Record(parts)
    if isinstance(source, types.Map) and isinstance(target, types.Map):
        return Record([convert(env, item, source.element, target.element) for item in value.parts])
    if isinstance(source, (types.Enum, types.Bool)):
        return value
    if isinstance(source, ir.Nothing):
        return arbitrary(target)  # The element of an empty literal: there is none.
    raise AssertionError(f"no conversion from {source} to {target}")


def _bounded(env: Environment, value: Value, target: types.Type) -> Value:
    if isinstance(target, ir.Integer):
        return value
    least, greatest = (target.low, target.high) if isinstance(target, types.Int) else (0, target.count - 1)
    env.fail(negation(terms.within(value, least, greatest)))
    return terms.narrowed(value, least, greatest)


def _to_option(env: Environment, value: Value, source: types.Type, target: types.Option) -> Value:
    if isinstance(source, ir.Nothing):
        return Option(False, None)
    if not isinstance(source, types.Option):
        return Option(True, convert(env, value, source, target.inner))
    if value.present is False:
        return value
    with env.given(value.present):
        inner = convert(env, value.value, source.inner, target.inner)
    return Option(value.present, inner)


def _to_union(env: Environment, value: Value, source: types.Type, target: types.Union) -> Value:
    positions = {member.cls: at for at, member in enumerate(target.members)}
    if isinstance(source, types.Struct):
        at = positions[source.cls]
        return Variant(at, {at: convert(env, value, source, target.members[at])})
    assert isinstance(source, types.Union)
    known: Bool = False
    tag: Int = 0
    records: dict[int, Value] = {}
    for at, member in enumerate(source.members):
        here = equal(value.tag, at)
        if at not in value.records or here is False or member.cls not in positions:
            continue
        moved = positions[member.cls]
        known = disjunction(known, here)
        tag = terms.if_int(here, moved, tag)
        with env.given(here):
            records[moved] = convert(env, value.records[at], member, target.members[moved])
    env.fail(negation(known))
    return Variant(tag, records)


def _collection(env: Environment, value: Value, source: Any, target: Any) -> Value:
    full = env.no_room(target)
    if source.element == target.element:
        same = type(source) is type(target) or isinstance(target, types.Seq)
        ordered = isinstance(source, types.Set) and not isinstance(target, types.Set)
        if not is_mask(source) and not is_mask(target) and (same or ordered):
            return collections.resized(value, target.size, full)
        if is_mask(source) and is_mask(target):
            return collections.checked_mask(target, value, full)
    converted = []
    for there, item in collections.elements(source, value):
        with env.given(there):
            converted.append((there, convert(env, item, source.element, target.element)))
    result = collections.empty(target)
    for there, item in converted:
        result = collections.insert(target, result, item, there, full)
    return result

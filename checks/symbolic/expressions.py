"""Expressions of the representation as trees of terms: the symbolic twin of `interpret.evaluate`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...model.lang import ir, types
from . import collections, terms
from .comparison import same_value
from .conversions import convert
from .environment import Environment, field_position
from .folds import fold
from .statements import execute
from .terms import Bool, Int, at_most, conjunction, disjunction, if_int, less, negation
from .values import Record, Slots, Value, arbitrary, constant, merge


def evaluate(value: ir.Expr, env: Environment) -> Value:  # noqa: C901, PLR0911, PLR0912  # one line a construct
    """The tree of an expression. What can fail is noted in the environment."""
    match value:
        case ir.Const(value=known, type=kind):
            return constant(kind, known)
        case ir.Local(name=name, type=kind):
            found = env.roots.get(name)
            return arbitrary(kind) if found is None else found
        case ir.Load(place=place):
            return env.read(place)
        case ir.GetField(struct=struct, name=name):
            assert isinstance(struct.type, types.Struct)
            return evaluate(struct, env).parts[field_position(struct.type, name)]
        case ir.GetEntry(map=map_, key=key):
            entries = evaluate(map_, env).parts
            return _entry(entries, collections.matches(key.type, evaluate(key, env)))
        case ir.MakeStruct(fields=fields):
            return Record([evaluate(part, env) for part in fields])
        case ir.MakeMap(items=items):
            return Record([evaluate(item, env) for item in items])
        case ir.MakeSet(items=items, type=kind) | ir.MakeSeq(items=items, type=kind):
            made = [evaluate(item, env) for item in items]
            result = collections.empty(kind)
            for item in made:
                result = collections.insert(kind, result, item, True, env.no_room(kind))
            return result
        case ir.Unwrap(option=option):
            found = evaluate(option, env)
            env.fail(negation(found.present))
            return arbitrary(value.type) if found.value is None else found.value
        case ir.IsNone(option=option):
            if isinstance(option.type, types.Option):
                return negation(evaluate(option, env).present)
            evaluate(option, env)
            return isinstance(option.type, ir.Nothing)
        case ir.Narrow(union=union, type=kind):
            return _narrow(union, kind, env)
        case ir.IsInstance(union=union, member=member):
            found = evaluate(union, env)
            if isinstance(union.type, types.Union):
                return terms.equal(found.tag, _position(union.type, member))
            return union.type == member
        case ir.Convert(value=inner, type=kind):
            return convert(env, evaluate(inner, env), inner.type, kind)
        case ir.Arithmetic(op=op, left=left, right=right):
            return _arithmetic(op, evaluate(left, env), evaluate(right, env), env)
        case ir.Compare(op=op, left=left, right=right):
            return _compare(op, left.type, evaluate(left, env), evaluate(right, env))
        case ir.Not(value=inner):
            return negation(evaluate(inner, env))
        case ir.And(parts=parts):
            return _lazily(parts, env, stop=False)
        case ir.Or(parts=parts):
            return _lazily(parts, env, stop=True)
        case ir.IfElse(test=test, then=then, otherwise=otherwise):
            return _either(evaluate(test, env), then, otherwise, env)
        case ir.Fold():
            return fold(value, env)
        case ir.Do(body=body, value=result):
            execute(body, env)
            return evaluate(result, env)
    return _collection(value, env)


def _entry(entries: Sequence[Value], ranks: Sequence[tuple[int, Bool]]) -> Value:
    result = entries[ranks[0][0]]
    for rank, test in ranks[1:]:
        result = merge(test, entries[rank], result)
    return result


def _position(kind: types.Union, member: types.Struct) -> int:
    return next(at for at, known in enumerate(kind.members) if known.cls is member.cls)


def _narrow(union: ir.Expr, kind: types.Struct, env: Environment) -> Value:
    found = evaluate(union, env)
    if not isinstance(union.type, types.Union):
        return found
    at = _position(union.type, kind)
    env.fail(negation(terms.equal(found.tag, at)))
    record = found.records.get(at)
    return arbitrary(kind) if record is None else record


def _lazily(parts: Sequence[ir.Expr], env: Environment, *, stop: bool) -> Bool:
    """A conjunction (stopping at False) or disjunction (stopping at True), evaluated from left to right."""
    if not parts:
        return not stop
    first, *rest = parts
    known: Bool = evaluate(first, env)
    if known is stop or not rest:
        return known
    go_on = negation(known) if stop else known
    with env.given(go_on):
        others = _lazily(rest, env, stop=stop)
    return disjunction(known, others) if stop else conjunction(known, others)


def _either(test: Bool, then: ir.Expr, otherwise: ir.Expr, env: Environment) -> Value:
    if isinstance(test, bool):
        return evaluate(then if test else otherwise, env)
    with env.given(test):
        first = evaluate(then, env)
    with env.given(negation(test)):
        second = evaluate(otherwise, env)
    return merge(test, first, second)


_ARITHMETIC: dict[str, Callable[[Int, Int], Int]] = {
    "+": terms.add,
    "-": terms.subtract,
    "*": terms.multiply,
    "//": terms.floor_divide,
    "%": terms.modulo,
}


def _arithmetic(op: str, left: Int, right: Int, env: Environment) -> Int:
    if op in ("//", "%"):
        env.fail(terms.equal(right, 0))
    return _ARITHMETIC[op](left, right)


def _compare(op: str, kind: types.Type, left: Value, right: Value) -> Bool:
    match op:
        case "==":
            return same_value(kind, left, right)
        case "!=":
            return negation(same_value(kind, left, right))
        case "<":
            return less(left, right)
        case "<=":
            return at_most(left, right)
        case ">":
            return less(right, left)
        case _:
            return at_most(right, left)


def _collection(value: Any, env: Environment) -> Value:  # noqa: C901, PLR0911, PLR0912  # one line a construct
    kind: Any
    match value:
        case ir.Length(collection=collection):
            kind = collection.type
            return collections.size(kind, evaluate(collection, env))
        case ir.Contains(item=item, collection=collection):
            wanted, kind = evaluate(item, env), collection.type
            return collections.contains(kind, evaluate(collection, env), wanted)
        case ir.Occurrences(item=item, collection=collection):
            found, kind = evaluate(collection, env), collection.type
            return collections.occurrences(kind, found, evaluate(item, env))
        case ir.Subset(left=left, right=right):
            kind, first = left.type, evaluate(left, env)
            return collections.subset(kind, first, evaluate(right, env))
        case ir.SetOperation(op=op, left=left, right=right, type=kind):
            first, second = evaluate(left, env), evaluate(right, env)
            return collections.set_operation(op, kind, first, second, env.no_room(kind))
        case ir.Insert(collection=collection, item=item):
            kind = value.type
            found, more = evaluate(collection, env), evaluate(item, env)
            found = convert(env, found, collection.type, value.type)
            return collections.insert(kind, found, more, True, env.no_room(kind))
        case ir.Remove(collection=collection, item=item, strict=strict):
            kind = value.type
            found = evaluate(collection, env)
            result, known = collections.remove(kind, found, evaluate(item, env))
            if strict:
                env.fail(negation(known))
            return result
        case ir.Index(seq=seq, index=index, type=kind):
            found = evaluate(seq, env)
            position = _index(found, evaluate(index, env), env)
            item = collections.select(found.items, position)
            return arbitrary(kind) if item is None else item
        case ir.Slice(seq=seq, start=start, stop=stop, type=kind):
            found = evaluate(seq, env)
            first, last = (None if end is None else evaluate(end, env) for end in (start, stop))
            return collections.sliced(found, _end(first, 0, found), _end(last, found.length, found), kind.size)
        case ir.Truncate(seq=seq, length=length):
            found, kept = evaluate(seq, env), evaluate(length, env)
            env.fail(negation(conjunction(at_most(0, kept), at_most(kept, found.length))))
            return collections.truncate(found, kept)
        case ir.WithItem(seq=seq, index=index, item=item):
            found = evaluate(seq, env)
            position = _index(found, evaluate(index, env), env)
            return collections.with_item(found, position, evaluate(item, env))
        case ir.WithoutItem(seq=seq, index=index):
            found = evaluate(seq, env)
            return collections.remove_at(found, _index(found, evaluate(index, env), env))
        case ir.Concat(left=left, right=right, type=kind):
            first, second = evaluate(left, env), evaluate(right, env)
            return collections.concatenated(first, second, kind.size, env.no_room(kind))
        case ir.Sorted(collection=collection, reverse=reverse, type=kind):
            source: Any = collection.type
            found = collections.elements(source, evaluate(collection, env))
            return collections.sorted_numbers(found, reverse, kind.size, env.no_room(kind))
    raise AssertionError(f"no translation of {type(value).__name__}")


def _index(seq: Slots, index: Int, env: Environment) -> Int:
    """The position that an index means, counted from the end when it is negative."""
    position = if_int(less(index, 0), terms.add(index, seq.length), index)
    env.fail(negation(conjunction(at_most(0, position), less(position, seq.length))))
    return terms.narrowed(position, 0, max(terms.high(seq.length) - 1, 0))


def _end(bound: Int | None, default: Int, seq: Slots) -> Int:
    """Where a slice begins or ends: within the sequence, counted from its end when negative."""
    if bound is None:
        return default
    position = if_int(less(bound, 0), terms.add(bound, seq.length), bound)
    clamped = if_int(less(position, 0), 0, if_int(less(seq.length, position), seq.length, position))
    return terms.narrowed(clamped, 0, terms.high(seq.length))

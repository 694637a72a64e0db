"""Equality, canonical order and validity of symbolic values."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ...model.lang import ir, types
from . import terms
from .terms import Bool, conjunction, disjunction, equal, negation
from .values import Slots, Value, is_mask


def same_value(kind: types.Type, left: Value, right: Value) -> Bool:  # noqa: PLR0911  # one a type
    """Whether two values of a type are equal."""
    if left is right:
        return True
    match kind:
        case types.Bool():
            return terms.same(left, right)
        case types.Int() | ir.Integer() | types.Domain() | types.Enum():
            return equal(left, right)
        case ir.Nothing():
            return True
        case types.Option(inner=inner):
            both = terms.same(left.present, right.present)
            if both is False or left.present is False or right.present is False:
                return both
            return conjunction(both, disjunction(negation(left.present), same_value(inner, left.value, right.value)))
        case types.Struct(fields=fields):
            return conjunction(*_in_turn(same_value, [part for _, part in fields], left.parts, right.parts))
        case types.Map(key=key, element=element):
            return conjunction(*_in_turn(same_value, [element] * key.count, left.parts, right.parts))
        case types.Union(members=members):
            parts = [
                disjunction(negation(equal(left.tag, at)), same_value(members[at], record, right.records[at]))
                for at, record in left.records.items()
                if at in right.records
            ]
            return conjunction(equal(left.tag, right.tag), *parts)
        case types.Set() if is_mask(kind):
            return conjunction(*map(terms.same, left.bits, right.bits))
        case types.Set() | types.Seq() | types.Bag():
            lengths = equal(left.length, right.length)
            if lengths is False:
                return False
            shared = min(len(left.items), len(right.items))
            return conjunction(
                lengths,
                *(
                    disjunction(
                        terms.at_most(left.length, at), same_value(kind.element, left.items[at], right.items[at])
                    )
                    for at in range(shared)
                    if at < terms.high(left.length)
                ),
            )
    raise AssertionError(f"no equality of {kind}")


def _in_turn(
    compare: Callable[[types.Type, Value, Value], Bool],
    kinds: Sequence[types.Type],
    left: Sequence[Value],
    right: Sequence[Value],
) -> Iterator[Bool]:
    """Comparisons of parts one after the other, up to the first that is decided to be false."""
    for at, kind in enumerate(kinds):
        found = compare(kind, left[at], right[at])
        yield found
        if found is False:
            return


def precedes(kind: types.Type, left: Value, right: Value) -> Bool:  # noqa: PLR0911  # one a type
    """Whether a value comes before another one in canonical order, which is that of codes."""
    if left is right:
        return False
    match kind:
        case types.Bool():
            return conjunction(negation(left), right)
        case types.Int() | ir.Integer() | types.Domain() | types.Enum():
            return terms.less(left, right)
        case ir.Nothing():
            return False
        case types.Option(inner=inner):
            if left.present is False or right.present is False:
                return conjunction(negation(left.present), right.present)
            inside = conjunction(left.present, precedes(inner, left.value, right.value))
            return conjunction(right.present, disjunction(negation(left.present), inside))
        case types.Struct(fields=fields):
            return _first_difference([part for _, part in fields], left.parts, right.parts)
        case types.Map(key=key, element=element):
            return _first_difference([element] * key.count, left.parts, right.parts)
        case types.Union(members=members):
            each = [
                conjunction(equal(left.tag, at), equal(right.tag, at), precedes(members[at], record, right.records[at]))
                for at, record in left.records.items()
                if at in right.records
            ]
            return disjunction(terms.less(left.tag, right.tag), *each)
        case types.Set() if is_mask(kind):
            ranks = [types.Bool()] * len(left.bits)
            return _first_difference(ranks, left.bits[::-1], right.bits[::-1])
        case types.Set() | types.Seq() | types.Bag():
            return _slots_precede(kind.element, left, right)
    raise AssertionError(f"no order of {kind}")


def _slots_precede(element: types.Type, left: Slots, right: Slots) -> Bool:
    shared = min(len(left.items), len(right.items))
    result: Bool = False
    for at in reversed(range(shared)):
        inside = disjunction(
            precedes(element, left.items[at], right.items[at]),
            conjunction(same_value(element, left.items[at], right.items[at]), result),
        )
        result = conjunction(terms.less(at, left.length), inside)
    return disjunction(terms.less(left.length, right.length), conjunction(equal(left.length, right.length), result))


def _first_difference(kinds: Sequence[types.Type], left: Sequence[Value], right: Sequence[Value]) -> Bool:
    result: Bool = False
    for at in reversed(range(len(kinds))):
        before = precedes(kinds[at], left[at], right[at])
        result = disjunction(before, conjunction(same_value(kinds[at], left[at], right[at]), result))
    return result


def is_valid(kind: types.Type, value: Value) -> Bool:
    """Whether a tree of variables is a value of its type: in canonical order, and not over its size."""
    match kind:
        case types.Option(inner=inner) if value.present is not False:
            return disjunction(negation(value.present), is_valid(inner, value.value))
        case types.Struct(fields=fields):
            return conjunction(*(is_valid(part, value.parts[at]) for at, (_, part) in enumerate(fields)))
        case types.Map(element=element):
            return conjunction(*(is_valid(element, part) for part in value.parts))
        case types.Union(members=members):
            return conjunction(
                *(
                    disjunction(negation(equal(value.tag, at)), is_valid(members[at], record))
                    for at, record in value.records.items()
                )
            )
        case types.Set(size=size) if is_mask(kind):
            return True if size is None else terms.at_most(terms.count(value.bits), size)
        case types.Set() | types.Seq() | types.Bag():
            parts = [
                disjunction(terms.at_most(value.length, at), is_valid(kind.element, item))
                for at, item in enumerate(value.items)
            ]
            if not isinstance(kind, types.Seq):
                parts += [_is_sorted(kind, value, at) for at in range(1, len(value.items))]
            return conjunction(*parts)
    return True


def _is_sorted(kind: types.Type, value: Slots, at: int) -> Bool:
    element, before, item = kind.element, value.items[at - 1], value.items[at]  # type: ignore[attr-defined]  # collections
    is_set = isinstance(kind, types.Set)
    right = precedes(element, before, item) if is_set else negation(precedes(element, item, before))
    return disjunction(terms.at_most(value.length, at), right)

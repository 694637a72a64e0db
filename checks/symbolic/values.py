"""Symbolic values: trees whose leaves are terms.

The tree follows the type. Parts that say nothing are left as they come: the value inside an absent optional, the
elements past the length of a sequence, the fields of structs that a union does not hold. So equality looks at what
counts (`comparison`), and two values are merged without touching what only one of them has.

| type                        | tree                                                        |
|-----------------------------|-------------------------------------------------------------|
| Bool                        | a boolean term                                              |
| Int, Integer, Domain, Enum  | an integer term: the number, the identity, the rank         |
| Option                      | Option                                                      |
| Struct, Map                 | Record: fields, or one entry a key                          |
| Union                       | Variant                                                     |
| Set as a mask               | Mask: one boolean a value of the element type               |
| Seq, Bag, other sets        | Slots: a length and elements, those of bags and sets sorted |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, overload

from ...model import errors
from ...model.lang import ir, types
from . import terms
from .terms import Bool, Int, if_bool, if_int

#: A tree: Bool, Int, Option, Record, Variant, Mask, Slots, or None for what says nothing.
Value = Any


class Lazy(Sequence[Any]):
    """Parts of which each is computed when it is asked for: much of what is written is never read."""

    __slots__ = ("_compute", "_known", "_size")

    def __init__(self, size: int, compute: Callable[[int], Any]) -> None:
        self._size, self._compute = size, compute
        self._known: dict[int, Any] = {}

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, position: int) -> Any: ...
    @overload
    def __getitem__(self, position: slice) -> Sequence[Any]: ...
    def __getitem__(self, position: int | slice) -> Any:
        if isinstance(position, slice):
            return [self[at] for at in range(*position.indices(self._size))]
        if position not in self._known:
            if not 0 <= position < self._size:
                raise IndexError(position)
            self._known[position] = self._compute(position)
        return self._known[position]


def merged(test: Bool, then: Sequence[Any], otherwise: Sequence[Any]) -> Sequence[Any]:
    """The parts of `then` if `test`, else those of `otherwise`; what only one of them has is taken from there."""
    if then is otherwise:
        return then

    def part(at: int) -> Any:
        return merge(test, then[at] if at < len(then) else None, otherwise[at] if at < len(otherwise) else None)

    return Lazy(max(len(then), len(otherwise)), part)


def replaced(parts: Sequence[Any], position: int, part: Any) -> Sequence[Any]:
    """The same parts but one."""
    return Lazy(len(parts), lambda at: part if at == position else parts[at])


@dataclass(frozen=True, slots=True, eq=False)
class Option:
    present: Bool
    value: Value


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    parts: Sequence[Value]


@dataclass(frozen=True, slots=True, eq=False)
class Variant:
    """`tag` is the position of a struct in the union; `records` has those that it can be."""

    tag: Int
    records: Mapping[int, Value]


@dataclass(frozen=True, slots=True, eq=False)
class Mask:
    bits: Sequence[Bool]


@dataclass(frozen=True, slots=True, eq=False)
class Slots:
    length: Int
    items: Sequence[Value]


_WIDEST_MASK = 16


def is_mask(kind: types.Type) -> bool:
    """Whether a set is represented as a mask."""
    return isinstance(kind, types.Set) and (kind.is_mask or kind.element.count <= _WIDEST_MASK)


#: The most values of a type that are told apart one by one.
MOST_VALUES = 100_000


@lru_cache(maxsize=4096)
def all_values(kind: types.Type) -> dict[int, Any]:
    """The stored values of a type by their ranks, in canonical order. Some ranks of what has a length mean nothing."""
    if kind.count > MOST_VALUES:
        raise errors.TooLargeToUnroll(f"{kind} has {kind.count:,} values, and each would be a case of its own")
    if types.is_enumerable(kind):
        return dict(enumerate(kind.values()))
    return {rank: kind.unrank(rank) for rank in range(kind.count) if _is_rank(kind, rank)}


def _is_rank(kind: types.Type, rank: int) -> bool:
    try:
        return kind.rank(kind.fit(kind.unrank(rank))) == rank
    except (errors.OutOfRange, errors.NoRoom, ValueError, IndexError):
        return False


def merge(test: Bool, then: Value, otherwise: Value) -> Value:
    """`then if test else otherwise`."""
    if then is otherwise or otherwise is None or test is True:
        return then
    if then is None or test is False:
        return otherwise
    match then:
        case bool() | terms.BoolTerm():
            return if_bool(test, then, otherwise)
        case int() | terms.IntTerm():
            return if_int(test, then, otherwise)
        case Option(present=present, value=value):
            return Option(if_bool(test, present, otherwise.present), merge(test, value, otherwise.value))
        case Record(parts=parts):
            return Record(merged(test, parts, otherwise.parts))
        case Variant(tag=tag, records=records):
            known = {
                at: merge(test, records.get(at), otherwise.records.get(at)) for at in {**records, **otherwise.records}
            }
            return Variant(if_int(test, tag, otherwise.tag), known)
        case Mask(bits=bits):
            return Mask(merged(test, bits, otherwise.bits))
        case Slots(length=length, items=items):
            return Slots(if_int(test, length, otherwise.length), merged(test, items, otherwise.items))
    raise AssertionError(f"no tree: {then!r}")


def constant(kind: types.Type, value: Any) -> Value:
    """The tree of a stored value."""
    match kind:
        case types.Bool() | types.Int() | ir.Integer() | types.Domain():
            return value
        case ir.Nothing():
            return None
        case types.Enum():
            return kind.rank(value)
        case types.Option(inner=inner):
            return Option(False, None) if value is None else Option(True, constant(inner, value))
        case types.Struct(fields=fields):
            return Record([constant(part, value._values[name]) for name, part in fields])
        case types.Map(element=element):
            return Record([constant(element, item) for item in value._values])
        case types.Union(members=members):
            at = kind.position(value)
            return Variant(at, {at: constant(members[at], value)})
        case types.Set() if is_mask(kind):
            ranks = {kind.element.rank(item) for item in value}
            return Mask([rank in ranks for rank in all_values(kind.element)])
        case types.Set() | types.Seq() | types.Bag():
            return Slots(len(value), [constant(kind.element, item) for item in value])
    raise AssertionError(f"no tree of {kind}")


def arbitrary(kind: types.Type) -> Value:
    """Some value of a type, for what is read where there is nothing to read."""
    if isinstance(kind, ir.Integer):
        return 0
    return constant(kind, None if isinstance(kind, ir.Nothing) else kind.default())


def size(kind: types.Type) -> int:
    """The number of leaves of a free value."""
    match kind:
        case types.Option(inner=inner):
            return 1 + size(inner)
        case types.Struct(fields=fields):
            return sum(size(part) for _, part in fields)
        case types.Map(key=key, element=element):
            return key.count * size(element)
        case types.Union(members=members):
            return 1 + sum(map(size, members))
        case types.Set() if is_mask(kind):
            return kind.element.count
        case types.Set() | types.Seq() | types.Bag():
            return 1 + kind.capacity * size(kind.element)
    return 1


def free(kind: types.Type, name: str) -> Value:
    """A value that a solver may choose. It is of its type where `is_valid` is true."""
    match kind:
        case types.Bool():
            return terms.bool_variable(name)
        case types.Int(low=low, high=high):
            return terms.int_variable(name, low, high)
        case types.Domain() | types.Enum():
            return terms.int_variable(name, 0, kind.count - 1)
        case types.Option(inner=inner):
            return Option(terms.bool_variable(f"{name}?"), free(inner, name))
        case types.Struct(fields=fields):
            return Record([free(part, f"{name}.{field}") for field, part in fields])
        case types.Map(key=key, element=element):
            return Record([free(element, f"{name}[{key.show(item)}]") for item in key.values()])
        case types.Union(members=members):
            tag = terms.int_variable(f"{name}:", 0, len(members) - 1)
            return Variant(tag, {at: free(part, f"{name}:{part}") for at, part in enumerate(members)})
        case types.Set() if is_mask(kind):
            shown = map(kind.element.show, all_values(kind.element).values())
            return Mask([terms.bool_variable(f"{name}/{item}") for item in shown])
        case types.Set() | types.Seq() | types.Bag():
            length = terms.int_variable(f"{name}#", 0, kind.capacity)
            return Slots(length, [free(kind.element, f"{name}#{at}") for at in range(kind.capacity)])
    raise AssertionError(f"no variable of {kind}")


def stored(kind: types.Type, value: Value, meaning: Callable[[Any], Any]) -> Any:
    """The stored value that a tree stands for; `meaning` gives the values of terms."""
    match kind:
        case types.Enum():
            return kind.unrank(meaning(value))
        case ir.Nothing():
            return None
        case types.Option(inner=inner):
            return stored(inner, value.value, meaning) if meaning(value.present) else None
        case types.Struct(fields=fields):
            parts = {name: stored(part, value.parts[at], meaning) for at, (name, part) in enumerate(fields)}
            return kind.make(kind, parts)
        case types.Map(element=element):
            return kind.make(kind, [stored(element, part, meaning) for part in value.parts])
        case types.Union(members=members):
            at = meaning(value.tag)
            return stored(members[at], value.records[at], meaning)
        case types.Set() if is_mask(kind):
            found = zip(all_values(kind.element).values(), value.bits, strict=True)
            return tuple(item for item, bit in found if meaning(bit))
        case types.Set() | types.Seq() | types.Bag():
            return tuple(stored(kind.element, value.items[at], meaning) for at in range(meaning(value.length)))
    return meaning(value)

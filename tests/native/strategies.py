"""Random types, values of them, and expressions over them."""

from __future__ import annotations

import enum
from typing import Any

from hypothesis import strategies as st

from fencepost.model.lang import types
from fencepost.model.lang.annotations import _frozen_map
from fencepost.model.lang.values import Struct, frozen_struct


class Colour(enum.Enum):
    RED = 1
    GREEN = 2
    BLUE = 3


class Alone(enum.Enum):
    ONLY = 1


class Pair(Struct):
    pass


class Other(Struct):
    pass


def struct_of(*parts: types.Type, cls: type = Pair) -> types.Struct:
    return types.Struct(cls, tuple((f"f{index}", part) for index, part in enumerate(parts)), (), frozen_struct)


def union_of(*parts: types.Type) -> types.Union:
    """A struct of the first part, or one of the others."""
    return types.Union((struct_of(parts[0]), struct_of(*parts[1:], cls=Other)))


def map_of(key: types.Type, element: types.Type) -> types.Map:
    return types.Map(key, element, _frozen_map)


THREE = types.Domain("three", 3, True, "t")
TWO = types.Domain("two", 2, True, "w")
FIXED = types.Domain("fixed", 3, False, "f")
BOOL = types.Bool()

SCALARS = st.one_of(
    st.just(BOOL),
    st.sampled_from([THREE, TWO, FIXED, types.Domain("one", 1, True, "o")]),
    st.sampled_from([types.Enum(Colour), types.Enum(Alone)]),
    st.builds(lambda low, more: types.Int(low, low + more), st.integers(-5, 3), st.sampled_from([0, 1, 2, 3, 5, 6])),
)
SMALL = st.one_of(SCALARS, SCALARS.map(types.Option))
KEYS = st.one_of(SCALARS, st.builds(struct_of, st.sampled_from([THREE, TWO, BOOL]), st.sampled_from([TWO, BOOL])))


def _larger(inner: st.SearchStrategy[types.Type]) -> st.SearchStrategy[types.Type]:
    sizes = st.integers(0, 4)
    plain = inner.filter(lambda kind: not isinstance(kind, types.Option))
    few = inner.filter(lambda kind: kind.count <= 24)
    return st.one_of(
        st.builds(map_of, st.just(types.Int(1, 20)), SCALARS),
        st.builds(map_of, st.just(TWO), st.just(types.Seq(types.Int(0, 100), 12))),
        plain.map(types.Option),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: struct_of(*parts)),
        st.builds(union_of, inner, inner, inner),
        st.builds(map_of, KEYS, inner),
        few.map(lambda element: types.Set(element, None)),
        st.builds(types.Set, inner, sizes),
        st.builds(types.Seq, inner, sizes),
        st.builds(types.Bag, inner, sizes),
    )


#: Types of up to a few hundred bits.
NARROW = st.recursive(SMALL, _larger, max_leaves=4).filter(lambda kind: kind.width <= 300)

_NUMBER = types.Int(0, 2**20 - 7)
WIDE_ELEMENTS = [
    types.Int(0, 99),
    types.Int(-3, 2**63 - 20),
    struct_of(THREE, _NUMBER, types.Option(TWO)),
    struct_of(types.Int(0, 2**38), types.Enum(Colour), THREE, _NUMBER),
    struct_of(types.Option(types.Int(0, 2**40)), THREE, types.Set(types.Int(0, 30), None), types.Seq(_NUMBER, 4)),
]

#: Collections in slots that no word holds, of up to a thousand bits. Their elements have 7 to 158.
WIDE = st.builds(
    lambda kind, element, size: kind(element, min(size, 1000 // element.width - 1)),
    st.sampled_from([types.Set, types.Seq, types.Bag]),
    st.sampled_from(WIDE_ELEMENTS),
    st.sampled_from([3, 12, 16, 30, 48]),
).filter(lambda kind: kind.width > 64 and not (isinstance(kind, types.Set) and kind.is_mask))

TYPES = st.one_of(
    NARROW,
    NARROW,
    NARROW,
    WIDE,
    st.builds(lambda wide, other: struct_of(other, wide, THREE), WIDE, SMALL),
    st.one_of(WIDE.map(types.Option), WIDE.filter(lambda kind: kind.width < 400).map(lambda kind: map_of(TWO, kind))),
)


def values(kind: types.Type) -> st.SearchStrategy[Any]:
    """Stored values of a type."""
    match kind:
        case types.Option(inner=inner):
            return st.none() | values(inner)
        case types.Union(members=members):
            return st.sampled_from(members).flatmap(values)
        case types.Struct(fields=fields):
            parts = st.fixed_dictionaries({name: values(part) for name, part in fields})
            return parts.map(lambda found: kind.make(kind, found))
        case types.Map(key=key, element=element):
            items = st.lists(values(element), min_size=key.count, max_size=key.count)
            return items.map(lambda found: kind.make(kind, found))
        case types.Set(element=element) | types.Seq(element=element) | types.Bag(element=element):
            items = st.lists(values(element), max_size=min(kind.capacity, 6))
            if kind.capacity > 6 and types.is_enumerable(element):
                items |= _many(element, kind.capacity)
            return items.map(kind.fit)
    return st.integers(0, kind.count - 1).map(kind.unrank)


def _many(element: types.Type, capacity: int) -> st.SearchStrategy[list[Any]]:
    """Up to as many values as there is room for, at equal distances; all of them may be the same."""
    rank = st.integers(0, element.count - 1)
    sizes = st.integers(0, capacity) | st.integers(capacity - 1, capacity)
    return st.builds(
        lambda first, step, size: [element.unrank((first + step * index) % element.count) for index in range(size)],
        rank,
        st.integers(0, 3) | rank,
        sizes,
    )


def states(*parts: types.Type) -> types.Struct:
    """A state type with these fields, `f0`, `f1`, …"""
    return struct_of(*parts)

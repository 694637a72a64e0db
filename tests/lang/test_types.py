"""Types: codes and ranks go there and back, and order values in the same way."""

from __future__ import annotations

import enum
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from fencepost.model import Struct
from fencepost.model.lang import types, values
from fencepost.model.lang.annotations import _frozen_map
from lang.executions import random_value


class Color(enum.Enum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


class Unit(enum.Enum):
    ONLY = "only"


class First(Struct):
    a: bool


class Second(Struct):
    a: bool
    b: bool


class Third(Struct):
    a: bool
    b: bool
    c: bool


ATOMS = st.one_of(
    st.just(types.Bool()),
    st.builds(lambda low, span: types.Int(low, low + span), st.integers(-5, 5), st.integers(0, 9)),
    st.builds(lambda size, symmetric: types.Domain("d", size, symmetric, "d"), st.integers(1, 4), st.booleans()),
    st.sampled_from([types.Enum(Color), types.Enum(Unit)]),
)


def struct_of(parts: list[types.Type]) -> types.Struct:
    cls = (First, Second, Third)[len(parts) - 1]
    return types.Struct(cls, tuple(zip("abc", parts, strict=False)), (), values.frozen_struct)


def union_of(left: types.Type, right: types.Type) -> types.Type:
    return types.Union((struct_of([left]), struct_of([right, types.Bool()])))


def option_of(inner: types.Type) -> types.Type:
    return inner if isinstance(inner, types.Option) else types.Option(inner)


def set_of(element: types.Type, size: int | None) -> types.Type:
    return types.Set(element, size if size is not None or element.count <= 256 else 2)


def map_of(key: types.Type, element: types.Type) -> types.Type:
    return types.Map(key if key.count <= 8 else types.Bool(), element, _frozen_map)


def larger(inner: st.SearchStrategy[types.Type]) -> st.SearchStrategy[types.Type]:
    return st.one_of(
        st.builds(option_of, inner),
        st.builds(struct_of, st.lists(inner, min_size=1, max_size=3)),
        st.builds(union_of, inner, inner),
        st.builds(set_of, inner, st.none() | st.integers(0, 3)),
        st.builds(types.Seq, inner, st.integers(0, 3)),
        st.builds(types.Bag, inner, st.integers(0, 3)),
        st.builds(map_of, ATOMS, inner),
    )


TYPES = st.recursive(ATOMS, larger, max_leaves=5)
VALUES = TYPES.flatmap(lambda kind: st.tuples(st.just(kind), values_of(kind), values_of(kind)))


@st.composite
def values_of(draw: st.DrawFn, kind: types.Type) -> Any:
    return random_value(kind, lambda count: draw(st.integers(0, count - 1)))


def is_exact(kind: types.Type) -> bool:
    """Whether `count` is the number of values, not an upper bound."""
    match kind:
        case types.Seq() | types.Bag():
            return False
        case types.Set(element=element):
            return kind.is_mask and is_exact(element) and kind.capacity == element.count
        case types.Option(inner=inner):
            return is_exact(inner)
        case types.Union(members=members):
            return all(map(is_exact, members))
        case types.Map(key=key, element=element):
            return is_exact(key) and is_exact(element)
        case types.Struct(fields=fields):
            return all(is_exact(part) for _, part in fields)
    return True


@settings(max_examples=300, deadline=None, derandomize=True)
@given(VALUES)
def test_round_trips(drawn: tuple[types.Type, Any, Any]) -> None:
    kind, value, _ = drawn
    assert kind.fit(value) == value
    code = kind.code(value)
    assert 0 <= code < 1 << kind.width
    assert kind.value(code) == value
    assert kind.code(kind.fit(kind.value(code))) == code
    rank = kind.rank(value)
    assert 0 <= rank < kind.count
    assert kind.unrank(rank) == value
    assert kind.count <= 1 << kind.width
    assert isinstance(kind.show(value), str)
    assert hash(kind.value(code)) == hash(value)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(VALUES)
def test_ranks_and_codes_give_the_same_order(drawn: tuple[types.Type, Any, Any]) -> None:
    kind, one, other = drawn
    assert (one == other) == (kind.code(one) == kind.code(other)) == (kind.rank(one) == kind.rank(other))
    assert (kind.code(one) < kind.code(other)) == (kind.rank(one) < kind.rank(other))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(TYPES)
def test_values_are_all_values_once_and_in_order(kind: types.Type) -> None:
    if is_exact(kind) and kind.count <= 2000:
        everything = list(kind.values())
        codes = [kind.code(value) for value in everything]
        assert len(codes) == kind.count and codes == sorted(set(codes))
        assert [kind.rank(value) for value in everything] == list(range(kind.count))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(TYPES)
def test_defaults_fit(kind: types.Type) -> None:
    default = kind.default()
    assert kind.fit(default) == default
    assert kind.value(kind.code(default)) == default


@settings(max_examples=200, deadline=None, derandomize=True)
@given(VALUES)
def test_copies_are_equal_and_apart(drawn: tuple[types.Type, Any, Any]) -> None:
    kind, value, _ = drawn
    thawed = values.thaw(value)
    assert values.freeze(thawed) == value
    assert kind.fit(thawed) == value
    if kind.is_place:
        assert thawed is not value and not thawed._frozen


def test_the_narrower_form_of_a_set_is_taken() -> None:
    assert types.Set(types.Int(0, 9), None).width == 10
    assert types.Set(types.Int(0, 9), 1).width == 5
    assert types.Set(types.Int(0, 9), 9).width == 10


def test_the_default_is_zero_where_there_is_one() -> None:
    assert types.Int(-3, 3).default() == 0
    assert types.Int(2, 3).default() == 2
    assert types.Option(types.Bool()).default() is None

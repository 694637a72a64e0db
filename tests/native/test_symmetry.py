"""The representative of a state among those that differ by names only."""

from __future__ import annotations

import itertools
import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fencepost.checks.native import symmetry
from fencepost.checks.native.permuting import sorting_network
from fencepost.model import errors
from fencepost.model.lang import types
from fencepost.model.lang.types import Type
from native.strategies import BOOL, THREE, TWO, TYPES, map_of, states, struct_of, values
from native.support import Native, program

FOUR = types.Domain("four", 4, True, "f")
MESSAGE = struct_of(THREE, types.Option(THREE), types.Int(0, 2**20))
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def representative(native: Native, state: Any) -> Any:
    """The permuted state with the smallest words, the last one counting most, found by trying all.

    Under a view only what tells states apart counts at first.
    """
    kind = native.program.state
    every = [symmetry.apply(kind, state, found) for found in symmetry.symmetries(kind)]
    words = {id(found): native.codec.encode(found)[::-1] for found in every}
    masks = native.layout.identity[::-1]

    def order(found: Any) -> Any:
        return [word & mask for word, mask in zip(words[id(found)], masks, strict=True)], words[id(found)]

    return min(every, key=order)


def compared(kind: types.Struct, state: Any, auxiliary: set[str]) -> list[int]:
    """The codes of what a view tells states apart by."""
    return [part.code(state._values[name]) for name, part in kind.fields if name not in auxiliary]


@settings(max_examples=120, deadline=None, suppress_health_check=SLOW)
@given(st.data())
def test_the_kernel_finds_the_representative(data: st.DataObject) -> None:
    parts = data.draw(st.lists(TYPES, min_size=1, max_size=3))
    kind = states(*parts, data.draw(st.sampled_from([THREE, TWO, FOUR])))
    native = Native(program(kind))
    for _ in range(3):
        state = data.draw(values(kind))
        assert native.canonical(state) == representative(native, state)


@settings(max_examples=120, deadline=None, suppress_health_check=SLOW)
@given(st.data())
def test_names_and_auxiliary_fields_make_no_difference_under_a_view(data: st.DataObject) -> None:
    """The representative is one of the renamed states, the same for all of them, and without its auxiliary fields the
    same whatever these hold."""
    parts = data.draw(st.lists(TYPES, min_size=1, max_size=3))
    kind = states(*parts, data.draw(st.sampled_from([THREE, TWO, FOUR])))
    auxiliary = data.draw(st.sets(st.sampled_from([name for name, _ in kind.fields])))
    native = Native(program(kind), auxiliary=sorted(auxiliary))
    for _ in range(3):
        state, other = data.draw(values(kind)), data.draw(values(kind))
        renaming = data.draw(st.sampled_from(list(symmetry.symmetries(kind))))
        found = native.canonical(state)
        assert found == representative(native, state)
        assert native.canonical(symmetry.apply(kind, state, renaming)) == found
        mixed = {name: (other if name in auxiliary else state)._values[name] for name, _ in kind.fields}
        again = native.canonical(symmetry.apply(kind, kind.make(kind, mixed), renaming))
        assert compared(kind, again, auxiliary) == compared(kind, found, auxiliary)


@pytest.mark.parametrize(
    "part",
    [
        types.Set(struct_of(THREE, types.Set(THREE, None)), None),
        types.Bag(struct_of(types.Option(FOUR), types.Int(0, 2)), 9),
        types.Set(types.Int(0, 100), 3),
        types.Set(types.Set(THREE, None), None),
        types.Set(struct_of(FOUR, types.Int(0, 30)), None),
        types.Set(types.Seq(THREE, 2), 4),
        map_of(THREE, types.Bag(types.Seq(THREE, 3), 4)),
        map_of(struct_of(THREE, TWO), struct_of(BOOL, types.Option(THREE))),
        types.Bag(MESSAGE, 24),
        map_of(THREE, types.Set(MESSAGE, 20)),
        types.Seq(struct_of(THREE, types.Int(0, 2**62), types.Int(0, 2**40)), 3),
        types.Option(types.Bag(struct_of(THREE, types.Bag(MESSAGE, 3)), 4)),
        map_of(THREE, types.Set(types.Int(0, 99), 20)),
        map_of(THREE, types.Set(struct_of(THREE, types.Int(0, 39)), None)),
        types.Seq(map_of(THREE, types.Option(struct_of(TWO, types.Set(THREE, None)))), 3),
        types.Option(types.Option(THREE)),
        map_of(THREE, types.Int(0, 2**30)),
        map_of(FOUR, map_of(FOUR, types.Int(0, 2**20))),
    ],
    ids=str,
)
@pytest.mark.parametrize("level", [0, 3])
def test_composite_types(part: Type, level: int) -> None:
    kind = states(part, THREE)
    native = Native(program(kind), level=level)

    @settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
    @given(values(kind))
    def run(state: Any) -> None:
        assert native.canonical(state) == representative(native, state)

    run()


@settings(max_examples=100, deadline=None, suppress_health_check=SLOW)
@given(st.data())
def test_permuting_is_undone_by_the_inverse(data: st.DataObject) -> None:
    kind = data.draw(TYPES)
    value = data.draw(values(kind))
    order = data.draw(st.permutations(range(3)))
    inverse = [order.index(number) for number in range(3)]
    there = symmetry.permute(kind, value, THREE, order)
    assert kind.fit(there) == there
    assert symmetry.permute(kind, there, THREE, inverse) == value


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(st.data())
def test_the_kernel_renames_as_python_does(data: st.DataObject) -> None:
    parts = data.draw(st.lists(TYPES, min_size=1, max_size=3))
    kind = states(*parts, data.draw(st.sampled_from([THREE, TWO, FOUR])))
    native = Native(program(kind))
    renaming = data.draw(st.sampled_from(list(symmetry.symmetries(kind))))
    found = data.draw(st.lists(values(kind), max_size=4))
    wanted = [symmetry.apply(kind, state, renaming) for state in found]
    assert native.renamed(found, symmetry.swapping(kind, renaming)) == wanted
    back = symmetry.inverse(renaming)
    assert [symmetry.apply(kind, state, back) for state in wanted] == found


def test_permuting_renames_everywhere() -> None:
    kind = states(map_of(THREE, types.Option(THREE)), types.Set(THREE, None), types.Seq(struct_of(THREE, TWO), 2))
    state = kind.unrank(0)
    entries = kind.field["f0"].make(kind.field["f0"], [1, None, 0])
    pair = kind.field["f2"].element
    state = kind.make(kind, {"f0": entries, "f1": (0, 2), "f2": (pair.make(pair, {"f0": 0, "f1": 1}),)})
    found = symmetry.permute(kind, state, THREE, (2, 0, 1))
    assert found._values["f0"]._values == [None, 2, 0]
    assert found._values["f1"] == (1, 2)
    assert [item._values for item in found._values["f2"]] == [{"f0": 2, "f1": 1}]


@pytest.mark.parametrize("sizes", [(1,), (2,), (3,), (4,), (5,), (2, 2), (3, 2), (2, 3), (3, 3, 2)])
def test_the_walk_visits_every_symmetry_once(sizes: tuple[int, ...]) -> None:
    domains = [types.Domain(f"d{number}", size, True, "d") for number, size in enumerate(sizes)]
    kind = states(*domains)
    now = tuple(tuple(range(size)) for size in sizes)
    visited = [now]
    for domain, low in symmetry.walk(kind):
        place = domains.index(domain)
        order = list(now[place])
        order[low], order[low + 1] = order[low + 1], order[low]
        now = (*now[:place], tuple(order), *now[place + 1 :])
        visited.append(now)
    assert len(set(visited)) == len(visited) == math.prod(map(math.factorial, sizes))
    assert symmetry.permutation_count(kind) == len(list(symmetry.symmetries(kind))) == len(visited)


def test_domains_of_seven_are_tried_and_of_eight_refused() -> None:
    assert symmetry.permutation_count(states(types.Domain("d", 7, True, "d"))) == 5040
    with pytest.raises(errors.StateTooLarge, match="40320 permutations"):
        Native(program(states(types.Domain("d", 8, True, "d"))))
    Native(program(states(types.Domain("d", 8, True, "d"))), symmetry=False)


def test_many_permutations_share_code() -> None:
    native = Native(program(states(map_of(types.Domain("d", 6, True, "d"), types.Int(0, 15)))))
    kind = native.program.state.field["f0"]
    state = states(kind).make(native.program.state, {"f0": kind.make(kind, [3, 9, 1, 12, 1, 0])})
    assert sorted(native.canonical(state)._values["f0"]._values) == [0, 1, 1, 3, 9, 12]
    assert native.canonical(state) == representative(native, state)


@pytest.mark.parametrize("size", range(11))
def test_networks_sort(size: int) -> None:
    for bits in itertools.product((0, 1), repeat=size):
        items = list(bits)
        for low, high in sorting_network(size):
            if items[low] > items[high]:
                items[low], items[high] = items[high], items[low]
        assert items == sorted(items)

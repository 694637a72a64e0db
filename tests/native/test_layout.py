"""How cells are packed into words."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fencepost.checks.native.codec import Codec
from fencepost.checks.native.layout import MAX_WORDS, CellArray, build_layout
from fencepost.model import errors
from fencepost.model.lang import types
from native.strategies import BOOL, THREE, TWO, TYPES, map_of, states, struct_of, values


def bits(count: int) -> types.Int:
    return types.Int(0, (1 << count) - 1)


def flags(count: int) -> types.Set:
    return types.Set(types.Int(1, count), None)


def arrays(*parts: types.Type) -> dict[str, CellArray]:
    return {array.name: array for array in build_layout(states(*parts)).arrays}


def test_structs_and_maps_are_taken_apart_and_nothing_else() -> None:
    inner = struct_of(BOOL, types.Seq(struct_of(BOOL, TWO), 2))
    found = arrays(map_of(THREE, map_of(TWO, inner)), types.Option(inner))
    assert {name: (array.count, array.width) for name, array in found.items()} == {
        "f0[three(3, symmetric)][two(2, symmetric)].f0": (6, 1),
        "f0[three(3, symmetric)][two(2, symmetric)].f1": (6, 6),
        "f1": (1, 8),
    }


@pytest.mark.parametrize("sizes", [(40, 40, 23), (35, 34, 34), (36, 36, 31), (64, 39), (50, 50, 3), (33, 33, 33, 4)])
def test_103_bits_fit_two_words(sizes: tuple[int, ...]) -> None:
    parts = [map_of(types.Int(1, size), BOOL) for size in sizes]
    assert build_layout(states(*parts)).words == 2


def test_arrays_that_fit_a_word_are_in_one() -> None:
    found = arrays(map_of(THREE, bits(20)), map_of(THREE, bits(15)), bits(9))
    assert all(len(array.chunks) == 1 for array in found.values())


def test_longer_arrays_are_cut_between_cells() -> None:
    (array,) = arrays(map_of(types.Int(1, 20), bits(7))).values()
    assert [(chunk.first, chunk.count) for chunk in array.chunks] == [(0, 9), (9, 9), (18, 2)]
    places = [array.locate(index) for index in range(20)]
    assert len(set(places)) == 20
    assert all(bit + 7 <= 64 for _, bit in places)


def test_cells_wider_than_a_word_have_words_of_their_own() -> None:
    layout = build_layout(states(bits(3), map_of(TWO, flags(130))))
    assert layout.words == 7
    wide = layout.arrays[1]
    assert wide.words_per_cell == 3
    assert [wide.locate(index) for index in range(2)] == [(1, 0), (4, 0)]


def test_a_single_value_takes_no_bits() -> None:
    layout = build_layout(states(types.Int(5, 5), map_of(THREE, types.Seq(BOOL, 0))))
    assert layout.words == 1
    assert layout.bits == 0


def test_equal_types_have_equal_layouts() -> None:
    def make() -> types.Struct:
        return states(map_of(THREE, bits(20)), bits(5), map_of(TWO, struct_of(bits(3), BOOL)), bits(40))

    assert build_layout(make()) == build_layout(make())


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_view_masks_auxiliary_fields_and_nothing_else(data: st.DataObject) -> None:
    parts = data.draw(st.lists(TYPES, min_size=1, max_size=4))
    kind = states(*parts, flags(data.draw(st.sampled_from([1, 30, 70, 130]))))
    auxiliary = data.draw(st.sets(st.sampled_from([name for name, _ in kind.fields])))
    layout = build_layout(kind, auxiliary)
    codec = Codec(layout)
    first, second = data.draw(values(kind)), data.draw(values(kind))
    mixed = {name: data.draw(st.sampled_from([first, second]))._values[name] for name, _ in kind.fields}
    for other in (second, kind.make(kind, mixed)):
        masked = [
            [word & mask for word, mask in zip(codec.encode(state), layout.identity, strict=True)]
            for state in (first, other)
        ]
        same = all(first._values[name] == other._values[name] for name, _ in kind.fields if name not in auxiliary)
        assert (masked[0] == masked[1]) is same
    assert build_layout(kind).identity == (2**64 - 1,) * layout.words


def test_the_description_has_every_leaf() -> None:
    text = build_layout(states(map_of(THREE, bits(20)), bits(5), types.Int(1, 1))).describe()
    assert text.splitlines()[0] == "2 words, 65 of 128 bits used"
    assert len(text.splitlines()) == 5
    assert "f0[three(3, symmetric)]" in text


def test_a_state_that_is_too_large_is_refused() -> None:
    build_layout(states(flags(64 * MAX_WORDS)))
    with pytest.raises(errors.StateTooLarge, match="65 words of 64 bits"):
        build_layout(states(flags(64 * MAX_WORDS), BOOL))
    with pytest.raises(errors.StateTooLarge):
        build_layout(states(map_of(types.Int(1, 40), flags(65))))

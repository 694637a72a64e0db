"""States to words and back."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fencepost.checks.native.codec import Codec
from fencepost.checks.native.layout import build_layout
from fencepost.model.lang import values as stored
from native.strategies import THREE, TYPES, map_of, states, struct_of, values


@settings(deadline=None)
@given(st.data())
def test_words_of_a_state_give_it_back(data: st.DataObject) -> None:
    kind = states(*data.draw(st.lists(TYPES, min_size=1, max_size=4)))
    codec = Codec(build_layout(kind))
    state = data.draw(values(kind))
    words = codec.encode(state)
    assert all(0 <= word < 1 << 64 for word in words)
    assert codec.decode_stored(words) == state
    assert codec.encode(codec.decode(words)) == words
    assert codec.encode(stored.thaw(state)) == words


@settings(deadline=None)
@given(st.data())
def test_states_are_equal_when_their_words_are(data: st.DataObject) -> None:
    kind = states(*data.draw(st.lists(TYPES, min_size=1, max_size=3)))
    codec = Codec(build_layout(kind))
    one, other = data.draw(values(kind)), data.draw(values(kind))
    assert (one == other) is (codec.encode(one) == codec.encode(other))


@settings(deadline=None)
@given(st.data())
def test_bits_outside_the_cells_are_zero(data: st.DataObject) -> None:
    kind = states(*data.draw(st.lists(TYPES, min_size=1, max_size=4)))
    layout = build_layout(kind)
    used = [0] * layout.words
    for array in layout.arrays:
        for index in range(array.count if array.chunks else 0):
            word, bit = array.locate(index)
            for place in range(word * 64 + bit, word * 64 + bit + array.width):
                assert not used[place // 64] >> place % 64 & 1, "two cells in one place"
                used[place // 64] |= 1 << place % 64
    for word, mask in zip(Codec(layout).encode(data.draw(values(kind))), used, strict=True):
        assert word & ~mask == 0


def test_a_word_that_looks_negative_is_read_as_bits() -> None:
    import numpy

    kind = states(map_of(THREE, struct_of(THREE, THREE)))
    codec = Codec(build_layout(kind))
    rows = codec.encode_all([kind.default()])
    assert rows.shape == (1, 1)
    assert codec.decode_stored(rows.astype(numpy.int64)[0]) == kind.default()

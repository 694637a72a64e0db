"""States to words and back, in Python: for initial states, for traces, and for tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from ...model.lang import values
from .codes import WORD
from .layout import CellArray, Layout, Leaf, Node, StructNode

if TYPE_CHECKING:
    import numpy

_MASK = (1 << WORD) - 1


class Codec:
    """Encodes and decodes the states of one layout."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def encode(self, state: Any) -> list[int]:
        """The words of a state, mutable or frozen. Equal states have equal words."""
        words = [0] * self.layout.words
        self._encode(self.layout.root, state, 0, words)
        return words

    def _encode(self, node: Node, value: Any, index: int, words: list[int]) -> None:
        if isinstance(node, Leaf):
            _put(node.array, index, node.array.type.code(value), words)
        elif isinstance(node, StructNode):
            for name, part in node.fields.items():
                self._encode(part, value._values[name], index, words)
        else:
            for rank, item in enumerate(value._values):
                self._encode(node.entry, item, index * node.type.key.count + rank, words)

    def decode(self, words: Sequence[int]) -> Any:
        """The state that has these words, as an instance authors can work with."""
        return values.thaw(self.decode_stored(words))

    def decode_stored(self, words: Sequence[int]) -> Any:
        """The state that has these words, frozen."""
        return self._decode(self.layout.root, 0, [int(word) & _MASK for word in words])

    def _decode(self, node: Node, index: int, words: list[int]) -> Any:
        if isinstance(node, Leaf):
            return node.array.type.value(_get(node.array, index, words))
        if isinstance(node, StructNode):
            fields = {name: self._decode(part, index, words) for name, part in node.fields.items()}
            return node.type.make(node.type, fields)
        count = node.type.key.count
        items = [self._decode(node.entry, index * count + rank, words) for rank in range(count)]
        return node.type.make(node.type, items)

    def encode_all(self, states: Iterable[Any]) -> numpy.ndarray[Any, numpy.dtype[numpy.uint64]]:
        """The words of several states, one row a state."""
        import numpy

        rows = [self.encode(state) for state in states]
        return numpy.array(rows, dtype=numpy.uint64).reshape(len(rows), self.layout.words)


def _put(array: CellArray, index: int, code: int, words: list[int]) -> None:
    if not array.chunks:
        return
    word, bit = array.locate(index)
    code <<= bit
    while code:
        words[word] |= code & _MASK
        code >>= WORD
        word += 1


def _get(array: CellArray, index: int, words: list[int]) -> int:
    if not array.chunks:
        return 0
    word, bit = array.locate(index)
    code = 0
    for offset in range(array.words_per_cell):
        code |= words[word + offset] << (offset * WORD)
    return code >> bit & ((1 << array.width) - 1)

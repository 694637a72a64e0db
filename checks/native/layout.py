"""Where the parts of a state are in its 64-bit words.

Structs and maps are taken apart; every other type is a *leaf* that holds `type.code(value)` in `type.width` bits.
A leaf has one cell for each combination of keys of the maps around it, in the canonical order of the keys (the last
key fastest), so that a field of a map of structs is an array of its own. Cells of an array lie side by side in
*chunks*, each inside one word; cell 0 of a chunk is in its lowest bits. An array that fits into a word is one chunk,
unless cutting it in two saves a word. Cells wider than a word have whole words, the lowest bits first. Bits that no
cell uses are zero, so equal states are equal words.

Under a view, auxiliary fields do not tell states apart: the *identity* is a mask for each word, of the bits that do.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ...model import errors
from ...model.lang import types
from ...model.lang.sources import field_at
from .codes import WORD, width

WORD_MASK = (1 << WORD) - 1
MAX_WORDS = 64


@dataclass(frozen=True)
class Chunk:
    """Cells `first` .. `first + count - 1` of an array, from bit `bit` of word `word` upwards."""

    first: int
    count: int
    word: int
    bit: int


@dataclass(frozen=True)
class CellArray:
    """The cells of one leaf. `chunks` is empty when the leaf has no bits."""

    name: str
    type: types.Type
    width: int
    count: int
    chunks: tuple[Chunk, ...]

    @property
    def words_per_cell(self) -> int:
        """How many words a cell wider than a word has; 1 for all others."""
        return max(1, -(-self.width // WORD))

    def locate(self, index: int) -> tuple[int, int]:
        """The word and the lowest bit of a cell."""
        for chunk in self.chunks:
            if chunk.first <= index < chunk.first + chunk.count:
                return chunk.word, chunk.bit + (index - chunk.first) * self.width
        raise IndexError(index)

    def bits(self) -> Iterator[tuple[int, int]]:
        """The words that hold cells of the array, each with a mask of their bits."""
        for chunk in self.chunks:
            word, mask = chunk.word, ((1 << chunk.count * self.width) - 1) << chunk.bit
            while mask:
                yield word, mask & WORD_MASK
                word, mask = word + 1, mask >> WORD


@dataclass(frozen=True)
class Leaf:
    """A place whose value is one cell."""

    array: CellArray


@dataclass(frozen=True)
class StructNode:
    """A struct taken apart."""

    type: types.Struct
    fields: dict[str, Node]


@dataclass(frozen=True)
class MapNode:
    """A map taken apart: `entry` stands for all entries, the rank of the key is part of the cells' index."""

    type: types.Map
    entry: Node


Node = Leaf | StructNode | MapNode


@dataclass(frozen=True)
class Layout:
    """The layout of a state type: `words` words, and for every leaf an array of cells.

    `identity` has a mask for each word, of the bits that tell states apart: all of them in a word without auxiliary
    fields.
    """

    type: types.Struct
    words: int
    root: StructNode
    arrays: tuple[CellArray, ...]
    identity: tuple[int, ...]

    @property
    def narrow(self) -> int:
        """How many words there are before those of cells wider than a word."""
        return min((array.chunks[0].word for array in self.arrays if array.width > WORD), default=self.words)

    @property
    def bits(self) -> int:
        """How many bits of the words are used."""
        return sum(array.width * array.count for array in self.arrays)

    def measure(self, words: Sequence[int]) -> tuple[list[int], list[int]]:
        """What states that differ by names are ordered by: first what tells them apart, the last word before others."""
        compared = [word & mask for word, mask in zip(words, self.identity, strict=True)]
        return compared[::-1], [*words][::-1]

    def describe(self) -> str:
        """A table for people: one line a chunk."""
        rows = [("field", "word", "bits", "width", "cells", "type")]
        for array in self.arrays:
            for chunk in array.chunks or (Chunk(0, array.count, 0, 0),):
                cells = f"{chunk.first}..{chunk.first + chunk.count - 1}" if array.count > 1 else "1"
                last = chunk.bit + chunk.count * array.width - 1
                bits = f"{chunk.bit}..{last}" if array.chunks else "-"
                word = str(chunk.word) if array.chunks else "-"
                rows.append((array.name, word, bits, str(array.width), cells, str(array.type)))
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = ["  ".join(text.ljust(size) for text, size in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join([f"{self.words} words, {self.bits} of {self.words * WORD} bits used", *lines])


@dataclass(frozen=True)
class _Item:
    """Cells that have to share a word."""

    bits: int
    array: int
    first: int
    count: int


def build_layout(state: types.Struct, auxiliary: Collection[str] = ()) -> Layout:
    """The layout of a state type; the same for equal types. Raises StateTooLarge.

    `auxiliary` names the fields that do not tell states apart.
    """
    leaves = list(_leaves(state, "", 1))
    total = sum(width(kind) * count for _, kind, count in leaves)
    words, chunks = _place(leaves) if total <= MAX_WORDS * WORD else (-(-total // WORD), [])
    if words > MAX_WORDS:
        raise errors.StateTooLarge(
            f"a state of {state} needs {words} words of {WORD} bits; the native engine handles {MAX_WORDS}",
            at=_largest_at(state),
            hint="use smaller constants, or smaller bounds and sizes in the fields",
        )
    arrays = tuple(
        CellArray(name, kind, width(kind), count, tuple(chunks[number]))
        for number, (name, kind, count) in enumerate(leaves)
    )
    root = _tree(state, iter(arrays))
    assert isinstance(root, StructNode)
    return Layout(state, max(1, words), root, arrays, _identity(root, max(1, words), auxiliary))


def _identity(root: StructNode, words: int, auxiliary: Collection[str]) -> tuple[int, ...]:
    compared, left_out = [0] * words, [0] * words
    for name, node in root.fields.items():
        for array in _arrays(node):
            for word, mask in array.bits():
                (left_out if name in auxiliary else compared)[word] |= mask
    return tuple(mask if left else WORD_MASK for mask, left in zip(compared, left_out, strict=True))


def _arrays(node: Node) -> Iterator[CellArray]:
    """The arrays of all leaves below a node."""
    if isinstance(node, Leaf):
        yield node.array
    elif isinstance(node, MapNode):
        yield from _arrays(node.entry)
    else:
        for part in node.fields.values():
            yield from _arrays(part)


def _largest_at(state: types.Struct) -> errors.Location | None:
    """The declaration of the field that takes the most of a state."""
    bits = {name: sum(width(kind) * count for _, kind, count in _leaves(part, "", 1)) for name, part in state.fields}
    return field_at(state.cls, max(bits, key=bits.__getitem__))


def _leaves(kind: types.Type, name: str, count: int) -> Iterator[tuple[str, types.Type, int]]:
    """Name, type and number of cells of every leaf, in the order of the declarations."""
    if isinstance(kind, types.Struct):
        for field, part in kind.fields:
            yield from _leaves(part, f"{name}.{field}" if name else field, count)
    elif isinstance(kind, types.Map):
        yield from _leaves(kind.element, f"{name}[{kind.key}]", count * kind.key.count)
    else:
        yield name, kind, count


def _tree(kind: types.Type, arrays: Iterator[CellArray]) -> Node:
    if isinstance(kind, types.Struct):
        return StructNode(kind, {field: _tree(part, arrays) for field, part in kind.fields})
    if isinstance(kind, types.Map):
        return MapNode(kind, _tree(kind.element, arrays))
    return Leaf(next(arrays))


def _place(leaves: list[tuple[str, types.Type, int]]) -> tuple[int, list[list[Chunk]]]:
    """Chunks of every array and the number of words: narrow cells packed, then the wide ones in words of their own."""
    items: list[_Item] = []
    chunks: list[list[Chunk]] = [[] for _ in leaves]
    for number, (_, kind, count) in enumerate(leaves):
        bits = width(kind)
        if 0 < bits <= WORD:
            size = WORD // bits
            for first in range(0, count, size):
                cells = min(size, count - first)
                items.append(_Item(cells * bits, number, first, cells))
    bins = _pack(_split(items))
    for word, content in enumerate(bins):
        bit = 0
        for item in sorted(content, key=lambda item: (item.array, item.first)):
            chunks[item.array].append(Chunk(item.first, item.count, word, bit))
            bit += item.bits
    words = len(bins)
    for number, (_, kind, count) in enumerate(leaves):
        chunks[number].sort(key=lambda chunk: chunk.first)
        if width(kind) > WORD:
            for first in range(count):
                chunks[number].append(Chunk(first, 1, words, 0))
                words += -(-width(kind) // WORD)
    return words, chunks


def _pack(items: list[_Item]) -> list[list[_Item]]:
    """First-fit decreasing; among equals the order of the declarations decides."""
    bins: list[list[_Item]] = []
    room: list[int] = []
    for item in sorted(items, key=lambda item: (-item.bits, item.array, item.first)):
        for number, free in enumerate(room):
            if item.bits <= free:
                bins[number].append(item)
                room[number] -= item.bits
                break
        else:
            bins.append([item])
            room.append(WORD - item.bits)
    return bins


def _split(items: list[_Item]) -> list[_Item]:
    """The items with some cut in two, where that saves words."""
    least = -(-sum(item.bits for item in items) // WORD)
    used = len(_pack(items))
    while used > least:
        for candidate in _candidates(items):
            needed = len(_pack(candidate))
            if needed < used:
                items, used = candidate, needed
                break
        else:
            break
    return items


def _candidates(items: list[_Item]) -> Iterator[list[_Item]]:
    """Every way to cut one of the items; large arrays are left alone to keep this short."""
    for position, item in enumerate(items):
        cell = item.bits // item.count
        for left in range(1, min(item.count, 17)):
            low = _Item(cell * left, item.array, item.first, left)
            high = _Item(cell * (item.count - left), item.array, item.first + left, item.count - left)
            yield [*items[:position], low, high, *items[position + 1 :]]

"""What kernels and layout need to know of types and their codes.

Here `ir.Nothing` has one value and no bits, and a collection of Nothing, which the literal `[]` has without context,
is empty and has no bits either.
"""

from __future__ import annotations

from typing import Any

from ...model.lang import ir, types
from ...model.lang.types import Type

Collection = types.Set | types.Seq | types.Bag

WORD = 64
LOWEST, HIGHEST = -(1 << 63), (1 << 63) - 1

_widths: dict[int, tuple[Type, int]] = {}


def width(kind: Type) -> int:
    """The bits of a code. Like `Type.width`, and defined for Nothing and its collections."""
    known = _widths.get(id(kind))
    if known is None:
        known = _widths[id(kind)] = (kind, _width(kind))
    return known[1]


def _width(kind: Type) -> int:
    if isinstance(kind, (ir.Nothing, ir.Integer)) or is_empty(kind):
        return 0
    return kind.width


def is_empty(kind: Type) -> bool:
    """Whether a type is a collection that cannot have elements."""
    return isinstance(kind, (types.Set, types.Seq, types.Bag)) and isinstance(kind.element, ir.Nothing)


def is_slots(kind: Type) -> bool:
    """Whether values are collections that are stored in slots, which are told apart here from masks."""
    return isinstance(kind, (types.Seq, types.Bag)) or (
        isinstance(kind, types.Set) and (is_empty(kind) or not kind.is_mask)
    )


def in_memory(kind: Type) -> bool:
    """Whether values are collections in slots that are too wide for a word; they are worked on where they lie."""
    return is_slots(kind) and width(kind) > WORD


def is_number(kind: Type) -> bool:
    """Whether values are integers, which registers hold as they are."""
    return isinstance(kind, (types.Int, ir.Integer))


def is_code_number(kind: Type) -> bool:
    """Whether values are scalars that registers hold as a small code."""
    return isinstance(kind, (types.Enum, types.Domain)) or (isinstance(kind, types.Option) and kind.is_dense)


def bounds(kind: Type) -> tuple[int, int]:
    """The least and greatest number a register of an integer or domain type can hold."""
    if isinstance(kind, types.Int):
        return kind.low, kind.high
    if isinstance(kind, types.Domain):
        return 0, kind.size - 1
    return LOWEST, HIGHEST


def constant_number(kind: Type, value: Any) -> int:
    """What a register holds for a stored value."""
    if is_number(kind):
        return int(value)
    if isinstance(kind, ir.Nothing) or is_empty(kind):
        return 0
    return kind.code(value)


def capacity(kind: Collection) -> int:
    """The most elements a collection can hold."""
    return 0 if is_empty(kind) else kind.capacity


def rank_is_code(kind: Type) -> bool:
    """Whether the rank of a value is always its code, so that no arithmetic is needed between them."""
    if isinstance(kind, types.Option):
        return kind.is_dense or kind.inner.width == 0
    if isinstance(kind, types.Struct):
        parts = [part for _, part in kind.fields]
    elif isinstance(kind, types.Map):
        parts = [kind.element] * min(kind.key.count, 2)
    else:
        return not isinstance(kind, types.Union)
    return all(map(rank_is_code, parts)) and all(part.count == 1 << part.width for part in parts[1:])

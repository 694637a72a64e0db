"""What a transposition of two neighbouring values of a domain does to the code of a value, as instructions."""

from __future__ import annotations

from ...model.lang import types
from ...model.lang.types import Type
from . import slots
from .codes import width
from .emitter import Code, Value, number
from .ranks import entry_shift, member_of, position_of, struct_part, union_of
from .registers import I64, code_type
from .slots import Slots, is_slots
from .symmetry import Swap, has_domain, rank_pairs


def swapped(code: Code, kind: Type, found: Value, swap: Swap) -> Value:
    """The code of the value with both identities exchanged everywhere in it."""
    domain, low = swap
    if not has_domain(kind, domain) or width(kind) == 0:
        return found
    if isinstance(kind, types.Domain):
        return _exchange_codes(code, found, low, low + 1)
    if isinstance(kind, types.Option):
        return _option(code, kind, found, swap)
    if isinstance(kind, types.Struct):
        whole = number(0, found.type)
        for name, part in kind.fields:
            whole = code.or_(whole, _part(code, part, found, number(struct_part(kind, name)[1]), None, swap))
        return whole
    if isinstance(kind, types.Union):
        return _union(code, kind, found, swap)
    if isinstance(kind, types.Map):
        return _map(code, kind, found, swap)
    assert isinstance(kind, (types.Set, types.Seq, types.Bag))
    if is_slots(kind):
        return _slots(code, kind, found, swap)
    assert isinstance(kind, types.Set)
    masks: dict[int, int] = {}
    for one, other in rank_pairs(kind.element, swap):
        masks[other - one] = masks.get(other - one, 0) | 1 << one
    return delta_swaps(code, found, masks)


def delta_swaps(code: Code, word: Value, masks: dict[int, int]) -> Value:
    """A word in which, for each distance, the bits of a mask change places with those that far above."""
    for distance, mask in masks.items():
        differ = code.and_(code.xor(word, code.lshr(word, number(distance))), number(mask, word.type))
        word = code.xor(code.xor(word, differ), code.shl(differ, number(distance)))
    return word


def exchange(code: Code, low: Value, high: Value, distance: int, mask: int) -> tuple[Value, Value]:
    """Two words, of which the bits of a mask in the first change places with those that far above in the second."""
    differ = code.and_(code.xor(low, code.lshr(high, number(distance))), number(mask, low.type))
    return code.xor(low, differ), code.xor(high, code.shl(differ, number(distance)))


def _exchange_codes(code: Code, found: Value, one: int, other: int) -> Value:
    kind = found.type
    hit = code.or_(code.compare("==", found, number(one, kind)), code.compare("==", found, number(other, kind)))
    return code.xor(found, code.select(hit, number(one ^ other, kind), number(0, kind)))


def _part(code: Code, kind: Type, whole: Value, shift: Value, target: Value | None, swap: Swap) -> Value:
    """A part of a code after the exchange, moved to where it belongs in the whole; zeros around it."""
    if width(kind) == 0:
        return number(0, whole.type)
    part = code.resize(code.lshr(whole, shift), code_type(kind))
    changed = code.resize(swapped(code, kind, part, swap), whole.type)
    return code.shl(changed, shift if target is None else target)


def _option(code: Code, kind: types.Option, found: Value, swap: Swap) -> Value:
    if kind.is_dense:
        return _exchange_codes(code, found, swap[1] + _depth(kind), swap[1] + _depth(kind) + 1)
    inner = width(kind.inner)
    changed = _part(code, kind.inner, found, number(0), None, swap)
    present = code.and_(found, number(1 << inner, found.type))
    some = code.compare("!=", present, number(0, found.type))
    return code.select(some, code.or_(changed, present), number(0, found.type))


def _depth(kind: Type) -> int:
    """How far the codes of identities are moved up by the optionals around them."""
    return 1 + _depth(kind.inner) if isinstance(kind, types.Option) else 0


def _union(code: Code, kind: types.Union, found: Value, swap: Swap) -> Value:
    position, whole = position_of(code, kind, found), found
    for index, member in enumerate(kind.members):
        if has_domain(member, swap[0]) and width(member):
            changed = union_of(code, kind, member, swapped(code, member, member_of(code, member, found), swap))
            whole = code.select(code.compare("==", position, number(index, position.type)), changed, whole)
    return whole


def _map(code: Code, kind: types.Map, found: Value, swap: Swap) -> Value:
    targets = list(range(kind.key.count))
    for one, other in rank_pairs(kind.key, swap):
        targets[one], targets[other] = other, one
    whole = number(0, found.type)
    for rank, target in enumerate(targets):
        source = entry_shift(code, kind, number(rank))
        moved = _part(code, kind.element, found, source, entry_shift(code, kind, number(target)), swap)
        whole = code.or_(whole, moved)
    return whole


def _slots(code: Code, kind: types.Set | types.Seq | types.Bag, found: Value, swap: Swap) -> Value:
    """Every element is changed; where order means nothing, they are sorted again."""
    geometry = Slots.of(kind)
    count = slots.length(code, geometry, found)
    # Slots past the length get one bit more than any code, which keeps them last and is then cut off.
    wider = type(geometry.element)(geometry.each + 1)
    items = []
    for index in range(geometry.size):
        item = swapped(code, kind.element, slots.slot(code, geometry, found, number(index)), swap)
        used = code.compare("<", number(index), count)
        items.append(code.select(used, code.resize(item, wider), number(1 << geometry.each, wider)))
    if not isinstance(kind, types.Seq):
        for low, high in sorting_network(geometry.size):
            ordered = code.compare("<=", items[low], items[high])
            items[low], items[high] = (
                code.select(ordered, items[low], items[high]),
                code.select(ordered, items[high], items[low]),
            )
    whole = code.and_(found, number(-1 << geometry.body, found.type))
    for index, item in enumerate(items):
        shift = number((geometry.size - 1 - index) * geometry.each, I64)
        cut = code.resize(code.resize(item, geometry.element), found.type)
        whole = code.or_(whole, code.shl(cut, shift))
    return whole


def sorting_network(size: int) -> list[tuple[int, int]]:
    """Pairs to compare and exchange that sort any `size` things: Batcher's merge exchange (Knuth, 5.2.2, M)."""
    pairs = []
    top = 1 << max(0, (size - 1).bit_length() - 1)
    step = top if size > 1 else 0
    while step:
        jump, remainder, distance = top, 0, step
        while True:
            pairs += [(low, low + distance) for low in range(size - distance) if low & step == remainder]
            if jump == step:
                break
            distance, jump, remainder = jump - step, jump // 2, step
        step //= 2
    return pairs

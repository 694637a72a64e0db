"""What a transposition of two neighbouring values of a domain does to the code of a value, as instructions."""

from __future__ import annotations

from llvmlite import ir as llvm

from ...model.lang import types
from ...model.lang.types import Type
from .codes import in_memory, is_slots, width
from .containers import slots_of
from .emitter import Code, Value, number
from .ranks import entry_shift, from_code, member_of, position_of, struct_part, to_code, union_of
from .registers import I64, code_type
from .routines import routine
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
    if in_memory(kind):
        register = from_code(code, kind, found)
        swap_in_memory(code, kind, register, swap)
        return to_code(code, kind, register)
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
    geometry = slots_of(kind)
    count = geometry.length(code, found)
    # Slots past the length get one bit more than any code, which keeps them last and is then cut off.
    wider = type(geometry.element)(geometry.each + 1)
    items = []
    for index in range(geometry.size):
        item = swapped(code, kind.element, geometry.slot(code, found, number(index)), swap)
        used = code.compare("<", number(index), count)
        items.append(code.select(used, code.resize(item, wider), number(1 << geometry.each, wider)))
    if geometry.ordered:
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


def swap_in_memory(code: Code, kind: Type, whole: Value, swap: Swap) -> None:
    """The same for a collection in memory, which is changed there."""
    if not has_domain(kind, swap[0]):
        return
    assert isinstance(kind, (types.Set, types.Seq, types.Bag))
    geometry, element = slots_of(kind), kind.element

    def emit(code: Code, whole: Value) -> None:
        count = geometry.length(code, whole)
        items = code.variable(llvm.ArrayType(geometry.element, geometry.size))
        with code.counted(count) as loop:
            item = swapped(code, element, geometry.slot(code, whole, loop.index), swap)
            place = _sorted_place(code, items, loop.index, item) if geometry.ordered else loop.index
            code.store(item, code.element(items, place))
        with code.counted(count) as loop:
            geometry.replace(code, whole, loop.index, code.load(code.element(items, loop.index)))

    function = routine(code, "swap", (kind, swap), llvm.VoidType(), [whole.type], emit)
    code.builder.call(function, [whole])


def _sorted_place(code: Code, items: Value, count: Value, item: Value) -> Value:
    """Where an element belongs among the first `count`, which are sorted; those behind it are moved up by one."""
    variable = code.variable(I64)
    code.store(count, variable)
    head, before, move, done = (code.block(name) for name in ("insert", "before", "move", "inserted"))
    code.jump(head)
    code.at(head)
    place = code.load(variable)
    code.branch(code.compare("==", place, number(0)), done, before)
    code.at(before)
    below = code.sub(place, number(1))
    other = code.load(code.element(items, below))
    code.branch(code.compare(">", other, item), move, done)
    code.at(move)
    code.store(other, code.element(items, place))
    code.store(below, variable)
    code.jump(head)
    code.at(done)
    return code.load(variable)


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

"""The kernels of symmetry: from a state to the representative of all that differ by names only, and to renamed ones.

The representative is the state with the smallest words, compared as one number whose most significant word is the
last. Under a view the bits that tell states apart are compared first, and the others only where those are equal: so two
states that differ by names and in auxiliary fields only have representatives that differ in auxiliary fields only. The
kernel goes through all permutations by transpositions of neighbouring values, each of which costs little:
map entries and bits of set masks change places by masks and shifts for many cells at once, and only identities,
slots and what contains them is taken apart.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir as llvm

from ...model.lang import types
from .codes import WORD, in_memory, is_slots
from .emitter import Code, Value, number
from .layout import WORD_MASK, CellArray, Layout, Leaf, MapNode, Node, StructNode
from .permuting import delta_swaps, exchange, swap_in_memory, swapped
from .places import load_cell, store_cell, wide_cell
from .ranks import from_code, to_code
from .registers import I1, I32, I64
from .routines import routine
from .states import Words
from .symmetry import Swap, has_domain, permutation_count, rank_pairs, swaps, walk

# Up to this many transpositions are written one after the other; more of them share their code in a loop.
_UNROLLED = 5

#: Places of bits in the state, as word times 64 plus bit.
BitPairs = list[tuple[int, int]]


def add_canonicalise(module: Any, layout: Layout, linkage: str = "") -> None:
    """Adds `void canonicalise(i64* state)`. Raises StateTooLarge for too many permutations."""
    permutation_count(layout.type)
    function = llvm.Function(module, llvm.FunctionType(llvm.VoidType(), [I64.as_pointer()]), "canonicalise")
    function.linkage = linkage
    function.attributes.add("nounwind")
    function.args[0].add_attribute("noalias")
    code = Code(function)
    current, best = (Words(code, layout, function.args[0]) for _ in range(2))
    # Of the words in memory the best are kept where the state is.
    current.memory = code.load(current.memory)
    steps = walk(layout.type)
    if len(steps) <= _UNROLLED:
        for swap in steps:
            _transpose(code, layout, current, swap)
            _keep_smaller(code, layout, current, best)
    else:
        _loop(code, layout, steps, current, best)
    best.store_narrow(code, function.args[0])
    code.builder.ret_void()
    code.at(code.failed)
    code.builder.unreachable()
    code.finish()


def _loop(code: Code, layout: Layout, steps: list[Swap], current: Words, best: Words) -> None:
    """Takes the steps from a table."""
    kinds = swaps(layout.type)
    table_type = llvm.ArrayType(I32, len(steps))
    table = llvm.GlobalVariable(code.function.module, table_type, "canonicalise.steps")
    table.linkage, table.global_constant = "internal", True
    table.initializer = llvm.Constant(table_type, [kinds.index(step) for step in steps])
    with code.counted(number(len(steps))) as loop:
        address = code.builder.gep(table, [number(0, I32), loop.index], inbounds=True)
        _transpose_one(code, layout, current, code.load(address))
        _keep_smaller(code, layout, current, best)


def add_transpose(module: Any, layout: Layout, linkage: str = "") -> None:
    """Adds `void transpose(i64* states, i64 count, i32 swap)`: renames in each of the states, by a swap's number."""
    kinds = [I64.as_pointer(), I64, I32]
    function = llvm.Function(module, llvm.FunctionType(llvm.VoidType(), kinds), "transpose")
    function.linkage = linkage
    function.attributes.add("nounwind")
    states, count, swap = function.args
    code = Code(function)
    with code.counted(count) as loop:
        state = code.builder.gep(states, [code.mul(loop.index, number(layout.words))], inbounds=True)
        words = Words(code, layout, state)
        _transpose_one(code, layout, words, swap)
        words.store_narrow(code, state)
    code.builder.ret_void()
    code.at(code.failed)
    code.builder.unreachable()
    code.finish()


def _transpose_one(code: Code, layout: Layout, words: Words, selected: Value) -> None:
    """One of the swaps of the state in `words`, by its number."""
    done, never = code.block("swapped"), code.block("never")
    switch = code.builder.switch(selected, never)
    for position, swap in enumerate(swaps(layout.type)):
        block = code.block("swap")
        switch.add_case(number(position, I32), block)
        code.at(block)
        _transpose(code, layout, words, swap)
        code.jump(done)
    code.at(never)
    code.builder.unreachable()
    code.at(done)


def _keep_smaller(code: Code, layout: Layout, current: Words, best: Words) -> None:
    smaller = number(0, I1)
    pairs = [(code.load(new), code.load(old)) for new, old in zip(current.narrow, best.narrow, strict=True)]
    # From the least significant part to the most significant one.
    for masks in ([~mask & WORD_MASK for mask in layout.identity], layout.identity):
        for (whole_new, whole_old), mask in zip(pairs, masks[: layout.narrow], strict=True):
            if mask:
                new, old = code.and_(whole_new, number(mask)), code.and_(whole_old, number(mask))
                equal = code.compare("==", new, old)
                smaller = code.or_(code.compare("<", new, old), code.and_(equal, smaller))
        compared = tuple(index for index, mask in enumerate(masks[layout.narrow :]) if mask)
        if compared:
            order = _order(code, current.memory, best.memory, compared)
            smaller = code.select(code.compare("==", order, number(0)), smaller, code.resize(order, I1))
    if layout.narrow < layout.words:
        better, done = code.block("better"), code.block("kept")
        code.branch(smaller, better, done)
        code.at(better)
        code.copy(current.memory, best.memory)
        code.jump(done)
        code.at(done)
    for (new, old), variable in zip(pairs, best.narrow, strict=True):
        code.store(code.select(smaller, new, old), variable)


def _order(code: Code, one: Value, other: Value, compared: tuple[int, ...]) -> Value:
    """0 when the compared words in memory are equal, 1 when the first are smaller, 2 when they are larger, as i64."""

    def emit(code: Code, one: Value, other: Value) -> Value:
        for index in compared[::-1]:
            new, old = (code.load(code.element(words, number(index))) for words in (one, other))
            same, differ = code.block("same"), code.block("differ")
            code.branch(code.compare("==", new, old), same, differ)
            code.at(differ)
            code.builder.ret(code.select(code.compare("<", new, old), number(1), number(2)))
            code.at(same)
        return number(0)

    function = routine(code, "order", ("order", compared), I64, [one.type, other.type], emit)
    return code.builder.call(function, [one, other])


def _transpose(code: Code, layout: Layout, words: Words, swap: Swap) -> None:
    """Exchanges two neighbouring values of a domain in the state in `words`."""
    moved: BitPairs = []
    _moved_cells(layout.root, [0], [], swap, moved)
    _exchange_bits(code, words, moved)
    inside: BitPairs = []
    for array in layout.arrays:
        kind = array.type
        if not has_domain(kind, swap[0]) or not array.chunks:
            continue
        if isinstance(kind, types.Set) and not is_slots(kind) and array.width <= WORD:
            for index in range(array.count):
                start = _bit(array, index)
                inside += [(start + low, start + high) for low, high in rank_pairs(kind.element, swap)]
            continue
        for index in range(array.count):
            _change_cell(code, array, words, index, swap)
    _exchange_bits(code, words, inside)


def _change_cell(code: Code, array: CellArray, words: Words, index: int, swap: Swap) -> None:
    if in_memory(array.type):
        swap_in_memory(code, array.type, wide_cell(code, words, array, number(index), writable=True), swap)
        return
    found = to_code(code, array.type, load_cell(code, words, array, number(index)))
    changed = swapped(code, array.type, found, swap)
    store_cell(code, words, array, number(index), from_code(code, array.type, changed))


def _bit(array: CellArray, index: int) -> int:
    word, bit = array.locate(index)
    return word * WORD + bit


def _moved_cells(node: Node, indexes: list[int], targets: list[int], swap: Swap, pairs: BitPairs) -> None:
    """Collects the bits of map entries that change places. `targets` says where the cells `indexes` go."""
    targets = targets or indexes
    if isinstance(node, StructNode):
        for part in node.fields.values():
            _moved_cells(part, indexes, targets, swap, pairs)
    elif isinstance(node, MapNode):
        count = node.type.key.count
        ranks = list(range(count))
        for low, high in rank_pairs(node.type.key, swap):
            ranks[low], ranks[high] = high, low
        deeper = [index * count + rank for index in indexes for rank in range(count)]
        further = [target * count + rank for target in targets for rank in ranks]
        _moved_cells(node.entry, deeper, further, swap, pairs)
    else:
        assert isinstance(node, Leaf)
        array = node.array
        for index, target in zip(indexes, targets, strict=True):
            if index < target and array.chunks:
                first, second = _bit(array, index), _bit(array, target)
                pairs += [(first + offset, second + offset) for offset in range(array.width)]


def _exchange_bits(code: Code, words: Words, pairs: BitPairs) -> None:
    """Exchanges bits of the state, all those at the same distance in the same words at once."""
    masks: dict[tuple[int, int, int], int] = {}
    for one, other in pairs:
        low, high = sorted((one, other), key=lambda place: place % WORD)
        key = (low // WORD, high // WORD, high % WORD - low % WORD)
        masks[key] = masks.get(key, 0) | 1 << low % WORD
    for (low_word, high_word, distance), mask in masks.items():
        first, second = words.variable(code, low_word), words.variable(code, high_word)
        if low_word == high_word:
            code.store(delta_swaps(code, code.load(first), {distance: mask}), first)
        else:
            low, high = exchange(code, code.load(first), code.load(second), distance, mask)
            code.store(low, first)
            code.store(high, second)

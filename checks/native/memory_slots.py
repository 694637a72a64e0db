"""Collections in slots that are wider than a word: worked on in memory, by one function for each geometry.

The memory is that of the code in 64-bit words, the lowest first, so that the first slot lies highest. A slot is read
from the words it lies in, and one more or less moves the slots behind it by whole words and a shift that is known when
the function is compiled: no integer has more bits than an element.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir as llvm

from .codes import WORD
from .emitter import Code, Value, literal, number
from .registers import I1, I64, words_type
from .routines import routine
from .slots import Slots


class MemorySlots(Slots):
    """Slots in memory. What is a register elsewhere is an address here, and so is a variable."""

    @property
    def address(self) -> Any:
        """The LLVM type of the address of such a collection."""
        return words_type(self.total).as_pointer()

    def _call(
        self, code: Code, name: str, result: Any, emit: Callable[..., Value | None], whole: Value, *arguments: Value
    ) -> Value:
        """Calls a function on this geometry, which `emit` is the text of."""
        kinds = [self.address, *(argument.type for argument in arguments)]
        function = routine(code, f"slots.{name}", (name, self), result, kinds, emit)
        return code.builder.call(function, [whole, *arguments])

    # Bits in memory.

    def length(self, code: Code, whole: Value) -> Value:
        return code.resize(_read(code, whole, number(self.body), llvm.IntType(self.total - self.body)), I64)

    def _set_length(self, code: Code, whole: Value, count: Value) -> None:
        kind = llvm.IntType(self.total - self.body)
        _write(code, whole, number(self.body), code.resize(count, kind))

    def slot(self, code: Code, whole: Value, index: Value) -> Value:
        return _read(code, whole, self._start(code, index), self.element)

    def _start(self, code: Code, index: Value, after: int = 1) -> Value:
        """The lowest bit of the slot at an index (`after` = 1), or of the slot before it (0)."""
        return code.mul(code.sub(number(self.size - after), index), number(self.each))

    def replace(self, code: Code, variable: Value, position: Value, item: Value) -> None:
        _write(code, variable, self._start(code, position), item)

    # Looking for an element.

    def contains(self, code: Code, whole: Value, item: Value) -> Value:
        if not self.ordered:
            return code.compare("!=", self.occurrences(code, whole, item), number(0))

        def emit(code: Code, whole: Value, item: Value) -> Value:
            return self._is_at(code, whole, self._position(code, whole, item), item)

        return self._call(code, "contains", I1, emit, whole, item)

    def _position(self, code: Code, whole: Value, item: Value) -> Value:
        """How many elements of a sorted collection are less than an element code."""
        low, high = code.variable(I64), code.variable(I64)
        code.store(number(0), low)
        code.store(self.length(code, whole), high)
        head, body, done = code.block("search"), code.block("halve"), code.block("found")
        code.jump(head)
        code.at(head)
        start, stop = code.load(low), code.load(high)
        code.branch(code.compare("<", start, stop), body, done)
        code.at(body)
        middle = code.lshr(code.add(start, stop), number(1))
        less = code.compare("<", self.slot(code, whole, middle), item)
        code.store(code.select(less, code.add(middle, number(1)), start), low)
        code.store(code.select(less, stop, middle), high)
        code.jump(head)
        code.at(done)
        return start

    def _is_at(self, code: Code, whole: Value, position: Value, item: Value) -> Value:
        """Whether the element at a position, which may be behind the last, is equal to an element code."""
        return code.choice_of(
            code.compare("<", position, self.length(code, whole)),
            lambda: code.compare("==", self.slot(code, whole, position), item),
            lambda: number(0, I1),
        )

    def occurrences(self, code: Code, whole: Value, item: Value, count: Value | None = None) -> Value:
        def emit(code: Code, whole: Value, item: Value, count: Value) -> Value:
            total = code.variable(I64)
            code.store(number(0), total)
            with code.counted(count) as loop:
                equal = code.compare("==", self.slot(code, whole, loop.index), item)
                code.store(code.add(code.load(total), code.resize(equal, I64)), total)
            return code.load(total)

        if count is None:
            count = self.length(code, whole)
        return self._call(code, "occurrences", I64, emit, whole, item, count)

    # One more, one less. These functions say whether they failed.

    def append(self, code: Code, variable: Value, item: Value) -> None:
        def emit(code: Code, whole: Value, item: Value) -> Value:
            count = self.length(code, whole)
            self._give_if(code, code.compare("==", count, number(self.size)), 1)
            self.replace(code, whole, count, item)
            self._set_length(code, whole, code.add(count, number(1)))
            return number(0, I1)

        code.fail_if(self._call(code, "append", I1, emit, variable, item))

    def insert(self, code: Code, variable: Value, item: Value, *, unique: bool) -> None:
        def emit(code: Code, whole: Value, item: Value) -> Value:
            position = self._position(code, whole, item)
            if unique:
                self._give_if(code, self._is_at(code, whole, position, item), 0)
            count = self.length(code, whole)
            self._give_if(code, code.compare("==", count, number(self.size)), 1)
            self._make_room(code, whole, position, count)
            self.replace(code, whole, position, item)
            self._set_length(code, whole, code.add(count, number(1)))
            return number(0, I1)

        code.fail_if(self._call(code, "insert.unique" if unique else "insert", I1, emit, variable, item))

    def discard(self, code: Code, variable: Value, item: Value, *, strict: bool) -> None:
        def emit(code: Code, whole: Value, item: Value) -> Value:
            position = self._position(code, whole, item)
            self._give_if(code, code.invert(self._is_at(code, whole, position, item)), 1)
            self._close_gap(code, whole, position)
            return number(0, I1)

        absent = self._call(code, "discard", I1, emit, variable, item)
        if strict:
            code.fail_if(absent)

    def remove(self, code: Code, variable: Value, position: Value) -> None:
        self._call(code, "remove", llvm.VoidType(), self._close_gap, variable, position)

    def keep(self, code: Code, variable: Value, start: Value, stop: Value) -> None:
        def emit(code: Code, whole: Value, start: Value, stop: Value) -> None:
            kept = code.variable(self.address.pointee)
            code.clear(kept)
            with code.counted(stop, start) as loop:
                self.append(code, kept, self.slot(code, whole, loop.index))
            code.copy(kept, whole)

        self._call(code, "keep", llvm.VoidType(), emit, variable, start, stop)

    @staticmethod
    def _give_if(code: Code, test: Value, result: int) -> None:
        """Returns when a test is true."""
        give, onward = code.block("give"), code.block("onward")
        code.branch(test, give, onward)
        code.at(give)
        code.builder.ret(number(result, I1))
        code.at(onward)

    def _make_room(self, code: Code, whole: Value, position: Value, count: Value) -> None:
        """Moves the slots from a position on down by one, over a slot that is not used."""
        words, shift = divmod(self.each, WORD)
        behind, done = code.block("behind"), code.block("moved")
        code.branch(code.compare("<", position, count), behind, done)
        code.at(behind)
        edge = self._start(code, position)
        top, last = (code.lshr(code.sub(bit, number(1)), number(6)) for bit in (edge, self._start(code, position, 0)))

        def moved(index: Value, limit: Value | None) -> Value:
            """What the slots behind the position bring to a word; no word above the limit is looked at."""
            low, high = code.add(index, number(words)), code.add(index, number(words + 1))
            if limit is not None:
                high = code.select(code.compare("<", high, limit), high, limit)
            return _funnel(code, "fshr", _word(code, whole, high), _word(code, whole, low), number(shift))

        with code.counted(top, code.lshr(self._start(code, count), number(6))) as loop:
            code.store(moved(loop.index, None), code.element(whole, loop.index))
        self._merge(code, whole, top, moved(top, last), edge)
        code.jump(done)
        code.at(done)

    def _close_gap(self, code: Code, whole: Value, position: Value) -> None:
        """Moves the slots behind a position up by one, over the one that is there."""
        words, shift = divmod(self.each, WORD)
        count = self.length(code, whole)
        edge = self._start(code, position, 0)
        top = code.lshr(code.sub(edge, number(1)), number(6))
        bottom = code.lshr(self._start(code, count, 0), number(6))

        def word_before(index: Value, distance: int) -> Value:
            """A word further down; zero below the first."""
            there = code.compare(">=", index, number(distance))
            found = _word(code, whole, code.select(there, code.sub(index, number(distance)), number(0)))
            return code.select(there, found, number(0))

        def moved(index: Value) -> Value:
            high, low = word_before(index, words), word_before(index, words + 1)
            return _funnel(code, "fshl", high, low, number(shift))

        self._merge(code, whole, top, moved(top), edge)
        with code.counted(code.sub(top, bottom)) as loop:
            index = code.sub(code.sub(top, number(1)), loop.index)
            code.store(moved(index), code.element(whole, index))
        self._set_length(code, whole, code.sub(count, number(1)))

    @staticmethod
    def _merge(code: Code, whole: Value, index: Value, value: Value, edge: Value) -> None:
        """Writes what of a word is below a bit; the bit is in the word, or the first of the next."""
        above = code.shl(number(-2), code.and_(code.sub(edge, number(1)), number(WORD - 1)))
        address = code.element(whole, index)
        kept = code.and_(code.load(address), above)
        code.store(code.or_(kept, code.and_(value, code.invert(above))), address)


def _word(code: Code, whole: Value, index: Value) -> Value:
    return code.load(code.element(whole, index))


def _funnel(code: Code, name: str, high: Value, low: Value, shift: Value) -> Value:
    """`fshl` and `fshr`: the upper or lower word of two that are shifted together."""
    if literal(shift) == 0:
        return high if name == "fshl" else low
    kind = llvm.FunctionType(I64, [I64] * 3)
    return code.builder.call(code.function.module.declare_intrinsic(f"llvm.{name}", [I64], kind), [high, low, shift])


def _place(code: Code, bit: Value, bits: int) -> tuple[list[Value], Value]:
    """The indexes of the words that hold some bits, one more than they fill; and how far up they begin.

    The last index may be that of the word before: then nothing of the bits is in one more word.
    """
    first, last = code.lshr(bit, number(6)), code.lshr(code.add(bit, number(bits - 1)), number(6))
    indexes = [code.add(first, number(offset)) for offset in range(-(-bits // WORD))]
    return [*indexes, last], code.and_(bit, number(WORD - 1))


def _read(code: Code, whole: Value, bit: Value, kind: llvm.IntType) -> Value:
    """As many bits as a type has, from one upwards."""
    indexes, shift = _place(code, bit, kind.width)
    words = [_word(code, whole, index) for index in indexes]
    wide = llvm.IntType((len(indexes) - 1) * WORD)
    result = number(0, wide)
    for offset, (low, high) in enumerate(zip(words, words[1:], strict=False)):
        part = code.resize(_funnel(code, "fshr", high, low, shift), wide)
        result = code.or_(result, code.shl(part, number(offset * WORD)))
    return code.resize(result, kind)


def _write(code: Code, whole: Value, bit: Value, value: Value) -> None:
    """Writes all bits of a value, to one and upwards."""
    indexes, shift = _place(code, bit, value.type.width)
    wide = llvm.IntType((len(indexes) - 1) * WORD)
    value, ones = code.resize(value, wide), number((1 << value.type.width) - 1, wide)
    parts = [
        [code.resize(code.lshr(source, number(offset * WORD)), I64) for offset in range(len(indexes) - 1)]
        for source in (value, ones)
    ]
    for offset, index in enumerate(indexes):
        new, mask = (
            _funnel(code, "fshl", ([*part, number(0)])[offset], ([number(0), *part])[offset], shift) for part in parts
        )
        address = code.element(whole, index)
        code.store(code.or_(code.and_(code.load(address), code.invert(mask)), new), address)

"""Collections in slots: a length, then the codes of the elements, the first the most significant.

Sequences, bags and sets that are not masks have such codes; those of bags and sets are sorted. Slots past the
length are zero. Everything here works on element codes and knows nothing of what they mean. A collection is read as
a register and changed in a variable. `WordSlots` are registers of as many bits; wider collections are in memory
(`memory_slots`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from llvmlite import ir as llvm

from .emitter import Code, Value, number
from .registers import I64

# Up to this many slots are looked at one after the other without a loop.
_UNROLLED = 8


@dataclass(frozen=True)
class Slots(ABC):
    """The geometry of a collection in slots, in bits, and what can be done with it."""

    size: int
    each: int
    total: int
    ordered: bool

    @property
    def body(self) -> int:
        """How many bits all the slots have; the length stands above them."""
        return self.size * self.each

    @property
    def type(self) -> llvm.IntType:
        """The LLVM type of the code."""
        return llvm.IntType(self.total)

    @property
    def element(self) -> llvm.IntType:
        """The LLVM type of an element's code."""
        return llvm.IntType(max(1, self.each))

    @abstractmethod
    def length(self, code: Code, whole: Value) -> Value:
        """How many elements there are, as i64."""

    @abstractmethod
    def slot(self, code: Code, whole: Value, index: Value) -> Value:
        """The element code in a slot."""

    @abstractmethod
    def contains(self, code: Code, whole: Value, item: Value) -> Value:
        """Whether an element code is there."""

    @abstractmethod
    def occurrences(self, code: Code, whole: Value, item: Value, count: Value | None = None) -> Value:
        """How many of all elements, or of the first `count`, are equal to an element code, as i64."""

    @abstractmethod
    def append(self, code: Code, variable: Value, item: Value) -> None:
        """One more element at the end. Fails when full."""

    @abstractmethod
    def insert(self, code: Code, variable: Value, item: Value, *, unique: bool) -> None:
        """One more element where it belongs in the order; with `unique` only if it is not there. Fails when full."""

    @abstractmethod
    def discard(self, code: Code, variable: Value, item: Value, *, strict: bool) -> None:
        """One element less, of those equal to an element code in a sorted collection. Fails without any if `strict`."""

    @abstractmethod
    def remove(self, code: Code, variable: Value, position: Value) -> None:
        """Without the element at a position, which must be less than the length."""

    @abstractmethod
    def replace(self, code: Code, variable: Value, position: Value, item: Value) -> None:
        """Another element at a position, which must be less than the length."""

    @abstractmethod
    def keep(self, code: Code, variable: Value, start: Value, stop: Value) -> None:
        """Only the elements from `start` up to and without `stop`, which is at most the length."""

    def extend(self, code: Code, variable: Value, other: Slots, whole: Value) -> None:
        """The elements of another collection at the end. Fails when there is no room for them."""
        with code.counted(other.length(code, whole)) as loop:
            self.append(code, variable, other.slot(code, whole, loop.index))


class WordSlots(Slots):
    """Slots in a register."""

    def length(self, code: Code, whole: Value) -> Value:
        return number(0) if self.size == 0 else code.resize(code.lshr(whole, number(self.body)), I64)

    def slot(self, code: Code, whole: Value, index: Value) -> Value:
        if self.body == 0:
            return number(0, self.element)
        return code.resize(code.lshr(whole, self._shift(code, index, 1)), self.element)

    def _shift(self, code: Code, index: Value, after: int) -> Value:
        """The lowest bit of the slot at an index (`after` = 1), or of the slot before it (0)."""
        return code.mul(code.sub(number(self.size - after), index), number(self.each))

    @property
    def _step(self) -> Value:
        """What to add to a code to make it longer by one."""
        return number(1 << self.body, self.type)

    def _fail_if_full(self, code: Code, count: Value) -> None:
        code.fail_if(code.compare("==", count, number(self.size)))

    def _item(self, code: Code, item: Value, index: Value) -> Value:
        """An element code moved into a slot."""
        if self.body == 0:
            return number(0, self.type)
        return code.shl(code.resize(item, self.type), self._shift(code, index, 1))

    def contains(self, code: Code, whole: Value, item: Value) -> Value:
        return code.compare("!=", self.occurrences(code, whole, item), number(0))

    def occurrences(self, code: Code, whole: Value, item: Value, count: Value | None = None) -> Value:
        return self._count(code, whole, item, ("==",), count)[0]

    def _locate(self, code: Code, whole: Value, item: Value) -> tuple[Value, Value]:
        """How many elements are less than an element code, and how many are equal, as i64."""
        less, equal = self._count(code, whole, item, ("<", "=="), None)
        return less, equal

    def _count(self, code: Code, whole: Value, item: Value, ops: tuple[str, ...], count: Value | None) -> list[Value]:
        """For each comparison, how many elements compare so with an element code."""
        known = self.length(code, whole) if count is None else count

        def look(index: Value) -> list[Value]:
            used = code.compare("<", index, known)
            found = self.slot(code, whole, index)
            return [code.resize(code.and_(used, code.compare(op, found, item)), I64) for op in ops]

        if self.size <= _UNROLLED:
            sums = [number(0) for _ in ops]
            for index in range(self.size):
                sums = [code.add(so_far, more) for so_far, more in zip(sums, look(number(index)), strict=True)]
            return sums
        variables = [code.variable(I64) for _ in ops]
        for variable in variables:
            code.store(number(0), variable)
        with code.counted(known) as loop:
            for variable, more in zip(variables, look(loop.index), strict=True):
                code.store(code.add(code.load(variable), more), variable)
        return [code.load(variable) for variable in variables]

    def append(self, code: Code, variable: Value, item: Value) -> None:
        whole = code.load(variable)
        count = self.length(code, whole)
        self._fail_if_full(code, count)
        if self.size:
            code.store(code.or_(code.add(whole, self._step), self._item(code, item, count)), variable)

    def insert(self, code: Code, variable: Value, item: Value, *, unique: bool) -> None:
        whole = code.load(variable)
        count = self.length(code, whole)
        position, equal = self._locate(code, whole, item)

        def grown() -> Value:
            self._fail_if_full(code, count)
            if self.body == 0:
                return code.add(whole, self._step) if self.size else whole
            edge = self._shift(code, position, 0)
            below = code.ones_below(edge, self.type)
            high = code.and_(whole, code.invert(below))
            low = code.lshr(code.and_(whole, below), number(self.each))
            placed = code.or_(code.or_(high, low), self._item(code, item, position))
            return code.add(placed, self._step)

        present = code.compare("!=", equal, number(0))
        code.store(code.choice_of(present, lambda: whole, grown) if unique else grown(), variable)

    def discard(self, code: Code, variable: Value, item: Value, *, strict: bool) -> None:
        whole = code.load(variable)
        position, equal = self._locate(code, whole, item)
        absent = code.compare("==", equal, number(0))
        if strict:
            code.fail_if(absent)
            new = self._without(code, whole, position)
        else:
            new = code.choice_of(absent, lambda: whole, lambda: self._without(code, whole, position))
        code.store(new, variable)

    def remove(self, code: Code, variable: Value, position: Value) -> None:
        code.store(self._without(code, code.load(variable), position), variable)

    def _without(self, code: Code, whole: Value, position: Value) -> Value:
        if self.body == 0:
            return code.sub(whole, self._step) if self.size else whole
        above = code.invert(code.ones_below(self._shift(code, position, 0), self.type))
        below = code.ones_below(self._shift(code, position, 1), self.type)
        low = code.shl(code.and_(whole, below), number(self.each)) if self.size > 1 else number(0, self.type)
        return code.sub(code.or_(code.and_(whole, above), low), self._step)

    def replace(self, code: Code, variable: Value, position: Value, item: Value) -> None:
        if self.body:
            mask = self._item(code, number(-1, self.element), position)
            kept = code.and_(code.load(variable), code.invert(mask))
            code.store(code.or_(kept, self._item(code, item, position)), variable)

    def keep(self, code: Code, variable: Value, start: Value, stop: Value) -> None:
        if self.size == 0:
            return
        whole = code.load(variable)
        new = code.shl(code.resize(code.sub(stop, start), self.type), number(self.body))
        if self.body:
            dropped = code.ones_below(self._shift(code, stop, 0), self.type)
            kept = code.shl(code.and_(whole, code.invert(dropped)), code.mul(start, number(self.each)))
            new = code.or_(self._body(code, kept), new)
        code.store(new, variable)

    def _body(self, code: Code, whole: Value) -> Value:
        return code.and_(whole, number((1 << self.body) - 1, self.type))

    def extend(self, code: Code, variable: Value, other: Slots, whole: Value) -> None:
        if not isinstance(other, WordSlots):
            super().extend(code, variable, other, whole)
            return
        left, right = code.load(variable), self.fitted(code, other, whole)
        first, second = self.length(code, left), self.length(code, right)
        code.fail_if(code.compare(">", code.add(first, second), number(self.size)))
        if self.size == 0:
            return
        new = code.shl(code.resize(second, self.type), number(self.body))
        if self.body:
            new = code.or_(new, code.lshr(self._body(code, right), code.mul(first, number(self.each))))
        code.store(code.add(left, new), variable)

    def fitted(self, code: Code, other: WordSlots, whole: Value) -> Value:
        """The elements of another collection in one of this geometry. Fails when they are too many."""
        if (other.size, other.each) == (self.size, self.each):
            return whole
        if other.size == 0:
            return number(0, self.type)
        count = other.length(code, whole)
        if self.size < other.size:
            code.fail_if(code.compare(">", count, number(self.size)))
        if self.size == 0:
            return number(0, self.type)
        new = code.shl(code.resize(count, self.type), number(self.body))
        if self.body == 0:
            return new
        body = other._body(code, whole)
        if self.size >= other.size:
            body = code.shl(code.resize(body, self.type), number(self.body - other.body))
        else:
            body = code.resize(code.lshr(body, number(other.body - self.body)), self.type)
        return code.or_(body, new)

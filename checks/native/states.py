"""The words of a state while a function works on it.

Words with narrow cells are variables, which LLVM keeps in registers. The cells wider than a word, whose words come
last, stay in memory. A step does not copy them before it changes one of them, and then straight to where the
successor belongs.
"""

from __future__ import annotations

from .codes import WORD
from .emitter import Code, Value, number
from .layout import Layout
from .registers import I1, I64, words_type


class Words:
    """A state that is only read, or a copy with which the function does as it likes."""

    def __init__(self, code: Code, layout: Layout, pointer: Value) -> None:
        self.layout = layout
        self.narrow = [code.variable(I64) for _ in range(layout.narrow)]
        self.before = [code.load(word_at(code, pointer, index)) for index in range(layout.narrow)]
        self.memory = wide_part(code, layout, pointer)
        self.reset(code)

    def reset(self, code: Code) -> None:
        """Gives all words the values that they had at first."""
        for value, variable in zip(self.before, self.narrow, strict=True):
            code.store(value, variable)

    def store_narrow(self, code: Code, pointer: Value) -> None:
        """Writes the words that are variables to a state in memory."""
        for index, variable in enumerate(self.narrow):
            code.store(code.load(variable), word_at(code, pointer, index))

    def variable(self, code: Code, index: int) -> Value:
        """A word, wherever it is."""
        if index < self.layout.narrow:
            return self.narrow[index]
        return code.element(self.memory, number(index - self.layout.narrow))

    def readable(self, code: Code) -> Value:
        """The address of the words in memory."""
        return self.memory

    def writable(self, code: Code) -> Value:
        """The address of the words in memory, to change them."""
        return self.memory

    def snapshot(self, code: Code, cell: Value) -> Value:
        """The address of what a cell in memory holds, which later stores leave alone."""
        return cell


class Successor(Words):
    """A state before a step, which turns into the one after it."""

    def __init__(self, code: Code, layout: Layout, pointer: Value) -> None:
        self.copied = code.variable(I1)
        super().__init__(code, layout, pointer)
        self.row, self.own = pointer, self.memory

    def reset(self, code: Code) -> None:
        super().reset(code)
        code.store(number(0, I1), self.copied)

    def begin(self, code: Code, row: Value) -> None:
        """Starts a step over. Where it succeeds, the state after it belongs to an address."""
        self.reset(code)
        self.row, self.own = row, wide_part(code, self.layout, row)

    def readable(self, code: Code) -> Value:
        return code.select(code.load(self.copied), self.own, self.memory)

    def writable(self, code: Code) -> Value:
        copy, done = code.block("copy"), code.block("own")
        code.branch(code.load(self.copied), done, copy)
        code.at(copy)
        code.copy(self.memory, self.own)
        code.store(number(1, I1), self.copied)
        code.jump(done)
        code.at(done)
        return self.own

    def snapshot(self, code: Code, cell: Value) -> Value:
        return code.load(cell)

    def finish(self, code: Code) -> None:
        """Writes the state to its address."""
        self.store_narrow(code, self.row)
        if self.layout.narrow < self.layout.words:
            self.writable(code)


def word_at(code: Code, pointer: Value, index: int) -> Value:
    """The address of a word of a state."""
    return code.builder.gep(pointer, [number(index)], inbounds=True)


def wide_part(code: Code, layout: Layout, pointer: Value) -> Value:
    """The address of the words of a state that lie in memory, as an array."""
    kind = words_type((layout.words - layout.narrow) * WORD)
    return code.builder.bitcast(word_at(code, pointer, layout.narrow), kind.as_pointer())

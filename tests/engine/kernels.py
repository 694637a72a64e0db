"""Models written directly as kernels, and a search for them in a few lines of Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
from llvmlite import ir

from fencepost.checks.engine.builder import I32, I64, POINTER, Array, Function, Value
from fencepost.checks.engine.found import Found, Options
from fencepost.checks.engine.library import Library
from fencepost.checks.engine.run import COMPILE
from fencepost.checks.engine.search import Search
from fencepost.checks.engine.search_code import add_engine_kernels
from fencepost.checks.engine.shape import Shape
from fencepost.checks.engine.workers import Workers
from fencepost.checks.native.compile import compile_module
from fencepost.checks.outcome import ProgressCallback

MASK = (1 << 64) - 1


@dataclass(frozen=True)
class Jumps:
    """The numbers below `size`, spread over words: from x to x * factor + term, for each of the jumps.

    Word i of the number x is x * spread[i] + offset; the first jump is not possible from multiples of `blocked`. The
    property is false where x is `bad` or more.
    """

    size: int
    jumps: tuple[tuple[int, int], ...] = ((1, 1), (3, 1), (7, 5))
    spread: tuple[int, ...] = (1,)
    blocked: int = 1 << 40
    bad: int = 1 << 40
    offset: int = 0

    @property
    def shape(self) -> Shape:
        return Shape(len(self.spread), len(self.jumps), len(self.jumps), 1)

    def words(self, number: int) -> tuple[int, ...]:
        """The initial state of this number."""
        return tuple((number * factor + self.offset) & MASK for factor in self.spread)

    def successors(self, number: int) -> list[int]:
        jumps = self.jumps if number % self.blocked else self.jumps[1:]
        return [(number * factor + term) % self.size for factor, term in jumps]

    def add(self, module: ir.Module) -> None:
        """Adds the kernels to a module."""
        f = Function(module, "successors", I64, [POINTER, POINTER, POINTER])
        state, out, actions = (f.array(f.argument(index)) for index in range(3))
        number, made = self.number_of(state), f.variable(0)
        for action, (factor, term) in enumerate(self.jumps):
            self.write(out + made.value * self.shape.words, (number * factor + term) % self.size, state, action)
            actions.of(I32)[made.value] = action
            made.value += (number % self.blocked != 0).to(I64) if action == 0 else 1
        f.give(made.value)
        f = Function(module, "check", I64, [POINTER, POINTER])
        result = f.array(f.argument(1))
        number = self.number_of(f.array(f.argument(0)))
        result[0] = (number >= self.bad).to(I64)
        result[1] = (number % 2 == 0).to(I64)
        result[2] = 0
        result[3] = 1
        f.give(0)

    def number_of(self, state: Array) -> Value:
        return (state[0] - self.offset) * pow(self.spread[0], -1, 1 << 64)

    def write(self, target: Array, number: Value, before: Array, action: int) -> None:
        """Writes the successor of this number, by this action from the state before."""
        for word, spread in enumerate(self.spread):
            target[word] = number * spread + self.offset


@dataclass(frozen=True)
class Remembering(Jumps):
    """The same, with numbers of 32 bits and a view: what is done to get to a state is remembered in it, and left out.

    The upper half of the first word and all of a further one have what is remembered.
    """

    @property
    def shape(self) -> Shape:
        masks = ((1 << 32) - 1, *[MASK] * (len(self.spread) - 1), 0)
        return Shape(len(self.spread) + 1, len(self.jumps), len(self.jumps), 1, masks=masks)

    def words(self, number: int) -> tuple[int, ...]:
        return (*super().words(number), 0)

    def number_of(self, state: Array) -> Value:
        return state[0] & ((1 << 32) - 1)

    def write(self, target: Array, number: Value, before: Array, action: int) -> None:
        memory = before[len(self.spread)] * 31 + (action + 1)
        super().write(target, number, before, action)
        target[0] = target[0] | (memory << 32)
        target[len(self.spread)] = memory


@dataclass(frozen=True)
class Fan:
    """From 0 to each of 1 .. `count`, and nowhere from there; every number is true of itself only."""

    count: int

    @property
    def shape(self) -> Shape:
        return Shape(1, self.count, 1, 1)

    def add(self, module: ir.Module) -> None:
        f = Function(module, "successors", I64, [POINTER, POINTER, POINTER])
        state, out, actions = (f.array(f.argument(index)) for index in range(3))
        count = f.select(state[0] == 0, f.constant(self.count), f.constant(0))
        with f.count(count) as index:
            out[index] = index + 1
            actions.of(I32)[index] = 0
        f.give(count)
        f = Function(module, "check", I64, [POINTER, POINTER])
        result = f.array(f.argument(1))
        result[0] = (f.array(f.argument(0))[0] == self.count).to(I64)
        result[1], result[2], result[3] = f.constant(1), f.constant(0), f.constant(1)
        f.give(0)


@cache
def library(model: Any, *, exact: bool = False) -> Library:
    """The kernels of a model and the search, compiled."""
    shape = replace(model.shape, exact=exact)

    def build() -> ir.Module:
        module = ir.Module("test")
        model.add(module)
        add_engine_kernels(module, shape)
        return module

    compiled = compile_module("", build, Library.symbols(shape), replace(COMPILE, cached=False))
    return Library(shape, compiled.addresses.__getitem__, compiled.engine)


def search(
    code: Library,
    initial: Sequence[Sequence[int]],
    options: Options | None = None,
    *,
    workers: int = 1,
    progress: ProgressCallback | None = None,
) -> Found:
    rows = np.array(initial, dtype=np.uint64).view(np.int64)
    with Workers(workers) as pool:
        return Search(code, options or Options(), progress, pool).run(rows)


@dataclass
class Plain:
    """Breadth-first search with a dictionary."""

    successors: Callable[[int], list[int]]
    order: list[int] = field(default_factory=list)
    levels: list[int] = field(default_factory=list)
    paths: dict[int, tuple[int, ...]] = field(default_factory=dict)
    generated: int = 1

    def run(self, initial: int) -> Plain:
        self.paths[initial] = ()
        level = [initial]
        while level:
            self.levels.append(len(level))
            self.order += level
            following = []
            for state in level:
                for position, after in enumerate(self.successors(state)):
                    self.generated += 1
                    if after not in self.paths:
                        self.paths[after] = (*self.paths[state], position)
                        following.append(after)
            level = following
        return self

"""The compiled kernels of a model and of the search, as Python functions."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence

import numpy as np

from .memory import address
from .shape import Shape

WORD = ctypes.c_int64
AT = ctypes.c_void_p
MASK = (1 << 64) - 1


class SpecificationFailed(Exception):  # noqa: N818  # a message from native code, made into a proper error later
    """A kernel of the model returned that the specification fails in this state."""


class Library:
    """Kernels by name. `owner` is kept alive as long as the library: the memory of the code belongs to it."""

    def __init__(self, shape: Shape, address_of: Callable[[str], int], owner: object = None) -> None:
        self.shape, self._owner = shape, owner

        def bind(name: str, returns: type | None, *parameters: type) -> Callable[..., int]:
            return ctypes.CFUNCTYPE(returns, *parameters)(address_of(name))

        self.expand = bind("engine_expand", None, AT)
        self.insert = bind("engine_insert", None, AT)
        self.settle = bind("engine_settle", None, AT)
        self.store = bind("engine_store", None, AT, WORD, AT, AT, AT, WORD)
        self.enter = bind("engine_enter", None, AT, AT, WORD)
        self.grow = bind("engine_grow", None, AT, WORD, AT, WORD, AT, WORD)
        self.gap = bind("engine_gap", WORD, AT, WORD)
        self.make_successors = bind("successors", WORD, AT, AT, AT)
        self._canonicalise = bind("canonicalise", None, AT) if shape.symmetric else None
        if shape.symmetric:
            self.transpose = bind("transpose", None, AT, WORD, ctypes.c_int32)
            self.check = bind("check", WORD, AT, AT)
            self.check_step = bind("check_step", WORD, AT, AT, AT)

    @staticmethod
    def symbols(shape: Shape) -> tuple[str, ...]:
        """The names of all functions that `address_of` is asked for."""
        names = ("expand", "insert", "settle", "store", "enter", "grow", "gap")
        symmetric = ("canonicalise", "transpose", "check", "check_step") if shape.symmetric else ()
        return (*(f"engine_{name}" for name in names), "successors", *symmetric)

    def successors(self, words: Sequence[int]) -> list[tuple[int, ...]]:
        """All successors of a state, as the model's kernel makes them. Raises SpecificationFailed."""
        shape = self.shape
        state = np.array(words, dtype=np.uint64)
        room = max(shape.max_successors, 1)
        out, actions = np.zeros((room, shape.words), dtype=np.uint64), np.zeros(room, dtype=np.int32)
        made = self.make_successors(address(state), address(out), address(actions))
        if made < 0:
            raise SpecificationFailed
        return [tuple(int(word) for word in row) for row in out[:made]]

    def canonical(self, words: Sequence[int]) -> tuple[int, ...]:
        """The representative of a state among those that differ by a renaming of identities only."""
        if self._canonicalise is None:
            return tuple(int(word) & MASK for word in words)
        state = np.array(words, dtype=np.uint64)
        self._canonicalise(address(state))
        return tuple(int(word) for word in state)

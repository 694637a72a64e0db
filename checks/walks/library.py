"""A specification compiled for random walks: its kernels as Python functions."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

from ...model.lang import ir
from ...model.lang.sources import class_at, placed
from ...model.lang.specification import Specification
from ..engine.shape import Shape
from ..native.codec import Codec
from ..native.compile import Compiled, Options, compile_module
from ..native.fingerprint import program_text
from ..native.kernels import add_model_kernels, kernel_info
from ..native.layout import build_layout
from .shape import WalkShape

_COMPILE = Options(level=3, vectorise=True)
_WORD, _AT = ctypes.c_uint64, ctypes.c_void_p


@dataclass(frozen=True)
class Library:
    """The kernels; a call of one lets go of the interpreter. `compiled` keeps their code in memory."""

    shape: WalkShape
    codec: Codec
    compiled: Compiled

    def _bind(self, name: str, returns: Any, *parameters: Any) -> Any:
        return ctypes.CFUNCTYPE(returns, *parameters)(self.compiled.addresses[name])

    @property
    def walk(self) -> Any:
        return self._bind("walk", None, _AT)

    @property
    def sketch_add(self) -> Any:
        return self._bind("sketch_add", _WORD, _AT, _WORD, _AT, _AT, _WORD, _WORD, _WORD, _WORD)

    @property
    def sketch_thin(self) -> Any:
        return self._bind("sketch_thin", None, _AT, _AT, _WORD, _AT, _WORD)


def prepare(specification: Specification, program: ir.Program) -> Library:
    """Compiles a specification, or loads what was compiled before. Raises StateTooLarge and UnsupportedType."""
    with placed(lambda: class_at(specification.source)):
        return _prepared(program)


def _prepared(program: ir.Program) -> Library:
    layout = build_layout(program.state)
    info = kernel_info(program, layout)
    shape = WalkShape(
        Shape(
            words=info.words,
            max_successors=info.max_successors,
            actions=info.actions,
            properties=info.properties,
            step_invariants=info.has_step_invariants,
        )
    )

    def build() -> Any:
        from llvmlite import ir as llvm

        from .sketch_code import add_sketch
        from .walk_code import add_walk

        module = llvm.Module(name=program.name)
        add_model_kernels(module, program, layout, symmetry=False, single=True)
        add_walk(module, shape)
        add_sketch(module)
        return module

    symbols = ("walk", "sketch_add", "sketch_thin")
    compiled = compile_module(f"walks\n{program_text(program)}\n{shape}", build, symbols, _COMPILE)
    return Library(shape, Codec(layout), compiled)

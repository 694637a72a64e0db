"""Functions inside a module that kernels call: emitted once for each thing they work on."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any
from weakref import WeakKeyDictionary

from llvmlite import ir as llvm

from .emitter import Code, Value

_made: WeakKeyDictionary[Any, dict[Hashable, Any]] = WeakKeyDictionary()


def routine(
    code: Code,
    name: str,
    key: Hashable,
    result: Any,
    parameters: list[Any],
    emit: Callable[..., Value | None],
) -> Any:
    """The function of a module for a key; at the first call `emit` writes it, which gets its code and arguments."""
    module = code.function.module
    known = _made.setdefault(module, {})
    if key not in known:
        function = llvm.Function(module, llvm.FunctionType(result, parameters), module.get_unique_name(name))
        known[key] = function
        function.linkage = "internal"
        function.attributes.add("nounwind")
        function.attributes.add("noinline")
        inner = Code(function)
        value = emit(inner, *function.args)
        if value is None:
            inner.builder.ret_void()
        else:
            inner.builder.ret(value)
        inner.at(inner.failed)
        inner.builder.unreachable()
        inner.finish()
    return known[key]

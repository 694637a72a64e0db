"""Programs run natively, and by the interpreter of the representation, to be compared."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from fencepost.checks.native.codec import Codec
from fencepost.checks.native.compile import Options, load_object, object_code
from fencepost.checks.native.kernels import add_model_kernels
from fencepost.checks.native.layout import build_layout
from fencepost.model.lang import interpret, ir, types

TRUE = ir.Const(True, types.Bool())
WORDS = ctypes.POINTER(ctypes.c_uint64)

#: The states after a step with the index of the action; or, negative, which action failed.
Successors = list[tuple[int, Any]] | int


class Native:
    """The kernels of a program."""

    def __init__(
        self, program: ir.Program, *, level: int = 0, symmetry: bool = True, auxiliary: Sequence[str] = ()
    ) -> None:
        from llvmlite import ir as llvm

        self.program, self.layout = program, build_layout(program.state, auxiliary)
        self.codec = Codec(self.layout)
        module = llvm.Module("test")
        self.info = add_model_kernels(module, program, self.layout, symmetry=symmetry)
        self.text = str(module)
        self.object = object_code(self.text, Options(level=level))
        self.engine = load_object(self.object)
        self._successors = self._function("successors", WORDS, WORDS, ctypes.POINTER(ctypes.c_int32))
        self._check = self._function("check", WORDS, WORDS)
        self._check_step = self._function("check_step", WORDS, WORDS, WORDS)

    def _function(self, name: str, *arguments: Any) -> Any:
        return ctypes.CFUNCTYPE(ctypes.c_int64, *arguments)(self.engine.get_function_address(name))

    def words(self, state: Any) -> Any:
        words = self.codec.encode(state)
        return (ctypes.c_uint64 * len(words))(*words)

    def successors(self, state: Any) -> Successors:
        room = max(self.info.max_successors, 1)
        out = (ctypes.c_uint64 * (room * self.info.words))()
        actions = (ctypes.c_int32 * room)()
        count = int(self._successors(self.words(state), out, actions))
        if count < 0:
            return count
        assert count <= self.info.max_successors
        rows = [out[k * self.info.words : (k + 1) * self.info.words] for k in range(count)]
        found = [(actions[k], self.codec.decode_stored(rows[k])) for k in range(count)]
        assert [self.codec.encode(after) for _, after in found] == rows, "a state with words of its own"
        return found

    def check(self, state: Any) -> list[int] | int:
        result = (ctypes.c_uint64 * 4)(*[99] * 4)
        status = int(self._check(self.words(state), result))
        return status if status < 0 else list(result)

    def check_step(self, before: Any, after: Any) -> list[int] | int:
        result = (ctypes.c_uint64 * 2)(*[99] * 2)
        status = int(self._check_step(self.words(before), self.words(after), result))
        return status if status < 0 else list(result)

    def canonical(self, state: Any) -> Any:
        words = self.words(state)
        kernel = ctypes.CFUNCTYPE(None, WORDS)(self.engine.get_function_address("canonicalise"))
        kernel(words)
        return self.codec.decode_stored(words)

    def renamed(self, states: Sequence[Any], swaps: Sequence[int]) -> list[Any]:
        """States with identities exchanged by the kernel, one swap after the other."""
        rows = [word for state in states for word in self.codec.encode(state)]
        words = (ctypes.c_uint64 * max(len(rows), 1))(*rows)
        address = self.engine.get_function_address("transpose")
        kernel = ctypes.CFUNCTYPE(None, WORDS, ctypes.c_int64, ctypes.c_int32)(address)
        for swap in swaps:
            kernel(words, len(states), swap)
        size = self.info.words
        return [self.codec.decode_stored(words[k * size : (k + 1) * size]) for k in range(len(states))]


def expected(program: ir.Program, state: Any) -> Successors:
    """The same as `Native.successors`, by the interpreter."""
    found = []
    for index, action in enumerate(program.actions):
        try:
            found += [(index, program.state.fit(after)) for after in _steps(action, state)]
        except interpret.Undefined:
            return -1 - index
    return found


def _steps(action: ir.Routine, state: Any) -> Iterator[Any]:
    ranges = []
    for given in action.inputs:
        if given.collection is None:
            ranges.append(list(given.type.values()))
        else:
            ranges.append(list(dict.fromkeys(interpret.Environment(state).read(given.collection))))
    for inputs in itertools.product(*ranges):
        for choices in itertools.product(*map(range, action.choices)):
            with contextlib.suppress(interpret.Blocked):
                yield interpret.run(action, state, inputs, choices)


def field(kind: types.Struct, name: str, *steps: Any, root: str = ir.STATE) -> ir.Place:
    """A place: a field, and below it fields by name and entries by key expression."""
    return place(root, kind, name, *steps)


def place(root: str, kind: types.Type, *steps: Any) -> ir.Place:
    path: list[ir.FieldStep | ir.KeyStep] = []
    for step in steps:
        if isinstance(step, str):
            assert isinstance(kind, types.Struct)
            kind = kind.field[step]
            path.append(ir.FieldStep(step))
        else:
            assert isinstance(kind, types.Map)
            kind = kind.element
            path.append(ir.KeyStep(step))
    return ir.Place(root, tuple(path), kind)


def action(
    *body: ir.Stmt,
    inputs: Sequence[ir.Input] = (),
    choices: Sequence[int] = (),
    name: str = "act",
    **local: types.Type,
) -> ir.Routine:
    known = {found.name: found.type for found in inputs} | local
    return ir.Routine(name, tuple(inputs), known, tuple(choices), body)


def program(state: types.Struct, *actions: ir.Routine, properties: Sequence[ir.Condition] = ()) -> ir.Program:
    return ir.Program("Test", state, (), actions, tuple(properties), ())


def number(value: int) -> ir.Const:
    return ir.Const(value, types.Int(value, value))


def agree(made: ir.Program, states: Sequence[Any], *, level: int = 0) -> list[Successors]:
    """Checks that both executions give the same successors of some states, and returns them."""
    native = Native(made, level=level, symmetry=False)
    results = []
    for state in states:
        found = native.successors(state)
        assert found == expected(made, state)
        results.append(found)
    return results

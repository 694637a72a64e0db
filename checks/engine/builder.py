"""LLVM IR written as a small imperative language: values with operators, variables, arrays, loops and conditions.

The kernels of the search are a few hundred lines of loops over packed arrays. llvmlite's own builder is one call for
each instruction and block; this layer lets those loops be read as loops. It adds no optimisation: variables are stack
slots that LLVM turns into registers. All integers are unsigned in comparisons, divisions and shifts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

I1, I8, I16, I32, I64 = (ir.IntType(bits) for bits in (1, 8, 16, 32, 64))
POINTER = ir.PointerType()
VOID = ir.VoidType()


class Value:
    """An integer, boolean or vector in the function being built."""

    __slots__ = ("function", "raw")
    __hash__ = None  # type: ignore[assignment]  # `==` builds an instruction

    def __init__(self, function: Function, raw: Any) -> None:
        self.function, self.raw = function, raw

    def _build(self, instruction: str, other: Value | int) -> Value:
        right = other.raw if isinstance(other, Value) else ir.Constant(self.raw.type, other)
        return Value(self.function, getattr(self.function.ir, instruction)(self.raw, right))

    def _compare(self, operator: str, other: Value | int) -> Value:
        right = other.raw if isinstance(other, Value) else ir.Constant(self.raw.type, other)
        return Value(self.function, self.function.ir.icmp_unsigned(operator, self.raw, right))

    def __add__(self, other: Value | int) -> Value:
        return self._build("add", other)

    def __sub__(self, other: Value | int) -> Value:
        return self._build("sub", other)

    def __mul__(self, other: Value | int) -> Value:
        return self._build("mul", other)

    def __mod__(self, other: Value | int) -> Value:
        return self._build("urem", other)

    def __and__(self, other: Value | int) -> Value:
        return self._build("and_", other)

    def __or__(self, other: Value | int) -> Value:
        return self._build("or_", other)

    def __xor__(self, other: Value | int) -> Value:
        return self._build("xor", other)

    def __lshift__(self, other: Value | int) -> Value:
        return self._build("shl", other)

    def __rshift__(self, other: Value | int) -> Value:
        return self._build("lshr", other)

    def __invert__(self) -> Value:
        return Value(self.function, self.function.ir.not_(self.raw))

    def __eq__(self, other: object) -> Value:  # type: ignore[override]  # builds an instruction
        assert isinstance(other, (Value, int))
        return self._compare("==", other)

    def __ne__(self, other: object) -> Value:  # type: ignore[override]  # builds an instruction
        assert isinstance(other, (Value, int))
        return self._compare("!=", other)

    def __lt__(self, other: Value | int) -> Value:
        return self._compare("<", other)

    def __le__(self, other: Value | int) -> Value:
        return self._compare("<=", other)

    def __gt__(self, other: Value | int) -> Value:
        return self._compare(">", other)

    def __ge__(self, other: Value | int) -> Value:
        return self._compare(">=", other)

    def is_negative(self) -> Value:
        """Whether the value is below zero, read as a signed number."""
        return Value(self.function, self.function.ir.icmp_signed("<", self.raw, ir.Constant(self.raw.type, 0)))

    def to(self, kind: Any) -> Value:
        """The same number in another width: cut off, or filled with zeros."""
        if self.raw.type == kind:
            return self
        wider = kind.width > self.raw.type.width
        return Value(self.function, (self.function.ir.zext if wider else self.function.ir.trunc)(self.raw, kind))

    def high_product(self, other: Value) -> Value:
        """The upper 64 bits of the 128-bit product: maps a uniform number to 0 .. other - 1."""
        wide = self.to(ir.IntType(128)) * other.to(ir.IntType(128))
        return (wide >> 64).to(I64)

    def lowest_bit(self) -> Value:
        """The position of the lowest bit that is set; anything at all for zero."""
        return Value(self.function, self.function.ir.cttz(self.raw, ir.Constant(I1, 1)))

    def splat(self, lanes: int) -> Value:
        """A vector that holds this value in every lane."""
        undefined = ir.Constant(ir.VectorType(self.raw.type, lanes), ir.Undefined)
        one = self.function.ir.insert_element(undefined, self.raw, ir.Constant(I32, 0))
        zeros = ir.Constant(ir.VectorType(I32, lanes), [0] * lanes)
        return Value(self.function, self.function.ir.shuffle_vector(one, undefined, zeros))

    def lane(self, index: int) -> Value:
        """One element of a vector."""
        return Value(self.function, self.function.ir.extract_element(self.raw, ir.Constant(I32, index)))

    def lower(self, other: Value) -> Value:
        """The lower of two numbers, or of each pair of lanes."""
        return self.function.select(self < other, self, other)

    def mask(self) -> Value:
        """A vector of booleans as a number, lane 0 the lowest bit."""
        return Value(self.function, self.function.ir.bitcast(self.raw, ir.IntType(self.raw.type.count)))


class Variable:
    """A named place for one number: `count.value += 1`."""

    __slots__ = ("_at", "_function", "_kind")

    def __init__(self, function: Function, at: Any, kind: Any) -> None:
        self._function, self._at, self._kind = function, at, kind

    @property
    def value(self) -> Value:
        return Value(self._function, self._function.ir.load(self._at, typ=self._kind))

    @value.setter
    def value(self, new: Value | int) -> None:
        raw = new.raw if isinstance(new, Value) else ir.Constant(self._kind, new)
        self._function.ir.store(raw, self._at)


class Array:
    """Memory read and written by index: `words[i]`, `words[i] = value`; `words + i` is the array from there on."""

    __slots__ = ("_kind", "function", "raw")

    def __init__(self, function: Function, raw: Any, kind: Any = I64) -> None:
        self.function, self.raw, self._kind = function, raw, kind

    def __add__(self, index: Value | int) -> Array:
        at = index.raw if isinstance(index, Value) else ir.Constant(I64, index)
        moved = self.function.ir.gep(self.raw, [at], inbounds=True, source_etype=self._kind)
        return Array(self.function, moved, self._kind)

    def __getitem__(self, index: Value | int) -> Value:
        return Value(self.function, self.function.ir.load((self + index).raw, typ=self._kind))

    def __setitem__(self, index: Value | int, new: Value | int) -> None:
        raw = new.raw if isinstance(new, Value) else ir.Constant(self._kind, new)
        self.function.ir.store(raw, (self + index).raw)

    def lanes(self, count: int, aligned: bool = True) -> Value:
        """`count` elements from the start as a vector; `aligned` if the address is a multiple of its size."""
        loaded = self.function.ir.load(self.raw, typ=ir.VectorType(self._kind, count))
        loaded.align = (count if aligned else 1) * self._kind.width // 8
        return Value(self.function, loaded)

    def of(self, kind: Any) -> Array:
        """The same memory as elements of another type."""
        return Array(self.function, self.raw, kind)

    def address(self) -> Value:
        return Value(self.function, self.function.ir.ptrtoint(self.raw, I64))

    def prefetch(self) -> None:
        """Asks the processor for the cache line at the start; nothing waits for it."""
        name = "llvm.prefetch.p0"
        module = self.function.ir.module
        known = module.globals.get(name)
        intrinsic = known or ir.Function(module, ir.FunctionType(VOID, [POINTER, I32, I32, I32]), name)
        self.function.ir.call(intrinsic, [self.raw, *(ir.Constant(I32, part) for part in (0, 3, 1))])


class Block:
    """A loop or block being built."""

    def __init__(self, function: Function, done: Any) -> None:
        self._function, self._done = function, done

    def leave_if(self, condition: Value) -> None:
        """Goes on after the loop or block when the condition is true."""
        stay = self._function.ir.append_basic_block()
        self._function.ir.cbranch(condition.raw, self._done, stay)
        self._function.ir.position_at_end(stay)


class Function:
    """One LLVM function under construction."""

    def __init__(self, module: ir.Module, name: str, returns: Any, parameters: Sequence[Any]) -> None:
        self.raw = ir.Function(module, ir.FunctionType(returns, parameters), name)
        entry = self.raw.append_basic_block("entry")
        self.ir = ir.IRBuilder(entry)
        body = self.raw.append_basic_block("body")
        self.ir.branch(body)
        self.ir.position_at_end(body)

    def argument(self, index: int) -> Value:
        return Value(self, self.raw.args[index])

    def array(self, at: Value | Any, kind: Any = I64) -> Array:
        """Memory at an address, given as a pointer or a number."""
        raw = at.raw if isinstance(at, Value) else at
        return Array(self, self.ir.inttoptr(raw, POINTER) if raw.type == I64 else raw, kind)

    def constant(self, number: int, kind: Any = I64) -> Value:
        return Value(self, ir.Constant(kind, number))

    def variable(self, start: Value | int, kind: Any = I64) -> Variable:
        with self.ir.goto_entry_block():
            at = self.ir.alloca(kind)
        result = Variable(self, at, kind)
        result.value = start
        return result

    def scratch(self, count: int, kind: Any = I64) -> Array:
        """A small array on the stack."""
        with self.ir.goto_entry_block():
            return Array(self, self.ir.alloca(kind, ir.Constant(I64, count)), kind)

    def select(self, condition: Value, then: Value, otherwise: Value) -> Value:
        """One of two values, without a jump."""
        return Value(self, self.ir.select(condition.raw, then.raw, otherwise.raw))

    def call(self, callee: ir.Function, *arguments: Array | Value) -> Value:
        return Value(self, self.ir.call(callee, [argument.raw for argument in arguments]))

    def give(self, value: Value | int | None = None) -> None:
        """Returns from the function."""
        if value is None:
            self.ir.ret_void()
        else:
            self.ir.ret(value.raw if isinstance(value, Value) else ir.Constant(I64, value))

    @contextmanager
    def when(self, condition: Value, likely: bool | None = None) -> Iterator[None]:
        """Runs the body if the condition is true."""
        with self.ir.if_then(condition.raw, likely=likely):
            yield

    @contextmanager
    def choice(self, condition: Value, likely: bool | None = None) -> Iterator[tuple[Any, Any]]:
        """Two bodies: `with f.choice(c) as (then, otherwise)`, then one `with` for each."""
        with self.ir.if_else(condition.raw, likely=likely) as parts:
            yield parts

    @contextmanager
    def block(self) -> Iterator[Block]:
        """Runs the body once, or up to a `leave_if`."""
        done = self.raw.append_basic_block("done")
        yield Block(self, done)
        self.ir.branch(done)
        self.ir.position_at_end(done)

    @contextmanager
    def forever(self) -> Iterator[Block]:
        """Runs the body until `leave_if`."""
        head, done = self.raw.append_basic_block("loop"), self.raw.append_basic_block("done")
        self.ir.branch(head)
        self.ir.position_at_end(head)
        yield Block(self, done)
        self.ir.branch(head)
        self.ir.position_at_end(done)

    @contextmanager
    def count(self, stop: Value | int, start: Value | int = 0) -> Iterator[Value]:
        """Runs the body for each number from `start` to `stop`, the latter excluded."""
        index = self.variable(start)
        with self.forever() as loop:
            now = index.value
            loop.leave_if(now >= stop)
            yield now
            index.value = now + 1

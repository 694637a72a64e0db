"""The function that is being emitted: where code goes, its locals, its states and its exits.

`Code` is a thin layer over llvmlite's builder. It folds constants, so that what is known while emitting costs
nothing afterwards, and it knows the blocks that failing operations and `require` go to. What an expression or a
statement means is in other modules, which register a handler for each class of the representation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from llvmlite import ir as llvm

from ...model.lang.types import Type
from .registers import I1, I8, I32, I64, register_type

#: An SSA value of llvmlite, which has no type hints.
Value = Any
Block = Any

_EXPRESSIONS: dict[type, Callable[[Code, Any], Value]] = {}
_STATEMENTS: dict[type, Callable[[Code, Any], None]] = {}


def expression(kind: type) -> Callable[[Callable[[Code, Any], Value]], Callable[[Code, Any], Value]]:
    """Registers how an expression is emitted."""

    def register(handler: Callable[[Code, Any], Value]) -> Callable[[Code, Any], Value]:
        _EXPRESSIONS[kind] = handler
        return handler

    return register


def statement(kind: type) -> Callable[[Callable[[Code, Any], None]], Callable[[Code, Any], None]]:
    """Registers how a statement is emitted."""

    def register(handler: Callable[[Code, Any], None]) -> Callable[[Code, Any], None]:
        _STATEMENTS[kind] = handler
        return handler

    return register


def literal(value: Value) -> int | None:
    """The number a constant register holds, without sign; None for what is only known when it runs."""
    if isinstance(value, llvm.Constant) and isinstance(value.constant, int):
        mask: int = (1 << value.type.width) - 1
        return int(value.constant) & mask
    return None


def number(value: int, kind: Any = I64) -> Value:
    """A constant of an integer type, reduced to its width."""
    value &= (1 << kind.width) - 1
    if value >> (kind.width - 1) and kind.width > 1:
        value -= 1 << kind.width
    return llvm.Constant(kind, value)


def signed(value: int, bits: int = 64) -> int:
    """A number without sign as one with sign."""
    return value - (1 << bits) if value >> (bits - 1) else value


@dataclass(frozen=True)
class Loop:
    """A loop while its body is emitted: going to `next` starts the next turn, going to `done` leaves it."""

    index: Value
    next: Block
    done: Block


class Code:
    """One function. Exits: `failed` for failing operations, `disabled` for `require`."""

    def __init__(self, function: Any) -> None:
        self.function = function
        entry = function.append_basic_block("entry")
        self._allocas = llvm.IRBuilder(entry)
        self._start = function.append_basic_block("start")
        self.builder = llvm.IRBuilder(self._start)
        self.failed = function.append_basic_block("failed")
        self.disabled = self.failed
        self.locals: dict[str, Value] = {}
        self.local_types: dict[str, Type] = {}
        self.labels: dict[str, Block] = {}
        self.choices: list[tuple[Value, Value]] = []
        self.roots: dict[str, Any] = {}

    def finish(self) -> None:
        """Completes the function: the entry block with all the variables goes on to the code."""
        self._allocas.branch(self._start)

    # Expressions and statements.

    def value(self, expr: Any) -> Value:
        """Emits an expression; its register."""
        return _EXPRESSIONS[type(expr)](self, expr)

    def run(self, statements: Sequence[Any]) -> None:
        """Emits statements; what follows a jump is left out."""
        for found in statements:
            if self.terminated:
                return
            _STATEMENTS[type(found)](self, found)

    def variable(self, kind: Any) -> Value:
        """A variable of an LLVM type in the entry block."""
        return self._allocas.alloca(kind)

    def local(self, name: str, kind: Type) -> Value:
        """The variable of a local."""
        if name not in self.locals:
            self.locals[name] = self.variable(register_type(kind))
        return self.locals[name]

    def load(self, variable: Value) -> Value:
        """What a variable holds; of an array the address of a copy, which later stores leave alone."""
        if not isinstance(variable.type.pointee, llvm.ArrayType):
            return self.builder.load(variable)
        copied = self.variable(variable.type.pointee)
        self.copy(variable, copied)
        return copied

    def final(self, variable: Value) -> Value:
        """What a variable holds that is not changed while this is in use: arrays need no copy."""
        return variable if isinstance(variable.type.pointee, llvm.ArrayType) else self.load(variable)

    def store(self, value: Value, variable: Value) -> None:
        """Gives a variable a value, which for an array is given by its address."""
        if isinstance(variable.type.pointee, llvm.ArrayType):
            self.copy(value, variable)
        else:
            self.builder.store(value, variable)

    def clear(self, variable: Value) -> None:
        """Fills a variable with zeros."""
        self.builder.store(llvm.Constant(variable.type.pointee, None), variable)

    def copy(self, source: Value, target: Value) -> None:
        """Copies an array from one address to another."""
        if source is target:
            return
        module, pointer = self.function.module, I8.as_pointer()
        name = "llvm.memcpy.p0.p0.i64"
        if name not in module.globals:
            kind = llvm.FunctionType(llvm.VoidType(), [pointer, pointer, I64, I1])
            llvm.Function(module, kind, name)
        addresses = [self.builder.bitcast(address, pointer) for address in (target, source)]
        size = number(source.type.pointee.count * source.type.pointee.element.width // 8)
        self.builder.call(module.globals[name], [*addresses, size, number(0, I1)])

    def element(self, array: Value, index: Value) -> Value:
        """The address of an element of an array, as a variable."""
        return self.builder.gep(array, [number(0, I32), index], inbounds=True)

    # Arithmetic on integers of one type, folded where possible.

    def add(self, left: Value, right: Value) -> Value:
        """The sum, wrapping."""
        a, b = literal(left), literal(right)
        if a is not None and b is not None:
            return number(a + b, left.type)
        return right if a == 0 else left if b == 0 else self.builder.add(left, right)

    def sub(self, left: Value, right: Value) -> Value:
        """The difference, wrapping."""
        a, b = literal(left), literal(right)
        if a is not None and b is not None:
            return number(a - b, left.type)
        return left if b == 0 else self.builder.sub(left, right)

    def mul(self, left: Value, right: Value) -> Value:
        """The product, wrapping."""
        a, b = literal(left), literal(right)
        if a is not None and b is not None:
            return number(a * b, left.type)
        if a == 0 or b == 0:
            return number(0, left.type)
        return right if a == 1 else left if b == 1 else self.builder.mul(left, right)

    def udiv(self, left: Value, right: Value) -> Value:
        """The quotient of numbers without sign; the divisor is not zero."""
        a, b = literal(left), literal(right)
        if a is not None and b:
            return number(a // b, left.type)
        return left if b == 1 else self.builder.udiv(left, right)

    def urem(self, left: Value, right: Value) -> Value:
        """The remainder of numbers without sign; the divisor is not zero."""
        a, b = literal(left), literal(right)
        if a is not None and b:
            return number(a % b, left.type)
        return number(0, left.type) if b == 1 else self.builder.urem(left, right)

    def and_(self, left: Value, right: Value) -> Value:
        """The common bits."""
        a, b, ones = literal(left), literal(right), (1 << left.type.width) - 1
        if a is not None and b is not None:
            return number(a & b, left.type)
        if a == 0 or b == 0:
            return number(0, left.type)
        return right if a == ones else left if b == ones else self.builder.and_(left, right)

    def or_(self, left: Value, right: Value) -> Value:
        """The bits of both."""
        a, b, ones = literal(left), literal(right), (1 << left.type.width) - 1
        if a is not None and b is not None:
            return number(a | b, left.type)
        if ones in (a, b):
            return number(ones, left.type)
        return right if a == 0 else left if b == 0 else self.builder.or_(left, right)

    def xor(self, left: Value, right: Value) -> Value:
        """The bits that differ."""
        a, b = literal(left), literal(right)
        if a is not None and b is not None:
            return number(a ^ b, left.type)
        return right if a == 0 else left if b == 0 else self.builder.xor(left, right)

    def invert(self, value: Value) -> Value:
        """All bits flipped; the negation of an i1."""
        return self.xor(value, number(-1, value.type))

    def shl(self, value: Value, amount: Value) -> Value:
        """Shifted left; the amount, of any type, is less than the width where the code is reached."""
        a, b = literal(value), literal(amount)
        if b is not None and b >= value.type.width:
            return number(0, value.type)
        if a is not None and b is not None:
            return number(a << b, value.type)
        return value if b == 0 or a == 0 else self.builder.shl(value, self.resize(amount, value.type))

    def lshr(self, value: Value, amount: Value) -> Value:
        """Shifted right without sign; the amount, of any type, is less than the width where the code is reached."""
        a, b = literal(value), literal(amount)
        if b is not None and b >= value.type.width:
            return number(0, value.type)
        if a is not None and b is not None:
            return number(a >> b, value.type)
        return value if b == 0 or a == 0 else self.builder.lshr(value, self.resize(amount, value.type))

    def resize(self, value: Value, kind: Any) -> Value:
        """The same bits in another type: cut, or filled up with zeros."""
        if value.type.width == kind.width:
            return value
        known = literal(value)
        if known is not None:
            return number(known, kind)
        return self.builder.trunc(value, kind) if value.type.width > kind.width else self.builder.zext(value, kind)

    def compare(self, op: str, left: Value, right: Value, *, sign: bool = False) -> Value:
        """A comparison, as i1."""
        a, b = literal(left), literal(right)
        if a is not None and b is not None:
            if sign:
                a, b = signed(a, left.type.width), signed(b, left.type.width)
            known = {"==": a == b, "!=": a != b, "<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[op]
            return number(known, I1)
        return (self.builder.icmp_signed if sign else self.builder.icmp_unsigned)(op, left, right)

    def select(self, test: Value, then: Value, otherwise: Value) -> Value:
        """One of two values."""
        known = literal(test)
        if known is not None:
            return then if known else otherwise
        return then if then is otherwise else self.builder.select(test, then, otherwise)

    def ones_below(self, count: Value, kind: Any) -> Value:
        """A mask of the `count` lowest bits, `count` less than the width."""
        return self.sub(self.shl(number(1, kind), count), number(1, kind))

    # Control flow.

    @property
    def terminated(self) -> bool:
        """Whether the code so far never goes on from here."""
        return bool(self.builder.block.is_terminated)

    def block(self, name: str) -> Block:
        """A new basic block."""
        return self.function.append_basic_block(name)

    def at(self, block: Block) -> None:
        """Goes on emitting into a block."""
        self.builder.position_at_end(block)

    def jump(self, block: Block) -> None:
        """Goes to a block, unless the code never gets here."""
        if not self.terminated:
            self.builder.branch(block)

    def branch(self, test: Value, then: Block, otherwise: Block, *, unlikely: bool = False) -> None:
        """Goes to one of two blocks; `unlikely` says that the first is."""
        known = literal(test)
        if known is not None:
            self.jump(then if known else otherwise)
        elif not self.terminated:
            branch = self.builder.cbranch(test, then, otherwise)
            if unlikely:
                branch.set_weights([1, 2000])

    def fail_if(self, test: Value) -> None:
        """Leaves through the error exit when the test is true."""
        if literal(test) != 0:
            onward = self.block("defined")
            self.branch(test, self.failed, onward, unlikely=True)
            self.at(onward)

    def fail_unless(self, test: Value) -> None:
        """Leaves through the error exit when the test is false."""
        self.fail_if(self.invert(test))

    def unreachable(self) -> None:
        """After a jump in the middle of an expression: goes on in a block that nothing leads to."""
        if self.terminated:
            self.at(self.block("never"))

    def choice_of(self, test: Value, then: Callable[[], Value], otherwise: Callable[[], Value]) -> Value:
        """A value that is computed in one of two ways, of which only one runs."""
        yes, no, done = self.block("then"), self.block("else"), self.block("either")
        self.branch(test, yes, no)
        incoming = []
        for block, compute in ((yes, then), (no, otherwise)):
            self.at(block)
            value = compute()
            self.unreachable()
            incoming.append((value, self.builder.block))
            self.jump(done)
        self.at(done)
        return self.phi(incoming)

    def phi(self, incoming: Sequence[tuple[Value, Block]]) -> Value:
        """The value that belongs to the block the code came from."""
        result = self.builder.phi(incoming[0][0].type)
        for value, block in incoming:
            result.add_incoming(value, block)
        return result

    @contextmanager
    def counted(self, count: Value, start: Value | None = None) -> Iterator[Loop]:
        """A loop over numbers from `start` (0) up to and without `count`, of the type of `count`."""
        counter = self.variable(count.type)
        self.store(start if start is not None else number(0, count.type), counter)
        head, body = self.block("loop"), self.block("body")
        onward, done = self.block("next"), self.block("done")
        self.jump(head)
        self.at(head)
        index = self.load(counter)
        self.branch(self.compare("<", index, count), body, done)
        self.at(body)
        yield Loop(index, onward, done)
        self.jump(onward)
        self.at(onward)
        self.store(self.add(index, number(1, index.type)), counter)
        self.jump(head)
        self.at(done)

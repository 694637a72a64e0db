"""Integer arithmetic with Python's rules. What leaves 64 bits fails; results with known bounds are not checked."""

from __future__ import annotations

from ...model.lang import ir, types
from ...model.lang.types import Type
from .codes import LOWEST, bounds, in_memory
from .emitter import Code, Value, expression, literal, number
from .places import view
from .ranks import to_code
from .speculation import is_bounded


@expression(ir.Arithmetic)
def arithmetic(code: Code, expr: ir.Arithmetic) -> Value:
    """`+ - * // %` of two numbers."""
    left, right = code.value(expr.left), code.value(expr.right)
    if expr.op in ("//", "%"):
        return _division(code, expr, left, right)
    if is_bounded(expr.type):
        match expr.op:
            case "+":
                return code.add(left, right)
            case "-":
                return code.sub(left, right)
        return code.mul(left, right)
    return checked(code, expr.op, left, right)


def checked(code: Code, op: str, left: Value, right: Value) -> Value:
    """`+ - *` of two numbers. Fails when the result does not fit into 64 bits."""
    a, b = literal(left), literal(right)
    if (b == 0 and op in "+-") or (a == 0 and op == "+"):
        return left if b == 0 else right
    builder = code.builder
    operation = {"+": builder.sadd_with_overflow, "-": builder.ssub_with_overflow, "*": builder.smul_with_overflow}
    pair = operation[op](left, right)
    code.fail_if(builder.extract_value(pair, 1))
    return code.builder.extract_value(pair, 0)


def _division(code: Code, expr: ir.Arithmetic, left: Value, right: Value) -> Value:
    low, high = bounds(expr.right.type)
    known = literal(right)
    if known is None and low <= 0 <= high or known == 0:
        code.fail_if(code.compare("==", right, number(0)))
    if known == 0:
        return number(0)
    if _is_natural(expr.left.type) and (low >= 0 or (known is not None and known < 1 << 63)):
        return code.udiv(left, right) if expr.op == "//" else code.urem(left, right)
    builder = code.builder
    if expr.op == "//" and bounds(expr.left.type)[0] == LOWEST:
        lowest = code.compare("==", left, number(LOWEST))
        code.fail_if(code.and_(lowest, code.compare("==", right, number(-1))))
        builder = code.builder
    elif expr.op == "%":
        # Nothing remains of a division by -1, nor by 1, which unlike the former cannot overflow.
        right = code.select(code.compare("==", right, number(-1)), number(1), right)
    remainder = builder.srem(left, right)
    opposite = code.compare("<", code.xor(remainder, right), number(0), sign=True)
    uneven = code.and_(opposite, code.compare("!=", remainder, number(0)))
    if expr.op == "%":
        return code.select(uneven, code.add(remainder, right), remainder)
    quotient = builder.sdiv(left, right)
    return code.select(uneven, code.sub(quotient, number(1)), quotient)


def _is_natural(kind: Type) -> bool:
    return isinstance(kind, types.Int) and kind.low >= 0


@expression(ir.Compare)
def compare(code: Code, expr: ir.Compare) -> Value:
    """Comparison of numbers, or equality of anything: equal codes are equal values."""
    kind = expr.left.type
    left, right = view(code, expr.left, expr.right), view(code, expr.right)
    if in_memory(kind):
        left, right = to_code(code, kind, left), to_code(code, kind, right)
    return code.compare(expr.op, left, right, sign=True)

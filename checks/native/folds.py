"""Folds: generator expressions and comprehensions, and what consumes them."""

from __future__ import annotations

from collections.abc import Callable

from ...model.lang import ir, types
from .arithmetic import checked
from .containers import empty, insert
from .emitter import Block, Code, Loop, Value, expression, number
from .loops import each
from .registers import I1, I64, register_type
from .speculation import is_bounded


@expression(ir.Fold)
def fold(code: Code, expr: ir.Fold) -> Value:
    """The value of a fold."""
    match expr.kind:
        case "any" | "all":
            return _quantifier(code, expr)
        case "sum":
            return _sum(code, expr)
        case "min" | "max":
            return _extreme(code, expr)
    return _collect(code, expr)


def generate(code: Code, expr: ir.Fold, body: Callable[[], None], depth: int = 0) -> None:
    """Emits the nested loops of a fold, with `body` inside the innermost."""
    if depth == len(expr.generators):
        body()
        return
    first = expr.generators[depth]

    def visit(element: Value, loop: Loop) -> None:
        code.store(element, code.local(first.name, first.type))
        code.local_types.setdefault(first.name, first.type)
        for condition in first.conditions:
            onward = code.block("selected")
            code.branch(code.value(condition), onward, loop.next)
            code.at(onward)
        generate(code, expr, body, depth + 1)

    each(code, first.source, visit, (expr.generators[depth:], expr.body))


def _quantifier(code: Code, expr: ir.Fold) -> Value:
    decisive = int(expr.kind == "any")
    result = code.variable(I1)
    code.store(number(1 - decisive, I1), result)
    done = code.block("quantified")

    def visit() -> None:
        decided, onward = code.block("found"), code.block("undecided")
        value = code.value(expr.body)
        code.branch(value, *((decided, onward) if decisive else (onward, decided)))
        code.at(decided)
        code.store(number(decisive, I1), result)
        code.jump(done)
        code.at(onward)

    generate(code, expr, visit)
    return _finish(code, result, done)


def _finish(code: Code, result: Value, done: Block) -> Value:
    code.jump(done)
    code.at(done)
    return code.load(result)


def _sum(code: Code, expr: ir.Fold) -> Value:
    total = code.variable(I64)
    code.store(number(0), total)

    def visit() -> None:
        value = code.value(expr.body)
        if is_bounded(expr.type):
            code.store(code.add(code.load(total), value), total)
        else:
            code.store(checked(code, "+", code.load(total), value), total)

    generate(code, expr, visit)
    return code.load(total)


def _extreme(code: Code, expr: ir.Fold) -> Value:
    best, found = code.variable(register_type(expr.type)), code.variable(I1)
    code.store(number(0, register_type(expr.type)), best)
    code.store(number(0, I1), found)

    def visit() -> None:
        value, so_far = code.value(expr.body), code.load(best)
        better = code.compare("<" if expr.kind == "min" else ">", value, so_far, sign=True)
        replaced = code.or_(better, code.invert(code.load(found)))
        code.store(code.select(replaced, value, so_far), best)
        code.store(number(1, I1), found)

    generate(code, expr, visit)
    if expr.default is None:
        code.fail_unless(code.load(found))
        return code.load(best)
    default = expr.default
    return code.choice_of(code.load(found), lambda: code.load(best), lambda: code.value(default))


def _collect(code: Code, expr: ir.Fold) -> Value:
    kind = expr.type
    assert isinstance(kind, (types.Set, types.Seq, types.Bag))
    result = empty(code, kind)
    generate(code, expr, lambda: insert(code, kind, result, code.value(expr.body)))
    return code.final(result)

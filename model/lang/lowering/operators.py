"""Operators: arithmetic, sets, comparisons, `and`, `or` and `not`."""

from __future__ import annotations

import ast

from ... import errors
from .. import ir, types
from .aliases import is_collection, is_live
from .conversions import FALSE, TRUE, Conversions, conjunction, disjunction, is_integer, negation, number
from .scope import RangeOf, TupleOf
from .wording import ELEMENTS_HINT, described

_ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.FloorDiv: "//", ast.Mod: "%"}
_SETS = {ast.BitOr: "|", ast.BitAnd: "&", ast.Sub: "-", ast.BitXor: "^"}
_SYMBOLS: dict[type[ast.operator], str] = _ARITHMETIC | _SETS | {
    ast.Div: "/", ast.Pow: "**", ast.MatMult: "@", ast.LShift: "<<", ast.RShift: ">>"
}  # fmt: skip
_COMPARE = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


class Operators(Conversions):
    """Translates operators."""

    def operands(self, *nodes: ast.expr) -> list[ir.Expr]:
        """Several values, evaluated left to right even when a later one runs statements."""
        results: list[ir.Expr] = []
        for node in nodes:
            with self.later() as later:
                result = self.value(node)
                if later.writes and not is_live(result):
                    # What is written inside of it, too, is written before the earlier ones are used.
                    result = self.temporary(result, node)
            results = [self.kept(earlier, later, node) for earlier in results]
            self.out.extend(later.statements)
            results.append(result)
        return results

    def bool_op(self, node: ast.BoolOp, *, operands: bool = False) -> ir.Expr:
        """`and` or `or`. Outside of conditions they give an operand, which then has to be a bool."""
        parts: list[ir.Expr] = []
        stop = FALSE if isinstance(node.op, ast.And) else TRUE
        for position, part in enumerate(node.values):
            if position == 0:
                parts.append(self.value(part) if operands else self.truth(part))
            else:
                parts.append(self.lazily(part, condition=not operands))
            if not isinstance(parts[-1].type, types.Bool):
                name = "and" if isinstance(node.op, ast.And) else "or"
                what = f"`{name}` gives one of its operands, as in Python, and this one is {described(parts[-1].type)}"
                self.fail(errors.TypeMismatch, part, what, "compare it with something, or write a if ... else b")
            if parts[-1] == stop:
                break
        return conjunction(parts) if isinstance(node.op, ast.And) else disjunction(parts)

    def unary(self, node: ast.UnaryOp) -> ir.Expr:
        if isinstance(node.op, ast.Not):
            return negation(self.truth(node.operand))
        operand = self.integer(self.value(node.operand), node.operand)
        if isinstance(node.op, ast.USub):
            return self.arithmetic("-", number(0), operand, node)
        if isinstance(node.op, ast.UAdd):
            return operand
        self.fail(errors.UnsupportedExpression, node, "`~` is not part of the language", "write not ..., or -x - 1")

    def binary(self, op: ast.operator, left: ir.Expr, right: ir.Expr, node: ast.AST) -> ir.Expr:
        """`left op right` on integers, sets or sequences."""
        if isinstance(left.type, types.Set) and isinstance(right.type, types.Set) and type(op) in _SETS:
            return self.set_operation(_SETS[type(op)], left, right, node)
        if isinstance(left.type, types.Seq) and isinstance(right.type, types.Seq) and isinstance(op, ast.Add):
            self.alike(self.kinds_of(left), self.kinds_of(right), node)
            kind = self.join(left.type, right.type, node)
            assert isinstance(kind, types.Seq)
            wide = types.Seq(kind.element, left.type.size + right.type.size)
            first = self.coerce(left, types.Seq(kind.element, left.type.size), node)
            second = self.coerce(right, types.Seq(kind.element, right.type.size), node)
            return ir.Concat(first, second, wide)
        if type(op) not in _ARITHMETIC:
            self.fail(
                errors.UnsupportedExpression,
                node,
                f"`{_SYMBOLS[type(op)]}` is not defined on {described(left.type)} and {described(right.type)}",
                "numbers have + - * // %, sets | & - ^, sequences +",
            )
        return self.arithmetic(_ARITHMETIC[type(op)], self.integer(left, node), self.integer(right, node), node)

    def set_operation(self, op: str, left: ir.Expr, right: ir.Expr, node: ast.AST) -> ir.Expr:
        """A set operation on sets whose element types may differ."""
        kind = self.join(left.type, right.type, node)
        assert isinstance(kind, types.Set)
        if not kind.is_mask and op in ("|", "^") and not isinstance(kind.element, ir.Nothing):
            sizes = [side.type.capacity for side in (left, right) if isinstance(side.type, types.Set)]
            kind = self.set_type(kind.element, sum(sizes), node)
        left, right = self.coerce(left, kind, node), self.coerce(right, kind, node)
        return ir.SetOperation(op, left, right, kind)  # type: ignore[arg-type]  # op comes from a table of literals

    def arithmetic(self, op: str, left: ir.Expr, right: ir.Expr, node: ast.AST) -> ir.Expr:
        """Integer arithmetic, folded when both sides are known."""
        if isinstance(left, ir.Const) and isinstance(right, ir.Const) and not (op in ("//", "%") and right.value == 0):
            a, b = left.value, right.value
            return self.known({"+": a + b, "-": a - b, "*": a * b, "//": a // (b or 1), "%": a % (b or 1)}[op], node)
        return ir.Arithmetic(op, left, right, derived(op, left.type, right.type))  # type: ignore[arg-type]  # as above

    def known(self, value: int, node: ast.AST) -> ir.Const:
        if abs(value) >= 1 << 62:
            what = "a number that does not fit into 64 bits"
            self.fail(errors.UnsupportedExpression, node, what, "models are small: use a smaller one")
        return number(value)

    def compare(self, node: ast.Compare) -> ir.Expr:
        nodes = [node.left, *node.comparators]
        if len(nodes) == 2 and isinstance(node.ops[0], (ast.In, ast.NotIn)):
            return self._membership(node.ops[0], node.left, node.comparators[0], node)
        left, right = self.operands(*nodes[:2])
        if len(nodes) > 2:
            left, right = self.temporary(left, node), self.temporary(right, node)
        parts = [self._pair(node.ops[0], left, right, node)]
        # What follows is evaluated only as long as the comparisons hold.
        for op, following in zip(node.ops[1:], nodes[2:], strict=True):
            left = right
            with self.collecting() as needed:
                right = self.temporary(self.value(following), following)
                test = self._pair(op, left, right, node)
            parts.append(ir.Do(tuple(needed), test) if needed else test)
        return conjunction(parts)

    def _membership(self, op: ast.cmpop, left: ast.expr, right: ast.expr, node: ast.AST) -> ir.Expr:
        item = self.value(left)
        with self.later() as later:
            where = self.consumed(self.expression(right), right)
        item = self.kept(item, later, left)
        self.out.extend(later.statements)
        if isinstance(where, (TupleOf, RangeOf)):
            item = self.temporary(item, left)
        if isinstance(where, TupleOf):
            found = disjunction([self.equal(item, self.rvalue(other, right), node) for other in where.items])
        elif isinstance(where, RangeOf):
            found = self._in_range(item, where, node)
        else:
            inside = self.rvalue(where, right)
            if isinstance(inside.type, types.Map):
                what = "`in` a map is always true: a map has every key of its type"
                self.fail(errors.UnsupportedExpression, node, what, "leave it out, or keep a Set of keys")
            if not is_collection(inside.type):
                self.fail(errors.TypeMismatch, right, f"{described(inside.type)} has no elements", ELEMENTS_HINT)
            found = self.contains(item, inside, node)
        return negation(found) if isinstance(op, ast.NotIn) else found

    def _in_range(self, item: ir.Expr, where: RangeOf, node: ast.AST) -> ir.Expr:
        """`item in range(start, stop)`; None is in no range."""
        if where.step != 1:
            what = "`in range(...)` with a step is not part of the language"
            self.fail(errors.UnsupportedExpression, node, what, "write any(x == i for i in range(...))")
        if isinstance(item.type, types.Option):
            inside = self._in_range(ir.Unwrap(item, item.type.inner), where, node)
            return conjunction([negation(ir.IsNone(item)), inside])
        return conjunction([self.ordered("<=", where.start, item, node), self.ordered("<", item, where.stop, node)])

    def _pair(self, op: ast.cmpop, left: ir.Expr, right: ir.Expr, node: ast.AST) -> ir.Expr:
        if isinstance(op, (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)):
            if isinstance(op, (ast.Is, ast.IsNot)) and not any(
                isinstance(side.type, (ir.Nothing, types.Enum, types.Bool)) for side in (left, right)
            ):
                self.fail(errors.UnsupportedExpression, node, "`is` compares with None only", "write ==")
            same = self.equal(left, right, node)
            return negation(same) if isinstance(op, (ast.NotEq, ast.IsNot)) else same
        if type(op) in _COMPARE:
            return self.ordered(_COMPARE[type(op)], left, right, node)
        self.fail(errors.UnsupportedExpression, node, "`in` cannot be part of a chain", "join the parts with `and`")


def derived(op: str, left: types.Type, right: types.Type) -> types.Type:
    """The type of an arithmetic result, with bounds when they follow from those of the operands."""
    if not (isinstance(left, types.Int) and isinstance(right, types.Int)):
        if op == "%" and isinstance(right, types.Int) and right.low > 0 and is_integer(left):
            return types.Int(0, right.high - 1)
        return ir.Integer()
    a, b, c, d = left.low, left.high, right.low, right.high
    if op == "%":
        return types.Int(0, d - 1) if c > 0 else ir.Integer()
    if op == "//":
        if c <= 0:
            return ir.Integer()
        corners = [a // c, a // d, b // c, b // d]
    else:
        corners = {"+": [a + c, b + d], "-": [a - d, b - c], "*": [a * c, a * d, b * c, b * d]}[op]
    low, high = min(corners), max(corners)
    return types.Int(low, high) if abs(low) < 1 << 31 and abs(high) < 1 << 31 else ir.Integer()

"""Unions of structs: which struct a value is, and the parts that several of them have under one name.

Python narrows a union by `isinstance`. Here the part of one struct is reached from any value of the union, and reaching
for it in another struct is a failure, as it is in CPython.
"""

from __future__ import annotations

import ast
import types as python_types
import typing
from typing import Any

from ... import errors
from .. import ir, types, values
from .conversions import FALSE, TRUE, conjunction, member_test, negation
from .folds import Folds
from .scope import Entity, Meaning, Value
from .wording import described


class Unions(Folds):
    """Translates what is done with unions."""

    def part_of_union(self, value: ir.Expr, node: ast.Attribute) -> Meaning:
        """A field, or a property or method, of the structs of a union that have it."""
        kind = value.type
        assert isinstance(kind, types.Union)
        value = self.temporary(value, node)
        having = [member for member in kind.members if node.attr in member.field]
        if having:
            return Value(self._field_of_union(value, having, node))
        having = [member for member in kind.members if hasattr(member.cls, node.attr)]
        if len(having) == 1:
            member = having[0]
            return self.member(Value(ir.Narrow(value, member)), member.cls, member.cls.__mro__, node)
        if not having:
            known = {name for member in kind.members for name in member.field}
            what = f"no struct of {kind} has {node.attr}"
            self.fail(errors.UnknownAttribute, node, what, errors.nearest(node.attr, sorted(known)))
        if len({id(getattr(member.cls, node.attr)) for member in having}) > 1:
            what = f"which {node.attr} is meant depends on the struct"
            hint = "call it on one of them: take the struct as a parameter of the action"
            self.fail(errors.UnsupportedCall, node, what, hint)
        return self.member(Value(value), having[0].cls, having[0].cls.__mro__, node)

    def _field_of_union(self, value: ir.Expr, having: list[types.Struct], node: ast.Attribute) -> ir.Expr:
        joined = having[0].field[node.attr]
        for member in having[1:]:
            joined = self.join(joined, member.field[node.attr], node)
        parts = [ir.GetField(ir.Narrow(value, member), node.attr, member.field[node.attr]) for member in having]
        result = self.coerce(parts[-1], joined, node)
        for member, part in zip(having[-2::-1], parts[-2::-1], strict=True):
            result = ir.IfElse(ir.IsInstance(value, member), self.coerce(part, joined, node), result, joined)
        return result

    def is_instance(self, node: ast.Call, named: dict[str, ast.expr]) -> Meaning:
        """`isinstance(value, Kind)`."""
        if len(node.args) != 2 or named:
            self.fail(errors.WrongArguments, node, "isinstance() takes a value and a struct class, or several")
        value, classes = self.temporary(self.value(node.args[0]), node), self._classes(node.args[1])
        return Value(self._is_one_of(value, classes, node))

    def _is_one_of(self, value: ir.Expr, classes: tuple[type, ...], node: ast.AST) -> ir.Expr:
        kind = value.type
        if isinstance(kind, types.Option):
            inside = self._is_one_of(ir.Unwrap(value, kind.inner), classes, node)
            return conjunction([negation(ir.IsNone(value)), inside])
        if isinstance(kind, ir.Nothing):
            return FALSE
        if isinstance(kind, types.Struct):
            return TRUE if issubclass(kind.cls, classes) else FALSE
        if not isinstance(kind, types.Union):
            what = f"isinstance() of {described(kind)}"
            self.fail(errors.TypeMismatch, node, what, "it tells the structs of a union apart")
        return member_test(value, tuple(member for member in kind.members if issubclass(member.cls, classes)))

    def _classes(self, node: ast.expr) -> tuple[type, ...]:
        match node:
            case ast.Tuple(elts=parts):
                return sum((self._classes(part) for part in parts), ())
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return self._classes(left) + self._classes(right)
        meaning = self.expression(node)
        found: Any = meaning.object if isinstance(meaning, Entity) else None
        is_union = typing.get_origin(found) in (typing.Union, python_types.UnionType)
        classes = typing.get_args(found) if is_union else (found,)
        if not all(isinstance(cls, type) and issubclass(cls, values.Struct) for cls in classes):
            self.fail(errors.TypeMismatch, node, "isinstance() takes struct classes", "name a class, or (A, B)")
        return tuple(classes)

    def member(self, receiver: Meaning, cls: type, mro: tuple[type, ...], node: ast.Attribute) -> Meaning:
        """A method, property or constant of a class. Expressions provide it."""
        raise NotImplementedError

"""Expressions: names, attributes, subscripts, literals."""

from __future__ import annotations

import ast
import builtins
import enum
import inspect
import types as python_types
from typing import Any, NoReturn

from ... import errors
from .. import ir, types, values
from .aliases import is_collection
from .conversions import FALSE, TRUE
from .scope import (
    UNDERSCORE_HINT,
    Binding,
    Comprehension,
    Entity,
    Meaning,
    Method,
    Operation,
    Pairs,
    Reference,
    SuperOf,
    TupleOf,
    Value,
)
from .unions import Unions
from .wording import VALUES_HINT, described, unvalued

_UNSUPPORTED: dict[type[ast.expr], tuple[str, str]] = {
    ast.Lambda: ("a lambda", "write a method or a module function"),
    ast.JoinedStr: ("an f-string", "strings are not values of the language; use an Enum"),
    ast.Dict: ("a dict display", "assign map entries one by one, or write {key: value for key in ...}"),
    ast.Await: ("`await`", "actions are atomic steps"),
    ast.Yield: ("`yield`", "return a list, or write the loop where it is needed"),
    ast.YieldFrom: ("`yield from`", "return a list, or write the loop where it is needed"),
    ast.NamedExpr: ("`:=`", "assign in a statement of its own"),
    ast.Starred: ("unpacking with *", "write the elements out, or add collections: [...] + other"),
    ast.Slice: ("a slice", "only what is read can be a slice"),
}


class Expressions(Unions):
    """Translates expressions."""

    def value(self, node: ast.expr) -> ir.Expr:
        """An expression as a value."""
        return self.rvalue(self.consumed(self.expression(node), node), node)

    def truth(self, node: ast.expr) -> ir.Expr:
        """An expression as a condition."""
        if isinstance(node, ast.BoolOp):
            return self.bool_op(node)
        return self.truth_of(self.value(node), node)

    def lazily(self, node: ast.expr, *, condition: bool = False) -> ir.Expr:
        """An expression that may not be evaluated: what it needs to run stays inside it."""
        with self.collecting() as needed:
            result = self.truth(node) if condition else self.value(node)
        return ir.Do(tuple(needed), result) if needed else result

    def expression(self, node: ast.expr) -> Meaning:  # noqa: PLR0911  # one line a construct
        """What an expression means. Raises UnsupportedExpression and others."""
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name():
                return self._name(node)
            case ast.Attribute():
                return self._attribute(node)
            case ast.Subscript():
                return self._subscript(node)
            case ast.Call():
                return self.call(node)
            case ast.BoolOp():
                return Value(self.bool_op(node, operands=True))
            case ast.UnaryOp():
                return Value(self.unary(node))
            case ast.BinOp(left=left, op=op, right=right):
                sides = self.operands(left, right)
                return Value(self.binary(op, sides[0], sides[1], node), fresh=True)
            case ast.Compare():
                return Value(self.compare(node))
            case ast.IfExp():
                return self._if_else(node)
            case ast.Tuple(elts=elements) if not any(isinstance(element, ast.Starred) for element in elements):
                return self._tuple(elements)
            case ast.Set(elts=elements) | ast.List(elts=elements):
                return self._literal(node, elements)
            case ast.GeneratorExp() | ast.SetComp() | ast.ListComp():
                return Comprehension(node)
            case ast.DictComp():
                return Value(self.map_comprehension(node), fresh=True)
        self._unsupported(node)

    def _unsupported(self, node: ast.expr) -> NoReturn:
        if isinstance(node, ast.Tuple):
            node = next(element for element in node.elts if isinstance(element, ast.Starred))
        what, hint = _UNSUPPORTED.get(type(node), (type(node).__name__, ""))
        self.fail(errors.UnsupportedExpression, node, f"{what} is not part of the language", hint)

    def _tuple(self, elements: list[ast.expr]) -> Meaning:
        items: list[Meaning] = []
        for element in elements:
            with self.later() as later:
                found = self.settled(element)
            for item in items:
                if isinstance(item, Value):
                    self.spared(item.expr, later, element)
            self.out.extend(later.statements)
            items.append(found)
        return TupleOf(tuple(items))

    def settled(self, node: ast.expr) -> Meaning:
        """An expression whose value does not change afterwards: scalars are read now, places stay references."""
        meaning = self.consumed(self.expression(node), node)
        if isinstance(meaning, Reference):
            if not meaning.place.type.is_place or meaning.place.root not in (ir.STATE, ir.AFTER):
                return Value(self.temporary(ir.Load(meaning.place), node))
            return self._pinned(meaning, node)
        if isinstance(meaning, Value) and not isinstance(meaning.expr, ir.Const):
            return Value(self.temporary(meaning.expr, node), meaning.fresh)
        return self.viewed(meaning, node) if isinstance(meaning, Pairs) else meaning

    def viewed(self, meaning: Pairs, node: ast.AST) -> Pairs:
        """A view of a map, such as `map.items()`, to be kept. Raises UnsupportedExpression for iterators."""
        if meaning.kind not in ("keys", "values", "items"):
            what = f"{meaning.kind}() is used up by the first loop over it"
            self.fail(errors.UnsupportedExpression, node, what, f"write {meaning.kind}(...) in the loop itself")
        if isinstance(meaning.base, Reference):
            return Pairs(meaning.kind, self._pinned(meaning.base, node))
        return meaning

    def _pinned(self, meaning: Reference, node: ast.AST) -> Reference:
        """A reference whose keys do not change when the names they came from do."""
        steps = [
            ir.KeyStep(self.temporary(step.key, node, "key")) if isinstance(step, ir.KeyStep) else step
            for step in meaning.place.steps
        ]
        return Reference(ir.Place(meaning.place.root, tuple(steps), meaning.place.type))

    def _constant(self, node: ast.Constant) -> Meaning:
        value = node.value
        if value is None:
            return Value(ir.Const(None, ir.Nothing()))
        if isinstance(value, bool):
            return Value(TRUE if value else FALSE)
        if isinstance(value, int):
            return Value(self.known(value, node))
        self.fail(
            errors.UnsupportedExpression,
            node,
            f"{types.show(value)} is not a value of the language",
            VALUES_HINT,
        )

    def _name(self, node: ast.Name) -> Meaning:
        frame = self.frame
        if node.id in frame.names:
            if node.id not in frame.assigned:
                self.fail(
                    errors.MaybeUnassigned,
                    node,
                    f"{node.id} may not have a value here",
                    "assign it on every path, or before the loop",
                )
            return self._bound(frame.names[node.id])
        if node.id in self.local_names():
            self.fail(errors.MaybeUnassigned, node, f"{node.id} has no value here yet", "assign it first")
        return self.entity(self._global(node), node)

    def _bound(self, binding: Binding) -> Meaning:
        """What a name means: a struct or map of its own is a place, whose parts can be changed."""
        meaning = binding.meaning
        if not (isinstance(meaning, Value) and isinstance(meaning.expr, ir.Local)):
            return meaning
        # Its type may have grown since it was bound.
        name, kind = meaning.expr.name, self.locals[meaning.expr.name]
        if binding.owned and kind.is_place:
            return Reference(ir.Place(name, (), kind))
        return Value(ir.Local(name, kind), meaning.fresh)

    def _global(self, node: ast.Name) -> Any:
        function = self.frame.function
        closure = inspect.getclosurevars(function).nonlocals
        for scope in (closure, function.__globals__, vars(builtins)):
            if node.id in scope:
                return scope[node.id]
        known = [*self.frame.names, *(name for name in function.__globals__ if not name.startswith("_"))]
        members = {name: f"self.{name}" for name in dir(self.specification.source) if not name.startswith("_")}
        members |= {name: f"self.{name}" for name in self.specification.hints}
        close = errors.closest(node.id, [*known, *members])
        hint = f"did you mean {close if close in known else members[close]}?" if close else ""
        self.fail(
            errors.UnknownName, node, f"{node.id} is not defined", hint or "assign it, or define it in the module"
        )

    def entity(self, value: Any, node: ast.AST) -> Meaning:
        """A Python object found by name: constants become values."""
        if isinstance(value, bool):
            return Value(TRUE if value else FALSE)
        if isinstance(value, int) and not isinstance(value, enum.Enum):
            return Value(self.known(value, node))
        if isinstance(value, enum.Enum):
            return Value(ir.Const(value, types.Enum(type(value))))
        return Entity(value)

    # Attributes.

    def _attribute(self, node: ast.Attribute) -> Meaning:
        base = self.consumed(self.expression(node.value), node)
        if isinstance(base, SuperOf):
            return self._inherited(base, node)
        if isinstance(base, Entity):
            return self._entity_attribute(base.object, node)
        if isinstance(base, (Reference, Value)):
            return self.attribute_of(base, node)
        return Operation(base, node.attr, node)

    def _entity_attribute(self, owner: Any, node: ast.Attribute) -> Meaning:
        if isinstance(owner, (type, python_types.ModuleType)) and hasattr(owner, node.attr):
            return self.entity(getattr(owner, node.attr), node)
        name = getattr(owner, "__name__", repr(owner))
        known = [known for known in dir(owner) if not known.startswith("_")]
        self.fail(
            errors.UnknownAttribute, node, f"{name} has no attribute {node.attr}", errors.nearest(node.attr, known)
        )

    def attribute_of(self, base: Reference | Value, node: ast.Attribute) -> Meaning:
        """A field, method or property of a struct, or an operation of a collection."""
        kind = base.place.type if isinstance(base, Reference) else base.expr.type
        if isinstance(kind, types.Option):
            base = Value(ir.Unwrap(self.rvalue(base, node), kind.inner))
            kind = kind.inner
        if isinstance(kind, types.Union):
            return self.part_of_union(self.rvalue(base, node), node)
        if not isinstance(kind, types.Struct):
            if is_collection(kind) or isinstance(kind, types.Map):
                return Operation(base, node.attr, node)
            hint = "fields and methods are of structs and of the specification"
            if isinstance(kind, types.Enum):
                hint = "a member is compared as it is: ... == Kind.MEMBER"
            self.fail(errors.UnknownAttribute, node, f"{described(kind)} has no attribute {node.attr}", hint)
        if node.attr in kind.field:
            field = kind.field[node.attr]
            if isinstance(base, Reference):
                place = ir.Place(base.place.root, (*base.place.steps, ir.FieldStep(node.attr)), field)
                return Reference(place) if field.is_place or is_collection(field) else Value(ir.Load(place))
            return Value(ir.GetField(base.expr, node.attr, field))
        return self.member(base, kind.cls, kind.cls.__mro__, node)

    def _inherited(self, base: SuperOf, node: ast.Attribute) -> Meaning:
        mro = base.cls.__mro__
        return self.member(base.receiver, base.cls, mro[mro.index(base.owner) + 1 :], node)

    def member(self, receiver: Meaning, cls: type, mro: tuple[type, ...], node: ast.Attribute) -> Meaning:
        for owner in mro:
            if node.attr not in vars(owner):
                continue
            found = vars(owner)[node.attr]
            if isinstance(found, property) and found.fget is not None:
                return self.inline(Method(receiver, found.fget, owner), [], {}, node)
            if isinstance(found, staticmethod):
                return Entity(found.__func__)
            if isinstance(found, python_types.FunctionType):
                return Method(receiver, found, owner)
            if isinstance(found, values._Field):
                break
            return self.entity(found, node)
        constants = self.specification.constants
        if issubclass(cls, self.specification.source) and node.attr in constants:
            return self.entity(constants[node.attr], node)
        known = [name for name in dir(cls) if not name.startswith("_")] + list(values.field_defaults(cls))
        hint = UNDERSCORE_HINT if node.attr.startswith("_") else errors.nearest(node.attr, known)
        self.fail(errors.UnknownAttribute, node, f"{cls.__name__} has no {node.attr}", hint)

    # Subscripts.

    def _subscript(self, node: ast.Subscript) -> Meaning:
        base = self.consumed(self.expression(node.value), node)
        if isinstance(base, TupleOf):
            index = self.value(node.slice) if not isinstance(node.slice, ast.Slice) else None
            if (
                isinstance(index, ir.Const)
                and isinstance(index.value, int)
                and -len(base.items) <= index.value < len(base.items)
            ):
                return base.items[index.value]
            hint = "use a sequence: [...]"
            self.fail(errors.UnsupportedExpression, node, "a tuple is indexed by a constant within its length", hint)
        if not isinstance(base, (Reference, Value)):
            self.fail(errors.UnsupportedExpression, node, *unvalued(base))
        kind = base.place.type if isinstance(base, Reference) else base.expr.type
        if isinstance(kind, types.Option):
            base, kind = Value(ir.Unwrap(self.rvalue(base, node), kind.inner)), kind.inner
        if isinstance(kind, types.Map):
            return self.entry(base, kind, node)
        if isinstance(kind, types.Seq):
            if isinstance(node.slice, ast.Slice):
                return Value(self._slice(self.rvalue(base, node), kind, node.slice), fresh=True)
            with self.later() as later:
                index = self.integer(self.value(node.slice), node.slice)
            seq = self.kept(self.rvalue(base, node), later, node)
            self.out.extend(later.statements)
            return Value(ir.Index(seq, index, kind.element))
        self.fail(errors.TypeMismatch, node, f"{described(kind)} has no entries", "sequences and maps have")

    def entry(self, base: Reference | Value, kind: types.Map, node: ast.Subscript) -> Meaning:
        """An entry of a map: a place when the map is one."""
        with self.later() as later:
            key = self.coerce(self.value(node.slice), kind.key, node.slice)
        if isinstance(base, Value):
            base = Value(self.kept(base.expr, later, node))
        self.out.extend(later.statements)
        if isinstance(base, Value):
            return Value(ir.GetEntry(base.expr, key, kind.element))
        if not isinstance(key, (ir.Const, ir.Local)):
            key = self.temporary(key, node, "key")
        place = ir.Place(base.place.root, (*base.place.steps, ir.KeyStep(key)), kind.element)
        if kind.element.is_place or is_collection(kind.element):
            return Reference(place)
        return Value(ir.Load(place))

    def _slice(self, seq: ir.Expr, kind: types.Seq, node: ast.Slice) -> ir.Expr:
        if node.step is not None:
            self.fail(
                errors.UnsupportedExpression, node.step, "a slice has no step in the language", "loop over a range"
            )
        with self.later() as later:
            ends = iter([self.integer(end, node) for end in self.operands(*filter(None, (node.lower, node.upper)))])
        seq = self.kept(seq, later, node)
        self.out.extend(later.statements)
        start, stop = (next(ends) if end is not None else None for end in (node.lower, node.upper))
        return ir.Slice(seq, start, stop, kind)

    def _if_else(self, node: ast.IfExp) -> Meaning:
        test = self.truth(node.test)
        if isinstance(test, ir.Const):
            return self.expression(node.body if test.value else node.orelse)
        then, otherwise = self.lazily(node.body), self.lazily(node.orelse)
        kind = self.join(then.type, otherwise.type, node)
        # A conversion goes inside a Do, so that it runs after the statements.
        return Value(ir.IfElse(test, self.coerce(then, kind, node), self.coerce(otherwise, kind, node), kind))

    def _literal(self, node: ast.expr, elements: list[ast.expr]) -> Meaning:
        items = self.operands(*elements)
        element = self.element_type([item.type for item in items], node)
        self.bounded(element, node)
        coerced = tuple(self.coerce(item, element, node) for item in items)
        if isinstance(node, ast.Set):
            for item, part in zip(items, elements, strict=True):
                if not isinstance(part, ast.Tuple):
                    self.hashed(item, part)
            return Value(ir.MakeSet(coerced, self.set_type(element, len(items), node)), fresh=True)
        return Value(ir.MakeSeq(coerced, types.Seq(element, len(items))), fresh=True)

"""Calls: functions and methods are inlined, structs constructed, collection operations and built-ins translated."""

from __future__ import annotations

import ast
import builtins
import enum
import inspect
import types as python_types
from collections.abc import Callable
from typing import Any

from ... import errors
from .. import ir, specification, types, values
from ..annotations import check_enumerable
from ..sources import source_of
from .aliases import Later, Origin, aliased_write, is_collection, origin_of
from .builtins import Builtins
from .scope import (
    Binding,
    Comprehension,
    Entity,
    Frame,
    Meaning,
    Method,
    Operation,
    Pairs,
    Reference,
    SuperOf,
    TupleOf,
    Value,
    assigned_names,
    mutated_names,
    parameter_names,
)
from .wording import unvalued

#: Every call is replaced by the body of what it calls; where calls double at each level, that has no end.
_MOST_CALLS = 5000


class Calls(Builtins):
    """Translates calls."""

    def call(self, node: ast.Call) -> Meaning:
        """What a call means. Raises UnsupportedCall and others."""
        if isinstance(node.func, ast.Name) and node.func.id == "super" and not node.args:
            return self._super(node)
        called = self.expression(node.func)
        if any(isinstance(argument, ast.Starred) for argument in node.args) or any(
            k.arg is None for k in node.keywords
        ):
            self.fail(errors.UnsupportedCall, node, "arguments cannot be unpacked with * or **", "write them out")
        named = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg is not None}
        if isinstance(called, Method) and called.function is specification.Model.members:
            return self._members(self.only(node, named))
        if isinstance(called, Method):
            return self.inline(called, node.args, named, node)
        if isinstance(called, Operation):
            return self.operation(called, node.args, named, node)
        if isinstance(called, Entity):
            return self._entity_call(called.object, node, named)
        hint = "leave out the parentheses: fields, properties and values are not called"
        self.fail(errors.UnsupportedCall, node, f"{ast.unparse(node.func)} is not a function", hint)

    def _members(self, node: ast.expr) -> Meaning:
        """`self.members(Kind)`: the set of all values of a type."""
        kind = self.annotation(node)
        if kind is None:
            self.fail(errors.UnboundedType, node, "members() of an int without bounds", "name a type with few values")
        try:
            check_enumerable(kind, "members()")
        except errors.UnboundedType as error:
            self.fail(errors.UnboundedType, node, error.what, error.hint)
        return Value(ir.Const(tuple(kind.values()), types.Set(kind, None)))

    def _super(self, node: ast.Call) -> Meaning:
        frame = self.frame
        first = next(iter(parameter_names(frame.source.tree)), "")
        if frame.owner is None or first not in frame.names:
            self.fail(errors.UnsupportedCall, node, "super() works inside methods", "name the class: Base.method(self)")
        if _in_comprehension(node, frame.source.tree):
            self.fail(
                errors.UnsupportedCall,
                node,
                "super() does not work in generator expressions and comprehensions, where Python has no self",
                "call it before, in a statement of its own",
            )
        receiver = frame.names[first].meaning
        assert isinstance(receiver, (Reference, Value))
        kind = receiver.place.type if isinstance(receiver, Reference) else receiver.expr.type
        if not isinstance(kind, types.Struct):
            hint = "take the struct as a parameter of the action"
            self.fail(errors.UnsupportedCall, node, "super() in a method that several structs of a union share", hint)
        return SuperOf(receiver, kind.cls, frame.owner)

    def _entity_call(self, target: Any, node: ast.Call, named: dict[str, ast.expr]) -> Meaning:
        if isinstance(target, type) and issubclass(target, values.Struct):
            return Value(self._construct(target, node, named), fresh=True)
        handler = self.builtin_for(target)
        if handler is not None:
            return handler(node, named)
        if isinstance(target, python_types.FunctionType):
            return self.inline_function(target, None, None, node.args, named, node)
        name = getattr(target, "__name__", repr(target))
        known = [name for name in dir(builtins) if self.builtin_for(getattr(builtins, name)) is not None]
        hint = f"what is defined with def can be called, and of Python's own functions\n  {', '.join(sorted(known))}"
        if target is builtins.super:
            hint = "write super() without arguments"
        elif isinstance(target, type) and issubclass(target, enum.Enum):
            hint = f"name a member: {name}.{next(iter(target.__members__), 'NAME')}"
        self.fail(errors.UnsupportedCall, node, f"{name} cannot be called in a specification", hint)

    def _construct(self, cls: type, node: ast.Call, named: dict[str, ast.expr]) -> ir.Expr:
        kind = self.specification.resolver.struct(cls)
        names = [name for name, _ in kind.fields]
        if len(node.args) > len(names):
            what = f"{cls.__name__} has {len(names)} fields, not {len(node.args)}"
            self.fail(errors.WrongArguments, node, what, f"they are {', '.join(names)}")
        given = dict(zip(names, node.args, strict=False))
        for name, argument in named.items():
            if name not in names:
                self.fail(
                    errors.WrongArguments, node, f"{cls.__name__} has no field {name}", errors.nearest(name, names)
                )
            if name in given:
                self.fail(errors.WrongArguments, node, f"{cls.__name__}: two values for {name}", "leave one out")
            given[name] = argument
        # In the order of the text, which is the order of evaluation.
        computed = dict(zip(given, self.operands(*given.values()), strict=True))
        defaults, fields = dict(kind.defaults), []
        for name, field in kind.fields:
            if name in computed:
                fields.append(self.coerce(computed[name], field, given[name]))
            elif name in defaults:
                fields.append(ir.Const(defaults[name], field))
            else:
                hint = f"write {name}=..., or give the field a default"
                self.fail(errors.WrongArguments, node, f"{cls.__name__} needs a value for {name}", hint)
        return ir.MakeStruct(tuple(fields), kind)

    # Inlining.

    def inline(self, method: Method, positional: list[ast.expr], named: dict[str, ast.expr], node: ast.AST) -> Meaning:
        """A method called on its receiver."""
        return self.inline_function(method.function, method.receiver, method.owner, positional, named, node)

    def inline_function(
        self,
        function: Callable[..., Any],
        receiver: Meaning | None,
        owner: type | None,
        positional: list[ast.expr],
        named: dict[str, ast.expr],
        node: ast.AST,
    ) -> Meaning:
        """The body of a function in place of its call. Raises RecursiveCall, WrongArguments."""
        self.inlined += 1
        if self.inlined > _MOST_CALLS:
            what = f"{self.frames[0].function.__name__} makes more than {_MOST_CALLS} calls, counting calls in calls"
            self.fail(errors.UnsupportedCall, node, what, "call once, and keep the result in a local")
        if any(frame.function is function for frame in self.frames):
            self.fail(errors.RecursiveCall, node, f"{function.__name__} calls itself", "write a loop over a range")
        marker = getattr(function, "__fencepost__", None)
        if marker is not None and marker.kind == "init":
            hint = "move what both need into a method of its own"
            what = f"{function.__name__} is an initialiser and cannot be called"
            self.fail(errors.UnsupportedCall, node, what, hint)
        source = source_of(function, self.location(node) if self.frames else None)
        assigned, mutated = assigned_names(source.tree), mutated_names(source.tree)
        arguments = self._arguments(function, source.tree, receiver, positional, named, mutated, node)
        # Calls in a chain begin at the same place, and end at different ones.
        where = [getattr(node, name, 0) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")]
        path = f"{self.frame.suffix}/{':'.join(map(str, where))}"
        label = self.fresh_name(f"return {function.__name__}")
        frame = Frame(function, source, owner, path, label, self.location(node))
        bound = {name: self._argument(name, meaning, assigned, mutated, node) for name, meaning in arguments.items()}
        self.frames.append(frame)
        try:
            for name, meaning in bound.items():
                made = name in mutated and isinstance(meaning, Value) and meaning.fresh
                if name in assigned or made:
                    self.bind_target(ast.Name(name, ast.Store()), meaning, source.tree)
                else:
                    frame.names[name] = Binding(meaning)
                    frame.assigned.add(name)
                    self._note_parameter(name, meaning)
            return self.run_body(source.tree, node)
        finally:
            self.frames.pop()

    def _arguments(
        self,
        function: Callable[..., Any],
        tree: ast.FunctionDef,
        receiver: Meaning | None,
        positional: list[ast.expr],
        named: dict[str, ast.expr],
        mutated: frozenset[str],
        node: ast.AST,
    ) -> dict[str, Meaning]:
        """What every parameter means, arguments evaluated left to right."""
        if tree.args.vararg or tree.args.kwarg:
            what = f"{function.__name__} takes * or ** arguments"
            self.fail(errors.UnsupportedCall, node, what, "name every parameter; a list can be one")
        signature = inspect.signature(function, follow_wrapped=False)
        first: list[Any] = [receiver] if receiver is not None else []
        try:
            bound = signature.bind(*first, *positional, **named)
        except TypeError as error:
            hint = f"it is defined as {function.__name__}({', '.join(signature.parameters)})"
            self.fail(errors.WrongArguments, node, f"{function.__name__}(): {error}", hint)
        given = {name: argument for name, argument in bound.arguments.items() if argument is not receiver}
        result = {name: receiver for name, argument in bound.arguments.items() if argument is receiver}
        for name, argument in sorted(given.items(), key=lambda item: (item[1].lineno, item[1].col_offset)):
            with self.later() as later:
                meaning = self.consumed(self.expression(argument), argument)
            result = {key: self._kept(value, later, key in mutated, node) for key, value in result.items()}
            self.out.extend(later.statements)
            result[name] = meaning
        for name, parameter in signature.parameters.items():
            if name not in bound.arguments:
                result[name] = self._default(parameter.default, name, function, node)
        return {name: result[name] for name in signature.parameters}

    def _kept(self, meaning: Meaning, later: Later, mutated: bool, node: ast.AST) -> Meaning:
        """An argument, before later ones are evaluated."""
        if isinstance(meaning, Value):
            return Value(self.kept(meaning.expr, later, node), meaning.fresh)
        if isinstance(meaning, TupleOf):
            return TupleOf(tuple(self._kept(item, later, mutated, node) for item in meaning.items))
        if isinstance(meaning, Reference) and is_collection(meaning.place.type) and later.statements:
            if not mutated:
                return Value(self.temporary(ir.Load(meaning.place), node))
            if any(origin_of(meaning.place).overlaps(write) for write in later.writes):
                raise aliased_write(self.location(node), "what is evaluated after this changes it")
        return meaning

    def _default(self, default: Any, name: str, function: Callable[..., Any], node: ast.AST) -> Meaning:
        if default is None:
            return Value(ir.Const(None, ir.Nothing()))
        meaning = self.entity(default, node)
        if isinstance(meaning, Entity) and not callable(default):
            what = f"{function.__name__}: the default of {name} is not a bool, int, Enum member or None"
            self.fail(errors.UnsupportedCall, node, what, "pass the value with every call")
        return meaning

    def _argument(
        self, name: str, meaning: Meaning, assigned: frozenset[str], mutated: frozenset[str], node: ast.AST
    ) -> Meaning:
        """What a parameter is bound to: places stay references, values are computed once."""
        if isinstance(meaning, Reference):
            if meaning.place.type.is_place or name in mutated:
                return meaning
            return Value(self.temporary(ir.Load(meaning.place), node, name))
        if isinstance(meaning, Value):
            if isinstance(meaning.expr, ir.Local) and name not in assigned:
                return self.owned_reference(meaning, name in mutated)
            return Value(self.temporary(meaning.expr, node, name), meaning.fresh)
        if isinstance(meaning, Pairs):
            return self.viewed(meaning, node)
        if isinstance(meaning, Comprehension):
            self.fail(errors.UnsupportedCall, node, "a generator expression cannot be passed on", "pass a list: [...]")
        return meaning

    def owned_reference(self, meaning: Value, mutated: bool) -> Meaning:
        """A local passed to a function: as the place itself when the function changes it."""
        assert isinstance(meaning.expr, ir.Local)
        if not mutated or not self.is_owned(meaning.expr.name):
            return meaning
        return Reference(ir.Place(meaning.expr.name, (), meaning.expr.type))

    def _note_parameter(self, name: str, meaning: Meaning) -> None:
        """Notes what a parameter shares with, unless it is the very thing that was passed."""
        if isinstance(meaning, Value) and not (isinstance(meaning.expr, ir.Local) and self.is_owned(meaning.expr.name)):
            self.note_alias(name, self.origins(meaning.expr), self.frame.called)
        if isinstance(meaning, Reference) and is_collection(meaning.place.type):
            # The function changes the place through this name; what it reads through it must be what it wrote.
            self.note_alias(name, frozenset({origin_of(meaning.place)}), self.frame.called)

    def run_body(self, tree: ast.FunctionDef, node: ast.AST) -> Meaning:
        """The statements of the current frame, and its result."""
        frame = self.frame
        statements = list(tree.body)
        reachable = self.reachable
        with self.collecting() as produced:
            if len(statements) > 0 and isinstance(statements[-1], ast.Return) and not _returns(statements[:-1]):
                # One way out: the result needs no local of its own.
                self.body(statements[:-1])
                value = statements[-1].value
                result: Meaning = Value(ir.Const(None, ir.Nothing()))
                if value is not None and self.reachable:
                    result = self.consumed(self.expression(value), value)
                    if produced and isinstance(result, Value) and not isinstance(result.expr, (ir.Const, ir.Local)):
                        result = Value(self.temporary(result.expr, node), result.fresh)
            else:
                self.body(statements)
                if self.reachable and frame.result is not None:
                    self.fail(
                        errors.MaybeUnassigned, tree, f"{tree.name} can end without returning a value", "add a return"
                    )
                result = frame.result.meaning if frame.result else Value(ir.Const(None, ir.Nothing()))
        result = self.given_away(result)
        if frame.exits:
            self.emit(ir.Block(frame.label, tuple(produced)))
        else:
            self.out.extend(produced)
        self.reachable = reachable
        return result

    def given_away(self, result: Meaning) -> Meaning:
        """The result of a function; what it made and returns belongs to the caller."""
        if isinstance(result, Reference) and not result.place.steps and self._made_here(result.place.root):
            result = Value(ir.Local(result.place.root, result.place.type))
        if isinstance(result, Value) and isinstance(result.expr, ir.Local) and self._made_here(result.expr.name):
            local = result.expr.name
            outer = [alias for frame in self.frames[:-1] for alias in frame.aliases]
            kept = any(origin.root == local for alias in outer for origin in alias.origins)
            if kept:
                # The caller has it already, in a list that it passed.
                self.share(local, frozenset({Origin(local)}))
            return Value(result.expr, fresh=not kept)
        return result

    def _made_here(self, local: str) -> bool:
        """Whether a local of the current function holds something that it made."""
        bindings = [*self.frame.names.values(), *([self.frame.result] if self.frame.result else [])]
        return any(
            found.owned
            and isinstance(found.meaning, Value)
            and isinstance(found.meaning.expr, ir.Local)
            and found.meaning.expr.name == local
            for found in bindings
        )

    # Operations of collections and maps.

    def operation(
        self, called: Operation, arguments: list[ast.expr], named: dict[str, ast.expr], node: ast.Call
    ) -> Meaning:
        """A method of a Set, Seq, Bag or Map."""
        receiver, name = called.receiver, called.name
        if isinstance(receiver, Reference):
            kind: types.Type = receiver.place.type
        elif isinstance(receiver, Value):
            kind = receiver.expr.type
        else:
            self.fail(errors.UnsupportedCall, node, *unvalued(receiver))
        if named:
            self.fail(errors.WrongArguments, node, f"{name}() takes no named arguments")
        if isinstance(kind, types.Map):
            return self.map_operation(receiver, name, arguments, node)
        return self.collection_operation(receiver, kind, name, arguments, node)


def _returns(statements: list[ast.stmt]) -> bool:
    return any(isinstance(inner, ast.Return) for statement in statements for inner in ast.walk(statement))


def _in_comprehension(node: ast.AST, tree: ast.AST) -> bool:
    """Whether a node stands in a comprehension, other than in what its first loop runs over."""
    loops = (ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp)
    return any(
        isinstance(loop, loops) and node in ast.walk(loop) and node not in ast.walk(loop.generators[0].iter)
        for loop in ast.walk(tree)
    )

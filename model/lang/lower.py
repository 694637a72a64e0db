"""The translation of a specification: Python methods in, `ir.Program` out.

Every method is parsed, every call in it inlined. The types of locals are found by repeating the translation until
they stop changing; bounds that keep growing become unbounded.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from .. import errors
from . import ir, types
from .lowering.conversions import FALSE, TRUE, conjunction, disjunction, member_test
from .lowering.folds import Folds
from .lowering.scope import Binding, Frame, Reference, Value, assigned_names, parameter_names
from .lowering.statements import Statements
from .lowering.wording import described
from .sources import method_at, source_of
from .specification import Action, Parameter, Property, implies

if TYPE_CHECKING:
    from .specification import Specification

_MOST_PASSES = 16

M = TypeVar("M", Action, Property)
T = TypeVar("T")


def lower(specification: Specification) -> ir.Program:
    """The intermediate representation of a specification. Raises S2xx errors with their place in the source."""
    if specification.lowered is None:
        specification.lowered = ir.Program(
            specification.name,
            specification.state_type,
            tuple(lower_action(specification, found) for found in specification.inits),
            tuple(lower_action(specification, found) for found in specification.actions),
            tuple(_shallow(_condition, specification, found) for found in specification.properties),
            tuple(_shallow(_condition, specification, found) for found in specification.constraints),
        )
    return specification.lowered


def lower_action(specification: Specification, action: Action) -> ir.Routine:
    """The representation of one action or initialiser. Raises S2xx errors."""
    return _shallow(_routine, specification, action)


def _shallow(translate: Callable[[Specification, M], T], specification: Specification, method: M) -> T:
    """The translation of a method, unless it is nested deeper than Python can follow."""
    try:
        return translate(specification, method)
    except RecursionError:
        raise errors.UnsupportedExpression(
            f"{method.name} is nested too deeply to be translated",
            at=method_at(method.function),
            hint="split it into several methods or statements",
        ) from None


class _Translator(Statements):
    """Translates one routine or condition."""

    def __init__(self, specification: Specification, purpose: str) -> None:
        super().__init__(specification, purpose)
        self.premise_local = ""

    def enter(self, function: Any, owner: type | None) -> Frame:
        """Opens the frame of a method of the specification, with `self` as the state."""
        source = source_of(function)
        frame = Frame(function, source, owner, "", "return")
        self.frames.append(frame)
        names = parameter_names(source.tree)
        self.bind(names[0], Reference(ir.Place(ir.STATE, (), self.specification.state_type)))
        return frame

    def bind(self, name: str, meaning: Reference | Value) -> None:
        self.frame.names[name] = Binding(meaning)
        self.frame.assigned.add(name)

    def stable(self) -> bool:
        """Whether this pass found nothing that an earlier one did not know."""
        grown = self.new_capacities != self.capacities
        self.capacities = dict(self.new_capacities)
        if self.passes > _MOST_PASSES and (self.changed or grown):
            raise errors.UnboundedLocal(
                f"the type of {self.growing} never stops growing"
                if self.growing
                else "a collection never stops growing",
                at=self.growing_at or self.location(self.frame.source.tree),
                hint="append() to a list in the loop, or keep it in a field of the state",
            )
        return not (self.changed or grown)

    def returning(self, node: ast.Return) -> None:
        if len(self.frames) != 1 or not self.premise_local:
            return
        trivial = isinstance(node.value, ast.Constant) and node.value.value is True and self.is_guarded(node)
        premise = FALSE if trivial or node.value is None else self.lazily_premise(node.value)
        self.emit(ir.Assign(self.premise_local, premise))

    def is_guarded(self, node: ast.Return) -> bool:
        """Whether a return stands in the body of an `if`."""
        return any(isinstance(found, ast.If) and node in ast.walk(found) for found in ast.walk(self.frame.source.tree))

    # Premises.

    def premise(self, node: ast.expr) -> ir.Expr:
        """When a condition says something: where its implications, filters and quantifiers are met."""
        match node:
            case ast.Call(func=ast.Name(), args=[left, right]) if self.called(node) is implies:
                return conjunction([self._lazy_truth(left), self.lazily_premise(right)])
            case ast.Call(func=ast.Name(id="all"), args=[ast.GeneratorExp() as loop]):
                return self._loop_premise(loop, loop.elt)
            case ast.UnaryOp(
                op=ast.Not(), operand=ast.Call(func=ast.Name(id="any"), args=[ast.GeneratorExp() as loop])
            ):
                return self._loop_premise(loop, None)
            case ast.BoolOp(op=ast.And(), values=parts):
                return disjunction([self.lazily_premise(part) for part in parts])
            case ast.BoolOp(op=ast.Or(), values=[*first, last]) if all(_is_negation(part) for part in first):
                given = [self._lazy_truth(part.operand) for part in first if isinstance(part, ast.UnaryOp)]
                return conjunction([*given, self.lazily_premise(last)])
        return TRUE

    def lazily_premise(self, node: ast.expr) -> ir.Expr:
        """The premise of a condition, with the statements it needs inside."""
        with self.collecting() as needed:
            result = self.premise(node)
        return ir.Do(tuple(needed), result) if needed else result

    def _lazy_truth(self, node: ast.expr) -> ir.Expr:
        return self.lazily(node, condition=True)

    def _loop_premise(self, loop: ast.GeneratorExp, body: ast.expr | None) -> ir.Expr:
        with self.scope():
            generators, limit = self.generators(loop.generators)
            inner = self.lazily_premise(body) if body is not None else TRUE
        always = all(isinstance(found.source, ir.Values) and not found.conditions for found in generators)
        if always and inner == TRUE and limit:
            return TRUE
        return Folds.folded(self, "any", generators, limit, inner, None, loop)


def _is_negation(node: ast.expr) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def _owner(specification: Specification, name: str) -> type | None:
    return next((base for base in specification.source.__mro__ if name in vars(base)), None)


def _routine(specification: Specification, action: Action) -> ir.Routine:
    translator = _Translator(specification, "action")
    while True:
        frame = translator.enter(action.function, _owner(specification, action.name))
        with translator.collecting() as produced:
            inputs = tuple(_input(translator, parameter) for parameter in action.parameters)
            translator.body(frame.source.tree.body)
        body: tuple[ir.Stmt, ...] = tuple(produced)
        if frame.exits:
            body = (ir.Block(frame.label, body),)
        if translator.stable():
            return ir.Routine(action.name, inputs, dict(translator.locals), tuple(translator.choices), body)
        translator.begin()


def _input(translator: _Translator, parameter: Parameter) -> ir.Input:
    name, tree = f"{parameter.name}'in", translator.frame.source.tree
    taken, collection = parameter.type, None
    if parameter.path is not None:
        kind: Any = translator.specification.state_type
        for part in parameter.path:
            kind = kind.field[part]
        taken = kind.element
        collection = ir.Place(ir.STATE, tuple(ir.FieldStep(part) for part in parameter.path), kind)
    translator.locals[name] = taken
    value: ir.Expr = ir.Local(name, taken)
    if taken != parameter.type:
        # Of a union's structs the parameter takes only some: the step is disabled for the others.
        translator.emit(ir.Require(member_test(value, types.members_of(parameter.type))))
        value = translator.temporary(translator.coerce(value, parameter.type, tree), tree)
    if parameter.name in assigned_names(tree):
        translator.bind_target(ast.Name(parameter.name, ast.Store()), Value(value), tree)
    else:
        translator.bind(parameter.name, Value(value))
    return ir.Input(name, taken, collection)


def _condition(specification: Specification, prop: Property) -> ir.Condition:
    translator = _Translator(specification, prop.kind.replace("_", " "))
    while True:
        frame = translator.enter(prop.function, _owner(specification, prop.name))
        if prop.kind == "step_invariant":
            names = parameter_names(frame.source.tree)
            translator.bind(names[1], Reference(ir.Place(ir.AFTER, (), specification.state_type)))
        value, premise = _value_and_premise(translator, frame)
        if translator.stable():
            return ir.Condition(prop.name, prop.kind, dict(translator.locals), value, premise)
        translator.begin()


def _value_and_premise(translator: _Translator, frame: Frame) -> tuple[ir.Expr, ir.Expr]:
    statements = [node for node in frame.source.tree.body if not _is_docstring(node)]
    if len(statements) == 1 and isinstance(statements[0], ast.Return) and statements[0].value is not None:
        node = statements[0].value
        value = translator.lazily(node)
        _must_be_bool(translator, value, node)
        return value, translator.lazily_premise(node)
    tree, start = frame.source.tree, frame.begun()
    translator.premise_local = ""
    with translator.collecting() as produced:
        translator.body(statements)
    if translator.reachable or frame.result is None:
        raise errors.BadSignature(
            f"{tree.name} can end without returning True or False",
            at=method_at(frame.function),
            hint="add a return at its end",
        )
    result = translator.rvalue(frame.result.meaning, tree)
    _must_be_bool(translator, result, tree)
    value = ir.Do((ir.Block(frame.label, tuple(produced)),), result)
    # Once more, noting at every return whether it says something: that may fail where the value does not.
    translator.frames[-1] = start
    translator.reachable = True
    translator.premise_local = "premise'"
    translator.locals["premise'"] = types.Bool()
    with translator.collecting() as produced:
        translator.body(statements)
    body = (ir.Assign("premise'", FALSE), ir.Block(frame.label, tuple(produced)))
    return value, ir.Do(body, ir.Local("premise'", types.Bool()))


def _must_be_bool(translator: _Translator, value: ir.Expr, node: ast.AST) -> None:
    if not isinstance(value.type, types.Bool):
        what = f"{errors.with_article(translator.purpose)} returns True or False, not {described(value.type)}"
        translator.fail(errors.BadSignature, node, what, "compare it with something")


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)

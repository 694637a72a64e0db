"""Why a property is false, or an action not possible: the conjunct that fails and the binding that makes it fail.

The expression that the property returns, or that the action requires, is taken apart and its parts are evaluated in
CPython: conjunctions down to the false part, `all(...)` down to the elements it fails for, `implies` to its conclusion,
calls of one-line methods to what they return.
"""

from __future__ import annotations

import ast
import builtins
import enum
import functools
import inspect
import linecache
import traceback
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

from .. import errors
from . import specification as spec
from . import types, values
from .annotations import Domain
from .sources import source_of

_DEEPEST = 12
_OPERATORS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


@dataclass
class _Scope:
    """The names that an expression sees; those with a prefix are identities."""

    names: dict[str, Any]
    outer: Mapping[str, Any]
    prefixes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, names: dict[str, Any], function: Callable[..., Any]) -> _Scope:
        """What a function sees, with these names of its own."""
        outer = {**function.__globals__, **inspect.getclosurevars(function).nonlocals}
        return cls(names, outer, _prefixes(function))

    def evaluate(self, node: ast.expr) -> Any:
        return eval(_compiled(node), {**self.outer, **self.names})  # noqa: S307  # the author's own code


@functools.cache
def _compiled(node: ast.expr) -> CodeType:
    """An expression of a tree that is kept, so that a long trace is not compiled again in every state."""
    return compile(ast.fix_missing_locations(ast.Expression(node)), "<explanation>", "eval")


_text = functools.cache(ast.unparse)
_source = functools.cache(source_of)


@dataclass
class _Finding:
    bindings: dict[str, str]
    text: str
    details: list[str]

    def lines(self) -> list[str]:
        bound = ", ".join(f"{name} = {value}" for name, value in self.bindings.items())
        return [*([f"for {bound}"] if bound else []), f"false: {self.text}", *self.details]


def explain(specification: spec.Specification, prop: spec.Property, state: Any, after: Any = None) -> list[str]:
    """Lines that say why a property does not hold in a state, or on a step; empty when that cannot be taken apart."""
    try:
        tree = _source(prop.function).tree
        names = [argument.arg for argument in tree.args.args]
        scope = _Scope.of(dict(zip(names, (state, after), strict=False)), prop.function)
        with spec._running(specification, None):
            returned = _only_return(prop.function, scope)
            if returned is None:
                return []
            finding = _find(returned, False, scope, {}, 0)
    except Exception:  # an explanation is a service, never a failure of its own
        return []
    return finding.lines()


@dataclass(frozen=True)
class Guard:
    """Why an action is not possible: lines as those of `explain`, and the place of the require() or choose()."""

    lines: tuple[str, ...]
    at: errors.Location | None


def explain_disabled(
    specification: spec.Specification, action: spec.Action, state: Any, arguments: Sequence[Any]
) -> Guard | None:
    """The first guard that keeps an action from being taken in a state; None when it is possible, or fails.

    Of choices only the first is tried. `state` is not changed.
    """
    with spec._running(specification, spec._Choices([])):
        try:
            action.function(values.thaw(state), *arguments)
        except spec.Disabled as disabled:
            steps = list(traceback.walk_tb(disabled.__traceback__))
            frame, line = steps[-2]
            try:
                return _guard(frame, line, steps[-1][0], action)
            except Exception:  # an explanation is a service, never a failure of its own
                return Guard((), None)
        except Exception:
            return None
    return None


def _guard(frame: FrameType, line: int, raised: FrameType, action: spec.Action) -> Guard:
    file = frame.f_code.co_filename
    call = next(node for node in _guards(file) if node.lineno <= line <= (node.end_lineno or line))
    text = linecache.getline(file, call.lineno).rstrip("\n")
    end = call.end_col_offset if call.end_lineno == call.lineno else len(text)
    at = errors.Location(file, call.lineno, call.col_offset + 1, (end or len(text)) + 1, text)
    if raised.f_code is spec.choose.__code__:
        return Guard((f"nothing to choose from: {_text(call.args[0])}",), at)
    scope = _Scope(dict(frame.f_locals), frame.f_globals, _prefixes(action.function))
    return Guard(tuple(_find(call.args[0], False, scope, {}, 0).lines()), at)


def guard_text(at: errors.Location) -> str:
    """The require() or choose() at a place, in one line however many it takes there."""
    return next((_text(node) for node in _guards(at.file) if node.lineno == at.line), at.text.strip())


@functools.cache
def _guards(file: str) -> list[ast.Call]:
    """The calls of require() and choose() in a file, the inner ones first."""
    tree = ast.parse("".join(linecache.getlines(file)))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    named = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id in ("require", "choose")]
    return sorted(named, key=lambda node: (node.end_lineno or 0) - node.lineno)


def _only_return(function: Callable[..., Any], scope: _Scope) -> ast.expr | None:
    """What a function returns that is one return after assignments to names, which are made in the scope."""
    statements = _source(function).tree.body
    if not statements or not isinstance(statements[-1], ast.Return):
        return None
    for node in statements[:-1]:
        match node:
            case ast.Expr(value=ast.Constant()):
                continue
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                scope.names[name] = scope.evaluate(value)
            case _:
                return None
    return statements[-1].value


def _find(node: ast.expr, wanted: bool, scope: _Scope, bindings: dict[str, str], depth: int) -> _Finding:
    """The smallest part of an expression that explains why its truth is `wanted`."""
    if depth < _DEEPEST:
        found = _narrow(node, wanted, scope, bindings, depth + 1)
        if found is not None:
            return found
    text = _text(node) if not wanted else f"not ({_text(node)})"
    return _Finding(bindings, text, _operands(node, scope))


def _narrow(node: ast.expr, wanted: bool, scope: _Scope, bindings: dict[str, str], depth: int) -> _Finding | None:
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _find(operand, not wanted, scope, bindings, depth)
        case ast.BoolOp(op=op, values=parts) if isinstance(op, ast.Or) == wanted:
            for part in parts:
                if bool(scope.evaluate(part)) == wanted:
                    return _find(part, wanted, scope, bindings, depth)
        case ast.BoolOp(op=ast.Or(), values=[*_, last]) if not wanted:
            return _find(last, wanted, scope, bindings, depth)
        case ast.Call(func=ast.Name(id="all" | "any" as name), args=[ast.GeneratorExp() as loop]):
            if (name == "any") == wanted:
                for inner, shown in _combinations(loop.generators, scope):
                    if bool(inner.evaluate(loop.elt)) == wanted:
                        return _find(loop.elt, wanted, inner, bindings | shown, depth)
        case ast.Call(func=ast.Name(), args=[_, conclusion]) if not wanted and _is_implies(node, scope):
            return _find(conclusion, wanted, scope, bindings, depth)
        case ast.Call():
            return _inside_call(node, wanted, scope, bindings, depth)
    return None


def _is_implies(node: ast.Call, scope: _Scope) -> bool:
    return scope.evaluate(node.func) is spec.implies


def _inside_call(node: ast.Call, wanted: bool, scope: _Scope, bindings: dict[str, str], depth: int) -> _Finding | None:
    """What a one-line method or function returns, with its parameters bound."""
    function = scope.evaluate(node.func)
    if getattr(builtins, getattr(function, "__name__", ""), None) is function or not inspect.isroutine(function):
        return None
    plain = getattr(function, "__func__", function)
    positional = [scope.evaluate(argument) for argument in node.args]
    named = {keyword.arg: scope.evaluate(keyword.value) for keyword in node.keywords if keyword.arg}
    bound = inspect.signature(function).bind(*positional, **named)
    bound.apply_defaults()
    names = dict(bound.arguments)
    if plain is not function:
        names = {next(iter(inspect.signature(plain).parameters)): getattr(function, "__self__", None), **names}
    inner = _Scope.of(names, plain)
    try:
        returned = _only_return(plain, inner)
    except errors.FencepostError:
        return None
    if returned is None:
        return None
    found = _find(returned, wanted, inner, bindings, depth)
    return _Finding(found.bindings, found.text, [*found.details, f"in {_text(node)}"])


def _combinations(generators: list[ast.comprehension], scope: _Scope) -> Iterator[tuple[_Scope, dict[str, str]]]:
    """Every combination of a loop's elements that meets its conditions, and how its names are shown."""
    if not generators:
        yield scope, {}
        return
    first, *rest = generators
    kind = _element_kind(first.iter, scope)
    for item in scope.evaluate(first.iter):
        bound = list(_unpack(first.target, item, kind))
        inner = _Scope(scope.names | {name: value for name, value, _ in bound}, scope.outer, scope.prefixes)
        if all(inner.evaluate(test) for test in first.ifs):
            shown = {name: _as_kind(value, kind) for name, value, kind in bound}
            for innermost, others in _combinations(rest, inner):
                yield innermost, shown | others


#: The type of what a loop goes through, or the types of its parts, as far as they are at hand.
_Kind = types.Type | tuple[types.Type, types.Type] | None


def _element_kind(node: ast.expr, scope: _Scope) -> _Kind:
    match node:
        case ast.Call(func=ast.Attribute(value=base, attr="items" | "values" as name), args=[]):
            map_ = scope.evaluate(base)
            if isinstance(map_, values.Map):
                return (map_._type.key, map_._type.element) if name == "items" else map_._type.element
            return None
    source = scope.evaluate(node)
    if isinstance(source, values.Map):
        return source._type.key
    return source._type.element if isinstance(source, values.Set | values.Seq | values.Bag) and source._type else None


def _unpack(target: ast.expr, item: Any, kind: _Kind) -> Iterator[tuple[str, Any, _Kind]]:
    """The names in the target of a loop, with their values and types."""
    if isinstance(target, ast.Name):
        yield target.id, item, kind
    elif isinstance(target, ast.Tuple):
        kinds = kind if isinstance(kind, tuple) else (None,) * len(target.elts)
        for part, value, inner in zip(target.elts, item, kinds, strict=True):
            yield from _unpack(part, value, inner)


def _as_kind(value: Any, kind: _Kind) -> str:
    """A value as its type shows it: identities by their names."""
    if isinstance(kind, types.Type):
        try:
            return kind.show(kind.fit(value))
        except errors.SpecificationError:
            pass
    return repr(value)


def _operands(node: ast.expr, scope: _Scope) -> list[str]:
    """The values of what a comparison compares, where they are not written out already."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return []
    lines = []
    for side in (node.left, node.comparators[0]):
        text, value = _text(side), _shown(side, scope)
        if not isinstance(side, ast.Constant) and text != value:
            lines.append(f"{text} is {value}")
    return lines


def _shown(node: ast.expr, scope: _Scope) -> str:
    """The value of an expression; identities by their names, where their type is at hand."""
    value = scope.evaluate(node)
    kind: types.Type | None = None
    match node:
        case ast.Name(id=name) if name in scope.prefixes and type(value) is int:
            return f"{scope.prefixes[name]}{value + 1}"
        case ast.Attribute(value=base, attr=name):
            found = getattr(scope.evaluate(base), "_type", None)
            kind = found.field.get(name) if isinstance(found, types.Struct) else None
        case ast.Subscript(value=base):
            found = getattr(scope.evaluate(base), "_type", None)
            kind = found.element if isinstance(found, types.Map | types.Seq) else None
    if isinstance(kind, types.Domain | types.Option | types.Set) and value is not None:
        return kind.show(kind.fit(value))
    return str(value) if isinstance(value, enum.Enum) else repr(value)


@functools.cache
def _prefixes(function: Callable[..., Any]) -> dict[str, str]:
    """The prefixes of the parameters of a function that are identities."""
    found = {}
    for name, hint in typing.get_type_hints(function, include_extras=True).items():
        for marker in getattr(hint, "__metadata__", ()):
            if isinstance(marker, Domain):
                size = str(marker.size)
                found[name] = marker.prefix or (size[0] if size[0].isalpha() else "v")
    return found

"""Why a property is false: the conjunct that fails and the binding that makes it fail, in the author's own words.

The expression that the property returns is taken apart and its parts are evaluated in CPython: conjunctions down to the
false part, `all(...)` down to the elements it fails for, `implies` to its conclusion, calls of one-line methods to
what they return.
"""

from __future__ import annotations

import ast
import builtins
import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import errors
from . import specification as spec
from . import types, values
from .sources import source_of

_DEEPEST = 12
_OPERATORS = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


@dataclass
class _Scope:
    """The names that an expression sees, and how the values bound to some of them are shown."""

    names: dict[str, Any]
    function: Callable[..., Any]
    shown: dict[str, str] = field(default_factory=dict)

    def evaluate(self, node: ast.expr) -> Any:
        code = compile(ast.fix_missing_locations(ast.Expression(node)), "<explanation>", "eval")
        closure = inspect.getclosurevars(self.function).nonlocals
        return eval(code, {**self.function.__globals__, **closure, **self.names})  # noqa: S307  # the author's own code


@dataclass
class _Finding:
    bindings: dict[str, str]
    text: str
    details: list[str]


def explain(specification: spec.Specification, prop: spec.Property, state: Any, after: Any = None) -> list[str]:
    """Lines that say why a property does not hold in a state, or on a step; empty when that cannot be taken apart."""
    try:
        tree = source_of(prop.function).tree
        names = [argument.arg for argument in tree.args.args]
        scope = _Scope(dict(zip(names, (state, after), strict=False)), prop.function)
        with spec._running(specification, None):
            returned = _only_return(prop.function, scope)
            if returned is None:
                return []
            finding = _find(returned, False, scope, {}, 0)
    except Exception:  # an explanation is a service, never a failure of its own
        return []
    lines = []
    if finding.bindings:
        lines.append("for " + ", ".join(f"{name} = {value}" for name, value in finding.bindings.items()))
    lines.append(f"false: {finding.text}")
    return lines + finding.details


def _only_return(function: Callable[..., Any], scope: _Scope) -> ast.expr | None:
    """What a function returns that is one return after assignments to names, which are made in the scope."""
    statements = source_of(function).tree.body
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
    text = ast.unparse(node) if not wanted else f"not ({ast.unparse(node)})"
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
    inner = _Scope(names, plain)
    try:
        returned = _only_return(plain, inner)
    except errors.FencepostError:
        return None
    if returned is None:
        return None
    found = _find(returned, wanted, inner, bindings, depth)
    return _Finding(found.bindings, found.text, [*found.details, f"in {ast.unparse(node)}"])


def _combinations(generators: list[ast.comprehension], scope: _Scope) -> Iterator[tuple[_Scope, dict[str, str]]]:
    """Every combination of a loop's elements that meets its conditions, and how its names are shown."""
    if not generators:
        yield scope, {}
        return
    first, *rest = generators
    source = scope.evaluate(first.iter)
    show = _shower(source)
    for item in source:
        names = dict(scope.names)
        names.update(_unpack(first.target, item))
        inner = _Scope(names, scope.function, scope.shown)
        if all(inner.evaluate(test) for test in first.ifs):
            shown = {name: show(value) for name, value in _unpack(first.target, item).items()}
            for innermost, others in _combinations(rest, inner):
                yield innermost, shown | others


def _unpack(target: ast.expr, item: Any) -> Mapping[str, Any]:
    if isinstance(target, ast.Name):
        return {target.id: item}
    if isinstance(target, ast.Tuple):
        return {
            name: value
            for part, value in zip(target.elts, item, strict=True)
            for name, value in _unpack(part, value).items()
        }
    return {}


def _shower(source: Any) -> Callable[[Any], str]:
    """How the elements of something are shown: identities by their names."""
    kind: types.Type | None = None
    if isinstance(source, values.Map):
        kind = source._type.key
    elif isinstance(source, (values.Set, values.Seq, values.Bag)) and source._type is not None:
        kind = source._type.element

    def show(item: Any) -> str:
        if kind is not None:
            try:
                return kind.show(kind.fit(item))
            except errors.SpecificationError:
                pass
        return repr(item)

    return show


def _operands(node: ast.expr, scope: _Scope) -> list[str]:
    """The values of what a comparison compares, where they are not written out already."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return []
    lines = []
    for side in (node.left, node.comparators[0]):
        if not isinstance(side, ast.Constant):
            lines.append(f"{ast.unparse(side)} is {scope.evaluate(side)!r}")
    return lines

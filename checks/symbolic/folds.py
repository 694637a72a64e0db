"""Generator expressions: every combination of elements in turn, each with the condition that it occurs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...model.lang import ir
from . import collections, terms
from .environment import Environment
from .sources import bind, elements
from .terms import Bool, Int, conjunction, disjunction, if_int, less, negation
from .values import Value, merge

#: Is given the condition under which a combination occurs.
_Visit = Callable[[Bool], None]


def fold(value: ir.Fold, env: Environment) -> Value:
    """The result of a generator expression."""
    if value.kind in ("any", "all"):
        return _decide(value, env)
    if value.kind in ("set", "seq"):
        return _collect(value, env)
    if value.kind == "sum":
        return _sum(value, env)
    return _extreme(value, env)


def _visit(
    generators: Sequence[ir.Generator], env: Environment, occurs: Bool, going: Callable[[], Bool], visit: _Visit
) -> None:
    """Visits the combinations that there are, in order, as long as it is `going` on."""
    if not generators:
        visit(occurs)
        return
    first, *rest = generators
    for position, there, item in elements(first.source, env):
        condition = conjunction(going(), there)
        if condition is False:
            continue
        with env.given(condition):
            bind(first.name, first.source, item, position, env)
            _filtered(
                first.conditions, env, conjunction(occurs, there), lambda now: _visit(rest, env, now, going, visit)
            )


def _filtered(conditions: Sequence[ir.Expr], env: Environment, occurs: Bool, inner: _Visit) -> None:
    if not conditions:
        inner(occurs)
        return
    test = env.value(conditions[0])
    if test is not False:
        with env.given(test):
            _filtered(conditions[1:], env, conjunction(occurs, test), inner)


def _always() -> Bool:
    return True


def _decide(value: ir.Fold, env: Environment) -> Bool:
    wanted = value.kind == "any"
    found: list[Bool] = []  # The conditions that decide: one is enough.

    def visit(occurs: Bool) -> None:
        body = env.value(value.body)
        decided = conjunction(occurs, body if wanted else negation(body))
        if decided is not False:
            found.append(decided)

    def going() -> Bool:
        return negation(disjunction(*found))

    _visit(value.generators, env, True, going, visit)
    decided = disjunction(*found)
    return decided if wanted else negation(decided)


def _collect(value: ir.Fold, env: Environment) -> Value:
    kind: Any = value.type
    made: list[tuple[Bool, Value]] = []
    _visit(value.generators, env, True, _always, lambda occurs: made.append((occurs, env.value(value.body))))
    result = collections.empty(kind)
    for there, item in made:
        result = collections.insert(kind, result, item, there, env.no_room(kind))
    return result


def _sum(value: ir.Fold, env: Environment) -> Int:
    parts: list[Int] = []
    _visit(value.generators, env, True, _always, lambda occurs: parts.append(if_int(occurs, env.value(value.body), 0)))
    return terms.total(parts)


def _extreme(value: ir.Fold, env: Environment) -> Value:
    """The least or greatest body, the default when there is none."""
    result: Value = None
    found: Bool = False

    def visit(occurs: Bool) -> None:
        nonlocal result, found
        body = env.value(value.body)
        if result is not None:
            better = less(body, result) if value.kind == "min" else less(result, body)
            better = conjunction(occurs, disjunction(negation(found), better))
            result = if_int(better, body, result)
        else:
            result = body
        found = disjunction(found, occurs)

    _visit(value.generators, env, True, _always, visit)
    if value.default is None:
        env.fail(negation(found))
        return 0 if result is None else result
    if found is True:
        return result
    with env.given(negation(found)):
        default = env.value(value.default)
    return merge(found, result, default)

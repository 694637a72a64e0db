"""Statements of the representation: the symbolic twin of `interpret.execute`."""

from __future__ import annotations

from collections.abc import Sequence

from ...model.lang import ir
from . import terms
from .environment import Environment
from .sources import bind, elements
from .terms import Bool, conjunction, disjunction, equal, negation
from .values import Value, merge


def execute(body: Sequence[ir.Stmt], env: Environment) -> None:
    """Translates statements, one after the other, as far as they are reached."""
    for statement in body:
        if env.is_dead:
            return
        _execute(statement, env)


def _execute(statement: ir.Stmt, env: Environment) -> None:
    match statement:
        case ir.Assign(name=name, value=value):
            env.roots[name] = env.value(value)
        case ir.Store(place=place, value=value):
            env.write(place, env.value(value))
        case ir.If(test=test, then=then, otherwise=otherwise):
            env.branch(env.value(test), lambda: execute(then, env), lambda: execute(otherwise, env))
        case ir.Block(label=label, body=inner):
            env.block(label, lambda: execute(inner, env))
        case ir.For():
            _loop(statement, env)
        case ir.Exit(label=label):
            env.leave(label)
        case ir.Require(test=test):
            env.require(env.value(test))
        case ir.Assert(test=test):
            env.fail(negation(env.value(test)))
        case ir.Choose():
            _choose(statement, env)


def _loop(loop: ir.For, env: Environment) -> None:
    for position, there, item in elements(loop.source, env):
        if env.is_dead:
            return

        def iteration(item: Value = item, position: terms.Int = position) -> None:
            bind(loop.name, loop.source, item, position, env)
            env.block(loop.next_label, lambda: execute(loop.body, env))

        env.branch(there, iteration, lambda: None)


def _choose(choice: ir.Choose, env: Environment) -> None:
    """A variable says which of the elements that may be there is taken."""
    found = elements(choice.source, env)
    if not found:
        env.require(False)
        return
    which = terms.int_variable(f"{env.name}!{choice.site}", 0, len(found) - 1)
    taken: list[Bool] = []
    position, _, value = found[-1]
    for at, (number, there, item) in reversed(list(enumerate(found))):
        here = equal(which, at)
        taken.append(conjunction(here, there))
        position, value = terms.if_int(here, number, position), merge(here, item, value)
    env.require(disjunction(*taken))
    env.choices[choice.site] = (choice.type, value)
    bind(choice.name, choice.source, value, position, env)

"""Statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ...model.lang import ir
from .collection_expressions import change_in_place
from .emitter import Block, Code, Loop, Value, number, statement
from .loops import each, options
from .places import store_place


@statement(ir.Assign)
def assign(code: Code, found: ir.Assign) -> None:
    """Gives a local a value."""
    code.local_types.setdefault(found.name, found.value.type)
    if change_in_place(code, ir.Place(found.name, (), found.value.type), found.value):
        return
    value = code.value(found.value)
    code.store(value, code.local(found.name, found.value.type))


@statement(ir.Store)
def store(code: Code, found: ir.Store) -> None:
    """Writes to a place: first the value is computed, then the keys of the place."""
    if not change_in_place(code, found.place, found.value):
        store_place(code, found.place, code.value(found.value))


@statement(ir.If)
def branch(code: Code, found: ir.If) -> None:
    """Runs one of two bodies."""
    then, done = code.block("then"), code.block("fi")
    otherwise = code.block("else") if found.otherwise else done
    code.branch(code.value(found.test), then, otherwise)
    code.at(then)
    code.run(found.then)
    code.jump(done)
    if found.otherwise:
        code.at(otherwise)
        code.run(found.otherwise)
        code.jump(done)
    code.at(done)


@statement(ir.For)
def loop(code: Code, found: ir.For) -> None:
    """Runs a body for each element."""

    def visit(element: Value, around: Loop) -> None:
        code.local_types.setdefault(found.name, found.type)
        code.store(element, code.local(found.name, found.type))
        with _label(code, found.next_label, around.next):
            code.run(found.body)

    each(code, found.source, visit, found.body)


@statement(ir.Block)
def block(code: Code, found: ir.Block) -> None:
    """Runs a body that can be left early."""
    done = code.block(found.label)
    with _label(code, found.label, done):
        code.run(found.body)
    code.jump(done)
    code.at(done)


@contextmanager
def _label(code: Code, name: str, target: Block) -> Iterator[None]:
    """Gives a label its meaning inside; around it the name may stand for something else."""
    outer = code.labels.get(name)
    code.labels[name] = target
    yield
    if outer is not None:
        code.labels[name] = outer


@statement(ir.Exit)
def leave(code: Code, found: ir.Exit) -> None:
    """Goes to the end of a block, or on to the next element."""
    code.jump(code.labels[found.label])


@statement(ir.Require)
def require(code: Code, found: ir.Require) -> None:
    """Goes on only when the test is true; otherwise the action is disabled."""
    onward = code.block("allowed")
    code.branch(code.value(found.test), onward, code.disabled)
    code.at(onward)


@statement(ir.Assert)
def check(code: Code, found: ir.Assert) -> None:
    """Fails unless the test is true."""
    code.fail_unless(code.value(found.test))


@statement(ir.Choose)
def choose(code: Code, found: ir.Choose) -> None:
    """Takes the element whose position is the current choice of this site, and notes how many there are."""
    chosen, sizes = code.choices[found.site]
    count, element_at = options(code, found.source)
    onward = code.block("chosen")
    code.branch(code.compare("==", count, number(0)), code.disabled, onward)
    code.at(onward)
    code.store(count, sizes)
    element = element_at(code.load(chosen))
    code.local_types.setdefault(found.name, found.type)
    code.store(element, code.local(found.name, found.type))

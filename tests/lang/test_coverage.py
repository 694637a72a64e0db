"""The models of this folder use every construct of the representation."""

from __future__ import annotations

import dataclasses
import inspect
import typing
from collections.abc import Iterator
from typing import Any

from fencepost.model import Model, Specification
from fencepost.model.lang import ir, types
from fencepost.model.lang.lower import lower
from lang import test_calls, test_collections, test_control, test_numbers, test_states, test_unions

MODULES = (test_calls, test_collections, test_control, test_numbers, test_states, test_unions)


def models() -> Iterator[type[Model]]:
    for module in MODULES:
        for member in vars(module).values():
            if inspect.isclass(member) and issubclass(member, Model) and member.__module__ == module.__name__:
                # A class that is generic is not a specification by itself.
                if not getattr(member, "__parameters__", ()):
                    yield member


def programs() -> Iterator[ir.Program]:
    return (lower(Specification(model)) for model in models())


def nodes(value: Any) -> Iterator[Any]:
    """Everything that a dataclass consists of, types apart."""
    if isinstance(value, tuple):
        for item in value:
            yield from nodes(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, types.Type):
        yield value
        for part in dataclasses.fields(value):
            yield from nodes(getattr(value, part.name))


def leaves(cls: type) -> Iterator[type]:
    """The classes below one that have none below them."""
    for below in cls.__subclasses__():
        yield from leaves(below) if below.__subclasses__() else [below]


def test_every_construct_is_used() -> None:
    found = [node for program in programs() for node in nodes(program)]
    wanted = {cls for union in (ir.Expr, ir.Stmt, ir.Source) for cls in typing.get_args(union)}
    unused = {cls.__name__ for cls in wanted} - {type(node).__name__ for node in found}
    assert unused == set()
    for cls, attribute in ((ir.Fold, "kind"), (ir.Arithmetic, "op"), (ir.Compare, "op"), (ir.SetOperation, "op")):
        hint = typing.get_type_hints(cls)[attribute]
        used = {getattr(node, attribute) for node in found if isinstance(node, cls)}
        assert used == set(typing.get_args(hint)), cls


def test_every_type_is_used() -> None:
    def parts(value: Any) -> Iterator[types.Type]:
        if isinstance(value, types.Type):
            yield value
            value = tuple(vars(value).values())
        if isinstance(value, tuple):
            for part in value:
                yield from parts(part)

    found = {part for program in programs() for part in parts(program.state)}
    assert {type(part) for part in found} == set(leaves(types.Type)) - {ir.Integer, ir.Nothing}
    assert {part.is_mask for part in found if isinstance(part, types.Set)} == {True, False}

"""What running a part of the representation may change."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from ...model.lang import ir, types


def changes(node: Any, place: ir.Place) -> bool:
    """Whether a statement, an expression or a tuple of them may write to a place.

    Of places in the state only the field they begin with is compared.
    """
    return any(_writes(part, place) for part in _parts(node))


def contains_statements(expr: ir.Expr) -> bool:
    """Whether computing an expression runs statements, which may do more than fail."""
    return any(isinstance(part, ir.Do) for part in _parts(expr))


def _parts(node: Any) -> Iterator[Any]:
    """A node of the representation, or a tuple of them, with all that is inside."""
    if isinstance(node, tuple):
        for part in node:
            yield from _parts(part)
    elif dataclasses.is_dataclass(node) and not isinstance(node, types.Type):
        yield node
        for field in dataclasses.fields(node):
            yield from _parts(getattr(node, field.name))


def _writes(node: Any, place: ir.Place) -> bool:
    if isinstance(node, ir.Store):
        return node.place.root == place.root and (
            not node.place.steps or not place.steps or node.place.steps[0] == place.steps[0]
        )
    return isinstance(node, (ir.Assign, ir.For, ir.Choose, ir.Generator)) and node.name == place.root

"""Which expressions may be computed although they are not needed, because they are cheap and cannot fail.

Lazy operators then need no branches. That is only about speed: the answer for the operators that are not listed
here is always no.
"""

from __future__ import annotations

from ...model.lang import ir, types
from .codes import HIGHEST, LOWEST, bounds, is_slots, rank_is_code

CHEAP = 12
_NEVER = 1000


def is_cheap(expr: ir.Expr) -> bool:
    """Whether computing an expression costs only a few instructions, and always works."""
    return cost(expr, CHEAP) <= CHEAP


def cost(expr: ir.Expr, budget: int) -> int:
    """An estimate of the instructions, more than the budget for what may fail or take long."""
    if budget < 0:
        return _NEVER
    known = _scalar_cost(expr, budget)
    return _collection_cost(expr, budget) if known is None else known


def _scalar_cost(expr: ir.Expr, budget: int) -> int | None:
    match expr:
        case ir.Const() | ir.Local():
            return 0
        case ir.Load(place=place):
            return 1 + _keys(place, budget)
        case ir.Not(value=value) | ir.IsNone(option=value) | ir.IsInstance(union=value) | ir.GetField(struct=value):
            return 1 + cost(value, budget - 1)
        case ir.And(parts=parts) | ir.Or(parts=parts):
            return _all(parts, budget - 1)
        case ir.Compare(left=left, right=right):
            return _all((left, right), budget - 1)
        case ir.Arithmetic(op="+" | "-" | "*") if is_bounded(expr.type):
            return _all((expr.left, expr.right), budget - 1)
        case ir.IfElse(test=test, then=then, otherwise=otherwise):
            return _all((test, then, otherwise), budget - 1)
        case ir.Convert(value=value, type=kind) if _fits(value.type, kind):
            return 1 + cost(value, budget - 1)
    return None


def _collection_cost(expr: ir.Expr, budget: int) -> int:
    match expr:
        case ir.Contains(item=item, collection=collection) | ir.Insert(item=item, collection=collection):
            return _element(expr, item, collection, budget)
        case ir.Length(collection=collection):
            return 2 + cost(collection, budget - 2)
        case ir.Subset(left=left, right=right) if not is_slots(left.type):
            return 1 + _all((left, right), budget - 1)
        case ir.SetOperation(op="&" | "-", left=left, right=right) if not is_slots(expr.type):
            return _all((left, right), budget - 1)
    return _NEVER


def is_bounded(kind: types.Type) -> bool:
    """Whether numbers of this type never leave 64 bits."""
    return isinstance(kind, types.Int) and LOWEST <= kind.low <= kind.high <= HIGHEST


def _all(parts: tuple[ir.Expr, ...], budget: int) -> int:
    total = 1
    for part in parts:
        total += cost(part, budget - total)
    return total


def _keys(place: ir.Place, budget: int) -> int:
    total = 0
    for step in place.steps:
        if isinstance(step, ir.KeyStep):
            total += 2 + cost(step.key, budget - total) + (0 if rank_is_code(step.key.type) else 4)
    return total


def _element(expr: ir.Expr, item: ir.Expr, collection: ir.Expr, budget: int) -> int:
    kind = collection.type
    if is_slots(kind) or not isinstance(kind, types.Set) or not rank_is_code(kind.element):
        return _NEVER
    if isinstance(expr, ir.Insert) and kind.capacity < kind.element.count:
        return _NEVER
    return 2 + _all((item, collection), budget - 2)


def _fits(source: types.Type, target: types.Type) -> bool:
    """Whether a conversion never fails and takes an instruction or two."""
    if source == target:
        return True
    if isinstance(target, types.Option):
        return isinstance(source, ir.Nothing) or (not isinstance(source, types.Option) and source == target.inner)
    if isinstance(source, (types.Int, types.Domain)) and isinstance(target, (types.Int, types.Domain)):
        return bounds(target)[0] <= bounds(source)[0] and bounds(source)[1] <= bounds(target)[1]
    return isinstance(source, types.Int) and isinstance(target, ir.Integer)

"""What loops, folds and choices run over: elements with their positions, each with the condition that it is there."""

from __future__ import annotations

from ...model.lang import ir
from . import collections, terms
from .environment import Environment
from .terms import Bool, Int, add, at_most, conjunction, less
from .values import Value

#: The number among those that are there, whether it is there, and the element.
Item = tuple[Int, Bool, Value]


def elements(source: ir.Source, env: Environment) -> list[Item]:
    """All elements that a source may have, in order."""
    match source:
        case ir.Numbers(start=start, stop=stop, step=step):
            return _numbers(env.value(start), env.value(stop), step, source.limit)
        case ir.Values(type=kind):
            return [(at, True, item) for at, item in enumerate(collections.constants(kind))]
        case ir.Elements(collection=collection, reverse=reverse, index=index):
            kind = collection.type
            found = collections.elements(kind, env.value(collection))  # type: ignore[arg-type]  # a collection
            if reverse:
                found.reverse()
            numbers: list[Int] = [0] * len(found) if index is None else collections.positions(found)
            return [(at, there, item) for at, (there, item) in zip(numbers, found, strict=True)]


def _numbers(start: Int, stop: Int, step: int, limit: int) -> list[Item]:
    """The numbers of a range: constants where there are not too many that it may have."""
    first, last = (terms.low(start), terms.high(stop)) if step > 0 else (terms.high(start), terms.low(stop))
    candidates = range(first, last, step)
    if isinstance(start, int) or (abs(step) == 1 and len(candidates) <= 2 * limit):
        return [(0, _in_range(start, number, stop, step), number) for number in candidates]
    found: list[Item] = []
    for at in range(limit):
        number = add(start, at * step)
        found.append((0, less(number, stop) if step > 0 else less(stop, number), number))
    return found


def _in_range(start: Int, number: int, stop: Int, step: int) -> Bool:
    if step > 0:
        return conjunction(at_most(start, number), less(number, stop))
    return conjunction(at_most(number, start), less(stop, number))


def bind(name: str, source: ir.Source, item: Value, position: Int, env: Environment) -> None:
    """Gives the names of a loop their values."""
    env.roots[name] = item
    index = getattr(source, "index", None)
    if index is not None:
        env.roots[index] = position

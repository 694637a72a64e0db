"""Where a translation stands: what names mean, and under which condition this point is reached.

Branches are translated one after the other and then merged. `path` has the conditions of the branches around this
point; the last one also says that the innermost branch was neither left nor found impossible. What fails on the way is
noted with the condition that it does, and translation goes on as if it had not: what is computed from there on
counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from ...model.lang import ir, types
from .collections import matches
from .terms import Bool, conjunction, disjunction, negation
from .values import Record, Value, arbitrary, merge, replaced

Roots = dict[str, Value]
#: The meaning of expressions.
Evaluate = Callable[[ir.Expr, "Environment"], Value]
#: A step into a tree: the position of a field, or what a key may be.
_Path = Sequence[int | list[tuple[int, Bool]]]


class Environment:
    """The roots of places, and conditions. `kinds` are the types of the roots, locals included.

    `name` begins the names of variables, and `evaluate` is the meaning of expressions.
    """

    def __init__(self, kinds: Mapping[str, types.Type], roots: Roots, name: str, evaluate: Evaluate) -> None:
        self.kinds, self.roots, self.name = kinds, roots, name
        self._evaluate = evaluate
        self.path: list[Bool] = [True]
        self.failures: list[Bool] = []
        self.bounds: list[Bool] = []
        self.exits: dict[str, tuple[int, list[tuple[Bool, Roots]]]] = {}
        self.lost = 0
        self.choices: dict[int, tuple[types.Type, Value]] = {}

    def value(self, expr: ir.Expr) -> Value:
        """The tree of an expression."""
        return self._evaluate(expr, self)

    # Conditions.

    def here(self) -> Bool:
        """Whether this point is reached."""
        return conjunction(*self.path)

    @property
    def is_dead(self) -> bool:
        """Whether this point is never reached."""
        return any(part is False for part in self.path)

    def fail(self, condition: Bool) -> None:
        """A partial operation has no value here when a condition holds."""
        if condition is not False:
            self.failures.append(conjunction(self.here(), condition, *map(negation, self.bounds)))

    def no_room(self, kind: types.Type) -> Callable[[Bool], None]:
        """What happens when a collection of a type is full: a bound of the search is reached, or the step fails."""
        if not getattr(kind, "bound", ""):
            return self.fail

        def reached(condition: Bool) -> None:
            if condition is not False:
                self.bounds.append(conjunction(self.here(), condition, *map(negation, self.failures)))

        return reached

    def require(self, condition: Bool) -> None:
        """The step is possible only when a condition holds."""
        if condition is not True:
            self.lost += 1
            self.path[-1] = conjunction(self.path[-1], condition)

    @contextmanager
    def given(self, condition: Bool) -> Iterator[None]:
        """A part of an expression that is evaluated only when a condition holds."""
        before, lost = self.roots, self.lost
        self.roots = dict(before)
        self.path.append(condition)
        yield
        inner, after = self.path.pop(), self.roots
        for name, value in before.items():
            if after[name] is not value:
                before[name] = merge(condition, after[name], value)
        self.roots = before
        if self.lost != lost:
            self.path[-1] = conjunction(self.path[-1], disjunction(negation(condition), inner))

    def branch(self, condition: Bool, then: Callable[[], None], otherwise: Callable[[], None]) -> None:
        """One of two bodies."""
        if isinstance(condition, bool):
            (then if condition else otherwise)()
            return
        before, lost = self.roots, self.lost
        sides = []
        for test, body in ((condition, then), (negation(condition), otherwise)):
            self.roots = dict(before)
            self.path.append(test)
            body()
            sides.append((self.path.pop(), self.roots))
        (first, then_roots), (second, other_roots) = sides
        self.roots = joined(condition, then_roots, other_roots) if first is not False else other_roots
        if second is False:
            self.roots = then_roots
        if self.lost != lost:
            self.path[-1] = conjunction(self.path[-1], disjunction(first, second))

    def block(self, label: str, body: Callable[[], None]) -> None:
        """A body that may be left early; what follows goes on from wherever it was left."""
        outside, lost = self.exits.get(label), self.lost
        left: list[tuple[Bool, Roots]] = []
        self.exits[label] = (len(self.path), left)
        self.path.append(True)
        body()
        inner = self.path.pop()
        del self.exits[label]
        if outside is not None:
            self.exits[label] = outside
        if not left:
            if self.lost != lost:
                self.path[-1] = conjunction(self.path[-1], inner)
            return
        found = left if inner is False else [*left, (inner, self.roots)]
        self.roots = found[-1][1]
        for condition, roots in reversed(found[:-1]):
            self.roots = joined(condition, roots, self.roots)
        if self.lost != lost + len(left):
            self.path[-1] = conjunction(self.path[-1], disjunction(*(condition for condition, _ in found)))
        else:
            self.lost = lost

    def leave(self, label: str) -> None:
        """Goes on after the block with a label."""
        depth, left = self.exits[label]
        condition = conjunction(*self.path[depth:])
        if condition is not False:
            left.append((condition, dict(self.roots)))
            self.lost += 1
        self.path[-1] = False

    # Places.

    def read(self, place: ir.Place) -> Value:
        """The value at a place."""
        path = self._path(place)
        root = self.roots.get(place.root)
        if root is None:
            return arbitrary(place.type)
        return _read(root, path)

    def write(self, place: ir.Place, value: Value) -> None:
        """Puts a value at a place."""
        path = self._path(place)
        root = self.roots.get(place.root)
        self.roots[place.root] = _written(root, path, value) if root is not None or not path else None

    def _path(self, place: ir.Place) -> _Path:
        kind, path = self.kinds[place.root], list[int | list[tuple[int, Bool]]]()
        for step in place.steps:
            if isinstance(step, ir.FieldStep):
                assert isinstance(kind, types.Struct)
                path.append(field_position(kind, step.name))
                kind = kind.field[step.name]
            else:
                assert isinstance(kind, types.Map)
                path.append(matches(kind.key, self.value(step.key)))
                kind = kind.element
        return path


def field_position(kind: types.Struct, name: str) -> int:
    """Where a field is among those of its struct."""
    return list(kind.field).index(name)


def joined(condition: Bool, then: Roots, otherwise: Roots) -> Roots:
    """The roots of one of two branches. A local that only one of them has is not used after the other."""
    return {name: merge(condition, then.get(name), otherwise.get(name)) for name in {**then, **otherwise}}


def _read(tree: Value, path: _Path) -> Value:
    if not path:
        return tree
    first, rest = path[0], path[1:]
    if isinstance(first, int):
        return _read(tree.parts[first], rest)
    (rank, _), *others = first
    result = _read(tree.parts[rank], rest)
    for rank, test in others:
        result = merge(test, _read(tree.parts[rank], rest), result)
    return result


def _written(tree: Value, path: _Path, value: Value) -> Value:
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(first, int):
        return Record(replaced(tree.parts, first, _written(tree.parts[first], rest, value)))
    for rank, test in first:
        part = tree.parts[rank]
        tree = Record(replaced(tree.parts, rank, merge(test, _written(part, rest, value), part)))
    return tree

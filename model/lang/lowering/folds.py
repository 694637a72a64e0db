"""Loops over things: what can be iterated, generator expressions and comprehensions."""

from __future__ import annotations

import ast
import enum
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NoReturn

from ... import errors
from .. import ir, types
from .aliases import is_collection
from .conversions import TRUE, bounds, number
from .operators import Operators
from .scope import Binding, Comprehension, Entity, Meaning, Pairs, RangeOf, Reference, TupleOf, Value
from .wording import ELEMENTS_HINT, described, unvalued

ORDER_HINT = "let nothing depend on their order; or drop symmetric=True"
MAP_HINT = "write {key: value for key in self.members(Kind)}"
_LARGEST = 4096


@dataclass(frozen=True)
class Iteration:
    """What a loop runs over. `parts` gives what the target means, from the local that holds the element."""

    source: ir.Source
    type: types.Type
    parts: Callable[[ir.Expr], Meaning]
    ordered: bool = True


class Folds(Operators):
    """Translates iteration."""

    def iteration(self, meaning: Meaning, node: ast.AST) -> Iteration:
        """How to iterate over something. Raises TypeMismatch."""
        if isinstance(meaning, RangeOf):
            return self._numbers(meaning, node)
        if isinstance(meaning, Pairs):
            return self._pairs(meaning, node)
        if isinstance(meaning, Entity) and isinstance(meaning.object, type) and issubclass(meaning.object, enum.Enum):
            members = types.Enum(meaning.object)
            return Iteration(ir.Values(members), members, Value)
        if isinstance(meaning, Comprehension) and isinstance(meaning.node, ast.GeneratorExp):
            meaning = Value(self.fold("seq", meaning.node, None))
        if isinstance(meaning, TupleOf):
            meaning = Value(self.rvalue(meaning, node))
        if not isinstance(meaning, (Reference, Value)):
            what, hint = unvalued(meaning)
            self.fail(errors.TypeMismatch, node, what, hint)
        kind = meaning.place.type if isinstance(meaning, Reference) else meaning.expr.type
        if isinstance(kind, types.Map):
            return Iteration(ir.Values(kind.key), kind.key, Value)
        if isinstance(kind, types.Option) and (is_collection(kind.inner)):
            meaning = Value(ir.Unwrap(self.rvalue(meaning, node), kind.inner))
            kind = kind.inner
        if not isinstance(kind, (types.Set, types.Seq, types.Bag)):
            self.fail(errors.TypeMismatch, node, f"{described(kind)} has no elements", ELEMENTS_HINT)
        if (
            isinstance(meaning, Value)
            and isinstance(kind, types.Set)
            and isinstance(meaning.expr, ir.Const)
            and len(meaning.expr.value) == kind.element.count
        ):
            return Iteration(ir.Values(kind.element), kind.element, Value)
        # A set the author builds is a built-in set when it runs in CPython, and those have no order.
        collection = self.rvalue(meaning, node)
        return Iteration(ir.Elements(collection), kind.element, Value, not self.is_unordered(collection))

    def _numbers(self, meaning: RangeOf, node: ast.AST) -> Iteration:
        first, last = bounds(meaning.start.type), bounds(meaning.stop.type)
        if first is None or last is None:
            self.fail(
                errors.UnboundedLocal,
                node,
                "this range has no known bound",
                "annotate what it depends on: n: Annotated[int, Range(low, high)] = ...",
            )
        if meaning.step > 0:
            low, high = first[0], max(last[1] - 1, first[0])
        else:
            low, high = min(last[0] + 1, first[1]), first[1]
        limit = max(0, -(-(high - low + 1) // abs(meaning.step)))
        return Iteration(ir.Numbers(meaning.start, meaning.stop, meaning.step, limit), types.Int(low, high), Value)

    def _pairs(self, meaning: Pairs, node: ast.AST) -> Iteration:
        if meaning.kind == "enumerate":
            return self._enumerated(meaning, node)
        if meaning.kind == "reversed":
            inner = self.iteration(meaning.base, node)
            if isinstance(inner.source, ir.Elements) and isinstance(inner.source.collection.type, types.Seq):
                return Iteration(ir.Elements(inner.source.collection, reverse=True), inner.type, inner.parts)
            if isinstance(inner.source, ir.Numbers) and abs(inner.source.step) == 1:
                step, source = inner.source.step, inner.source
                start = self.arithmetic("+", source.stop, number(-step), node)
                return self._numbers(
                    RangeOf(start, self.arithmetic("+", source.start, number(-step), node), -step), node
                )
            self.fail(errors.TypeMismatch, node, "reversed() takes a sequence or a range", "make a list: list(...)")
        base = meaning.base
        kind = base.place.type if isinstance(base, Reference) else self.rvalue(base, node).type
        assert isinstance(kind, types.Map)
        key_type, element = kind.key, kind.element

        def entry(key: ir.Expr) -> Meaning:
            if not isinstance(base, Reference):
                return Value(ir.GetEntry(self.rvalue(base, node), key, element))
            place = ir.Place(base.place.root, (*base.place.steps, ir.KeyStep(key)), element)
            return Reference(place) if element.is_place or is_collection(element) else Value(ir.Load(place))

        parts: dict[str, Callable[[ir.Expr], Meaning]] = {
            "keys": Value,
            "values": entry,
            "items": lambda key: TupleOf((Value(key), entry(key))),
        }
        return Iteration(ir.Values(key_type), key_type, parts[meaning.kind])

    def _enumerated(self, meaning: Pairs, node: ast.AST) -> Iteration:
        inner = self.iteration(meaning.base, node)
        if not isinstance(inner.source, (ir.Elements, ir.Values)):
            self.fail(errors.TypeMismatch, node, "enumerate() takes a collection", "make a list: list(...)")
        if self.is_ordered_by_name(inner.source):
            what = "enumerate() numbers interchangeable identities, or what is ordered by them"
            self.fail(errors.SymmetricOrder, node, what, ORDER_HINT)
        limit = ir.source_limit(inner.source)
        index = self.fresh_name("index")
        self.locals[index] = types.Int(0, max(limit - 1, 0))
        if isinstance(inner.source, ir.Elements):
            source: ir.Source = ir.Elements(inner.source.collection, index, inner.source.reverse)
        else:
            source = ir.Values(inner.source.type, index)
        position = self.arithmetic("+", ir.Local(index, self.locals[index]), number(meaning.start), node)
        return Iteration(
            source, inner.type, lambda element: TupleOf((Value(position), inner.parts(element))), inner.ordered
        )

    def element(self, name: str, iteration: Iteration) -> None:
        """Declares the local that holds one element after another."""
        self.locals[name] = iteration.type
        if isinstance(iteration.source, ir.Elements):
            self.share(name, self.contents(iteration.source.collection))
            if self.is_unhashable(iteration.source.collection) and is_collection(iteration.type):
                self.unhashable.add(name)
                self.unordered.add(name)

    def unordered_iteration(self, node: ast.AST) -> NoReturn:
        """Refuses to go through a set whose order CPython does not define."""
        self.fail(
            errors.UnorderedIteration,
            node,
            "the order of a built-in set is not defined",
            "iterate over sorted(...), or over a Set field of the state",
        )

    # Generator expressions.

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Names bound inside are gone afterwards."""
        frame = self.frame
        names, assigned = dict(frame.names), set(frame.assigned)
        self.folds += 1
        try:
            yield
        finally:
            self.folds -= 1
            frame.names, frame.assigned = names, assigned

    def generators(
        self, clauses: Sequence[ast.comprehension], *, any_order: bool = True
    ) -> tuple[tuple[ir.Generator, ...], int]:
        """The generators of a comprehension and the most combinations they give; binds their targets.

        Raises UnorderedIteration over a built-in set unless `any_order` will do.
        """
        found: list[ir.Generator] = []
        limit = 1
        for position, clause in enumerate(clauses):
            if clause.is_async:
                self.fail(errors.UnsupportedExpression, clause.target, "actions are atomic steps: no async")
            with self.collecting() as needed:
                iteration = self.iteration(self.expression(clause.iter), clause.iter)
            if position == 0:
                self.out.extend(needed)
                self._hide([clause.target for clause in clauses])
            elif needed:
                # What a later loop runs over is evaluated for every element of the one before.
                found[-1] = replace(found[-1], conditions=(*found[-1].conditions, ir.Do(tuple(needed), TRUE)))
            if not (iteration.ordered or any_order):
                self.unordered_iteration(clause.iter)
            name = self.fresh_name(clause.target.id if isinstance(clause.target, ast.Name) else "element")
            self.element(name, iteration)
            self.bind_once(clause.target, iteration.parts(ir.Local(name, iteration.type)))
            conditions = tuple(self.lazily(test, condition=True) for test in clause.ifs)
            limit *= ir.source_limit(iteration.source)
            found.append(ir.Generator(name, iteration.type, iteration.source, conditions))
        return tuple(found), limit

    def _hide(self, targets: Sequence[ast.expr]) -> None:
        """Makes the names of a comprehension its own: from its first loop on, they are no others of that name."""
        for node in (node for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)):
            self.frame.names[node.id] = Binding(Value(ir.Const(None, ir.Nothing())))
            self.frame.assigned.discard(node.id)

    def bind_once(self, target: ast.expr, meaning: Meaning) -> None:
        """Binds the target of a comprehension, whose names are never assigned again."""
        if isinstance(target, ast.Name):
            self.frame.names[target.id] = Binding(meaning)
            self.frame.assigned.add(target.id)
        elif isinstance(target, ast.Tuple) and isinstance(meaning, TupleOf) and len(target.elts) == len(meaning.items):
            for part, item in zip(target.elts, meaning.items, strict=True):
                self.bind_once(part, item)
        else:
            what = "this cannot be unpacked into these names"
            self.fail(errors.UnsupportedExpression, target, what, "name the element, and use its parts")

    def fold(
        self,
        kind: str,
        node: ast.GeneratorExp | ast.SetComp | ast.ListComp,
        default: ir.Expr | None,
        at: ast.AST | None = None,
        *,
        any_order: bool = False,
    ) -> ir.Expr:
        """What a function such as `any` or `sum` makes of a generator expression."""
        at = at or node
        with self.scope():
            generators, limit = self.generators(node.generators, any_order=any_order or kind != "seq")
            body = self.lazily(node.elt, condition=kind in ("any", "all"))
        return self.folded(kind, generators, limit, body, default, at)

    def folded(
        self,
        kind: str,
        generators: tuple[ir.Generator, ...],
        limit: int,
        body: ir.Expr,
        default: ir.Expr | None,
        node: ast.AST,
    ) -> ir.Expr:
        """A fold of a translated body, with its type."""
        if kind in ("sum", "min", "max"):
            body = self.integer(body, node) if kind == "sum" else self.ranked(body, node)
        result: types.Type = body.type
        if kind in ("any", "all"):
            result = types.Bool()
        elif kind == "sum":
            known = bounds(body.type)
            low, high = (min(0, known[0] * limit), max(0, known[1] * limit)) if known else (0, 0)
            result = types.Int(low, high) if known and high - low < 1 << 31 else ir.Integer()
        elif kind in ("min", "max") and default is not None:
            result = self.join(body.type, self.integer(default, node).type, node)
            body, default = self.coerce(body, result, node), self.coerce(default, result, node)
        elif kind == "set":
            self.element_type([body.type], node)
            self.hashed(body, node)
            self.check_size(min(limit, body.type.count), node)
            result = self.set_type(body.type, limit, node)
        elif kind == "seq":
            self.element_type([body.type], node)
            self.bounded(body.type, node)
            self.check_size(limit, node)
            result = types.Seq(body.type, limit)
        return ir.Fold(kind, generators, body, default, result)  # type: ignore[arg-type]  # callers pass literals

    def check_size(self, limit: int, node: ast.AST) -> None:
        """Raises UnboundedLocal for a collection or choice that would be too large."""
        if limit > _LARGEST:
            what = f"this can have up to {limit} elements, which is too many"
            self.fail(errors.UnboundedLocal, node, what, "loop over less, or narrow what it runs over")

    def fold_over(self, kind: str, meaning: Meaning, default: ir.Expr | None, node: ast.AST) -> ir.Expr:
        """What a function such as `any` or `min` makes of a generator expression or a collection."""
        if isinstance(meaning, Comprehension):
            return self.fold(kind, meaning.node, default, node)
        iteration = self.iteration(meaning, node)
        if kind == "seq" and not iteration.ordered:
            self.unordered_iteration(node)
        name = self.fresh_name("element")
        self.element(name, iteration)
        element = self.rvalue(iteration.parts(ir.Local(name, iteration.type)), node)
        if kind in ("any", "all"):
            element = self.truth_of(element, node)
        generator = ir.Generator(name, iteration.type, iteration.source, ())
        return self.folded(kind, (generator,), ir.source_limit(iteration.source), element, default, node)

    def consumed(self, meaning: Meaning, node: ast.AST) -> Meaning:
        """Set and list comprehensions as values; anything else as it is."""
        if isinstance(meaning, Comprehension) and not isinstance(meaning.node, ast.GeneratorExp):
            kind = "set" if isinstance(meaning.node, ast.SetComp) else "seq"
            return Value(self.fold(kind, meaning.node, None), fresh=True)
        return meaning

    def map_comprehension(self, node: ast.DictComp) -> ir.Expr:
        """`{key: value for key in keys}` over all values of a finite type: a map value."""
        clause = node.generators[0]
        if len(node.generators) != 1 or clause.ifs or not isinstance(clause.target, ast.Name):
            self.fail(
                errors.UnsupportedExpression,
                node,
                "a map is built by one loop over all keys, without conditions",
                MAP_HINT,
            )
        iteration = self.iteration(self.expression(clause.iter), clause.iter)
        plain = isinstance(node.key, ast.Name) and node.key.id == clause.target.id
        if not isinstance(iteration.source, ir.Values) or iteration.source.index or not plain:
            self.fail(
                errors.UnsupportedExpression,
                node,
                "a map is built by one loop over all values of its key type",
                MAP_HINT,
            )
        key, items = iteration.source.type, []
        for value in key.values():
            with self.scope():
                self.bind_once(clause.target, Value(ir.Const(value, key)))
                items.append(self.temporary(self.value(node.value), node))
        element = items[0].type
        for item in items[1:]:
            element = self.join(element, item.type, node)
        from ..annotations import _frozen_map

        self.bounded(element, node)
        kind = types.Map(key, element, _frozen_map)
        return ir.MakeMap(tuple(self.coerce(item, element, node) for item in items), kind)

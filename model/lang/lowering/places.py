"""Writing: fields, entries and items of places, and the methods that change a collection."""

from __future__ import annotations

import ast
from typing import Any, NoReturn

from ... import errors
from .. import ir, types
from .aliases import is_collection, is_live
from .calls import Calls
from .conversions import number
from .folds import ORDER_HINT
from .scope import UNDERSCORE_HINT, Comprehension, Meaning, Reference, Value
from .wording import described


class Places(Calls):
    """Translates writes."""

    def mutable(self, node: ast.expr) -> ir.Place:
        """The place that an expression names, for a write into it. Raises FrozenWrite, AliasedWrite."""
        meaning = self.consumed(self.expression(node), node)
        return self.place_of(meaning, node)

    def place_of(self, meaning: Meaning, node: ast.AST) -> ir.Place:
        """The place that something is, for a write into it. Raises FrozenWrite, AliasedWrite."""
        if isinstance(meaning, Reference):
            return meaning.place
        if isinstance(meaning, Value) and isinstance(meaning.expr, ir.Local):
            local = meaning.expr.name
            if self.is_owned(local):
                return ir.Place(local, (), self.locals[local])
            if is_collection(meaning.expr.type) or self.shared.get(local):
                self.aliased_write(node)
        self.fail(
            errors.FrozenWrite,
            node,
            "elements of sets, sequences, bags and optionals are values and cannot be changed",
            "store a new element made with replace(element, field=value)",
        )

    def field_place(self, node: ast.Attribute) -> ir.Place:
        """The place that a field is. Raises UnknownAttribute, TypeMismatch and what `place_of` raises."""
        meaning = self.consumed(self.expression(node.value), node.value)
        kind = meaning.place.type if isinstance(meaning, Reference) else self.rvalue(meaning, node).type
        if not isinstance(kind, types.Struct):
            if isinstance(kind, (types.Option, types.Union)):
                self.place_of(Value(self.rvalue(meaning, node)), node)
            self.fail(
                errors.TypeMismatch, node, f"{described(kind)} has no fields", "structs and the specification have"
            )
        if node.attr not in kind.field:
            self._no_field(node, kind)
        base = self.place_of(meaning, node)
        return ir.Place(base.root, (*base.steps, ir.FieldStep(node.attr)), kind.field[node.attr])

    def _no_field(self, node: ast.Attribute, kind: types.Struct) -> NoReturn:
        what, hint = f"{kind} has no field {node.attr}", errors.nearest(node.attr, list(kind.field))
        if issubclass(kind.cls, self.specification.source) and node.attr in self.specification.constants:
            what, hint = f"{node.attr} is a constant and never changes", "what changes is a field: without Constant"
        elif node.attr.startswith("_"):
            hint = UNDERSCORE_HINT
        elif hasattr(kind.cls, node.attr):
            what, hint = f"{node.attr} is not a field of {kind}", "fields are annotated with a type in the class"
        self.fail(errors.UnknownAttribute, node, what, hint)

    def no_entries(self, node: ast.AST, kind: types.Type) -> NoReturn:
        """Refuses an assignment to what has no entries."""
        what = f"only one entry of a sequence or map is assigned, not of {described(kind)}"
        if isinstance(kind, types.Seq):
            what = "a slice cannot be assigned"
        self.fail(errors.TypeMismatch, node, what, "assign the whole, or an entry: x[i] = ...")

    def store(self, place: ir.Place, value: ir.Expr, node: ast.AST) -> None:
        """Writes a value to a place."""
        listed = value.generators if isinstance(value, ir.Fold) and value.kind == "seq" else ()
        if place.root == ir.STATE and any(self.is_ordered_by_name(found.source) for found in listed):
            what = "a sequence of the state would be in the order of interchangeable identities"
            self.fail(errors.SymmetricOrder, node, what, ORDER_HINT)
        self.note_write(place, node)
        self.note_content(place, self.origins(value), node)
        if place.root not in (ir.STATE, ir.AFTER) and not any(isinstance(step, ir.FieldStep) for step in place.steps):
            self.note_builtin(place.root, value)
        place = self._grown_map(place, value.type, node)
        self.emit(ir.Store(place, self.coerce(value, place.type, node)))

    def store_entry(self, target: ast.Subscript, value: ir.Expr, node: ast.AST) -> None:
        """Assigns an entry of a map, or an item of a sequence."""
        if not isinstance(value, ir.Const) and not is_live(value):
            value = self.temporary(value, node)
        base = self.mutable(target.value)
        if isinstance(base.type, types.Map):
            entry = self.entry(Reference(base), base.type, target)
            place = entry.place if isinstance(entry, Reference) else entry.expr.place  # type: ignore[union-attr]  # a Load
            self.store(place, value, node)
        elif isinstance(base.type, types.Seq) and not isinstance(target.slice, ast.Slice):
            with self.unchanged(base, node):
                index = self.integer(self.value(target.slice), target.slice)
            self.store_item(base, index, value, node)
        else:
            self.no_entries(target, base.type)

    def store_item(self, base: ir.Place, index: ir.Expr, value: ir.Expr, node: ast.AST) -> None:
        """Replaces an element of a sequence."""
        kind = base.type
        assert isinstance(kind, types.Seq)
        if base.root not in (ir.STATE, ir.AFTER) and not base.steps and base.root not in self.declared:
            element = self._join_elements(kind.element, value.type, node)
            joined = self.declare(base.root, types.Seq(element, kind.size), node)
            assert isinstance(joined, types.Seq)
            base, kind = ir.Place(base.root, (), joined), joined
        self.note_content(base, self.origins(value), node)
        item = self.coerce(value, kind.element, node)
        self.store(base, ir.WithItem(ir.Load(base), index, item, kind), node)

    def _grown_map(self, place: ir.Place, kind: types.Type, node: ast.AST) -> ir.Place:
        """An entry of a local map, which takes the types of what is stored in it."""
        of_struct = any(isinstance(step, ir.FieldStep) for step in place.steps)
        if place.root in (ir.STATE, ir.AFTER) or place.root in self.declared or of_struct:
            return place

        def grown(whole: types.Type, depth: int) -> types.Type:
            if not depth:
                joined = self._join_elements(whole, kind, node)
                self.bounded(joined, node)
                return joined
            assert isinstance(whole, types.Map)
            return types.Map(whole.key, grown(whole.element, depth - 1), whole.make)

        whole = self.declare(place.root, grown(self.locals[place.root], len(place.steps)), node)
        for _ in place.steps:
            assert isinstance(whole, types.Map)
            whole = whole.element
        return ir.Place(place.root, place.steps, whole)

    def mutation(
        self, receiver: Meaning, name: str, arguments: list[ast.expr], node: ast.Call | ast.AugAssign
    ) -> Meaning:
        """A method that changes a collection in place."""
        at = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else node
        place = self.place_of(receiver, at)
        with self.unchanged(place, node):
            parts = [self._argument_value(argument) for argument in arguments]
        self.note_write(place, node)
        if name == "add" and self._is_unbounded(place) and isinstance(place.type, types.Set):
            self.hashed(parts[0], node)
        for part in parts:
            whole = name in ("extend", "update")
            self.note_content(place, self.contents(part) if whole else self.origins(part), node)
            if name in ("add", "append", "extend", "update") and not place.steps:
                known, added = self.kinds.get(place.root, ()), self.kinds_of(part)
                self.note_kinds(place.root, (*known[:1], *(added[1:] if whole else added)))
        old = ir.Load(place)
        kind: Any = place.type
        if name == "pop":
            index = self.temporary(self.integer(parts[0], node), node) if parts else number(-1)
            item = self.temporary(ir.Index(old, index, kind.element), node)
            self.emit(ir.Store(place, ir.WithoutItem(old, index, kind)))
            return Value(item)
        if place.steps and self._is_unbounded(place):
            what = "a collection inside a local map, whose size has no bound"
            self.fail(
                errors.UnboundedLocal, node, what, "annotate the local: x: Map[K, Annotated[Seq[T], Size(4)]] = ..."
            )
        if place.root not in (ir.STATE, ir.AFTER) and not place.steps:
            kind = self._grown(place, name, parts, node)
            place = ir.Place(place.root, (), kind)
            old = ir.Load(place)
        self.emit(ir.Store(place, self.updated(kind, old, name, parts, node)))
        return Value(ir.Const(None, ir.Nothing()))

    def _is_unbounded(self, place: ir.Place) -> bool:
        """Whether nothing the author wrote bounds a part of a local: no field of a struct, no annotation."""
        local = place.root not in (ir.STATE, ir.AFTER, *self.declared)
        return local and not any(isinstance(step, ir.FieldStep) for step in place.steps)

    def _argument_value(self, node: ast.expr) -> ir.Expr:
        meaning = self.expression(node)
        if isinstance(meaning, Comprehension) and isinstance(meaning.node, ast.GeneratorExp):
            return self.fold("seq", meaning.node, None)
        return self.rvalue(self.consumed(meaning, node), node)

    def _grown(self, place: ir.Place, name: str, parts: list[ir.Expr], node: ast.AST) -> types.Type:
        """The type of a local collection that something is added to; further passes give it the room it needs."""
        kind: Any = place.type
        if name not in ("add", "append", "extend", "update"):
            return place.type
        added = parts[0].type
        if name in ("extend", "update") and not is_collection(added):
            wanted = "sequence" if name == "extend" else "set"
            hint = "write list(...)" if name == "extend" else "write set(...)"
            self.fail(errors.TypeMismatch, node, f"{name}() takes a {wanted}, not {described(added)}", hint)
        element = added.element if name in ("extend", "update") and is_collection(added) else added  # type: ignore[attr-defined]
        if name in ("extend", "update"):
            element = self._join_elements(kind.element, element, node)
        else:
            known = [] if isinstance(kind.element, ir.Nothing) else [kind.element]
            element = self.element_type([*known, element], node, only_nones=self.passes == 1)
        self.bounded(element, node)
        amount = added.capacity if name in ("extend", "update") else 1  # type: ignore[attr-defined]  # a collection, as above
        for times in self.multiplicity[self.depths.get(place.root, 0) :]:
            amount *= times
        self.new_capacities[place.root] = self.new_capacities.get(place.root, 0) + amount
        self.check_size(self.new_capacities[place.root], node)
        if isinstance(kind, types.Set):
            grown: types.Type = self.set_type(element, max(kind.size or 0, 1), node)
        else:
            grown = type(kind)(element, max(kind.size, 1))
        return self.declare(place.root, grown, node)

"""Assignment: what names are bound to, and what is stored where."""

from __future__ import annotations

import ast
from typing import Any

from ... import errors
from .. import ir, specification, types
from .aliases import Origin, is_collection
from .builtins import CHOICE_HINT
from .places import Places
from .scope import Binding, Entity, Meaning, Pairs, RangeOf, Reference, TupleOf, Value
from .wording import unvalued


class Assignments(Places):
    """Translates assignments."""

    def called(self, node: ast.expr) -> Any:
        """The function that a call names, when it is a plain or module-qualified name."""
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
            if isinstance(node.func, ast.Attribute) and not isinstance(node.func.value, ast.Name):
                return None
            name = node.func if isinstance(node.func, ast.Name) else node.func.value
            assert isinstance(name, ast.Name)
            if name.id not in self.frame.names and name.id not in self.local_names() and name.id != "super":
                meaning = self.expression(node.func)
                return meaning.object if isinstance(meaning, Entity) else None
        return None

    def assign(self, targets: list[ast.expr], value: ast.expr, node: ast.stmt) -> None:
        """An assignment statement. Raises MisplacedChoice, AliasedWrite and others."""
        if self.called(value) is specification.choose:
            if len(targets) != 1 or not isinstance(targets[0], ast.Name):
                self.fail(errors.MisplacedChoice, node, "choose() is assigned to one name", CHOICE_HINT)
            assert isinstance(value, ast.Call)
            self.choice(targets[0], value, node)
            return
        if len(targets) == 1:
            target = targets[0]
            places = isinstance(target, ast.Tuple) and not all(isinstance(part, ast.Name) for part in target.elts)
            for element in value.elts if places and isinstance(value, ast.Tuple) else []:
                self._no_struct_swap(element)
            self.bind_target(targets[0], self.consumed(self.expression(value), value), node)
            return
        meaning = self.settled(value)
        for target in targets:
            self.bind_target(target, meaning, node)
            if isinstance(target, ast.Name):
                # Further names are second names of the same thing.
                meaning = self.frame.names[target.id].meaning

    def _no_struct_swap(self, node: ast.expr) -> None:
        with self.collecting():
            meaning = self.consumed(self.expression(node), node)
            shared = self.origins(self.rvalue(meaning, node)) if isinstance(meaning, (Reference, Value)) else ()
        if any(origin.root in (ir.STATE, ir.AFTER) for origin in shared):
            self.fail(
                errors.AliasedWrite,
                node,
                "a tuple assignment of structs or maps would store the second after changing the first",
                "take copies: copy_of(...)",
            )

    def bind_target(self, target: ast.expr, meaning: Meaning, node: ast.AST) -> None:
        """Assigns to a name, a tuple of names, a field or an entry."""
        match target:
            case ast.Name(id=name):
                self._bind_name(name, meaning, node)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                self._unpack(parts, meaning, node)
            case ast.Attribute():
                value = self._stored_value(meaning, node)
                with self.later() as later:
                    place = self.field_place(target)
                value = self.kept(value, later, node)
                self.out.extend(later.statements)
                self.store(place, value, target)
            case ast.Subscript():
                self.store_entry(target, self._stored_value(meaning, node), target)
            case _:
                self.fail(errors.UnsupportedStatement, target, "this cannot be assigned to", "name every part")

    def _stored_value(self, meaning: Meaning, node: ast.AST) -> ir.Expr:
        return self.rvalue(self.consumed(meaning, node), node)

    def _unpack(self, parts: list[ast.expr], meaning: Meaning, node: ast.AST) -> None:
        if isinstance(meaning, TupleOf) and len(meaning.items) == len(parts):
            items = list(meaning.items)
        else:
            value = self.rvalue(meaning, node)
            if not isinstance(value, ir.MakeSeq) or len(value.items) != len(parts):
                what = f"this cannot be unpacked into {len(parts)} names"
                self.fail(errors.UnsupportedStatement, node, what, "only tuples of that length can; use an index: x[0]")
            items = [Value(item) for item in value.items]
        # All values are taken before the first name changes.
        settled = [
            Value(self.temporary(item.expr, node), item.fresh) if isinstance(item, Value) else item for item in items
        ]
        for part, item in zip(parts, settled, strict=True):
            self.bind_target(part, item, node)

    def _bind_name(self, name: str, meaning: Meaning, node: ast.AST) -> None:
        frame = self.frame
        if isinstance(meaning, Reference) and not (meaning.place.type.is_place and self._lasting(meaning)):
            meaning = Value(ir.Load(meaning.place))
        known = frame.names.get(name)
        if isinstance(meaning, Reference):
            self._bind_reference(name, meaning, known, node)
        elif isinstance(meaning, Value):
            self._bind_value(name, meaning, known, node)
        elif isinstance(meaning, (TupleOf, RangeOf, Entity, Pairs)):
            if known is not None:
                self._ambiguous(name, node)
            if isinstance(meaning, Pairs):
                meaning = self.viewed(meaning, node)
            if isinstance(meaning, TupleOf):
                meaning = TupleOf(tuple(self._tuple_part(name, item, node) for item in meaning.items))
            frame.names[name] = Binding(meaning)
        else:
            self.fail(errors.UnsupportedStatement, node, *unvalued(meaning))
        frame.assigned.add(name)

    def _lasting(self, meaning: Reference) -> bool:
        """Whether a reference stays valid: places of the state do, parts of locals are copied."""
        return meaning.place.root in (ir.STATE, ir.AFTER)

    def _tuple_part(self, name: str, meaning: Meaning, node: ast.AST) -> Meaning:
        """A part of a tuple that gets a name; the tuple owns nothing."""
        if isinstance(meaning, TupleOf):
            return TupleOf(tuple(self._tuple_part(name, item, node) for item in meaning.items))
        if isinstance(meaning, Reference) and not self._lasting(meaning):
            meaning = Value(self.temporary(ir.Load(meaning.place), node))
        if isinstance(meaning, Value):
            self.note_alias(name, self.origins(meaning.expr), node)
            return Value(meaning.expr)
        return meaning

    def _ambiguous(self, name: str, node: ast.AST) -> None:
        self.fail(
            errors.AmbiguousReference,
            node,
            f"{name} already stands for another place, or for something of another kind",
            "use two names; or name the key instead of the place: b = ..., then self.field[b]",
        )

    def _bind_reference(self, name: str, meaning: Reference, known: Binding | None, node: ast.AST) -> None:
        """A name for a place: its keys are evaluated now."""
        steps: list[ir.FieldStep | ir.KeyStep] = []
        local = self.local_name(name)
        for step in meaning.place.steps:
            if isinstance(step, ir.KeyStep):
                key = f"{local}#{len(steps)}"
                self.locals[key] = step.key.type
                self.emit(ir.Assign(key, step.key))
                steps.append(ir.KeyStep(ir.Local(key, step.key.type)))
            else:
                steps.append(step)
        place = ir.Place(meaning.place.root, tuple(steps), meaning.place.type)
        if known is not None and known.meaning != Reference(place):
            self._ambiguous(name, node)
        self.frame.names[name] = Binding(Reference(place))

    def _bind_value(self, name: str, meaning: Value, known: Binding | None, node: ast.AST) -> None:
        if known is not None and not isinstance(known.meaning, Value):
            self._ambiguous(name, node)
        local = self.local_name(name)
        origins = self.contents(meaning.expr) if meaning.fresh else self.origins(meaning.expr)
        self.note_builtin(local, meaning.expr)
        kind = self._with_capacity(local, meaning.expr.type)
        self.depths[local] = len(self.multiplicity)
        self.fold_depths.setdefault(local, self.folds)
        joined = self.declare(local, kind, node)
        self.emit(ir.Assign(local, self.coerce(meaning.expr, joined, node)))
        owned = meaning.fresh and (known is None or known.owned)
        if not owned and local in self.mutated:
            self.aliased_write(node)
        self.frame.names[name] = Binding(Value(ir.Local(local, joined)), owned)
        self.share(local, origins)
        self.note_alias(name, origins, node)

    def _with_capacity(self, local: str, kind: types.Type) -> types.Type:
        """The type of a local collection, with room for what an earlier pass saw added to it."""
        extra = self.capacities.get(local, 0)
        if not extra or local in self.declared:
            return kind
        if isinstance(kind, types.Seq):
            return types.Seq(kind.element, kind.size + extra)
        if isinstance(kind, types.Bag):
            return types.Bag(kind.element, kind.size + extra)
        if isinstance(kind, types.Set) and kind.size is not None:
            return types.Set(kind.element, kind.size + extra)
        return kind

    def annotated(self, node: ast.AnnAssign) -> None:
        """An assignment with an annotation, which bounds what the name can have."""
        if not isinstance(node.target, ast.Name):
            what = "only names are annotated inside methods"
            self.fail(errors.UnsupportedStatement, node.annotation, what, "leave the annotation out")
        if node.value is None:
            return
        if self.called(node.value) is specification.choose:
            self.fail(errors.MisplacedChoice, node.annotation, "choose() gives its own type", CHOICE_HINT)
        kind = self.annotation(node.annotation)
        local = self.local_name(node.target.id)
        if kind is None:
            self.assign([node.target], node.value, node)
            return
        self.declared.add(local)
        meaning = self.consumed(self.expression(node.value), node.value)
        if not (isinstance(meaning, Reference) and meaning.place.type == kind):
            fresh = isinstance(meaning, TupleOf) or (isinstance(meaning, Value) and meaning.fresh)
            meaning = Value(self.coerce(self.rvalue(meaning, node.value), kind, node), fresh)
        self.bind_target(node.target, meaning, node)

    def augmented(self, node: ast.AugAssign) -> None:
        """An assignment such as `x += 1`."""
        load: ast.expr
        match node.target:
            case ast.Name(id=name):
                load = ast.copy_location(ast.Name(name, ast.Load()), node.target)
                if not self._extended(load, node):
                    left, right = self.operands(load, node.value)
                    self.bind_target(node.target, Value(self.binary(node.op, left, right, node), fresh=True), node)
            case ast.Attribute():
                place = self.field_place(node.target)
                self._augment_place(place, node)
            case ast.Subscript():
                base = self.mutable(node.target.value)
                if isinstance(base.type, types.Map):
                    entry = self.entry(Reference(base), base.type, node.target)
                    place = entry.place if isinstance(entry, Reference) else entry.expr.place  # type: ignore[union-attr]  # a Load
                    self._augment_place(place, node)
                else:
                    if not isinstance(base.type, types.Seq) or isinstance(node.target.slice, ast.Slice):
                        self.no_entries(node.target, base.type)
                    with self.unchanged(base, node):
                        key = self.temporary(self.integer(self.value(node.target.slice), node), node)
                        old = ir.Index(ir.Load(base), key, base.type.element)
                        changed = self.binary(node.op, old, self.value(node.value), node)
                    self.store_item(base, key, changed, node)

    def _extended(self, name: ast.Name, node: ast.AugAssign) -> bool:
        """Whether this changes a list or set in place, as Python does, instead of binding the name anew."""
        meaning = self.expression(name)
        value = self.rvalue(meaning, name) if isinstance(meaning, (Value, Reference)) else None
        if value is None or not is_collection(value.type):
            return False
        if self.origins(value) - {Origin(self.local_name(name.id))}:
            self.aliased_write(node)
        if not (isinstance(value, ir.Local) and self.is_owned(value.name)):
            return False
        if isinstance(node.op, (ast.Add, ast.BitOr)):
            method = "extend" if isinstance(node.op, ast.Add) else "update"
            self.mutation(meaning, method, [node.value], node)
            return True
        self.note_write(ir.Place(value.name, (), value.type), node)
        return False

    def _augment_place(self, place: ir.Place, node: ast.AugAssign) -> None:
        old: ir.Expr = ir.Load(place)
        with self.collecting() as needed:
            right = self.value(node.value)
        if needed:
            old = self.temporary(old, node)
            self.out.extend(needed)
        self.store(place, self.binary(node.op, old, right, node), node)

    def choice(self, target: ast.expr | None, node: ast.Call, at: ast.stmt) -> None:
        """A choice, whose result is bound to the target. Statements provide it."""
        raise NotImplementedError

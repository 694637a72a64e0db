"""Statements: assignments, control flow, and changes of the state."""

from __future__ import annotations

import ast
from typing import Any, NoReturn

from ... import errors
from .. import ir, specification, types
from .aliases import Origin, is_collection
from .builtins import CHOICE_HINT
from .calls import Calls
from .conversions import described, number, unvalued
from .scope import (
    UNDERSCORE_HINT,
    Binding,
    Entity,
    Meaning,
    Pairs,
    RangeOf,
    Reference,
    TupleOf,
    Value,
)

_ATOMIC = "actions are atomic steps"
_METHODS = "write a method or a module function"
_IMPORTS = "import at the top of the module"
_UNSUPPORTED: dict[str, tuple[str, str]] = {
    "While": ("`while`", "write a for over a range: every loop has a bound"),
    "Try": ("`try`", "test for the condition instead"),
    "TryStar": ("`try`", "test for the condition instead"),
    "With": ("`with`", _ATOMIC),
    "AsyncWith": ("`async with`", _ATOMIC),
    "AsyncFor": ("`async for`", _ATOMIC),
    "Raise": ("`raise`", "use assert for what must hold, require() for when a step is possible"),
    "FunctionDef": ("a function inside a method", _METHODS),
    "AsyncFunctionDef": ("a function inside a method", _METHODS),
    "ClassDef": ("a class inside a method", "define it in the module"),
    "TypeAlias": ("a type inside a method", "define it in the module"),
    "Match": ("`match`", "write if and elif"),
    "Global": ("`global`", "all state is in the fields of the specification"),
    "Nonlocal": ("`nonlocal`", "all state is in the fields of the specification"),
    "Import": ("`import`", _IMPORTS),
    "ImportFrom": ("`import`", _IMPORTS),
    "Delete": ("`del`", "use remove(), discard(), pop() or truncate()"),
}


class Statements(Calls):
    """Translates statements."""

    def body(self, statements: list[ast.stmt]) -> None:
        """A block. Statements that cannot be reached are left out."""
        for statement in statements:
            if self.reachable:
                self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        """One statement. Raises UnsupportedStatement and others."""
        match node:
            case ast.Pass():
                pass
            case ast.Expr(value=value):
                self._expression_statement(value, node)
            case ast.Assign(targets=targets, value=value):
                self._assign(targets, value, node)
            case ast.AnnAssign():
                self._annotated(node)
            case ast.AugAssign():
                self._augmented(node)
            case ast.If():
                self._if(node)
            case ast.For():
                self._for(node)
            case ast.Return():
                self._return(node)
            case ast.Break() | ast.Continue():
                self._leave_loop(node)
            case ast.Assert(test=test):
                self.emit(ir.Assert(self.truth(test)))
            case _:
                what, hint = _UNSUPPORTED.get(type(node).__name__, (type(node).__name__, ""))
                self.fail(errors.UnsupportedStatement, node, f"{what} is not part of the language", hint)

    def _expression_statement(self, value: ast.expr, node: ast.stmt) -> None:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            return
        if isinstance(value, ast.Call):
            called = self._called(value)
            if called is specification.require:
                self._require(value)
                return
            if called is specification.choose:
                self._choose(None, value, node)
                return
        meaning = self.consumed(self.expression(value), value)
        # What is not kept still has to be evaluated: it may fail.
        if isinstance(meaning, Value) and not isinstance(meaning.expr, (ir.Const, ir.Local)):
            self.temporary(meaning.expr, node)

    def _called(self, node: ast.expr) -> Any:
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

    def _require(self, node: ast.Call) -> None:
        if self.is_property:
            self.fail(errors.ImpureProperty, node, "require() in a property", specification.PURE_HINT)
        if len(node.args) != 1 or node.keywords:
            self.fail(errors.WrongArguments, node, "require() takes one condition")
        condition = self.truth(node.args[0])
        self.emit(ir.Require(condition))
        if isinstance(condition, ir.Const) and not condition.value:
            self.reachable = False

    # Assignment.

    def _assign(self, targets: list[ast.expr], value: ast.expr, node: ast.stmt) -> None:
        if self._called(value) is specification.choose:
            if len(targets) != 1 or not isinstance(targets[0], ast.Name):
                self.fail(errors.MisplacedChoice, node, "choose() is assigned to one name", CHOICE_HINT)
            assert isinstance(value, ast.Call)
            self._choose(targets[0], value, node)
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
            meaning = self.expression(node)
        if isinstance(meaning, Reference) and meaning.place.type.is_place:
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
                with self.collecting() as needed:
                    place = self._field_place(target)
                if needed and not _is_live(value):
                    value = self.temporary(value, node)
                self.out.extend(needed)
                self.store(place, value, target)
            case ast.Subscript():
                self._store_entry(target, self._stored_value(meaning, node), target)
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

    def _annotated(self, node: ast.AnnAssign) -> None:
        if not isinstance(node.target, ast.Name):
            what = "only names are annotated inside methods"
            self.fail(errors.UnsupportedStatement, node.annotation, what, "leave the annotation out")
        if node.value is None:
            return
        if self._called(node.value) is specification.choose:
            self.fail(errors.MisplacedChoice, node.annotation, "choose() gives its own type", CHOICE_HINT)
        kind = self.annotation(node.annotation)
        local = self.local_name(node.target.id)
        if kind is None:
            self._assign([node.target], node.value, node)
            return
        self.declared.add(local)
        meaning = self.consumed(self.expression(node.value), node.value)
        if not (isinstance(meaning, Reference) and meaning.place.type == kind):
            fresh = isinstance(meaning, TupleOf) or (isinstance(meaning, Value) and meaning.fresh)
            meaning = Value(self.coerce(self.rvalue(meaning, node.value), kind, node), fresh)
        self.bind_target(node.target, meaning, node)

    def _augmented(self, node: ast.AugAssign) -> None:
        load: ast.expr
        match node.target:
            case ast.Name(id=name):
                load = ast.copy_location(ast.Name(name, ast.Load()), node.target)
                if not self._extended(load, node):
                    left, right = self.operands(load, node.value)
                    self.bind_target(node.target, Value(self.binary(node.op, left, right, node), fresh=True), node)
            case ast.Attribute():
                place = self._field_place(node.target)
                self._augment_place(place, node)
            case ast.Subscript():
                base = self._mutable(node.target.value)
                if isinstance(base.type, types.Map):
                    entry = self.entry(Reference(base), base.type, node.target)
                    place = entry.place if isinstance(entry, Reference) else entry.expr.place  # type: ignore[union-attr]  # a Load
                    self._augment_place(place, node)
                else:
                    if not isinstance(base.type, types.Seq) or isinstance(node.target.slice, ast.Slice):
                        self._no_entries(node.target, base.type)
                    key = self.temporary(self.integer(self.value(node.target.slice), node), node)
                    old = ir.Index(ir.Load(base), key, base.type.element)
                    changed = self.binary(node.op, old, self.value(node.value), node)
                    self._store_item(base, key, changed, node)

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

    # Writing to places.

    def _mutable(self, node: ast.expr) -> ir.Place:
        """The place that an expression names, for a write into it. Raises FrozenWrite, AliasedWrite."""
        meaning = self.consumed(self.expression(node), node)
        return self._place_of(meaning, node)

    def _place_of(self, meaning: Meaning, node: ast.AST) -> ir.Place:
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

    def _field_place(self, node: ast.Attribute) -> ir.Place:
        meaning = self.consumed(self.expression(node.value), node.value)
        kind = meaning.place.type if isinstance(meaning, Reference) else self.rvalue(meaning, node).type
        if not isinstance(kind, types.Struct):
            if isinstance(kind, types.Option):
                self._place_of(Value(self.rvalue(meaning, node)), node)
            self.fail(
                errors.TypeMismatch, node, f"{described(kind)} has no fields", "structs and the specification have"
            )
        if node.attr not in kind.field:
            self._no_field(node, kind)
        base = self._place_of(meaning, node)
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

    def _no_entries(self, node: ast.AST, kind: types.Type) -> NoReturn:
        what = f"only one entry of a sequence or map is assigned, not of {described(kind)}"
        if isinstance(kind, types.Seq):
            what = "a slice cannot be assigned"
        self.fail(errors.TypeMismatch, node, what, "assign the whole, or an entry: x[i] = ...")

    def store(self, place: ir.Place, value: ir.Expr, node: ast.AST) -> None:
        """Writes a value to a place."""
        self.note_write(place, node)
        self.note_content(place, self.origins(value), node)
        place = self._grown_map(place, value.type, node)
        self.emit(ir.Store(place, self.coerce(value, place.type, node)))

    def _store_entry(self, target: ast.Subscript, value: ir.Expr, node: ast.AST) -> None:
        if not isinstance(value, ir.Const) and not _is_live(value):
            value = self.temporary(value, node)
        base = self._mutable(target.value)
        if isinstance(base.type, types.Map):
            entry = self.entry(Reference(base), base.type, target)
            place = entry.place if isinstance(entry, Reference) else entry.expr.place  # type: ignore[union-attr]  # a Load
            self.store(place, value, node)
        elif isinstance(base.type, types.Seq) and not isinstance(target.slice, ast.Slice):
            self._store_item(base, self.integer(self.value(target.slice), target.slice), value, node)
        else:
            self._no_entries(target, base.type)

    def _store_item(self, base: ir.Place, index: ir.Expr, value: ir.Expr, node: ast.AST) -> None:
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
                return self._join_elements(whole, kind, node)
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
        place = self._place_of(receiver, at)
        with self.collecting() as needed:
            parts = [self._argument_value(argument) for argument in arguments]
        self.out.extend(needed)
        self.note_write(place, node)
        if name == "add" and self._is_unbounded(place) and isinstance(place.type, types.Set):
            self.hashed(parts[0], node)
        for part in parts:
            self.note_content(place, self.contents(part) if name in ("extend", "update") else self.origins(part), node)
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
        from .scope import Comprehension

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

    # Control flow.

    def _if(self, node: ast.If) -> None:
        test = self.truth(node.test)
        if isinstance(test, ir.Const):
            self.body(node.body if test.value else node.orelse)
            return
        frame, before = self.frame, set(self.frame.assigned)
        branches, ends = [], []
        for statements in (node.body, node.orelse):
            frame.assigned, self.reachable = set(before), True
            with self.collecting() as produced:
                self.body(statements)
            branches.append(tuple(produced))
            ends.append((frame.assigned, self.reachable))
        (first, first_reachable), (second, second_reachable) = ends
        self.reachable = first_reachable or second_reachable
        if first_reachable and second_reachable:
            frame.assigned = first & second
        else:
            frame.assigned = first if first_reachable else second
        self.forget_unreadable()
        self.emit(ir.If(test, branches[0], branches[1]))

    def _for(self, node: ast.For) -> None:
        meaning = self.consumed(self.expression(node.iter), node.iter)
        iteration = self.iteration(meaning, node.iter)
        if not iteration.ordered:
            self.unordered_iteration(node.iter)
        frame = self.frame
        before = set(frame.assigned)
        leave, again = self.fresh_name("break"), self.fresh_name("continue")
        frame.loops.append((leave, again, 0))
        self.multiplicity.append(max(ir.source_limit(iteration.source), 1))
        element = self.fresh_name("item")
        self.element(element, iteration)
        over = iteration.source.collection if isinstance(iteration.source, ir.Elements) else None
        with self.looping(over, node.iter), self.collecting() as produced:
            self.bind_target(node.target, iteration.parts(ir.Local(element, iteration.type)), node.target)
            self.body(node.body)
        _, _, breaks = frame.loops.pop()
        self.multiplicity.pop()
        frame.assigned, self.reachable = before, True
        loop = ir.For(element, iteration.type, iteration.source, tuple(produced), again)
        with self.collecting() as after:
            self.body(node.orelse)
        if breaks:
            self.emit(ir.Block(leave, (loop, *after)))
            self.reachable = True
            frame.assigned = before
        else:
            self.emit(loop)
            self.out.extend(after)
        self.forget_unreadable()

    def _leave_loop(self, node: ast.stmt) -> None:
        leave, again, breaks = self.frame.loops[-1]
        if isinstance(node, ast.Break):
            self.frame.loops[-1] = (leave, again, breaks + 1)
            self.emit(ir.Exit(leave))
        else:
            self.emit(ir.Exit(again))
        self.reachable = False

    def _return(self, node: ast.Return) -> None:
        frame = self.frame
        value = node.value
        if value is None and _gives_value(frame.source.tree):
            value = ast.copy_location(ast.Constant(None), node)
        if value is not None:
            self.returning(node)
            meaning = self.given_away(self.consumed(self.expression(value), value))
            saved = dict(frame.names), set(frame.assigned)
            if frame.result is not None:
                frame.names["return"] = frame.result
            self.bind_target(ast.Name("return", ast.Store()), meaning, node)
            frame.result = frame.names["return"]
            frame.names, frame.assigned = saved
        frame.exits += 1
        self.emit(ir.Exit(frame.label))
        self.reachable = False

    def returning(self, node: ast.Return) -> None:
        """A hook for what else a return decides: properties note whether their premise held."""

    def _choose(self, target: ast.expr | None, node: ast.Call, at: ast.stmt) -> None:
        if self.is_property:
            self.fail(
                errors.MisplacedChoice,
                node,
                f"choose() in {errors.with_article(self.purpose)}",
                "properties look at one state; use any() or all()",
            )
        if self.multiplicity or self.folds:
            self.fail(
                errors.MisplacedChoice, node, "choose() inside a loop", "choose before the loop, or make it a parameter"
            )
        if len(node.args) != 1 or node.keywords:
            self.fail(errors.WrongArguments, node, "choose() takes one collection")
        meaning = self.consumed(self.expression(node.args[0]), node.args[0])
        iteration = self.iteration(meaning, node.args[0])
        if not iteration.ordered:
            self.fail(
                errors.UnorderedIteration,
                node,
                "choose() from a built-in set, whose order is not defined",
                "choose from sorted(...), or from a Set field of the state",
            )
        self.check_size(ir.source_limit(iteration.source), node)
        site, name = len(self.choices), self.fresh_name("choice")
        self.choices.append(max(ir.source_limit(iteration.source), 1))
        self.element(name, iteration)
        self.emit(ir.Choose(site, name, iteration.type, iteration.source))
        if target is not None:
            self.bind_target(target, iteration.parts(ir.Local(name, iteration.type)), at)


def _gives_value(tree: ast.FunctionDef) -> bool:
    """Whether a function returns something somewhere."""
    return any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(tree))


def _is_live(value: ir.Expr) -> bool:
    """Whether this is a struct or map of the state, which CPython reads when it stores it, not before."""
    return isinstance(value, ir.Load) and value.type.is_place and value.place.root in (ir.STATE, ir.AFTER)

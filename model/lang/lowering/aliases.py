"""Second names: what else a value can be reached by, and the writes that would tell a copy from a reference.

A name, an element of a list or a part of a tuple may be, in CPython, a second reference to a struct, map or list that
changes later; in the representation it is a copy. The two agree as long as nothing is written through one of them
while the other can still be read. So the *origins* of every value that is kept are noted: the places and locals it
shares with. A later write to one of them is refused, and so is an earlier one that a loop comes back to.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ... import errors
from .. import ir, types
from .containers import Containers
from .scope import Frame, Value

_ENTRY = "[]"
NO_ORIGINS: frozenset[Origin] = frozenset()


@dataclass(frozen=True)
class Origin:
    """A place or local, and the fields on the way into it; every key of a map counts as the same."""

    root: str
    path: tuple[str, ...] = ()

    def overlaps(self, other: Origin) -> bool:
        """Whether one is a part of the other."""
        shorter = min(len(self.path), len(other.path))
        return self.root == other.root and self.path[:shorter] == other.path[:shorter]


@dataclass(frozen=True)
class Alias:
    """A name that can be read, and what it shares with. `at` is where it was bound."""

    name: str
    origins: frozenset[Origin]
    at: errors.Location | None


@dataclass
class Loop:
    """A loop being translated: the names that had a value before it, and what was written since it began."""

    frame: Frame
    before: set[str]
    writes: list[Origin]


@dataclass(frozen=True)
class Later:
    """What is evaluated after something else: the statements that it runs first, and what they write."""

    statements: list[ir.Stmt]
    writes: list[Origin]


def origin_of(place: ir.Place) -> Origin:
    """The origin that a place is."""
    return Origin(place.root, tuple(step.name if isinstance(step, ir.FieldStep) else _ENTRY for step in place.steps))


def is_changeable(kind: types.Type) -> bool:
    """Whether a value of this type can be, or contain, something that changes in place."""
    if isinstance(kind, types.Option):
        return is_changeable(kind.inner)
    return isinstance(kind, (types.Struct, types.Union, types.Map, types.Set, types.Seq, types.Bag))


def is_collection(kind: types.Type) -> bool:
    """Whether a type is a Set, Seq or Bag."""
    return isinstance(kind, (types.Set, types.Seq, types.Bag))


def is_live(value: ir.Expr) -> bool:
    """Whether this is a struct or map of the state, which CPython reads when it uses it, not before."""
    return isinstance(value, ir.Load) and value.type.is_place and value.place.root in (ir.STATE, ir.AFTER)


class Aliases(Containers):
    """Notes what shares with what, and refuses writes that would show."""

    def temporary(self, value: ir.Expr, node: ast.AST, base: str = "t") -> ir.Expr:
        kept = super().temporary(value, node, base)
        if isinstance(kept, ir.Local):
            self.share(kept.name, self.origins(value))
            self.note_builtin(kept.name, value)
        return kept

    def evaluated(self, value: ir.Expr, node: ast.AST) -> None:
        """Keeps the evaluation of something whose value makes no difference: it may fail."""
        if not isinstance(value, (ir.Const, ir.Local, ir.Load)):
            self.temporary(value, node)

    def separate(self, value: ir.Expr, node: ast.AST) -> ir.Expr:
        """The value in a local that shares with nothing: a deep copy."""
        kept = self.temporary(value, node)
        if isinstance(kept, ir.Local):
            self.shared.pop(kept.name, None)
        return kept

    def is_owned(self, local: str) -> bool:
        """Whether a local holds a struct or collection of its own, made in the specification."""
        return any(
            binding.owned and isinstance(binding.meaning, Value) and _is_local(binding.meaning.expr, local)
            for frame in self.frames
            for binding in frame.names.values()
        )

    # Origins.

    def share(self, local: str, origins: frozenset[Origin]) -> None:
        """Notes that what a local holds is, or contains, something of these origins."""
        if origins:
            self.shared[local] = self.shared.get(local, NO_ORIGINS) | origins

    def origins(self, value: ir.Expr) -> frozenset[Origin]:  # noqa: PLR0911  # one line a construct
        """What a change of a value in CPython would also change, or be caused by."""
        if not is_changeable(value.type):
            return NO_ORIGINS
        match value:
            case ir.Local(name=name):
                own = frozenset({Origin(name)}) if self.is_owned(name) else NO_ORIGINS
                return own | self.shared.get(name, NO_ORIGINS)
            case ir.Load(place=place):
                return self._origins_of_place(place)
            case ir.GetField(struct=inner):
                # Reading a collection or optional of a struct gives a snapshot.
                return self.origins(inner) if value.type.is_place else NO_ORIGINS
            case ir.GetEntry(map=inner) | ir.Unwrap(option=inner) | ir.Narrow(union=inner):
                return self.origins(inner)
            case ir.Convert(value=inner) | ir.Do(value=inner):
                return self.origins(inner)
            case ir.Index(seq=inner):
                return self.contents(inner)
            case ir.IfElse(then=then, otherwise=otherwise):
                return self.origins(then) | self.origins(otherwise)
        return self._origins_inside(value)

    def _origins_inside(self, value: ir.Expr) -> frozenset[Origin]:
        """The origins of the elements of a collection that was just made."""
        parts: tuple[ir.Expr, ...] = ()
        match value:
            case ir.MakeSeq(items=items) | ir.MakeSet(items=items) | ir.MakeMap(items=items):
                parts = items
            case ir.Fold(kind="set" | "seq", body=body):
                parts = (body,)
            case ir.Concat(left=left, right=right) | ir.SetOperation(left=left, right=right):
                return self.contents(left) | self.contents(right)
            case ir.Slice(seq=seq):
                return self.contents(seq)
        return NO_ORIGINS.union(*map(self.origins, parts))

    def contents(self, value: ir.Expr) -> frozenset[Origin]:
        """The origins of what is inside a value, for a shallow copy of it."""
        kind = value.type
        if not isinstance(kind, (types.Set, types.Seq, types.Bag, types.Map)) or not is_changeable(kind.element):
            return NO_ORIGINS
        if isinstance(value, ir.Local) and is_collection(kind):
            # Elements cannot be changed through the collection.
            return self.shared.get(value.name, NO_ORIGINS)
        return self.origins(value)

    def _origins_of_place(self, place: ir.Place) -> frozenset[Origin]:
        of_state = place.root in (ir.STATE, ir.AFTER)
        snapshot = of_state or (bool(place.steps) and isinstance(place.steps[-1], ir.FieldStep))
        if snapshot and not place.type.is_place:
            return NO_ORIGINS
        return frozenset({origin_of(place)}) | self.shared.get(place.root, NO_ORIGINS)

    # Names and writes.

    def note_alias(
        self,
        name: str,
        origins: frozenset[Origin],
        node: ast.AST | errors.Location | None,
        frame: Frame | None = None,
    ) -> None:
        """Notes that a name is bound to, or has in it, something of these origins. Raises AliasedWrite."""
        if not origins:
            return
        frame = frame or self.frame
        alias = Alias(name, origins, self.location(node) if isinstance(node, ast.AST) else node)
        frame.aliases.append(alias)
        for loop in self.loops:
            if loop.frame is frame and name in loop.before:
                fresh = {self.local_name(other, frame) for other in frame.names if other not in loop.before}
                self._refuse_overlap(alias, {origin for origin in origins if origin.root not in fresh}, loop.writes)

    def note_content(self, place: ir.Place, origins: frozenset[Origin], node: ast.AST) -> None:
        """Notes that something of these origins was put into a local collection."""
        if place.root in (ir.STATE, ir.AFTER) or any(isinstance(step, ir.FieldStep) for step in place.steps):
            return
        self.share(place.root, origins)
        for frame in self.frames:
            for name, binding in frame.names.items():
                if binding.owned and isinstance(binding.meaning, Value) and _is_local(binding.meaning.expr, place.root):
                    self.note_alias(name, origins, node, frame)

    def note_write(self, place: ir.Place, node: ast.AST) -> None:
        """Notes a write. Raises ImpureProperty, AliasedWrite, UnsupportedExpression."""
        origin, via = origin_of(place), _base_name(node)
        if place.root in (ir.STATE, ir.AFTER):
            if self.is_property:
                what = f"{errors.with_article(self.purpose)} changes the state"
                self.fail(errors.ImpureProperty, node, what, "properties only look; actions change")
        else:
            self.mutated.add(place.root)
        if self.folds > self.fold_depths.get(place.root, 0):
            what = "a comprehension or generator expression that changes something"
            self.fail(errors.UnsupportedExpression, node, what, "write a for statement")
        if len(place.steps) > 1 and self.shared.get(place.root):
            # Inside an element that may be something else as well.
            self.aliased_write(node)
        for loop in self.loops:
            loop.writes.append(origin)
        for frame in self.frames:
            for alias in frame.aliases:
                if not (frame is self.frame and alias.name == via):
                    self._refuse_overlap(alias, alias.origins, [origin])

    def _refuse_overlap(self, alias: Alias, origins: set[Origin] | frozenset[Origin], writes: list[Origin]) -> None:
        if any(origin.overlaps(write) for origin in origins for write in writes):
            what = f"{alias.name} is a second name for something that changes"
            raise aliased_write(alias.at, what if alias.name else "what this loop runs over changes in it")

    def aliased_write(self, node: ast.AST) -> None:
        """Refuses a write through a name that does not own what it is bound to."""
        raise aliased_write(self.location(node), "a change through a second name of a collection or struct")

    @contextmanager
    def looping(self, over: ir.Expr | None, node: ast.AST) -> Iterator[None]:
        """Around the translation of a loop's body. A list that is iterated over does not change meanwhile."""
        frame = self.frame
        self.loops.append(Loop(frame, set(frame.assigned), []))
        iterated = Alias("", self.origins(over) if over is not None else NO_ORIGINS, self.location(node))
        frame.aliases.append(iterated)
        try:
            yield
        finally:
            self.loops.pop()
            frame.aliases = [alias for alias in frame.aliases if alias is not iterated]

    def forget_unreadable(self) -> None:
        """Drops the names that may have no value here: nothing reads them before they are bound again."""
        frame = self.frame
        frame.aliases = [alias for alias in frame.aliases if not alias.name or alias.name in frame.assigned]

    @contextmanager
    def later(self) -> Iterator[Later]:
        """Around the evaluation of what follows values that are `kept`; emits nothing yet."""
        during = Loop(self.frame, set(), [])
        self.loops.append(during)
        try:
            with self.collecting() as statements:
                yield Later(statements, during.writes)
        finally:
            self.loops.pop()

    def kept(self, value: ir.Expr, later: Later, node: ast.AST) -> ir.Expr:
        """A value as it is before later statements run. Raises AliasedWrite for a copy of what they change."""
        if not later.statements or is_live(value):
            return value
        self.spared(value, later, node)
        return self.temporary(value, node)

    def spared(self, value: ir.Expr, later: Later, node: ast.AST) -> None:
        """Refuses a copy of something that what is evaluated later changes. Raises AliasedWrite."""
        if any(origin.overlaps(write) for origin in self.origins(value) for write in later.writes):
            raise aliased_write(self.location(node), "what is evaluated after this changes it")

    @contextmanager
    def unchanged(self, place: ir.Place, node: ast.AST) -> Iterator[None]:
        """Around what is evaluated after a collection is named and before it is written. Raises AliasedWrite."""
        during = Loop(self.frame, set(), [])
        self.loops.append(during)
        try:
            yield
        finally:
            self.loops.pop()
        of_struct = any(isinstance(step, ir.FieldStep) for step in place.steps)
        if (of_struct or place.root in (ir.STATE, ir.AFTER)) and origin_of(place) in during.writes:
            raise errors.AliasedWrite(
                "this changes a collection while it is being changed",
                at=self.location(node),
                hint="take the value in a statement before: x = ...",
            )

    @contextmanager
    def folding(self) -> Iterator[None]:
        """Around the translation of a generator expression or comprehension."""
        self.folds += 1
        try:
            yield
        finally:
            self.folds -= 1


def aliased_write(at: errors.Location | None, what: str) -> errors.AliasedWrite:
    """The error for a change that a second name would or would not see."""
    return errors.AliasedWrite(
        what,
        at=at,
        hint="change it where it is: self.field.add(...); or make a copy first: list(...), set(...), copy_of(...)",
    )


def _is_local(value: ir.Expr, name: str) -> bool:
    return isinstance(value, ir.Local) and value.name == name


def _base_name(node: ast.AST) -> str:
    """The name through which a statement or target writes: `me` in `me.log.append(x)`."""
    while not isinstance(node, ast.Name):
        match node:
            case ast.AugAssign(target=inner) | ast.Attribute(value=inner) | ast.Subscript(value=inner):
                node = inner
            case ast.Call(func=ast.Attribute(value=inner)):
                node = inner
            case _:
                return ""
    return node.id

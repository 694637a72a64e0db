"""Which of Python's collections a value is when it runs: one of the state, or a built-in one.

To the representation they are the same. In Python they are not: built-in sets have no order, lists and sets cannot be
elements of sets, and a list never equals a tuple. Whatever would show that is refused.
"""

from __future__ import annotations

import ast
import functools
import itertools

from ... import errors
from .. import ir, types
from .scope import Context

LIST, TUPLE, ANY = frozenset({"list"}), frozenset({"tuple"}), frozenset[str]()

#: Which of lists and tuples a value may be, then its elements, and so on. Neither, for all else and what is not known.
Kinds = tuple[frozenset[str], ...]


class Containers(Context):
    """Notes which locals hold built-in collections."""

    def note_builtin(self, local: str, value: ir.Expr) -> None:
        """Notes that a local holds a built-in collection."""
        # A local set of one element may get more.
        unordered = self.is_unordered(value) or isinstance(value, ir.MakeSet)
        for known, found in ((self.unordered, unordered), (self.unhashable, self.is_unhashable(value))):
            if found and local not in known:
                known.add(local)
                # Author's names are remembered for the next pass, which then knows it from the start.
                self.changed = self.changed or "'" not in local
        self.note_kinds(local, self.kinds_of(value))

    def note_kinds(self, local: str, found: Kinds) -> None:
        """Notes of which kinds the sequences in a local are."""
        joined = both(self.kinds[local], found) if local in self.kinds else found
        if self.kinds.get(local) != joined:
            self.kinds[local] = joined
            self.changed = self.changed or "'" not in local

    def is_unhashable(self, value: ir.Expr) -> bool:  # noqa: PLR0911  # one line a construct
        """Whether something is a built-in list or set, which cannot be an element of a built-in set."""
        kind = value.type.inner if isinstance(value.type, types.Option) else value.type
        if not isinstance(kind, (types.Set, types.Seq, types.Map)):
            return False
        match value:
            case ir.Local(name=name):
                return name in self.unhashable
            case ir.Load(place=place):
                return place.root in self.unhashable
            case ir.Do(value=inner) | ir.Convert(value=inner) | ir.Unwrap(option=inner) | ir.Slice(seq=inner):
                return self.is_unhashable(inner)
            case ir.IfElse(then=left, otherwise=right):
                return self.is_unhashable(left) or self.is_unhashable(right)
            case ir.SetOperation(left=left, right=right) | ir.Concat(left=left, right=right):
                return self.is_unhashable(left) and self.is_unhashable(right)
            case ir.MakeSet() | ir.MakeSeq() | ir.MakeMap() | ir.Fold() | ir.Sorted():
                return True
            case ir.Index(seq=inner) | ir.GetEntry(map=inner):
                return not _is_stored(inner)
        return False

    def as_tuple(self, value: ir.Expr, node: ast.AST) -> ir.Expr:
        """A collection as one that Python takes as an element of a set: a tuple or frozenset."""
        kept = self.temporary(value, node)
        if isinstance(kept, ir.Local):
            self.unhashable.discard(kept.name)
            self.kinds[kept.name] = (TUPLE, *self.kinds_of(value)[1:])
        return kept

    def kinds_of(self, value: ir.Expr) -> Kinds:  # noqa: PLR0911  # one line a construct
        """Which of Python's sequences something is, and then its elements; no more than is known."""
        match value:
            case ir.Local(name=name):
                return self.kinds.get(name, ())
            case ir.Load(place=ir.Place(root=root, steps=steps)):
                inside = all(isinstance(step, ir.KeyStep) for step in steps)
                return self.kinds.get(root, ())[len(steps) :] if inside else ()
            case ir.Do(value=inner) | ir.Convert(value=inner) | ir.Unwrap(option=inner) | ir.Slice(seq=inner):
                return self.kinds_of(inner)
            case ir.IfElse(then=left, otherwise=right) | ir.Concat(left=left, right=right):
                return both(self.kinds_of(left), self.kinds_of(right))
            case ir.SetOperation(left=left, right=right):
                return both(self.kinds_of(left), self.kinds_of(right))
            case ir.MakeSeq(items=items) | ir.MakeSet(items=items) | ir.MakeMap(items=items):
                own = LIST if isinstance(value, ir.MakeSeq) else ANY
                return (own, *functools.reduce(both, map(self.kinds_of, items))) if items else (own,)
            case ir.Fold(kind="set" | "seq" as kind, body=body):
                return (LIST if kind == "seq" else ANY, *self.kinds_of(body))
            case ir.Sorted():
                return (LIST,)
            case ir.Index(seq=inner) | ir.GetEntry(map=inner):
                return self.kinds_of(inner)[1:]
        return ()

    def alike(self, left: Kinds, right: Kinds, node: ast.AST) -> None:
        """Refuses what Python does not have: a list that equals a tuple, or is added to one. Raises TypeMismatch."""
        pairs = itertools.chain(zip(left, right, strict=False), zip(right, left, strict=False))
        if any(one >= LIST and other >= TUPLE for one, other in pairs):
            what = "to Python, a list and a tuple are never equal and cannot be added"
            self.fail(errors.TypeMismatch, node, what, "make both lists, or both tuples: tuple(...)")

    def hashed(self, value: ir.Expr, node: ast.AST) -> ir.Expr:
        """An element of a built-in set. Raises TypeMismatch for what Python cannot put there."""
        if self.is_unhashable(value):
            what = "Python does not take lists and sets as elements of a set"
            self.fail(errors.TypeMismatch, node, what, "write frozenset(...) for a set, tuple(...) for a list")
        return value

    def is_unordered(self, value: ir.Expr) -> bool:  # noqa: PLR0911  # one line a construct
        """Whether a set or bag has no canonical order when it runs in CPython: built-in sets, and Bag().

        For a map: whether it has such entries.
        """
        kind = value.type.inner if isinstance(value.type, types.Option) else value.type
        if not isinstance(kind, (types.Set, types.Bag, types.Map)):
            return False
        match value:
            case ir.Local(name=name):
                return name in self.unordered
            case ir.Load(place=place):
                return place.root in self.unordered
            case ir.Do(value=inner) | ir.Convert(value=inner) | ir.Unwrap(option=inner):
                return self.is_unordered(inner)
            case ir.IfElse(then=left, otherwise=right):
                return self.is_unordered(left) or self.is_unordered(right)
            case ir.SetOperation(left=left, right=right):
                return self.is_unhashable(left) and self.is_unhashable(right)
            case ir.MakeSet(items=items):
                return len(items) > 1
            case ir.MakeMap(items=items):
                return any(map(self.is_unordered, items))
            case ir.Fold():
                return True
            case ir.Const():
                return isinstance(kind, types.Bag)
            case ir.Index(seq=inner) | ir.GetEntry(map=inner):
                return not _is_stored(inner)
        return False


def both(left: Kinds, right: Kinds) -> Kinds:
    """What something may be that is one or the other."""
    return tuple(one | other for one, other in itertools.zip_longest(left, right, fillvalue=ANY))


def _is_stored(value: ir.Expr) -> bool:
    """Whether a value is read from the state or a struct, whose sets iterate in canonical order."""
    match value:
        case ir.Load(place=place):
            return place.root in (ir.STATE, ir.AFTER)
        case ir.GetField():
            return True
        case ir.Index(seq=inner) | ir.GetEntry(map=inner) | ir.Unwrap(option=inner) | ir.Slice(seq=inner):
            return _is_stored(inner)
    return False

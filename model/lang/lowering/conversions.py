"""Types that meet: joins, conversions, truth, equality and order."""

from __future__ import annotations

import ast
import typing
from typing import Any

from ... import errors
from .. import ir, types
from .aliases import Aliases, is_collection
from .scope import (
    WIDE,
    Meaning,
    Reference,
    TupleOf,
    Value,
    optional,
)
from .wording import described, instead, unvalued

BOOL = types.Bool()
TRUE = ir.Const(True, BOOL)
FALSE = ir.Const(False, BOOL)


def number(value: int) -> ir.Const:
    """An integer constant."""
    return ir.Const(value, types.Int(value, value))


def is_integer(kind: types.Type) -> bool:
    """Whether values of a type are integers."""
    return isinstance(kind, (types.Int, ir.Integer))


def bounds(kind: types.Type) -> tuple[int, int] | None:
    """The bounds of an integer type, if known."""
    return (kind.low, kind.high) if isinstance(kind, types.Int) and kind != WIDE else None


def conjunction(parts: list[ir.Expr]) -> ir.Expr:
    """All of them, simplified."""
    kept: list[ir.Expr] = []
    for part in parts:
        if part == FALSE:
            return FALSE if not kept else ir.And((*kept, FALSE))
        if part != TRUE:
            kept.append(part)
    return TRUE if not kept else kept[0] if len(kept) == 1 else ir.And(tuple(kept))


def disjunction(parts: list[ir.Expr]) -> ir.Expr:
    """Any of them, simplified."""
    kept: list[ir.Expr] = []
    for part in parts:
        if part == TRUE:
            return TRUE if not kept else ir.Or((*kept, TRUE))
        if part != FALSE:
            kept.append(part)
    return FALSE if not kept else kept[0] if len(kept) == 1 else ir.Or(tuple(kept))


def negation(value: ir.Expr) -> ir.Expr:
    """The opposite, simplified."""
    if isinstance(value, ir.Const):
        return FALSE if value.value else TRUE
    return value.value if isinstance(value, ir.Not) else ir.Not(value)


def union_of_both(left: types.Type, right: types.Type) -> types.Union | None:
    """The union that has the values of both; None unless both are structs or unions of them."""
    parts = tuple(dict.fromkeys((*types.members_of(left), *types.members_of(right))))
    structs = tuple(part for part in parts if isinstance(part, types.Struct))
    return types.Union(structs) if len(structs) == len(parts) else None


def member_test(value: ir.Expr, wanted: tuple[types.Type, ...]) -> ir.Expr:
    """Whether a value of a union is one of these structs."""
    kind = value.type
    assert isinstance(kind, types.Union)
    members = [member for member in kind.members if member in wanted]
    return TRUE if len(members) == len(kind.members) else disjunction([ir.IsInstance(value, one) for one in members])


class Conversions(Aliases):
    """Joins and conversions between types."""

    def join(self, left: types.Type, right: types.Type, node: ast.AST) -> types.Type:  # noqa: PLR0911  # a row a case
        """The smallest type that has the values of both. Raises TypeMismatch."""
        if left == right:
            return left
        if isinstance(left, ir.Nothing) or isinstance(right, ir.Nothing):
            other = right if isinstance(left, ir.Nothing) else left
            return other if isinstance(other, types.Option) else optional(other)
        if isinstance(left, types.Option) or isinstance(right, types.Option):
            return optional(self.join(_inner(left), _inner(right), node))
        if is_integer(left) and is_integer(right):
            a, b = bounds(left), bounds(right)
            return types.Int(min(a[0], b[0]), max(a[1], b[1])) if a and b else ir.Integer()
        if isinstance(left, types.Domain) and is_integer(right):
            return self.join(self._as_integer(left, node), right, node)
        if isinstance(right, types.Domain) and is_integer(left):
            return self.join(left, self._as_integer(right, node), node)
        if isinstance(left, types.Set) and isinstance(right, types.Set):
            size = None if left.size is None or right.size is None else max(left.size, right.size)
            return self.set_type(self._join_elements(left.element, right.element, node), size, node)
        if isinstance(left, types.Seq) and isinstance(right, types.Seq):
            return types.Seq(self._join_elements(left.element, right.element, node), max(left.size, right.size))
        if isinstance(left, types.Map) and isinstance(right, types.Map) and left.key == right.key:
            element = self._join_elements(left.element, right.element, node)
            self.bounded(element, node)
            return types.Map(left.key, element, left.make)
        if isinstance(left, types.Bag) and isinstance(right, types.Bag):
            return types.Bag(self._join_elements(left.element, right.element, node), max(left.size, right.size))
        union = union_of_both(left, right)
        if union is not None:
            return union
        what = f"{described(left)} and {described(right)} have nothing in common"
        return self.mismatch(node, what, "what is compared, joined or bound to one name has one type")

    def _join_elements(self, left: types.Type, right: types.Type, node: ast.AST) -> types.Type:
        if isinstance(left, ir.Nothing):
            return right
        return left if isinstance(right, ir.Nothing) else self.join(left, right, node)

    def element_type(self, kinds: list[types.Type], node: ast.AST, *, only_nones: bool = False) -> types.Type:
        """The type of the elements that a collection has; Nothing for an empty one. Raises UnboundedLocal."""
        known = [kind for kind in kinds if not isinstance(kind, ir.Nothing)]
        if not known:
            if kinds and not only_nones:
                what = "a collection of nothing but None has no type"
                self.fail(errors.UnboundedLocal, node, what, "compare with None itself: x is None")
            return ir.Nothing()
        element = known[0]
        for kind in known[1:]:
            element = self.join(element, kind, node)
        return self.join(element, ir.Nothing(), node) if len(known) < len(kinds) else element

    def annotation(self, node: ast.expr) -> types.Type | None:
        """The type that an annotation in a method names; None for plain `int`, whose bounds are found."""
        function = self.frame.function
        scope = dict(function.__globals__)
        try:
            annotation = eval(ast.unparse(node), scope)  # noqa: S307  # the author's own annotation, as Python would
            if isinstance(annotation, str):
                annotation = eval(annotation, scope)  # noqa: S307  # as above
            if typing.get_origin(annotation) in (list, tuple, set, frozenset, dict):
                return None
            return self.specification.resolver.resolve(annotation, "a local")
        except errors.UnboundedType:
            return None
        except errors.SpecificationError as error:
            error.at = self.location(node)
            raise
        except Exception as error:
            what = f"this annotation cannot be evaluated: {error}"
            self.fail(errors.UnknownName, node, what, "name a type of the module, or leave the annotation out")

    def mismatch(self, node: ast.AST, what: str, hint: str = "") -> types.Type:
        self.fail(errors.TypeMismatch, node, what, hint)

    def _as_integer(self, kind: types.Type, node: ast.AST) -> types.Int:
        assert isinstance(kind, types.Domain)
        if kind.symmetric:
            self.fail(
                errors.SymmetricOrder,
                node,
                f"{described(kind)} is not a number: they are interchangeable",
                "compare them with == only, and take them from parameters, maps and sets; or drop symmetric=True",
            )
        return types.Int(0, kind.size - 1)

    def is_ordered_by_name(self, source: ir.Source) -> bool:
        """Whether a loop goes through something in an order that is one of interchangeable identities."""
        kind = source.type if isinstance(source, ir.Values) else None
        if isinstance(source, ir.Elements) and isinstance(source.collection.type, (types.Set, types.Bag)):
            kind = source.collection.type.element
        return kind is not None and bool(types.symmetric_domains(kind))

    def set_type(self, element: types.Type, size: int | None, node: ast.AST) -> types.Set:
        """The type of a computed set: without size when the elements are few enough for a mask."""
        if isinstance(element, ir.Nothing):
            return types.Set(element, 0)
        self.bounded(element, node)
        if element.count <= 256:
            return types.Set(element, None)
        if size is None:
            self.fail(errors.UnboundedLocal, node, f"a set of {element} has no bound", "annotate it with a Size")
        return types.Set(element, size)

    def bounded(self, element: types.Type, node: ast.AST) -> None:
        if isinstance(element, ir.Integer) or _inner(element) == WIDE:
            self.fail(
                errors.UnboundedLocal,
                node,
                "the integers in this collection have no known bounds",
                "keep them in an annotated local or a field: x: Annotated[int, Range(low, high)] = ...",
            )

    def coerce(self, value: ir.Expr, kind: types.Type, node: ast.AST) -> ir.Expr:
        """The value as exactly this type; checked when it runs where it may not fit. Raises TypeMismatch."""
        have = value.type
        if have == kind:
            return value
        if is_integer(have) and isinstance(_inner(kind), types.Domain):
            self._as_integer(_inner(kind), node)
        if isinstance(value, ir.Const) and not isinstance(have, (types.Struct, types.Map)):
            try:
                return ir.Const(kind.fit(value.value), kind)
            except (errors.OutOfRange, errors.NoRoom, NotImplementedError):
                pass
        if isinstance(have, types.Option) and not isinstance(kind, (types.Option, ir.Nothing)):
            return self.coerce(ir.Unwrap(value, have.inner), kind, node)
        if isinstance(have, types.Map) and isinstance(kind, types.Map) and have.key == kind.key:
            return self._converted_map(value, have, kind, node)
        if isinstance(have, types.Union) and isinstance(kind, types.Struct) and kind in have.members:
            return ir.Narrow(value, kind)
        if self.convertible(have, kind, node):
            return ir.Convert(value, kind)
        self.mismatch(node, f"{described(have)} is not {described(kind)}", instead(have, kind))
        return value

    def _converted_map(self, value: ir.Expr, have: types.Map, kind: types.Map, node: ast.AST) -> ir.Expr:
        """A map with every entry converted."""
        if isinstance(value, ir.MakeMap):
            return ir.MakeMap(tuple(self.coerce(item, kind.element, node) for item in value.items), kind)
        name = self.fresh_name("map")
        self.locals[name] = have
        entries = [
            ir.GetEntry(ir.Local(name, have), ir.Const(key, have.key), have.element) for key in have.key.values()
        ]
        items = tuple(self.coerce(entry, kind.element, node) for entry in entries)
        return ir.Do((ir.Assign(name, value),), ir.MakeMap(items, kind))

    def convertible(self, have: types.Type, want: types.Type, node: ast.AST) -> bool:
        """Whether a conversion between two different types makes sense."""
        if have == want or (is_integer(have) and is_integer(want)):
            return True
        if isinstance(want, types.Option):
            if isinstance(have, ir.Nothing):
                return True
            return self.convertible(_inner(have), want.inner, node)
        if isinstance(have, types.Domain) and is_integer(want):
            return bool(self._as_integer(have, node))
        if isinstance(want, types.Domain) and is_integer(have):
            return bool(self._as_integer(want, node))
        if isinstance(want, types.Union):
            return any(part in want.members for part in types.members_of(have))
        for kind in (types.Set, types.Seq, types.Bag):
            if isinstance(have, kind) and isinstance(want, kind):
                return isinstance(have.element, ir.Nothing) or self.convertible(have.element, want.element, node)
        return False

    def truth_of(self, value: ir.Expr, node: ast.AST) -> ir.Expr:
        """Python's truth of a value."""
        kind = value.type
        if isinstance(kind, types.Bool):
            return value
        if is_integer(kind):
            return ir.Compare("!=", value, number(0))
        if is_collection(kind):
            return ir.Compare("!=", self.length(value), number(0))
        if isinstance(kind, types.Option):
            kept = self.temporary(value, node)
            return conjunction([ir.Not(ir.IsNone(kept)), self.truth_of(ir.Unwrap(kept, kind.inner), node)])
        if isinstance(kind, ir.Nothing):
            return FALSE
        self.mismatch(node, f"{described(kind)} is neither true nor false", "compare it with something")
        return value

    def length(self, value: ir.Expr) -> ir.Expr:
        kind = value.type
        assert isinstance(kind, (types.Set, types.Seq, types.Bag))
        if isinstance(value, ir.Const):
            return number(len(value.value))
        return ir.Length(value, types.Int(0, kind.capacity))

    def equal(self, left: ir.Expr, right: ir.Expr, node: ast.AST) -> ir.Expr:
        """`left == right` for values of any types that can be compared."""
        a, b = left.type, right.type
        if isinstance(a, ir.Nothing) or isinstance(b, ir.Nothing):
            other = right if isinstance(a, ir.Nothing) else left
            if isinstance(other.type, types.Option):
                return ir.IsNone(other)
            self.evaluated(left, node)
            self.evaluated(right, node)
            return TRUE if isinstance(other.type, ir.Nothing) else FALSE
        if isinstance(left, ir.Const) and isinstance(right, ir.Const) and a == b:
            return TRUE if left.value == right.value else FALSE
        if is_integer(a) and is_integer(b):
            return ir.Compare("==", left, right)
        if isinstance(a, types.Option) and is_integer(a.inner) and is_integer(b):
            # Both are evaluated, and the number need not fit into the optional one.
            left, right = self.temporary(left, node), self.temporary(right, node)
            return conjunction([ir.Not(ir.IsNone(left)), ir.Compare("==", ir.Unwrap(left, a.inner), right)])
        if is_integer(a) and isinstance(b, types.Option) and is_integer(b.inner):
            left, right = self.temporary(left, node), self.temporary(right, node)
            return conjunction([ir.Not(ir.IsNone(right)), ir.Compare("==", left, ir.Unwrap(right, b.inner))])
        self.alike(self.kinds_of(left), self.kinds_of(right), node)
        joined = self.join(a, b, node)
        if isinstance(joined, types.Union) and joined not in (a, b):
            self.mismatch(node, f"{described(a)} and {described(b)} are never equal")
        return ir.Compare("==", self.coerce(left, joined, node), self.coerce(right, joined, node))

    def ordered(self, op: str, left: ir.Expr, right: ir.Expr, node: ast.AST) -> ir.Expr:
        """`< <= > >=` on integers, and inclusion on sets."""
        if isinstance(left.type, types.Set) and isinstance(right.type, types.Set):
            return self._inclusion(op, left, right, node)
        left, right = (self.integer(side, node) for side in (left, right))
        if isinstance(left, ir.Const) and isinstance(right, ir.Const):
            results = {"<": left.value < right.value, "<=": left.value <= right.value}
            results |= {">": left.value > right.value, ">=": left.value >= right.value}
            return TRUE if results[op] else FALSE
        assert op in ("<", "<=", ">", ">=")
        return ir.Compare(op, left, right)  # type: ignore[arg-type]  # narrowed by the assertion above

    def _inclusion(self, op: str, left: ir.Expr, right: ir.Expr, node: ast.AST) -> ir.Expr:
        kind = self.join(left.type, right.type, node)
        left, right = self.coerce(left, kind, node), self.coerce(right, kind, node)
        if op in (">", ">="):
            left, right = right, left
        if op in ("<=", ">="):
            return ir.Subset(left, right)
        left, right = self.temporary(left, node), self.temporary(right, node)
        return ir.And((ir.Subset(left, right), ir.Compare("!=", left, right)))

    def integer(self, value: ir.Expr, node: ast.AST) -> ir.Expr:
        """The value as an integer, for arithmetic and order. Raises TypeMismatch, SymmetricOrder."""
        kind = value.type
        if is_integer(kind):
            return value
        if isinstance(kind, types.Option):
            return self.integer(ir.Unwrap(value, kind.inner), node)
        if isinstance(kind, types.Domain):
            return self.coerce(value, self._as_integer(kind, node), node)
        if isinstance(kind, types.Bool):
            return ir.IfElse(value, _one(1), _one(0), types.Int(0, 1))
        what = f"{described(kind)} is not a number"
        self.mismatch(node, what, "arithmetic, order and indexes are for numbers; everything else has == and !=")
        return value

    def ranked(self, value: ir.Expr, node: ast.AST) -> ir.Expr:
        """The value as an integer, for min() and max(), which give a bool of bools in Python."""
        if isinstance(_inner(value.type), types.Bool):
            self.mismatch(node, "min() and max() are for numbers", "write any(...) or all(...), or int(...)")
        return self.integer(value, node)

    def contains(self, item: ir.Expr, collection: ir.Expr, node: ast.AST) -> ir.Expr:
        """`item in collection`; false, as in Python, for an item that could not be an element."""
        self.alike(self.kinds_of(item), self.kinds_of(collection)[1:], node)
        possible, stored = self.as_element(item, collection.type.element, node)  # type: ignore[attr-defined]  # a collection
        if possible == TRUE:
            return ir.Contains(stored, collection)
        self.evaluated(collection, node)
        return FALSE if possible == FALSE else ir.And((possible, ir.Contains(stored, collection)))

    def as_element(self, item: ir.Expr, element: types.Type, node: ast.AST) -> tuple[ir.Expr, ir.Expr]:
        """Whether something can be an element of this type, and the element that it then is."""
        if item.type == element:
            return TRUE, item
        item = self.temporary(item, node)
        possible = FALSE if isinstance(element, ir.Nothing) else self.fits(item, element)
        return possible, item if possible == FALSE else self.coerce(item, element, node)

    def fits(self, value: ir.Expr, kind: types.Type) -> ir.Expr:  # noqa: PLR0911  # a row a case
        """Whether a value of another type is a value of this one; true where only `coerce` can tell."""
        have = value.type
        if have == kind or (isinstance(have, ir.Nothing) and isinstance(kind, types.Option)):
            return TRUE
        if isinstance(have, types.Option):
            inside = self.fits(ir.Unwrap(value, have.inner), _inner(kind))
            if isinstance(kind, types.Option):
                return disjunction([ir.IsNone(value), inside])
            return conjunction([ir.Not(ir.IsNone(value)), inside])
        if isinstance(have, ir.Nothing):
            return FALSE
        if isinstance(kind, types.Option):
            return self.fits(value, kind.inner)
        if isinstance(have, types.Union):
            return member_test(value, types.members_of(kind))
        if isinstance(kind, types.Union):
            return TRUE if have in kind.members else FALSE
        if isinstance(have, types.Domain) and isinstance(kind, types.Int):
            return self.fits(ir.Convert(value, types.Int(0, have.size - 1)), kind)
        if is_integer(have) and isinstance(kind, (types.Int, types.Domain)):
            low, high = (kind.low, kind.high) if isinstance(kind, types.Int) else (0, kind.size - 1)
            tests = [ir.Compare(">=", value, number(low)), ir.Compare("<=", value, number(high))]
            return conjunction([TRUE if _always(test) else test for test in tests])
        if is_collection(have) and is_collection(kind):
            return self._collection_fits(value, have, kind)
        return TRUE

    def _collection_fits(self, value: ir.Expr, have: Any, kind: Any) -> ir.Expr:
        tests: list[ir.Expr] = []
        if kind.size is not None and have.capacity > kind.size:
            tests.append(ir.Compare("<=", self.length(value), number(kind.size)))
        name = self.fresh_name("element")
        self.locals[name] = have.element
        inside = TRUE if isinstance(have.element, ir.Nothing) else self.fits(ir.Local(name, have.element), kind.element)
        if inside != TRUE:
            generator = ir.Generator(name, have.element, ir.Elements(value), ())
            tests.append(ir.Fold("all", (generator,), inside, None, BOOL))
        return conjunction(tests)

    def rvalue(self, meaning: Meaning, node: ast.AST) -> ir.Expr:
        """What something means as a value. Raises TypeMismatch for what has none."""
        if isinstance(meaning, Value):
            return meaning.expr
        if isinstance(meaning, Reference):
            return ir.Load(meaning.place)
        if isinstance(meaning, TupleOf):
            items = [self.rvalue(item, node) for item in meaning.items]
            element = self.element_type([item.type for item in items], node)
            self.bounded(element, node)
            made = tuple(self.coerce(item, element, node) for item in items)
            return self.as_tuple(ir.MakeSeq(made, types.Seq(element, len(items))), node)
        self.mismatch(node, *unvalued(meaning))
        raise AssertionError


def _inner(kind: types.Type) -> types.Type:
    return kind.inner if isinstance(kind, types.Option) else kind


def _always(test: ir.Compare) -> bool:
    """Whether a comparison of a number with a constant follows from the number's bounds."""
    known = bounds(test.left.type)
    assert isinstance(test.right, ir.Const)
    return known is not None and (known[0] >= test.right.value if test.op == ">=" else known[1] <= test.right.value)


def _one(value: int) -> ir.Const:
    return ir.Const(value, types.Int(0, 1))

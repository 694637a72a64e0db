"""Random expressions of a wanted type, over the places of a state and over locals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from fencepost.model.lang import ir, types
from native.strategies import KEYS, SMALL, map_of, struct_of, values

Scope = list[tuple[str, types.Type]]
INTEGER = ir.Integer()
SMALL_INTS = [types.Int(0, 3), types.Int(-2, 2), types.Int(0, 7), types.Int(-4, 1)]


class Expressions:
    """Draws expressions. `locals` collects the types of the locals they use."""

    def __init__(self, draw: Callable[[Any], Any], state: types.Struct) -> None:
        self.draw, self.state = draw, state
        self.locals: dict[str, types.Type] = {}
        self.known: list[types.Type] = [kind for _, kind in state.fields]

    def pick(self, options: Any) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def fresh(self, kind: types.Type) -> str:
        name = f"x{len(self.locals)}"
        self.locals[name] = kind
        return name

    def of(self, kind: types.Type, depth: int, scope: Scope) -> ir.Expr:
        """An expression of exactly this type."""
        simple: list[Callable[[], ir.Expr]] = [lambda: self.constant(kind)]
        simple += [lambda name=name: ir.Local(name, kind) for name, known in scope if known == kind]
        simple += [lambda path=path: self.load(path, kind, depth, scope) for path in self.places(kind, scope)]
        if depth <= 0:
            return self.pick(simple[1:] or simple)() if depth > -2 else self.constant(kind)
        makers = simple + self.general(kind, depth - 1, scope) * 2 + self.special(kind, depth - 1, scope) * 3
        return self.pick(makers)()

    def constant(self, kind: types.Type) -> ir.Expr:
        if isinstance(kind, ir.Integer):
            return ir.Const(self.draw(st.integers(-6, 6)), kind)
        return ir.Const(self.draw(values(kind)), kind)

    # Places.

    def places(self, wanted: types.Type, scope: Scope) -> list[tuple[str, tuple[Any, ...]]]:
        """Roots and paths (field names and key types) of the places of a type, in the state and in locals."""
        found: list[tuple[str, tuple[Any, ...]]] = []

        def walk(root: str, kind: types.Type, path: tuple[Any, ...]) -> None:
            if kind == wanted and path:
                found.append((root, path))
            if isinstance(kind, types.Struct):
                for name, part in kind.fields:
                    walk(root, part, (*path, name))
            elif isinstance(kind, types.Map):
                walk(root, kind.element, (*path, kind.key))

        walk(ir.STATE, self.state, ())
        for name, kind in scope:
            walk(name, kind, ())
        return found

    def place(self, root: str, path: tuple[Any, ...], kind: types.Type, depth: int, scope: Scope) -> ir.Place:
        steps = tuple(
            ir.FieldStep(step) if isinstance(step, str) else ir.KeyStep(self.of(step, depth - 1, scope))
            for step in path
        )
        return ir.Place(root, steps, kind)

    def load(self, where: tuple[str, tuple[Any, ...]], kind: types.Type, depth: int, scope: Scope) -> ir.Expr:
        return ir.Load(self.place(*where, kind, depth, scope))

    def store(self, roots: Scope, depth: int, scope: Scope) -> ir.Stmt:
        """A write somewhere in the state or in one of the locals `roots`."""
        inside = []
        for kind in [*self.known, types.Bool(), *SMALL_INTS]:
            inside += [(kind, where) for where in self.places(kind, roots)]
        kind, (root, path) = self.pick(inside)
        return ir.Store(self.place(root, path, kind, depth, scope), self.of(kind, depth, scope))

    # What works for every type.

    def general(self, kind: types.Type, depth: int, scope: Scope) -> list[Callable[[], ir.Expr]]:
        def if_else() -> ir.Expr:
            then, otherwise = self.of(kind, depth, scope), self.of(kind, depth, scope)
            return ir.IfElse(self.of(types.Bool(), depth, scope), then, otherwise, kind)

        def let() -> ir.Expr:
            bound = self.pick([kind, *self.known])
            value = self.of(bound, depth, scope)
            name = self.fresh(bound)
            inner = [*scope, (name, bound)]
            body: list[ir.Stmt] = [ir.Assign(name, value)]
            if bound.is_place:
                body.append(self.store([(name, bound)], depth - 1, inner))
            return ir.Do(tuple(body), self.of(kind, depth, inner))

        def entry() -> ir.Expr:
            key = self.draw(KEYS)
            return ir.GetEntry(self.of(map_of(key, kind), depth, scope), self.of(key, depth, scope), kind)

        def part() -> ir.Expr:
            parts = [kind, self.pick(self.known)][:: self.pick([1, -1])]
            struct = struct_of(*parts)
            return ir.GetField(self.of(struct, depth, scope), f"f{parts.index(kind)}", kind)

        def element() -> ir.Expr:
            seq = types.Seq(kind, self.draw(st.integers(1, 3)))
            return ir.Index(self.of(seq, depth, scope), self.integer(depth, scope), kind)

        makers = [if_else, let]
        if not isinstance(kind, ir.Integer):
            makers += [entry, element, part]
            if not isinstance(kind, types.Option):
                makers.append(lambda: ir.Unwrap(self.of(types.Option(kind), depth, scope), kind))
        return makers

    def integer(self, depth: int, scope: Scope) -> ir.Expr:
        """An integer of some type."""
        return self.of(self.pick([INTEGER, *SMALL_INTS]), depth, scope)

    def special(self, kind: types.Type, depth: int, scope: Scope) -> list[Callable[[], ir.Expr]]:
        match kind:
            case types.Bool():
                return self.truths(depth, scope)
            case ir.Integer():
                return self.integers(depth, scope)
            case types.Int():
                return [lambda: ir.Convert(self.integer(depth, scope), kind)]
            case types.Domain(size=size):
                other = types.Domain("other", size, False, "o")
                return [lambda: ir.Convert(self.of(other, depth, scope), kind)]
            case types.Option(inner=inner):
                return self.options(kind, inner, depth, scope)
            case types.Struct(fields=fields):
                return [lambda: ir.MakeStruct(tuple(self.of(part, depth, scope) for _, part in fields), kind)]
            case types.Map(key=key, element=item):
                if key.count > 8:
                    return []
                return [lambda: ir.MakeMap(tuple(self.of(item, depth, scope) for _ in range(key.count)), kind)]
            case types.Set() | types.Seq() | types.Bag():
                return self.collections(kind, depth, scope)
        return []

    def options(self, kind: types.Option, inner: types.Type, depth: int, scope: Scope) -> list[Callable[[], ir.Expr]]:
        makers: list[Callable[[], ir.Expr]] = [
            lambda: ir.Convert(self.of(inner, depth, scope), kind),
            lambda: ir.Convert(ir.Const(None, ir.Nothing()), kind),
        ]
        if isinstance(inner, types.Int):
            wider = types.Option(types.Int(inner.low - 1, inner.high + 2))
            makers.append(lambda: ir.Convert(self.of(wider, depth, scope), kind))
        return makers

    def truths(self, depth: int, scope: Scope) -> list[Callable[[], ir.Expr]]:
        def same() -> ir.Expr:
            kind = self.pick(self.known)
            return ir.Compare(self.pick(["==", "!="]), self.of(kind, depth, scope), self.of(kind, depth, scope))

        def order() -> ir.Expr:
            op = self.pick(["==", "!=", "<", "<=", ">", ">="])
            return ir.Compare(op, self.integer(depth, scope), self.integer(depth, scope))

        def parts() -> tuple[ir.Expr, ...]:
            return tuple(self.of(types.Bool(), depth, scope) for _ in range(self.draw(st.integers(2, 3))))

        def member() -> ir.Expr:
            whole = self.collection_type()
            return ir.Contains(self.of(whole.element, depth, scope), self.of(whole, depth, scope))

        def none() -> ir.Expr:
            kind = self.draw(SMALL)
            option = kind if isinstance(kind, types.Option) else types.Option(kind)
            return ir.IsNone(self.of(option, depth, scope))

        def subset() -> ir.Expr:
            element = self.draw(SMALL.filter(lambda found: found.count <= 8))
            kind = self.pick([types.Set(element, None), types.Set(element, 2), types.Set(types.Int(0, 200), 3)])
            return ir.Subset(self.of(kind, depth, scope), self.of(kind, depth, scope))

        return [
            same,
            order,
            lambda: ir.And(parts()),
            lambda: ir.Or(parts()),
            lambda: ir.Not(self.of(types.Bool(), depth, scope)),
            member,
            none,
            subset,
            lambda: self.fold(self.pick(["any", "all"]), types.Bool(), types.Bool(), depth, scope),
        ]

    def integers(self, depth: int, scope: Scope) -> list[Callable[[], ir.Expr]]:
        def arithmetic() -> ir.Expr:
            op = self.pick(["+", "-", "*", "//", "%"])
            return ir.Arithmetic(op, self.integer(depth, scope), self.integer(depth, scope), INTEGER)

        def bounded() -> ir.Expr:
            left, right = self.of(self.pick(SMALL_INTS), depth, scope), self.of(self.pick(SMALL_INTS), depth, scope)
            known = types.Int(-100, 100)
            return ir.Convert(ir.Arithmetic(self.pick(["+", "-", "*", "//", "%"]), left, right, known), INTEGER)

        def size() -> ir.Expr:
            length = ir.Length(self.of(self.collection_type(), depth, scope), types.Int(0, 300))
            return ir.Convert(length, INTEGER)

        def copies() -> ir.Expr:
            whole = self.collection_type()
            if isinstance(whole, types.Set):
                whole = types.Bag(whole.element, 3)
            item = self.of(whole.element, depth, scope)
            return ir.Convert(ir.Occurrences(self.of(whole, depth, scope), item, types.Int(0, 300)), INTEGER)

        return [
            arithmetic,
            bounded,
            lambda: ir.Convert(self.of(self.pick(SMALL_INTS), depth, scope), INTEGER),
            size,
            copies,
            lambda: self.fold(self.pick(["sum", "min", "max"]), INTEGER, INTEGER, depth, scope),
        ]

    # Collections.

    def collection_type(self) -> types.Set | types.Seq | types.Bag:
        known = [kind for kind in self.known if isinstance(kind, (types.Set, types.Seq, types.Bag))]
        element = self.draw(SMALL.filter(lambda found: found.count <= 8))
        return self.pick(
            [
                *known,
                types.Set(element, None),
                types.Set(element, 2),
                types.Seq(element, 3),
                types.Bag(element, 2),
                types.Set(types.Int(0, 100), 10),
                types.Seq(element, 11),
                types.Bag(element, 9),
                types.Set(types.Int(1, 100), None),
                types.Seq(element, 70),
                types.Bag(types.Int(0, 100), 30),
                types.Set(types.Int(0, 1000), 20),
            ]
        )

    def collections(self, kind: Any, depth: int, scope: Scope) -> list[Callable[[], ir.Expr]]:
        item = lambda: self.of(kind.element, depth, scope)  # noqa: E731
        whole = lambda: self.of(kind, depth, scope)  # noqa: E731

        def converted() -> ir.Expr:
            elements = [kind.element]
            if isinstance(kind.element, types.Int):
                elements.append(types.Int(kind.element.low - 1, kind.element.high + 1))
            element = self.pick(elements)
            sources: list[types.Type] = [types.Set(element, 3), types.Seq(element, 3), types.Bag(element, 3)]
            if element.count <= 8:
                sources.append(types.Set(element, None))
            return ir.Convert(self.of(self.pick(sources), depth, scope), kind)

        makers: list[Callable[[], ir.Expr]] = [
            lambda: ir.Insert(whole(), item(), kind),
            converted,
            lambda: ir.Convert(ir.Const((), type(kind)(ir.Nothing(), 0)), kind),
        ]
        if not isinstance(kind, types.Seq):
            makers.append(lambda: ir.Remove(whole(), item(), self.draw(st.booleans()), kind))
        if isinstance(kind, types.Set):
            makers += [
                lambda: ir.MakeSet(tuple(item() for _ in range(self.draw(st.integers(0, 3)))), kind),
                lambda: ir.SetOperation(self.pick("|&-^"), whole(), whole(), kind),
                lambda: self.fold("set", kind.element, kind, depth, scope),
            ]
        if isinstance(kind, types.Seq):
            makers += self.sequences(kind, depth, scope)
        return makers

    def sequences(self, kind: types.Seq, depth: int, scope: Scope) -> list[Callable[[], ir.Expr]]:
        item = lambda: self.of(kind.element, depth, scope)  # noqa: E731
        whole = lambda: self.of(kind, depth, scope)  # noqa: E731
        end = lambda: self.integer(depth, scope) if self.draw(st.booleans()) else None  # noqa: E731
        other = types.Seq(kind.element, 2)
        makers: list[Callable[[], ir.Expr]] = [
            lambda: ir.MakeSeq(tuple(item() for _ in range(self.draw(st.integers(0, min(kind.size, 4))))), kind),
            lambda: ir.Slice(whole(), end(), end(), kind),
            lambda: ir.Truncate(whole(), self.integer(depth, scope), kind),
            lambda: ir.WithItem(whole(), self.integer(depth, scope), item(), kind),
            lambda: ir.WithoutItem(whole(), self.integer(depth, scope), kind),
            lambda: ir.Concat(whole(), self.of(other, depth, scope), kind),
            lambda: self.fold("seq", kind.element, kind, depth, scope),
        ]
        if isinstance(kind.element, types.Int):
            unlimited = types.Set(kind.element, None if kind.element.count <= 64 else 4)
            sources = [unlimited, types.Seq(kind.element, kind.size), types.Bag(kind.element, 3)]

            def ordered() -> ir.Expr:
                source = self.pick(sources)
                limit = max(source.capacity, kind.size)
                inner = ir.Sorted(
                    self.of(source, depth, scope), self.draw(st.booleans()), types.Seq(kind.element, limit)
                )
                return inner if inner.type == kind else ir.Convert(inner, kind)

            makers.append(ordered)
        return makers

    def fold(self, how: Any, body: types.Type, kind: types.Type, depth: int, scope: Scope) -> ir.Expr:
        inner, generators = list(scope), []
        for _ in range(self.draw(st.integers(1, 2))):
            source, element = self.source(depth, inner)
            name = self.fresh(element)
            inner = [*inner, (name, element)]
            index = getattr(source, "index", None)
            if index is not None:
                inner.append((index, INTEGER))
            wanted = self.draw(st.integers(0, 1))
            conditions = tuple(self.of(types.Bool(), depth - 1, inner) for _ in range(wanted))
            generators.append(ir.Generator(name, element, source, conditions))
        default = None
        if how in ("min", "max") and self.draw(st.booleans()):
            default = self.of(INTEGER, depth - 1, scope)
        return ir.Fold(how, tuple(generators), self.of(body, depth, inner), default, kind)

    def source(self, depth: int, scope: Scope) -> tuple[ir.Source, types.Type]:
        index = self.fresh(INTEGER) if self.draw(st.booleans()) else None
        match self.draw(st.integers(0, 3)):
            case 0:
                kind = self.draw(SMALL)
                return ir.Values(kind, index), kind
            case 1:
                step = self.pick([1, 2, -1, -3])
                start, stop = (self.of(types.Int(-4, 4), depth - 1, scope) for _ in range(2))
                return ir.Numbers(start, stop, step, 9), INTEGER
        whole = self.collection_type()
        return ir.Elements(self.of(whole, depth, scope), index, self.draw(st.booleans())), whole.element

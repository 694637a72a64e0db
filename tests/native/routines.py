"""Random routines: statements, inputs and choices."""

from __future__ import annotations

from hypothesis import strategies as st

from fencepost.model.lang import ir, types
from native.expressions import SMALL_INTS, Expressions, Scope
from native.strategies import SMALL


class Routines(Expressions):
    """Draws statements. Labels are the blocks and loops that can be left."""

    choices: list[int]

    def routine(self, name: str) -> ir.Routine:
        self.choices, inputs, scope = [], [], []
        for _ in range(self.draw(st.integers(0, 2))):
            found = self.input(inputs)
            inputs.append(found)
            scope.append((found.name, found.type))
        body = self.body(2, scope, [], choosing=True)
        return ir.Routine(name, tuple(inputs), self.locals, tuple(self.choices), tuple(body))

    def input(self, given: list[ir.Input]) -> ir.Input:
        collections = [
            (name, kind) for name, kind in self.state.fields if isinstance(kind, (types.Set, types.Seq, types.Bag))
        ]
        few = 4 if any(kind.collection is not None for kind in given) else 64
        collections = [(name, kind) for name, kind in collections if kind.capacity <= few]
        if collections and self.draw(st.booleans()):
            name, kind = self.pick(collections)
            place = ir.Place(ir.STATE, (ir.FieldStep(name),), kind)
            return ir.Input(self.fresh(kind.element), kind.element, place)
        element = self.draw(SMALL.filter(lambda found: found.count <= 4))
        return ir.Input(self.fresh(element), element, None)

    def body(self, depth: int, scope: Scope, labels: list[str], *, choosing: bool) -> list[ir.Stmt]:
        """Statements; what they assign is known to those after them."""
        scope = list(scope)
        return [self.statement(depth, scope, labels, choosing) for _ in range(self.draw(st.integers(1, 3)))]

    def statement(self, depth: int, scope: Scope, labels: list[str], choosing: bool) -> ir.Stmt:
        kinds = ["store", "store", "assign", "require", "change"]
        if labels:
            kinds.append("exit")
        if depth > 0:
            kinds += ["if", "block", "for"]
        if choosing and len(self.choices) < 3:
            kinds.append("choose")
        match self.pick(kinds):
            case "store":
                places = [found for found in scope if found[1].is_place]
                return self.store(places, 1, scope)
            case "change":
                return self.change(scope)
            case "assign":
                kind = self.pick([*self.known, *SMALL_INTS])
                value = self.of(kind, 1, scope)
                name = self.fresh(kind)
                scope.append((name, kind))
                return ir.Assign(name, value)
            case "require":
                test = self.of(types.Bool(), 1, scope)
                return self.pick([ir.Require, ir.Require, ir.Assert])(test)
            case "exit":
                return ir.Exit(self.pick(labels))
            case "if":
                test = self.of(types.Bool(), 2, scope)
                then = self.body(depth - 1, scope, labels, choosing=choosing)
                otherwise = self.body(depth - 1, scope, labels, choosing=choosing) if self.draw(st.booleans()) else []
                return ir.If(test, tuple(then), tuple(otherwise))
            case "block":
                label = f"end{len(self.locals)}"
                return ir.Block(label, tuple(self.body(depth - 1, scope, [*labels, label], choosing=choosing)))
            case "for":
                return self.loop(depth, scope, labels)
        return self.choose(scope)

    def change(self, scope: Scope) -> ir.Stmt:
        """A collection of the state or of a local, changed a little."""
        collections = [
            (kind, *where)
            for kind in dict.fromkeys([*self.known, *(kind for _, kind in scope)])
            if isinstance(kind, (types.Set, types.Seq, types.Bag))
            for where in [*self.places(kind, scope), *((name, ()) for name, known in scope if known == kind)]
        ]
        kind, root, path = self.pick(collections)
        place = self.place(root, path, kind, 1, scope)
        first = ir.Load(place) if path else ir.Local(root, kind)
        item = self.of(kind.element, 1, scope)
        changes: list[ir.Expr] = [ir.Insert(first, item, kind)] * 2
        match kind:
            case types.Seq():
                index = self.integer(1, scope)
                changes += [ir.WithItem(first, index, item, kind), ir.WithoutItem(first, index, kind)]
                changes += [ir.Truncate(first, index, kind), ir.Concat(first, self.of(kind, 1, scope), kind)]
            case types.Set():
                changes.append(ir.SetOperation(self.pick("|&-^"), first, self.of(kind, 1, scope), kind))
        if not isinstance(kind, types.Seq):
            changes.append(ir.Remove(first, item, self.draw(st.booleans()), kind))
        value = self.pick(changes)
        return ir.Store(place, value) if path else ir.Assign(root, value)

    def loop(self, depth: int, scope: Scope, labels: list[str]) -> ir.For:
        source, element = self.source(1, scope)
        if self.draw(st.booleans()):
            # The body may well change what the loop runs over.
            kind = self.pick([kind for kind in self.known if isinstance(kind, (types.Set, types.Seq, types.Bag))])
            root, path = self.pick(self.places(kind, []))
            whole = ir.Load(self.place(root, path, kind, 1, scope))
            source, element = ir.Elements(whole, None, self.draw(st.booleans())), kind.element
        name = self.fresh(element)
        label, inner = f"next_{name}", [*scope, (name, element)]
        if getattr(source, "index", None) is not None:
            inner.append((source.index, self.locals[source.index]))
        body = self.body(depth - 1, inner, [*labels, label], choosing=False)
        return ir.For(name, element, source, tuple(body), label)

    def choose(self, scope: Scope) -> ir.Choose:
        sources = [self.source(1, scope) for _ in range(3)]
        source, element = next(
            (found for found in sources if ir.source_limit(found[0]) <= 9),
            (ir.Values(types.Bool()), types.Bool()),
        )
        name = self.fresh(element)
        scope.append((name, element))
        if getattr(source, "index", None) is not None:
            scope.append((source.index, self.locals[source.index]))
        self.choices.append(ir.source_limit(source))
        return ir.Choose(len(self.choices) - 1, name, element, source)

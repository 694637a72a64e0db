"""What the language has built in: Python's functions on collections, and the methods of Set, Seq, Bag and Map."""

from __future__ import annotations

import ast
import builtins
import typing
from collections.abc import Callable
from typing import Any

from ... import errors
from .. import ir, specification, types, values
from .aliases import is_collection
from .containers import ANY, LIST
from .conversions import FALSE, TRUE, bounds, disjunction, negation, number
from .expressions import Expressions
from .scope import Comprehension, Meaning, Pairs, RangeOf, Reference, TupleOf, Value
from .wording import ELEMENTS_HINT, described

CHOICE_HINT = "write x = choose(...), a statement of its own"
STEP_HINT = "write a number: range(start, stop, 2)"
Handler = Callable[[ast.Call, dict[str, ast.expr]], Meaning]


class Builtins(Expressions):
    """Translates built-in functions and collection methods."""

    def builtin_for(self, target: Any) -> Handler | None:
        """The translation of a built-in function, if the language has it."""
        table: dict[Any, Handler] = {
            builtins.len: self._len,
            builtins.range: self._range,
            builtins.any: lambda node, named: self._quantified("any", node, named),
            builtins.all: lambda node, named: self._quantified("all", node, named),
            builtins.sum: self._sum,
            builtins.min: lambda node, named: self._extreme("min", node, named),
            builtins.max: lambda node, named: self._extreme("max", node, named),
            builtins.abs: self._abs,
            builtins.isinstance: self.is_instance,
            builtins.sorted: self._sorted,
            builtins.enumerate: self._enumerate,
            builtins.reversed: self._reversed,
            builtins.bool: lambda node, named: Value(self.truth(self.only(node, named))),
            builtins.int: lambda node, named: Value(self.integer(self.value(self.only(node, named)), node)),
            builtins.set: self._set,
            builtins.frozenset: lambda node, named: self._unchanging(self._set(node, named), node),
            values.Set: lambda node, named: self._set(node, named, builtin=False),
            builtins.list: self._seq,
            builtins.tuple: lambda node, named: self._unchanging(self._seq(node, named), node),
            values.Seq: lambda node, named: self._seq(node, named, builtin=False),
            values.Bag: self._bag,
            values.copy_of: lambda node, named: Value(
                self.separate(self.value(self.only(node, named)), node), fresh=True
            ),
            values.replace: self._replace,
            typing.cast: self._cast,
            specification.implies: self._implies,
            specification.require: self._misplaced_require,
            specification.choose: self._misplaced_choice,
        }
        try:
            return table.get(target)
        except TypeError:
            return None

    def only(self, node: ast.Call, named: dict[str, ast.expr]) -> ast.expr:
        """The only argument of a call. Raises WrongArguments."""
        if len(node.args) != 1 or named:
            self.fail(errors.WrongArguments, node, f"{ast.unparse(node.func)}() takes one argument here")
        return node.args[0]

    def _unchanging(self, made: Meaning, node: ast.AST) -> Meaning:
        """A frozenset or tuple, which has no methods that change it, and can be an element of a set."""
        if not isinstance(made, Value):
            return made
        return Value(self.as_tuple(made.expr, node))

    def _cast(self, node: ast.Call, named: dict[str, ast.expr]) -> Meaning:
        if len(node.args) != 2 or named:
            self.fail(errors.WrongArguments, node, "cast() takes a type and a value")
        return self.expression(node.args[1])

    def _reversed(self, node: ast.Call, named: dict[str, ast.expr]) -> Meaning:
        argument = self.only(node, named)
        meaning = self.consumed(self.expression(argument), argument)
        kind = None
        if isinstance(meaning, (Value, Reference)):
            kind = meaning.place.type if isinstance(meaning, Reference) else meaning.expr.type
        if not isinstance(kind, types.Seq) and not isinstance(meaning, (RangeOf, TupleOf)):
            self.fail(errors.TypeMismatch, argument, "reversed() takes a sequence or a range", "make a list: list(...)")
        return Pairs("reversed", meaning)

    def _len(self, node: ast.Call, named: dict[str, ast.expr]) -> Meaning:
        argument = self.only(node, named)
        meaning = self.consumed(self.expression(argument), argument)
        if isinstance(meaning, TupleOf):
            return Value(number(len(meaning.items)))
        value = self.rvalue(meaning, argument)
        if isinstance(value.type, types.Map):
            self.evaluated(value, node)
            return Value(number(value.type.key.count))
        if isinstance(value.type, types.Option):
            value = ir.Unwrap(value, value.type.inner)
        if not is_collection(value.type):
            self.fail(errors.TypeMismatch, node, f"{described(value.type)} has no length", ELEMENTS_HINT)
        return Value(self.length(value))

    def _range(self, node: ast.Call, named: dict[str, ast.expr]) -> Meaning:
        if named or not 1 <= len(node.args) <= 3:
            self.fail(errors.WrongArguments, node, "range() takes one to three arguments")
        parts = [self.integer(value, node) for value in self.operands(*node.args)]
        parts = [self.temporary(part, node) for part in parts]
        start, stop = (number(0), parts[0]) if len(parts) == 1 else (parts[0], parts[1])
        step = parts[2] if len(parts) == 3 else number(1)
        if not isinstance(step, ir.Const) or step.value == 0:
            self.fail(errors.UnsupportedCall, node, "the step of a range is a known number, not 0", STEP_HINT)
        return RangeOf(start, stop, step.value)

    def _quantified(self, kind: str, node: ast.Call, named: dict[str, ast.expr]) -> Meaning:
        return Value(self.fold_over(kind, self.expression(self.only(node, named)), None, node))

    def _sum(self, node: ast.Call, named: dict[str, ast.expr]) -> Meaning:
        return Value(self.fold_over("sum", self.expression(self.only(node, named)), None, node))

    def _extreme(self, kind: str, node: ast.Call, named: dict[str, ast.expr]) -> Meaning:
        if len(node.args) > 1 and not named:
            result, *others = [self.temporary(self.ranked(part, node), node) for part in self.operands(*node.args)]
            for other in others:
                joined = self.join(result.type, other.type, node)
                a, b = bounds(result.type), bounds(other.type)
                if a and b:
                    pick = min if kind == "min" else max
                    joined = types.Int(pick(a[0], b[0]), pick(a[1], b[1]))
                test = ir.Compare("<=" if kind == "min" else ">=", result, other)
                wide = self.join(result.type, other.type, node)
                either = ir.IfElse(test, self.coerce(result, wide, node), self.coerce(other, wide, node), wide)
                result = self.temporary(self.coerce(either, joined, node), node)
            return Value(result)
        unknown = [name for name in named if name != "default"]
        if unknown or len(node.args) != 1:
            self.fail(errors.WrongArguments, node, f"{kind}() takes a collection and default=, or several numbers")
        default = self._default_of(kind, named["default"]) if "default" in named else None
        if default is not None and isinstance(default.type, ir.Nothing):
            self.fail(errors.TypeMismatch, node, f"the default of {kind}() is a number", "test for emptiness first")
        return Value(self.fold_over(kind, self.expression(node.args[0]), default, node))

    def _default_of(self, kind: str, node: ast.expr) -> ir.Expr:
        """What `min` and `max` give for nothing. It is evaluated in any case, and may fail."""
        with self.later() as later:
            default = self.value(node)
            if not isinstance(default, ir.Load):
                default = self.temporary(default, node)
        if later.writes:
            what = f"the default of {kind}() changes the state"
            self.fail(errors.UnsupportedExpression, node, what, "take it in a statement before: x = ...")
        self.out.extend(later.statements)
        return default

    def _abs(self, node: ast.Call, named: dict[str, ast.expr]) -> Meaning:
        value = self.temporary(self.integer(self.value(self.only(node, named)), node), node)
        negative = self.arithmetic("-", number(0), value, node)
        joined = self.join(value.type, negative.type, node)
        test = ir.Compare(">=", value, number(0))
        return Value(ir.IfElse(test, self.coerce(value, joined, node), self.coerce(negative, joined, node), joined))

    def _sorted(self, node: ast.Call, named: dict[str, ast.expr]) -> Meaning:
        reverse = named.pop("reverse", None)
        if reverse is not None and not isinstance(reverse, ast.Constant):
            self.fail(errors.UnsupportedCall, node, "reverse= is not known", "write reverse=True, or leave it out")
        argument = self.only(node, named)
        meaning = self.expression(argument)
        if isinstance(meaning, Comprehension):
            meaning = Value(self.fold("seq", meaning.node, None, any_order=True))
        elif not isinstance(meaning, (Value, Reference)):
            iteration = self.iteration(meaning, node)
            name = self.fresh_name("element")
            self.locals[name] = iteration.type
            element = self.rvalue(iteration.parts(ir.Local(name, iteration.type)), node)
            generator = ir.Generator(name, iteration.type, iteration.source, ())
            meaning = Value(self.folded("seq", (generator,), ir.source_limit(iteration.source), element, None, node))
        collection = self.rvalue(meaning, argument)
        kind = collection.type
        if not isinstance(kind, (types.Set, types.Seq, types.Bag)):
            self.fail(errors.TypeMismatch, node, f"{described(kind)} cannot be sorted", ELEMENTS_HINT)
        if isinstance(kind.element, types.Domain):
            collection = self.coerce(collection, _like(kind, self._as_integer(kind.element, node)), node)
        elif not isinstance(kind.element, (types.Int, ir.Nothing)):
            hint = "choose(...) one of them, or loop over a collection of the state"
            self.fail(errors.TypeMismatch, node, f"only numbers can be sorted, not {described(kind)}", hint)
        kind = collection.type
        assert isinstance(kind, (types.Set, types.Seq, types.Bag))
        backwards = bool(reverse.value) if isinstance(reverse, ast.Constant) else False
        return Value(ir.Sorted(collection, backwards, types.Seq(kind.element, kind.capacity)), fresh=True)

    def _enumerate(self, node: ast.Call, named: dict[str, ast.expr]) -> Meaning:
        start = named.pop("start", None) or (node.args[1] if len(node.args) == 2 else None)
        first = self.value(start) if start is not None else number(0)
        if not isinstance(first, ir.Const) or not node.args or named:
            self.fail(errors.WrongArguments, node, "enumerate() takes a collection and a constant start")
        return Pairs("enumerate", self.expression(node.args[0]), first.value)

    def _set(self, node: ast.Call, named: dict[str, ast.expr], *, builtin: bool = True) -> Meaning:
        if not node.args and not named:
            return Value(ir.MakeSet((), types.Set(ir.Nothing(), 0)), fresh=True)
        argument = self.only(node, named)
        meaning = self.expression(argument)
        if isinstance(meaning, (Value, Reference)):
            value = self.rvalue(meaning, argument)
            if isinstance(value.type, types.Set):
                return Value(self._shallow(value, node, builtin), fresh=True)
        return Value(self.fold_over("set", meaning, None, node), fresh=True)

    def _seq(self, node: ast.Call, named: dict[str, ast.expr], *, builtin: bool = True) -> Meaning:
        if not node.args and not named:
            return Value(ir.MakeSeq((), types.Seq(ir.Nothing(), 0)), fresh=True)
        argument = self.only(node, named)
        meaning = self.expression(argument)
        if isinstance(meaning, (Value, Reference)):
            value = self.rvalue(meaning, argument)
            if isinstance(value.type, types.Seq):
                return Value(self._shallow(value, node, builtin), fresh=True)
        return Value(self.fold_over("seq", meaning, None, node), fresh=True)

    def _shallow(self, value: ir.Expr, node: ast.AST, builtin: bool) -> ir.Expr:
        """A copy of a collection, which may share what its elements share; built-in sets lose their order."""
        copied = self.separate(value, node)
        if builtin and isinstance(copied, ir.Const):
            copied = ir.Local(self.fresh_name("t"), value.type)
            self.locals[copied.name] = value.type
            self.emit(ir.Assign(copied.name, value))
        if isinstance(copied, ir.Local):
            self.share(copied.name, self.contents(value))
            self.kinds[copied.name] = (LIST if builtin else ANY, *self.kinds_of(value)[1:])
            if builtin:
                self.unhashable.add(copied.name)
            if builtin and isinstance(value.type, types.Set):
                self.unordered.add(copied.name)
        return copied

    def _bag(self, node: ast.Call, named: dict[str, ast.expr]) -> Meaning:
        if node.args or named:
            self.fail(errors.UnsupportedCall, node, "a Bag starts empty", "add its elements one by one")
        return Value(ir.Const((), types.Bag(ir.Nothing(), 0)), fresh=True)

    def _replace(self, node: ast.Call, named: dict[str, ast.expr]) -> Meaning:
        if len(node.args) != 1:
            self.fail(errors.WrongArguments, node, "replace() takes a struct and field=value")
        base, *changes = self.operands(node.args[0], *named.values())
        if isinstance(base.type, types.Option):
            base = ir.Unwrap(base, base.type.inner)
        kind = base.type
        if not isinstance(kind, types.Struct):
            self.fail(errors.TypeMismatch, node, f"replace() takes a struct, not {described(kind)}")
        for name in named:
            if name not in kind.field:
                self.fail(
                    errors.UnknownAttribute, node, f"{kind} has no field {name}", errors.nearest(name, list(kind.field))
                )
        base = self.temporary(base, node)
        changed = dict(zip(named, changes, strict=True))
        fields = tuple(
            self.coerce(changed[name], field, node) if name in changed else ir.GetField(base, name, field)
            for name, field in kind.fields
        )
        return Value(ir.MakeStruct(fields, kind), fresh=True)

    def _implies(self, node: ast.Call, named: dict[str, ast.expr]) -> Meaning:
        if len(node.args) != 2 or named:
            self.fail(errors.WrongArguments, node, "implies() takes a premise and a conclusion")
        # Unlike `or`, a function evaluates both arguments in CPython, so a failing conclusion fails in any case.
        premise, conclusion = self.operands(*node.args)
        for part, value in zip(node.args, (premise, conclusion), strict=True):
            if not isinstance(value.type, types.Bool):
                what = f"implies() takes two conditions, not {described(value.type)}"
                self.fail(errors.TypeMismatch, part, what, "compare it with something")
        if isinstance(premise, ir.Const):
            self.evaluated(conclusion, node)
            return Value(conclusion if premise.value else TRUE)
        conclusion = self.temporary(conclusion, node)
        return Value(disjunction([negation(premise), conclusion]))

    def _misplaced_require(self, node: ast.Call, named: dict[str, ast.expr]) -> Meaning:
        what = "require() is a statement of its own"
        self.fail(errors.UnsupportedExpression, node, what, "write it on a line of its own, before what depends on it")

    def _misplaced_choice(self, node: ast.Call, named: dict[str, ast.expr]) -> Meaning:
        what = "choose() is only the right side of an assignment to a name"
        self.fail(errors.MisplacedChoice, node, what, CHOICE_HINT)

    # Methods of maps and collections.

    def map_operation(self, receiver: Meaning, name: str, arguments: list[ast.expr], node: ast.Call) -> Meaning:
        """`keys`, `values` and `items`."""
        known = ["keys", "values", "items"]
        if name not in known:
            self.fail(errors.UnknownAttribute, node, f"a map has no {name}()", errors.nearest(name, known))
        if arguments:
            self.fail(errors.WrongArguments, node, f"{name}() takes no arguments")
        return Pairs(name, receiver)

    def collection_operation(
        self, receiver: Meaning, kind: types.Type, name: str, arguments: list[ast.expr], node: ast.Call
    ) -> Meaning:
        """A method of a Set, Seq or Bag."""
        known = _METHODS.get(type(kind), {})
        if name not in known:
            what = type(kind).__name__
            self.fail(errors.UnknownAttribute, node, f"a {what} has no {name}()", errors.nearest(name, list(known)))
        if len(arguments) not in known[name]:
            wanted = " or ".join(("no argument", "one argument")[count] for count in known[name])
            self.fail(errors.WrongArguments, node, f"{name}() takes {wanted}")
        if name in ("count", "issubset", "issuperset"):
            with self.later() as later:
                item = self.value(arguments[0])
            collection = self.kept(self.rvalue(receiver, node), later, node)
            self.out.extend(later.statements)
            if name == "count":
                return Value(self._occurrences(item, collection, kind, node))
            return Value(self.ordered("<=" if name == "issubset" else ">=", collection, item, node))
        return self.mutation(receiver, name, arguments, node)

    def _occurrences(self, item: ir.Expr, collection: ir.Expr, kind: Any, node: ast.AST) -> ir.Expr:
        """How often something is in a Seq or Bag."""
        self.alike(self.kinds_of(item), self.kinds_of(collection)[1:], node)
        possible, stored = self.as_element(item, kind.element, node)
        found = types.Int(0, kind.capacity)
        if possible == TRUE:
            return ir.Occurrences(collection, stored, found)
        self.evaluated(collection, node)
        none = ir.Const(0, found)
        return (
            none if possible == FALSE else ir.IfElse(possible, ir.Occurrences(collection, stored, found), none, found)
        )

    def mutation(self, receiver: Meaning, name: str, arguments: list[ast.expr], node: ast.Call) -> Meaning:
        raise NotImplementedError

    def updated(self, kind: Any, old: ir.Expr, name: str, parts: list[ir.Expr], node: ast.AST) -> ir.Expr:
        """A collection after a method that changes it; `parts` are the method's arguments."""
        if name == "clear":
            return ir.Const((), kind)
        if name in ("add", "append"):
            return ir.Insert(old, self.coerce(parts[0], kind.element, node), kind)
        if name in ("remove", "discard"):
            item, element = parts[0], kind.element
            if isinstance(element, ir.Nothing):
                self.evaluated(item, node)
                if name == "remove":
                    self.emit(ir.Assert(FALSE))
                return old
            if name == "discard" and item.type != element:
                # What cannot be an element is not there: nothing is removed.
                item = self.temporary(item, node)
                inside = self.contains(item, old, node)
                removed = ir.Remove(old, self.coerce(item, element, node), strict=False, type=kind)
                return ir.IfElse(inside, removed, old, kind)
            return ir.Remove(old, self.coerce(item, element, node), strict=name == "remove", type=kind)
        if name == "truncate":
            return ir.Truncate(old, self.integer(parts[0], node), kind)
        if name == "extend":
            other = parts[0]
            if not isinstance(other.type, types.Seq):
                self.fail(
                    errors.TypeMismatch,
                    node,
                    f"extend() takes a sequence, not {described(other.type)}",
                    "write list(...)",
                )
            return ir.Concat(old, self.coerce(other, types.Seq(kind.element, other.type.size), node), kind)
        assert name == "update"
        if not isinstance(parts[0].type, types.Set):
            self.fail(
                errors.TypeMismatch, node, f"update() takes a set, not {described(parts[0].type)}", "write set(...)"
            )
        return self.coerce(self.set_operation("|", old, parts[0], node), kind, node)


# How many arguments each method takes.
_METHODS: dict[type, dict[str, tuple[int, ...]]] = {
    types.Set: {
        **dict.fromkeys(("add", "discard", "remove", "update", "issubset", "issuperset"), (1,)),
        "clear": (0,),
    },
    types.Seq: {**dict.fromkeys(("append", "extend", "truncate", "count"), (1,)), "pop": (0, 1), "clear": (0,)},
    types.Bag: {**dict.fromkeys(("add", "discard", "remove", "count"), (1,)), "clear": (0,)},
}


def _like(kind: types.Type, element: types.Type) -> types.Type:
    if isinstance(kind, types.Set):
        return types.Set(element, kind.size)
    return types.Seq(element, kind.size) if isinstance(kind, types.Seq) else types.Bag(element, kind.size)  # type: ignore[attr-defined]

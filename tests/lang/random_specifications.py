"""Random specifications: the text of a module with a small `Model`, well typed, and using most of the language.

Whatever such a specification does, all executions have to do the same. Numbers are mostly kept in their bounds when
they are stored, but not always: errors have to be the same, too.
"""

from __future__ import annotations

from collections.abc import Callable
from textwrap import indent

from lang.random_expressions import Expressions, Function, Path, Scope, needs_state
from lang.random_types import BOOL, COLOR, PROC, SYM, Kind, Source, Types, an_int, collection, option_of, union_of

HEADER = """
from enum import Enum
from typing import Annotated

from fencepost.model import *


class Color(Enum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


Proc = Annotated[int, Domain(2, prefix="p")]
Sym = Annotated[int, Domain("syms", symmetric=True)]
"""


class Specifications(Expressions):
    """Writes specifications."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self.types = Types(source)
        self.helpers: list[Function] = []
        self.changers: list[Function] = []
        self.methods: dict[str, list[Function]] = {}
        self.lines: list[str] = []
        self.choices = 0

    def module(self) -> str:
        """The text of a module with the class `Example`."""
        text = [HEADER]
        for position in range(self.source.below(3)):
            text.append(self.struct_class(self.types.struct(f"S{position + 1}")))
        fields = [(f"f{position}", self.types.field()) for position in range(self.source.between(2, 5))]
        fields += [("who", SYM), ("n", an_int(0, 3))]
        if len(self.types.structs) > 1:
            either = union_of(self.types.structs)
            fields.append(("either", self.source.pick((either, option_of(either), collection("bag", either, 2)))))
        state = Path(
            "self",
            Kind("struct", "Example", tuple(kind for _, kind in fields), tuple(name for name, _ in fields)),
            place=True,
        )
        self.state = state
        base = self.model("Example" if self.source.chance(75) else "Base", fields)
        text.append(base)
        if "class Base" in base:
            text.append(self.derived())
        return "\n\n".join(text)

    # Classes.

    def struct_class(self, kind: Kind) -> str:
        body = [f"{name}: {part.text}" for name, part in zip(kind.names, kind.parts, strict=True)]
        scope = Scope([Path("self", kind, place=True)], members=False)
        if self.source.chance(60):
            body += ["", "@property", "def size(self) -> int:", *self.returning(scope, an_int(0, 3))]
            self.methods.setdefault(kind.text, []).append(Function("{}.size", (), an_int(0, 3)))
        if self.source.chance(40):
            body += ["", "def test(self, x: int, y: Color = Color.RED) -> bool:"]
            inside = scope.inner(Path("x", an_int(0, 3)), Path("y", COLOR))
            body += self.returning(inside, BOOL)
            self.methods.setdefault(kind.text, []).append(Function("{}.test", (an_int(0, 3), COLOR), BOOL))
        if self.source.chance(40):
            body += ["", "def change(self) -> None:", *self.block(scope, 2, changes=True)]
            self.methods.setdefault(kind.text, []).append(Function("{}.change()", (), None))
        return f"class {kind.text}(Struct):\n" + indent("\n".join(body), "    ")

    def model(self, name: str, fields: list[tuple[str, Kind]]) -> str:
        body = ["syms: Constant[int] = 2", *(f"{field}: {kind.text}" for field, kind in fields), ""]
        for position in range(self.source.below(4)):
            body += self.helper(position)
        for position in range(self.source.below(3)):
            body += self.changer(position)
        if self.source.chance(40):
            body += ["@init", "def start(self) -> None:", *self.block(self.scope(), 2, changes=True, choosing=True), ""]
        for position in range(self.source.between(1, 4)):
            body += self.action(position)
        for position in range(self.source.between(0, 3)):
            body += self.property_(position)
        return f"class {name}(Model):\n" + indent("\n".join(body), "    ")

    def derived(self) -> str:
        body = []
        pure = [helper for helper in self.helpers if helper.text.startswith("self.h")]
        if pure:
            helper = self.source.pick(pure)
            name = helper.text.removeprefix("self.").partition("(")[0]
            names = [f"a{position}" for position in range(len(helper.parameters))]
            result = helper.result
            assert result is not None
            inherited = Function(f"super().{name}({', '.join(names)})", (), result)
            if not name.startswith("hp"):
                scope = Scope([*(Path(n, kind) for n, kind in zip(names, helper.parameters, strict=True)), self.state])
                scope.functions = [inherited]
                body += [f"def {name}({', '.join(['self', *names])}):"]
                body += self.returning(scope, result)
        body += self.action(9)
        return "class Example(Base):\n" + indent("\n".join(body), "    ")

    def scope(self, functions: list[Function] | None = None) -> Scope:
        return Scope([self.state], list(self.helpers) if functions is None else functions)

    # Methods.

    def helper(self, position: int) -> list[str]:
        """A method that returns something, and changes nothing."""
        result = self.source.pick((an_int(0, 3), BOOL, COLOR, BOOL))
        scope, roll = self.scope(), self.source.below(6)
        if roll == 0:
            body = self.returning(scope, result)
            self.helpers.append(Function(f"self.hp{position}", (), result))
            return ["@property", f"def hp{position}(self):", *body, ""]
        kinds = [self.types.scalar() for _ in range(self.source.below(3))]
        if self.source.chance(30):
            kinds.append(collection("set", COLOR, None))
        names = [f"a{number}" for number in range(len(kinds))]
        paths = [Path(name, kind) for name, kind in zip(names, kinds, strict=True)]
        signature = [f"{name}: {kind.text}" for name, kind in zip(names, kinds, strict=True)]
        if roll == 1:
            paths = [path for path in paths if not needs_state(path.kind)]
            body = self.returning(Scope([*paths, Path("7", an_int(7, 7))], members=False), result)
            self.helpers.append(Function(f"self.hs{position}({{}})", tuple(kinds), result))
            return ["@staticmethod", f"def hs{position}({', '.join(signature)}):", *body, ""]
        body = self.returning(scope.inner(*paths), result)
        self.helpers.append(Function(f"self.h{position}({{}})", tuple(kinds), result))
        return [f"def h{position}({', '.join(['self', *signature])}):", *body, ""]

    def returning(self, scope: Scope, result: Kind) -> list[str]:
        """The body of a function with a result: one expression, or a loop or branch that may return early."""
        if self.source.chance(50):
            return [f"    return {self.value(result, scope, 2)}"]
        if self.source.chance(50):
            target, source, inside = self.iteration(scope, 1, ordered=True)
            body = [f"    for {target} in {source}:", f"        if {self.condition(inside, 1)}:"]
            body += [f"            return {self.value(result, inside, 1)}"]
            if self.source.chance(30):
                body += ["        else:", "            continue"]
            return [*body, f"    return {self.value(result, scope, 1)}"]
        name = self.fresh("r")
        body = [f"    {name} = {self.value(result, scope, 1)}", f"    if {self.condition(scope, 1)}:"]
        body += [f"        return {self.value(result, scope, 1)}"]
        if self.source.chance(50):
            body += ["    else:", f"        {name} = {self.value(result, scope, 1)}"]
        return [*body, f"    return {name}"]

    def changer(self, position: int) -> list[str]:
        """A method that changes the state."""
        kinds = [self.types.atom() for _ in range(self.source.below(2))]
        places = [path for path in self.scope().places() if path.kind.tag == "struct" and not path.risky]
        if places and self.source.chance(40):
            kinds.append(self.source.pick(places).kind)
        paths = [Path(f"a{number}", kind, place=kind.is_place) for number, kind in enumerate(kinds)]
        signature = ", ".join(["self", *(f"{path.text}: {path.kind.text}" for path in paths)])
        body = self.block(self.scope().inner(*paths), 2, changes=True)
        self.changers.append(Function(f"self.c{position}({{}})", tuple(kinds), None))
        return [f"def c{position}({signature}) -> None:", *body, ""]

    def action(self, position: int) -> list[str]:
        paths = []
        signature = ["self"]
        for number in range(self.source.below(3)):
            kind, text = self.parameter()
            paths.append(Path(f"p{number}", kind))
            signature.append(f"p{number}: {text}")
        body = self.block(self.scope().inner(*paths), 3, changes=True, choosing=True, requiring=True)
        return ["@action", f"def act{position}({', '.join(signature)}) -> None:", *body, ""]

    def parameter(self) -> tuple[Kind, str]:
        found = [path for path in self.scope().reading("set", "bag", "seq") if path.place and not path.keys]
        if found and self.source.chance(40):
            path = self.source.pick(found)
            element = path.kind.parts[0]
            return element, f'Annotated[{element.text}, In("{path.text.removeprefix("self.")}")]'
        kind = self.types.scalar()
        return kind, kind.text

    def property_(self, position: int) -> list[str]:
        kind = self.source.pick(("invariant", "invariant", "witness", "step_invariant", "constraint"))
        if kind == "step_invariant":
            after = Path("after", self.state.kind)
            scope = Scope([self.state, after], list(self.helpers))
            signature = "(self, after) -> bool:"
        else:
            scope, signature = self.scope(), "(self) -> bool:"
        body = self.returning(scope, BOOL) if self.source.chance(30) else [f"    return {self.condition(scope, 3)}"]
        return [f"@{kind}", f"def {kind}{position}{signature}", *body, ""]

    # Statements.

    def block(self, scope: Scope, depth: int, **options: bool) -> list[str]:
        """An indented block. Options: changes, choosing, requiring, looping."""
        lines: list[str] = []
        roots = list(scope.roots)
        inside = Scope(roots, scope.functions, scope.members)
        for _ in range(self.source.between(1, 4 if depth > 2 else 2)):
            lines += self.statement(inside, depth, options)
        return ["    " + line for line in lines] or ["    pass"]

    def statement(self, scope: Scope, depth: int, options: dict[str, bool]) -> list[str]:
        """A statement; names it binds are added to the scope."""
        roll = self.source.below(22)
        makers: list[tuple[bool, Callable[[], list[str]]]] = [
            (roll < 7, lambda: self.store(scope)),
            (roll < 10, lambda: self.collection_method(scope)),
            (roll < 12 and depth > 0, lambda: self.branch(scope, depth, options)),
            (roll < 14 and depth > 0, lambda: self.for_(scope, depth, options)),
            (roll < 16, lambda: self.local(scope)),
            (roll == 16, lambda: self.reference(scope)),
            (roll == 17, lambda: self.call_statement(scope)),
            (roll == 18 and options.get("choosing", False), lambda: self.choice(scope)),
            (roll <= 19 and options.get("requiring", False), lambda: [f"require({self.condition(scope, 2)})"]),
            (roll == 20 and options.get("looping", False), lambda: self.leave(scope)),
            (roll == 21, lambda: self.local_list(scope)),
        ]
        for wanted, maker in makers:
            if wanted:
                return maker()
        return self.store(scope)

    def store(self, scope: Scope) -> list[str]:
        """An assignment to a place of the state."""
        found = scope.places()
        if not found:
            return ["pass"]
        path = self.source.pick(found)
        target = self.filled(path, scope, 1)
        if path.kind.tag == "int" and self.source.chance(40):
            change = f"    {target} {self.source.pick(('+=', '-='))} {self.source.pick((1, 1, 2))}"
            return [f"if {path.kind.low + 1} <= {target} < {path.kind.high}:", change]
        if path.kind.tag == "set" and self.source.chance(30):
            return [f"{target} {self.source.pick('|&-^')}= {self.value(path.kind, scope, 1)}"]
        if path.kind.is_scalar and self.source.chance(10):
            other = self.source.pick([other for other in scope.places() if other.kind.is_scalar])
            values = self.value(path.kind, scope, 1), self.value(other.kind, scope, 1)
            return [f"{target}, {self.filled(other, scope, 0)} = {values[0]}, {values[1]}"]
        value = self.value(path.kind, scope, 2)
        if value == target and path.kind == BOOL:
            value = f"not {value}"
        return [f"{target} = {value}"]

    def collection_method(self, scope: Scope) -> list[str]:
        found = [path for path in scope.places() if path.kind.is_collection]
        if not found:
            return self.store(scope)
        path = self.source.pick(found)
        element, target = path.kind.parts[0], self.filled(path, scope, 1)
        item = self.value(element, scope, 1)
        roll = self.source.below(10)
        if roll == 0:
            return [f"{target}.clear()"]
        if path.kind.tag == "bag":
            name = self.source.pick(("add", "add", "discard", "remove"))
            return [f"if len({target}) < {path.kind.high}:", f"    {target}.{name}({item})"]
        if path.kind.tag == "set":
            if roll == 1:
                return [f"{target}.update({self.value(path.kind, scope, 1)})"]
            name = "remove" if roll == 2 else self.source.pick(("add", "add", "discard"))
            guard = [f"if len({target}) < {path.kind.high}:"] if path.kind.high and name == "add" else []
            return [*guard, f"{'    ' if guard else ''}{target}.{name}({item})"]
        guard = f"if len({target}) < {path.kind.high}:"
        if roll < 5:
            return [guard, f"    {target}.append({item})"]
        if roll == 5:
            return [f"{target}.extend({self.value(path.kind, scope, 1)})"]
        if roll == 6:
            return [f"{target}.truncate({self.source.pick(('0', '1', f'len({target}) - 1'))})"]
        if roll == 7:
            name = self.fresh("y")
            lines = [f"{name} = {target}.pop({self.source.pick(('', '0', '-1'))})"]
            scope.roots.append(Path(name, element))
            return [f"require(len({target}) > 0)", *lines] if scope.members and self.in_action else lines
        index = self.source.pick(("0", "-1", self.number(scope, 0)))
        return [f"if len({target}) > 1:", f"    {target}[{index}] = {item}"]

    in_action = False

    def branch(self, scope: Scope, depth: int, options: dict[str, bool]) -> list[str]:
        lines = [f"if {self.condition(scope, 2)}:", *self.block(scope, depth - 1, **options)]
        if self.source.chance(20):
            lines += [f"elif {self.condition(scope, 1)}:", *self.block(scope, depth - 1, **options)]
        if self.source.chance(40):
            lines += ["else:", *self.block(scope, depth - 1, **options)]
        return lines

    def for_(self, scope: Scope, depth: int, options: dict[str, bool]) -> list[str]:
        target, source, inside = self.iteration(scope, 1, ordered=True)
        # In a loop over all colors there is a choice for each.
        choosing = options.get("choosing", False) and source == "Color"
        inner = options | {"choosing": choosing, "looping": True}
        lines = [f"for {target} in {source}:", *self.block(inside, depth - 1, **inner)]
        if self.source.chance(15):
            lines += ["else:", *self.block(scope, 0, **options)]
        return lines

    def leave(self, scope: Scope) -> list[str]:
        return [f"if {self.condition(scope, 1)}:", f"    {self.source.pick(('break', 'continue'))}"]

    def local(self, scope: Scope) -> list[str]:
        """A name for a value, or a new value for one."""
        kind = self.types.field(1) if self.source.chance(60) else self.types.scalar()
        if kind.tag in ("map", "bag") or not scope.can_make(kind):
            kind = an_int(0, 3)
        known = [path for path in scope.roots if path.text.startswith("z") and path.kind == kind]
        text = self.value(kind, scope, 2)
        if known and self.source.chance(60):
            name = self.source.pick(known).text
            return [f"{name} += {text}" if kind.tag == "int" and self.source.chance(50) else f"{name} = {text}"]
        name = self.fresh("z")
        if kind.tag == "struct":
            text = f"copy_of({text})"
        scope.roots.append(Path(name, kind))
        return [f"{name} = {text}"]

    def reference(self, scope: Scope) -> list[str]:
        """A name for a place of the state."""
        found = [path for path in scope.places() if path.kind.is_place and not path.risky]
        if not found:
            return self.store(scope)
        path = self.source.pick(found)
        name = self.fresh("me")
        line = f"{name} = {self.filled(path, scope, 1)}"
        scope.roots.append(Path(name, path.kind, place=True))
        return [line]

    def call_statement(self, scope: Scope) -> list[str]:
        """A call of something that changes the state."""
        found = [path for path in scope.places() if not path.risky]
        changing = [
            (path, method) for path in found for method in self.methods.get(path.kind.text, ()) if not method.result
        ]
        if changing and self.source.chance(60):
            path, method = self.source.pick(changing)
            return [method.text.format(self.filled(path, scope, 1))]
        if not (self.changers and scope.members):
            return self.store(scope)
        changer = self.source.pick(self.changers)
        arguments = [
            (self.read(kind, scope, 1) if kind.is_place else None) or self.value(kind, scope, 1)
            for kind in changer.parameters
        ]
        return [changer.text.format(", ".join(arguments))]

    def choice(self, scope: Scope) -> list[str]:
        self.choices += 1
        if self.choices > 3:
            return self.store(scope)
        target, source, inside = self.iteration(scope, 1, ordered=True)
        if "," in target or ".values()" in source or ".items()" in source:
            target, source, inside = "q9", "[1, 2]", scope.inner(Path("q9", an_int(1, 2)))
        scope.roots.append(inside.roots[-1])
        return [f"{target} = choose({source})"]

    def local_list(self, scope: Scope) -> list[str]:
        """A list made here, and used."""
        kind = collection("seq", self.types.atom(), 3)
        if not scope.can_make(kind):
            return self.store(scope)
        name = self.fresh("w")
        lines = [f"{name} = [{self.value(kind.parts[0], scope, 1)}]"]
        for _ in range(self.source.below(3)):
            lines.append(f"{name}.append({self.value(kind.parts[0], scope, 1)})")
        scope.roots.append(Path(name, kind))
        return lines


def random_module(below: Callable[[int], int]) -> str:
    """The text of a random specification. `below(n)` gives a number from 0 to n - 1."""
    return Specifications(Source(below)).module()


__all__ = ["PROC", "random_module"]

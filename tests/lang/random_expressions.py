"""Random expressions of a given type over what is in scope, for random specifications."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lang.random_types import BOOL, COLOR, SYM, Kind, Source, an_int

_SMALL = an_int(0, 3)


@dataclass(frozen=True)
class Path:
    """Something that can be read: text with `{}` for keys of these kinds. A place can be written."""

    text: str
    kind: Kind
    keys: tuple[Kind, ...] = ()
    place: bool = False
    risky: bool = False
    unwrapped: bool = False


@dataclass(frozen=True)
class Function:
    """A function to call: `text` is how it is named at the call."""

    text: str
    parameters: tuple[Kind, ...]
    result: Kind | None


@dataclass
class Scope:
    """What can be read and called. Loops and branches work on copies."""

    roots: list[Path]
    functions: list[Function] = field(default_factory=list)
    members: bool = True
    """Whether `self.members(...)` can be called here."""

    def inner(self, *more: Path) -> Scope:
        return replace(self, roots=[*self.roots, *more])

    def can_make(self, *kinds: Kind) -> bool:
        """Whether values can be written here: maps and interchangeable identities need a state."""
        return self.members or not any(needs_state(kind) for kind in kinds)

    def paths(self) -> Iterator[Path]:
        for root in self.roots:
            for path in parts(root, 3):
                if path is root or self.can_make(path.kind, *path.keys):
                    yield path

    def reading(self, *tags: str) -> list[Path]:
        return [path for path in self.paths() if path.kind.tag in tags]

    def places(self) -> list[Path]:
        return [path for path in self.paths() if path.place and not path.text.isidentifier()]


def needs_state(kind: Kind) -> bool:
    return kind == SYM or kind.tag == "map" or any(map(needs_state, kind.parts))


def parts(path: Path, depth: int) -> Iterator[Path]:
    """A path and everything that can be reached from it."""
    yield path
    kind = path.kind
    if not depth:
        return
    if kind.tag == "struct":
        for name, part in zip(kind.names, kind.parts, strict=True):
            yield from parts(replace(path, text=f"{path.text}.{name}", kind=part), depth - 1)
    elif kind.tag == "map":
        found = replace(path, text=f"{path.text}[{{}}]", kind=kind.parts[1], keys=(*path.keys, kind.parts[0]))
        yield from parts(found, depth - 1)
    elif kind.tag == "seq":
        element = Path(f"{path.text}[{{}}]", kind.parts[0], (*path.keys, _SMALL), risky=True, unwrapped=path.unwrapped)
        yield from parts(element, depth - 1)
    elif kind.tag == "union":
        for struct in kind.parts:
            inside = parts(Path(path.text, struct, path.keys, risky=True, unwrapped=True), depth)
            yield from (part for part in inside if part.text != path.text)
    elif kind.tag == "option":
        yield from parts(Path(path.text, kind.parts[0], path.keys, risky=True, unwrapped=True), depth)


class Expressions:
    """Writes expressions. `depth` bounds their nesting."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.names = 0

    def fresh(self, letter: str = "x") -> str:
        self.names += 1
        return f"{letter}{self.names}"

    def filled(self, path: Path, scope: Scope, depth: int) -> str:
        """A path with keys."""
        return path.text.format(*(self.value(key, scope, max(depth - 1, 0)) for key in path.keys))

    def read(self, kind: Kind, scope: Scope, depth: int) -> str | None:
        """Something in scope of this kind (any bounds for numbers), rarely something that may fail."""
        numeric = kind.tag == "int"
        found = [path for path in scope.paths() if path.kind == kind or (numeric and path.kind.tag == "int")]
        found = [path for path in found if (numeric or not path.unwrapped) and (depth or not path.keys)]
        safe = [path for path in found if not path.risky]
        if safe and not self.source.chance(6):
            found = safe
        elif not self.source.chance(40):
            return None
        return self.filled(self.source.pick(found), scope, depth) if found else None

    def called(self, kind: Kind, scope: Scope, depth: int) -> str | None:
        found = [function for function in scope.functions if function.result == kind]
        if not found:
            return None
        function = self.source.pick(found)
        arguments = [self.value(parameter, scope, max(depth - 1, 0)) for parameter in function.parameters]
        return function.text.format(", ".join(arguments))

    def value(self, kind: Kind, scope: Scope, depth: int) -> str:
        """An expression whose value fits the kind, nearly always."""
        if kind.tag == "int":
            text = self.number(scope, depth)
            if text.lstrip("-").isdigit() and kind.low <= int(text) <= kind.high:
                return text
            return text if self.source.chance(5) else f"({text} - {kind.low}) % {kind.count} + {kind.low}"
        if self.source.chance(30 if depth else 60) and (text := self.read(kind, scope, depth)):
            return text
        if depth and self.source.chance(15) and (text := self.called(kind, scope, depth)):
            return text
        if depth and kind.is_scalar and kind.tag != "bool" and self.source.chance(20):
            options = self.value(kind, scope, depth - 1), self.value(kind, scope, depth - 1)
            return f"({options[0]} if {self.condition(scope, depth - 1)} else {options[1]})"
        return str(getattr(self, kind.tag)(kind, scope, depth))

    def bool(self, kind: Kind, scope: Scope, depth: int) -> str:
        return self.condition(scope, depth)

    def enum(self, kind: Kind, scope: Scope, depth: int) -> str:
        return f"{kind.text}.{self.source.pick(kind.names)}"

    def proc(self, kind: Kind, scope: Scope, depth: int) -> str:
        return str(self.source.below(kind.count))

    def sym(self, kind: Kind, scope: Scope, depth: int) -> str:
        # There are no literals of interchangeable identities.
        safe = [path for path in scope.paths() if path.kind == kind and not path.risky]
        return self.filled(min(safe, key=lambda path: len(path.keys)), scope, 0)

    def option(self, kind: Kind, scope: Scope, depth: int) -> str:
        return "None" if self.source.chance(40) else self.value(kind.parts[0], scope, depth)

    def struct(self, kind: Kind, scope: Scope, depth: int) -> str:
        deeper = max(depth - 1, 0)
        if depth and self.source.chance(25):
            position = self.source.below(len(kind.names))
            change = f"{kind.names[position]}={self.value(kind.parts[position], scope, deeper)}"
            return f"replace({self.value(kind, scope, deeper)}, {change})"
        given = [self.value(part, scope, deeper) for part in kind.parts]
        if self.source.chance(30):
            given = [f"{name}={text}" for name, text in zip(kind.names, given, strict=True)]
        return f"{kind.text}({', '.join(given)})"

    def union(self, kind: Kind, scope: Scope, depth: int) -> str:
        return self.value(self.source.pick(kind.parts), scope, depth)

    def set(self, kind: Kind, scope: Scope, depth: int) -> str:
        element = kind.parts[0]
        roll = self.source.below(8) if depth else 0
        if roll < 3:
            count = self.source.between(0, min(kind.high, 2) if kind.high else 2)
            items = [self.hashable(element, scope, max(depth - 1, 0)) for _ in range(count)]
            return f"{{{', '.join(items)}}}" if items else "set()"
        if roll < 5 and kind.high == 0:
            left, right = self.value(kind, scope, depth - 1), self.value(kind, scope, depth - 1)
            return f"({left} {self.source.pick('|&-^')} {right})"
        if roll == 5 and kind.high == 0 and element.tag in ("enum", "proc", "sym", "bool"):
            return f"self.members({element.text})" if scope.members else f"set({self.list_of(kind, scope, depth)})"
        loop, inside = self.loop(scope, depth - 1)
        return f"{{{self.hashable(element, inside, depth - 1)} {loop}}}"

    def hashable(self, kind: Kind, scope: Scope, depth: int) -> str:
        """An element of a built-in set."""
        text = self.value(kind, scope, depth)
        if kind.tag == "option" and text == "None":
            text = self.value(kind.parts[0], scope, depth)
        return {"set": f"frozenset({text})", "seq": f"tuple({text})"}.get(kind.tag, text)

    def list_of(self, kind: Kind, scope: Scope, depth: int) -> str:
        return f"[{self.value(kind.parts[0], scope, max(depth - 1, 0))}]"

    def seq(self, kind: Kind, scope: Scope, depth: int) -> str:
        element, deeper = kind.parts[0], max(depth - 1, 0)
        roll = self.source.below(8) if depth else 0
        if roll < 3:
            items = [self.value(element, scope, deeper) for _ in range(self.source.between(0, min(kind.high, 2)))]
            return f"[{', '.join(items)}]"
        if roll < 5:
            start, stop = (self.pick_end(scope) for _ in range(2))
            return f"{self.value(kind, scope, deeper)}[{start}:{stop}]"
        if roll == 5:
            return f"({self.value(kind, scope, deeper)} + {self.value(kind, scope, deeper)})[:{kind.high}]"
        loop, inside = self.loop(scope, deeper, ordered=True)
        made = f"[{self.value(element.parts[0] if element.tag == 'option' else element, inside, deeper)} {loop}]"
        if element.tag == "int" and self.source.chance(30):
            made = f"sorted({made}, reverse=True)" if self.source.chance(50) else f"sorted({made})"
        return f"{made}[:{kind.high}]"

    def pick_end(self, scope: Scope) -> str:
        return self.source.pick(("", "1", "-1", "0", "2", "-2", "(" + self.number(scope, 0) + ")"))

    def bag(self, kind: Kind, scope: Scope, depth: int) -> str:
        return "Bag()"

    def map(self, kind: Kind, scope: Scope, depth: int) -> str:
        key, element = kind.parts
        name = self.fresh("k")
        inside = scope.inner(Path(name, key))
        return f"{{{name}: {self.value(element, inside, max(depth - 1, 0))} for {name} in self.members({key.text})}}"

    # Numbers.

    def number(self, scope: Scope, depth: int) -> str:
        """An integer expression, of any size."""
        roll = self.source.below(20) if depth else self.source.below(3)
        deeper = depth - 1
        if roll < 2 or roll == 19:
            return self.read(_SMALL, scope, depth) or str(self.source.between(0, 3))
        if roll == 2:
            return str(self.source.pick((0, 1, 2, 3, -1, -2)))
        if roll < 7:
            return f"({self.number(scope, deeper)} {self.source.pick('++-*')} {self.number(scope, deeper)})"
        if roll == 7:
            divisor = str(self.source.pick((2, 3, -2, -3))) if self.source.chance(80) else self.number(scope, 0)
            return f"({self.number(scope, deeper)} {self.source.pick(('//', '%'))} ({divisor}))"
        if roll == 8:
            name = self.source.pick(("min", "max"))
            return f"{name}({self.number(scope, deeper)}, {self.number(scope, deeper)})"
        if roll == 9:
            return f"{self.source.pick(('abs', '-', '+', 'int'))}({self.number(scope, deeper)})"
        if roll < 12:
            return self.size(scope, depth)
        if roll < 15:
            return self.folded(scope, depth)
        if roll == 15:
            return (
                f"({self.number(scope, deeper)} if {self.condition(scope, deeper)} else {self.number(scope, deeper)})"
            )
        if roll == 16:
            return f"int({self.condition(scope, deeper)})"
        if roll == 17:
            options = scope.reading("option")
            options = [path for path in options if path.kind.parts[0].tag == "int" and not path.risky]
            if options:
                text = self.filled(self.source.pick(options), scope, 0)
                return f"({text} if {text} is not None else {self.number(scope, deeper)})"
        return self.called(_SMALL, scope, depth) or self.number(scope, deeper)

    def size(self, scope: Scope, depth: int) -> str:
        found = [path for path in scope.reading("set", "seq", "bag", "map") if not path.risky]
        if not found:
            return "1"
        path = self.source.pick(found)
        text = self.filled(path, scope, depth)
        if path.kind.tag in ("seq", "bag") and self.source.chance(40):
            return f"{text}.count({self.value(path.kind.parts[0], scope, max(depth - 1, 0))})"
        return f"len({text})"

    def folded(self, scope: Scope, depth: int) -> str:
        loop, inside = self.loop(scope, depth - 1)
        body = self.number(inside, depth - 1)
        if self.source.chance(40):
            return f"sum({body} {loop})"
        if self.source.chance(20):
            return f"sum({self.condition(inside, depth - 1)} {loop})"
        default = f", default={self.number(scope, 0)}" if self.source.chance(85) else ""
        return f"{self.source.pick(('min', 'max'))}(({body} {loop}){default})"

    # Conditions.

    def condition(self, scope: Scope, depth: int) -> str:
        """A boolean expression."""
        if not depth:
            text = self.read(BOOL, scope, 0) if self.source.chance(60) else None
            return (
                text or f"({self.number(scope, 0)} {self.source.pick(('<', '>=', '=='))} {self.source.between(0, 2)})"
            )
        deeper, roll = depth - 1, self.source.below(20)
        if roll < 3:
            return self.read(BOOL, scope, depth) or self.source.pick(("True", "False"))
        if roll < 7:
            operator = self.source.pick(("<", "<=", ">", ">=", "==", "!="))
            text = f"{self.number(scope, deeper)} {operator} {self.number(scope, deeper)}"
            more = (
                f" {self.source.pick(('<', '<=', '=='))} {self.number(scope, deeper)}" if self.source.chance(20) else ""
            )
            return f"({text}{more})"
        if roll < 10:
            return self.equality(scope, depth)
        if roll < 13:
            return self.membership(scope, depth)
        if roll < 15:
            word = self.source.pick(("and", "or"))
            return f"({self.condition(scope, deeper)} {word} {self.condition(scope, deeper)})"
        if roll == 15:
            return f"(not {self.condition(scope, deeper)})"
        if roll < 18:
            loop, inside = self.loop(scope, deeper)
            return f"{self.source.pick(('any', 'all'))}({self.condition(inside, deeper)} {loop})"
        if roll == 18:
            return f"implies({self.condition(scope, deeper)}, {self.condition(scope, deeper)})"
        return self.called(BOOL, scope, depth) or self.condition(scope, deeper)

    def equality(self, scope: Scope, depth: int) -> str:
        found = [path for path in scope.paths() if not path.risky and path.text not in ("self", "after")]
        if not found:
            return "(1 == 1)"
        path = self.source.pick(found)
        text = self.filled(path, scope, depth)
        if path.kind.tag == "option" and self.source.chance(50):
            return f"({text} {self.source.pick(('is', 'is not'))} None)"
        inner = path.kind.parts[0] if path.kind.tag == "option" else path.kind
        if inner.tag == "union" and self.source.chance(60):
            return f"isinstance({text}, {self.source.pick(inner.parts).text})"
        if path.kind.tag in ("set", "seq") and self.source.chance(20):
            return f"bool({text})"
        operators = ("==", "!=", "<=", "<", ">") if path.kind.tag == "set" else ("==", "!=")
        kind = replace(path.kind, high=0) if path.kind.tag == "set" else path.kind
        other = text if kind.tag == "bag" else self.value(kind, scope, max(depth - 1, 0))
        return f"({text} {self.source.pick(operators)} {other})"

    def membership(self, scope: Scope, depth: int) -> str:
        found = [path for path in scope.reading("set", "seq", "bag") if not path.risky]
        word = self.source.pick(("in", "not in"))
        if not found or self.source.chance(20):
            if self.source.chance(50):
                return f"({self.number(scope, 0)} {word} range({self.number(scope, 0)}, 3))"
            return f"({self.value(COLOR, scope, 0)} {word} (Color.RED, Color.BLUE))"
        path = self.source.pick(found)
        item = self.value(path.kind.parts[0], scope, depth - 1)
        return f"({item} {word} {self.filled(path, scope, depth)})"

    # Loops.

    def loop(self, scope: Scope, depth: int, *, ordered: bool = False) -> tuple[str, Scope]:
        """`for x in ... if ...`, and the scope with its names."""
        target, source, inside = self.iteration(scope, depth, ordered=ordered)
        text = f"for {target} in {source}"
        if self.source.chance(40):
            text += f" if {self.condition(inside, max(depth, 0))}"
        if depth > 0 and self.source.chance(15):
            more, inside = self.loop(inside, depth - 1, ordered=ordered)
            text += f" {more}"
        return text, inside

    def iteration(self, scope: Scope, depth: int, *, ordered: bool) -> tuple[str, str, Scope]:
        """What to loop over: the target, the source, and the scope inside."""
        name = self.fresh()
        found = [path for path in scope.reading("set", "seq", "bag", "map") if not path.risky]
        roll = self.source.below(8)
        if not found or roll == 0:
            bound = f"({self.number(scope, 0)}) % 4"
            return name, f"range({bound})", scope.inner(Path(name, an_int(0, 3)))
        if roll == 1:
            return name, "Color", scope.inner(Path(name, COLOR))
        path = self.source.pick(found)
        text = self.filled(path, scope, max(depth, 0))
        if path.kind.tag == "map":
            return self.over_map(name, path, text, scope)
        element = path.kind.parts[0]
        inside = scope.inner(Path(name, element))
        if roll == 2:
            index = self.fresh("i")
            return f"{index}, {name}", f"enumerate({text})", inside.inner(Path(index, an_int(0, 3)))
        if roll == 3 and path.kind.tag == "seq":
            return name, f"reversed({text})", inside
        if roll == 4 and path.kind.tag == "set" and not ordered and element.is_scalar:
            return name, f"({text} | {{{self.hashable(element, scope, 0)}}})", inside
        return name, text, inside

    def over_map(self, name: str, path: Path, text: str, scope: Scope) -> tuple[str, str, Scope]:
        key, element = path.kind.parts
        value = Path(self.fresh("v"), element, place=path.place and element.is_place)
        roll = self.source.below(4)
        if roll == 0:
            return f"{name}, {value.text}", f"{text}.items()", scope.inner(Path(name, key), value)
        if roll == 1:
            return value.text, f"{text}.values()", scope.inner(value)
        return name, text, scope.inner(Path(name, key))

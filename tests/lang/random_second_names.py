"""Random actions full of second names: structs, lists, maps and sets that are shared, changed, copied and looked at.

Many of them are refused. Those that are not must mean the same in all executions.
"""

from __future__ import annotations

from collections.abc import Callable

from lang.random_types import Source

HEADER = """
from enum import Enum
from typing import Annotated

from fencepost.model import *


class Color(Enum):
    RED = "red"
    BLUE = "blue"


Num = Annotated[int, Range(0, 3)]


class S(Struct):
    v: Num = 0
    t: Set[Color] = Set()

    def bump(self) -> None:
        self.v = (self.v + 1) % 4

    def same(self):
        return self


class T(Struct):
    s: S
    v: Num = 0


class Example(Model):
    n: Annotated[int, Range(0, 999)]
    k: Num
    p: S
    q: S
    o: T
    m: Map[Color, S]
    seq: Annotated[Seq[Num], Size(4)]
    s: Set[Color]
    ss: Annotated[Seq[S], Size(2)]
    maybe: S | None

    def bump(self, x):
        x.v = (x.v + 1) % 4

    def grow(self, xs):
        xs.append(1)

    def keep(self, xs, x):
        xs.append(x)
        return x

    def same(self, x):
        return x

    def either(self, x, y):
        return x if self.k > 1 else y

    def entry(self, c):
        return self.m[c]

    def poke(self):
        self.p.v = (self.p.v + 1) % 4
        self.m[Color.RED].v = self.k
        self.seq = self.seq[1:]
        self.s = {Color.RED}
        return self.p.v

    def touch(self, x):
        x.v = (x.v + 2) % 4
        return x.v

    def first(self, x, y):
        return x

    def last(self, x, y):
        return y

    @action
    def act(self, k: Num, c: Color) -> None:
        self.k = k
"""

#: Names that own what they are bound to, always something new. They have a value from the start.
STRUCTS, LISTS, SETS = ("a", "b"), ("xs", "ys"), ("us", "vs")


class SecondNames:
    """Writes the body of one action. Further names are bound once, to anything, and are only read."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.pick = source.pick
        self.lists_of_structs = ["ls"] if source.chance(60) else []
        self.maps = ["d"] if source.chance(40) else []
        self.parts = ["o2"] if source.chance(40) else []
        self.readers: dict[str, list[str]] = {"struct": [], "list": [], "set": []}
        self.count = 0

    def text(self) -> str:
        lines = [f"{name} = S({self.pick('0123')})" for name in STRUCTS]
        lines += [f"{name} = {self.new_list()}" for name in LISTS]
        lines += [f"{name} = {self.new_set()}" for name in SETS]
        lines += [f"{name} = [S(1), S(2)]" for name in self.lists_of_structs]
        lines += [f"{name} = {{e: S(2) for e in Color}}" for name in self.maps]
        lines += [f"{name} = T(S(3), 1)" for name in self.parts]
        lines += self.block(2, self.source.between(3, 8))
        looks = [self.look() for _ in range(3)]
        lines.append(f"self.n = self.n + {looks[0]} + 4 * {looks[1]} + 16 * {looks[2]}")
        return HEADER + "".join(f"        {line}\n" for line in lines)

    # Values.

    def number(self) -> str:
        called = self.pick(("self.poke()", f"self.touch({self.pick((*STRUCTS, self.place()))})", "1"))
        return self.pick(("k", "0", "1", "2", "3", f"{self.look()} % 4", called))

    def color(self) -> str:
        return self.pick(("c", "Color.RED", "Color.BLUE"))

    def place(self) -> str:
        """A struct in the state, or in something local."""
        local = [f"{name}[{self.color()}]" for name in self.maps] + [f"{name}.s" for name in self.parts]
        return self.pick(("self.p", "self.q", f"self.m[{self.color()}]", "self.o.s", *local))

    def struct(self, depth: int = 2) -> str:
        """Any struct there is."""
        roll = self.source.below(16) if depth else self.source.below(6)
        if roll < 2:
            return self.place()
        if roll < 6:
            return self.pick((*STRUCTS, *self.readers["struct"]))
        inner = self.struct(depth - 1)
        if roll < 8:
            return self.new_struct()
        if roll < 10:
            return f"({inner} if k > 1 else {self.struct(depth - 1)})"
        if roll < 12:
            pair = self.pick((f"self.first({inner}, {self.number()})", f"self.last({self.number()}, {inner})"))
            return self.pick(
                (f"self.same({inner})", f"self.entry({self.color()})", f"self.either({inner}, self.p)", pair)
            )
        if roll == 12 and self.lists_of_structs:
            return f"{self.lists_of_structs[0]}[0]"
        if roll == 13:
            return f"{self.place()}.same()"
        return inner

    def new_struct(self) -> str:
        old = self.pick((*STRUCTS, *self.readers["struct"], self.place()))
        return self.pick((f"S({self.pick('0123')})", f"copy_of({old})", f"replace({old}, v={self.pick('0123')})"))

    def list(self) -> str:
        """Any list there is."""
        name = self.pick((*LISTS, *self.readers["list"]))
        return self.pick(
            (name, name, f"self.same({name})", f"({name} if k > 1 else self.seq)", "self.seq", self.new_list())
        )

    def new_list(self) -> str:
        old = self.pick((*LISTS, *self.readers["list"])) if self.count else "self.seq"
        return self.pick(
            ("[1]", f"[k, {self.number()}]", "[]", f"list({old})", f"{old}[{self.number()}:]", f"copy_of({old})")
        )

    def set(self) -> str:
        """Any set there is."""
        name = self.pick((*SETS, *self.readers["set"]))
        return self.pick((name, name, f"({name} if k > 1 else self.s)", "self.s", "self.p.t", self.new_set()))

    def new_set(self) -> str:
        old = self.pick((*SETS, *self.readers["set"])) if self.count else "self.s"
        return self.pick(("{c}", "set()", f"set({old})", f"({old} | {{c}})", f"copy_of({old})"))

    def look(self) -> str:
        """A number that depends on something that may have changed."""
        struct = self.pick((*STRUCTS, self.place(), *self.readers["struct"] * 2))
        xs, us = (*LISTS, *self.readers["list"] * 2), (*SETS, *self.readers["set"] * 2)
        options = [f"{struct}.v", f"len({struct}.t)", f"len({self.pick(xs)})", f"len({self.pick(us)})"]
        if self.source.chance(20):
            options = [f"({look} + {self.number()})" for look in options]
        options += [f"{name}[0].v" for name in self.lists_of_structs] + [f"{name}[c].v" for name in self.maps]
        return self.pick([*options, *(f"{name}.s.v" for name in self.parts)])

    # Statements.

    def block(self, depth: int, count: int) -> list[str]:
        known = {kind: list(names) for kind, names in self.readers.items()}
        lines = [line for _ in range(count) for line in self.statement(depth)]
        # At the end of a block all of its names are looked at.
        for kind, names in self.readers.items():
            shown = [f"{name}.v" if kind == "struct" else f"len({name})" for name in names if name not in known[kind]]
            lines += [f"self.n = (self.n * 4 + {look}) % 900" for look in shown]
        self.readers = known
        return lines

    def statement(self, depth: int) -> list[str]:
        self.count += 1
        roll = self.source.below(20)
        if roll < 2 and depth:
            lines = [f"if {self.look()} > 1:", *self.indented(depth)]
            return lines + (["else:", *self.indented(depth)] if self.source.chance(40) else [])
        if roll < 4 and depth:
            loops = ["for e in Color:", "for i in range(2):", f"for x in {self.pick(LISTS)}:"]
            loops += [f"for x in {name}:" for name in self.lists_of_structs]
            return [self.pick(loops), *self.indented(depth)]
        makers: tuple[Callable[[], str], ...] = (
            self.bind,
            self.bind,
            self.write,
            self.store,
            self.change,
            self.observe,
        )
        return [self.pick(makers)()]

    def indented(self, depth: int) -> list[str]:
        return ["    " + line for line in self.block(depth - 1, self.source.between(1, 3))]

    def observe(self) -> str:
        return f"self.n = (self.n * 2 + {self.look()}) % 900"

    def bind(self) -> str:
        roll = self.source.below(8)
        if roll == 0:
            return f"{self.pick(STRUCTS)} = {self.new_struct()}"
        if roll == 1:
            return f"{self.pick(LISTS)} = {self.new_list()}"
        if roll == 2:
            return f"{self.pick(SETS)} = {self.new_set()}"
        kind = self.pick(("struct", "struct", "list", "set"))
        value, name = getattr(self, kind)(), f"r{self.count}"
        self.readers[kind].append(name)
        return f"{name} = {value}"

    def write(self) -> str:
        struct = self.pick((*STRUCTS, self.place()))
        forms = (f"{struct}.v = {self.number()}", f"{struct}.bump()", f"self.bump({struct})", f"{struct}.t.add(c)")
        return self.pick((*forms, f"{struct}.t = {self.set()}", f"{struct}.t |= {{c}}"))

    def store(self) -> str:
        roll = self.source.below(4)
        if self.source.chance(10):
            struct = f"{self.place()}, {self.place()} = {self.struct()}, {self.struct()}"
            return self.pick((struct, f"self.o.s, self.ss = {self.new_struct()}, [{self.struct()}]"))
        if roll == 0:
            return f"self.seq = {self.list()}[:4]"
        if roll == 1:
            return f"self.s = {self.set()}"
        if roll == 2:
            struct = self.struct()
            parts = (f"self.ss = [{struct}]", f"self.maybe = {struct}", f"self.o = T({struct}, {self.number()})")
            return self.pick(parts)
        return f"{self.place()} = {self.struct()}"

    def change(self) -> str:
        xs, us = self.pick(LISTS), self.pick(SETS)
        lists = (f"{xs}.append(k)", f"{xs} += [1]", f"{xs}.clear()", f"self.grow({xs})", f"{xs}.extend({self.list()})")
        sets = (f"{us}.add(c)", f"{us} |= {{c}}", f"{us}.discard(c)", f"{us} -= {{c}}", "self.s.add(c)")
        structs = [f"{name}.append({self.struct()})" for name in self.lists_of_structs]
        structs += [f"self.keep({name}, {self.struct()})" for name in self.lists_of_structs]
        structs += [f"{name}[0] = {self.struct()}" for name in self.lists_of_structs]
        return self.pick((*lists, *sets, *structs))


def random_second_names(below: Callable[[int], int]) -> str:
    """The text of a module. `below(n)` gives a number from 0 to n - 1."""
    return SecondNames(Source(below)).text()

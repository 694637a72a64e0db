"""Random types of the language, as annotations, for random specifications."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class Source:
    """Where random decisions come from. `below(n)` gives a number from 0 to n - 1; 0 should be the simplest."""

    def __init__(self, below: Callable[[int], int]) -> None:
        self.below = below

    def pick(self, options: Sequence[T]) -> T:
        return options[self.below(len(options)) if len(options) > 1 else 0]

    def chance(self, percent: int) -> bool:
        return self.below(100) >= 100 - percent

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)


@dataclass(frozen=True)
class Kind:
    """A type: what it is, how it is written, and its parts (inner, element, key and element, or the fields)."""

    tag: str
    text: str
    parts: tuple[Kind, ...] = ()
    names: tuple[str, ...] = ()
    low: int = 0
    high: int = 0

    @property
    def is_place(self) -> bool:
        return self.tag in ("struct", "map")

    @property
    def is_collection(self) -> bool:
        return self.tag in ("set", "seq", "bag")

    @property
    def is_scalar(self) -> bool:
        return self.tag in ("bool", "int", "enum", "proc", "sym") or (self.tag == "option" and self.parts[0].is_scalar)

    @property
    def count(self) -> int:
        """How many values a scalar has."""
        return self.parts[0].count + 1 if self.tag == "option" else self.high - self.low + 1


BOOL = Kind("bool", "bool", low=0, high=1)
COLOR = Kind("enum", "Color", names=("RED", "GREEN", "BLUE"), low=0, high=2)
PROC = Kind("proc", "Proc", low=0, high=1)
SYM = Kind("sym", "Sym", low=0, high=1)


def an_int(low: int, high: int) -> Kind:
    return Kind("int", f"Annotated[int, Range({low}, {high})]", low=low, high=high)


def option_of(inner: Kind) -> Kind:
    return Kind("option", f"{inner.text} | None", (inner,))


def collection(tag: str, element: Kind, size: int | None) -> Kind:
    text = f"{tag.title()}[{element.text}]"
    return Kind(tag, text if size is None else f"Annotated[{text}, Size({size})]", (element,), high=size or 0)


def map_of(key: Kind, element: Kind) -> Kind:
    return Kind("map", f"Map[{key.text}, {element.text}]", (key, element))


def struct_of(name: str, fields: Sequence[tuple[str, Kind]]) -> Kind:
    return Kind("struct", name, tuple(kind for _, kind in fields), tuple(name for name, _ in fields))


def union_of(structs: Sequence[Kind]) -> Kind:
    return Kind("union", " | ".join(struct.text for struct in structs), tuple(structs))


class Types:
    """Chooses types; the structs it made are to be declared in the text."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.structs: list[Kind] = []

    def integer(self) -> Kind:
        low = self.source.pick((0, 0, 0, 1, -1, -2, -3))
        return an_int(low, low + self.source.between(1, 4))

    def atom(self) -> Kind:
        """Neither an optional nor anything with parts."""
        return self.source.pick((BOOL, None, None, COLOR, PROC, SYM)) or self.integer()

    def scalar(self) -> Kind:
        atom = self.atom()
        return option_of(atom) if self.source.chance(25) else atom

    def key(self) -> Kind:
        kind = self.scalar() if self.source.chance(20) else self.atom()
        return kind if kind.count <= 4 else COLOR

    def element(self) -> Kind:
        """What sets, sequences and bags have in them."""
        roll = self.source.below(10)
        if roll == 9 and self.structs:
            return self.one_of_structs()
        if roll == 8:
            return collection("set", self.key(), None)
        if roll == 7:
            return collection("seq", self.atom(), 2)
        return self.scalar()

    def any_set(self, element: Kind | None = None) -> Kind:
        element = element or self.element()
        sized = not element.is_scalar or self.source.chance(30)
        return collection("set", element, self.size() if sized else None)

    def size(self) -> int:
        """A small one, or one for which no word is wide enough."""
        return 70 if self.source.chance(15) else self.source.between(1, 3)

    def field(self, depth: int = 2) -> Kind:
        """The type of a field."""
        roll = self.source.below(16)
        if roll < 6 or not depth:
            return self.scalar()
        if roll < 8:
            return self.any_set()
        if roll < 10:
            return collection("seq", self.element(), self.size())
        if roll == 10:
            return collection("bag", self.element(), self.size())
        if roll < 13:
            return map_of(self.key(), self.field(depth - 1))
        if self.structs and roll < 15:
            struct = self.one_of_structs()
            return option_of(struct) if self.source.chance(30) else struct
        return self.scalar()

    def one_of_structs(self) -> Kind:
        """A struct made before, or the union of all of them."""
        if len(self.structs) > 1 and self.source.chance(40):
            return union_of(self.structs)
        return self.source.pick(self.structs)

    def struct(self, name: str) -> Kind:
        """A new struct class; fields may be of earlier ones."""
        count = self.source.between(1, 3)
        made = struct_of(name, [(f"{chr(97 + index)}{name[1:]}", self.field(1)) for index in range(count)])
        self.structs.append(made)
        return made

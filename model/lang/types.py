"""The types of the language, resolved: every bound is a number.

A type knows how many values it has, how many bits its *code* takes, and how to go from a value to its code and
back. Codes define the canonical order of values, which all executions share: sets iterate in it, bags and
unordered things are stored in it. `fit` checks a Python value against the type and returns what is stored:

| type                      | stored as                                                    |
|---------------------------|--------------------------------------------------------------|
| Bool, Int, Enum, Domain   | bool, int, the member, int                                   |
| Option                    | None or the inner value                                      |
| Struct, Map               | a frozen instance (places hold mutable ones)                 |
| Union                     | a frozen instance of one of its structs                      |
| Set, Bag                  | a tuple in canonical order, a set without duplicates         |
| Seq                       | a tuple                                                      |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from ..errors import BoundReached, CollectionFull, NoRoom, OutOfRange
from .scalars import Bool, Domain, Enum, Int, Option, Type, bits_for, is_scalar, show

__all__ = [
    "Bag",
    "Bool",
    "Domain",
    "Enum",
    "Int",
    "Map",
    "Option",
    "Seq",
    "Set",
    "Struct",
    "Type",
    "Union",
    "bits_for",
    "is_enumerable",
    "is_part",
    "is_scalar",
    "members_of",
    "named",
    "show",
    "show_part",
    "slots_code",
    "slots_value",
    "stored_items",
    "symmetric_domains",
]


@dataclass(frozen=True)
class Struct(Type):
    """Named fields, the first the most significant. `make` builds a frozen instance from stored values."""

    cls: type
    fields: tuple[tuple[str, Type], ...]
    defaults: tuple[tuple[str, Any], ...]
    make: Callable[[Struct, dict[str, Any]], Any]

    # Equality goes by class and fields: `make` and defaults follow from them.
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Struct) and self.cls is other.cls and self.fields == other.fields

    def __hash__(self) -> int:
        return hash((self.cls, self.fields))

    def __str__(self) -> str:
        return self.cls.__name__

    @cached_property
    def field(self) -> dict[str, Type]:
        return dict(self.fields)

    @cached_property
    def places(self) -> tuple[str, ...]:
        """The fields that have parts of their own."""
        return tuple(name for name, kind in self.fields if kind.is_place)

    @cached_property
    def _count(self) -> int:
        total = 1
        for _, kind in self.fields:
            total *= kind.count
        return total

    @property
    def count(self) -> int:
        return self._count

    @cached_property
    def _width(self) -> int:
        return sum(kind.width for _, kind in self.fields)

    @property
    def width(self) -> int:
        return self._width

    def fit(self, value: Any) -> Any:
        if not isinstance(value, self.cls):
            raise OutOfRange(f"{show(value)} is not a {self.cls.__name__}")
        return self._fit_fields(value)

    def _fit_fields(self, value: Any) -> Any:
        if value._frozen and value._type == self:
            return value
        return self.make(self, {name: named(name, kind.fit, value._values[name]) for name, kind in self.fields})

    def code(self, value: Any) -> int:
        code = 0
        for name, kind in self.fields:
            code = (code << kind.width) | kind.code(value._values[name])
        return code

    def value(self, code: int) -> Any:
        values = {}
        for name, kind in reversed(self.fields):
            values[name] = kind.value(code & ((1 << kind.width) - 1))
            code >>= kind.width
        return self.make(self, {name: values[name] for name, _ in self.fields})

    def rank(self, value: Any) -> int:
        rank = 0
        for name, kind in self.fields:
            rank = rank * kind.count + kind.rank(value._values[name])
        return rank

    def unrank(self, rank: int) -> Any:
        values = {}
        for name, kind in reversed(self.fields):
            rank, part = divmod(rank, kind.count)
            values[name] = kind.unrank(part)
        return self.make(self, {name: values[name] for name, _ in self.fields})

    def default(self) -> Any:
        values = {name: kind.default() for name, kind in self.fields}
        return self.make(self, values | dict(self.defaults))

    def show(self, value: Any) -> str:
        parts = ", ".join(f"{name}={kind.show(value._values[name])}" for name, kind in self.fields)
        return f"{self.cls.__name__}({parts})"

    @property
    def is_place(self) -> bool:
        return True


@dataclass(frozen=True)
class Union(Type):
    """One of several structs of different classes. The code has the position of the struct above the struct's own."""

    members: tuple[Struct, ...]

    def __str__(self) -> str:
        return " | ".join(map(str, self.members))

    @cached_property
    def body(self) -> int:
        """The bits of the code below the position of the struct."""
        return max(member.width for member in self.members)

    @property
    def count(self) -> int:
        return sum(member.count for member in self.members)

    @property
    def width(self) -> int:
        return bits_for(len(self.members)) + self.body

    def position(self, value: Any) -> int:
        """Which of the structs a value is."""
        for position, member in enumerate(self.members):
            if type(value) is member.cls:
                return position
        raise OutOfRange(f"{show(value)} is none of {', '.join(map(str, self.members))}")

    def fit(self, value: Any) -> Any:
        return self.members[self.position(value)].fit(value)

    def code(self, value: Any) -> int:
        position = self.position(value)
        return position << self.body | self.members[position].code(value)

    def value(self, code: int) -> Any:
        return self.members[code >> self.body].value(code & ((1 << self.body) - 1))

    def rank(self, value: Any) -> int:
        position = self.position(value)
        return sum(member.count for member in self.members[:position]) + self.members[position].rank(value)

    def unrank(self, rank: int) -> Any:
        for member in self.members:
            if rank < member.count:
                return member.unrank(rank)
            rank -= member.count
        raise IndexError(rank)

    def default(self) -> Any:
        return self.members[0].default()

    def show(self, value: Any) -> str:
        return self.members[self.position(value)].show(value)


@dataclass(frozen=True)
class Set(Type):
    """A set of at most `size` elements.

    As a mask it has one bit for each value of the element; as slots, a length and the sorted codes. The narrower
    of the two is taken. `bound` is the expression over constants that gave the size, if it was not a number.
    """

    element: Type
    size: int | None
    bound: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        return f"Set[{self.element}]" + (f" up to {self.size}" if self.size is not None else "")

    @cached_property
    def is_mask(self) -> bool:
        return self.size is None or self.element.count <= self.slots_width

    @property
    def slots_width(self) -> int:
        assert self.size is not None
        return bits_for(self.size + 1) + self.size * self.element.width

    @property
    def capacity(self) -> int:
        """The most elements it can hold."""
        return self.element.count if self.size is None else min(self.size, self.element.count)

    @property
    def count(self) -> int:
        # Exact for masks; for slots the number of codes is an upper bound, which is all that is needed.
        return 1 << (self.element.count if self.is_mask else self.slots_width)

    @property
    def width(self) -> int:
        return self.element.count if self.is_mask else self.slots_width

    def fit(self, value: Any) -> Any:
        items = {self.element.code(item): item for item in map(self.element.fit, stored_items(value, "set"))}
        if self.size is not None and len(items) > self.size:
            raise _full(f"{len(items)} elements in a set of at most {self.size}", self.bound)
        return tuple(items[code] for code in sorted(items))

    def code(self, value: Any) -> int:
        if self.is_mask:
            return sum(1 << self.element.rank(item) for item in value)
        return slots_code(self.element, self.size or 0, value)

    def value(self, code: int) -> Any:
        if self.is_mask:
            return tuple(self.element.unrank(rank) for rank in range(self.element.count) if code >> rank & 1)
        return slots_value(self.element, self.size or 0, code)

    def default(self) -> Any:
        return ()

    def show(self, value: Any) -> str:
        return "{" + ", ".join(self.element.show(item) for item in value) + "}"


def _full(what: str, bound: str) -> NoRoom:
    if not bound:
        return CollectionFull(what)
    return BoundReached(what, hint=f"{bound} bounds the search: raise it, or disable the action with require() before")


@dataclass(frozen=True)
class _Slots(Type):
    """A length, then one slot an element, the first the most significant; unused slots are zero.

    `bound` is the expression over constants that gave the size, if it was not a number.
    """

    element: Type
    size: int
    bound: str = field(default="", compare=False, repr=False)

    def __str__(self) -> str:
        return f"{type(self).__name__}[{self.element}] up to {self.size}"

    @property
    def capacity(self) -> int:
        """The most elements it can hold."""
        return self.size

    @property
    def count(self) -> int:
        return 1 << self.width

    @property
    def width(self) -> int:
        return bits_for(self.size + 1) + self.size * self.element.width

    def code(self, value: Any) -> int:
        return slots_code(self.element, self.size, value)

    def value(self, code: int) -> Any:
        return slots_value(self.element, self.size, code)

    def default(self) -> Any:
        return ()


@dataclass(frozen=True)
class Seq(_Slots):
    """A sequence of at most `size` elements."""

    def fit(self, value: Any) -> Any:
        items = tuple(self.element.fit(item) for item in stored_items(value, "sequence"))
        if len(items) > self.size:
            raise _full(f"{len(items)} elements in a sequence of at most {self.size}", self.bound)
        return items

    def show(self, value: Any) -> str:
        return "[" + ", ".join(self.element.show(item) for item in value) + "]"


@dataclass(frozen=True)
class Bag(_Slots):
    """A multiset of at most `size` elements, duplicates counted, in canonical order."""

    def fit(self, value: Any) -> Any:
        items = [self.element.fit(item) for item in stored_items(value, "bag")]
        if len(items) > self.size:
            raise _full(f"{len(items)} elements in a bag of at most {self.size}", self.bound)
        return tuple(sorted(items, key=self.element.code))

    def show(self, value: Any) -> str:
        return "{|" + ", ".join(self.element.show(item) for item in value) + "|}"


@dataclass(frozen=True)
class Map(Type):
    """A value for each key, the first key's the most significant. `make` builds a frozen instance."""

    key: Type
    element: Type
    make: Callable[[Map, list[Any]], Any]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Map) and self.key == other.key and self.element == other.element

    def __hash__(self) -> int:
        return hash((self.key, self.element))

    def __str__(self) -> str:
        return f"Map[{self.key}, {self.element}]"

    @property
    def count(self) -> int:
        return int(self.element.count**self.key.count)

    @property
    def width(self) -> int:
        return self.key.count * self.element.width

    def fit(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            given = {self.key.rank(self.key.fit(key)): item for key, item in value.items()}
        else:
            raise OutOfRange(f"{show(value)} is not a map")
        missing = [self.key.unrank(rank) for rank in range(self.key.count) if rank not in given]
        if missing:
            raise OutOfRange(f"no value for the key {self.key.show(missing[0])}")
        return self.make(self, [self.element.fit(given[rank]) for rank in range(self.key.count)])

    def code(self, value: Any) -> int:
        code = 0
        for item in value._values:
            code = (code << self.element.width) | self.element.code(item)
        return code

    def value(self, code: int) -> Any:
        width = self.element.width
        shifts = range((self.key.count - 1) * width, -1, -width) if width else [0] * self.key.count
        return self.make(self, [self.element.value(code >> shift & ((1 << width) - 1)) for shift in shifts])

    def rank(self, value: Any) -> int:
        rank = 0
        for item in value._values:
            rank = rank * self.element.count + self.element.rank(item)
        return rank

    def unrank(self, rank: int) -> Any:
        items = []
        for _ in range(self.key.count):
            rank, part = divmod(rank, self.element.count)
            items.append(self.element.unrank(part))
        return self.make(self, items[::-1])

    def default(self) -> Any:
        return self.make(self, [self.element.default() for _ in range(self.key.count)])

    def show(self, value: Any) -> str:
        pairs = zip(self.key.values(), value._values, strict=True)
        return "{" + ", ".join(f"{self.key.show(key)}: {self.element.show(item)}" for key, item in pairs) + "}"

    @property
    def is_place(self) -> bool:
        return True


def slots_code(element: Type, size: int, items: tuple[Any, ...]) -> int:
    """Length, then one slot an element, unused slots zero."""
    code = len(items)
    for slot in range(size):
        code = (code << element.width) | (element.code(items[slot]) if slot < len(items) else 0)
    return code


def slots_value(element: Type, size: int, code: int) -> tuple[Any, ...]:
    """The elements of a slots code."""
    width, mask = element.width, (1 << element.width) - 1
    length = code >> size * width
    return tuple(element.value(code >> (size - 1 - slot) * width & mask) for slot in range(length))


def stored_items(value: Any, what: str) -> Iterable[Any]:
    """The elements of a Python value that is to be stored in a collection."""
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        raise OutOfRange(f"{show(value)} is not a {what}")
    return value


def named(name: str, fit: Callable[[Any], Any], value: Any) -> Any:
    """Fits a part of something larger; an error says which part."""
    try:
        return fit(value)
    except (OutOfRange, NoRoom) as error:
        raise type(error)(f"{name}: {error.what}", hint=error.hint) from None


def is_enumerable(kind: Type) -> bool:
    """Whether `values` lists the values of a type. Some codes of what has a length mean nothing."""
    match kind:
        case Option(inner=inner):
            return is_enumerable(inner)
        case Struct(fields=fields):
            return all(is_enumerable(part) for _, part in fields)
        case Union(members=members):
            return all(map(is_enumerable, members))
        case Map(key=key, element=element):
            return is_enumerable(key) and is_enumerable(element)
        case Set(element=element, size=size):
            return size is None and is_enumerable(element)
        case Seq() | Bag():
            return False
    return True


def is_part(kind: Type, union: Union) -> bool:
    """Whether every value of a type is one of a union."""
    return all(part in union.members for part in members_of(kind))


def members_of(kind: Type) -> tuple[Type, ...]:
    """The structs of a union; any other type by itself."""
    return kind.members if isinstance(kind, Union) else (kind,)


def show_part(kind: Type, value: Any, path: list[str]) -> str:
    """The part of a stored value at a path of fields, as people read it."""
    for name in path:
        found = members_of(kind)
        struct = next(one for one in found if isinstance(one, Struct) and type(value) is one.cls)
        kind, value = struct.field[name], value._values[name]
    return kind.show(value)


def symmetric_domains(kind: Type) -> set[Domain]:
    """The interchangeable domains that occur in a type."""
    if isinstance(kind, Domain):
        return {kind} if kind.symmetric else set()
    if isinstance(kind, Option):
        return symmetric_domains(kind.inner)
    if isinstance(kind, Struct):
        return set().union(*(symmetric_domains(part) for _, part in kind.fields))
    if isinstance(kind, Union):
        return set().union(*map(symmetric_domains, kind.members))
    if isinstance(kind, Map):
        return symmetric_domains(kind.key) | symmetric_domains(kind.element)
    if isinstance(kind, (Set, Seq, Bag)):
        return symmetric_domains(kind.element)
    return set()

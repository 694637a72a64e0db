"""Types whose values are single numbers: bool, bounded int, identities, enums, and optionals.

`types` has the rest, says what codes are, and is what other modules import.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..errors import OutOfRange, with_article


def bits_for(count: int) -> int:
    """How many bits tell `count` values apart."""
    return (count - 1).bit_length()


@dataclass(frozen=True)
class Type:
    """A resolved type. `count` is its number of values, `width` the bits of a code."""

    @property
    def count(self) -> int:
        raise NotImplementedError

    @property
    def width(self) -> int:
        return bits_for(self.count)

    def fit(self, value: Any) -> Any:
        """The value as it is stored. Raises OutOfRange or NoRoom."""
        raise NotImplementedError

    def code(self, value: Any) -> int:
        """The code of a stored value, in 0 .. 2**width - 1."""
        raise NotImplementedError

    def value(self, code: int) -> Any:
        """The stored value that has this code."""
        raise NotImplementedError

    def rank(self, value: Any) -> int:
        """The position of a stored value among all `count` values, in the order of their codes."""
        return self.code(value)

    def unrank(self, rank: int) -> Any:
        """The stored value at a position."""
        return self.value(rank)

    def default(self) -> Any:
        """The first value, which a field has before anything is assigned."""
        return self.unrank(0)

    def show(self, value: Any) -> str:
        """The value as people read it."""
        return str(value)

    def values(self) -> Iterable[Any]:
        """Every value, in canonical order."""
        return (self.unrank(rank) for rank in range(self.count))

    @property
    def is_place(self) -> bool:
        """Whether a field of this type is a place with parts of its own, rather than one value."""
        return False


@dataclass(frozen=True)
class Bool(Type):
    def __str__(self) -> str:
        return "bool"

    @property
    def count(self) -> int:
        return 2

    def fit(self, value: Any) -> Any:
        if not isinstance(value, bool):
            raise OutOfRange(f"{show(value)} is not a bool")
        return value

    def code(self, value: Any) -> int:
        return int(value)

    def value(self, code: int) -> Any:
        return bool(code)


@dataclass(frozen=True)
class Int(Type):
    """Integers from `low` to `high`, both included."""

    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.low}..{self.high}"

    @property
    def count(self) -> int:
        return self.high - self.low + 1

    def fit(self, value: Any) -> Any:
        if not isinstance(value, int) or isinstance(value, bool):
            raise OutOfRange(f"{show(value)} is not an integer")
        if not self.low <= value <= self.high:
            raise OutOfRange(f"{value} is outside {self.low}..{self.high}")
        return value

    def code(self, value: Any) -> int:
        return int(value) - self.low

    def value(self, code: int) -> Any:
        return code + self.low

    def default(self) -> Any:
        """Zero where the range has it, the lowest value otherwise."""
        return 0 if self.low <= 0 <= self.high else self.low


@dataclass(frozen=True)
class Domain(Type):
    """Identities: `size` processes or values that are only compared, numbered from 0 and shown as b1, b2, …"""

    name: str
    size: int
    symmetric: bool
    prefix: str

    def __str__(self) -> str:
        return f"{self.name}({self.size}{', symmetric' if self.symmetric else ''})"

    @property
    def count(self) -> int:
        return self.size

    def fit(self, value: Any) -> Any:
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < self.size:
            known = f"the {self.size} {self.name}" if self.name.isidentifier() else f"{self.size} identities"
            raise OutOfRange(f"{show(value)} is not one of {known}")
        return value

    def code(self, value: Any) -> int:
        return int(value)

    def value(self, code: int) -> Any:
        return code

    def show(self, value: Any) -> str:
        return f"{self.prefix}{value + 1}"


@dataclass(frozen=True)
class Enum(Type):
    cls: type[enum.Enum]

    def __str__(self) -> str:
        return self.cls.__name__

    @cached_property
    def members(self) -> list[enum.Enum]:
        return list(self.cls)

    @property
    def count(self) -> int:
        return len(self.members)

    def fit(self, value: Any) -> Any:
        if not isinstance(value, self.cls):
            raise OutOfRange(f"{show(value)} is not a {self.cls.__name__}")
        return value

    def code(self, value: Any) -> int:
        return self.members.index(value)

    def value(self, code: int) -> Any:
        return self.members[code]

    def show(self, value: Any) -> str:
        return str(value.name)


@dataclass(frozen=True)
class Option(Type):
    """None, or a value of the inner type. A scalar's None has code 0 and every value moves up by one."""

    inner: Type

    def __str__(self) -> str:
        return f"{self.inner} | None"

    @property
    def count(self) -> int:
        return self.inner.count + 1

    @property
    def is_dense(self) -> bool:
        """Whether codes are ranks (scalars); otherwise a presence bit stands above the inner code."""
        return is_scalar(self.inner)

    @property
    def width(self) -> int:
        return bits_for(self.count) if self.is_dense else self.inner.width + 1

    def fit(self, value: Any) -> Any:
        return None if value is None else self.inner.fit(value)

    def code(self, value: Any) -> int:
        if value is None:
            return 0
        return self.inner.code(value) + (1 if self.is_dense else 1 << self.inner.width)

    def value(self, code: int) -> Any:
        if code == 0:
            return None
        return self.inner.value(code - 1 if self.is_dense else code - (1 << self.inner.width))

    def rank(self, value: Any) -> int:
        return 0 if value is None else self.inner.rank(value) + 1

    def unrank(self, rank: int) -> Any:
        return None if rank == 0 else self.inner.unrank(rank - 1)

    def default(self) -> Any:
        return None

    def show(self, value: Any) -> str:
        return "None" if value is None else self.inner.show(value)


def is_scalar(kind: Type) -> bool:
    """Whether codes of this type are its ranks: one small number."""
    return isinstance(kind, (Bool, Int, Domain, Enum)) or (isinstance(kind, Option) and kind.is_dense)


def show(value: Any) -> str:
    """A value in an error message, cut to a readable length."""
    text = repr(value)
    if " at 0x" in text:
        text = with_article(type(value).__name__)
    return text if len(text) <= 60 else text[:57] + "..."

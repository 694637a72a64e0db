"""Places and expressions, and the types that only locals have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ...errors import OutOfRange
from .. import types
from ..types import Type

if TYPE_CHECKING:
    from .statements import Source, Stmt


@dataclass(frozen=True)
class Integer(Type):
    """A local integer whose bounds are not known; 64 bits signed where it is compiled."""

    @property
    def count(self) -> int:
        return 1 << 64

    def __str__(self) -> str:
        return "int"


@dataclass(frozen=True)
class Nothing(Type):
    """The type of `None` by itself, and of the elements of an empty literal."""

    @property
    def count(self) -> int:
        return 1

    def __str__(self) -> str:
        return "nothing"

    def fit(self, value: Any) -> Any:
        if value is not None:
            raise OutOfRange(f"{types.show(value)} is not None")
        return value

    def code(self, value: Any) -> int:
        return 0

    def value(self, code: int) -> Any:
        return None


STATE = "self"
AFTER = "after"


@dataclass(frozen=True)
class FieldStep:
    name: str


@dataclass(frozen=True)
class KeyStep:
    """An entry of a map; `key` has exactly the map's key type."""

    key: Expr


@dataclass(frozen=True)
class Place:
    """`root` is STATE, AFTER, or the name of a local whose type is a struct or map."""

    root: str
    steps: tuple[FieldStep | KeyStep, ...]
    type: Type


# Expressions. Every one has a `type`.


@dataclass(frozen=True)
class Const:
    """A stored value: bool, int, enum member, None, a tuple for collections, a frozen struct or map."""

    value: Any
    type: Type


@dataclass(frozen=True)
class Local:
    name: str
    type: Type


@dataclass(frozen=True)
class Load:
    """The value at a place, of any type (a struct or map place gives a snapshot)."""

    place: Place

    @property
    def type(self) -> Type:
        return self.place.type


@dataclass(frozen=True)
class GetField:
    """A field of a struct value."""

    struct: Expr
    name: str
    type: Type


@dataclass(frozen=True)
class GetEntry:
    """An entry of a map value; `key` has exactly the map's key type."""

    map: Expr
    key: Expr
    type: Type


@dataclass(frozen=True)
class MakeStruct:
    """A struct value; `fields` in the order of the type, each of exactly the field's type."""

    fields: tuple[Expr, ...]
    type: types.Struct


@dataclass(frozen=True)
class MakeMap:
    """A map value from one expression a key, in the order of the keys."""

    items: tuple[Expr, ...]
    type: types.Map


@dataclass(frozen=True)
class MakeSet:
    """A set of the listed elements (of exactly the element type; duplicates allowed). Fails over its size."""

    items: tuple[Expr, ...]
    type: types.Set


@dataclass(frozen=True)
class MakeSeq:
    items: tuple[Expr, ...]
    type: types.Seq


@dataclass(frozen=True)
class Unwrap:
    """The value inside an optional. Fails on None."""

    option: Expr
    type: Type


@dataclass(frozen=True)
class IsNone:
    option: Expr
    type: Type = types.Bool()


@dataclass(frozen=True)
class Narrow:
    """The struct that a union holds. Fails on another one."""

    union: Expr
    type: types.Struct


@dataclass(frozen=True)
class IsInstance:
    """Whether a union holds a struct."""

    union: Expr
    member: types.Struct
    type: Type = types.Bool()


@dataclass(frozen=True)
class Convert:
    """The same value as another type. Fails when it does not fit.

    Between integers (Int, Integer, Bool as 0 and 1 never), domains of equal size, from T or Nothing to Option[T], from
    Option[T] to Option[U], from a struct or union to another union, and between collections, element by element, of
    other element types, sizes and (mask or slots) representations.
    """

    value: Expr
    type: Type


@dataclass(frozen=True)
class Arithmetic:
    """`+ - * // %` on integers, with Python's floor division. The type is an Int with derived bounds, or Integer."""

    op: Literal["+", "-", "*", "//", "%"]
    left: Expr
    right: Expr
    type: Type


@dataclass(frozen=True)
class Compare:
    """Comparison of two values of one type; integers of any two types.

    `==` and `!=` on everything; the order on integers only.
    """

    op: Literal["==", "!=", "<", "<=", ">", ">="]
    left: Expr
    right: Expr
    type: Type = types.Bool()


@dataclass(frozen=True)
class Not:
    value: Expr
    type: Type = types.Bool()


@dataclass(frozen=True)
class And:
    parts: tuple[Expr, ...]
    type: Type = types.Bool()


@dataclass(frozen=True)
class Or:
    parts: tuple[Expr, ...]
    type: Type = types.Bool()


@dataclass(frozen=True)
class IfElse:
    """Both branches have exactly `type`."""

    test: Expr
    then: Expr
    otherwise: Expr
    type: Type


@dataclass(frozen=True)
class Length:
    """The number of elements of a Set, Seq or Bag."""

    collection: Expr
    type: Type


@dataclass(frozen=True)
class Contains:
    """Whether an element (of exactly the element type) is in a Set, Seq or Bag."""

    item: Expr
    collection: Expr
    type: Type = types.Bool()


@dataclass(frozen=True)
class Subset:
    """`left <= right` on two sets of one type."""

    left: Expr
    right: Expr
    type: Type = types.Bool()


@dataclass(frozen=True)
class SetOperation:
    """`| & - ^` on two sets of one type, giving that type. Fails over its size."""

    op: Literal["|", "&", "-", "^"]
    left: Expr
    right: Expr
    type: types.Set


@dataclass(frozen=True)
class Insert:
    """A Set, Seq (at the end) or Bag with one more element of exactly the element type. Fails over its size."""

    collection: Expr
    item: Expr
    type: Type


@dataclass(frozen=True)
class Remove:
    """A Set or Bag without (one copy of) an element; the same when it is not there, a failure if `strict`."""

    collection: Expr
    item: Expr
    strict: bool
    type: Type


@dataclass(frozen=True)
class Occurrences:
    """How many copies of an element a Bag or Seq has."""

    collection: Expr
    item: Expr
    type: Type


@dataclass(frozen=True)
class Index:
    """An element of a Seq. A negative index counts from the end; fails outside."""

    seq: Expr
    index: Expr
    type: Type


@dataclass(frozen=True)
class Slice:
    """`seq[start:stop]` with Python's rules: negative bounds count from the end, all are clamped."""

    seq: Expr
    start: Expr | None
    stop: Expr | None
    type: types.Seq


@dataclass(frozen=True)
class Truncate:
    """The first `length` elements of a Seq. Fails unless 0 <= length <= len."""

    seq: Expr
    length: Expr
    type: types.Seq


@dataclass(frozen=True)
class WithItem:
    """A Seq with the element at an index replaced; the index as in `Index`."""

    seq: Expr
    index: Expr
    item: Expr
    type: types.Seq


@dataclass(frozen=True)
class WithoutItem:
    """A Seq with the element at an index removed; the index as in `Index`."""

    seq: Expr
    index: Expr
    type: types.Seq


@dataclass(frozen=True)
class Concat:
    """Two sequences of the same element type; `type` has room for both, or it fails."""

    left: Expr
    right: Expr
    type: types.Seq


@dataclass(frozen=True)
class Sorted:
    """The elements of a collection of integers in ascending (or descending) order, as a Seq."""

    collection: Expr
    reverse: bool
    type: types.Seq


@dataclass(frozen=True)
class Fold:
    """A generator expression or comprehension and what consumes it.

    For every combination of the generators' elements that satisfies their conditions, `body` is evaluated:

    - any, all: of boolean bodies, stopping at the first that decides;
    - sum, min, max: of integer bodies; min and max of nothing give `default` or fail without one;
    - set, seq: the collection of the bodies, which have exactly its element type. Fails over its size.
    """

    kind: Literal["any", "all", "sum", "min", "max", "set", "seq"]
    generators: tuple[Generator, ...]
    body: Expr
    default: Expr | None
    type: Type


@dataclass(frozen=True)
class Generator:
    """`for name in source if condition and …`; the condition may use the name."""

    name: str
    type: Type
    source: Source
    conditions: tuple[Expr, ...]


@dataclass(frozen=True)
class Do:
    """Statements, then a value: an inlined call inside an expression."""

    body: tuple[Stmt, ...]
    value: Expr

    @property
    def type(self) -> Type:
        return self.value.type


Expr = (
    Const | Local | Load | GetField | GetEntry | MakeStruct | MakeMap | MakeSet | MakeSeq | Unwrap | IsNone | Narrow
    | IsInstance | Convert | Arithmetic | Compare | Not | And | Or | IfElse | Length | Contains | Subset | SetOperation
    | Insert | Remove | Occurrences | Index | Slice | Truncate | WithItem | WithoutItem | Concat | Sorted | Fold | Do
)  # fmt: skip

"""The values a specification works with in CPython: Struct, Map, Set, Seq and Bag.

Struct fields and map entries are *places*. Reading a struct or a map gives the place itself, so `me.hw += 1` on
`me = self.replica[b]` changes the state; storing copies into the place and never replaces it. Sets, sequences, bags
and optionals are *values*: reading one gives a snapshot, and elements inside them are frozen. A snapshot read
straight from its place can be changed in place (`self.requests.add(r)` writes back to the state).
"""

from __future__ import annotations

import collections.abc as abc
from collections.abc import Callable, Iterator
from typing import Any, ClassVar, TypeVar, cast, dataclass_transform

from .. import errors
from . import types
from .collections import OWN, Bag, Collection, Place, Seq, Set, freeze, wrap
from .sources import calling_at

__all__ = [
    "Bag",
    "Fields",
    "Map",
    "Seq",
    "Set",
    "Struct",
    "active",
    "copy_of",
    "field_defaults",
    "freeze",
    "frozen_struct",
    "replace",
    "store_into",
    "thaw",
    "wrap",
]

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")
S = TypeVar("S", bound="Struct")
_MISSING: Any = object()


class _Active:
    """The resolved struct types of the specification that is running, so that new structs are checked at once."""

    struct_type: Callable[[type], types.Struct | None] | None = None


active = _Active()


def store_into(place: Any, kind: types.Type, value: Any) -> bool:
    """Copies a value into a struct or map place; False when the type is not a place and a plain store is due."""
    if not kind.is_place:
        return False
    place._assign(kind.fit(value))
    return True


class _Field:
    """The descriptor of a field: reads and writes go through the struct's stored values."""

    def __init__(self, name: str, default: Any) -> None:
        self.name = name
        self.default = default

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            if self.default is _MISSING:
                raise AttributeError(self.name)
            return self.default
        values = instance._values
        if self.name not in values:
            return instance._missing(self.name)
        if instance._type is None:
            return values[self.name]
        return wrap(instance._type.field[self.name], values[self.name], instance, self.name)

    def __set__(self, instance: Any, value: Any) -> None:
        instance._set(self.name, value)


class Fields(Place):
    """What structs and whole states share: stored values behind annotated fields."""

    _own: ClassVar[dict[str, Any]] = {}
    _values: dict[str, Any]
    _type: types.Struct | None
    _frozen: bool

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._own = {}
        for name, annotation in cls.__dict__.get("__annotations__", {}).items():
            text = annotation if isinstance(annotation, str) else repr(annotation)
            if name.startswith("_") or "ClassVar" in text:
                continue
            cls._own[name] = cls.__dict__.get(name, _MISSING)
        # A subclass may give a field of its base another default, without repeating the annotation.
        inherited = {name for base in cls.__mro__[1:] for name in base.__dict__.get("_own", ())}
        cls._own |= {name: value for name, value in cls.__dict__.items() if name in inherited - cls._own.keys()}
        for name, default in cls._own.items():
            setattr(cls, name, _Field(name, default))

    def _missing(self, name: str) -> Any:
        raise AttributeError(f"{type(self).__name__} has no value for {name}")

    def _set(self, name: str, value: Any) -> None:
        if self._frozen:
            raise errors.FrozenWrite(
                f"{type(self).__name__}.{name} cannot be changed: elements of collections are values",
                hint="store a new element made with replace(element, field=value)",
            )
        if self._type is None:
            self._values[name] = value
            return
        kind = self._type.field[name]
        try:
            if not store_into(self._values[name], kind, value):
                self._values[name] = kind.fit(value)
        except (errors.OutOfRange, errors.NoRoom) as error:
            raise type(error)(f"{type(self).__name__}.{name}: {error.what}", hint=error.hint) from None

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in field_defaults(type(self)):
            raise errors.UnknownAttribute(
                f"{type(self).__name__} has no field {name}",
                hint=errors.nearest(name, list(field_defaults(type(self)))),
            )
        self._set(name, value)

    def _store(self, slot: Any, value: Any) -> None:
        self._set(slot, value)

    def _assign(self, other: Fields) -> None:
        for name in other._values:
            self._set(name, other._values[name])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fields) or field_defaults(type(self)) is not field_defaults(type(other)):
            return NotImplemented
        if isinstance(self, Struct) and type(self) is not type(other):
            return False  # Structs that inherit all their fields are still different structs.
        kind = self._type or other._type
        if kind is None or self._type == other._type:
            return self._values == other._values
        try:
            return bool(kind.fit(self)._values == kind.fit(other)._values)
        except (errors.OutOfRange, errors.NoRoom):
            return False

    def __hash__(self) -> int:
        return hash(tuple(map(_hashable, self._values.values())))

    def __repr__(self) -> str:
        if self._type is not None:
            return self._type.show(self)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._values.items())})"


@dataclass_transform()
class Struct(Fields):
    """A record with named, typed fields. Subclass it and annotate the fields; defaults are class attributes.

    Constructor arguments are the fields in order, by position or name. Equality is by value.
    """

    def __init__(self, *positional: Any, **named: Any) -> None:
        kind = active.struct_type(type(self)) if active.struct_type else None
        names = list(field_defaults(type(self)))
        self._check_arguments(len(positional), names, named)
        given = dict(zip(names, positional, strict=False)) | named
        values = {}
        for name, default in field_defaults(type(self)).items():
            if name not in given and default is _MISSING:
                hint = f"write {name}=..., or give the field a default"
                raise self._wrong(f"{type(self).__name__} needs a value for {name}", hint)
            value = given.get(name, default)
            where = f"{type(self).__name__}.{name}"
            values[name] = types.named(where, kind.field[name].fit, value) if kind else _raw(value)
        _init(self, kind, {name: thaw(value) for name, value in values.items()}, frozen=False)

    def _check_arguments(self, count: int, names: list[str], named: dict[str, Any]) -> None:
        cls = type(self).__name__
        if count > len(names):
            raise self._wrong(f"{cls} has {len(names)} fields, not {count}", f"they are {', '.join(names)}")
        for name in named:
            if name not in names:
                raise self._wrong(f"{cls} has no field {name}", errors.nearest(name, names))
            if name in names[:count]:
                raise self._wrong(f"{cls}: two values for {name}", "leave one out")

    def _wrong(self, what: str, hint: str) -> errors.WrongArguments:
        # While the specification runs, its frames tell the place.
        return errors.WrongArguments(what, at=None if active.struct_type else calling_at(), hint=hint)


def _init(struct: Fields, kind: types.Struct | None, values: dict[str, Any], *, frozen: bool) -> None:
    object.__setattr__(struct, "_values", values)
    object.__setattr__(struct, "_type", kind)
    object.__setattr__(struct, "_frozen", frozen)


def field_defaults(cls: type) -> dict[str, Any]:
    """The fields of a struct class, inherited ones first, with their defaults (`_MISSING` when there is none)."""
    cached = cls.__dict__.get("_all_fields")
    if cached is None:
        cached = {}
        for base in reversed(cls.__mro__):
            if "_own" in base.__dict__:
                cached |= base.__dict__["_own"]
        # A subclass that only binds constants shares its fields with its base, so that instances compare equal.
        parent = cls.__mro__[1] if len(cls.__mro__) > 1 else object
        if not cls.__dict__.get("_own") and issubclass(parent, Fields) and field_defaults(parent) == cached:
            cached = field_defaults(parent)
        type.__setattr__(cls, "_all_fields", cached)
    return cast("dict[str, Any]", cached)


def frozen_struct(kind: types.Struct, values: dict[str, Any]) -> Any:
    """A frozen instance of stored values; what `types.Struct.make` is."""
    struct: Any = object.__new__(kind.cls)
    _init(struct, kind, values, frozen=True)
    return struct


def thaw(value: Any) -> Any:
    """A mutable copy of a stored struct or map, for use as a place; anything else as it is."""
    if isinstance(value, Fields):
        copy = object.__new__(type(value))
        kind, parts = value._type, value._values.copy()
        for name in kind.places if kind else value._values:
            parts[name] = thaw(parts[name])
        _init(copy, kind, parts, frozen=False)
        return copy
    if isinstance(value, Map):
        entries = map(thaw, value._values) if value._type.element.is_place else value._values
        return Map._make(value._type, list(entries), frozen=False)
    return value


def copy_of(value: T) -> T:
    """A copy of its own, with copies of all parts. Values that cannot change are returned as they are."""
    if isinstance(value, Collection):
        return cast(T, value._copied(OWN))
    if isinstance(value, (list, tuple, set, frozenset)):
        return cast(T, type(value)(map(copy_of, value)))
    if isinstance(value, dict):
        return cast(T, {key: copy_of(part) for key, part in value.items()})
    return cast(T, thaw(freeze(value)))


def replace(value: S, **changes: Any) -> S:
    """A copy of a struct with some fields changed. Raises UnknownAttribute for a field it does not have."""
    copy = thaw(value)
    for name, change in changes.items():
        setattr(copy, name, change)
    return cast(S, copy)


def _raw(value: Any) -> Any:
    return tuple(value) if isinstance(value, Seq) else value


def _hashable(value: Any) -> Any:
    if isinstance(value, (set, abc.Set)):
        return frozenset(value)
    return tuple(value) if isinstance(value, list) else value


class Map(Place, abc.Mapping[K, V]):
    """A total map: a value for every key of a finite type, in canonical order of the keys. Entries are places."""

    _type: types.Map
    _values: list[Any]
    _frozen: bool

    @classmethod
    def _make(cls, kind: types.Map, values: list[Any], *, frozen: bool = True) -> Map[K, V]:
        result = cls.__new__(cls)
        result._type, result._values, result._frozen = kind, values, frozen
        return result

    def _rank(self, key: object) -> int:
        try:
            return self._type.key.rank(self._type.key.fit(key))
        except errors.OutOfRange as error:
            raise errors.IndexOutOfRange(f"no such key: {error.what}") from None

    def __getitem__(self, key: K) -> V:
        rank = self._rank(key)
        return cast(V, wrap(self._type.element, self._values[rank], self, rank))

    def __setitem__(self, key: K, value: V) -> None:
        self._store(self._rank(key), value)

    def _store(self, slot: Any, value: Any) -> None:
        if self._frozen:
            raise errors.FrozenWrite("a map inside a set, sequence, bag or optional cannot be changed")
        kind = self._type.element
        try:
            if not store_into(self._values[slot], kind, value):
                self._values[slot] = kind.fit(value)
        except (errors.OutOfRange, errors.NoRoom) as error:
            key = self._type.key.show(self._type.key.unrank(slot))
            raise type(error)(f"the entry of {key}: {error.what}", hint=error.hint) from None

    def _assign(self, other: Map[K, V]) -> None:
        for slot, value in enumerate(other._values):
            self._store(slot, value)

    def __iter__(self) -> Iterator[K]:
        return iter(self._type.key.values())

    def __len__(self) -> int:
        return self._type.key.count

    def __contains__(self, key: object) -> bool:
        try:
            self._rank(key)
        except errors.IndexOutOfRange:
            return False
        return True

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Map) and self._type == other._type:
            return self._values == other._values
        return dict(self.items()) == dict(other.items()) if isinstance(other, abc.Mapping) else False

    def __hash__(self) -> int:
        return hash(tuple(self._values))

    def __repr__(self) -> str:
        return self._type.show(self)

"""The values a specification works with in CPython: Struct, Map, Set, Seq and Bag.

Struct fields and map entries are *places*. Reading a struct or a map gives the place itself, so `me.hw += 1` on
`me = self.replica[b]` changes the state; storing copies into the place and never replaces it. Sets, sequences, bags
and optionals are *values*: reading one gives a snapshot, and elements inside them are frozen. A snapshot read
straight from its place can be changed in place (`self.requests.add(r)` writes back to the state).
"""

from __future__ import annotations

import collections.abc as abc
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, Generic, Protocol, SupportsIndex, TypeVar, cast, dataclass_transform, overload

from .. import errors
from . import types
from .sources import calling_at

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")
S = TypeVar("S", bound="Struct")
_MISSING: Any = object()

#: The slot of a collection that no place holds, and that may change: one computed from others, or a copy.
_OWN: Any = object()


class Place(Protocol):
    """What holds stored values: a struct (slots are field names) or a map (slots are ranks)."""

    def _stored(self, slot: Any) -> Any: ...

    def _store(self, slot: Any, value: Any) -> None: ...


class _Active:
    """The resolved struct types of the specification that is running, so that new structs are checked at once."""

    struct_type: Callable[[type], types.Struct | None] | None = None


active = _Active()


def wrap(kind: types.Type | None, stored: Any, owner: Place | None = None, slot: Any = None) -> Any:
    """A stored value as authors see it: tuples become sets, sequences or bags that write back to `owner`."""
    if isinstance(kind, types.Option):
        return None if stored is None else wrap(kind.inner, stored)
    for handle in (Set, Seq, Bag):
        if isinstance(kind, handle._kind):
            return handle._read(kind, stored, owner, slot)
    return stored


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


class Fields:
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
        except (errors.OutOfRange, errors.CollectionFull) as error:
            raise type(error)(f"{type(self).__name__}.{name}: {error.what}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in field_defaults(type(self)):
            raise errors.UnknownAttribute(
                f"{type(self).__name__} has no field {name}",
                hint=errors.nearest(name, list(field_defaults(type(self)))),
            )
        self._set(name, value)

    def _stored(self, slot: Any) -> Any:
        return self._values[slot]

    def _store(self, slot: Any, value: Any) -> None:
        self._set(slot, value)

    def _assign(self, other: Fields) -> None:
        for name in other._values:
            self._set(name, other._values[name])

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fields) or field_defaults(type(self)) is not field_defaults(type(other)):
            return NotImplemented
        kind = self._type or other._type
        if kind is None or self._type == other._type:
            return self._values == other._values
        try:
            return bool(kind.fit(self)._values == kind.fit(other)._values)
        except (errors.OutOfRange, errors.CollectionFull):
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
        if not cls.__dict__.get("_own") and issubclass(parent, Fields):
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
        copy = type(value).__new__(type(value))
        _init(copy, value._type, {name: thaw(part) for name, part in value._values.items()}, frozen=False)
        return copy
    if isinstance(value, Map):
        return Map._make(value._type, [thaw(part) for part in value._values], frozen=False)
    return value


def freeze(value: Any) -> Any:
    """The value as it is stored inside collections; what authors read of a place is not affected by later stores."""
    if isinstance(value, (Fields, Map)) and value._type is not None:
        return value._type.fit(value)
    return value._copied(None) if isinstance(value, _Collection) else value


def copy_of(value: T) -> T:
    """A copy of its own, with copies of all parts. Values that cannot change are returned as they are."""
    if isinstance(value, _Collection):
        return cast(T, value._copied(_OWN))
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


class _Collection(Generic[T]):
    """What Set, Seq and Bag share: a snapshot of stored elements that may know the place it was read from."""

    __slots__ = ("_items", "_owner", "_slot", "_type")
    _kind: ClassVar[type[types.Type]]
    _items: tuple[Any, ...]
    _type: Any
    _owner: Place | None

    def __init__(self, items: Iterable[T] = ()) -> None:
        self._items = tuple(map(freeze, items))
        self._type = None
        self._owner = None
        self._slot = None

    @classmethod
    def _read(cls, kind: Any, items: tuple[Any, ...], owner: Place | None, slot: Any) -> Any:
        handle = cls.__new__(cls)
        handle._items, handle._type, handle._owner, handle._slot = items, kind, owner, slot
        return handle

    def _change(self, items: Iterable[Any]) -> None:
        """Writes new elements back to the place this was read from, or keeps them in a local collection."""
        if self._type is None:
            self._items = tuple(items)
            return
        if self._slot is _OWN:
            self._keep(items)
            return
        if self._owner is None:
            raise errors.FrozenWrite(
                "a collection inside a set, sequence, bag or optional cannot be changed",
                hint="make a new collection and store the whole element",
            )
        if self._owner._stored(self._slot) is not self._items:
            raise errors.AliasedWrite(
                "this collection was read before its place changed", hint="write self.field.add(...) on the place"
            )
        self._owner._store(self._slot, items)
        self._items = self._owner._stored(self._slot)

    def _keep(self, items: Iterable[Any]) -> None:
        """Takes new elements, in canonical order as long as all of them have the type of the others."""
        items = tuple(items)
        stored = tuple(map(self._fits, items))
        if any(item is _MISSING for item in stored):
            # The tuples among the elements are stored collections.
            self._items = tuple(self._element(item) if isinstance(item, tuple) else item for item in items)
            self._type = None
        else:
            self._items = self._in_order(stored)

    def _in_order(self, stored: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(sorted(stored, key=self._type.element.code))

    def _copied(self, slot: Any) -> Any:
        """The same elements, apart from any place; to be changed when the slot is _OWN."""
        return self._read(self._type, self._items, None, slot)

    def _element(self, item: Any) -> Any:
        return wrap(self._type.element, item) if self._type is not None else item

    def _fits(self, item: Any) -> Any:
        """The element as stored, or `_MISSING` when it cannot be one."""
        if self._type is None:
            return freeze(item)
        try:
            return self._type.element.fit(item)
        except (errors.OutOfRange, errors.CollectionFull):
            return _MISSING

    def _shown(self, item: Any) -> str:
        stored = self._fits(item)
        plain = self._type is None or stored is _MISSING
        return types.show(item) if plain else str(self._type.element.show(stored))

    def __contains__(self, item: object) -> bool:
        return self._fits(item) in self._items

    def __iter__(self) -> Iterator[T]:
        return iter([self._element(item) for item in self._items])

    def __len__(self) -> int:
        return len(self._items)

    def clear(self) -> None:
        """Removes every element."""
        self._change(())

    def __repr__(self) -> str:
        if self._type is not None:
            return str(self._type.show(self._items))
        return f"{type(self).__name__}({list(self._items)!r})"


class Set(_Collection[T], abc.Set[T]):
    """A set of typed values that iterates in canonical order. `Annotated[Set[T], Size(n)]` bounds its size."""

    __slots__ = ()
    _kind = types.Set

    def __init__(self, items: Iterable[T] = ()) -> None:
        super().__init__(dict.fromkeys(map(freeze, items)))
        if isinstance(items, Set):
            self._items, self._type, self._slot = items._items, items._type, _OWN

    @classmethod
    def _from_iterable(cls, items: Iterable[Any]) -> Any:
        return cls(items)

    def _in_order(self, stored: tuple[Any, ...]) -> tuple[Any, ...]:
        return super()._in_order(tuple(dict.fromkeys(stored)))

    def _derive(self, items: Iterable[Any]) -> Set[T]:
        """A set computed from this one, in canonical order: that of this one's type, or of numbers."""
        result = Set(items)
        if self._type is not None:
            kept: Set[T] = self._copied(_OWN)
            kept._keep(result._items)
            if kept._type is not None:
                return kept
        if all(item is None or type(item) is int for item in result._items):
            result._items = tuple(sorted(result._items, key=lambda item: (item is not None, item or 0)))
        return result

    def __or__(self, other: abc.Set[Any]) -> Set[T]:
        return self._derive([*self, *other])

    def __and__(self, other: abc.Set[Any]) -> Set[T]:
        return self._derive([item for item in self if item in other])

    def __sub__(self, other: abc.Set[Any]) -> Set[T]:
        return self._derive([item for item in self if item not in other])

    def __xor__(self, other: abc.Set[Any]) -> Set[T]:
        return self._derive([*(self - other), *(item for item in other if item not in self)])

    def __rsub__(self, other: abc.Set[Any]) -> Set[T]:
        return self._derive([item for item in other if item not in self])

    __ror__, __rand__, __rxor__ = __or__, __and__, __xor__

    def issubset(self, other: abc.Set[Any]) -> bool:
        """Whether every element is in another set."""
        return self <= other

    def issuperset(self, other: abc.Set[Any]) -> bool:
        """Whether every element of another set is in this one."""
        return self >= other

    def add(self, item: T) -> None:
        """Adds an element; no effect when it is there already. Raises CollectionFull over the declared size."""
        if item not in self:
            self._change((*self._items, freeze(item)))

    def discard(self, item: T) -> None:
        """Removes an element if it is there."""
        stored = self._fits(item)
        self._change(tuple(other for other in self._items if other != stored))

    def remove(self, item: T) -> None:
        """Removes an element. Raises NotAMember when it is not there."""
        if item not in self:
            raise errors.NotAMember(f"{self._shown(item)} is not in the set")
        self.discard(item)

    def update(self, items: Iterable[T]) -> None:
        """Adds every element of another collection."""
        self._change((*self._items, *(freeze(item) for item in items if item not in self)))

    def __eq__(self, other: object) -> bool:
        return len(self) == len(other) and all(item in other for item in self) if isinstance(other, abc.Set) else False

    def __hash__(self) -> int:
        return hash(frozenset(self._items))


class Seq(_Collection[T], abc.Sequence[T]):
    """A sequence of typed values. `Annotated[Seq[T], Size(n)]` bounds its length."""

    __slots__ = ()
    _kind = types.Seq

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Seq[T]: ...
    def __getitem__(self, index: int | slice) -> T | Seq[T]:
        if isinstance(index, slice):
            return cast("Seq[T]", Seq._read(self._type, self._items[index], None, _OWN))
        return cast(T, self._element(self._items[index]))

    def __setitem__(self, index: SupportsIndex, item: T) -> None:
        items = list(self._items)
        items[index] = freeze(item)
        self._change(items)

    def append(self, item: T) -> None:
        """Adds an element at the end. Raises CollectionFull over the declared size."""
        self._change((*self._items, freeze(item)))

    def extend(self, items: Iterable[T]) -> None:
        """Adds elements at the end."""
        self._change((*self._items, *map(freeze, items)))

    def pop(self, index: int = -1) -> T:
        """Removes and returns an element, the last by default."""
        item = self[index]
        items = list(self._items)
        del items[index]
        self._change(items)
        return item

    def truncate(self, length: int) -> None:
        """Keeps the first `length` elements. Raises IndexOutOfRange unless 0 <= length <= len."""
        if not 0 <= length <= len(self):
            raise errors.IndexOutOfRange(f"cannot truncate a sequence of {len(self)} to {length}")
        self._change(self._items[:length])

    def __add__(self, other: abc.Sequence[T]) -> Seq[T]:
        return Seq([*self, *other])

    def __radd__(self, other: abc.Sequence[T]) -> Seq[T]:
        return Seq([*other, *self])

    def _in_order(self, stored: tuple[Any, ...]) -> tuple[Any, ...]:
        return stored

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, (Seq, list, tuple)) else False

    def __hash__(self) -> int:
        return hash(self._items)


class Bag(_Collection[T], abc.Collection[T]):
    """A multiset: elements with counts, iterated in canonical order. `Annotated[Bag[T], Size(n)]` bounds it."""

    __slots__ = ()
    _kind = types.Bag

    def add(self, item: T) -> None:
        """Adds one copy of an element. Raises CollectionFull over the declared size."""
        self._change((*self._items, freeze(item)))

    def remove(self, item: T) -> None:
        """Removes one copy of an element. Raises NotAMember when there is none."""
        stored = self._fits(item)
        if stored not in self._items:
            raise errors.NotAMember(f"{self._shown(item)} is not in the bag")
        items = list(self._items)
        items.remove(stored)
        self._change(items)

    def discard(self, item: T) -> None:
        """Removes one copy of an element if there is one."""
        if item in self:
            self.remove(item)

    def count(self, item: T) -> int:
        """How many copies of an element there are."""
        return self._items.count(self._fits(item))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Bag):
            return False
        return len(self) == len(other) and all(self.count(item) == other.count(item) for item in self)

    def __hash__(self) -> int:
        return hash(frozenset(self._items))


class Map(abc.Mapping[K, V]):
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

    def _stored(self, slot: Any) -> Any:
        return self._values[slot]

    def _store(self, slot: Any, value: Any) -> None:
        if self._frozen:
            raise errors.FrozenWrite("a map inside a set, sequence, bag or optional cannot be changed")
        kind = self._type.element
        try:
            if not store_into(self._values[slot], kind, value):
                self._values[slot] = kind.fit(value)
        except (errors.OutOfRange, errors.CollectionFull) as error:
            key = self._type.key.show(self._type.key.unrank(slot))
            raise type(error)(f"the entry of {key}: {error.what}") from None

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

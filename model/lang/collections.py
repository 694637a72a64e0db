"""Sets, sequences and bags in CPython. `values` has the rest, and is what other modules import."""

from __future__ import annotations

import collections.abc as abc
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Generic, SupportsIndex, TypeVar, cast, overload

from .. import errors
from . import types

T = TypeVar("T")

#: What an element is stored as when it does not have the type of the others.
_UNFIT: Any = object()

#: The slot of a collection that no place holds, and that may change: one computed from others, or a copy.
OWN: Any = object()


class Place:
    """What holds stored values: a struct (slots are field names) or a map (slots are ranks)."""

    _type: Any
    _values: Any

    def _stored(self, slot: Any) -> Any:
        return self._values[slot]

    def _store(self, slot: Any, value: Any) -> None:
        raise NotImplementedError


def wrap(kind: types.Type | None, stored: Any, owner: Place | None = None, slot: Any = None) -> Any:
    """A stored value as authors see it: tuples become sets, sequences or bags that write back to `owner`."""
    if isinstance(kind, types.Option):
        return None if stored is None else wrap(kind.inner, stored)
    for handle in (Set, Seq, Bag):
        if isinstance(kind, handle._kind):
            return handle._read(kind, stored, owner, slot)
    return stored


def freeze(value: Any) -> Any:
    """The value as it is stored inside collections; what authors read of a place is not affected by later stores."""
    if isinstance(value, Place) and value._type is not None:
        return value._type.fit(value)
    return value._copied(None) if isinstance(value, Collection) else value


class Collection(Generic[T]):
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
            self._items = self._untyped(tuple(items))
            return
        if self._slot is OWN:
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
        if any(item is _UNFIT for item in stored):
            # The tuples among the elements are stored collections.
            loose = tuple(self._element(item) if isinstance(item, tuple) else item for item in items)
            self._items = self._untyped(loose)
            self._type = None
        else:
            self._items = self._in_order(stored)

    def _in_order(self, stored: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(sorted(stored, key=self._type.element.code))

    def _untyped(self, items: tuple[Any, ...]) -> tuple[Any, ...]:
        """Elements that have no type in common, in the order they are kept: numbers have one."""
        if all(item is None or type(item) is int for item in items):
            return tuple(sorted(items, key=lambda item: (item is not None, item or 0)))
        return items

    def _copied(self, slot: Any) -> Any:
        """The same elements, apart from any place; to be changed when the slot is OWN."""
        return self._read(self._type, self._items, None, slot)

    def _element(self, item: Any) -> Any:
        return wrap(self._type.element, item) if self._type is not None else item

    def _fits(self, item: Any) -> Any:
        """The element as stored, or `_UNFIT` when it cannot be one."""
        if self._type is None:
            return freeze(item)
        try:
            return self._type.element.fit(item)
        except (errors.OutOfRange, errors.NoRoom):
            return _UNFIT

    def _shown(self, item: Any) -> str:
        stored = self._fits(item)
        plain = self._type is None or stored is _UNFIT
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


class Set(Collection[T], abc.Set[T]):
    """A set of typed values that iterates in canonical order. `Annotated[Set[T], Size(n)]` bounds its size."""

    __slots__ = ()
    _kind = types.Set

    def __init__(self, items: Iterable[T] = ()) -> None:
        super().__init__(dict.fromkeys(map(freeze, items)))
        if isinstance(items, Set):
            self._items, self._type, self._slot = items._items, items._type, OWN

    @classmethod
    def _from_iterable(cls, items: Iterable[Any]) -> Any:
        return cls(items)

    def _in_order(self, stored: tuple[Any, ...]) -> tuple[Any, ...]:
        return super()._in_order(tuple(dict.fromkeys(stored)))

    def _derive(self, items: Iterable[Any]) -> Set[T]:
        """A set computed from this one, in canonical order: that of this one's type, or of numbers."""
        result = Set(items)
        if self._type is not None:
            kept: Set[T] = self._copied(OWN)
            kept._keep(result._items)
            if kept._type is not None:
                return kept
        result._items = self._untyped(result._items)
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
        """Adds an element; no effect when it is there already. Raises NoRoom over the declared size."""
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


class Seq(Collection[T], abc.Sequence[T]):
    """A sequence of typed values. `Annotated[Seq[T], Size(n)]` bounds its length."""

    __slots__ = ()
    _kind = types.Seq

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Seq[T]: ...
    def __getitem__(self, index: int | slice) -> T | Seq[T]:
        if isinstance(index, slice):
            return cast("Seq[T]", Seq._read(self._type, self._items[index], None, OWN))
        return cast(T, self._element(self._items[index]))

    def __setitem__(self, index: SupportsIndex, item: T) -> None:
        items = list(self._items)
        items[index] = freeze(item)
        self._change(items)

    def append(self, item: T) -> None:
        """Adds an element at the end. Raises NoRoom over the declared size."""
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

    def _untyped(self, items: tuple[Any, ...]) -> tuple[Any, ...]:
        return items

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, (Seq, list, tuple)) else False

    def __hash__(self) -> int:
        return hash(self._items)


class Bag(Collection[T], abc.Collection[T]):
    """A multiset: elements with counts, iterated in canonical order. `Annotated[Bag[T], Size(n)]` bounds it."""

    __slots__ = ()
    _kind = types.Bag

    def add(self, item: T) -> None:
        """Adds one copy of an element. Raises NoRoom over the declared size."""
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

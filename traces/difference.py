"""What changed between two values of one type: one line a changed path, such as `replica[b1].log.records[2].epoch`.

Paths go through struct fields, map keys and sequence positions down to the smallest part that differs. Sets and bags
of scalars are shown whole; of larger elements, only those that came or went. So are sequences of larger elements that
lose some in front, or get some there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..model.lang import types

_FIELD_END = re.compile(r"[.\[]")


@dataclass(frozen=True)
class Change:
    """A path and its values as people read them; `before` is None for what was added, `after` for what was removed."""

    path: str
    before: str | None
    after: str | None

    @property
    def field(self) -> str:
        """The field of the state that it is in."""
        return _FIELD_END.split(self.path, maxsplit=1)[0]

    def show(self, arrow: str = "->") -> str:
        """The change in one line."""
        if self.before is None:
            return f"{self.path}: added {self.after}"
        if self.after is None:
            return f"{self.path}: removed {self.before}"
        return f"{self.path}: {self.before} {arrow} {self.after}"


def difference(kind: types.Type, before: Any, after: Any, path: str = "") -> Iterator[Change]:
    """The changes that lead from one stored value to another, in the order of the type's fields and keys."""
    match kind:
        case types.Struct():
            for name, part in kind.fields:
                yield from difference(
                    part, before._values[name], after._values[name], f"{path}.{name}" if path else name
                )
        case types.Map():
            for key, old, new in zip(kind.key.values(), before._values, after._values, strict=True):
                yield from difference(kind.element, old, new, f"{path}[{kind.key.show(key)}]")
        case _ if before == after:
            return
        case types.Option() if before is not None and after is not None:
            yield from difference(kind.inner, before, after, path)
        case types.Union() if type(before) is type(after):
            yield from difference(kind.members[kind.position(after)], before, after, path)
        case types.Seq() if _extends(before, after) or _extends(after, before) or len(before) == len(after):
            yield from _elements(kind, before, after, path)
        case types.Seq() if not types.is_scalar(kind.element) and (_ends(before, after) or _ends(after, before)):
            yield from _elements(
                kind, before[: max(0, len(before) - len(after))], after[: max(0, len(after) - len(before))], path
            )
        case types.Set() | types.Bag() if not types.is_scalar(kind.element):
            yield from _members(kind, before, after, path)
        case _:
            yield Change(path, kind.show(before), kind.show(after))


def _extends(longer: tuple[Any, ...], shorter: tuple[Any, ...]) -> bool:
    return longer[: len(shorter)] == shorter


def _ends(longer: tuple[Any, ...], shorter: tuple[Any, ...]) -> bool:
    return longer[len(longer) - len(shorter) :] == shorter


def _elements(kind: types.Seq, before: Any, after: Any, path: str) -> Iterator[Change]:
    common = min(len(before), len(after))
    for index in range(common):
        yield from difference(kind.element, before[index], after[index], f"{path}[{index}]")
    for index in range(common, len(before)):
        yield Change(f"{path}[{index}]", kind.element.show(before[index]), None)
    for index in range(common, len(after)):
        yield Change(f"{path}[{index}]", None, kind.element.show(after[index]))


def _members(kind: types.Set | types.Bag, before: Any, after: Any, path: str) -> Iterator[Change]:
    for item in _missing(before, after):
        yield Change(path, kind.element.show(item), None)
    for item in _missing(after, before):
        yield Change(path, None, kind.element.show(item))


def _missing(items: tuple[Any, ...], other: tuple[Any, ...]) -> list[Any]:
    """The elements of one collection that another does not have, copies counted."""
    left = list(other)
    missing = []
    for item in items:
        if item in left:
            left.remove(item)
        else:
            missing.append(item)
    return missing


def parts(kind: types.Type, value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """A stored value in full, as (path, text): one line a field, and a line a key for maps of larger things."""
    match kind:
        case types.Struct() if not path:
            for name, part in kind.fields:
                yield from parts(part, value._values[name], name)
        case types.Map() if not types.is_scalar(kind.element):
            for key, item in zip(kind.key.values(), value._values, strict=True):
                yield f"{path}[{kind.key.show(key)}]", kind.element.show(item)
        case _:
            yield path, kind.show(value)

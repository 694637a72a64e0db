"""What a project checks, from the table `[tool.fencepost]` of its pyproject.toml.

    [tool.fencepost]
    max-seconds = 60

    [[tool.fencepost.check]]
    name = "models/election.py:Election"
    constants = { servers = 3 }
    expect = { one_leader = "violated" }

Keys have the names of the options of `fencepost check`. Those of the first table hold for every check that does not
have them itself, and the command line has the last word.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..model import errors
from . import catalogue
from .api import ENGINES, Options
from .outcome import Limits

FILE = "pyproject.toml"
TABLE = "tool.fencepost"
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


@dataclass(frozen=True)
class Check:
    """One check of a project. `search` has the keys that say how to search and when to stop."""

    name: str
    constants: Mapping[str, int | bool]
    properties: tuple[str, ...] | None
    expect: Mapping[str, str] | None
    tier: str
    search: Mapping[str, Any]


@dataclass(frozen=True)
class Project:
    """The checks of a project, and the tier that is usual there."""

    checks: tuple[Check, ...]
    tier: str


def load(folder: Path) -> Project | None:
    """What the pyproject.toml of a folder says; None if it has no such table. Raises BadConfiguration."""
    file = folder / FILE
    if not file.is_file():
        return None
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("fencepost")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise errors.BadConfiguration(f"{FILE}: not TOML: {error}", hint="correct the file") from None
    except OSError as error:
        raise errors.BadConfiguration(f"{FILE}: {error.strerror or error}", hint="make it readable") from None
    if table is None:
        return None
    found = _valid(table, {**_SEARCH, "tier": _tier, "check": _tables}, TABLE)
    checks = found.pop("check", [])
    if not checks:
        raise errors.BadConfiguration(
            f"{FILE}: {TABLE} names nothing to check", hint=f'add a table [[{TABLE}.check]] with a name = "..."'
        )
    tier = found.pop("tier", "quick")
    return Project(tuple(_check(one, number, found) for number, one in enumerate(checks, start=1)), tier)


def _check(table: dict[str, Any], number: int, usual: Mapping[str, Any]) -> Check:
    where = f"{TABLE}.check, number {number}"
    found = _valid(table, {**_SEARCH, **_OF_A_CHECK}, where)
    if "name" not in found:
        raise errors.BadConfiguration(f"{FILE}: {where} has no name", hint='write name = "path/to/file.py:Class"')
    search = {**usual, **{key: value for key, value in found.items() if key in _SEARCH}}
    return Check(
        found["name"],
        found.get("constants", {}),
        found.get("properties"),
        found.get("expect"),
        found.get("tier", "quick"),
        search,
    )


def options(search: Mapping[str, Any]) -> Options:
    """The options of a search from its keys."""
    limits = Limits(*(search.get(f"max-{name}") for name in ("states", "depth", "memory", "seconds")))
    return Options(
        search.get("engine", "native"),
        search.get("workers"),
        exact=search.get("exact", False),
        keep_going=search.get("continue", False),
        limits=limits,
    )


def size(text: str) -> int | None:
    """A number of bytes from text such as 4G or 512M; None if it is none."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?", text.strip().lower())
    if match is None or float(match[1]) * _UNITS[match[2]] < 1:
        return None
    return int(float(match[1]) * _UNITS[match[2]])


# What the keys can be. Each of these gives the value, or raises ValueError with what it should have been.


def _valid(table: Any, known: Mapping[str, Callable[[Any], Any]], where: str) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise errors.BadConfiguration(f"{FILE}: {where} is {table!r}, not a table", hint=f"begin it with [{TABLE}]")
    found = {}
    for key, value in table.items():
        if key not in known:
            hint = errors.nearest(key, list(known))
            raise errors.BadConfiguration(f"{FILE}: {where} has no key {key!r}", hint=hint)
        try:
            found[key] = known[key](value)
        except ValueError as wanted:
            raise errors.BadConfiguration(f"{FILE}: {where}: {key} is {value!r}", hint=f"it is {wanted}") from None
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value:
        raise ValueError("a text")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false")
    return value


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ValueError("a whole number from 1")
    return value


def _seconds(value: Any) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not value > 0:
        raise ValueError("a number of seconds")
    return float(value)


def _memory(value: Any) -> int:
    found = size(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError('a size such as "4G" or "512M"')
    return found


def _tier(value: Any) -> str:
    if value not in catalogue.TIERS:
        raise ValueError(f"one of {', '.join(catalogue.TIERS)}")
    return str(value)


def _engine(value: Any) -> str:
    if value not in ENGINES:
        raise ValueError(f"one of {', '.join(ENGINES)}")
    return str(value)


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(name, str) for name in value):
        raise ValueError("a list of names")
    return tuple(value)


def _constants(value: Any) -> dict[str, int | bool]:
    if not isinstance(value, dict) or not all(isinstance(one, int) for one in value.values()):
        raise ValueError("a table of whole numbers, true and false")
    return value


def _verdicts(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise ValueError('a table such as { one_leader = "violated" }')
    return value


def _tables(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError(f"written as tables [[{TABLE}.check]]")
    return value


_SEARCH: dict[str, Callable[[Any], Any]] = {
    "engine": _engine,
    "workers": _count,
    "symmetry": _flag,
    "view": _flag,
    "exact": _flag,
    "continue": _flag,
    "max-states": _count,
    "max-depth": _count,
    "max-memory": _memory,
    "max-seconds": _seconds,
}
_OF_A_CHECK: dict[str, Callable[[Any], Any]] = {
    "name": _text,
    "constants": _constants,
    "properties": _names,
    "expect": _verdicts,
    "tier": _tier,
}


def constants_of(found: list[str]) -> dict[str, str]:
    """The constants in `--set` options, as text. Raises BadOption."""
    result: dict[str, str] = {}
    for item in found:
        name, equals, value = item.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise errors.BadOption(f"--set {item}: not of the form constant=value")
        result[name.strip()] = value.strip()
    return result

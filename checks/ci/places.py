"""Where in the source a property or an action is, so that an outcome can be shown there."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..cases import Case, cases
from ..outcome import VIOLATION_FOUND
from ..report import ConfigurationReport

if TYPE_CHECKING:
    from ...model.lang.specification import Specification


@dataclass(frozen=True)
class Place:
    """Lines of a file, both included, counted from 1."""

    file: str
    line: int
    end_line: int

    @property
    def relative(self) -> str | None:
        """The file from the top of the repository with forward slashes; None if it is somewhere else."""
        top = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()
        file = Path(self.file).resolve()
        return file.relative_to(top).as_posix() if file.is_relative_to(top) else None


@dataclass(frozen=True)
class Checked:
    """The result of a configuration with the places of its properties and actions by name, as far as they are known."""

    report: ConfigurationReport
    places: Mapping[str, Place] = field(default_factory=dict)

    @property
    def unexpected(self) -> list[Case]:
        """The outcomes that are not as expected, or not known for another reason than that a violation was found."""
        wanted = {"failed", "error"} | ({"inconclusive"} if self.report.stopped != VIOLATION_FOUND else set())
        return [case for case in cases(self.report) if case.status in wanted]

    def place(self, case: Case) -> Place | None:
        """Where an outcome belongs: at the error, or the property, or else the class."""
        at = self.report.error.at if self.report.error is not None and case.prop is None else None
        return Place(at.file, at.line, at.line) if at is not None else self.places.get(case.name, self.places.get(""))


def places(specification: Specification) -> dict[str, Place]:
    """The places of the properties and actions of a specification by name; that of the class has the empty name."""
    wanted: list[tuple[str, type | Callable[..., Any]]] = [("", specification.source)]
    wanted += [(prop.name, prop.function) for prop in specification.properties]
    wanted += [(action.name, action.function) for action in (*specification.inits, *specification.actions)]
    found = {}
    for name, what in wanted:
        try:
            lines, line = inspect.getsourcelines(what)
            file = inspect.getfile(what)
        except (OSError, TypeError):  # no source to show it in
            continue
        found[name] = Place(file, max(line, 1), max(line, 1) + len(lines) - 1 if name else max(line, 1))
    return found

"""Takes out each guard and each action of a specification in turn, and sees which checks notice.

A guard whose absence nothing notices is not needed, or is not checked: some property is missing, or constants are too
small. Where the states are the same without it, something else has its effect already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..model import errors
from ..model.lang.explain import guard_text
from ..model.lang.lower import lower
from ..model.lang.sources import method_at
from ..model.lang.specification import Model, Specification
from .api import Options, prepare
from .outcome import Limits
from .report import ConfigurationReport

#: A search without a guard goes on to so many times the states with it, and some more, before it gives up.
MOST_TIMES, MOST_MORE = 8, 100_000


@dataclass(frozen=True)
class Mutant:
    """A specification without something: an action, or a guard by its text. `at` is where that stands."""

    kind: Literal["guard", "action"]
    name: str
    at: errors.Location | None
    without: str | tuple[str, int]


@dataclass(frozen=True)
class Finding:
    """What came of a mutant: the checks that notice, each in words; and how many states there were.

    `same` says that none notices and the states are as many as before; `limited`, that not all were seen.
    """

    mutant: Mutant
    noticed: tuple[str, ...]
    distinct: int = 0
    same: bool = False
    limited: bool = False


def mutants(specification: Specification) -> list[Mutant]:
    """Every guard of a specification, in the order of its files and lines, and every action."""
    lower(specification)
    places = sorted(specification.guards, key=lambda at: (at.file, at.line, at.column))
    found = [Mutant("guard", guard_text(at), at, (at.file, at.line)) for at in places]
    actions = specification.actions if len(specification.actions) > 1 else ()
    return [*found, *(Mutant("action", one.name, method_at(one.function), one.name) for one in actions)]


class Mutation:
    """The mutants of a specification, searched one after the other.

    Raises what the specification raises without anything taken out.
    """

    def __init__(
        self, model: type[Model], constants: Mapping[str, Any] | None = None, *,
        workers: int | None = None, properties: tuple[str, ...] | None = None,
    ) -> None:  # fmt: skip
        self.model, self.constants, self.properties = model, dict(constants or {}), properties
        self.options = Options(workers=workers)
        specification = Specification(model, self.constants, properties)
        job = prepare(specification, Options(workers=workers, keep_going=True))
        self.usual = job.assessed(job.search())
        self.mutants = mutants(specification)

    def run(self, before: Callable[[Mutant], None] = lambda _: None) -> Iterator[Finding]:
        """The finding of each mutant, in order; `before` is called with it first."""
        for mutant in self.mutants:
            before(mutant)
            yield self._finding(mutant)

    def _finding(self, mutant: Mutant) -> Finding:
        limits = Limits(states=MOST_TIMES * self.usual.distinct + MOST_MORE)
        try:
            specification = Specification(self.model, self.constants, self.properties, without=mutant.without)
            job = prepare(specification, Options(workers=self.options.workers, limits=limits))
            found = job.assessed(job.search())
        except errors.SpecificationError as error:
            return Finding(mutant, (f"error {error.code}: {error.what}",))
        noticed = tuple(_noticed(self.usual, found, mutant))
        same = not noticed and not found.stopped and found.distinct == self.usual.distinct
        return Finding(mutant, noticed, found.distinct, same, bool(found.stopped) and not noticed)


def _noticed(usual: ConfigurationReport, found: ConfigurationReport, mutant: Mutant) -> Iterator[str]:
    """Which verdicts are worse than with nothing taken out."""
    before = {prop.name: prop.verdict for prop in usual.properties}
    for prop in found.properties:
        if prop.verdict in ("violated", "vacuous") and prop.verdict != before.get(prop.name):
            words = {"violated": "is never seen" if prop.kind == "witness" else "is violated", "vacuous": "is vacuous"}
            yield f"{prop.name} {words[prop.verdict]}"
    reachable = {action.name for action in usual.actions if action.verdict == "reachable"}
    for action in found.actions:
        if action.verdict == "unreachable" and action.name in reachable and action.name != mutant.name:
            yield f"{action.name} is never possible"
    if found.error is not None and usual.error is None:
        yield f"error {found.error.code}: {found.error.message}"

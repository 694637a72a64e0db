"""The command `fencepost agree`: whether all engines say the same of a specification."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..model import errors
from . import catalogue, loading
from .screen import Line, Screen, duration

if TYPE_CHECKING:
    from .agreement import Agreement, Opinion
    from .catalogue import Entry

_MOST_STATES = 100_000


def agree(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", show_default=False, help="Specifications, named as for `check`."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="CONSTANT=VALUE", show_default=False, help="Set a constant."),
    ] = None,
    depth: Annotated[
        int | None, typer.Option(metavar="N", min=1, show_default="that of the search", help="How deep Z3 looks.")
    ] = None,
    seconds: Annotated[
        float, typer.Option("--z3-seconds", metavar="SECONDS", min=0.0, help="How long Z3 may take.")
    ] = 30.0,
    runs: Annotated[int, typer.Option(metavar="N", min=1, help="Random runs of Hypothesis for each violation.")] = 500,
    states: Annotated[
        int, typer.Option("--python-states", metavar="N", min=0, help="States up to which CPython searches, too.")
    ] = 20_000,
) -> int:
    """Asks all engines for their verdicts, counts and shortest runs, and compares them.

    Without constants a shipped specification is taken at the smallest size that is pinned for it; without names, all
    that are small enough. Exits with 70 if two engines contradict each other, which is a mistake in Fencepost.
    """
    from .agreement import Comparison, Effort
    from .settings import constants_of

    effort = Effort(states, seconds, depth, runs)
    given, screen, codes = constants_of(settings or []), Screen(), []
    for name in names or [entry.name for entry in catalogue.ENTRIES if smallest(entry) is not None]:
        specification = _specification(loading.find(name), given)
        constants = ", ".join(f"{key} = {value}" for key, value in specification.constants.items())
        screen.print([[(f"{name} ({constants})" if constants else name, "bold")]])
        found = Comparison(specification, effort, said=lambda one: screen.print(_shown(one))).run()
        screen.print(_summary(found))
        codes.append(found.exit_code)
    order = (errors.EXIT_INTERNAL, errors.EXIT_INCONCLUSIVE)
    return next((code for code in order if code in codes), errors.EXIT_AS_EXPECTED)


def smallest(entry: Entry, most_states: int | None = _MOST_STATES) -> dict[str, Any] | None:
    """The constants of the smallest configuration that is pinned for an entry, if it has at most so many states.

    Under a view there are fewer states than will be searched, so these do not count.
    """
    pinned = [
        (one.pins.distinct, dict(one.constants))
        for one in entry.configurations
        if one.pins is not None and one.pins.distinct is not None and not one.view
    ]
    least = min(pinned, key=lambda one: one[0], default=None)
    return least[1] if least is not None and (most_states is None or least[0] <= most_states) else None


def _specification(found: loading.Found, given: dict[str, Any]) -> Any:
    from ..model.lang.specification import Specification

    usual = smallest(found.entry, None) if found.entry is not None and not given else None
    return Specification(found.model, given or usual)


def _shown(one: Opinion) -> Iterator[Line]:
    """What an engine says, in a line, and where it contradicts the first."""
    states = f"{one.distinct:,} states, " if one.distinct is not None else ""
    depth = f"depth {one.depth}, " if one.depth is not None else ""
    runs = f"{len(one.lengths)} run{'s' if len(one.lengths) != 1 else ''}"
    verdict = ("differs", "bold red") if one.differences else ("agrees", "green")
    line = [(f"  {one.engine:<18}", ""), verdict, (f"  {states}{depth}{runs}, {duration(one.seconds)}", "")]
    yield [*line, (f"; {one.note}", "dim")] if one.note else line
    yield from ([(f"    {difference}", "red")] for difference in one.differences)


def _summary(found: Agreement) -> Iterator[Line]:
    lengths = found.opinions[0].lengths
    if lengths:
        words = ", ".join(f"{name} {length}" for name, length in lengths.items())
        yield [(f"  States of the shortest runs: {words}", "dim")]
    if found.stopped:
        yield [(f"  Stopped: {found.stopped}. Nothing was compared.", "yellow")]
    elif found.differences:
        yield [("  Two engines contradict each other: this is a mistake in Fencepost.", "bold red")]

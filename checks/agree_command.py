"""The command `fencepost agree`: whether all engines say the same of a specification."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..model import Specification, errors
from . import catalogue, loading
from .catalogue.compared import compared
from .outcome import Limits
from .screen import Line, Screen, duration
from .terminal import bound

if TYPE_CHECKING:
    from .agreement import Agreement, Opinion


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
    ] = 15.0,
    runs: Annotated[int, typer.Option(metavar="N", min=1, help="Random runs of Hypothesis for each violation.")] = 500,
    states: Annotated[
        int, typer.Option("--python-states", metavar="N", min=0, help="CPython searches levels up to so many states.")
    ] = 5_000,
) -> int:
    """Asks all engines for their verdicts, counts and shortest runs, and compares them.

    Without constants a shipped specification is taken at a small size, some down to a certain depth only, and without
    names all of them. Exits with 70 if two engines contradict each other, which is a mistake in Fencepost.
    """
    from .agreement import Comparison, Effort
    from .settings import constants_of

    effort = Effort(states, seconds, depth, runs)
    given, screen, codes = constants_of(settings or []), Screen(), []
    for name in names or catalogue.names():
        specification, limits = _asked(loading.find(name), given)
        screen.print([[(bound(name, specification.constants), "bold")]])
        found = Comparison(specification, effort, limits, said=lambda one: screen.print(_shown(one))).run()
        screen.print(_summary(found))
        codes.append(found.exit_code)
    order = (errors.EXIT_INTERNAL, errors.EXIT_INCONCLUSIVE)
    return next((code for code in order if code in codes), errors.EXIT_AS_EXPECTED)


def _asked(found: loading.Found, given: dict[str, Any]) -> tuple[Specification, Limits]:
    """What is compared, and how deep: the size listed for a shipped specification, if no constants are given."""
    if found.entry is None or given:
        return Specification(found.model, given), Limits()
    size = compared(found.entry)
    return Specification(found.model, size.constants), Limits(depth=size.depth)


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

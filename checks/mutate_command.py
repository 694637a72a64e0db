"""The command `fencepost mutate`: which checks notice when a guard or an action is taken out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..model import errors
from ..traces.fitting import cut
from . import loading
from .screen import Line, Screen
from .terminal import bound

if TYPE_CHECKING:
    from .mutation import Finding, Mutant

_WIDEST = 78
_SHOWN = 3


def mutate(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A specification, named as for `check`.")],
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="CONSTANT=VALUE", show_default=False, help="Set a constant."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="N", show_default="all processors", help="Threads that search.")
    ] = None,
) -> int:
    """Takes out each require() and each action in turn, and says which checks notice.

    Exits with 1 if there is a guard or an action without which there are other states, and nothing notices.
    """
    from .mutation import Mutation
    from .settings import constants_of

    mutation = Mutation(loading.find(name).model, constants_of(settings or []), workers=workers)
    screen = Screen()
    guards = sum(one.kind == "guard" for one in mutation.mutants)
    title = bound(name, mutation.usual.constants)
    screen.print([[(f"{title}: {mutation.usual.distinct:,} states, {_count(guards, 'guard')}", "bold")]])
    found = []
    for one in mutation.run():
        screen.print(_shown(one))
        found.append(one)
    screen.print(_summary(found))
    return errors.EXIT_NOT_AS_EXPECTED if any(map(_is_unnoticed, found)) else errors.EXIT_AS_EXPECTED


def _is_unnoticed(one: Finding) -> bool:
    return not one.noticed and not one.same


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' if number != 1 else ''}"


def _place(mutant: Mutant) -> str:
    return f"{Path(mutant.at.file).name}:{mutant.at.line}" if mutant.at else ""


def _shown(one: Finding) -> Iterator[Line]:
    """A mutant, and what came of it."""
    what = one.mutant.name if one.mutant.kind == "guard" else f"action {one.mutant.name}"
    yield [(f"{_place(one.mutant)}  ", "dim"), (cut(what, _WIDEST), "")]
    if one.noticed:
        more = len(one.noticed) - _SHOWN
        words = ", ".join(one.noticed[:_SHOWN]) + (f", and {more} more" if more > 0 else "")
        yield [(f"  {words}", "green")]
    elif one.same:
        yield [("  makes no difference: the states are the same without it", "")]
    else:
        seen = "at least " if one.limited else ""
        yield [("  nothing notices", "bold yellow"), (f": {seen}{one.distinct:,} states", "")]


def _summary(found: Sequence[Finding]) -> Iterator[Line]:
    unnoticed = list(filter(_is_unnoticed, found))
    same = [one for one in found if one.same]
    noticed = len(found) - len(unnoticed) - len(same)
    yield [("", "")]
    if unnoticed:
        yield [("What nothing notices needs a property of its own, or larger constants:", "")]
        yield from ([(f"  {_place(one.mutant)}  {cut(one.mutant.name, _WIDEST)}", "")] for one in unnoticed)
    words = f"{len(found)} taken out: {noticed} noticed, {len(same)} without difference, {len(unnoticed)} not noticed."
    yield [(words, "bold")]

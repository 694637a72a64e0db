"""The command `fencepost explain`: what a configuration promises, computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ..model import errors
from . import api, loading
from .cli import interrupts
from .screen import ProgressLine, Screen

if TYPE_CHECKING:
    from .explain.explanation import Explanation
    from .explain.grid import Grid
    from .explain.kernel import Question
    from .outcome import Progress

FORMATS = ("text", "markdown", "json", "html")
MAX_FAILURES = 6


def explain(  # noqa: PLR0913, PLR0917  # one parameter an option
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="A specification with the constants of kafka, named as for `check`.")
    ] = "kafka",
    factors: Annotated[str, typer.Option("--rf", metavar="N,...", help="Replication factors.")] = "2,3",
    least: Annotated[str, typer.Option("--min-isr", metavar="N,...", help="min.insync.replicas.")] = "1,2",
    acks: Annotated[str, typer.Option(metavar="ACKS,...", help="acks of the producer.")] = "all,1,0",
    unclean: Annotated[
        bool | None, typer.Option("--unclean/--no-unclean", show_default="both", help="Unclean leader election.")
    ] = None,
    eligible: Annotated[bool, typer.Option("--elr/--no-elr", help="Eligible leader replicas (KIP-966).")] = True,
    failures: Annotated[
        int, typer.Option(metavar="N", min=0, max=MAX_FAILURES, help="Up to how many failures, of all kinds together.")
    ] = 2,
    records: Annotated[int, typer.Option(metavar="N", min=1, help="How many records are produced.")] = 1,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="CONSTANT=VALUE", show_default=False, help="Set another constant."),
    ] = None,
    claims: Annotated[bool, typer.Option("--claims/--no-claims", help="Compare what people say with it.")] = True,
    max_states: Annotated[int, typer.Option(metavar="N", min=1, help="End a search after so many states.")] = 1_000_000,
    max_seconds: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", show_default="no limit", help="End the searches of a configuration after so long."
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="N", show_default="all processors", help="Threads that search.")
    ] = None,
    format_name: Annotated[
        str, typer.Option("--format", metavar="NAME", help=f"How to write it: {', '.join(FORMATS)}.")
    ] = "text",
    output: Annotated[str, typer.Option("--output", "-o", metavar="FILE", help="Write a file; - for stdout.")] = "-",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> int:
    """Says after how few failures, of which kind, acknowledged records can be lost, for every configuration of a table.

    Exits with 2 if a limit or an interruption left a question open.
    """
    from .explain.claims import CLAIMS
    from .explain.evidence import Searching
    from .explain.table import Request, Table
    from .session import check_writable

    if format_name not in FORMATS:
        raise errors.BadOption(f"there is no format {format_name!r}", hint=errors.nearest(format_name, [*FORMATS]))
    if max_seconds is not None and not max_seconds > 0:
        raise errors.BadOption(f"--max-seconds {max_seconds:g}: not a number above 0")
    if output != "-":
        check_writable(output)
    grid = _grid(factors, least, acks, unclean, eligible)
    line = ProgressLine(quiet=quiet)
    searching = Searching(
        api.Options(workers=workers).validated().workers or 1, max_states, max_seconds, _Shown(grid, line).searching
    )
    request = Request(
        loading.find(name), _constants(settings or [], records), grid, failures, searching, CLAIMS if claims else ()
    )
    with interrupts.deferred():
        try:
            explanation = Table(request).explain()
        finally:
            line.clear()
        _write(explanation, format_name, output)
    return explanation.exit_code


def _constants(settings: list[str], records: int) -> dict[str, str | int]:
    """The constants that are the same everywhere. Raises BadOption for one that the table varies."""
    from .explain.failures import KINDS
    from .explain.grid import Setting
    from .settings import constants_of

    found = constants_of(settings)
    options = {
        "replication_factor": "--rf",
        "min_insync_replicas": "--min-isr",
        "acks": "--acks",
        "unclean_leader_election": "--unclean",
        "eligible_leader_replicas": "--elr",
        "records": "--records",
        **{kind.constant: "--failures" for kind in KINDS},
    }
    assert vars(Setting()).keys() <= options.keys()
    if found.get("topics", "1") != "1":
        raise errors.BadOption("--set topics: a row of the table is about one topic", hint="leave it out")
    for constant in found.keys() & options.keys():
        raise errors.BadOption(f"--set {constant}: the table sets it", hint=f"give {options[constant]}")
    return {"records": records, **found}


# The grid.


def _grid(factors: str, least: str, acks: str, unclean: bool | None, eligible: bool) -> Grid:
    """The configurations of the table. Raises BadOption when none is possible."""
    from .explain.grid import ACKS, Grid

    words = _listed("--acks", acks)
    for word in words:
        if word not in ACKS:
            raise errors.BadOption(f"--acks {word}: no such acknowledgement", hint=f"there is {', '.join(ACKS)}")
    grid = Grid(
        _numbers("--rf", factors),
        _numbers("--min-isr", least),
        [ACKS[word] for word in words],
        (False, True) if unclean is None else (unclean,),
        eligible,
    )
    if not grid.settings():
        raise errors.BadOption(
            f"--min-isr {least} with --rf {factors}: more replicas would have to be in sync than there are",
            hint="min.insync.replicas is at most the replication factor",
        )
    return grid


def _listed(option: str, text: str) -> list[str]:
    found = [one.strip() for one in text.split(",") if one.strip()]
    if not found:
        raise errors.BadOption(f"{option}: no value", hint="values stand between commas, such as 2,3")
    return found


def _numbers(option: str, text: str) -> list[int]:
    found = _listed(option, text)
    for one in found:
        if not one.isdecimal() or int(one) < 1:
            raise errors.BadOption(f"{option} {one}: not a number from 1", hint=f"write it like {option} 2,3")
    return [int(one) for one in found]


# Progress and output.


class _Shown:
    """The line that says what is being searched."""

    def __init__(self, grid: Grid, line: ProgressLine) -> None:
        self.settings, self.line = grid.settings(), line

    def searching(self, question: Question, progress: Progress) -> None:
        """Shows how far a search is."""
        setting = question.setting
        place = f"{self.settings.index(setting) + 1}/{len(self.settings)} " if setting in self.settings else ""
        unclean = "unclean, " if setting.unclean_leader_election else ""
        factor, least = setting.replication_factor, setting.min_insync_replicas
        where = f"{place}rf {factor}, min.isr {least}, acks={setting.acks_word}, {unclean}{question.failures}"
        self.line.show(where, progress)


def _write(explanation: Explanation, format_name: str, output: str) -> None:
    from .explain import data, markdown, page, text
    from .session import write_file

    if format_name == "text" and output == "-":
        Screen().print(text.lines(explanation))
        return
    writers = {"text": text.write, "markdown": markdown.write, "json": data.write, "html": page.write}
    write_file(output, writers[format_name](explanation))
    if output != "-":
        Screen().print([[(f"{output} is written.", "")]])

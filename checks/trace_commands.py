"""The commands about traces: replay, diff, shrink, and the part of show that writes formats."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from ..model import errors
from . import loading, terminal
from .screen import Line, Screen

if TYPE_CHECKING:
    from ..traces.compare import Departure
    from ..traces.trace import Trace

File = Annotated[str, typer.Argument(metavar="TRACE", help="An ITF file, as written by `fencepost check --trace`.")]
Model = Annotated[
    str | None,
    typer.Option(metavar="NAME", show_default="the one the file names", help="The specification it is a run of."),
]

Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Only the last line.")]


def show(file: str, format_name: str, output: str | None, model: str | None, views: list[str]) -> None:
    """Writes a trace in a format. Raises BadOption, BadTraceFile, ForeignTrace, CannotWrite."""
    from ..traces import text
    from ..traces.formats import FORMATS
    from ..traces.views import method_views
    from ..traces.views import views as evaluated
    from .session import write_file

    if format_name not in FORMATS:
        raise errors.BadOption(f"there is no format {format_name!r}", hint=errors.nearest(format_name, list(FORMATS)))
    if views and format_name != "text":
        raise errors.BadOption(f"--view is for --format text, not {format_name}")
    trace, specification = loading.load_trace(file, model)
    if views:
        found = evaluated(trace, specification, method_views(specification, views))
        written = text.write(trace, found)
    else:
        written = FORMATS[format_name].write(trace, specification)
    write_file(output if output is not None else "-", written)


def replay(file: File, model: Model = None, quiet: Quiet = False) -> int:
    """Executes a trace again, step by step, and says whether it is a run and shows what it recorded."""
    from ..traces.replay import replay as execute

    trace, specification = loading.load_trace(file, model)
    result = execute(trace, specification)
    screen = Screen()
    if not quiet:
        screen.print(terminal.replayed_run(trace, result, screen.glyphs))
    screen.print(terminal.replayed(trace, result, model))
    return errors.EXIT_AS_EXPECTED if result.confirmed else errors.EXIT_NOT_AS_EXPECTED


def diff(one: File, other: File, model: Model = None) -> int:
    """Shows where two runs part: how much is the same, and how the first states that differ do.

    Exits with 0 if the runs are the same, and with 1 if they are not.
    """
    from ..traces.compare import departure

    left, _ = loading.load_trace(one, model)
    right, _ = loading.load_trace(other, model)
    found = departure(left, right)
    screen = Screen()
    screen.print(_parted(one, left, other, right, found, screen.glyphs.arrow))
    return errors.EXIT_AS_EXPECTED if found is None else errors.EXIT_NOT_AS_EXPECTED


def _parted(one: str, left: Trace, other: str, right: Trace, found: Departure | None, arrow: str) -> Iterator[Line]:
    from ..traces.text import headline

    if found is None:
        yield [(f"The runs are the same: {left.states:,} states.", "bold")]
        return
    same = found.state - 1
    yield [(f"{same:,} state{'s are' if same != 1 else ' is'} the same. State {found.state:,}:", "bold")]
    width = max(len(one), len(other))
    for file, trace in ((one, left), (other, right)):
        if found.state > trace.states:
            yield [(f"  {file:{width}}  ", "dim"), (f"ends with state {trace.states:,}", "")]
        else:
            yield [(f"  {file:{width}}  ", "dim"), (headline(trace.steps[same], first=same == 0), "")]
    if found.changes:
        yield [("", "")]
        yield [(f"From the first run's state {found.state:,} to the second's:", "")]
        yield from ([(f"  {change.show(arrow)}", "")] for change in found.changes)


def shrink(
    file: File,
    output: Annotated[
        str | None, typer.Option("--output", "-o", metavar="FILE", show_default=False, help="Write it as an ITF file.")
    ] = None,
    budget: Annotated[
        int, typer.Option(metavar="N", min=0, help="How many states to visit in search of shorter ways.")
    ] = 20_000,
    model: Model = None,
    quiet: Quiet = False,
) -> int:
    """Makes a run smaller that still shows what the trace records."""
    from ..traces import itf
    from ..traces.shrink import shrink as shrunk
    from .session import check_writable, write_file

    if output is not None:
        check_writable(output)
    trace, specification = loading.load_trace(file, model)
    small = shrunk(trace, specification, budget=budget)
    screen = Screen()
    if not quiet:
        screen.print([*terminal.run_lines(small, screen.glyphs), [("", "")]])
    fewer = f"{small.states:,} states in place of {trace.states:,}"
    screen.print([[(fewer if small.states < trace.states else f"{trace.states:,} states, as before", "bold")]])
    if output is not None:
        write_file(output, itf.write(small))
    return errors.EXIT_AS_EXPECTED

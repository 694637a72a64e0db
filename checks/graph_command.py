"""The command `fencepost graph`: the states of a small specification as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..model import errors
from . import loading
from .screen import Screen

KINDS = ("dot", "svg", "png", "pdf")


def graph(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A specification, named as for `check`.")],
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="FILE", help="A file that ends in .dot, .svg, .png or .pdf."),
    ] = "-",
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="CONSTANT=VALUE", show_default=False, help="Set a constant."),
    ] = None,
    trace_file: Annotated[
        str | None,
        typer.Option("--trace", metavar="TRACE", show_default=False, help="A run to mark, and its constants."),
    ] = None,
    max_states: Annotated[int, typer.Option(metavar="N", min=1, help="How many states to draw.")] = 250,
) -> int:
    """Draws the reachable states of a small specification, and the steps between them."""
    from ..model.lang.specification import Specification
    from .session import check_writable, write_file
    from .settings import constants_of
    from .state_graph import dot, picture, state_graph

    kind = "dot" if output == "-" else Path(output).suffix.removeprefix(".")
    if kind not in KINDS:
        raise errors.BadOption(f"--output {output}: no kind of picture", hint=f"it ends in .{', .'.join(KINDS)}")
    if output != "-":
        check_writable(output)
    given = constants_of(settings or [])
    if trace_file is not None and given:
        raise errors.BadOption("--set and --trace at once: the constants are those of the trace")
    trace, specification = (None, None) if trace_file is None else loading.load_trace(trace_file, name)
    if specification is None:
        specification = Specification(loading.find(name).model, given)
    source = dot(state_graph(specification), trace, most=max_states)
    write_file(output, source if kind == "dot" else picture(source, kind))
    if output != "-":
        Screen().print([[(f"{output} is written.", "")]])
    return errors.EXIT_AS_EXPECTED

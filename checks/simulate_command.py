"""The command `fencepost simulate`: random walks, for what is too large to be searched."""

from __future__ import annotations

import os
import secrets
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..model import errors
from . import __version__, loading, terminal
from .cli import DEBUG, complain, internal, interrupts
from .outcome import INTERRUPTED, OUT_OF_MEMORY
from .report import ConfigurationReport, Report
from .screen import ProgressLine, Screen, duration
from .session import best_trace, check_writable, report_text, write_file
from .settings import constants_of
from .terminal import Detail
from .walks import text

if TYPE_CHECKING:
    from .walks.simulation import Job
    from .walks.walker import WalkProgress


def _option(panel: str, *names: str, **settings: Any) -> Any:
    return typer.Option(*names, rich_help_panel=panel, **{"show_default": False} | settings)


_WHAT, _HOW, _LIMITS, _OUTPUT = "What to check", "How to walk", "Limits", "Output"


def simulate(  # noqa: PLR0913, PLR0917  # one parameter an option
    name: Annotated[str, typer.Argument(metavar="NAME", help="A specification, named as for `check`.")],
    settings: Annotated[
        list[str] | None, _option(_WHAT, "--set", metavar="CONSTANT=VALUE", help="Set a constant.")
    ] = None,
    properties: Annotated[
        list[str] | None,
        _option(_WHAT, "--property", metavar="NAME", help="Check this property only; may be given several times."),
    ] = None,
    seed: Annotated[
        str, _option(_HOW, "--seed", metavar="N|random", show_default="0", help="Which walks are taken.")
    ] = "0",
    depth: Annotated[
        int, _option(_HOW, "--depth", metavar="N", show_default="100", help="Steps of each walk at most.")
    ] = 100,
    swarm: Annotated[
        int,
        _option(
            _HOW,
            "--swarm",
            metavar="PERCENT",
            show_default="20",
            help="Walks on which each action is switched off with a probability of one half.",
        ),
    ] = 20,
    weights: Annotated[
        list[str] | None,
        _option(
            _HOW,
            "--weight",
            metavar="ACTION=N",
            show_default="1 each",
            help="How often an action is taken where others are possible too; 0 for never.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        _option(
            _HOW,
            "--workers",
            metavar="N",
            show_default="all processors",
            help="Threads. Results do not depend on it, unless time is limited.",
        ),
    ] = None,
    keep_going: Annotated[
        bool, _option(_HOW, "--continue", help="Go on after a violation, and look for all that are violated.")
    ] = False,
    walks: Annotated[
        int | None,
        _option(
            _LIMITS,
            "--walks",
            metavar="N",
            show_default="100000, if nothing else limits them",
            help="Take so many walks.",
        ),
    ] = None,
    max_steps: Annotated[
        int | None, _option(_LIMITS, "--max-steps", metavar="N", help="Begin no walk after so many steps of all.")
    ] = None,
    max_seconds: Annotated[
        float | None, _option(_LIMITS, "--max-seconds", metavar="SECONDS", help="Stop after so long.")
    ] = None,
    json_file: Annotated[
        str | None, _option(_OUTPUT, "--json", metavar="FILE", help="Write the report as JSON; - for standard output.")
    ] = None,
    trace_file: Annotated[
        str | None, _option(_OUTPUT, "--trace", metavar="FILE", help="Write the shortest run found as an ITF file.")
    ] = None,
    quiet: Annotated[bool, _option(_OUTPUT, "--quiet", "-q", help="Only the last line.")] = False,
    verbose: Annotated[bool, _option(_OUTPUT, "--verbose", "-v", help="All runs, also those of witnesses.")] = False,
) -> int:
    """Takes random walks through the states of a specification, and checks its properties on them.

    Walks prove nothing: where they violate nothing, the verdict is inconclusive. The exit code is 0 all the same if
    they met every violation that is known and every witness, and nothing else was violated.
    """
    from ..model.lang.specification import Specification
    from .api import pins_of
    from .walks.simulation import Options, prepare

    if json_file is not None and json_file == trace_file:
        raise errors.BadOption(f"--json and --trace both name {json_file}", hint="name two files")
    for file in (json_file, trace_file):
        if file not in (None, "-"):
            check_writable(str(file))
    options = Options(
        walks, depth, max_steps, max_seconds, _seed(seed), swarm, _weights(weights or []), workers, keep_going
    )
    found = loading.find(name)
    selected = tuple(dict.fromkeys(properties)) if properties else None
    specification = Specification(found.model, constants_of(settings or []), selected)
    pins = pins_of(found.entry, specification, symmetry=False) if found.entry else None
    job = prepare(specification, options, name=found.name, words=found.words, pins=pins)
    detail: Detail = "none" if quiet else "all" if verbose else "distinct"
    return _Simulation(job, json_file, trace_file, detail).run()


def _seed(text: str) -> int:
    """A seed, or one that nobody chose. Raises BadOption."""
    if text == "random":
        return secrets.randbits(32)
    if not text.isdecimal():
        raise errors.BadOption(f"--seed {text}: not a seed", hint="a whole number from 0, or random")
    return int(text)


def _weights(found: list[str]) -> dict[str, int]:
    """Weights by the names of actions. Raises BadOption."""
    weights: dict[str, int] = {}
    for item in found:
        name, _, weight = item.partition("=")
        if not name.strip() or not weight.strip().isdecimal():
            raise errors.BadOption(f"--weight {item}: not of the form action=number", hint="like --weight crash=3")
        weights[name.strip()] = int(weight)
    return weights


class _Simulation:
    """Walks, shows what they met, and writes it."""

    def __init__(self, job: Job, json_file: str | None, trace_file: str | None, detail: Detail) -> None:
        self.job, self.json_file, self.trace_file, self.detail = job, json_file, trace_file, detail
        self.screen = Screen(sys.stderr if json_file == "-" else None)
        self.progress = ProgressLine(quiet=detail == "none")

    def run(self) -> int:
        """Everything, and the exit code."""
        started = time.perf_counter()
        if self.detail != "none":
            self.screen.print(text.head(self.job.base))
        with interrupts.deferred():
            one = self._walked()
            report = Report((one,), __version__, time.perf_counter() - started)
            for note in one.details.get("notes", ()):
                complain(note)
            if one.error is not None:
                complain(f"{terminal.title(one)}:\n{one.error.text}")
            if self.detail != "none":
                self.screen.print([*text.body(one, self.detail, self.screen.glyphs), [("", "")]])
            self.screen.print([text.last(one)])
            return self._write(report)

    def _walked(self) -> ConfigurationReport:
        """The result, whatever becomes of the walks."""
        job = self.job
        try:
            try:
                with interrupts.handed_over():
                    walked = job.walk(self._show)
            finally:
                self.progress.clear()
            interrupts.requested |= walked.tally.stopped == INTERRUPTED
            try:
                return job.result(walked).report
            except KeyboardInterrupt:
                return job.result(walked, with_runs=False).report
        except KeyboardInterrupt:
            interrupts.requested = True
            return job.not_run(INTERRUPTED)
        except errors.FencepostError as error:
            return job.failed(error)
        except MemoryError:
            return job.not_run(OUT_OF_MEMORY)
        except Exception as error:
            if os.environ.get(DEBUG):
                raise
            return job.broken(internal(error))

    def _show(self, found: WalkProgress) -> None:
        rate = f"{found.steps / max(found.seconds, 1e-6):,.0f} steps/s"
        parts = (f"{found.walks:,} walks", f"{found.steps:,} steps", rate, duration(found.seconds))
        self.progress.write(f"{self.job.base.name}: {'  '.join(parts)}")

    def _write(self, report: Report) -> int:
        """Writes what was asked for. A file that cannot be written any more is complained about at the end."""
        from ..traces import itf

        texts = [] if self.json_file is None else [(self.json_file, report_text(report))]
        if self.trace_file is not None:
            trace = best_trace(report)
            if trace is not None:
                texts.append((self.trace_file, itf.write(trace)))
            else:
                complain(f"{self.trace_file} was not written: there is no run to show")
        problems = []
        for file, content in texts:
            try:
                write_file(file, content)
            except errors.CannotWrite as error:
                complain(str(error))
                problems.append(error)
        return problems[0].exit_code if problems else report.exit_code

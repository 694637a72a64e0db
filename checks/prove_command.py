"""The command `fencepost prove`: what Z3 says of a specification, within a bound or by induction."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..model import errors
from . import __version__, api, loading, terminal
from .cli import interrupts
from .outcome import INTERRUPTED, Limits
from .report import ConfigurationReport, Report
from .screen import Line, Screen, duration

if TYPE_CHECKING:
    from ..model.lang.specification import Specification
    from ..traces.trace import Trace
    from .symbolic.induction import Answer

_INDENT = "  "
_STYLES = {"proved": "green", "refuted": "red", "unknown": "yellow"}
_WORDS = {"proved": "proved", "refuted": "not inductive", "unknown": "no answer"}


def prove(  # noqa: PLR0913, PLR0917  # one parameter an option
    name: Annotated[str, typer.Argument(metavar="NAME", help="A specification, named as for `check`.")],
    bmc: Annotated[
        int | None,
        typer.Option("--bmc", metavar="N", show_default=False, help="Look for violations in runs of up to N states."),
    ] = None,
    induction: Annotated[
        bool, typer.Option("--induction", help="Prove that the invariants hold in all states, at any depth.")
    ] = False,
    k: Annotated[int, typer.Option("--k", metavar="K", help="States in a row that a proof by induction assumes.")] = 1,
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="CONSTANT=VALUE", show_default=False, help="Set a constant."),
    ] = None,
    properties: Annotated[
        list[str] | None,
        typer.Option(
            "--property",
            metavar="NAME",
            show_default=False,
            help="This property only, and helper invariants; may be given several times.",
        ),
    ] = None,
    seconds: Annotated[
        float | None,
        typer.Option("--time", "--max-seconds", metavar="SECONDS", show_default=False, help="Stop after so long."),
    ] = None,
    each: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", show_default=False, help="Leave a step of an induction open after so long."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="N", show_default="all processors", help="Processes that prove steps.")
    ] = None,
    symmetry: Annotated[
        bool,
        typer.Option(
            "--symmetry/--no-symmetry", help="Let one of what differs in interchangeable identities stand for all."
        ),
    ] = True,
    keep_going: Annotated[
        bool, typer.Option("--continue", help="Within a bound: go on after a violation, for other properties.")
    ] = False,
    json_file: Annotated[
        str | None,
        typer.Option("--json", metavar="FILE", show_default=False, help="Write the report as JSON; - for stdout."),
    ] = None,
    trace_file: Annotated[
        str | None,
        typer.Option(
            "--trace",
            metavar="FILE",
            show_default=False,
            help="Write the counterexample, or the first failing step of an induction, as ITF.",
        ),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only the last line.")] = False,
) -> int:
    """Translates a specification for Z3, and looks for violations within a bound or proves its invariants.

    Within a bound, what is found is real, and what is not found may still be there, deeper. A proof by induction
    covers every depth; a step that it cannot make may begin in a state that is never reached.
    """
    from .session import check_writable
    from .settings import constants_of

    if induction is (bmc is not None):
        raise errors.BadOption("say what to prove", hint="give --bmc N or --induction, and not both")
    _check_numbers({"--bmc": bmc, "--k": k, "--time": seconds, "--each": each, "--workers": workers})
    for file in (json_file, trace_file):
        if file not in (None, "-"):
            check_writable(str(file))
    request = _Request(
        loading.find(name),
        constants_of(settings or []),
        tuple(dict.fromkeys(properties)) if properties else None,
        bmc,
        k,
        seconds,
        each,
        workers or api.available_processors(),
        symmetry,
        keep_going,
        json_file,
        trace_file,
        quiet,
    )
    return _Proving(request).run()


def _check_numbers(given: dict[str, float | None]) -> None:
    for option, value in given.items():
        if value is not None and not value > 0:
            raise errors.BadOption(f"{option} {value:g}: not a number above 0")


@dataclass(frozen=True)
class _Request:
    found: loading.Found
    constants: dict[str, Any]
    properties: tuple[str, ...] | None
    bmc: int | None
    k: int
    seconds: float | None
    each: float | None
    workers: int
    symmetry: bool
    keep_going: bool
    json_file: str | None
    trace_file: str | None
    quiet: bool


class _Proving:
    """One `fencepost prove`."""

    def __init__(self, request: _Request) -> None:
        from ..model.lang.specification import Specification

        self.request = request
        self.failing: Trace | None = None
        self.started = time.perf_counter()
        self.screen = Screen(sys.stderr if request.json_file == "-" else None)
        found, by_induction = request.found, request.bmc is None
        self.specification: Specification = Specification(
            found.model, request.constants, request.properties, helpers=by_induction
        )
        workers = request.workers if by_induction else 1
        options = api.Options("python", workers, limits=Limits(depth=request.bmc, seconds=request.seconds))
        pins = None
        if found.entry is not None and not by_induction:
            pinned = api.pins_of(found.entry, self.specification, symmetry=False)
            # States are not counted.
            pins = pinned and replace(pinned, distinct=None, depth=None)
        job = api.prepare(self.specification, options, name=found.name, words=found.words, pins=pins)
        symmetry = request.symmetry and bool(self.specification.symmetric_domains)
        self.job = replace(job, base=replace(job.base, engine="z3", symmetry=symmetry, exact=True))

    def run(self) -> int:
        """Proves, shows, writes, and gives the exit code."""
        self._say(self._head())
        with interrupts.deferred():
            try:
                found = self._bounded() if self.request.bmc is not None else self._induction()
            except errors.FencepostError as error:
                if error.exit_code == errors.EXIT_USAGE:
                    raise
                found = self.job.failed(error)
            report = Report((found,), __version__, time.perf_counter() - self.started)
            if found.error is not None:
                terminal_error = found.error.text
                from .cli import complain

                complain(terminal_error)
            shown = found if self.request.bmc is not None else replace(found, stopped="", actions=())
            self._say(terminal.details([shown], "all", self.screen.glyphs))
            summary = list(terminal.summary(report))
            self.screen.print(summary[-1:] if self.request.quiet else summary)
            return self._write(report)

    def _say(self, lines: Any) -> None:
        if not self.request.quiet:
            self.screen.print(lines)

    def _head(self) -> Iterator[Line]:
        from .symbolic.solver import load_z3

        what = "by induction" if self.request.bmc is None else f"runs of up to {self.request.bmc} states"
        if self.request.k > 1:
            what += f" from {self.request.k} states in a row"
        version = load_z3().get_version_string()
        yield [(f"{terminal.title(self.job.base)}: {what}; Z3 {version}, fencepost {__version__}", "bold")]

    def _write(self, report: Report) -> int:
        from ..traces import itf
        from .session import best_trace, report_text, write_file

        if self.request.json_file is not None:
            write_file(self.request.json_file, report_text(report))
        trace = best_trace(report) or self.failing
        if self.request.trace_file is not None:
            if trace is not None:
                write_file(self.request.trace_file, itf.write(trace))
            else:
                self._say([[(f"{self.request.trace_file} was not written: there is no run to show", "")]])
        return report.exit_code

    # Within a bound.

    def _bounded(self) -> ConfigurationReport:
        from .symbolic.bounded import BoundedCheck

        request = self.request
        check = BoundedCheck(
            self.specification, request.bmc or 0, request.seconds, request.keep_going, request.symmetry, self._reached
        )
        with interrupts.handed_over():
            outcome = check.run()
        interrupts.requested |= outcome.stopped == INTERRUPTED
        if self.specification.deadlock_is_violation:
            self._say([[(f"{_INDENT}Deadlocks are not looked for.", "yellow")]])
        return self.job.result(outcome).report

    def _reached(self, depth: int, seconds: float, terms: int) -> None:
        if not self.request.quiet:
            states = f"{depth} state{'s' if depth != 1 else ''}"
            print(f"{_INDENT}runs of {states}: {duration(seconds)}, {terms:,} terms", file=sys.stderr, flush=True)

    # By induction.

    def _induction(self) -> ConfigurationReport:
        from .proof_report import failing_steps, not_proved, proof_report, step_trace, used
        from .symbolic.induction import Induction
        from .symbolic.proof import Prover

        request = self.request
        induction = Induction(self.specification, request.k, symmetry=request.symmetry)
        prover = Prover(induction, request.workers, request.seconds, request.each)
        prover.said, prover.interrupted = self._answered, lambda: interrupts.requested
        proof = prover.run()
        found = proof_report(self.job, proof)
        if proof.refuted:
            self.failing = step_trace(proof, proof.refuted[0], self.job.base.name, __version__)
        self._say(failing_steps(proof, self.screen.glyphs))
        self._say(used(proof))
        self._say(not_proved(proof, found))
        return found

    def _answered(self, answer: Answer) -> None:
        step = f"{answer.obligation.action}: {answer.obligation.clause}"
        words = _WORDS[answer.verdict]
        self._say(
            [[(f"{_INDENT}{step}  ", ""), (words, _STYLES[answer.verdict]), (f"  {duration(answer.seconds)}", "dim")]]
        )

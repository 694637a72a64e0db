"""One `fencepost check`: the configurations that were asked for, searched one after the other, shown and written.

A mistake in one specification does not keep the others from being checked, and neither does an interruption take away
what was found: every configuration that was planned is in the report, with the reason if it was not searched.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..model import errors
from . import __version__, catalogue, loading, terminal
from .ahead import Ahead
from .api import Job, Options, pins_of, prepare
from .cli import DEBUG, complain, internal, interrupts
from .expectations import pins_for
from .forecast import Forecast
from .outcome import INTERRUPTED, OUT_OF_MEMORY, Progress, ProgressCallback
from .report import ConfigurationReport, ErrorReport, PropertyReport, Report, failed
from .report_json import to_json
from .screen import ProgressLine, Screen

if TYPE_CHECKING:
    from ..traces.trace import Trace
    from .ci.places import Checked


@dataclass(frozen=True)
class Request:
    """What was asked for: names (none for the whole catalogue), constants, how to search, and where results go.

    `checks` are those of a project: they are planned instead, each with its own names, constants and options.
    """

    names: tuple[str, ...] = ()
    settings: Mapping[str, Any] | None = None
    options: Options = Options()
    symmetry: bool | None = None
    view: bool | None = None
    properties: tuple[str, ...] | None = None
    tier: str = "quick"
    json_file: str | None = None
    trace_file: str | None = None
    test_file: str | None = None
    junit_file: str | None = None
    sarif_file: str | None = None
    github: bool = False
    quiet: bool = False
    verbose: bool = False
    expect: Mapping[str, str] | None = None
    checks: tuple[Request, ...] = ()

    @property
    def detail(self) -> terminal.Detail:
        """Which runs are shown."""
        if self.quiet:
            return "none"
        return "all" if self.verbose else "distinct" if self.names or self.checks else "unexpected"


@dataclass(frozen=True)
class Planned:
    """A search to come; without a job when binding the specification to its constants already failed."""

    report: ConfigurationReport
    job: Job | None = None


# Planning.


def plan(request: Request) -> list[Planned]:
    """The searches that a request stands for, in order. Raises errors.UsageError; other errors become results."""
    if request.checks:
        return [planned for one in request.checks for planned in plan(one)]
    found: list[Planned] = []
    for name in request.names or catalogue.names():
        try:
            found += _plan_one(loading.find(name), request)
        except errors.SpecificationError as error:
            found.append(_failed_plan(name, "", {}, request, error))
    return found


def _plan_one(found: loading.Found, request: Request) -> Iterator[Planned]:
    if found.entry is None or request.settings:
        options = replace(request.options, symmetry=bool(request.symmetry), view=bool(request.view))
        yield _planned(found, request.settings or {}, request.properties, options, request)
        return
    seen = []
    every = found.entry.configurations
    chosen = [one for one in every if one.tier == "quick" or request.tier == "full"]
    # Who names a specification that has large configurations only wants to see them.
    for one in chosen or (every if request.names else ()):
        symmetry = one.symmetry if request.symmetry is None else request.symmetry
        view = one.view if request.view is None else request.view
        properties = one.properties if request.properties is None else request.properties
        key = (dict(one.constants), symmetry, view, properties)
        if key not in seen:
            seen.append(key)
            options = replace(request.options, symmetry=symmetry, view=view)
            yield _planned(found, one.constants, properties, options, request)


def _planned(
    found: loading.Found,
    constants: Mapping[str, Any],
    properties: tuple[str, ...] | None,
    options: Options,
    request: Request,
) -> Planned:
    from ..model.lang.specification import Specification

    try:
        specification = Specification(found.model, constants, properties)
    except errors.SpecificationError as error:
        return _failed_plan(found.name, found.words, _bound(found, constants), request, error)
    pins = pins_of(found.entry, specification, options.symmetry, options.view) if found.entry else None
    if request.expect is not None:
        pins = pins_for(specification, request.expect)
    job = prepare(specification, options, name=found.name, words=found.words, pins=pins)
    return Planned(job.base, job)


def _bound(found: loading.Found, given: Mapping[str, Any]) -> Mapping[str, int | bool]:
    """The constants of a specification that has another mistake; none if they are the mistake."""
    from ..model.lang.annotations import hints_of
    from ..model.lang.declarations import bind_constants

    try:
        return bind_constants(found.model, hints_of(found.model), dict(given))
    except errors.SpecificationError:
        return {}


def _failed_plan(
    name: str, words: str, constants: Mapping[str, int | bool], request: Request, error: errors.FencepostError
) -> Planned:
    options = request.options.validated()
    base = ConfigurationReport(
        name, words, constants, options.engine, options.workers or 1, bool(request.symmetry), options.exact,
        "error", None, limits=options.limits, selected=request.properties,
    )  # fmt: skip
    return Planned(failed(base, ErrorReport.of(error)))


# Searching.


class Session:
    """Runs a request."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.screen = Screen(_stderr() if request.json_file == "-" else None)
        self.progress = ProgressLine(quiet=request.quiet)
        self.ahead = Ahead()

    def run(self) -> int:
        """Checks, shows, writes, and gives the exit code. Raises errors.UsageError for what cannot be started."""
        started = time.perf_counter()
        for file in self._files:
            if file != "-":
                check_writable(file)
        planned = plan(self.request)
        table = terminal.Table([one.report for one in planned], self.screen.width, self.screen.glyphs)
        if not self.request.quiet:
            self.screen.print([[(terminal.held_constant([one.report for one in planned]), "")], *table.head()])
        with interrupts.deferred():
            results = []
            try:
                for number, one in enumerate(planned):
                    results.append(self._search(one))
                    if not self.request.quiet:
                        self.screen.print(table.row(results[-1]))
                    if results[-1].details.get("compiled_from_cache") is False:
                        self.ahead.start(later.job for later in planned[number + 1 :] if later.job)
            finally:
                self.ahead.stop()
            report = Report(tuple(results), __version__, time.perf_counter() - started)
            self._show(report)
            return self._write(report, planned)

    def _search(self, planned: Planned) -> ConfigurationReport:
        """The result of one search, whatever becomes of it."""
        job = planned.job
        if job is None:
            return planned.report
        if interrupts.requested:
            return job.not_run(INTERRUPTED)
        job = job.starting_now()
        try:
            return self._searched(job)
        except errors.FencepostError as error:
            return job.failed(error)
        except MemoryError:
            return job.not_run(OUT_OF_MEMORY)
        except Exception as error:
            if os.environ.get(DEBUG):
                raise
            return job.broken(internal(error))

    def _searched(self, job: Job) -> ConfigurationReport:
        try:
            with interrupts.handed_over():
                outcome = job.search(self._watching(job))
        except KeyboardInterrupt:
            interrupts.requested = True
            return job.not_run(INTERRUPTED)
        finally:
            self.progress.clear()
        interrupts.requested |= outcome.stopped == INTERRUPTED
        try:
            return job.result(outcome).report
        except KeyboardInterrupt:
            return job.assessed(outcome)

    def _watching(self, job: Job) -> ProgressCallback:
        """Shows how far a search is, and says when it will run out of memory."""
        from .engine.memory import default_limit

        total = job.base.pins.distinct if job.base.pins else None
        limit = job.options.limits.memory
        forecast = Forecast(default_limit() if limit is None else limit, total)

        def watch(found: Progress) -> None:
            self.progress.show(job.base.name, found, total)
            warning = forecast.warning(found)
            if warning and not self.request.quiet:
                self.progress.clear()
                complain(f"{job.base.name}: {warning}")

        return watch

    def _show(self, report: Report) -> None:
        if self.request.verbose and not self.request.quiet:
            for one in report.configurations:
                self.screen.print(terminal.statistics(one))
        for note in dict.fromkeys(note for one in report.configurations for note in one.details.get("notes", ())):
            complain(note)
        for one in report.configurations:
            if one.error is not None:
                complain(f"{terminal.title(one)}:\n{one.error.text}")
        if not self.request.quiet:
            self.screen.print(terminal.details(report.configurations, self.request.detail, self.screen.glyphs))
        summary = list(terminal.summary(report))
        self.screen.print(summary[-1:] if self.request.quiet else summary)

    @property
    def _files(self) -> list[str]:
        """The files that were asked for."""
        request = self.request
        files = (request.json_file, request.trace_file, request.test_file, request.junit_file, request.sarif_file)
        return [file for file in files if file is not None]

    def _write(self, report: Report, planned: list[Planned]) -> int:
        """Writes what was asked for. A file that cannot be written any more is complained about at the end."""
        problems: list[errors.CannotWrite] = []
        for file, text in self._texts(report, planned):
            try:
                write_file(file, text)
            except errors.CannotWrite as error:
                problems.append(error)
        try:
            if self.request.github:
                self._tell_github(report, planned)
        except errors.CannotWrite as error:
            problems.append(error)
        for problem in problems:
            complain(str(problem))
        return problems[0].exit_code if problems else report.exit_code

    def _tell_github(self, report: Report, planned: list[Planned]) -> None:
        from .ci import github

        for what in github.wanted(os.environ):
            if what == "summary":
                github.append_summary(os.environ["GITHUB_STEP_SUMMARY"], report)
            else:
                for line in github.commands(located(report, planned)):
                    self.screen.write(line)

    def _texts(self, report: Report, planned: list[Planned]) -> Iterator[tuple[str, str]]:
        """The files to write with their contents."""
        from ..traces import itf

        json_file, trace_file, test_file = self.request.json_file, self.request.trace_file, self.request.test_file
        if json_file is not None:
            yield json_file, report_text(report)
        if self.request.junit_file is not None:
            from .ci.junit import junit

            yield self.request.junit_file, junit(report)
        if self.request.sarif_file is not None:
            from .ci.sarif import sarif

            yield self.request.sarif_file, sarif(located(report, planned), report.tool, report.exit_code)
        if trace_file is not None:
            trace = best_trace(report)
            if trace is not None:
                yield trace_file, itf.write(trace)
            else:
                complain(f"{trace_file} was not written: there is no run to show")
        if test_file is not None:
            violation = best_violation(report)
            if violation is not None and violation.trace is not None:
                from .testing.regression import test_source

                yield test_file, test_source(violation.trace, violation, __version__, Path(test_file).parent)
            else:
                complain(f"{test_file} was not written: no property is violated by a run")


def _stderr() -> Any:
    import sys

    return sys.stderr


def located(report: Report, planned: list[Planned]) -> list[Checked]:
    """The results with the places in the source that they are about."""
    from .ci.places import Checked, places

    return [
        Checked(one, places(before.job.specification) if before.job is not None else {})
        for one, before in zip(report.configurations, planned, strict=True)
    ]


def report_text(report: Report) -> str:
    """The report as it is written to a file."""
    import json

    return json.dumps(to_json(report), indent=2, ensure_ascii=False) + "\n"


def best_trace(report: Report) -> Trace | None:
    """The run worth keeping in a file: that to an error, or else that of the best violation."""
    errors_ = [one.error.trace for one in report.configurations if one.error and one.error.trace]
    if errors_:
        return errors_[0]
    violation = best_violation(report)
    return violation.trace if violation is not None else None


def best_violation(report: Report) -> PropertyReport | None:
    """The violated property whose run is worth keeping.

    Violations that are not as expected come first; then it is the shortest run that has a step.
    """

    def rank(prop: PropertyReport) -> tuple[bool, bool, int]:
        length = prop.trace_length or 0
        return prop.expected == prop.verdict, length == 1, length

    violated = [
        prop for one in report.configurations for prop in one.properties if prop.verdict == "violated" and prop.trace
    ]
    return min(violated, key=rank, default=None)


# Files.


def check_writable(file: str) -> None:
    """Raises CannotWrite unless a file can be written, and leaves nothing behind."""
    path = Path(file)
    try:
        existed = path.exists()
        if existed and not path.is_file() and not path.is_dir():
            return  # A pipe or a device: opening it may wait or have effects.
        with path.open("ab"):
            pass
        if not existed:
            path.unlink()
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or error
        raise errors.CannotWrite(f"{file}: {what}") from None


def write_file(file: str, text: str | bytes) -> None:
    """Writes a file, at once or not at all; `-` is standard output, for text. Raises CannotWrite."""
    try:
        if file == "-" and isinstance(text, str):
            _write_stdout(text)
            return
        content = text.encode("utf-8", "backslashreplace") if isinstance(text, str) else text
        path = Path(file)
        if path.exists() and (not path.is_file() or path.is_symlink()):
            path.write_bytes(content)
            return
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            temporary.write_bytes(content)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise errors.CannotWrite(f"{file}: {error.strerror or error}") from None


def _write_stdout(text: str) -> None:
    Screen().write(text.rstrip("\n"))

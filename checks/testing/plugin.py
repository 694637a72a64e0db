"""The pytest plugin: a `model_check` in a test file is collected as one test for each of its properties.

Installed with the package and loaded by every pytest of the environment, so nothing is imported before a test file has
declared a check. The search runs once, when the first of its tests runs, in one of the processes of pytest-xdist.
"""

from __future__ import annotations

import contextlib
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .. import __version__

if TYPE_CHECKING:
    from ...model.errors import FencepostError
    from ...traces.trace import Trace
    from ..api import Job, Result
    from ..cases import Case
    from ..report import ConfigurationReport
    from .declared import ModelCheck

_DECLARED = f"{__package__}.declared"
_OPTION, _INI, _DEFAULT = "--fencepost-dir", "fencepost_dir", "fencepost-results"
_SHARED = pytest.StashKey[str]()
_WORKERINPUT = "fencepost_shared"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where counterexamples and reports of failed checks go."""
    words = f"folder for the traces and reports of failed model checks (default: {_DEFAULT})"
    parser.getgroup("fencepost").addoption(_OPTION, metavar="DIR", default=None, help=words)
    parser.addini(_INI, words, default=_DEFAULT)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tells a process of pytest-xdist where the processes of this machine share what their searches found."""
    stash = node.config.stash
    if _SHARED not in stash:
        stash[_SHARED] = tempfile.mkdtemp(prefix="fencepost-")
    node.workerinput[_WORKERINPUT] = stash[_SHARED]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Takes the shared folder away."""
    if _SHARED in config.stash:
        shutil.rmtree(config.stash[_SHARED], ignore_errors=True)


def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: object) -> pytest.Collector | None:
    """Collects a declared check, whatever its name is."""
    declared = sys.modules.get(_DECLARED)  # not there: nobody has declared anything
    if declared is None or not isinstance(obj, declared.ModelCheck):
        return None
    return Check.from_parent(collector, name=name, declared=obj)


class Check(pytest.Collector):
    """A declared check. Its tests share its search."""

    def __init__(self, *, declared: ModelCheck, **settings: Any) -> None:
        super().__init__(**settings)
        self.declared = declared
        if self.config.pluginmanager.hasplugin("xdist"):
            self.add_marker(pytest.mark.xdist_group(self.nodeid))  # with --dist loadgroup no process waits for another

    def collect(self) -> Iterable[pytest.Item]:
        """A test for each property, one for the coverage, and the decorated function."""
        from ...model import errors
        from ...traces.replay import DEADLOCK
        from ..cases import COVERAGE

        try:
            specification = self.job.specification
        except errors.FencepostError as error:
            raise self.CollectError(str(error)) from None
        names = [prop.name for prop in specification.properties]
        for name in [*names, *[DEADLOCK] * specification.deadlock_is_violation, COVERAGE]:
            yield PropertyTest.from_parent(self, name=name)
        if self.declared.function is not None:
            yield ResultTest.from_parent(self, name=self.declared.function.__name__, function=self.declared.function)

    @cached_property
    def job(self) -> Job:
        """The search. Raises errors.FencepostError."""
        worker = getattr(self.config, "workerinput", {})
        return self.declared.job(int(worker.get("workercount", 1)))

    @cached_property
    def found(self) -> Result | FencepostError:
        """What the search found, or the error in which it ended, also if another process runs it."""
        from ...model.errors import FencepostError
        from ..outcome import INTERRUPTED
        from .sharing import shared

        worker = getattr(self.config, "workerinput", {})
        folder = Path(worker[_WORKERINPUT]) if _WORKERINPUT in worker else None
        job = self.job.starting_now()
        try:
            outcome = shared(folder, self.nodeid, job.search)
        except FencepostError as error:
            return error
        if outcome.stopped == INTERRUPTED:
            raise KeyboardInterrupt
        return job.result(outcome)

    @cached_property
    def report(self) -> ConfigurationReport:
        """The same as a report."""
        from ..api import Result

        return self.found.report if isinstance(self.found, Result) else self.job.failed(self.found)

    def case(self, name: str) -> Case:
        """What became of a test."""
        from ..cases import COVERAGE, Case, cases

        found = next((case for case in cases(self.report) if case.name == name), None)
        return found or Case(name, "error", f"{name} is not decided: see {self.nodeid}::{COVERAGE}")

    @property
    def results(self) -> Path:
        """The folder for what this check writes."""
        given = self.config.getoption(_OPTION) or self.config.getini(_INI)
        return Path(self.config.rootpath, given, re.sub(r"[^\w.-]+", ".", self.nodeid))


class PropertyTest(pytest.Item):
    """The test of one property, or of the coverage. A known counterexample is tried before the search."""

    parent: Check

    def runtest(self) -> None:
        """Fails with the text of `failure`."""
        known = self._known()
        if known is not None:
            raise Unexpected(known)
        case = self.parent.case(self.name)
        if case.status != "passed":
            raise Unexpected(self._failure(case))
        with contextlib.suppress(OSError):
            self._file.unlink()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The text of what was not as expected, without a stack trace."""
        from ...model.errors import FencepostError

        if isinstance(excinfo.value, Unexpected | FencepostError):
            return _shown(excinfo)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the test is from, and its name in the report."""
        return self.path, None, f"{self.parent.name}::{self.name}"

    @property
    def _file(self) -> Path:
        from .counterexamples import SUFFIX

        return self.parent.results / f"{self.name}{SUFFIX}"

    def _known(self) -> str | None:
        """The text for a known counterexample that still shows the violation, unless the property is to be violated."""
        from ..cases import Case
        from ..failure import failure
        from .counterexamples import COMMITTED, still_shown

        job = self.parent.job
        pins = job.base.pins
        if pins is not None and pins.violated and self.name in pins.violated:
            return None
        found = still_shown(job.specification, self.name, [self.parent.results, self.path.parent / COMMITTED])
        if found is None:
            return None
        file, trace = found
        case = Case(self.name, "failed", f"{self.name} is violated", job.known(trace))
        notes = [f"A known counterexample, without a search: {self._short(file)}", *self._next(file, trace)]
        return failure(job.base, case, notes)

    def _failure(self, case: Case) -> str:
        """The text for an outcome of the search, after writing what there is to keep."""
        from ...model.errors import CannotWrite
        from ..failure import failure

        trace = case.prop.trace if case.prop is not None and case.prop.verdict == "violated" else None
        try:
            notes = [f"Written: {', '.join(map(self._short, self._write(trace)))}"]
            notes += self._next(self._file, trace) if trace is not None else []
        except (CannotWrite, OSError) as error:
            notes = [f"Nothing was written: {error}".split("\n")[0]]
        return failure(self.parent.report, case, notes)

    def _write(self, trace: Trace | None) -> list[Path]:
        """Writes the report, and the counterexample if there is one. Raises CannotWrite, OSError."""
        from ...traces import itf
        from ..report import Report
        from ..session import report_text, write_file

        report, folder = self.parent.report, self.parent.results
        texts = {folder / "report.json": report_text(Report((report,), __version__, report.total_seconds))}
        if trace is not None:
            texts[self._file] = itf.write(trace)
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in texts.items():
            write_file(str(file), text)
        return list(texts)

    def _next(self, file: Path, trace: Trace) -> list[str]:
        """What to do with a counterexample."""
        from .counterexamples import COMMITTED

        notes = [f"Replay: fencepost replay {shlex.quote(self._short(file))} --model {shlex.quote(trace.model)}"]
        kept = self.path.parent / COMMITTED
        if file.parent != kept:
            notes.append(
                f"The next session tries it first. To have it tried everywhere, commit it in {self._short(kept)}/"
            )
        return notes

    def _short(self, file: Path) -> str:
        here = Path.cwd()
        return str(file.relative_to(here)) if file.is_relative_to(here) else str(file)


class ResultTest(pytest.Item):
    """The function that a check decorates, called with the result."""

    parent: Check

    def __init__(self, *, function: Callable[[Result], None], **settings: Any) -> None:
        super().__init__(**settings)
        self.function = function

    def runtest(self) -> None:
        """Calls it. Raises the error in which the search ended, if it did."""
        found = self.parent.found
        if isinstance(found, Exception):
            raise found
        self.function(found)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """As for any test function; errors in the specification without a stack trace."""
        from ...model.errors import FencepostError

        if isinstance(excinfo.value, FencepostError):
            return _shown(excinfo)
        excinfo.traceback = excinfo.traceback.cut(path=self.function.__code__.co_filename)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the test is from, and its name in the report."""
        return self.path, self.function.__code__.co_firstlineno - 1, f"{self.parent.name}::{self.name}"


def _shown(excinfo: pytest.ExceptionInfo[BaseException]) -> Any:
    """The text of the exception. In the summary only its first line: in CI pytest does not shorten what is there."""
    shown = excinfo.getrepr(style="value", chain=False)
    if shown.reprcrash is not None:
        shown.reprcrash.message = str(excinfo.value).split("\n")[0]
    return shown


class Unexpected(Exception):  # noqa: N818  # an outcome, not an error
    """A property that did not come out as expected; the text says everything."""

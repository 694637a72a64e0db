"""The Python API of checking: `check(Kip320, {"replicas": 3})` searches, and says what it found.

    from fencepost.checks import check

    result = check(Kip320, {"replicas": 2}, keep_going=True)
    assert result.verdict == "holds", str(result)
    result.report.distinct, result.trace("strong_isr")

The command line does the same in smaller steps: `prepare`, `Job.search`, `Job.result`.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from ..model import errors
from .outcome import Limits, Outcome, ProgressCallback, Run

if TYPE_CHECKING:
    import networkx

    from ..model.lang.specification import Model, Specification
    from ..traces.trace import Trace
    from . import loading
    from . import report as reports
    from .catalogue import Entry, Pins
    from .engine.run import Settings

Engine = Literal["native", "python"]
ENGINES: tuple[Engine, ...] = ("native", "python")
MAX_WORKERS = 64


@dataclass(frozen=True)
class Options:
    """How to search. `keep_going` covers the whole space instead of stopping after the first violation's level.

    `symmetry` takes states that differ in interchangeable identities only as one, `view` those that differ in auxiliary
    fields only.
    """

    engine: Engine = "native"
    workers: int | None = None
    symmetry: bool = False
    exact: bool = False
    keep_going: bool = False
    limits: Limits = field(default_factory=Limits)
    view: bool = False

    def validated(self) -> Options:
        """The same with the number of workers filled in. Raises BadOption."""
        if self.engine not in ENGINES:
            raise errors.BadOption(f"there is no engine {self.engine!r}", hint=errors.nearest(self.engine, [*ENGINES]))
        workers = available_processors() if self.workers is None else self.workers
        if not 1 <= workers <= MAX_WORKERS:
            raise errors.BadOption(f"{workers} workers: from 1 to {MAX_WORKERS} can share the work")
        if self.engine == "python" and self.limits.memory is not None:
            raise errors.BadOption("the python engine does not measure its memory", hint="limit the states instead")
        for name, limit in vars(self.limits).items():
            if limit is not None and not 0 < limit < math.inf:
                why = "is none" if limit == math.inf else "would stop the search before it starts"
                raise errors.BadOption(f"a limit of {limit} on {name} {why}")
        return replace(self, workers=workers)

    def settings(self) -> Settings:
        """The same for the native engine."""
        from .engine.run import Settings

        return Settings(self.workers or 1, self.symmetry, self.exact, self.limits, self.keep_going, view=self.view)


def available_processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return min(len(os.sched_getaffinity(0)), MAX_WORKERS)
    return min(os.cpu_count() or 1, MAX_WORKERS)


@dataclass(frozen=True, repr=False)
class Result:
    """What a check found. `str(result)` is what the command line prints."""

    report: reports.ConfigurationReport
    specification: Specification
    outcome: Outcome

    @property
    def verdict(self) -> str:
        """`holds`, `violated` or `inconclusive`."""
        return self.report.verdict

    @property
    def exit_code(self) -> int:
        """What the command line exits with."""
        return self.report.exit_code

    def trace(self, name: str) -> Trace | None:
        """The run that violates a property, or that leads to a witness; None if there is none. Raises KeyError."""
        return self.report.named(name).trace

    def graph(self, *, limit: int | None = None) -> networkx.MultiDiGraph[int]:
        """The states and steps of a small specification, explored in CPython: see `state_graph`.

        Raises GraphTooLarge, MissingExtra.
        """
        from .state_graph import MAX_STATES, state_graph

        return state_graph(self.specification, limit=MAX_STATES if limit is None else limit)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows: the verdicts, and a picture of the shortest run to each property that is violated."""
        from html import escape

        from ..traces import space_time
        from .terminal import title

        verdicts = [f"  {prop.name}: {prop.verdict}" for prop in self.report.properties]
        words = "\n".join([f"{title(self.report)}: {self.verdict}", *verdicts])
        runs = [prop.trace for prop in self.report.properties if prop.verdict == "violated" and prop.trace is not None]
        pictures = map(space_time.write, runs)
        return {"text/html": "".join((f"<pre>{escape(words)}</pre>", *pictures)), "text/plain": str(self)}

    def __repr__(self) -> str:
        """In a line, as failed assertions show it."""
        return f"<{self.report.name}: {'; '.join([self.verdict, *self.report.failures])}>"

    def __str__(self) -> str:
        from . import report as reports
        from . import terminal

        return terminal.plain(reports.Report((self.report,), _tool()))


def check(  # noqa: PLR0913  # keyword arguments with defaults
    model: type[Model] | Specification | str,
    constants: Mapping[str, Any] | None = None,
    *,
    properties: Collection[str] | None = None,
    engine: Engine = "native",
    workers: int | None = None,
    symmetry: bool = False,
    view: bool = False,
    exact: bool = False,
    limits: Limits | None = None,
    keep_going: bool = False,
    progress: ProgressCallback | None = None,
) -> Result:
    """Explores every reachable state of a specification and checks its properties, or those that are named.

    `model` is a class, a class bound to its constants, or a name as on the command line. A shipped configuration is
    compared with what is pinned for it. Raises errors.FencepostError for a mistake in the specification or the
    arguments; a property that does not hold is a result, not an exception.
    """
    options = Options(engine, workers, symmetry, exact, keep_going, limits or Limits(), view)
    found, specification = bound(model, constants, properties)
    pins = pins_of(found.entry, specification, symmetry, view) if found.entry else None
    job = prepare(specification, options, name=found.name, words=found.words, pins=pins)
    return job.result(job.search(progress))


def bound(
    model: type[Model] | Specification | str,
    constants: Mapping[str, Any] | None = None,
    properties: Collection[str] | None = None,
) -> tuple[loading.Found, Specification]:
    """A specification with the name it can be found by: a class, a class that is bound already, or a name.

    Raises what finding it raises, UnknownConstant, ConstantOutOfRange, UnknownProperty, and S1xx errors.
    """
    from ..model.lang.specification import Specification
    from . import loading

    if isinstance(model, Specification):
        return named(model.source), model
    found = loading.find(model) if isinstance(model, str) else named(model)
    return found, Specification(found.model, constants, properties)


def named(model: type[Model]) -> loading.Found:
    """A class with the name it can be found by, so that its traces can be replayed: that in the catalogue, if any."""
    from . import catalogue, loading

    package = (__package__ or "").rpartition(".")[0]
    reference = f"{model.__module__}:{model.__qualname__}"
    for entry in catalogue.ENTRIES:
        if reference == f"{package}.{entry.reference}":
            return loading.Found(entry.name, model, entry, entry.words)
    name = model.__name__ if model.__module__ == "__main__" or "<" in reference else reference
    return loading.Found(name, model, None, first_line(model))


def pins_of(entry: Entry, specification: Specification, symmetry: bool, view: bool = False) -> Pins | None:
    """What the catalogue pins for a specification with these constants and properties.

    Symmetry reduction changes the number of states only, and the properties that are checked change no count. A view
    can change everything, and so can symmetry under it.
    """
    pinned = [
        (one, one.pins)
        for one in entry.pinned(specification.constants)
        if one.pins is not None and one.view == view and (one.symmetry == symmetry or not view)
    ]
    if not pinned:
        return None
    checked = {prop.name for prop in specification.properties}
    usual = {prop.name for prop in type(specification)(specification.source, specification.constants).properties}
    known: set[str] = {"deadlock"}
    violated: dict[str, int | None] = {}
    seen: dict[str, int] = {}
    vacuous: set[str] = set()
    for one, pins in pinned:
        if pins.violated is not None:
            known |= usual if one.properties is None else set(one.properties)
            violated |= pins.violated
        seen |= pins.seen
        vacuous |= pins.vacuous
    distinct = next((pins.distinct for one, pins in pinned if one.symmetry == symmetry), None)
    return replace(
        pinned[0][1],
        distinct=distinct,
        violated={name: length for name, length in violated.items() if name in checked} if checked <= known else None,
        seen={name: length for name, length in seen.items() if name in checked},
        vacuous=frozenset(vacuous & checked),
    )


@dataclass(frozen=True)
class Job:
    """One search that is ready to start. `base` is the report as far as it is known before."""

    specification: Specification
    options: Options
    base: reports.ConfigurationReport
    started: float

    def starting_now(self) -> Job:
        """The same, with its time counted from now."""
        return replace(self, started=time.perf_counter())

    def search(self, progress: ProgressCallback | None = None) -> Outcome:
        """Runs the engine. Raises errors.FencepostError; an interruption gives the outcome so far."""
        return _search(self.specification, self.options, progress)

    def result(self, outcome: Outcome) -> Result:
        """The report on an outcome, with traces replayed in CPython and the reasons for violations."""
        from . import report as reports

        specification = self.specification
        found = self.assessed(outcome)
        for name, kind, run in _runs(outcome, specification):
            trace = self._trace(run, name, kind, "holds" if kind == "witness" else "violated", outcome.engine)
            lines = explanation_of(specification, trace, name) if kind in ("invariant", "step_invariant") else []
            found = reports.with_trace(found, name, trace, lines)
        if outcome.bound is not None:
            found = replace(found, error=self._error(outcome.bound, "inconclusive"))
        return Result(self._timed(found), specification, outcome)

    def assessed(self, outcome: Outcome) -> reports.ConfigurationReport:
        """The report on an outcome, without traces."""
        from . import report as reports

        specification = self.specification
        words = {prop.name: prop.words for prop in specification.properties}
        faults = frozenset(action.name for action in specification.actions if action.fault)
        deadlock = specification.deadlock_is_violation
        return self._timed(reports.assess(outcome, self.base, words, faults, deadlock=deadlock))

    def failed(self, error: errors.FencepostError) -> reports.ConfigurationReport:
        """The report on a search that ended in an error, with the run that leads to it if an engine found it."""
        from . import report as reports

        return self._timed(reports.failed(self.base, self._error(error, "error")))

    def _error(self, error: errors.FencepostError, verdict: str) -> reports.ErrorReport:
        from . import report as reports

        run: Run | None = getattr(error, "run", None)
        trace = self._trace(run, "", "", verdict, self.base.engine) if run is not None else None
        return reports.ErrorReport.of(error, trace)

    def broken(self, text: str) -> reports.ConfigurationReport:
        """The report on a search that came upon a mistake in Fencepost; the text says which."""
        from . import report as reports

        return self._timed(reports.failed(self.base, reports.ErrorReport.internal(text)))

    def known(self, trace: Trace) -> reports.PropertyReport:
        """What a counterexample says of its property before anything is searched: violated, and why."""
        from . import report as reports

        specification, name = self.specification, trace.property_name
        words = {prop.name: prop.words for prop in specification.properties}.get(name, "")
        has_reasons = trace.kind in ("invariant", "step_invariant")
        lines = explanation_of(specification, trace, name) if has_reasons else []
        return reports.PropertyReport(
            name, trace.kind, words, "violated", 0, 0, trace.states, "holds", tuple(lines), trace
        )

    def not_run(self, why: str) -> reports.ConfigurationReport:
        """The report on a search that was stopped before it found anything."""
        from . import report as reports

        return self._timed(reports.not_run(self.base, why))

    def _timed(self, found: reports.ConfigurationReport) -> reports.ConfigurationReport:
        return replace(found, total_seconds=time.perf_counter() - self.started)

    def _trace(self, run: Run, name: str, kind: str, verdict: str, engine: str) -> Trace:
        from ..traces.trace import build

        return build(
            self.specification,
            run,
            model=self.base.name,
            property_name=name,
            kind=kind,
            verdict=verdict,
            engine=engine,
            tool=_tool(),
        )


def prepare(
    specification: Specification, options: Options, *, name: str = "", words: str = "", pins: Pins | None = None
) -> Job:
    """A search that is ready to start. With pins the whole space is covered. Raises BadOption, NoAuxiliaryField."""
    from . import report as reports

    started = time.perf_counter()
    options = options.validated()
    if options.view and not specification.auxiliary:
        raise errors.NoAuxiliaryField(f"{specification.name} has no auxiliary field, so there is no view of it")
    if pins is not None:
        options = replace(options, keep_going=True)
    base = reports.ConfigurationReport(
        name=name or specification.name,
        words=words or first_line(specification.source),
        constants=dict(specification.constants),
        derived=specification.derived,
        engine=options.engine,
        workers=1 if options.engine == "python" else options.workers or 1,
        symmetry=options.symmetry and bool(specification.symmetric_domains),
        exact=options.exact or options.engine == "python",
        verdict="inconclusive",
        expected=pins.verdict if pins else None,
        limits=options.limits,
        bounds=bounds(specification),
        view=specification.auxiliary if options.view else (),
        selected=specification.selected,
        left_out={name: str(marker.needs) for name, marker in specification.left_out.items()},
        pins=pins,
    )
    return Job(specification, options, base, started)


def _tool() -> str:
    from . import __version__

    return __version__


def _runs(outcome: Outcome, specification: Specification) -> Iterator[tuple[str, str, Run]]:
    from ..traces.replay import DEADLOCK

    for count in outcome.properties:
        if count.run is not None:
            yield count.name, count.kind, count.run
    if outcome.deadlock_run is not None and specification.deadlock_is_violation:
        yield DEADLOCK, DEADLOCK, outcome.deadlock_run


# What a search is bounded by.


@dataclass(frozen=True)
class Part:
    """A part of the state: its path (`[*]` stands for every key), its type, how many there are, the bits of each.

    `is_auxiliary` says that a view leaves it out.
    """

    path: str
    type: str
    copies: int
    bits: int
    is_auxiliary: bool


def layout(specification: Specification) -> list[Part]:
    """The state part by part, down to scalars and collections."""
    return [
        part
        for name, kind in specification.state_type.fields
        for part in _parts(kind, name, 1, name in specification.auxiliary)
    ]


def _parts(kind: Any, path: str, copies: int, is_auxiliary: bool) -> Iterator[Part]:
    from ..model.lang import types

    match kind:
        case types.Struct():
            for name, part in kind.fields:
                yield from _parts(part, f"{path}.{name}", copies, is_auxiliary)
        case types.Map():
            yield from _parts(kind.element, f"{path}[*]", copies * kind.key.count, is_auxiliary)
        case _:
            yield Part(path, str(kind), copies, kind.width, is_auxiliary)


def bounds(specification: Specification) -> dict[str, Any]:
    """What makes the space finite: the types of the state's parts, and the state constraints."""
    return {
        "state_bits": specification.state_type.width,
        "fields": {part.path: part.type for part in layout(specification)},
        "constraints": [prop.name for prop in specification.constraints],
    }


def first_line(model: type) -> str:
    """What a specification is, in its own words."""
    return (model.__doc__ or "").strip().split("\n")[0]


# The engines, and the explanation of a violated property: imported when they are needed.


def _search(specification: Specification, options: Options, progress: ProgressCallback | None) -> Outcome:
    from ..model.lang.lower import lower

    program = lower(specification)
    if options.engine == "python":
        from .python_search import python_search
        from .self_check import SelfCheck

        canonical = _canonical(specification, options.view) if options.symmetry else None
        return python_search(
            specification,
            program,
            canonical=canonical,
            view=options.view,
            self_check=SelfCheck(specification) if canonical is not None else None,
            limits=options.limits,
            continue_after_violation=options.keep_going,
            progress=progress,
        )
    from .engine.run import native_search

    return native_search(specification, program, options.settings(), progress)


def _canonical(specification: Specification, view: bool) -> Callable[[Any], Any] | None:
    """The representative of a state, the same one that the native engine takes; None with nothing interchangeable."""
    from .native.codec import Codec
    from .native.layout import build_layout
    from .native.symmetry import apply, permutation_count, symmetries
    from .python_search import smallest

    kind = specification.state_type
    if permutation_count(kind) <= 1:
        return None
    layout = build_layout(kind, specification.auxiliary if view else ())
    encode = Codec(layout).encode
    return smallest(
        lambda state: layout.measure(encode(state)), lambda state: (apply(kind, state, one) for one in symmetries(kind))
    )


def explanation_of(specification: Specification, trace: Trace, name: str) -> list[str]:
    """What is false at the end of a trace, and for which values."""
    from ..model.lang.explain import explain
    from ..model.lang.values import thaw

    prop = next(prop for prop in specification.properties if prop.name == name)
    states = [thaw(step.state) for step in trace.steps[-2:]]
    if prop.kind == "step_invariant":
        return explain(specification, prop, states[0], states[-1])
    return explain(specification, prop, states[-1])

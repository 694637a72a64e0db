"""The Python API of random walks: `simulate(Kip320, {"replicas": 5})` takes walks, and says what they met.

    from fencepost.checks import simulate

    result = simulate(Kip320, {"replicas": 5, "max_leader_epoch": 4}, walks=50_000, seed=7)
    result.verdict, result.report.walks.estimate, result.trace("strong_isr")

The command line does the same in smaller steps: `prepare`, `Job.walk`, `Job.result`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ...model import errors
from ...traces.replay import DEADLOCK
from ..api import MAX_WORKERS, available_processors, bounds, explanation_of, first_line, named, pins_of
from ..outcome import INTERRUPTED, Limits
from ..report import (
    ActionReport,
    ConfigurationReport,
    ErrorReport,
    PropertyReport,
    PropertyVerdict,
    Report,
    judged,
    not_run,
)
from ..report import failed as failed_report
from .report import Estimate, WalksReport
from .shape import End
from .walker import Plan, Tally, WalkProgress

if TYPE_CHECKING:
    from ...model.lang.specification import Model, Specification
    from ...traces.trace import Trace, TraceStep
    from ..catalogue import Pins
    from .runs import Runs

WALKS, DEPTH, SWARM = 100_000, 100, 20
MOST_STEPS_A_WALK = 1_000_000
MOST_WEIGHT = 1_000
MOST = 1 << 62
_SHRINK_BUDGET = 100
"""States that are visited in search of shorter ways, for each property that is violated; none for witnesses."""

_OPTIONS = "`fencepost simulate --help` lists the options and what they take"

Progress = Callable[[WalkProgress], None]


@dataclass(frozen=True)
class Options:
    """How to walk. Without `walks`, `steps` and `seconds` as limits, there are 100,000 walks.

    `swarm` is the percentage of walks that are without some of the actions, chosen at random. `weights` says how often
    an action is taken in relation to others, whose weight is 1; with 0 it never is. `keep_going` goes on after a
    violation.
    """

    walks: int | None = None
    depth: int = DEPTH
    steps: int | None = None
    seconds: float | None = None
    seed: int = 0
    swarm: int = SWARM
    weights: Mapping[str, int] = field(default_factory=dict)
    workers: int | None = None
    keep_going: bool = False

    def validated(self, specification: Specification) -> Options:
        """The same with what was left out filled in. Raises BadOption, UnknownAction."""
        workers = available_processors() if self.workers is None else self.workers
        _check("workers", workers, 1, MAX_WORKERS)
        _check("depth", self.depth, 1, MOST_STEPS_A_WALK)
        _check("seed", self.seed, 0, (1 << 64) - 1)
        _check("swarm", self.swarm, 0, 100)
        for name, limit in (("walks", self.walks), ("steps", self.steps)):
            if limit is not None:
                _check(name, limit, 1, MOST)
        if self.seconds is not None and not 0 < self.seconds < math.inf:
            raise errors.BadOption(f"seconds is {self.seconds}: it is a number above 0", hint=_OPTIONS)
        known = [action.name for action in specification.actions]
        for name, weight in self.weights.items():
            if name not in known:
                hint = errors.nearest(name, known)
                raise errors.UnknownAction(f"{specification.name} has no action {name!r}", hint=hint)
            _check(f"the weight of {name}", weight, 0, MOST_WEIGHT)
        if all(self.weights.get(name, 1) == 0 for name in known):
            raise errors.BadOption("every action has weight 0: no step is possible", hint="leave one above 0")
        unlimited = self.walks is None and self.steps is None and self.seconds is None
        return replace(self, workers=workers, walks=WALKS if unlimited else self.walks)

    def tickets(self, specification: Specification) -> tuple[int, ...]:
        """The number of each action as often as its weight says, in lowest terms."""
        weights = [self.weights.get(action.name, 1) for action in specification.actions]
        divisor = math.gcd(*weights)
        return tuple(number for number, weight in enumerate(weights) for _ in range(weight // divisor))


def _check(what: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise errors.BadOption(f"{what} is {value}: it is a whole number from {least} to {most:,}", hint=_OPTIONS)


@dataclass(frozen=True, repr=False)
class WalkResult:
    """What walks met. `str(result)` is what the command line prints."""

    report: ConfigurationReport
    specification: Specification

    @property
    def verdict(self) -> str:
        """`violated` or `inconclusive`: walks prove nothing."""
        return self.report.verdict

    @property
    def exit_code(self) -> int:
        """What the command line exits with."""
        return self.report.exit_code

    @property
    def walks(self) -> WalksReport:
        """Which walks were taken."""
        assert self.report.walks is not None
        return self.report.walks

    def trace(self, name: str) -> Trace | None:
        """A run that violates a property, or that leads to a witness; None if there is none. Raises KeyError."""
        return self.report.named(name).trace

    def __repr__(self) -> str:
        """In a line, as failed assertions show it."""
        return f"<{self.report.name}: {'; '.join([self.verdict, *self.report.failures])}>"

    def __str__(self) -> str:
        from .. import __version__
        from .text import plain

        return plain(Report((self.report,), __version__))


def simulate(  # noqa: PLR0913  # keyword arguments with defaults
    model: type[Model] | Specification | str,
    constants: Mapping[str, Any] | None = None,
    *,
    properties: Collection[str] | None = None,
    walks: int | None = None,
    depth: int = DEPTH,
    steps: int | None = None,
    seconds: float | None = None,
    seed: int = 0,
    swarm: int = SWARM,
    weights: Mapping[str, int] | None = None,
    workers: int | None = None,
    keep_going: bool = False,
    progress: Progress | None = None,
) -> WalkResult:
    """Takes random walks through the states of a specification and checks its properties, or those that are named.

    `model` is a class, a class bound to its constants, or a name as on the command line. The walks depend on the seed
    only; see `Options` for the rest. Raises errors.FencepostError for a mistake in the specification or the arguments;
    a property that does not hold is a result, not an exception.
    """
    from ...model.lang.specification import Specification
    from .. import loading

    options = Options(walks, depth, steps, seconds, seed, swarm, dict(weights or {}), workers, keep_going)
    if isinstance(model, Specification):
        found, specification = named(model.source), model
    else:
        found = loading.find(model) if isinstance(model, str) else named(model)
        specification = Specification(found.model, constants, properties)
    pins = pins_of(found.entry, specification, symmetry=False) if found.entry else None
    job = prepare(specification, options, name=found.name, words=found.words, pins=pins)
    return job.result(job.walk(progress))


@dataclass(frozen=True)
class Walked:
    """What walks met, and how to rebuild their runs."""

    tally: Tally
    estimate: Estimate | None
    runs: Runs
    compile_seconds: float
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Job:
    """Walks that are ready to be taken. `base` is the report as far as it is known before."""

    specification: Specification
    options: Options
    base: ConfigurationReport
    started: float

    def plan(self) -> Plan:
        """The walks to take. What is pinned as violated does not end them."""
        options, specification = self.options, self.specification
        pinned = set(self.base.pins.violated or ()) if self.base.pins else set()
        stopping = sum(
            1 << number
            for number, prop in enumerate(specification.properties)
            if prop.kind != "witness" and prop.name not in pinned and not options.keep_going
        )
        deadlock = specification.deadlock_is_violation and DEADLOCK not in pinned and not options.keep_going
        return Plan(
            options.seed, options.depth, options.tickets(specification), options.swarm, options.walks, options.steps,
            options.seconds, stopping, deadlock,
        )  # fmt: skip

    def walk(self, progress: Progress | None = None) -> Walked:
        """Takes the walks; an interruption gives what they met so far."""
        import numpy as np

        from ...model.lang.lower import lower
        from ..engine.workers import Workers
        from .library import prepare as compiled
        from .runs import Runs
        from .walker import Walker

        specification, plan = self.specification, self.plan()
        library = compiled(specification, lower(specification))
        initial = library.codec.encode_all(specification.initial_states()).view(np.int64)
        with Workers(self.options.workers or 1) as pool:
            walker = Walker(library, plan, initial, pool, progress)
            tally = walker.run()
        estimate = walker.sketch.estimate(tally.walks) if tally.walks else None
        runs = Runs(specification, library, plan, initial)
        return Walked(tally, estimate, runs, library.compiled.seconds, library.compiled.notes)

    def result(self, walked: Walked, *, with_runs: bool = True) -> WalkResult:
        """The report on walks, with runs made smaller and replayed in CPython, or without any.

        Raises what the specification raised on a walk, with the run as the error's attribute `trace`.
        """
        tally, bound = walked.tally, None
        if tally.error is not None:
            error, steps = walked.runs.error(tally.error)
            trace = self._trace("", "", "inconclusive" if isinstance(error, errors.BoundReached) else "error", steps)
            if not isinstance(error, errors.BoundReached):
                error.trace = trace  # type: ignore[attr-defined]  # errors in general come without one
                raise error
            bound = ErrorReport.of(error, trace)
        estimate = walked.estimate
        base = replace(
            self.base,
            stopped=tally.stopped,
            distinct=estimate.distinct if estimate else 0,
            generated=tally.walks + tally.steps,
            depth=tally.longest + 1 if tally.walks else 0,
            deadlocks=tally.ends[End.DEADLOCK],
            compile_seconds=walked.compile_seconds,
            search_seconds=tally.seconds,
            peak_memory_bytes=tally.bytes,
            actions=tuple(self._actions(tally)),
            properties=tuple(self._properties(walked, with_runs)),
            details={"notes": list(walked.notes)},
            walks=self._walks(tally, estimate),
            error=bound,
        )
        return WalkResult(self._timed(judged(base)), self.specification)

    def _walks(self, tally: Tally, estimate: Estimate | None) -> WalksReport:
        assert self.base.walks is not None
        return replace(
            self.base.walks,
            finished=tally.stopped != INTERRUPTED and tally.error is None,
            walks=tally.walks,
            steps=tally.steps,
            longest=tally.longest,
            ends={end.name.lower(): tally.ends[end] for end in End},
            estimate=estimate,
        )

    def _actions(self, tally: Tally) -> Iterator[ActionReport]:
        for one, fired in zip(self.specification.actions, tally.fired, strict=True):
            yield ActionReport(one.name, one.fault, "reachable" if fired else "inconclusive", fired, fired, 0)

    def _properties(self, walked: Walked, with_runs: bool) -> Iterator[PropertyReport]:
        tally, runs = walked.tally, walked.runs
        for number, prop in enumerate(self.specification.properties):
            at = tally.first.get(number)
            steps = runs.violation(prop, at) if at is not None and with_runs else None
            counts = tally.premises[number], tally.failures[number]
            yield self._shown(PropertyReport(prop.name, prop.kind, prop.words, "inconclusive", *counts, None), steps)
        if self.specification.deadlock_is_violation:
            steps = runs.deadlock(tally.deadlock) if tally.deadlock is not None and with_runs else None
            words, counts = "Some step is possible in every state.", (tally.steps, tally.ends[End.DEADLOCK])
            yield self._shown(PropertyReport(DEADLOCK, DEADLOCK, words, "inconclusive", *counts, None), steps)

    def _shown(self, found: PropertyReport, steps: tuple[TraceStep, ...] | None) -> PropertyReport:
        """A property with what walks showed of it, and a small run that does."""
        from ...traces.shrink import shrink

        if not found.failures:
            return found
        verdict: PropertyVerdict = "holds" if found.kind == "witness" else "violated"
        if steps is None:
            return replace(found, verdict=verdict)
        trace = self._trace(found.name, found.kind, verdict, steps)
        trace = shrink(trace, self.specification, budget=_SHRINK_BUDGET if verdict == "violated" else 0)
        has_reasons = found.kind in ("invariant", "step_invariant")
        lines = explanation_of(self.specification, trace, found.name) if has_reasons else []
        return replace(found, verdict=verdict, trace_length=trace.states, trace=trace, explanation=tuple(lines))

    def _trace(self, name: str, kind: str, verdict: str, steps: tuple[TraceStep, ...]) -> Trace:
        from ...traces.trace import Trace
        from .. import __version__

        return Trace(
            self.base.name, dict(self.specification.constants), name, kind, verdict, steps, engine="walks",
            tool=__version__,
        )  # fmt: skip

    def failed(self, error: errors.FencepostError) -> ConfigurationReport:
        """The report on walks that ended in an error, with the run that leads to it if a walk found it."""
        return self._timed(failed_report(self.base, ErrorReport.of(error, getattr(error, "trace", None))))

    def broken(self, text: str) -> ConfigurationReport:
        """The report on walks that came upon a mistake in Fencepost; the text says which."""
        return self._timed(failed_report(self.base, ErrorReport.internal(text)))

    def not_run(self, why: str) -> ConfigurationReport:
        """The report on walks that were stopped before they found anything."""
        return self._timed(not_run(self.base, why))

    def _timed(self, found: ConfigurationReport) -> ConfigurationReport:
        return replace(found, total_seconds=time.perf_counter() - self.started)


def prepare(
    specification: Specification, options: Options, *, name: str = "", words: str = "", pins: Pins | None = None
) -> Job:
    """Walks that are ready to be taken. Raises BadOption, UnknownAction."""
    options = options.validated(specification)
    if pins is not None:
        pins = replace(pins, distinct=None, depth=None)
    walks = WalksReport(
        options.seed, options.depth, options.swarm, options.weights, options.walks, options.steps, options.seconds
    )
    base = ConfigurationReport(
        name=name or specification.name,
        words=words or first_line(specification.source),
        constants=dict(specification.constants),
        derived=specification.derived,
        engine="walks",
        workers=options.workers or 1,
        symmetry=False,
        exact=False,
        verdict="inconclusive",
        expected=pins.verdict if pins else None,
        limits=Limits(),
        bounds=bounds(specification),
        selected=specification.selected,
        left_out={name: str(marker.needs) for name, marker in specification.left_out.items()},
        pins=pins,
        walks=walks,
    )
    return Job(specification, options, base, time.perf_counter())

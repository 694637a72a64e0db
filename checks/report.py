"""The result of checking: one versioned object that text, JSON and the exit code derive from.

A *property* holds, is violated, is vacuous (its premise was never met) or is inconclusive. A *configuration* holds when
every property holds, nothing is vacuous and every action is possible somewhere, unless its pins say otherwise; it is
violated when any of that is known to be false; and it is inconclusive when the search stopped before it could tell. A
violation found before a limit stays a violation.

Random walks never prove anything: where they violate nothing, the verdict is inconclusive. They are as expected when
all that were asked for were taken, they met nothing unexpected, and every violation and witness that is expected.

With pins, what counts is whether everything came out as pinned. `exit_code` is the only place that decides:

| code | when |
|------|------|
| 0    | as expected: as pinned, or holds where nothing is pinned |
| 1    | not as expected |
| 2    | inconclusive: a limit or an interruption came first |
| 3    | an error in the specification |
| 4    | an error in the command, a file or the environment |
| 70   | a mistake in Fencepost |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ..model import errors
from ..traces.replay import DEADLOCK
from ..traces.trace import Trace
from .catalogue import Pins
from .outcome import Limits, Outcome
from .walks.report import WalksReport

Verdict = Literal["holds", "violated", "inconclusive", "error"]
PropertyVerdict = Literal["holds", "violated", "vacuous", "inconclusive"]
ActionVerdict = Literal["reachable", "unreachable", "inconclusive"]


@dataclass(frozen=True)
class ActionReport:
    """What became of an action: in how many states it was enabled, how often it fired, how often into a new state."""

    name: str
    fault: bool
    verdict: ActionVerdict
    enabled: int
    generated: int
    new: int


@dataclass(frozen=True)
class PropertyReport:
    """What became of a property.

    `trace_length` counts the states of `trace`: the shortest counterexample, or the shortest run to a witness.
    `explanation` says which part of the property is false there, in lines for people.
    """

    name: str
    kind: str
    words: str
    verdict: PropertyVerdict
    premise_count: int
    failures: int
    trace_length: int | None
    expected: str | None = None
    explanation: tuple[str, ...] = ()
    trace: Trace | None = None


@dataclass(frozen=True)
class ErrorReport:
    """An error that ended a configuration. `trace` is the run on which a specification failed, where there is one."""

    code: str
    message: str
    exit_code: int
    text: str
    trace: Trace | None = None
    at: errors.Location | None = None

    @classmethod
    def of(cls, error: errors.FencepostError, trace: Trace | None = None) -> ErrorReport:
        """What a report keeps of an error; `text` is the whole message with place and hint."""
        return cls(error.code, error.what, error.exit_code, str(error), trace, error.at)

    @classmethod
    def internal(cls, text: str) -> ErrorReport:
        """What a report keeps of a mistake in Fencepost."""
        return cls("internal", text.split("\n", maxsplit=1)[0], errors.EXIT_INTERNAL, text)


@dataclass(frozen=True)
class ConfigurationReport:
    """The result of one search. `stopped` says what ended it early, and is empty when the space was covered.

    `selected` names the properties that were asked for, if not all. `left_out` are actions and properties that these
    constants leave out, with what they need; `derived` are constants that follow others. `view` names the auxiliary
    fields that did not tell states apart, if a view was used: then nothing is known of states that were taken for
    others, and every verdict but that of a run that was found is no better than the view. `failures` says in words why
    the configuration does not hold; `mismatches`, what did not come out as pinned; and `undecided`, which pins could
    not be compared.
    """

    name: str
    words: str
    constants: Mapping[str, int | bool]
    engine: str
    workers: int
    symmetry: bool
    exact: bool
    verdict: Verdict
    expected: str | None
    limits: Limits = Limits()
    stopped: str = ""
    bounds: Mapping[str, Any] = field(default_factory=dict)
    selected: tuple[str, ...] | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)
    derived: frozenset[str] = frozenset()
    view: tuple[str, ...] = ()
    distinct: int = 0
    generated: int = 0
    depth: int = 0
    levels: tuple[int, ...] = ()
    deadlocks: int = 0
    compile_seconds: float = 0.0
    search_seconds: float = 0.0
    total_seconds: float = 0.0
    bytes_per_state: float = 0.0
    peak_memory_bytes: int = 0
    expected_collisions: float = 0.0
    observed_collisions: float = 0.0
    self_checked: int = 0
    actions: tuple[ActionReport, ...] = ()
    properties: tuple[PropertyReport, ...] = ()
    failures: tuple[str, ...] = ()
    mismatches: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()
    pins: Pins | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    error: ErrorReport | None = None
    walks: WalksReport | None = None

    @property
    def as_expected(self) -> bool | None:
        """Whether everything came out as pinned; None when that is not known, or nothing is pinned."""
        if self.pins is None or self.error is not None:
            return None
        if self.mismatches:
            return False
        return None if self.undecided or self.walks is not None else True

    @property
    def exit_code(self) -> int:
        """The exit code of this configuration by itself."""
        return exit_code([self])

    @property
    def states_per_second(self) -> float:
        """Distinct states a second of search."""
        return self.distinct / self.search_seconds if self.search_seconds > 0 else 0.0

    def named(self, name: str) -> PropertyReport:
        """The result of one property. Raises KeyError."""
        for prop in self.properties:
            if prop.name == name:
                return prop
        raise KeyError(name)


@dataclass(frozen=True)
class Report:
    """The result of one invocation: one configuration after the other, in the order they were searched."""

    configurations: tuple[ConfigurationReport, ...]
    tool: str
    seconds: float = 0.0

    @property
    def exit_code(self) -> int:
        """What `fencepost check` exits with."""
        return exit_code(self.configurations)


def exit_code(configurations: Iterable[ConfigurationReport]) -> int:
    """The exit code of a number of results. A worse one hides a better one: 70, 4, 3, 1, 2, 0."""
    found = {_exit_code(one) for one in configurations}
    order = (
        errors.EXIT_INTERNAL,
        errors.EXIT_USAGE,
        errors.EXIT_SPECIFICATION,
        errors.EXIT_NOT_AS_EXPECTED,
        errors.EXIT_INCONCLUSIVE,
    )
    return next((code for code in order if code in found), errors.EXIT_AS_EXPECTED)


def _exit_code(one: ConfigurationReport) -> int:
    if one.verdict == "error" and one.error is not None:
        return one.error.exit_code
    if one.mismatches:
        return errors.EXIT_NOT_AS_EXPECTED
    if one.expected is None and one.verdict == "violated":
        return errors.EXIT_NOT_AS_EXPECTED
    if one.walks is not None:
        is_known = one.walks.finished and not one.undecided
        return errors.EXIT_AS_EXPECTED if is_known else errors.EXIT_INCONCLUSIVE
    if one.verdict == "inconclusive" or one.undecided:
        return errors.EXIT_INCONCLUSIVE
    return errors.EXIT_AS_EXPECTED


# From the outcome of a search to verdicts.


def assess(
    outcome: Outcome, base: ConfigurationReport, words: Mapping[str, str], faults: frozenset[str], *, deadlock: bool
) -> ConfigurationReport:
    """The report on an outcome: `base` has what was known before the search, `words` says what the properties mean.

    `deadlock` says whether the specification forbids deadlocks. Counterexamples are added by `with_trace`.
    """
    complete = not outcome.stopped
    properties = [_property(count, complete, words) for count in outcome.properties]
    if deadlock:
        properties.append(_deadlock(outcome, complete))
    actions = tuple(
        ActionReport(
            one.name,
            one.name in faults,
            "reachable" if one.enabled else "unreachable" if complete else "inconclusive",
            one.enabled,
            one.generated,
            one.new,
        )
        for one in outcome.actions
    )
    found = replace(
        base,
        engine=outcome.engine,
        workers=outcome.workers,
        symmetry=outcome.symmetry,
        exact=outcome.exact,
        stopped=outcome.stopped,
        distinct=outcome.distinct,
        generated=outcome.generated,
        depth=outcome.depth,
        levels=tuple(outcome.levels),
        deadlocks=outcome.deadlocks,
        compile_seconds=outcome.compile_seconds,
        search_seconds=outcome.search_seconds,
        bytes_per_state=outcome.bytes_per_state,
        peak_memory_bytes=outcome.peak_memory_bytes,
        expected_collisions=outcome.expected_collisions,
        observed_collisions=outcome.observed_collisions,
        self_checked=outcome.self_checked,
        details=dict(outcome.details),
        actions=actions,
        properties=tuple(properties),
        error=ErrorReport.of(outcome.bound) if outcome.bound is not None else None,
    )
    return judged(found)


def _property(count: Any, complete: bool, words: Mapping[str, str]) -> PropertyReport:
    if count.kind == "witness":
        verdict: PropertyVerdict = "holds" if count.run else "violated" if complete else "inconclusive"
    elif count.run or count.failures:
        verdict = "violated"
    elif not complete:
        verdict = "inconclusive"
    else:
        verdict = "holds" if count.premise else "vacuous"
    length = count.run.states if count.run else None
    return PropertyReport(
        count.name, count.kind, words.get(count.name, ""), verdict, count.premise, count.failures, length
    )


def _deadlock(outcome: Outcome, complete: bool) -> PropertyReport:
    run = outcome.deadlock_run
    verdict: PropertyVerdict = "violated" if outcome.deadlocks or run else "holds" if complete else "inconclusive"
    return PropertyReport(
        DEADLOCK, DEADLOCK, "Some step is possible in every state.", verdict, outcome.distinct, outcome.deadlocks,
        run.states if run else None,
    )  # fmt: skip


def judged(one: ConfigurationReport) -> ConfigurationReport:
    """The configuration with its verdict, the reasons for it, and the comparison with its pins."""
    pins = one.pins or Pins()
    failures = tuple(_failures(one, pins))
    verdict: Verdict = "violated" if failures else "inconclusive" if one.stopped else "holds"
    properties = tuple(replace(prop, expected=_pinned_verdict(prop, one.pins)) for prop in one.properties)
    one = replace(one, properties=properties, verdict=verdict, expected=pins.verdict, failures=failures)
    return replace(one, mismatches=tuple(_mismatches(one, pins)), undecided=tuple(_undecided(one)))


def _failures(one: ConfigurationReport, pins: Pins) -> Iterator[str]:
    for prop in one.properties:
        if prop.verdict == "violated":
            yield f"{prop.name} is never seen" if prop.kind == "witness" else f"{prop.name} is violated"
        elif prop.verdict == "vacuous" and prop.name not in pins.vacuous:
            yield f"{prop.name} is vacuous: its premise is never met"
    for action in one.actions:
        if action.verdict == "unreachable" and action.name not in pins.unreachable:
            yield f"{action.name} is never possible"


def _pinned_verdict(prop: PropertyReport, pins: Pins | None) -> str | None:
    if pins is None or pins.violated is None:
        return None
    return "violated" if prop.name in pins.violated else "vacuous" if prop.name in pins.vacuous else "holds"


def _mismatches(one: ConfigurationReport, pins: Pins) -> Iterator[str]:
    """What contradicts the pins. A search that was stopped can contradict them, though not confirm them."""
    known = {prop.name for prop in one.properties}
    lengths = {**pins.seen, **(pins.violated or {})}
    for name in sorted((lengths.keys() | pins.vacuous) - known) if known else ():
        yield f"{name} is pinned, but there is no such property"
    for prop in one.properties:
        if prop.expected is not None and prop.verdict not in (prop.expected, "inconclusive"):
            yield f"{prop.name}: {prop.verdict}, pinned as {prop.expected}"
        elif prop.trace_length is not None and not _fits(one, prop.trace_length, lengths.get(prop.name)):
            yield f"{prop.name}: {prop.trace_length} states, pinned as {lengths[prop.name]}"
    for action in one.actions:
        wanted = "unreachable" if action.name in pins.unreachable else "reachable"
        if pins.violated is not None and action.verdict not in (wanted, "inconclusive"):
            yield f"{action.name}: {action.verdict}, pinned as {wanted}"
    for name, found, pinned in _counts(one, pins):
        if found != pinned if not one.stopped else found > pinned:
            yield f"{name}: {found:,}, pinned as {pinned:,}"


def _fits(one: ConfigurationReport, length: int, pinned: int | None) -> bool:
    """Whether a run can have this length, if the shortest one has the other. Runs of walks may be longer."""
    return pinned is None or length == pinned or (length > pinned and one.walks is not None)


def _counts(one: ConfigurationReport, pins: Pins) -> Iterator[tuple[str, int, int]]:
    if pins.distinct is not None:
        yield "distinct", one.distinct, pins.distinct
    if pins.depth is not None:
        yield "depth", one.depth, pins.depth


def _undecided(one: ConfigurationReport) -> Iterator[str]:
    """Which pins were not compared because the search was stopped; what walks were to show, and did not."""
    if one.walks is not None:
        shown = {prop.name: (prop.kind == "witness") is not (prop.expected == "violated") for prop in one.properties}
        yield from (prop.name for prop in one.properties if prop.verdict == "inconclusive" and shown[prop.name])
        return
    if not one.stopped or one.pins is None:
        return
    for prop in one.properties:
        if prop.expected is not None and prop.verdict == "inconclusive":
            yield prop.name
    yield from (name for name, _, _ in _counts(one, one.pins))


def with_trace(one: ConfigurationReport, name: str, trace: Trace, explanation: Iterable[str]) -> ConfigurationReport:
    """The configuration with the trace of a property, and why the property is false at its end."""
    lines = tuple(explanation)
    properties = tuple(
        replace(prop, trace=trace, explanation=lines) if prop.name == name else prop for prop in one.properties
    )
    return replace(one, properties=properties)


def failed(base: ConfigurationReport, error: ErrorReport) -> ConfigurationReport:
    """The report on a configuration that ended in an error, or, if that is one of its bounds, is inconclusive."""
    verdict: Verdict = "inconclusive" if error.exit_code == errors.EXIT_INCONCLUSIVE else "error"
    return replace(base, verdict=verdict, error=error, expected=_expected(base))


def not_run(base: ConfigurationReport, why: str) -> ConfigurationReport:
    """The report on a configuration that was stopped before its search began."""
    return judged(replace(base, stopped=why))


def _expected(base: ConfigurationReport) -> str | None:
    return base.pins.verdict if base.pins else None

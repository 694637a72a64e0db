"""A report as people read it in a terminal or a log: a table of configurations, then what is wrong and how it happens.

Everything here derives from the report objects, and is made as lines of styled segments, which `screen` prints. Colour
only repeats words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from ..traces import text
from ..traces.replay import Replay
from ..traces.trace import Trace
from . import __version__
from .outcome import OUT_OF_MEMORY, VIOLATION_FOUND, size_text
from .report import ConfigurationReport, PropertyReport, Report
from .screen import ASCII, Glyphs, Line, duration

Detail = Literal["none", "unexpected", "distinct", "all"]

_VERDICT_STYLES = {"holds": "green", "violated": "red", "inconclusive": "yellow", "vacuous": "yellow", "error": "red"}
_PIN_STYLES = {"agree": "green", "differ": "bold red", "open": "yellow"}
_INDENT = "  "

#: The columns of numbers with their widths, and which ones a narrow terminal does without, the first one first.
_NUMBERS = {"distinct": 11, "generated": 13, "depth": 5, "time": 8, "states/s": 10}
_LEAST_IMPORTANT = ("states/s", "generated", "time")
#: Labels of configurations that are wider have a line of their own.
_WIDEST_LABEL = 72
#: Where rows differ in more constants, each shows only those that are unusual.
_MOST_CONSTANTS = 8


def plain(report: Report) -> str:
    """The whole report as plain text, with the shortest run for every property that is violated."""
    table = Table(report.configurations, None, ASCII)
    found = [*table.head(), *(line for one in report.configurations for line in table.row(one))]
    found += [[(line, "")] for one in report.configurations if one.error for line in one.error.text.split("\n")]
    found += [*details(report.configurations, "distinct", ASCII), *summary(report)]
    return "\n".join(
        "".join(part for part, _ in line) for line in [[(held_constant(report.configurations), "")], *found]
    )


# The line on top, and the table.


def held_constant(planned: Sequence[ConfigurationReport]) -> str:
    """What is the same in all searches that follow: constants, engine, reductions, limits."""
    common = _common_constants(planned)
    parts = _equations(common)
    if _is_crowded(planned):
        parts.append(_without_word(_usual_constants(planned), common.keys() | planned[0].derived, ", "))
    engines = {(one.engine, one.workers) for one in planned}
    if len(engines) == 1:
        engine, workers = engines.pop()
        parts.append(f"{engine} engine, {workers} worker{'s' if workers != 1 else ''}")
    if len({one.symmetry for one in planned}) == 1:
        parts.append("symmetric identities taken as one" if planned[0].symmetry else "no symmetry reduction")
    if len({one.exact for one in planned}) == 1:
        parts.append("states compared in full" if planned[0].exact else "64-bit fingerprints")
    views = {one.view for one in planned}
    if len(views) == 1 and planned[0].view:
        parts.append(_view(planned[0]))
    selected = {one.selected for one in planned}
    if len(selected) == 1 and planned[0].selected is not None:
        parts.append(f"only {', '.join(planned[0].selected)}")
    limits = planned[0].limits if planned else None
    for name, limit in vars(limits).items() if limits else ():
        if limit is not None:
            parts.append(f"{size_text(limit) if name == 'memory' else f'{limit:,}'} {name} at most")
    return f"Held constant: {'; '.join(parts)}; fencepost {__version__}, deterministic (no seed)."


def _is_crowded(planned: Sequence[ConfigurationReport]) -> bool:
    """Whether rows of one specification differ in so many constants that each says only what is unusual in it."""
    varied = len(planned[0].constants) - len(_common_constants(planned)) if planned else 0
    return varied > _MOST_CONSTANTS and len({one.name for one in planned}) == 1


def _without_word(usual: Mapping[str, Any], common: Collection[str], comma: str) -> str:
    """What is so in rows that say nothing else."""
    rest = {name: value for name, value in usual.items() if name not in common}
    return f"where a row says nothing else, {comma.join(_written(rest))}"


def _view(one: ConfigurationReport) -> str:
    return f"view without {', '.join(one.view)}"


def _common_constants(planned: Sequence[ConfigurationReport]) -> dict[str, Any]:
    first = dict(planned[0].constants) if planned else {}
    return {name: value for name, value in first.items() if all(one.constants.get(name) == value for one in planned)}


def _usual_constants(planned: Sequence[ConfigurationReport]) -> dict[str, Any]:
    """The value that each constant has most often, the earlier one of two that are as frequent."""
    first = planned[0].constants if planned else {}
    return {name: Counter(one.constants.get(name) for one in planned).most_common(1)[0][0] for name in first}


def shown(value: int | bool) -> str:
    """A constant as it is written on the command line."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _equations(constants: Mapping[str, int | bool]) -> list[str]:
    return [f"{name} = {shown(value)}" for name, value in constants.items()]


def bound(name: str, constants: Mapping[str, int | bool]) -> str:
    """A specification and its constants in one line."""
    return f"{name} ({', '.join(_equations(constants))})" if constants else name


def _written(constants: Mapping[str, int | bool]) -> list[str]:
    return [f"{name}={shown(value)}" for name, value in constants.items()]


class Table:
    """The table of configurations. Columns are fixed beforehand, so that each row can be printed when it is known.

    A row is labelled by what differs: the name, the constants, the symmetry reduction, the view. Where several
    specifications have several configurations, rows are grouped under the name and the constants that they share.
    """

    def __init__(self, planned: Sequence[ConfigurationReport], width: int | None, glyphs: Glyphs) -> None:
        self.glyphs = glyphs
        self._common = _common_constants(planned)
        self._mixed_symmetry = len({one.symmetry for one in planned}) > 1
        self._mixed_views = len({one.view for one in planned}) > 1
        self._mixed_properties = len({one.selected for one in planned}) > 1
        names = [one.name for one in planned]
        self._one_name = len(set(names)) == 1 and len(names) > 1
        self._grouped = not self._one_name and len(set(names)) < len(names)
        self._group = ""
        groups = {name: [one for one in planned if one.name == name] for name in names}
        self._shared = {name: _common_constants(group) for name, group in groups.items()}
        self._derived = {name: group[0].derived for name, group in groups.items()}
        self._usual = {name: _usual_constants(group) for name, group in groups.items() if _is_crowded(group)}
        self._pinned = any(one.pins is not None for one in planned)
        self._head = names[0] if self._one_name else "configuration"
        widest = max([len(self._label(one)) for one in planned] + [len(self._head)])
        self._label_width = min(widest, _WIDEST_LABEL)
        self._numbers = dict(_NUMBERS)
        self._stacked = width is not None and self._label_width + len(self._numbers_head()) > width
        for head in _LEAST_IMPORTANT:
            if width is not None and self._stacked and len(self._numbers_head()) > width:
                del self._numbers[head]

    def _label(self, one: ConfigurationReport) -> str:
        above = self._shared[one.name] if self._grouped else self._common
        told = above.keys() | one.derived
        varied = {name: value for name, value in one.constants.items() if name not in told}
        usual = self._usual.get(one.name, {})
        parts = _written({name: value for name, value in varied.items() if usual.get(name) != value})
        if self._mixed_symmetry and one.symmetry:
            parts.append("symmetry")
        if self._mixed_views and one.view:
            parts.append("view")
        if self._mixed_properties and one.selected is not None:
            parts.append(f"{len(one.selected)} properties")
        if self._grouped:
            return _INDENT + (" ".join(parts) or "one configuration")
        return " ".join(parts if self._one_name else [one.name, *parts]) or one.name

    def _group_words(self) -> str:
        """What the rows of a group have in common, or have unless they say something else."""
        shared = self._shared[self._group]
        words = " ".join(_written({name: value for name, value in shared.items() if name not in self._common}))
        if self._group not in self._usual:
            return words
        rest = _without_word(self._usual[self._group], shared.keys() | self._derived[self._group], " ")
        return "; ".join(filter(None, [words, rest]))

    def _numbers_head(self) -> str:
        pins = f"{'pins':6}  " if self._pinned else ""
        return f"  {'verdict':12}  {pins}" + "  ".join(f"{head:>{size}}" for head, size in self._numbers.items())

    def head(self) -> list[Line]:
        """The head of the table."""
        head = [self._numbers_head()] if self._stacked else [f"{self._head:{self._label_width}}{self._numbers_head()}"]
        head = [self._head, *head] if self._stacked and self._one_name else head
        return [[("", "")], *([(line, "bold")] for line in head), [(self.glyphs.rule * len(head[-1]), "dim")]]

    def row(self, one: ConfigurationReport) -> list[Line]:
        """One configuration."""
        verdict: Line = [("  ", ""), (f"{one.verdict:12}", _VERDICT_STYLES.get(one.verdict, ""))]
        if self._pinned:
            words = pinned_words(one)
            verdict += [("  ", ""), (f"{words:6}", _PIN_STYLES.get(words, ""))]
        shown_ = {
            "distinct": f"{one.distinct:,}",
            "generated": f"{one.generated:,}",
            "depth": f"{one.depth}",
            "time": duration(one.total_seconds),
            "states/s": f"{one.states_per_second:,.0f}" if one.search_seconds > 0 else "-",
        }
        numbers = "".join(f"  {shown_[head]:>{size}}" for head, size in self._numbers.items())
        lines: list[Line] = []
        if self._grouped and one.name != self._group:
            self._group = one.name
            lines.append([(one.name, "bold"), (f"  {self._group_words()}".rstrip(), "")])
        label = self._label(one)
        if self._stacked:
            return [*lines, [(label, "")], [*verdict, (numbers, "")]]
        if len(label) > self._label_width:
            lines.append([(label, "")])
            label = ""
        return [*lines, [(f"{label:{self._label_width}}", ""), *verdict, (numbers, "")]]


def pinned_words(one: ConfigurationReport) -> str:
    """How a result compares with its pins."""
    if one.pins is None or one.error is not None:
        return ""
    return {True: "agree", False: "differ", None: "open"}[one.as_expected]


# What is wrong, and how it happens.


def details(found: Iterable[ConfigurationReport], detail: Detail, glyphs: Glyphs) -> Iterator[Line]:
    """What the table leaves open.

    Runs are shown for no property, for those that are not as expected, for each property of a specification once, or
    for all.
    """
    writer = _Details(detail, glyphs)
    for one in found:
        lines = list(writer.of(one))
        if lines:
            yield [("", "")]
            yield [(f"{title(one)}: ", "bold"), (one.verdict, f"bold {_VERDICT_STYLES.get(one.verdict, '')}")]
            yield from lines


def title(one: ConfigurationReport) -> str:
    """A configuration in one line."""
    parts = [", ".join(_equations(one.constants))]
    if one.symmetry:
        parts.append("symmetry")
    if one.selected is not None:
        parts.append(f"only {', '.join(one.selected)}")
    inside = "; ".join(filter(None, parts))
    return f"{one.name} ({inside})" if inside else one.name


class _Details:
    """Writes the details of one configuration after the other, and knows what it has shown already."""

    def __init__(self, detail: Detail, glyphs: Glyphs) -> None:
        self.detail, self.glyphs = detail, glyphs
        self._properties: set[tuple[str, str]] = set()
        self._runs: dict[tuple[Any, ...], str] = {}

    def of(self, one: ConfigurationReport) -> Iterator[Line]:
        """What there is to say about a configuration; nothing when it is as expected and nothing else was asked for."""
        if one.stopped == VIOLATION_FOUND:
            yield [(f"{_INDENT}Stopped after the first violation; --continue looks for others.", "")]
        elif one.stopped and one.walks is None:
            yield [(f"{_INDENT}Stopped: {one.stopped}. What was not reached may still be wrong.", "")]
            if one.stopped.endswith("memory") or one.stopped == OUT_OF_MEMORY:
                yield [(f"{_INDENT}Smaller constants, --symmetry or fewer properties take less memory.", "")]
        if one.error is not None and one.error.trace is not None and self.detail != "none":
            what = "The run that leads to the error" if one.verdict == "error" else "The run that reaches the bound"
            yield from self._run(what, one.error.trace)
        for mismatch in one.mismatches:
            yield [(f"{_INDENT}Not as pinned: ", "bold red"), (mismatch, "")]
        if one.left_out and one.pins is None:
            words = ", ".join(f"{name} ({needs})" for name, needs in one.left_out.items())
            yield [(f"{_INDENT}Left out, as these constants give them no room: {words}.", "")]
        yield from self._without_run(one)
        for prop in one.properties:
            if prop.trace is not None and self._is_shown(one, prop):
                self._properties.add((one.name, prop.name))
                yield from self._shown(one, prop, prop.trace)

    def _without_run(self, one: ConfigurationReport) -> Iterator[Line]:
        """Failures that are not pinned and have no run: vacuous properties, missing witnesses, impossible actions."""
        for prop in one.properties:
            if prop.verdict == "vacuous" and prop.expected != "vacuous":
                yield [
                    (f"{_INDENT}{prop.name} is vacuous: ", "bold"),
                    (f"no {_looked_at(one)} meets its premise. Is it what was meant?", ""),
                ]
            elif prop.verdict == "violated" and prop.kind == "witness" and prop.expected != "violated":
                yield [(f"{_INDENT}{prop.name} is never seen: ", "bold"), (prop.words, "")]
        for action in one.actions:
            if action.verdict == "unreachable" and action.name not in (one.pins.unreachable if one.pins else ()):
                yield [
                    (f"{_INDENT}{action.name} is never possible: ", "bold"),
                    (f"no {_looked_at(one)} allows it. Is a guard too strong, or a constant too small?", ""),
                ]

    def _is_shown(self, one: ConfigurationReport, prop: PropertyReport) -> bool:
        if self.detail == "none" or (prop.kind == "witness" and self.detail != "all"):
            return False
        if self.detail == "unexpected":
            return prop.expected != "violated" or any(line.startswith(f"{prop.name}:") for line in one.mismatches)
        return self.detail == "all" or (one.name, prop.name) not in self._properties

    def _shown(self, one: ConfigurationReport, prop: PropertyReport, trace: Trace) -> Iterator[Line]:
        """A property, why it is false, and the shortest run that gets there, unless that was shown just before."""
        yield [("", "")]
        what = {"witness": "is seen", "deadlock": "happens"}.get(prop.kind, "is violated")
        yield [(f"{_INDENT}{prop.name}", "bold"), (f" {what}", "")]
        yield [(f"{_INDENT * 2}{prop.words}", "")]
        if prop.explanation:
            where = (
                f"On the step to state {trace.states}" if prop.kind == "step_invariant" else f"In state {trace.states}"
            )
            yield [(f"{_INDENT * 2}{where}:", "")]
            yield from ([(f"{_INDENT * 3}{line}", "yellow")] for line in prop.explanation)
        what_run = "Shortest run under the view" if one.view else "Run" if one.walks else "Shortest run"
        key = (title(one), *(step.code for step in trace.steps))
        if key in self._runs:
            yield [(f"{_INDENT * 2}{what_run}: that of {self._runs[key]}, {_states(trace)}.", "")]
            return
        self._runs[key] = prop.name
        yield from self._run(what_run, trace)

    def _run(self, what: str, trace: Trace) -> Iterator[Line]:
        yield [(f"{_INDENT * 2}{what}, {_states(trace)}:", "")]
        yield from run_lines(trace, self.glyphs, _INDENT * 2)


def _looked_at(one: ConfigurationReport) -> str:
    """The states of which a search speaks."""
    return "state found under the view" if one.view else "reachable state"


def _states(trace: Trace) -> str:
    return f"{trace.states} state{'s' if trace.states != 1 else ''}"


def run_lines(trace: Trace, glyphs: Glyphs, indent: str = "") -> Iterator[Line]:
    """The steps of a run, with styles."""
    styles = {"step": "bold", "change": "", "state": "dim"}
    for line in text.lines(trace, arrow=glyphs.arrow, indent=indent):
        yield [(line.text, styles[line.kind])]


def statistics(one: ConfigurationReport) -> Iterator[Line]:
    """Everything that was counted, for those who ask for it."""
    yield [("", "")]
    yield [(title(one), "bold")]
    if one.levels:
        yield [(f"{_INDENT}new states a level: {' '.join(f'{count:,}' for count in one.levels)}", "")]
    seconds = f"{duration(one.compile_seconds)} to compile, {duration(one.search_seconds)} to search"
    space = f"{one.bytes_per_state:.1f} bytes a state, {size_text(one.peak_memory_bytes)} at most"
    yield [(f"{_INDENT}{seconds}; {space}; a state has {one.bounds.get('state_bits', '?')} bits", "")]
    if one.self_checked:
        yield [(f"{_INDENT}{one.self_checked:,} states were compared with renamed ones", "")]
    yield from columns(
        ("action", "enabled in", "fired", "new states", ""),
        [(a.name, f"{a.enabled:,}", f"{a.generated:,}", f"{a.new:,}", a.verdict) for a in one.actions],
    )
    yield from columns(
        ("property", "premise met", "failures", "states of run", ""),
        [
            (p.name, f"{p.premise_count:,}", f"{p.failures:,}", str(p.trace_length or "-"), p.verdict)
            for p in one.properties
        ],
    )


def columns(head: Sequence[str], rows: Sequence[Sequence[str]], indent: str = _INDENT) -> Iterator[Line]:
    """A small table: the first and last column to the left, numbers between them to the right."""
    widths = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]
    last = len(head) - 1

    def cells(row: Sequence[str]) -> str:
        padded = (
            row[place].ljust(widths[place]) if place in (0, last) else row[place].rjust(widths[place])
            for place in range(len(head))
        )
        return indent + "  ".join(padded).rstrip()

    yield [(cells(head), "bold")]
    yield from ([(cells(row), "")] for row in rows)


def summary(report: Report) -> Iterator[Line]:
    """The last lines: how many came out how, and the odds that a state was missed."""
    found = report.configurations
    if not found:
        return
    yield [("", "")]
    odds = max(one.expected_collisions for one in found)
    if odds > 0 and not all(one.exact for one in found):
        yield [(f"The odds that two states shared a fingerprint and one was missed are {odds:.1e} at most.", "")]
    if any(one.self_checked for one in found):
        compared = sum(one.self_checked for one in found)
        yield [
            (
                f"Interchangeable identities made no difference in the {compared:,} states in which they were renamed.",
                "",
            )
        ]
    yield from _views(found)
    counts = Counter[tuple[str, bool]]((one.verdict, bool(one.view)) for one in found)
    how = ", ".join(
        f"{counts[verdict, view]} {_counted(verdict, counts[verdict, view])}{' under a view' if view else ''}"
        for verdict in _VERDICT_STYLES
        for view in (False, True)
        if counts[verdict, view]
    )
    many = f"{len(found)} configuration{'s' if len(found) != 1 else ''}"
    conclusion = _conclusion(report)
    yield [(f"{many}: {how}{'; ' if conclusion else ''}{conclusion}.", "bold")]


def _counted(verdict: str, count: int) -> str:
    words = {"holds": "holds" if count == 1 else "hold", "error": "in error"}
    return words.get(verdict, verdict)


def _views(found: Sequence[ConfigurationReport]) -> Iterator[Line]:
    """What a verdict under a view does not say."""
    for view in dict.fromkeys(_view(one) for one in found if one.view):
        yield [
            (f"The {view} takes states that differ in these fields only as one, and goes on from the first: ", ""),
            ("what was not seen may still be reachable.", ""),
        ]


def _conclusion(report: Report) -> str:
    """How that compares with what was expected, in the words of the exit code; errors have been counted already."""
    words = {1: "not as expected", 2: "not decided"}
    counts: dict[str, int] = {}
    for one in report.configurations:
        if one.exit_code in words:
            counts[words[one.exit_code]] = counts.get(words[one.exit_code], 0) + 1
    if not counts:
        return "as expected" if not report.exit_code else ""
    if len(report.configurations) == 1:
        return next(iter(counts))
    return ", ".join(f"{count} {how}" for how, count in counts.items())


# A trace that was executed again.


def replayed_run(trace: Trace, result: Replay, glyphs: Glyphs) -> Iterator[Line]:
    """The steps up to where it stops being a run, that state included."""
    steps = trace.steps if result.failed is None else trace.steps[: result.failed]
    yield from run_lines(replace(trace, steps=steps), glyphs)
    yield [("", "")]


def replayed(trace: Trace, result: Replay, model: str | None = None) -> Iterator[Line]:
    """Whether it is a run, of the model if that is another than its own, and whether it shows what it recorded."""
    what = f"{trace.model}: {_states(trace)}"
    run = "a run" if model in (None, trace.model) else f"a run of {model}"
    if result.failed is not None:
        yield [(f"{what}. Not {run}: ", "bold"), (f"state {result.failed} is not reached.", "bold red")]
        yield from ([(f"{_INDENT}{problem}", "")] for problem in result.problems)
        return
    run += " from a state that may be unreachable" if trace.steps[0].assumed else ""
    if result.shows is None:
        yield [(f"{what}, {run}. It records no property.", "bold")]
        return
    recorded = f"{trace.property_name} ({trace.verdict})"
    if result.shows:
        yield [(f"{what}, {run}. It shows what it records: {recorded}.", "bold")]
    else:
        yield [(f"{what}, {run}. It does not show what it records: ", "bold"), (f"{recorded}.", "bold red")]
        yield from ([(f"{_INDENT}{problem}", "")] for problem in result.problems)

"""A report on random walks as people read it: which walks they were, what they met, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

from .. import __version__, terminal
from ..outcome import VIOLATION_FOUND
from ..report import ConfigurationReport, Report
from ..screen import ASCII, Glyphs, Line, duration
from .report import Estimate, WalksReport

_INDENT = "  "
_ENDS = {
    "depth": "at the limit on steps",
    "deadlock": "where no step is possible",
    "constraint": "outside the constraints",
    "stuck": "where only what was switched off is possible",
    "stopped": "in what is shown below",
}


def plain(report: Report) -> str:
    """The whole report as plain text."""
    lines = [line for one in report.configurations for line in (*head(one), *body(one, "distinct", ASCII), last(one))]
    return "\n".join("".join(part for part, _ in line) for line in lines)


def head(one: ConfigurationReport) -> Iterator[Line]:
    """What is said before the first walk."""
    walks = one.walks
    assert walks is not None
    parts = [f"{name} = {terminal.shown(value)}" for name, value in one.constants.items()]
    parts += [f"seed {walks.seed}", f"walks of at most {_count(walks.depth, 'step')}"]
    parts += [f"weight of {name} {weight}" for name, weight in walks.weights.items()]
    parts += [f"swarm {walks.swarm} %", f"{_count(one.workers, 'worker')}"]
    if walks.most_walks is not None:
        parts.append(f"{_count(walks.most_walks, 'walk')} at most")
    if walks.most_steps is not None:
        parts.append(f"{_count(walks.most_steps, 'step')} at most")
    if walks.most_seconds is not None:
        parts.append(f"{walks.most_seconds:g} s at most")
    if one.selected is not None:
        parts.append(f"only {', '.join(one.selected)}")
    yield [(f"Held constant: {'; '.join(parts)}; fencepost {__version__}.", "")]


def body(one: ConfigurationReport, detail: terminal.Detail, glyphs: Glyphs) -> Iterator[Line]:
    """What the walks met, and what is wrong."""
    walks = one.walks
    assert walks is not None
    if walks.walks:
        yield [("", "")]
        yield from _taken(one, walks)
        yield from _actions(one)
        yield from _properties(one)
        if walks.estimate is not None:
            yield [("", "")]
            yield from _estimate(walks.estimate)
    yield from terminal.details([one], detail, glyphs)


def _taken(one: ConfigurationReport, walks: WalksReport) -> Iterator[Line]:
    rate = f"{walks.steps / one.search_seconds:,.0f} steps/s" if one.search_seconds > 0 else "-"
    what = f"{_count(walks.walks, 'walk')}, {_count(walks.steps, 'step')}"
    longest = f"the longest had {walks.longest:,}"
    yield [(f"{one.name}: {what}; {longest}", "bold"), (f"; {duration(one.search_seconds)}, {rate}", "")]
    ends = [f"{count:,} {_ENDS[name]}" for name, count in (walks.ends or {}).items() if count]
    yield [(f"Walks ended: {', '.join(ends)}.", "")]


def _actions(one: ConfigurationReport) -> Iterator[Line]:
    yield [("", "")]
    total = max(sum(action.generated for action in one.actions), 1)
    rows = [(a.name, f"{a.generated:,}", f"{a.generated / total:.1%}", "") for a in one.actions if a.generated]
    yield from terminal.columns(("action", "fired", "share", ""), rows, "")
    never = [action.name for action in one.actions if not action.generated]
    if never:
        yield [("Never fired: ", "bold yellow"), (f"{', '.join(never)}.", "")]


def _properties(one: ConfigurationReport) -> Iterator[Line]:
    yield [("", "")]
    rows = [(p.name, f"{p.premise_count:,}", f"{p.failures:,}", _said(p.kind, p.verdict)) for p in one.properties]
    yield from terminal.columns(("property", "premise met", "shown in", ""), rows, "")


def _said(kind: str, verdict: str) -> str:
    if kind == "witness":
        return "seen" if verdict == "holds" else "not seen"
    return "violated" if verdict == "violated" else "not violated on these walks"


def _estimate(found: Estimate) -> Iterator[Line]:
    """What was seen, and what was not, with what the latter means."""
    if found.share == 1:
        yield [(f"States met: {found.distinct:,}, of which {found.once:,} by one walk only.", "")]
    else:
        sample = f"from 1 state in {round(1 / found.share):,}"
        yield [(f"States met: about {found.distinct:,}, of which {found.once:,} by one walk only ({sample}).", "")]
    unseen = f"{_figure(found.next_walk)} that no walk has met, {found.new_share:.2%} of what it meets"
    yield [
        ("Estimate: ", "bold"),
        (f"the next walk meets {unseen}; walks like these can meet at least {found.at_least:,}.", ""),
    ]
    yield [("States that such walks cannot reach, or hardly ever do, are in neither figure.", "")]


def _figure(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.2g}"


def last(one: ConfigurationReport) -> Line:
    """The last line: the verdict, and how it compares with what was expected."""
    walks = one.walks
    assert walks is not None
    if one.error is not None:
        return [(f"{one.name}: {one.verdict}.", "bold")]
    how = {0: "as expected", 1: "not as expected", 2: "not decided"}[one.exit_code]
    reasons = list(one.failures)
    if not walks.finished:
        reasons.append(f"stopped: {one.stopped}")
    elif one.stopped == VIOLATION_FOUND:
        reasons.append("--continue looks for more")
    else:
        reasons += [f"{name} was not shown" for name in one.undecided]
    if one.verdict == "inconclusive":
        reasons.append("nothing was violated on these walks, and that proves nothing about what they did not meet")
    words = "; ".join(reasons)
    return [(f"{one.name}: {one.verdict}; {how}: ", "bold"), (f"{words}.", "")]


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' if number != 1 else ''}"

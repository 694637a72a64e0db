"""What an explanation says, in words that all formats share.

A cell is a list of segments: a text, and the number of the counterexample it refers to, or None.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...traces.text import headline
from ...traces.trace import Trace
from ..screen import duration
from .evidence import Finding
from .explanation import Answer, Asked, Cell, Explanation
from .grid import Setting
from .kernel import ROOM

Segments = list[tuple[str, int | None]]

#: The head of the column with the answers.
RESULT = "acknowledged records are"

READING = (
    '"lost after" names the fewest failures after which an acknowledged record is not in the log of the leader, '
    'with a shortest run in which that happens. "not lost" means that every reachable state has been visited, under '
    "these constants; larger ones can show more. Where a search stopped before its end, nothing was lost as far as it "
    "went, and nothing else is known."
)


NOT_OF_THIS_KIND = "Not computed: the table has no configuration that this is about."


def title(explanation: Explanation) -> str:
    """What the whole is about."""
    return f"What {explanation.model} promises"


def conditions(explanation: Explanation) -> str:
    """Under which constants and limits everything was searched."""
    constants = [f"{name} = {str(explanation.constants[name]).lower()}" for name in explanation.given]
    constants += ["as many brokers as replicas"] if "brokers" not in explanation.given else []
    limits = [f"{explanation.states:,} states"] if explanation.states is not None else []
    limits += [f"{explanation.seconds:g} s for a configuration"] if explanation.seconds is not None else []
    failures = f"{explanation.failures} failure{'s' if explanation.failures != 1 else ''}"
    return "; ".join(
        [
            *([", ".join(constants)] if constants else []),
            f"up to {failures}, in any combination",
            f"a search ends after {' or '.join(limits)}" if limits else "searches have no limit",
            f"fencepost {explanation.tool}",
        ]
    )


def left_out(explanation: Explanation) -> str:
    """Which combinations of values are impossible; empty if none."""
    parts = [f"{more} of {factor}" for factor, more in explanation.left_out]
    if not parts:
        return ""
    return f"Left out, since more replicas would have to be in sync than there are: {', '.join(parts)}."


def odds(explanation: Explanation) -> str:
    """How sure it is that no state was taken for another one."""
    every = [one for cell in explanation.cells for one in cell.findings]
    every += [one for asked in explanation.claims for answer in asked.answers for one in answer.findings]
    sizes = {id(one): one.distinct for one in every}
    chance = sum(size**2 for size in sizes.values()) / 2.0**65
    return (
        f"{sum(sizes.values()):,} states were visited in {len(sizes):,} searches, in {duration(explanation.took)}. "
        f"They are told apart by 64 bits: the odds that one was missed are {chance:.1e} at most."
    )


# Cells and answers.


def cell_words(cell: Cell, explanation: Explanation) -> Segments:
    """What became of a configuration."""
    match cell.verdict:
        case "lost":
            return [*_lost(cell, explanation), *_not_excluded(cell)]
        case "kept":
            what = f"by up to {_failures(explanation.failures)}" if explanation.failures else "without any failure"
            return [(f"not lost {what}: {_all(cell.states)}", None)]
        case "open":
            ended = len(cell.findings) - len(cell.open)
            what = f"nothing lost in {cell.states:,} states; {ended} of {len(cell.findings)} searches ended"
            known = f", those with up to {_failures(cell.excluded)} among them" if cell.excluded is not None else ""
            return [(f"inconclusive: {what}{known} ({_why(cell.open) or 'interrupted'})", None)]
        case _:
            return [("not computed", None)]


def _lost(cell: Cell, explanation: Explanation) -> Iterator[tuple[str, int | None]]:
    for place, one in enumerate(cell.losses):
        first = "lost after " if one.failures.total else "lost with "
        before = first if place == 0 else " or " if place == len(cell.losses) - 1 else ", "
        yield before, None
        yield loss(one), explanation.number(one)


def loss(finding: Finding) -> str:
    """What it took to violate a property."""
    assert finding.trace is not None
    return f"{finding.failures} ({finding.trace.states} states)"


def _not_excluded(cell: Cell) -> Segments:
    """What else may lose something."""
    if cell.is_settled:
        return []
    what = "other combinations" if cell.is_fewest else "fewer failures"
    return [(f"; {what} are not excluded ({_why(cell.open) or 'interrupted'})", None)]


def answer_words(answer: Answer, explanation: Explanation) -> Segments:
    """Whether a reading of a claim is true in a configuration."""
    match answer.verdict:
        case "false":
            assert answer.counterexample is not None
            return [("false: ", None), (loss(answer.counterexample), explanation.number(answer.counterexample))]
        case "true":
            return [(f"true: {_all(answer.states)}", None)]
        case "open":
            why = _why([one for one in answer.findings if one.verdict == "open"]) or "interrupted"
            return [(f"inconclusive: not refuted in {answer.states:,} states ({why})", None)]
        case "not asked":
            return [(f"not asked: it takes more than {_failures(explanation.failures)}", None)]
        case _:
            return [("not computed", None)]


def tally(asked: Asked) -> str:
    """In how many configurations a claim is true, reading by reading."""
    if not asked.rows:
        return NOT_OF_THIS_KIND
    counts = [sum(row[place].verdict == "true" for row in asked.rows) for place in range(len(asked.claim.readings))]
    parts = [f"{count} ({reading.words})" for count, reading in zip(counts, asked.claim.readings, strict=True)]
    return f"Of {len(asked.rows)} configurations it is true in {'; '.join(parts)}."


def _failures(number: int) -> str:
    return f"{number} failure{'s' if number != 1 else ''}"


def _all(states: int) -> str:
    return f"{states:,} states, all there are"


def _why(findings: list[Finding] | tuple[Finding, ...]) -> str:
    return ", ".join(dict.fromkeys(one.stopped for one in findings))


# Counterexamples.


def steps_of(trace: Trace) -> list[str]:
    """The steps of a run, a line each."""
    return [headline(step, first=number == 0) for number, step in enumerate(trace.steps)]


def setting_of(trace: Trace) -> Setting:
    """The configuration that a run is of."""
    return Setting(**{name: value for name, value in trace.constants.items() if name in vars(Setting())})  # type: ignore[arg-type]  # by these names


def command(finding: Finding, explanation: Explanation) -> str:
    """The command that finds a counterexample of that length again."""
    assert finding.trace is not None
    usual = explanation.defaults
    budgets = [kind.constant for kind in explanation.kinds]
    varied = {*explanation.given, *vars(Setting()), *budgets, *ROOM, "brokers"}
    settings = [
        f"--set {name}={str(value).lower()}"
        for name, value in finding.trace.constants.items()
        if name in varied and usual[name] != value
    ]
    return " ".join(["fencepost check", explanation.model, *settings, "--property", finding.trace.property_name])

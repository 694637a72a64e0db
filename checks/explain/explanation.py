"""What comes of an explanation: a cell a configuration, answers to claims, and the counterexamples of both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from ...model import errors
from ...traces.difference import parts
from ...traces.trace import Trace
from .claims import Claim, Reading
from .evidence import Finding
from .failures import Kind
from .grid import Setting


@dataclass(frozen=True)
class Cell:
    """What became of a configuration: everything that was searched, from no failure on.

    `finished` says that all combinations were asked about, up to the fewest failures that lose something.
    """

    setting: Setting
    findings: tuple[Finding, ...] = ()
    finished: bool = False

    @property
    def verdict(self) -> Literal["lost", "kept", "open", "not computed"]:
        if self.losses:
            return "lost"
        if not self.findings:
            return "not computed"
        return "kept" if self.is_settled else "open"

    @property
    def losses(self) -> tuple[Finding, ...]:
        """The fewest failures that lose something, each with its shortest run."""
        lost = {one.failures: one for one in self.findings if one.verdict == "lost"}
        fewest = min((one.total for one in lost), default=0)
        return tuple(one for one in lost.values() if one.failures.total == fewest)

    @property
    def open(self) -> tuple[Finding, ...]:
        """The searches that did not end."""
        return tuple(one for one in self.findings if one.verdict == "open")

    @property
    def is_fewest(self) -> bool:
        """Whether it is known that fewer failures lose nothing."""
        fewest = min((one.failures.total for one in self.losses), default=0)
        return all(one.failures.total >= fewest for one in self.open)

    @property
    def excluded(self) -> int | None:
        """Up to how many failures are known to lose nothing; None if not even that none does."""
        reached = max((one.failures.total for one in self.findings), default=-1)
        undecided = min((one.failures.total for one in self.findings if one.verdict != "kept"), default=reached + 1)
        known = min(undecided, reached + 1 if self.finished else reached) - 1
        return known if known >= 0 else None

    @property
    def is_settled(self) -> bool:
        """Whether every search that was needed has ended."""
        return self.finished and not self.open

    @property
    def states(self) -> int:
        """How many states were visited, in all searches."""
        return sum(one.distinct for one in self.findings)


@dataclass(frozen=True)
class Answer:
    """Whether one reading of a claim is true in a configuration.

    It is not asked when it needs more failures, or other ones, than there are.
    """

    setting: Setting
    reading: Reading
    findings: tuple[Finding, ...] = ()
    finished: bool = False

    @property
    def verdict(self) -> Literal["true", "false", "open", "not computed", "not asked"]:
        if self.counterexample is not None:
            return "false"
        if not self.findings:
            return "not asked" if self.finished else "not computed"
        return "true" if self.finished and all(one.verdict == "kept" for one in self.findings) else "open"

    @property
    def counterexample(self) -> Finding | None:
        """What makes it false."""
        return next((one for one in self.findings if one.verdict == "lost"), None)

    @property
    def states(self) -> int:
        """How many states were visited, in all searches."""
        return sum(one.distinct for one in self.findings)


@dataclass(frozen=True)
class Asked:
    """A claim and its answers, a row a configuration and in it an answer a reading."""

    claim: Claim
    rows: tuple[tuple[Answer, ...], ...]

    @property
    def answers(self) -> Iterator[Answer]:
        return (answer for row in self.rows for answer in row)


@dataclass(frozen=True)
class Explanation:
    """All of it.

    `constants` are those that every search had, `given` the names of those that were asked for, `defaults` those of the
    specification; `states` and `seconds` are the limits of searches.
    """

    model: str
    constants: Mapping[str, int | bool]
    given: Sequence[str]
    defaults: Mapping[str, int | bool]
    kinds: Sequence[Kind]
    failures: int
    states: int | None
    seconds: float | None
    left_out: Sequence[tuple[int, int]]
    cells: Sequence[Cell]
    claims: Sequence[Asked]
    tool: str
    took: float = field(default=0.0, compare=False)

    @property
    def is_complete(self) -> bool:
        """Whether every question has an answer."""
        answers = [answer.verdict for asked in self.claims for answer in asked.answers]
        return all(cell.is_settled for cell in self.cells) and not {"open", "not computed"} & set(answers)

    @property
    def exit_code(self) -> int:
        """0 if every question has an answer, and 2 otherwise."""
        return errors.EXIT_AS_EXPECTED if self.is_complete else errors.EXIT_INCONCLUSIVE

    @cached_property
    def counterexamples(self) -> list[Finding]:
        """Every run that is referred to, once, in the order of reference; the first one has the number 1."""
        return list(self._numbered.values())

    @cached_property
    def _numbered(self) -> dict[Any, Finding]:
        found: dict[Any, Finding] = {}
        for one in self._referred():
            found.setdefault(_steps(one.trace), one)
        return found

    def _referred(self) -> Iterator[Finding]:
        for cell in self.cells:
            yield from cell.losses
        for asked in self.claims:
            for answer in asked.answers:
                if answer.counterexample is not None:
                    yield answer.counterexample

    def number(self, finding: Finding) -> int:
        """The number of the counterexample of a finding: equal runs have one, whatever the constants."""
        return list(self._numbered).index(_steps(finding.trace)) + 1


def _steps(trace: Trace | None) -> Any:
    """What two runs have in common that look the same."""
    assert trace is not None
    first = trace.steps[0].state
    return (
        trace.property_name,
        tuple(parts(first._type, first)),
        tuple((step.process, step.call, step.choices, tuple(step.changes)) for step in trace.steps),
    )

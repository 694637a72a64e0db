"""What is known of a property in one configuration: by which failures it can be violated, and by which not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from ...traces.trace import Trace
from ..cli import interrupts
from ..outcome import INTERRUPTED, Limits, ProgressCallback
from .failures import Combination
from .grid import Setting
from .kernel import Kernel, Question, Told


@dataclass(frozen=True)
class Searching:
    """How to search: `states` limits each search, `seconds` all those of one configuration together."""

    workers: int = 1
    states: int | None = None
    seconds: float | None = None
    told: Told | None = None


@dataclass(frozen=True)
class Finding:
    """What came of looking for a violation by some failures.

    `lost`: it is there, in `trace`, and `failures` are those that it took. `kept`: it is not, in any reachable state,
    and there were `distinct` of them. `open`: neither is known, since the search was `stopped`.
    """

    failures: Combination
    verdict: Literal["lost", "kept", "open"]
    distinct: int
    stopped: str = ""
    trace: Trace | None = field(default=None, compare=False)


class Evidence:
    """All that was found of one property in one configuration."""

    def __init__(self, kernel: Kernel, setting: Setting, property_name: str, searching: Searching) -> None:
        self.kernel, self.setting, self.property_name = kernel, setting, property_name
        self.searching = searching
        self.findings: dict[Combination, Finding] = {}
        self.seconds = 0.0

    def ask(self, wanted: Iterable[Combination], *, first: bool = False) -> tuple[tuple[Finding, ...], bool]:
        """What is known of each combination, until an interruption or the `first` loss; and whether that was all."""
        left = list(wanted)
        found: list[Finding] = []
        while left:
            if interrupts.requested:
                return tuple(found), False
            one = self.finding(left.pop(0), len(left) + 1)
            if one not in found:
                found.append(one)
            if first and one.verdict == "lost":
                break
        return tuple(found), True

    def finding(self, failures: Combination, share: int = 1) -> Finding:
        """Whether these failures can be enough: from what is known, or by a search.

        The search may take that share of the seconds that are left: one of so many. A finding that follows from another
        one is that one.
        """
        known = self.findings.get(failures) or self._implied(failures)
        if known is None:
            known = self.findings[failures] = self._search(failures, share)
        return known

    def _implied(self, failures: Combination) -> Finding | None:
        for one in self.findings.values():
            if one.verdict == "lost" and one.failures <= failures:
                return one
            if one.verdict == "kept" and failures <= one.failures:
                return one
        return None

    def _search(self, failures: Combination, share: int) -> Finding:
        searching = self.searching
        limits = Limits(states=searching.states)
        if searching.seconds is not None:
            left = (searching.seconds - self.seconds) / share
            if left <= 0:
                return Finding(failures, "open", 0, self._limit)
            limits = Limits(states=searching.states, seconds=left)
        question = Question(self.setting, self.property_name, failures)
        try:
            with interrupts.handed_over():
                outcome = self.kernel.search(question, limits, searching.workers, self._progress(question))
        except KeyboardInterrupt:
            interrupts.requested = True
            return Finding(failures, "open", 0, INTERRUPTED)
        interrupts.requested |= outcome.stopped == INTERRUPTED
        self.seconds += outcome.search_seconds
        run = next(one.run for one in outcome.properties if one.name == self.property_name)
        if run is not None:
            trace = self.kernel.trace(question, run)
            return Finding(self.kernel.used(trace), "lost", outcome.distinct, trace=trace)
        if outcome.stopped:
            stopped = outcome.bound.what if outcome.bound is not None else outcome.stopped
            is_time = limits.seconds is not None and stopped == f"limit of {limits.seconds:g} s"
            return Finding(failures, "open", outcome.distinct, self._limit if is_time else stopped)
        return Finding(failures, "kept", outcome.distinct)

    @property
    def _limit(self) -> str:
        """The limit of seconds as it was given, not as it was shared out."""
        return f"limit of {self.searching.seconds:g} s"

    def _progress(self, question: Question) -> ProgressCallback | None:
        told = self.searching.told
        return None if told is None else lambda found: told(question, found)

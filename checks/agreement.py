"""Whether all engines say the same of a specification.

The native search on one thread is what the others are compared with:

* on two threads, and in CPython: every count, and the very runs;
* with interchangeable identities taken as one: depth, and the lengths of the runs;
* Z3, within a bound: the lengths of the runs it reaches, and nothing shorter;
* Hypothesis: the lengths of the counterexamples it shrinks to.

They share the specification and its translation, and after that little: CPython runs the class, and the native engine,
Z3 and Hypothesis each have their own states, steps and properties.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ..model import Specification, errors
from ..traces.replay import DEADLOCK
from . import api
from .outcome import Disagreement, Limits, Outcome


@dataclass(frozen=True)
class Effort:
    """How far the slower engines go: states in CPython, seconds and depth in Z3, runs a violation in Hypothesis."""

    python_states: int = 20_000
    z3_seconds: float = 30.0
    z3_depth: int | None = None
    hypothesis_runs: int = 500


@dataclass(frozen=True)
class Opinion:
    """What one engine says.

    `lengths` are those of the shortest runs to violations and witnesses. `differences` says where it contradicts the
    first engine, and `note` where it says less.
    """

    lengths: Mapping[str, int]
    engine: str = ""
    distinct: int | None = None
    depth: int | None = None
    differences: tuple[str, ...] = ()
    note: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class Agreement:
    """What all engines say, the one that the others are compared with first. `stopped` says why that is not all."""

    specification: Specification
    opinions: tuple[Opinion, ...]
    stopped: str = ""

    @property
    def differences(self) -> list[str]:
        """Every contradiction."""
        return [f"{one.engine}: {difference}" for one in self.opinions for difference in one.differences]

    @property
    def exit_code(self) -> int:
        """As documented: 70 for a contradiction, which is a mistake in Fencepost, and 2 if the search was stopped."""
        if self.differences:
            return errors.EXIT_INTERNAL
        return errors.EXIT_INCONCLUSIVE if self.stopped else errors.EXIT_AS_EXPECTED


@dataclass
class Comparison:
    """Asks one engine after the other. `said` is told each opinion as it comes."""

    specification: Specification
    effort: Effort = field(default_factory=Effort)
    limits: Limits = field(default_factory=Limits)
    said: Callable[[Opinion], None] = lambda _: None

    def run(self) -> Agreement:
        """Raises errors.FencepostError when the specification is wrong."""
        started = time.perf_counter()
        self.reference = self._search("native", 1)
        first = replace(self._opinion(self.reference), engine="native", seconds=time.perf_counter() - started)
        self.said(first)
        opinions = [first]
        if not self.reference.stopped:
            for name, engine in self._engines():
                started = time.perf_counter()
                try:
                    opinion = engine()
                except errors.MissingExtra as error:
                    opinion = Opinion({}, note=error.what)
                except Disagreement as error:
                    opinion = Opinion({}, differences=(str(error),))
                opinions.append(replace(opinion, engine=name, seconds=time.perf_counter() - started))
                self.said(opinions[-1])
        return Agreement(self.specification, tuple(opinions), self.reference.stopped)

    def _engines(self) -> Iterator[tuple[str, Callable[[], Opinion]]]:
        yield "native, 2 threads", self._two_threads
        if self.reference.distinct <= self.effort.python_states:
            yield "CPython", self._cpython
        if self.specification.symmetric_domains:
            yield "native, symmetry", self._symmetry
        yield "Z3", self._z3
        if any(self._is_violation(name) for name in lengths(self.reference)):
            yield "Hypothesis", self._hypothesis

    def _search(self, engine: api.Engine, workers: int, *, symmetry: bool = False) -> Outcome:
        options = api.Options(engine, workers, symmetry, keep_going=True, limits=self.limits)
        return api.prepare(self.specification, options).search()

    def _opinion(self, found: Outcome, *differences: str) -> Opinion:
        return Opinion(lengths(found), "", found.distinct, found.depth, differences, found.stopped)

    # Engines.

    def _two_threads(self) -> Opinion:
        return self._same(self._search("native", 2))

    def _cpython(self) -> Opinion:
        return self._same(self._search("python", 1))

    def _same(self, found: Outcome) -> Opinion:
        """Everything has to be the same."""
        ours, theirs = comparable(self.reference), comparable(found)
        different = (name for name in ours if ours[name] != theirs[name])
        return self._opinion(found, *(f"{name} is {theirs[name]}, not {ours[name]}" for name in different))

    def _symmetry(self) -> Opinion:
        found = self._search("native", 1, symmetry=True)
        differences = list(self._compared(lengths(found), set(lengths(self.reference))))
        if found.depth != self.reference.depth:
            differences.append(f"the depth is {found.depth}, not {self.reference.depth}")
        if found.distinct > self.reference.distinct:
            differences.append(f"there are {found.distinct} states, more than {self.reference.distinct}")
        return self._opinion(found, *differences)

    def _z3(self) -> Opinion:
        from .symbolic.bounded import BoundedCheck

        depth = min(self.effort.z3_depth or self.reference.depth, self.reference.depth)
        check = BoundedCheck(self.specification, depth, self.effort.z3_seconds, keep_going=True)
        found = check.run()
        # What is beyond the depth is not expected, and it does not look for deadlocks.
        ours = {name for name, length in lengths(self.reference).items() if length <= check.reached} - {DEADLOCK}
        differences = tuple(self._compared(lengths(found), ours))
        note = "" if check.reached >= self.reference.depth else f"to depth {check.reached} of {self.reference.depth}"
        return Opinion(lengths(found), "", None, check.reached, differences, note)

    def _hypothesis(self) -> Opinion:
        from .hypothesis import counterexample, state_machine

        found, unseen = {}, []
        for name in filter(self._is_violation, lengths(self.reference)):
            only = Specification(self.specification.source, self.specification.constants, [name])
            trace = counterexample(state_machine(only, folder=None), self.effort.hypothesis_runs)
            if trace is None:
                unseen.append(name)
            else:
                found[name] = trace.states
        note = f"not met in {self.effort.hypothesis_runs} runs: {', '.join(unseen)}" if unseen else ""
        return Opinion(found, differences=tuple(self._compared(found, set(found))), note=note)

    def _is_violation(self, name: str) -> bool:
        return any(prop.name == name and prop.kind != "witness" for prop in self.specification.properties)

    def _compared(self, theirs: Mapping[str, int], expected: set[str]) -> Iterator[str]:
        """Lengths that differ from those of the first engine, among what was expected or found."""
        ours = lengths(self.reference)
        for name in sorted(expected | set(theirs)):
            if ours.get(name) != theirs.get(name):
                shown = [f"{found[name]} states" if name in found else "nothing" for found in (theirs, ours)]
                yield f"{name} takes {shown[0]}, not {shown[1]}"


def lengths(found: Outcome) -> dict[str, int]:
    """The states of the shortest run to each violation and witness, and to a deadlock."""
    runs = {one.name: one.run.states for one in found.properties if one.run is not None}
    return runs if found.deadlock_run is None else runs | {DEADLOCK: found.deadlock_run.states}


def comparable(found: Outcome) -> dict[str, Any]:
    """What does not depend on the engine, its speed or its memory."""
    names = (
        "distinct",
        "generated",
        "depth",
        "levels",
        "stopped",
        "actions",
        "properties",
        "deadlocks",
        "deadlock_run",
    )
    return {name: getattr(found, name) for name in names}

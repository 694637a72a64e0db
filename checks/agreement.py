"""Whether all engines say the same of a specification.

The native search on one thread is what the others are compared with:

* on two threads, and in CPython: every count, and the very runs; in CPython on the first levels, where there are many
  states;
* with interchangeable identities taken as one: depth, and the lengths of the runs;
* Z3, within a bound: the lengths of the runs it reaches, and nothing shorter;
* Hypothesis: no counterexample is shorter. It may be longer: shrinking does not promise the shortest.

They share the specification and its translation, and after that little: CPython runs the class, and the native engine,
Z3 and Hypothesis each have their own states, steps and properties.
"""

from __future__ import annotations

import itertools
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
    """How far the slower engines go: states in CPython, seconds and depth in Z3, runs a violation in Hypothesis.

    CPython looks at as many levels as have at most so many states.
    """

    python_states: int = 5_000
    z3_seconds: float = 15.0
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
    """Asks one engine after the other, each down to the depth that `limits` give. `said` is told each opinion.

    A search that ends for another reason is compared with nothing.
    """

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
        stopped = "" if self._went_all_the_way() else self.reference.stopped
        if not stopped:
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
        return Agreement(self.specification, tuple(opinions), stopped)

    def _went_all_the_way(self) -> bool:
        depth = self.limits.depth
        return self.reference.stopped in ("", Limits(depth=depth).reached(0, depth or 0))

    def _engines(self) -> Iterator[tuple[str, Callable[[], Opinion]]]:
        yield "native, 2 threads", self._two_threads
        if self.reference.levels[0] <= self.effort.python_states:
            yield "CPython", self._cpython
        if self.specification.symmetric_domains:
            yield "native, symmetry", self._symmetry
        yield "Z3", self._z3
        if any(self._is_violation(name) for name in lengths(self.reference)):
            yield "Hypothesis", self._hypothesis

    def _search(self, engine: api.Engine, workers: int, *, symmetry: bool = False, depth: int | None = None) -> Outcome:
        limits = self.limits if depth is None else replace(self.limits, depth=depth)
        options = api.Options(engine, workers, symmetry, keep_going=True, limits=limits)
        return api.prepare(self.specification, options).search()

    def _opinion(self, found: Outcome, *differences: str) -> Opinion:
        return Opinion(lengths(found), "", found.distinct, found.depth, differences, found.stopped)

    # Engines.

    def _two_threads(self) -> Opinion:
        return self._same(self.reference, self._search("native", 2))

    def _cpython(self) -> Opinion:
        seen = itertools.accumulate(self.reference.levels)
        depth = sum(states <= self.effort.python_states for states in seen)
        if depth == self.reference.depth:
            return self._same(self.reference, self._search("python", 1))
        return self._same(self._search("native", 1, depth=depth), self._search("python", 1, depth=depth))

    def _same(self, expected: Outcome, found: Outcome) -> Opinion:
        """Everything has to be the same."""
        ours, theirs = comparable(expected), comparable(found)
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

        ours = lengths(self.reference)
        found, notes = {}, []
        for name in filter(self._is_violation, ours):
            only = Specification(self.specification.source, self.specification.constants, [name])
            trace = counterexample(state_machine(only, folder=None), self.effort.hypothesis_runs)
            if trace is None:
                notes.append(f"{name} not met in {self.effort.hypothesis_runs} runs")
                continue
            found[name] = trace.states
            if trace.states > ours[name]:
                notes.append(f"{name} shrunk to {trace.states} states, not to {ours[name]}")
        shorter = {name: length for name, length in found.items() if length < ours[name]}
        return Opinion(found, differences=tuple(self._compared(shorter, set(shorter))), note=", ".join(notes))

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

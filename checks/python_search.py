"""The search in plain CPython: slow, obvious, and the measure of the native one.

It visits the same states in the same order, stops in the same places, and fills the same outcome. It shares no code
with the native search, and runs the specification itself rather than a translation.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ..model.errors import BoundReached, FencepostError
from ..model.lang import interpret, ir
from ..model.lang.specification import Property, Specification, Step
from . import outcome
from .outcome import ActionCount, Limits, Outcome, Progress, ProgressCallback, PropertyCount, Run, with_run
from .self_check import SelfCheck, sampled

MARK = 1 << 14
"""The limit on states is looked at after every so many states of a level, as in the native search."""

REPORT_SECONDS = 0.2

Premise = Callable[[int, Any, Any], bool]
"""Whether a property, by its number, says something about a state, or about a step (the state before it and after)."""

Canonical = Callable[[Any], Any]
"""The representative of a state among those that differ by a renaming of interchangeable identities only."""


@dataclass(frozen=True)
class Graph:
    """The states that were found, by their keys, and the steps between them: before, action, after.

    Steps to states outside the constraint are among them. With symmetry these are representatives. Under a view keys
    are identities.
    """

    states: frozenset[int]
    edges: frozenset[tuple[int, str, int]]


@dataclass
class _Node:
    """A state inside the constraint, what tells it from others, and how it was reached."""

    state: Any
    key: int
    parent: _Node | None
    position: int
    initial: Any

    def path(self) -> list[_Node]:
        """The nodes that lead here, the initial one first."""
        node, path = self, [self]
        while node.parent is not None:
            node = node.parent
            path.append(node)
        return path[::-1]


@dataclass
class _ActionTally:
    generated: int = 0
    new: int = 0
    enabled: int = 0


@dataclass
class _PropertyTally:
    premise: int = 0
    failures: int = 0
    run: Run | None = None


class _Stop(Exception):  # noqa: N818  # not an error: the search ends here
    """Ends the search; the text says why."""


@dataclass
class PythonSearch:
    """One search: `PythonSearch(specification, ...).run()`.

    `premise` says when properties say something, or `program` does, through the interpreter; with neither, a premise
    is taken to be always true. With `canonical` only representatives are visited, and `self_check` sees some of them.
    Under a `view` states that differ in auxiliary fields only are one: the first of them that is found stands for all.
    """

    specification: Specification
    program: ir.Program | None = None
    premise: Premise | None = None
    canonical: Canonical | None = None
    self_check: SelfCheck | None = None
    view: bool = False
    limits: Limits = field(default_factory=Limits)
    continue_after_violation: bool = False
    progress: ProgressCallback | None = None
    keep_graph: bool = False

    def __post_init__(self) -> None:
        self.identity = self.specification.identity if self.view else self.specification.key
        self.visited: set[int] = set()
        self.levels: list[int] = []
        self.distinct = self.generated = self.deadlocks = 0
        self.actions = [_ActionTally() for _ in self.specification.actions]
        self.properties = [_PropertyTally() for _ in self.specification.properties]
        self.deadlock_run: Run | None = None
        self.violated = False
        self.edges: set[tuple[int, str, int]] = set()
        self.inside: set[int] = set()
        self.stopped = ""
        self.bound: BoundReached | None = None
        self.started = self.reported = time.perf_counter()

    @property
    def graph(self) -> Graph:
        """What was found, if `keep_graph` was asked for."""
        return Graph(frozenset(self.inside), frozenset(self.edges))

    def run(self) -> Outcome:
        """Searches. Raises what the specification raises, with the run that leads there as its attribute `run`."""
        self.started = self.reported = time.perf_counter()
        try:
            level = self._initial_level()
            while level:
                self._stop_after_violation()
                level = self._expand(level)
        except _Stop as stop:
            self.stopped = str(stop)
        except KeyboardInterrupt:
            self.stopped = outcome.INTERRUPTED
        except MemoryError:
            self.stopped = outcome.OUT_OF_MEMORY
        except BoundReached as error:
            self.stopped, self.bound = outcome.BOUND_REACHED, error
        if self.levels and not self.levels[-1]:
            self.levels.pop()
        return self._outcome()

    # The search.

    def _initial_level(self) -> list[_Node]:
        level: list[_Node] = []
        self.levels.append(0)
        for initial in self.specification.initial_states():
            self.generated += 1
            state = self._representative(initial)
            self._arrive(_Node(state, self.identity(state), None, 0, initial), level)
        return level

    def _expand(self, level: list[_Node]) -> list[_Node]:
        """All new states that are one step away from a level."""
        following: list[_Node] = []
        depth = len(self.levels)
        if self.self_check is not None:
            before = self.distinct - len(level)
            self.self_check.sample(level[number - before].state for number in sampled(before, self.distinct))
        self.levels.append(0)
        for number, node in enumerate(level):
            if number % MARK == 0:
                self._stop_if(self.limits.reached(self.distinct, depth))
            self._between(depth, len(level), number)
            # All steps first: an error in any of them is an error in this state.
            steps = self._steps(node)
            if not steps:
                self.deadlocks += 1
                if self.specification.deadlock_is_violation:
                    self.violated = True
                    self.deadlock_run = self.deadlock_run or self._run_to(node)
            for action in {step.action.index for step in steps}:
                self.actions[action].enabled += 1
            for position, step in enumerate(steps):
                self._take(node, position, step, following)
        return following

    def _steps(self, node: _Node) -> list[Step]:
        try:
            return list(self.specification.successors(node.state))
        except FencepostError as error:
            raise self._with_run(error, node) from None

    def _take(self, node: _Node, position: int, step: Step, level: list[_Node]) -> None:
        """One step: counted, checked, and followed if it leads to a new state inside the constraint."""
        tally = self.actions[step.action.index]
        self.generated += 1
        tally.generated += 1
        state = self._representative(step.state)
        after = _Node(state, self.identity(state), node, position, node.initial)
        self._check(after, node.state, step.state, "step_invariant")
        if self.keep_graph:
            self.edges.add((node.key, step.action.name, after.key))
        if self._arrive(after, level):
            tally.new += 1

    def _arrive(self, node: _Node, level: list[_Node]) -> bool:
        """Checks a state that was not visited before; whether it is such a one, inside the constraint."""
        if node.key in self.visited:
            return False
        self.visited.add(node.key)
        self._check(node, node.state, None, "invariant", "witness")
        try:
            if not self.specification.within_constraint(node.state):
                return False
        except FencepostError as error:
            raise self._with_run(error, node) from None
        if self.keep_graph:
            self.inside.add(node.key)
        self.distinct += 1
        self.levels[-1] += 1
        level.append(node)
        return True

    def _check(self, node: _Node, state: Any, after: Any, *kinds: str) -> None:
        """Evaluates the properties of some kinds: in a state, or on the step from it to `after`, which is the node."""
        for index, prop in enumerate(self.specification.properties):
            if prop.kind not in kinds:
                continue
            try:
                value = self.specification.holds(prop, state, after)
            except FencepostError as error:
                raise self._with_run(error, node, prop) from None
            tally = self.properties[index]
            tally.premise += self._premise(index, state, after)
            if value is (prop.kind == "witness"):
                tally.failures += 1
                self.violated = self.violated or prop.kind != "witness"
                tally.run = tally.run or self._run_to(node, self._is_false(prop))

    def _premise(self, index: int, state: Any, after: Any) -> bool:
        if self.premise is not None:
            return self.premise(index, state, after)
        if self.program is None:
            return True
        try:
            return interpret.premise(self.program.properties[index], state, after)
        except interpret.Undefined:
            return False

    def _representative(self, state: Any) -> Any:
        return state if self.canonical is None else self.canonical(state)

    # Stopping.

    def _stop_if(self, reason: str) -> None:
        if reason:
            raise _Stop(reason)

    def _stop_after_violation(self) -> None:
        if self.violated and not self.continue_after_violation:
            raise _Stop(outcome.VIOLATION_FOUND)

    def _between(self, depth: int, frontier: int, expanded: int) -> None:
        """The limit on time, and progress. Memory is not measured: this search is for small spaces."""
        now = time.perf_counter()
        if self.progress is not None and now - self.reported >= REPORT_SECONDS:
            self.reported = now
            seconds = now - self.started
            rate = self.distinct / seconds
            self.progress(
                Progress("search", depth, frontier, expanded, self.distinct, self.generated, rate, 0, seconds)
            )
        self._stop_if(self.limits.exhausted(0, now - self.started))

    # Runs.

    def _run_to(self, node: _Node, accept: Callable[[Any, Any], bool] | None = None) -> Run:
        """The run to a node. With symmetry, the last step must satisfy `accept`, given the states around it."""
        path = node.path()
        if self.canonical is None:
            return Run(self.specification.key(node.initial), tuple(step.position for step in path[1:]))
        # The first run in canonical order whose states have these representatives.
        state, positions = node.initial, []
        for known, following in itertools.pairwise(path):
            wanted = self.specification.key(following.state)
            for position, step in enumerate(self.specification.successors(state)):
                if self.specification.key(self.canonical(step.state)) == wanted and (
                    following is not node or accept is None or accept(state, step.state)
                ):
                    positions.append(position)
                    state = step.state
                    break
            else:
                SelfCheck(self.specification).compare_renamed(known.state, state)
                raise outcome.Disagreement("symmetry: a step between representatives is no step of the specification")
        SelfCheck(self.specification).compare_renamed(node.state, state)
        return Run(self.specification.key(node.initial), tuple(positions))

    def _is_false(self, prop: Property) -> Callable[[Any, Any], bool] | None:
        """What the last step of a run that shows a failure of a property must satisfy."""
        if prop.kind != "step_invariant":
            return None
        return lambda before, after: not self.specification.holds(prop, before, after)

    def _fails(self, prop: Property | None) -> Callable[[Any, Any], bool] | None:
        """What the last step of a run that ends in an error in a property must satisfy."""
        if prop is None or prop.kind != "step_invariant":
            return None

        def fails(before: Any, after: Any) -> bool:
            try:
                self.specification.holds(prop, before, after)
            except FencepostError:
                return True
            return False

        return fails

    def _with_run(self, error: FencepostError, node: _Node, prop: Property | None = None) -> FencepostError:
        return with_run(error, self._run_to(node, self._fails(prop)))

    def _outcome(self) -> Outcome:
        specification = self.specification
        return Outcome(
            distinct=self.distinct,
            generated=self.generated,
            depth=len(self.levels),
            levels=tuple(self.levels),
            stopped=self.stopped,
            actions=tuple(
                ActionCount(action.name, tally.generated, tally.new, tally.enabled)
                for action, tally in zip(specification.actions, self.actions, strict=True)
            ),
            properties=tuple(
                PropertyCount(prop.name, prop.kind, tally.premise, tally.failures, tally.run)
                for prop, tally in zip(specification.properties, self.properties, strict=True)
            ),
            deadlocks=self.deadlocks,
            deadlock_run=self.deadlock_run,
            engine="python",
            workers=1,
            symmetry=self.canonical is not None,
            exact=True,
            compile_seconds=0.0,
            search_seconds=time.perf_counter() - self.started,
            bytes_per_state=0.0,
            peak_memory_bytes=0,
            expected_collisions=0.0,
            self_checked=self.self_check.states if self.self_check is not None else 0,
            bound=self.bound,
        )


def python_search(specification: Specification, program: ir.Program | None = None, **options: Any) -> Outcome:
    """Visits every reachable state in CPython; the options are those of `PythonSearch`."""
    return PythonSearch(specification, program, **options).run()


def smallest(measure: Callable[[Any], Any], variants: Callable[[Any], Iterable[Any]]) -> Canonical:
    """A canonical form: of all variants of a state, that with the smallest measure."""
    return lambda state: min(variants(state), key=measure)

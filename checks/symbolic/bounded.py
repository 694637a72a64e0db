"""Bounded checking: is there a run of one state, of two states, …, that violates something?

A run is a formula over the inputs of its steps: the state after each step is a term, and a variable says which action
is taken. Depths are tried one after the other, so that what is found first is shortest. What is found is looked up in
CPython before anybody sees it.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...model import Specification, errors
from ...model.lang import types, values
from ...model.lang.specification import Property
from .. import outcome
from ..native.symmetry import permute
from ..outcome import ActionCount, Outcome, PropertyCount, Run
from . import terms
from .solver import Solver, Translator
from .terms import Bool, Int, conjunction, disjunction, equal, negation
from .transition import Step, Symbolic
from .values import Value, merge


class _Stop(Exception):  # noqa: N818  # ends the check; the text says why
    pass


#: Is told the depth, the seconds it took, and the number of terms of the formula so far.
Progress = Callable[[int, float, int], None]


@dataclass
class BoundedCheck:
    """Looks for violations in runs of at most `depth` states, for at most so many seconds.

    Stops after the depth of the first violation, unless it is to `keep_going` and find those of other properties. With
    `symmetry`, interchangeable identities are arguments of steps for the first time in their order, where the initial
    state is the same for all of them: of runs that differ in names only, one is enough.
    """

    specification: Specification
    depth: int
    seconds: float | None = None
    keep_going: bool = False
    symmetry: bool = True
    progress: Progress | None = None
    reached: int = field(init=False, default=0)
    runs: dict[str, Run] = field(init=False, default_factory=dict)
    bound: errors.BoundReached | None = field(init=False, default=None)

    def run(self) -> Outcome:
        """The outcome, as that of a search that stopped at the depth. Raises SpecificationError, and Disagreement."""
        self.started = time.perf_counter()
        self.symbolic = Symbolic(self.specification)
        self.translator = Translator()
        self.solver = Solver(None, self.translator)
        self.states: list[Value] = []
        self.path: list[Bool] = []
        self.named: dict[types.Domain, Int] = dict.fromkeys(self._interchangeable() if self.symmetry else (), 0)
        try:
            self._deepen()
        except _Stop as stop:
            return self._outcome(str(stop))
        except KeyboardInterrupt:
            return self._outcome(outcome.INTERRUPTED)
        except errors.BoundReached as error:
            self.bound = error
            return self._outcome(outcome.BOUND_REACHED)
        return self._outcome(f"limit of {self.depth:,} levels")

    def _deepen(self) -> None:
        """Goes from one depth to the next."""
        steps = self.symbolic.initial()
        while True:
            started = time.perf_counter()
            self._look_for_errors(steps)
            self._extend(steps)
            self._look_for_violations()
            self.reached = len(self.states)
            if self.progress is not None:
                self.progress(self.reached, time.perf_counter() - started, len(self.translator.known))
            if not self.keep_going and any(
                self.runs[prop.name] for prop in self._forbidden() if prop.name in self.runs
            ):
                raise _Stop(outcome.VIOLATION_FOUND)
            if self.reached == self.depth:
                return
            self.path.append(self.symbolic.within_constraint(self.states[-1]).value)
            steps = self.symbolic.steps(self.states[-1], f"step {self.reached}")

    def _forbidden(self) -> list[Property]:
        return [prop for prop in self.specification.properties if prop.kind != "witness"]

    def _interchangeable(self) -> Iterator[types.Domain]:
        """The symmetric domains whose identities the initial state does not tell apart."""
        initial = self.symbolic.program.inits
        if len(initial) > 1 or any(one.inputs or one.choices for one in initial):
            return
        [state], kind = self.specification.initial_states(), self.specification.state_type
        for domain in self.specification.symmetric_domains:
            neighbours = [[*range(at), at + 1, at, *range(at + 2, domain.size)] for at in range(domain.size - 1)]
            renamed = (permute(kind, kind.fit(state), domain, neighbour) for neighbour in neighbours)
            if all(kind.code(one) == kind.code(state) for one in renamed):
                yield domain

    # The run as a formula.

    def _extend(self, steps: Sequence[Step]) -> None:
        """One more state: that after one of the steps."""
        which = terms.int_variable(f"action {len(self.states)}", 0, len(steps) - 1)
        state = steps[-1].after
        for at in reversed(range(len(steps) - 1)):
            state = merge(equal(which, at), steps[at].after, state)
        self.states.append(state)
        taken = []
        named = [dict(self.named) for _ in steps]
        for at, step in enumerate(steps):
            taken.append(conjunction(equal(which, at), step.enabled, *_in_order(step, named[at])))
        self.path.append(disjunction(*taken))
        for domain in self.named:
            count = named[-1][domain]
            for at in reversed(range(len(steps) - 1)):
                count = terms.if_int(equal(which, at), named[at][domain], count)
            self.named[domain] = count

    def _is_possible(self, condition: Bool) -> bool:
        """Whether the run can be one for which a condition holds."""
        if condition is False:
            return False
        # A new solver each time: that simplifies the whole formula, which is worth more than what the last one learned.
        self.solver = Solver(None, self.translator)
        self.solver.add(*self.path, condition)
        if self.seconds is not None:
            left = self.seconds - (time.perf_counter() - self.started)
            if left <= 0:
                raise _Stop(f"limit of {self.seconds:g} s")
            self.solver.limit(left)
        answer = self.solver.check()
        if answer == "unknown":
            spent = time.perf_counter() - self.started
            if self.seconds is not None and spent >= self.seconds:
                raise _Stop(f"limit of {self.seconds:g} s")
            raise _Stop(f"Z3 has no answer at depth {len(self.states)}: {self.solver.reason()}")
        return answer == "sat"

    # What is looked for.

    def _look_for_errors(self, steps: Sequence[Step]) -> None:
        """Raises the error of a step that fails or reaches a bound."""
        wrong = disjunction(*(step.failed for step in steps), *(step.bound for step in steps))
        if not self._is_possible(wrong):
            return
        if not self.states:
            self.specification.initial_states()
            raise outcome.Disagreement("an initialiser fails in Z3 only")
        run = self._run()
        try:
            list(self.specification.successors(values.thaw(self._last(run))))
        except errors.FencepostError as error:
            raise outcome.with_run(error, run) from None
        raise outcome.Disagreement(f"a step fails in Z3 only, after the run {run}")

    def _look_for_violations(self) -> None:
        """One question for all properties; only when something is found, one for each."""
        shown = {prop: found for prop in self.specification.properties if (found := self._shown(prop)) is not False}
        if not self._is_possible(disjunction(*shown.values())):
            return
        for prop, condition in shown.items():
            if self._is_possible(condition):
                run = self._run()
                self._confirm(prop, run)
                self.runs[prop.name] = run

    def _shown(self, prop: Property) -> Bool:
        """That the last state, or step, shows something of a property that is not known yet."""
        if prop.name in self.runs or (prop.kind == "step_invariant" and len(self.states) < 2):
            return False
        around = self.states[-2:] if prop.kind == "step_invariant" else self.states[-1:]
        found = self.symbolic.holds(prop.name, *around)
        value = found.value if prop.kind == "witness" else negation(found.value)
        return disjunction(value, found.failed, found.bound)

    def _confirm(self, prop: Property, run: Run) -> None:
        """Looks in CPython. Raises Disagreement, or the error of the property."""
        around = [values.thaw(state) for state in self._decoded()[-2 if prop.kind == "step_invariant" else -1 :]]
        try:
            value = self.specification.holds(prop, *around)
        except errors.FencepostError as error:
            raise outcome.with_run(error, run) from None
        if value is not (prop.kind == "witness"):
            raise outcome.Disagreement(f"{prop.name} is {value} in CPython at the end of the run {run}")

    def _decoded(self) -> list[Any]:
        meaning = self.solver.meaning()
        return [self.symbolic.decoded(state, meaning) for state in self.states]

    def _run(self) -> Run:
        """The run of the last answer, as positions among the successors in CPython. Raises Disagreement."""
        first, *others = states = self._decoded()
        positions = []
        for before, after in zip(states, others, strict=False):
            wanted = self.specification.key(after)
            following = self.specification.successors(values.thaw(before))
            at = next((at for at, step in enumerate(following) if self.specification.key(step.state) == wanted), None)
            if at is None:
                raise outcome.Disagreement(f"no step leads from {before} to {after} in CPython")
            positions.append(at)
        return Run(self.specification.key(first), tuple(positions))

    def _last(self, run: Run) -> Any:
        state = self.specification.state(run.initial)
        for position in run.positions:
            state = next(itertools.islice(self.specification.successors(state), position, None)).state
        return state

    def _outcome(self, stopped: str) -> Outcome:
        spent = time.perf_counter() - self.started
        return Outcome(
            distinct=0,
            generated=0,
            depth=self.reached,
            levels=(),
            stopped=stopped,
            actions=tuple(ActionCount(action.name, 0, 0, 0) for action in self.specification.actions),
            properties=tuple(self._count(prop) for prop in self.specification.properties),
            deadlocks=0,
            deadlock_run=None,
            engine="z3",
            workers=1,
            symmetry=bool(self.named),
            exact=True,
            compile_seconds=0.0,
            search_seconds=spent,
            bytes_per_state=0.0,
            peak_memory_bytes=0,
            expected_collisions=0.0,
            details={"terms": len(self.translator.known), "z3": self.solver.version},
            bound=self.bound,
        )

    def _count(self, prop: Property) -> PropertyCount:
        run = self.runs.get(prop.name)
        return PropertyCount(prop.name, prop.kind, 0, int(run is not None), run)


def _in_order(step: Step, named: dict[types.Domain, Int]) -> Iterator[Bool]:
    """That identities become arguments in their order; `named` counts those that were, and is brought up to date."""
    for given, value in zip(step.routine.inputs, step.arguments, strict=True):
        if isinstance(given.type, types.Domain) and given.type in named:
            count = named[given.type]
            yield terms.at_most(value, count)
            more = terms.if_int(equal(value, count), terms.add(count, 1), count)
            named[given.type] = terms.narrowed(more, 0, given.type.size)

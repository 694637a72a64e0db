"""Proofs by induction: what holds at the beginning, and is kept by every step, holds always.

The *hypothesis* is that a state consists of values of its types, lies within the state constraints, and satisfies all
invariants at once, helper invariants among them. There is one *obligation* for each action and each clause: that a step
of the action from a state of the hypothesis satisfies the clause. A clause is an invariant of the state after the step,
a step invariant of the step, that the step does not fail, or that it reaches no bound of the search.

With `k` above 1 the hypothesis is about k states in a row, and the step is the one after the last of them.

    from fencepost.checks.symbolic.induction import Induction

    specification = Specification(Kip320, {"replicas": 5}, ["one_leader_per_epoch"], helpers=True)
    proof = Induction(specification)
    for obligation in proof.steps():
        answer = proof.prove(obligation, seconds=60)
        print(answer)          # the verdict, the seconds, and what was used or the states that refute it

That initial states satisfy the invariants is a bounded check of depth k (`bounded`).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, NamedTuple

from ...model import Specification, errors
from ...model.lang import values
from ...model.lang.explain import explain
from ...model.lang.specification import Step as Taken
from ...model.lang.specification import show_call
from ..outcome import Disagreement
from . import terms
from .solver import Solver, Translator
from .terms import Bool, conjunction, disjunction, equal, negation
from .transition import Judgement, Step, Symbolic
from .values import Value, merge

#: Clauses that are no property: the step does not fail, and reaches no bound.
NO_ERROR, NO_BOUND = "no error", "no bound reached"

Verdict = Literal["proved", "refuted", "unknown"]


class Obligation(NamedTuple):
    """That an action keeps a clause."""

    action: str
    clause: str

    def __str__(self) -> str:
        return f"{self.action}: {self.clause}"


class Found(NamedTuple):
    """What a solver found of an obligation: `used` in a proof, or the codes of the `states` that refute it."""

    verdict: Verdict
    seconds: float
    used: tuple[str, ...] = ()
    states: tuple[int, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Answer:
    """What came of an obligation.

    `used` are the invariants that a proof needed, not always the fewest. A refuted obligation has the run that refutes
    it, looked up in CPython: `first`, which satisfies the hypothesis and may not be reachable, and the steps from
    there. `why` says in lines what is false.
    """

    obligation: Obligation
    verdict: Verdict
    seconds: float
    used: tuple[str, ...] = ()
    reason: str = ""
    first: Any = None
    steps: tuple[Taken, ...] = ()
    why: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.obligation}: {self.verdict} ({self.seconds:.2f} s)"]
        if self.used:
            lines.append(f"  used: {', '.join(self.used)}")
        if self.first is not None:
            lines.append(f"  {self.first}")
            for step in self.steps:
                lines += [f"  -> {show_call(step.action, step.arguments)}", f"  {step.state}"]
            lines += [f"  {line}" for line in self.why]
        return "\n".join(lines)


class Induction:
    """The obligations of the invariants and step invariants that a specification has.

    Give it one made with `helpers=True`, or with the names of all invariants that the proof needs. With `symmetry`,
    interchangeable identities are taken as such: the arguments of the step are the first that there are.
    """

    def __init__(self, specification: Specification, k: int = 1, *, symmetry: bool = True) -> None:
        self.specification, self.k, self.symmetry = specification, k, symmetry
        self.symbolic = Symbolic(specification)
        self.invariants = tuple(one.name for one in specification.properties if one.kind == "invariant")
        self.step_invariants = tuple(one.name for one in specification.properties if one.kind == "step_invariant")
        self.states: list[Value] = [self.symbolic.state("state")]
        self._path: list[Bool] = [self.symbolic.valid(self.states[0])]
        for position in range(1, k):
            self._extend(position)
        self._path += [_true(self.symbolic.within_constraint(state)) for state in self.states]
        self._steps: dict[str, Step] = {}
        self._violations: dict[Obligation, Bool] = {}
        self._translator = Translator()

    def _extend(self, position: int) -> None:
        """One more state of the hypothesis: that after any step."""
        steps = self.symbolic.steps(self.states[-1], f"step {position}")
        which = terms.int_variable(f"action {position}", 0, len(steps) - 1)
        state = steps[-1].after
        for at in reversed(range(len(steps) - 1)):
            state = merge(equal(which, at), steps[at].after, state)
        self._path.append(disjunction(*(conjunction(equal(which, at), one.enabled) for at, one in enumerate(steps))))
        self.states.append(state)

    # What is to be proved.

    def steps(self) -> Iterator[Obligation]:
        """That every step keeps every clause. Those that need no proof, since nothing can be wrong, are left out.

        Each is translated before it is given, which takes seconds altogether for large specifications.
        """
        clauses = (NO_ERROR, NO_BOUND, *self.invariants, *self.step_invariants)
        every = (Obligation(action.name, clause) for action in self.specification.actions for clause in clauses)
        return (one for one in every if self.violation(one) is not False)

    @cached_property
    def hypothesis(self) -> dict[str, Bool]:
        """The parts of the hypothesis by name; what is assumed of types, constraints and earlier steps has none."""
        found = {"": conjunction(*self._path)}
        for name in self.invariants:
            found[name] = conjunction(*(_true(self.symbolic.holds(name, state)) for state in self.states))
        return found

    def step(self, action: str) -> Step:
        """The step that is looked at: that of an action from the last state of the hypothesis."""
        if action not in self._steps:
            self._steps[action] = self.symbolic.step(action, self.states[-1], symmetry=self.symmetry and self.k == 1)
        return self._steps[action]

    def violation(self, obligation: Obligation) -> Bool:
        """That the action's step is possible and breaks the clause."""
        if obligation not in self._violations:
            self._violations[obligation] = self._violation(obligation)
        return self._violations[obligation]

    def _violation(self, obligation: Obligation) -> Bool:
        step = self.step(obligation.action)
        if obligation.clause == NO_ERROR:
            return step.failed
        if obligation.clause == NO_BOUND:
            return step.bound
        around = (self.states[-1], step.after) if obligation.clause in self.step_invariants else (step.after,)
        return conjunction(step.enabled, negation(_true(self.symbolic.holds(obligation.clause, *around))))

    # Proving it.

    def prove(self, obligation: Obligation, seconds: float | None = None) -> Answer:
        """Whether an obligation holds, for at most so many seconds. Raises Disagreement."""
        return self.answer(obligation, self.ask(obligation, seconds))

    def ask(self, obligation: Obligation, seconds: float | None = None) -> Found:
        """What Z3 says."""
        started = time.perf_counter()
        solver = Solver(seconds, self._translator)
        assumed = self.hypothesis
        solver.add(assumed[""], self.violation(obligation))
        found, used = solver.check_named({name: assumed[name] for name in self.invariants})
        spent = time.perf_counter() - started
        if found == "unsat":
            return Found("proved", spent, used)
        if found == "unknown":
            return Found("unknown", spent, reason=solver.reason())
        meaning, step = solver.meaning(), self.step(obligation.action)
        states = [*self.states, *([step.after] if meaning(step.enabled) else [])]
        codes = (self.specification.key(self.symbolic.decoded(state, meaning)) for state in states)
        return Found("refuted", spent, (), tuple(codes))

    def answer(self, obligation: Obligation, found: Found) -> Answer:
        """What was found, with states in place of codes, looked up in CPython. Raises Disagreement."""
        if found.verdict != "refuted":
            return Answer(obligation, found.verdict, found.seconds, found.used, found.reason)
        first, *others = map(self.specification.state, found.states)
        steps: list[Taken] = []
        state = first
        for number, after in enumerate(others, start=1):
            steps.append(self._taken(state, after, obligation.action if number == self.k else None))
            state = after
        why = self._why(obligation, [first, *others])
        return Answer(obligation, "refuted", found.seconds, (), "", values.freeze(first), tuple(steps), tuple(why))

    def _taken(self, before: Any, after: Any, action: str | None) -> Taken:
        """The step between two states, in CPython. An error on the way to it is another obligation."""
        specification, wanted = self.specification, self.specification.key(after)
        for one in specification.actions:
            if action not in (None, one.name):
                continue
            for arguments in specification.arguments(one, before):
                try:
                    for step in specification.fire(one, before, arguments):
                        if specification.key(step.state) == wanted:
                            return step
                except errors.SpecificationError:
                    continue
        raise Disagreement(f"no step leads from {before} to {after} in CPython")

    def _why(self, obligation: Obligation, states: Sequence[Any]) -> list[str]:
        """Why the clause is false, in CPython."""
        specification = self.specification
        if obligation.clause in (NO_ERROR, NO_BOUND):
            action = next(one for one in specification.actions if one.name == obligation.action)
            for arguments in specification.arguments(action, states[-1]):
                try:
                    list(specification.fire(action, states[-1], arguments))
                except errors.SpecificationError as error:
                    if isinstance(error, errors.BoundReached) is (obligation.clause == NO_BOUND):
                        return [f"{show_call(action, arguments)}:", *str(error).split("\n")]
            raise Disagreement(f"{obligation}: it does not fail in CPython, in {states[-1]}")
        prop = next(one for one in specification.properties if one.name == obligation.clause)
        around = states[-2:] if prop.kind == "step_invariant" else states[-1:]
        try:
            if specification.holds(prop, *around):
                raise Disagreement(f"{obligation}: it is true in CPython, on {around}")
        except errors.SpecificationError as error:
            return str(error).split("\n")
        return explain(specification, prop, *around)

    # Whether the hypothesis says anything.

    def is_possible(self, action: str | None = None, seconds: float | None = None) -> str:
        """Whether some state satisfies the hypothesis, and allows an action: "sat", "unsat" or "unknown".

        From a hypothesis that nothing satisfies, anything follows.
        """
        return self._satisfiable(True if action is None else self.step(action).enabled, seconds)

    def has_premise(self, name: str, seconds: float | None = None) -> str:
        """Whether a property says something of a state that satisfies the hypothesis, or of a step from it."""
        if name not in self.step_invariants:
            return self._satisfiable(_true(self.symbolic.premise(name, self.states[-1])), seconds)
        steps = (self.step(action.name) for action in self.specification.actions)
        met = ((one, self.symbolic.premise(name, self.states[-1], one.after)) for one in steps)
        return self._satisfiable(disjunction(*(conjunction(one.enabled, _true(met)) for one, met in met)), seconds)

    def _satisfiable(self, condition: Bool, seconds: float | None) -> str:
        solver = Solver(seconds, self._translator)
        solver.add(*self.hypothesis.values(), condition)
        return solver.check()


def _true(found: Judgement) -> Bool:
    """That a property is true, and evaluating it neither fails nor reaches a bound."""
    return conjunction(found.value, negation(disjunction(found.failed, found.bound)))

"""Proofs by induction: what holds at the beginning, and is kept by every step, holds always.

The *hypothesis* is that a state consists of values of its types, lies within the state constraints, and satisfies all
invariants at once, helper invariants among them. There is one *obligation* for each action and each clause: that a step
of the action from a state of the hypothesis satisfies the clause. A clause is an invariant of the state after the step,
a step invariant of the step, that the step does not fail, or that it reaches no bound of the search.

    from fencepost.checks.symbolic.induction import Induction

    specification = Specification(Kip320, {"replicas": 5}, ["one_leader_per_epoch"], helpers=True)
    proof = Induction(specification)
    for obligation in [*proof.base(), *proof.steps()]:
        answer = proof.prove(obligation, seconds=60)
        print(answer)          # the verdict, the seconds, and what was used or the states that refute it
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ...model import Specification
from ...model.lang import values
from ...model.lang.explain import explain
from ...model.lang.specification import show_call
from .solver import Solver
from .terms import Bool, conjunction, disjunction, negation
from .transition import Judgement, Step, Symbolic, values_of

#: Clauses that are no property: the step does not fail, and reaches no bound.
NO_ERROR, NO_BOUND = "no error", "no bound reached"

Verdict = Literal["proved", "refuted", "unknown"]


@dataclass(frozen=True)
class Obligation:
    """That an action keeps a clause; or, if `is_base`, that an initialiser brings it about."""

    action: str
    clause: str
    is_base: bool = False

    def __str__(self) -> str:
        return f"{self.action or 'the initial state'}: {self.clause}"


@dataclass(frozen=True)
class Answer:
    """What came of an obligation.

    `used` are the invariants that a proof needed. A refuted obligation has the states around the step, frozen, and
    `call` the step as people read it; the first state satisfies the hypothesis, and may not be reachable. `why` says
    what of the clause is false.
    """

    obligation: Obligation
    verdict: Verdict
    seconds: float
    used: tuple[str, ...] = ()
    states: tuple[Any, ...] = ()
    call: str = ""
    arguments: tuple[Any, ...] = ()
    why: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = [f"{self.obligation}: {self.verdict} ({self.seconds:.2f} s)"]
        if self.used:
            lines.append(f"  used: {', '.join(self.used)}")
        if self.states:
            lines += [f"  {self.states[0]}", f"  -> {self.call}", *(f"  {state}" for state in self.states[1:])]
            lines += [f"  {line}" for line in self.why]
        return "\n".join(lines)


@dataclass
class Induction:
    """The obligations of the invariants and step invariants that a specification has.

    Give it one made with `helpers=True`, or with the names of all invariants that the proof needs.
    """

    specification: Specification
    symbolic: Symbolic = field(init=False)

    def __post_init__(self) -> None:
        self.symbolic = Symbolic(self.specification)
        properties = self.specification.properties
        self.invariants = tuple(one.name for one in properties if one.kind == "invariant")
        self.step_invariants = tuple(one.name for one in properties if one.kind == "step_invariant")
        self._before = self.symbolic.state("state")
        self._solver: Solver | None = None
        self._steps = {step.routine.name: step for step in self.symbolic.steps(self._before)}
        self._initial = {step.routine.name: step for step in self.symbolic.initial()}
        self._names: dict[str, Bool] = {}

    # What is to be proved.

    def base(self) -> list[Obligation]:
        """That every initial state satisfies every invariant."""
        return [
            Obligation(name, clause, is_base=True)
            for name in self._initial
            for clause in (NO_ERROR, NO_BOUND, *self.invariants)
        ]

    def steps(self) -> list[Obligation]:
        """That every step keeps every clause. Those that need no proof, since nothing can be wrong, are left out."""
        clauses = (NO_ERROR, NO_BOUND, *self.invariants, *self.step_invariants)
        found = [Obligation(action, clause) for action in self._steps for clause in clauses]
        return [one for one in found if self.violation(one) is not False]

    def hypothesis(self) -> dict[str, Bool]:
        """The parts of the hypothesis by name; what is assumed of the types and constraints has the empty name."""
        within = self.symbolic.within_constraint(self._before)
        found = {"": conjunction(self.symbolic.valid(self._before), _true(within))}
        for name in self.invariants:
            found[name] = _true(self.symbolic.holds(name, self._before))
        return found

    def violation(self, obligation: Obligation) -> Bool:
        """That an action's step is possible and breaks the clause."""
        step = self._initial[obligation.action] if obligation.is_base else self._steps[obligation.action]
        if obligation.clause == NO_ERROR:
            return step.failed
        if obligation.clause == NO_BOUND:
            return step.bound
        return conjunction(step.enabled, negation(_true(self._judged(obligation, step))))

    def _judged(self, obligation: Obligation, step: Step) -> Judgement:
        if obligation.clause in self.step_invariants:
            return self.symbolic.holds(obligation.clause, self._before, step.after)
        return self.symbolic.holds(obligation.clause, step.after)

    # Proving it.

    def prove(self, obligation: Obligation, seconds: float | None = None) -> Answer:
        """Asks whether an obligation holds, for at most so many seconds."""
        started = time.perf_counter()
        solver = Solver(seconds)
        names: dict[str, Bool] = {}
        if not obligation.is_base:
            for name, part in self.hypothesis().items():
                if not name:
                    solver.add(part)
                else:
                    names[name] = part
        solver.add(self.violation(obligation))
        found, used = solver.check_named(names)
        elapsed = time.perf_counter() - started
        if found == "unsat":
            return Answer(obligation, "proved", elapsed, used)
        if found == "unknown":
            return Answer(obligation, "unknown", elapsed)
        return self._refuted(obligation, solver, elapsed)

    def _refuted(self, obligation: Obligation, solver: Solver, seconds: float) -> Answer:
        meaning = solver.meaning()
        step = self._initial[obligation.action] if obligation.is_base else self._steps[obligation.action]
        actions = self.specification.inits if obligation.is_base else self.specification.actions
        action = next((one for one in actions if one.name == obligation.action), None)
        arguments = values_of(step, meaning)
        call = show_call(action, arguments) if action is not None else ""
        before = self.symbolic.decoded(self._before, meaning)
        shown: Sequence[Any] = () if obligation.is_base else (before,)
        why: list[str] = []
        if meaning(step.enabled):
            after = self.symbolic.decoded(step.after, meaning)
            shown = (*shown, after)
            prop = next(one for one in self.specification.properties if one.name == obligation.clause)
            thawed = [values.thaw(state) for state in (before, after)]
            given = thawed if prop.kind == "step_invariant" else thawed[1:]
            why = explain(self.specification, prop, *given)
        return Answer(obligation, "refuted", seconds, (), tuple(shown), call, arguments, tuple(why))

    def is_possible(self, action: str | None = None, seconds: float | None = None) -> str:
        """Whether there is a state of the hypothesis, and one in which an action is possible: "sat" or else.

        From a hypothesis that nothing satisfies, anything follows.
        """
        solver = Solver(seconds)
        solver.add(*self.hypothesis().values())
        if action is not None:
            solver.add(self._steps[action].enabled)
        return solver.check()


def _true(found: Judgement) -> Bool:
    """That a property is true, and evaluating it neither fails nor reaches a bound."""
    return conjunction(found.value, negation(disjunction(found.failed, found.bound)))

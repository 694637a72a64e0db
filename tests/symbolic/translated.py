"""Formulas as one more execution of a specification: evaluated under every assignment of inputs and choices.

The state before a step is a tree of variables, and takes its values last: so all branches that a state does not decide
are in the formulas, and are compared.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fencepost.checks.symbolic import terms
from fencepost.checks.symbolic.solver import Solver
from fencepost.checks.symbolic.transition import Judgement, Step, Symbolic
from fencepost.checks.symbolic.values import Mask, Option, Record, Slots, Variant, constant, stored
from fencepost.model import Specification, errors

#: What a step or property does: fails, reaches a bound, or the code of a state or a truth.
FAILS, BOUND = "fails", "bound"


def assigned(tree: Any, value: Any) -> Iterator[tuple[str, Any]]:
    """The values of the variables of a free tree that make it a constant one."""
    match tree:
        case terms.BoolTerm() | terms.IntTerm():
            yield tree.args[0], value
        case Option():
            yield from assigned(tree.present, value.present)
            if value.value is not None:
                yield from assigned(tree.value, value.value)
        case Record():
            for part, known in zip(tree.parts, value.parts, strict=True):
                yield from assigned(part, known)
        case Variant():
            yield from assigned(tree.tag, value.tag)
            for at, record in value.records.items():
                yield from assigned(tree.records[at], record)
        case Mask():
            for bit, known in zip(tree.bits, value.bits, strict=True):
                yield from assigned(bit, known)
        case Slots():
            yield from assigned(tree.length, value.length)
            for item, known in zip(tree.items, value.items, strict=False):
                yield from assigned(item, known)


def leaves(tree: Any) -> Iterator[Any]:
    """The terms of a tree."""
    match tree:
        case Option():
            yield from leaves(tree.present)
            yield from leaves(tree.value)
        case Record() | Mask() | Slots():
            if isinstance(tree, Slots):
                yield tree.length
            for part in tree.bits if isinstance(tree, Mask) else tree.items if isinstance(tree, Slots) else tree.parts:
                yield from leaves(part)
        case Variant():
            yield tree.tag
            for record in tree.records.values():
                yield from leaves(record)
        case None:
            pass
        case _:
            yield tree


def variables(roots: Any) -> list[terms.Term]:
    return [term for term in terms.in_order(roots, {}) if term.op == "variable"]


@dataclass
class Translated:
    """Formulas of a specification over one free state, and over one more for step invariants.

    At most so many combinations of an action's inputs are tried in a state; of more, as many are drawn.
    """

    specification: Specification
    most: int = 50
    compared: int = 0
    steps: list[Step] = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(0)
        self.symbolic = Symbolic(self.specification)
        self.before, self.after = self.symbolic.state("before"), self.symbolic.state("after")
        self.steps = self.symbolic.steps(self.before)
        self.known = {term.args[0] for term in variables(leaves(self.before))}
        self.inputs = [self._inputs(step) for step in self.steps]
        self.settled = [self._settled(step) for step in self.steps]
        properties = self.symbolic.program.properties
        self.judgements = {
            prop.name: self.symbolic.holds(
                prop.name, self.before, self.after if prop.kind == "step_invariant" else None
            )
            for prop in properties
        }

    def _inputs(self, step: Step) -> list[tuple[str, list[Any]]]:
        roots = [step.enabled, step.failed, step.bound, *leaves(step.after)]
        return [
            (term.args[0], [False, True] if isinstance(term, terms.BoolTerm) else list(range(term.low, term.high + 1)))
            for term in variables(roots)
            if term.args[0] not in self.known
        ]

    def _settled(self, step: Step) -> list[terms.Term]:
        """The terms that only the state decides, parts first."""
        found: dict[terms.Term, None] = {}
        for term in terms.in_order([step.enabled, step.failed, step.bound], {}):
            parts = [part for part in term.args if isinstance(part, (terms.BoolTerm, terms.IntTerm))]
            if term.args[0] in self.known if term.op == "variable" else all(part in found for part in parts):
                found[term] = None
        return list(found)

    def state(self, tree: Any, state: Any) -> dict[str, Any]:
        """The values of a free tree's variables that make it a concrete state."""
        return dict(assigned(tree, self.symbolic.constant(state)))

    def assignments(self, at: int, state: Any) -> Iterator[dict[str, Any]]:
        """The state with every combination of an action's inputs and choices, or with some of them."""
        given = self.state(self.before, state)
        names, values = [name for name, _ in self.inputs[at]], [values for _, values in self.inputs[at]]
        if self.is_exhaustive(at):
            combinations = list(itertools.product(*values))
        else:
            combinations = [tuple(map(self.random.choice, values)) for _ in range(self.most)]
        for combination in combinations:
            yield given | dict(zip(names, combination, strict=True))

    def is_exhaustive(self, at: int) -> bool:
        return math.prod(len(values) for _, values in self.inputs[at]) <= self.most

    def outcomes(self, at: int, state: Any) -> set[Any]:
        """What an action does in a state."""
        step, found = self.steps[at], set[Any]()
        settled, given = terms.Meaning(), self.state(self.before, state)
        for term in self.settled[at]:
            terms.evaluate(term, given, settled)
        for assignment in self.assignments(at, state):
            known = dict(settled)

            def meaning(term: Any, assignment: Any = assignment, known: Any = known) -> Any:
                return terms.evaluate(term, assignment, known)

            happens = [meaning(part) for part in (step.enabled, step.failed, step.bound)]
            assert sum(happens) <= 1
            if happens[0]:
                found.add(
                    self.specification.state_type.code(stored(self.specification.state_type, step.after, meaning))
                )
            elif happens[1] or happens[2]:
                found.add(FAILS if happens[1] else BOUND)
        return found

    def answers(self, state: Any, after: Any = None) -> dict[str, Any]:
        """The properties of a state, or the step invariants of a step."""
        assignment = self.state(self.before, state) | (self.state(self.after, after) if after is not None else {})
        return {
            prop.name: judged(self.judgements[prop.name], assignment)
            for prop in self.symbolic.program.properties
            if (prop.kind == "step_invariant") == (after is not None)
        }

    def difference(self, state: Any) -> str:
        """How the formulas differ from CPython in a state; empty when they agree."""
        for at, action in enumerate(self.specification.actions):
            mine, known = self.outcomes(at, state), outcomes_of(self.specification, action, state)
            failing = {FAILS, BOUND} & known
            if not self.is_exhaustive(at):
                # CPython stops at a failure, and does not see the steps behind it.
                if not failing and not mine <= known:
                    return f"{action.name} in {state}: {described(self, mine - known)}"
                continue
            self.compared += 1
            if failing:
                if not known <= mine:
                    return f"{action.name} in {state}: CPython {known - mine}"
            elif mine != known:
                wrong = described(self, mine - known), described(self, known - mine)
                return f"{action.name} in {state}: {wrong[0]}, CPython {wrong[1]}"
        return self._different_answers(state)

    def _different_answers(self, state: Any, after: Any = None) -> str:
        mine = self.answers(state, after)
        for prop in self.specification.properties:
            if prop.name in mine and mine[prop.name] != (known := answer(self.specification, prop, state, after)):
                return f"{prop.name} of {state} {after}: {mine[prop.name]}, CPython {known}"
        return ""

    def step_difference(self, state: Any, after: Any) -> str:
        """How step invariants differ from CPython on a step."""
        return self._different_answers(state, after)


def described(these: Translated, found: set[Any]) -> list[str]:
    return [one if isinstance(one, str) else str(these.specification.state(one)) for one in found]


def judged(judgement: Judgement, assignment: dict[str, Any]) -> Any:
    known = terms.Meaning()
    failed, bound, value = (
        terms.evaluate(part, assignment, known) for part in (judgement.failed, judgement.bound, judgement.value)
    )
    return FAILS if failed else BOUND if bound else value


def outcomes_of(specification: Specification, action: Any, state: Any) -> set[Any]:
    """What CPython says that an action does in a state, up to the first failure for each of its arguments."""
    found = set[Any]()
    for arguments in specification.arguments(action, state):
        try:
            for step in specification.fire(action, state, arguments):
                found.add(specification.key(step.state))
        except errors.BoundReached:
            found.add(BOUND)
        except errors.SpecificationError:
            found.add(FAILS)
    return found


def answer(specification: Specification, prop: Any, state: Any, after: Any) -> Any:
    try:
        return specification.holds(prop, state, after)
    except errors.BoundReached:
        return BOUND
    except errors.SpecificationError:
        return FAILS


def z3_difference(these: Translated, state: Any, at: int) -> str:
    """How Z3's value of a step differs from the meaning of its terms, for each of a few assignments."""
    step = these.steps[at]
    solver = Solver()
    roots = [step.enabled, step.failed, step.bound]
    for assignment in itertools.islice(these.assignments(at, state), 3):
        wanted = [terms.evaluate(root, assignment) for root in roots]
        equations = [
            terms.same(term, assignment.get(term.args[0], False))
            if isinstance(term, terms.BoolTerm)
            else terms.equal(term, assignment.get(term.args[0], term.low))
            for term in variables([*roots, *leaves(step.after)])
        ]
        fixed = [terms.same(root, value) for root, value in zip(roots, wanted, strict=True)]
        if solver.check(*equations, terms.conjunction(*fixed)) != "sat":
            return f"{step.routine.name} in {state}: {assignment}"
        if wanted[0]:
            kind = these.specification.state_type
            mine = stored(kind, step.after, partial(terms.evaluate, assignment=assignment))
            again = constant(kind, mine)
            if solver.check(*equations, these.symbolic.same(step.after, again)) != "sat":
                return f"the state after {step.routine.name} in {state}"
    return ""

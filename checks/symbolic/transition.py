"""A specification as formulas: its initial states, its steps, its properties.

The state after a step is a term over the state before it and the step's inputs, so that runs of several steps are
formulas without equations between states.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...model import Specification, errors
from ...model.lang import ir, types
from ...model.lang.lower import lower
from . import collections, terms
from .comparison import is_valid, same_value
from .environment import Environment, Roots
from .expressions import evaluate
from .statements import execute
from .terms import Bool, conjunction, disjunction, equal, negation
from .values import Value, arbitrary, constant, free, merge, size, stored

#: The most variables that a state may have.
MOST_LEAVES = 100_000


@dataclass(frozen=True)
class Step:
    """What one action does in a state, for all its arguments and choices at once.

    Exactly one of `enabled`, `failed` and `bound` is true where the step can be tried and is not disabled: it leads to
    `after`, it is an error in the specification, or it reaches a bound of the search (S311).
    """

    routine: ir.Routine
    arguments: tuple[Value, ...]
    choices: dict[int, tuple[types.Type, Value]]
    enabled: Bool
    failed: Bool
    bound: Bool
    after: Value


@dataclass(frozen=True)
class Judgement:
    """The value of a property; what it is counts for nothing where evaluating it failed or reached a bound."""

    value: Bool
    failed: Bool
    bound: Bool

    @property
    def violated(self) -> Bool:
        """Whether the property is false."""
        return conjunction(negation(self.value), negation(self.failed), negation(self.bound))


@dataclass
class Symbolic:
    """The formulas of a specification. Raises S2xx errors for what cannot be translated, and TooLargeToUnroll."""

    specification: Specification
    program: ir.Program = field(init=False)

    def __post_init__(self) -> None:
        leaves = size(self.specification.state_type)
        if leaves > MOST_LEAVES:
            raise errors.TooLargeToUnroll(f"a state of {self.specification.name} has {leaves:,} parts, each a variable")
        self.program = lower(self.specification)
        self._routines = {routine.name: routine for routine in self.program.actions}
        self._conditions = {found.name: found for found in self.program.properties}

    # States.

    def state(self, name: str) -> Value:
        """An arbitrary state; of the types of the specification where `valid` is true."""
        return free(self.program.state, name)

    def valid(self, state: Value) -> Bool:
        """Whether a state consists of values of the declared types."""
        return is_valid(self.program.state, state)

    def constant(self, state: Any) -> Value:
        """A concrete state."""
        return constant(self.program.state, self.program.state.fit(state))

    def same(self, left: Value, right: Value) -> Bool:
        """Whether two states are equal."""
        return same_value(self.program.state, left, right)

    def decoded(self, state: Value, meaning: Callable[[Any], Any]) -> Any:
        """The concrete state, frozen, under the values that a solver gave to variables."""
        return stored(self.program.state, state, meaning)

    # Steps.

    def initial(self, name: str = "init") -> list[Step]:
        """What each initialiser makes of the state in which every field has its default."""
        blank = self.constant(self.specification.blank())
        if not self.program.inits:
            routine = ir.Routine("", (), {}, (), ())
            return [Step(routine, (), {}, True, False, False, blank)]
        return [self._step(routine, blank, f"{name}.{routine.name}") for routine in self.program.inits]

    def step(self, action: str, before: Value, name: str = "step", *, symmetry: bool = False) -> Step:
        """What an action does in a state. `name` must differ for steps of one run.

        With `symmetry`, interchangeable identities among the arguments are the first ones that there are: what is true
        of these is true of all, when all else that is said of the state is the same for all.
        """
        return self._step(self._routines[action], before, f"{name}.{action}", symmetry)

    def steps(self, before: Value, name: str = "step") -> list[Step]:
        """What each action does in a state, in the order of the specification."""
        return [self.step(routine.name, before, name) for routine in self.program.actions]

    def _step(self, routine: ir.Routine, before: Value, name: str, symmetry: bool = False) -> Step:
        env = self._environment(routine, name, {ir.STATE: before})
        arguments, possible = [], list[Bool]()
        named = Counter[types.Type]()
        for given in routine.inputs:
            value, is_one = _input(given, f"{name}.{given.name}", env)
            if symmetry and isinstance(given.type, types.Domain) and given.type.symmetric:
                is_one = conjunction(is_one, terms.at_most(value, named[given.type]))
                value = terms.narrowed(value, 0, named[given.type])
                named[given.type] += 1
            arguments.append(value)
            possible.append(is_one)
            env.roots[given.name] = value
        env.path[0] = conjunction(*possible)
        execute(routine.body, env)
        failed, bound = disjunction(*env.failures), disjunction(*env.bounds)
        enabled = conjunction(*env.path, negation(failed), negation(bound))
        return Step(routine, tuple(arguments), env.choices, enabled, failed, bound, env.roots[ir.STATE])

    # Properties.

    def holds(self, name: str, state: Value, after: Value = None) -> Judgement:
        """A property of a state, or a step invariant of a step."""
        return self.judged(self._conditions[name].value, self._conditions[name], state, after)

    def premise(self, name: str, state: Value, after: Value = None) -> Judgement:
        """Whether a property says something of a state or step."""
        return self.judged(self._conditions[name].premise, self._conditions[name], state, after)

    def within_constraint(self, state: Value) -> Judgement:
        """Whether a state satisfies every state constraint."""
        found = [self.judged(one.value, one, state) for one in self.program.constraints]
        return Judgement(
            conjunction(*(one.value for one in found)),
            disjunction(*(one.failed for one in found)),
            disjunction(*(one.bound for one in found)),
        )

    def judged(self, value: ir.Expr, condition: ir.Condition, state: Value, after: Value = None) -> Judgement:
        """Any boolean of a condition's names, such as a part of it."""
        env = self._environment(condition, "", {ir.STATE: state, ir.AFTER: after})
        result = evaluate(value, env)
        return Judgement(result, disjunction(*env.failures), disjunction(*env.bounds))

    def _environment(self, owner: ir.Routine | ir.Condition, name: str, roots: Roots) -> Environment:
        state = self.program.state
        return Environment({**owner.locals, ir.STATE: state, ir.AFTER: state}, roots, name, evaluate)


def _input(given: ir.Input, name: str, env: Environment) -> tuple[Value, Bool]:
    """A parameter, and whether it is one of the values that it may take."""
    if given.collection is None:
        value = free(given.type, name)
        return value, is_valid(given.type, value)
    kind: Any = given.collection.type
    found = collections.elements(kind, env.read(given.collection))
    if not found:
        return arbitrary(given.type), False
    which = terms.int_variable(name, 0, len(found) - 1)
    value = found[-1][1]
    for at in reversed(range(len(found) - 1)):
        value = merge(equal(which, at), found[at][1], value)
    return value, disjunction(*(conjunction(equal(which, at), there) for at, (there, _) in enumerate(found)))


def values_of(step: Step, meaning: Callable[[Any], Any]) -> tuple[Any, ...]:
    """The stored arguments of a step under the values that a solver gave to variables."""
    pairs: Sequence[tuple[ir.Input, Value]] = list(zip(step.routine.inputs, step.arguments, strict=True))
    return tuple(stored(given.type, value, meaning) for given, value in pairs)

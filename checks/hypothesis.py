"""Any specification as a state machine of Hypothesis.

    from fencepost.checks import state_machine

    TestKip101 = state_machine(Kip101, log_size=2).TestCase

Hypothesis draws random runs, shrinks one that violates a property, and remembers it for the next time. Each action is a
rule, and only what is possible is drawn (`strategies` says how). A failure prints a program that takes the steps of the
run again by name, as a `Scenario` does, and leaves the run as a trace.

The test does not leave the choice of rules to Hypothesis: that asks for each rule whether it is possible, again and
again, and goes on to the full number of steps when nothing is possible any more. On the KIP-320 model with three
replicas that took 1.7 times as long.
"""

from __future__ import annotations

import hashlib
import math
import re
import shlex
import unittest
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar

from ..model import errors
from ..model.lang.explain import explain
from ..model.lang.specification import Action, Model, Specification, _running
from ..traces import itf
from ..traces.replay import DEADLOCK
from ..traces.shrink import shrink
from ..traces.trace import Trace
from ..traces.views import View, method_views
from .api import bound
from .failure import MOST_LINES, run_lines
from .scenario import shown
from .session import write_file
from .stepping import KnownState, KnownStep, Memory
from .strategies import trace_of, walk  # before Hypothesis, for its message when that is missing
from .testing.counterexamples import SUFFIX
from .testing.declared import reference

from hypothesis import HealthCheck, Phase, currently_in_test_context, event, given, note, target  # isort: skip
from hypothesis import settings as Settings  # isort: skip  # noqa: N812  # a class
from hypothesis import strategies as st  # isort: skip
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule  # isort: skip

#: Where the traces of failures go, unless something else is said: as those of the pytest plugin.
FOLDER = "fencepost-results"
#: How many states are visited to find a shorter run than the one that Hypothesis shrank to.
BUDGET = 2_000
MOST_WEIGHT = 100
#: File systems take names of 255 bytes, and a property and a suffix follow.
_LONGEST_NAME = 100


class Violated(AssertionError):
    """A property is violated. Each has a subclass of its own, so that Hypothesis shrinks each by itself."""


@cache
def _violation(name: str) -> type[Violated]:
    return type(f"Violated_{name}", (Violated,), {"__doc__": f"{name} is violated."})


class _OwnTestCase:
    """The attribute `TestCase`: what pytest and unittest run."""

    def __get__(self, instance: object, owner: type[SpecificationMachine]) -> type[unittest.TestCase]:
        return _test_case(owner)


class SpecificationMachine(RuleBasedStateMachine):
    """A run of a specification, step by step: `state_machine` makes subclasses, with a method for each action.

    The methods take arguments as traces show them and check the properties after the step. They raise `Violated`,
    AssertionError for a step that is not possible, and errors of the specification.
    """

    memory: ClassVar[Memory]
    reference: ClassVar[str]
    measures: ClassVar[Mapping[str, View]]
    weights: ClassVar[Mapping[str, int]]
    folder: ClassVar[Path | None]
    #: The latest run to each kind of failure. Hypothesis repeats the smallest ones in the end.
    failures: ClassVar[dict[type[BaseException], SpecificationMachine]]
    TestCase = _OwnTestCase()  # type: ignore[assignment]  # a descriptor

    def __init__(self) -> None:
        super().__init__()
        self.run: list[KnownStep] = []
        self.error: Violated | errors.FencepostError | None = None

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    @property
    def specification(self) -> Specification:
        """What this is a run of."""
        return self.memory.specification

    @property
    def current(self) -> KnownState:
        """The state that was come to, with what is possible in it."""
        return self.run[-1].after

    @property
    def program(self) -> str:
        """The run in Python, to be pasted below `from fencepost.checks import state_machine`."""
        return "\n".join([f"state = {self!r}", *map(_call_of, self.run)])

    def take(self, step: KnownStep) -> None:
        """Takes a step and checks it. Raises Violated, and errors of the specification."""
        self.run.append(step)
        try:
            if step.violated:
                raise _violation(step.violated)("\n".join(self._why(step.violated)))
        except (Violated, errors.FencepostError) as error:
            self.failures[type(error)] = self
            raise

    def _why(self, name: str) -> Iterator[str]:
        last = self.run[-1]
        yield f"{name} is violated in state {len(self.run)}"
        for prop in self.specification.properties:
            if prop.name == name:
                yield f"  {prop.words}"
                states = [last.before, last.after] if prop.kind == "step_invariant" else [last.after]
                reasons = explain(self.specification, prop, *(state.state for state in states if state))
                yield from (f"    {line}" for line in reasons)

    def _call(self, name: str, steps: Sequence[KnownStep], given: dict[str, Any], choosing: tuple[str, ...]) -> None:
        """Takes the one of the steps that is given, itself or in texts. Raises AssertionError if there is none."""
        drawn = given.get("step")
        if isinstance(drawn, KnownStep):
            return self.take(drawn)
        wanted = {name: shown(value) for name, value in given.items()}
        for step in steps:
            if step.given == wanted and (not choosing or step.choosing == choosing):
                return self.take(step)
        call = f"{name}({', '.join(f'{name}={text}' for name, text in wanted.items())})"
        chosen = f", choosing {', '.join(choosing)}," if choosing else ""
        where = f"in state {len(self.run)}" if self.run else "as a start"
        raise AssertionError(f"{call}{chosen} is not possible {where}")

    # What Hypothesis runs by itself, with rules and invariants of a subclass: `run_state_machine_as_test(machine)`.

    @initialize(step=st.runner().flatmap(lambda machine: st.sampled_from(machine.memory.initial)))
    def start(self, initialiser: str = "", /, *, choosing: tuple[str, ...] = (), **given: Any) -> None:
        """Takes the initial state that an initialiser builds, or the first one there is."""
        steps = [one for one in self.memory.initial if not initialiser or one.action and one.action.name == initialiser]
        self._call(initialiser or "start", steps, given, choosing)

    @property
    def has_ended(self) -> bool:
        """Whether the run does not go on: a constraint is false, or no step is possible."""
        return bool(self.current.outside) or self.current.is_stuck

    @precondition(lambda self: self.has_ended)
    @rule()
    def nothing_is_possible(self) -> None:
        """There is no other rule for the end of a run."""

    def _repr_step(self, rule: Any, data: Any, result: Any) -> str:
        """The line that Hypothesis prints for a step: it would print the drawn object as an argument."""
        return _call_of(self.run[-1]) if list(data) == ["step"] else super()._repr_step(rule, data, result)

    def teardown(self) -> None:
        """Tells Hypothesis of the run: which actions it took, which witnesses it saw, and what it measures."""
        if not currently_in_test_context():
            return
        states = [step.after for step in self.run if step.state is not None]
        for name in sorted({step.action.name for step in self.run if step.action and step.before}):
            event(f"step: {name}")
        for name in sorted({name for state in states for name in state.witnesses}):
            event(f"witness: {name}")
        for name, measure in self.measures.items() if states else ():
            with _running(self.specification, None):
                found = [measure(state.state) for state in states]
            for value in found:
                if not isinstance(value, int | float) or not math.isfinite(value):
                    what = f"the measure {name} is {value!r} in a state: not a number"
                    raise errors.BadOption(what, hint="return an int, a float or a bool")
            target(float(max(found)), label=name)


def state_machine(
    model: type[Model] | Specification | str,
    constants: Mapping[str, Any] | None = None,
    /,
    *,
    properties: Collection[str] | None = None,
    measures: Sequence[str | Callable[[Any], float]] = (),
    weights: Mapping[str, int] | None = None,
    folder: str | Path | None = FOLDER,
    **more_constants: Any,
) -> type[SpecificationMachine]:
    """A specification as a state machine of Hypothesis; its attribute `TestCase` is a test.

    Constants are keyword arguments; one that has the name of an option goes into the mapping. `properties` are as for
    `check`. `measures` are what Hypothesis should make large: methods of the specification, by name, or functions of
    the state; they shrink nothing and decide nothing. Traces of failures go into the folder; None keeps none.

    Raises what `check` raises for a mistake in the arguments or the specification, and UnknownProperty for a measure.
    The test raises `Violated`, errors of the specification, and NothingToExplore.
    """
    given = {**(constants or {}), **more_constants}
    found, specification = bound(model, given, properties)
    name = found.name if found.entry is not None or isinstance(model, str) else reference(found.model)
    functions = method_views(specification, [one for one in measures if isinstance(one, str)])
    functions |= {getattr(one, "__name__", repr(one)): one for one in measures if callable(one)}
    attributes = {
        "__doc__": f"{specification.name}: a run, step by step.",
        "memory": Memory(specification),
        "reference": name,
        "measures": functions,
        "weights": _known(specification, weights or {}),
        "folder": None if folder is None else Path(folder),
        "failures": {},
    }
    attributes |= {_method(action): _rule(action) for action in specification.actions}
    return type(_expression(name, specification, given), (SpecificationMachine,), attributes)


def _known(specification: Specification, weights: Mapping[str, int]) -> Mapping[str, int]:
    names = [action.name for action in specification.actions]
    for name, weight in weights.items():
        if name not in names:
            what = f"{specification.name} has no action {name!r} to be weighted"
            raise errors.UnknownAction(what, hint=errors.nearest(name, names))
        if not isinstance(weight, int) or not 0 <= weight <= MOST_WEIGHT:
            what = f"the weight of {name} is {weight!r}"
            raise errors.BadOption(what, hint=f"weights are whole numbers from 0 to {MOST_WEIGHT}")
    return weights


def _expression(name: str, specification: Specification, given: Mapping[str, Any]) -> str:
    """How a machine is made, which is also its name: so the program that Hypothesis prints begins with it."""
    options = {"properties", "measures", "weights", "folder"}
    constants = {name: specification.constants[name] for name in given}
    parts = [repr(name), *([repr(constants)] if options & constants.keys() else [])]
    parts += [f"{name}={value}" for name, value in constants.items() if not options & constants.keys()]
    parts += [f"properties={list(specification.selected)}"] if specification.selected is not None else []
    return f"state_machine({', '.join(parts)})"


@cache
def _taken_names() -> frozenset[str]:
    return frozenset(dir(SpecificationMachine()))


def _method(action: Action | None) -> str:
    """The name of the method for an action: its own, or with an underscore where Hypothesis has one of that name."""
    name = action.name if action else "start"
    return f"{name}_" if name in _taken_names() else name


def _call_of(step: KnownStep) -> str:
    return f"state.{_method(step.action) if step.before else 'start'}({step.written})"


def _rule(action: Action) -> Any:
    def take(self: SpecificationMachine, *, choosing: tuple[str, ...] = (), **given: Any) -> None:
        steps = self.current.steps(action) if self.run and not self.current.outside else ()
        self._call(action.name, steps, given, choosing)

    def is_possible(self: SpecificationMachine) -> bool:
        return not self.current.outside and bool(self.current.steps(action))

    take.__name__ = _method(action)
    drawn = st.runner().flatmap(lambda machine: st.sampled_from(machine.current.steps(action)))
    return precondition(is_possible)(rule(step=drawn)(take))


# The test.


@cache
def _test_case(machine: type[SpecificationMachine]) -> type[unittest.TestCase]:
    class Case(unittest.TestCase):
        settings = Settings(deadline=None, suppress_health_check=list(HealthCheck))

        def runTest(self) -> None:  # noqa: N802  # the name that unittest knows
            __tracebackhide__ = True
            try:
                # What explaining adds is about Fencepost's lines, and it traces all of them.
                phases = [phase for phase in self.settings.phases if phase is not Phase.explain]
                Settings(self.settings, phases=phases)(_test(machine))()
            except BaseException as error:
                for leaf in error.exceptions if isinstance(error, BaseExceptionGroup) else [error]:
                    failed = machine.failures.get(type(leaf))
                    if failed is not None:
                        leaf.add_note(_told(failed, leaf))
                raise

        runTest.is_hypothesis_test = True  # type: ignore[attr-defined]  # for the statistics of the pytest plugin

    Case.__name__ = Case.__qualname__ = f"{machine.__name__}.TestCase"
    Case.__module__ = machine.__module__
    return Case


def _test(machine: type[SpecificationMachine]) -> Callable[[], None]:
    def run(state: SpecificationMachine) -> None:
        state.teardown()
        if state.error is not None:
            note(state.program)
            raise state.error.with_traceback(None)

    # Hypothesis remembers failures by the text of a function and its signature, and the text is always this one.
    run.__annotations__["state"] = machine.__name__
    test = given(_driven(machine))(run)
    for name in ("_hypothesis_internal_use_seed", "_hypothesis_internal_use_reproduce_failure"):
        setattr(test, name, getattr(machine, name, None))  # @seed and @reproduce_failure, on the machine
    return test


class _Driven:
    """A machine that took the steps of a run. Nothing can refer to it weakly: `strategies` says below `walk` why."""

    __slots__ = ("machine",)

    def __init__(self, machine: SpecificationMachine) -> None:
        self.machine = machine

    def __getattr__(self, name: str) -> Any:
        return getattr(self.machine, name)

    def __repr__(self) -> str:
        return repr(self.machine)


@st.composite
def _driven(draw: st.DrawFn, machine: type[SpecificationMachine]) -> _Driven:
    """A machine that has taken the steps of a random run."""
    made = machine()
    try:
        for step in islice(walk(draw, machine.memory, machine.weights), Settings().stateful_step_count + 1):
            made.take(step)
    except (Violated, errors.FencepostError) as error:
        made.error = error
    return _Driven(made)


def counterexample(machine: type[SpecificationMachine], runs: int) -> Trace | None:
    """The shrunk run to a violation among so many random runs, drawn without a random seed; None when there is none."""
    case = machine.TestCase()
    usual: Any = case
    usual.settings = Settings(usual.settings, max_examples=runs, database=None, derandomize=True, print_blob=False)
    machine.failures.clear()
    try:
        case.debug()
    except (Violated, BaseExceptionGroup):
        failed = next(one for kind, one in machine.failures.items() if issubclass(kind, Violated))
        return _shrunk(failed)[1]
    return None


def _shrunk(failed: SpecificationMachine) -> tuple[Trace, Trace]:
    """A run to a violation as Hypothesis shrank it, and as the shrinker of traces does."""
    specification, name = failed.specification, failed.run[-1].violated
    kind = next((prop.kind for prop in specification.properties if prop.name == name), DEADLOCK)
    found = _trace(failed, failed.run, property_name=name, kind=kind, verdict="violated")
    return found, shrink(found, specification, budget=BUDGET)


def _told(failed: SpecificationMachine, error: BaseException) -> str:
    """What is said of a failure besides the program: the run with its changes, the file, and how to replay it."""
    if isinstance(error, Violated):
        name = failed.run[-1].violated
        found, trace = _shrunk(failed)
        head = f"The run of {_states(found)}:"
        if trace.states < found.states:
            head = f"Searching on from this run of {_states(found)} found one of {_states(trace)}:"
    else:
        name = "error"
        trace = _trace(failed, [step for step in failed.run if step.state is not None], verdict="error")
        head = f"The run that leads there, {_states(trace)}:"
    notes = _written(failed, name, trace)
    return "\n".join([head, *run_lines(trace, MOST_LINES - len(notes)), *notes])


def _states(trace: Trace) -> str:
    return f"{trace.states} state{'s' if trace.states != 1 else ''}"


def _trace(failed: SpecificationMachine, run: Sequence[KnownStep], **shows: str) -> Trace:
    return trace_of(failed.specification, failed.reference, run, **shows)


def _written(failed: SpecificationMachine, name: str, trace: Trace) -> list[str]:
    """Writes the trace of a failure; says where it is, and how to look at it again."""
    if failed.folder is None:
        return []
    words = re.sub(r"[^a-zA-Z0-9_.-]+", ".", type(failed).__name__.removeprefix("state_machine")).strip(".")
    if len(words) > _LONGEST_NAME:
        digest = hashlib.sha256(words.encode()).hexdigest()[:8]
        words = f"{words[:_LONGEST_NAME]}-{digest}"
    file = failed.folder / f"{words}.{name}{SUFFIX}"
    try:
        failed.folder.mkdir(parents=True, exist_ok=True)
        write_file(str(file), itf.write(trace))
    except (errors.CannotWrite, OSError) as error:
        return [f"No trace was written: {error}".split("\n")[0]]
    return [f"Written: {file}", f"Replay: fencepost replay {shlex.quote(str(file))} --model {shlex.quote(trace.model)}"]

"""The executions of a specification, side by side: CPython, the interpreter of the representation, and native code.

`compared(model)` gives all of them; `disagreement(executions, state)` asks each for the successors of a state, in
order, and for its properties, and says what differs. CPython is the one to agree with.
"""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from fencepost.checks.native.codec import Codec
from fencepost.checks.native.compile import Options, compile_module
from fencepost.checks.native.kernels import add_model_kernels
from fencepost.checks.native.layout import build_layout
from fencepost.model import Model, Specification
from fencepost.model.errors import NoInitialState, SpecificationError
from fencepost.model.lang import interpret, ir, types
from fencepost.model.lang.lower import lower


@dataclass
class Outcome:
    """Successors as (action, code of the state), or the answers of properties; and what failed, if anything did.

    `told` are the properties whose premise held. CPython does not know, native code has no steps before a failure.
    """

    steps: list[tuple[str, int]] = field(default_factory=list)
    answers: dict[str, bool] = field(default_factory=dict)
    told: set[str] | None = None
    failed: str = ""

    def differs(self, other: Outcome) -> bool:
        if self.failed != other.failed:
            return True
        if self.told is not None and other.told is not None and self.told != other.told:
            return True
        return not self.failed and (self.steps, self.answers) != (other.steps, other.answers)


def asked(owner: Any, state: Any, after: Any, holds: Callable[..., bool]) -> Outcome:
    """The answers of the properties of a state, and of the constraints together; or those of step invariants."""
    found, name = Outcome(), ""
    try:
        for prop in owner.properties:
            if (prop.kind == "step_invariant") == (after is not None):
                name = prop.name
                found.answers[name] = holds(prop, state, after)
        if after is None:
            found.answers["constraints"] = True
            for prop in owner.constraints:
                name = prop.name
                found.answers["constraints"] = found.answers["constraints"] and holds(prop, state)
    except (SpecificationError, interpret.Undefined):
        found.failed = name
    return found


class CPython:
    """The class itself."""

    def __init__(self, specification: Specification) -> None:
        self.specification = specification

    def successors(self, state: Any) -> Outcome:
        found = Outcome()
        for action in self.specification.actions:
            try:
                for arguments in self.specification.arguments(action, state):
                    for step in self.specification.fire(action, state, arguments):
                        found.steps.append((action.name, self.specification.key(step.state)))
            except SpecificationError:
                found.failed = action.name
                break
        return found

    def properties(self, state: Any, after: Any = None) -> Outcome:
        return asked(self.specification, state, after, self.specification.holds)


def runs(program: ir.Program, routine: ir.Routine, state: Any) -> list[int]:
    """The codes of the states that a routine leads to, interpreted. Raises Undefined."""
    environment, found = interpret.Environment(state), []
    ranges = [
        list(item.type.values() if item.collection is None else dict.fromkeys(environment.read(item.collection)))
        for item in routine.inputs
    ]
    for inputs in itertools.product(*ranges):
        for choices in itertools.product(*map(range, routine.choices)):
            try:
                found.append(program.state.code(interpret.run(routine, state, inputs, choices)))
            except interpret.Blocked:
                continue
    return found


class Interpreted:
    """The representation, interpreted."""

    def __init__(self, program: ir.Program) -> None:
        self.program = program

    def successors(self, state: Any) -> Outcome:
        found = Outcome()
        for action in self.program.actions:
            try:
                found.steps += [(action.name, code) for code in runs(self.program, action, state)]
            except interpret.Undefined:
                found.failed = action.name
                break
        return found

    def properties(self, state: Any, after: Any = None) -> Outcome:
        found = asked(self.program, state, after, interpret.holds)
        if not found.failed:
            about = [prop for prop in self.program.properties if prop.name in found.answers]
            found.told = {prop.name for prop in about if self._told(prop, state, after)}
        return found

    def _told(self, prop: ir.Condition, state: Any, after: Any) -> bool:
        try:
            return interpret.premise(prop, state, after)
        except interpret.Undefined:
            return False


class Native:
    """Machine code."""

    def __init__(self, program: ir.Program) -> None:
        from llvmlite import ir as llvm

        self.program = program
        layout = build_layout(program.state)
        self.codec = Codec(layout)
        module = llvm.Module("test")
        self.info = add_model_kernels(module, program, layout, symmetry=False)
        names = ("successors", "check", "check_step")
        self.compiled = compile_module("", lambda: module, names, Options(level=1, cached=False))
        words = ctypes.POINTER(ctypes.c_uint64)
        self._successors = self._function("successors", words, words, ctypes.POINTER(ctypes.c_int32))
        self._check = self._function("check", words, words)
        self._check_step = self._function("check_step", words, words, words)
        room = max(self.info.max_successors, 1)
        self._out = (ctypes.c_uint64 * (room * max(self.info.words, 1)))()
        self._actions = (ctypes.c_int32 * room)()

    def _function(self, name: str, *arguments: Any) -> Any:
        return ctypes.CFUNCTYPE(ctypes.c_int64, *arguments)(self.compiled.addresses[name])

    def _words(self, state: Any) -> Any:
        words = self.codec.encode(state)
        return (ctypes.c_uint64 * max(len(words), 1))(*words)

    def successors(self, state: Any) -> Outcome:
        count = self._successors(self._words(state), self._out, self._actions)
        if count < 0:
            return Outcome(failed=self.program.actions[-1 - count].name)
        size, found = self.info.words, Outcome()
        for position in range(count):
            after = self.codec.decode_stored(self._out[position * size : (position + 1) * size])
            action = self.program.actions[self._actions[position]]
            found.steps.append((action.name, self.program.state.code(after)))
        return found

    def properties(self, state: Any, after: Any = None) -> Outcome:
        result = (ctypes.c_uint64 * 4)()
        if after is None:
            status = self._check(self._words(state), result)
        else:
            status = self._check_step(self._words(state), self._words(after), result)
        properties = self.program.properties
        if status < 0:
            return Outcome(failed=(*properties, *self.program.constraints)[-1 - status].name)
        found = Outcome(told=set())
        for position, prop in enumerate(properties):
            if (after is not None) is (prop.kind == "step_invariant"):
                mask = result[2] if prop.kind == "witness" else ~result[0]
                found.answers[prop.name] = bool(mask >> position & 1)
                if result[1] >> position & 1:
                    found.told.add(prop.name)
        if after is None:
            found.answers |= {"constraints": bool(result[3])}
        return found


@dataclass
class Compared:
    """A specification and its executions, the one to agree with first."""

    specification: Specification
    program: ir.Program
    executions: Sequence[Any]


def compared(model: type[Model], *, native: bool = True, **constants: Any) -> Compared:
    """A model's executions. Raises SpecificationError for what cannot be lowered."""
    specification = Specification(model, constants)
    program = lower(specification)
    found = [CPython(specification), Interpreted(program), *([Native(program)] if native else [])]
    return Compared(specification, program, found)


def disagreement(these: Compared, state: Any, after: Any = None) -> str:
    """How executions differ on a state, or on a step; empty when they agree."""
    questions = ("successors", "properties") if after is None else ("properties",)
    for question in questions:
        given = (state,) if question == "successors" else (state, after)
        first, *others = [getattr(execution, question)(*given) for execution in these.executions]
        for execution, other in zip(these.executions[1:], others, strict=True):
            if first.differs(other) or others[0].differs(other):
                name = type(execution).__name__
                step = f"\n  after {after}" if after is not None else ""
                return f"{question} of\n  {state}{step}\nCPython: {_shown(these, first, other)}\n{name}: {_shown(these, other, first)}"
    return ""


def _shown(these: Compared, outcome: Outcome, other: Outcome) -> str:
    """What is in an outcome that is not in the other one, at its place."""
    if outcome.failed != other.failed:
        return f"an error in {outcome.failed}" if outcome.failed else "no error"
    for position, (name, code) in enumerate(outcome.steps):
        if position >= len(other.steps) or other.steps[position] != (name, code):
            return f"step {position} of {len(outcome.steps)}: {name} -> {these.specification.state(code)}"
    wrong = {name: answer for name, answer in outcome.answers.items() if other.answers.get(name) != answer}
    return f"{len(outcome.steps)} steps, properties {wrong or outcome.answers}, premises of {outcome.told}"


def reachable(specification: Specification, limit: int, starts: Sequence[Any] = ()) -> Iterator[Any]:
    """Reachable states, breadth first, up to a limit; where an action fails, what it found before is followed."""
    execution = CPython(specification)
    seen = dict.fromkeys(specification.key(state) for state in starts or specification.initial_states())
    queue = list(seen)
    for key in queue:
        state = specification.state(key)
        yield state
        found = execution.successors(state)
        for _, after in found.steps:
            if after not in seen and len(seen) < limit:
                seen[after] = None
                queue.append(after)


def assert_agreement(model: type[Model], *, limit: int = 300, steps: int = 3, **constants: Any) -> int:
    """Asserts that all executions agree on every reachable state, up to a limit; how many there were."""
    these = compared(model, **constants)
    count = 0
    for state in reachable(these.specification, limit):
        count += 1
        assert not (found := disagreement(these, state)), found
        for _, code in these.executions[0].successors(state).steps[:steps]:
            assert not (found := disagreement(these, state, these.specification.state(code))), found
    return count


def random_value(kind: types.Type, below: Any) -> Any:
    """A stored value of a type. `below(n)` gives a number from 0 to n - 1."""
    match kind:
        case types.Option(inner=inner):
            return None if below(3) == 0 else random_value(inner, below)
        case types.Union(members=members):
            return random_value(members[below(len(members))], below)
        case types.Struct(fields=fields):
            return kind.make(kind, {name: random_value(part, below) for name, part in fields})
        case types.Map(key=key, element=element):
            return kind.make(kind, [random_value(element, below) for _ in range(key.count)])
        case types.Set() | types.Seq() | types.Bag():
            return kind.fit([random_value(kind.element, below) for _ in range(below(min(kind.capacity, 4) + 1))])
    return kind.unrank(below(kind.count))


def initial_disagreement(these: Compared) -> str:
    """How CPython and the interpreter differ on the initial states; empty when they agree."""
    specification, program = these.specification, these.program
    first: list[int] | str
    second: list[int] | str
    try:
        first = [specification.key(state) for state in specification.initial_states()]
    except SpecificationError as error:
        first = [] if isinstance(error, NoInitialState) else "an error"
    try:
        codes = [code for routine in program.inits for code in runs(program, routine, specification.blank())]
        second = list(dict.fromkeys(codes)) if program.inits else [specification.key(specification.blank())]
    except interpret.Undefined:
        second = "an error"
    return "" if first == second else f"initial states\nCPython: {first}\nInterpreted: {second}"


def premises(these: Compared, state: Any) -> set[str]:
    """The properties whose premise holds in a state, on which the interpreter and native code agree."""
    interpreted, native = (execution.properties(state).told for execution in these.executions[1:])
    assert interpreted == native
    return set(native)

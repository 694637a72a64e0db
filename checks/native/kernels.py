"""The kernels of a model: `successors`, `check`, `check_step`, `canonicalise` and `transpose`.

| symbol                                                | does                                                       |
|-------------------------------------------------------|------------------------------------------------------------|
| `i64 successors(i64* state, i64* out, i32* actions)`  | every successor of a state, in the order of CPython        |
| `i64 act(i64* state, i64* out, i32* actions, i64 a)`  | the successors by action number a, in place of the above   |
| `i64 check(i64* state, i64* result)`                  | invariants, witnesses and constraints of a state           |
| `i64 check_step(i64* before, i64* after, i64* result)`| step invariants of a step                                  |
| `void canonicalise(i64* state)`                       | the representative of a state; only with symmetric domains |
| `void transpose(i64* states, i64 count, i32 swap)`    | exchanges two neighbouring identities; likewise            |

`successors` puts the words of the k-th successor at `out[k * words]` and the index of its action at `actions[k]`,
and returns how many there are, or `-(1 + action)` when an action fails with an error; what is in `out` is then
unspecified. It never writes more than `max_successors` successors. `act` does the same for one action: a search wants
all successors of a state, a random walk only one.

`check` fills result[0] with a mask of the invariants that are false, result[1] of the properties whose premise is
true, result[2] of the witnesses that are true (bits are positions in `program.properties`), and result[3] with 1 if
all constraints are satisfied, else 0. It returns 0, or `-(1 + position)` when a property fails with an error; for
constraints the positions go on after the properties. `check_step` fills result[0] with the step invariants that are
false and result[1] with premises, and returns the same. A premise that fails is false, not an error.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from llvmlite import ir as llvm

from ...model import errors
from ...model.lang import ir
from . import collection_expressions, conversions, expressions, folds, statements  # noqa: F401  # they register handlers
from .canonical import add_canonicalise, add_transpose
from .codes import capacity
from .emitter import Code, Value, number
from .layout import Layout
from .loops import each
from .registers import I32, I64
from .states import Successor, Words
from .symmetry import count_permutations

MAX_PROPERTIES = 63
POINTER = I64.as_pointer()


@dataclass(frozen=True)
class KernelInfo:
    """What an engine has to know of a model's kernels. `permutations` is 1 without symmetric domains."""

    words: int
    max_successors: int
    actions: int
    properties: int
    has_step_invariants: bool
    permutations: int

    @property
    def symbols(self) -> tuple[str, ...]:
        """The names of the kernels there are."""
        always = ("successors", "check", "check_step")
        return (*always, "canonicalise", "transpose") if self.permutations > 1 else always


def kernel_info(program: ir.Program, layout: Layout) -> KernelInfo:
    """What an engine has to know, without compiling anything. Raises UnsupportedType for what kernels cannot do."""
    if len(program.properties) > MAX_PROPERTIES:
        raise errors.UnsupportedType(
            f"{program.name} has {len(program.properties)} properties; the native engine handles {MAX_PROPERTIES}",
            hint="split them over several subclasses",
        )
    return KernelInfo(
        words=layout.words,
        max_successors=sum(_most_successors(action) for action in program.actions),
        actions=len(program.actions),
        properties=len(program.properties),
        has_step_invariants=any(found.kind == "step_invariant" for found in program.properties),
        permutations=count_permutations(program.state),
    )


def _most_successors(action: ir.Routine) -> int:
    ranges = (
        found.type.count if found.collection is None else capacity(found.collection.type)  # type: ignore[arg-type]  # a collection
        for found in action.inputs
    )
    return math.prod(ranges) * math.prod(action.choices)


def add_model_kernels(
    module: Any, program: ir.Program, layout: Layout, *, linkage: str = "", symmetry: bool = True, single: bool = False
) -> KernelInfo:
    """Adds the kernels to an llvmlite module. `linkage="internal"` keeps them inside it.

    Without `symmetry` there is no `canonicalise` and `transpose`, which saves compiling them. With `single` there is
    `act` in place of `successors`. Raises UnsupportedType,
    UnsupportedExpression, and StateTooLarge for symmetric domains with too many permutations.
    """
    info = kernel_info(program, layout)
    maker = _Maker(module, program, layout, linkage)
    try:
        if single:
            maker.act()
        else:
            maker.successors()
        maker.check()
        maker.check_step()
    except RecursionError:
        raise errors.UnsupportedExpression(
            f"a method of {program.name} is nested too deeply to be compiled",
            hint="split it into several methods or statements",
        ) from None
    if symmetry and info.permutations > 1:
        add_canonicalise(module, layout, linkage)
        add_transpose(module, layout, linkage)
    return info


class _Maker:
    """Adds functions to a module."""

    def __init__(self, module: Any, program: ir.Program, layout: Layout, linkage: str) -> None:
        self.module, self.program, self.layout, self.linkage = module, program, layout, linkage

    def function(self, name: str, result: Any, parameters: list[Any], *, internal: bool = False) -> Any:
        found = llvm.Function(self.module, llvm.FunctionType(result, parameters), name)
        found.linkage = "internal" if internal else self.linkage
        found.attributes.add("nounwind")
        for argument in found.args:
            if isinstance(argument.type, llvm.PointerType):
                argument.add_attribute("noalias")
        return found

    # Successors.

    def successors(self) -> None:
        """One function an action, and one that calls them all."""
        actions = [self.action(index, found) for index, found in enumerate(self.program.actions)]
        function = self.function("successors", I64, [POINTER, POINTER, I32.as_pointer()])
        builder = llvm.IRBuilder(function.append_basic_block())
        count = number(0)
        for action in actions:
            count = builder.call(action, [*function.args, count])
            failed, onward = function.append_basic_block(), function.append_basic_block()
            branch = builder.cbranch(builder.icmp_signed("<", count, number(0)), failed, onward)
            branch.set_weights([1, 2000])
            builder.position_at_end(failed)
            builder.ret(count)
            builder.position_at_end(onward)
        builder.ret(count)

    def act(self) -> None:
        """One function an action, and one that calls one of them."""
        actions = [self.action(index, found) for index, found in enumerate(self.program.actions)]
        function = self.function("act", I64, [POINTER, POINTER, I32.as_pointer(), I64])
        *arguments, chosen = function.args
        builder = llvm.IRBuilder(function.append_basic_block())
        other = function.append_basic_block()
        switch = builder.switch(chosen, other)
        for index, action in enumerate(actions):
            block = function.append_basic_block()
            switch.add_case(number(index), block)
            builder.position_at_end(block)
            builder.ret(builder.call(action, [*arguments, number(0)]))
        builder.position_at_end(other)
        builder.unreachable()

    def action(self, index: int, routine: ir.Routine) -> Any:
        """`i64 action(state, out, actions, count)`: adds an action's successors after the first `count`."""
        kinds = [POINTER, POINTER, I32.as_pointer(), I64]
        function = self.function(f"action.{index}.{routine.name}", I64, kinds, internal=True)
        state, out, actions, before = function.args
        code = Code(function)
        code.local_types = dict(routine.locals)
        words = code.roots[ir.STATE] = Successor(code, self.layout, state)
        count = code.variable(I64)
        code.store(before, count)
        code.choices = [(code.variable(I64), code.variable(I64)) for _ in routine.choices]

        def instance(arguments: list[Value]) -> None:
            for chosen, _ in code.choices:
                code.store(number(0), chosen)
            run, ended = code.block("run"), code.block("ended")
            code.jump(run)
            code.at(run)
            position = code.load(count)
            words.begin(code, element(code, out, code.mul(position, number(self.layout.words))))
            for found, argument in zip(routine.inputs, arguments, strict=True):
                code.store(argument, code.local(found.name, found.type))
            for _, size in code.choices:
                code.store(number(1), size)
            code.disabled = ended
            code.run(routine.body)
            if not code.terminated:
                words.finish(code)
                code.store(number(index, I32), element(code, actions, position))
                code.store(code.add(position, number(1)), count)
            code.jump(ended)
            code.at(ended)
            self.next_choice(code, run)

        self.inputs(code, routine.inputs, words, [], instance)
        code.builder.ret(code.load(count))
        code.at(code.failed)
        code.builder.ret(number(-1 - index))
        code.finish()
        return function

    def inputs(
        self,
        code: Code,
        inputs: tuple[ir.Input, ...],
        words: Words,
        arguments: list[Value],
        instance: Callable[[list[Value]], None],
    ) -> None:
        """Emits loops over the inputs, the last varying fastest; collections are those of the state before the step."""
        if not inputs:
            instance(arguments)
            return
        first, rest = inputs[0], inputs[1:]
        source: ir.Source = ir.Values(first.type)
        if first.collection is not None:
            words.reset(code)
            source = ir.Elements(ir.Load(first.collection))

        def visit(value: Value, _: object) -> None:
            self.inputs(code, rest, words, [*arguments, value], instance)

        each(code, source, visit, distinct=True)

    def next_choice(self, code: Code, run: Value) -> None:
        """Goes back to run with the next choices: the last site that has another option takes it."""
        for site in reversed(range(len(code.choices))):
            chosen, size = code.choices[site]
            following = code.add(code.load(chosen), number(1))
            another, onward = code.block("another"), code.block("exhausted")
            code.branch(code.compare("<", following, code.load(size)), another, onward)
            code.at(another)
            code.store(following, chosen)
            for later, _ in code.choices[site + 1 :]:
                code.store(number(0), later)
            code.jump(run)
            code.at(onward)

    # Properties.

    def check(self) -> None:
        """Evaluates properties of one state, and the constraints."""
        function = self.function("check", I64, [POINTER, POINTER])
        state, result = function.args
        code = Code(function)
        false, premise, true = (code.variable(I64) for _ in range(3))
        for variable in (false, premise, true):
            code.store(number(0), variable)
        for position, found in enumerate(self.program.properties):
            if found.kind != "step_invariant":
                wanted = found.kind == "witness"
                self.ask(code, position, found, [state], true if wanted else false, premise, wanted)
        within = self.within(code, state)
        for position, value in enumerate((code.load(false), code.load(premise), code.load(true), within)):
            code.store(value, element(code, result, number(position)))
        code.builder.ret(number(0))
        self.leave(code)

    def within(self, code: Code, state: Value) -> Value:
        """Whether all constraints are satisfied, as i64; none is asked after one that is not."""
        answer, done = code.variable(I64), code.block("constrained")
        code.store(number(0), answer)
        for offset, found in enumerate(self.program.constraints):
            satisfied, onward = code.variable(I64), code.block("satisfied")
            code.store(number(0), satisfied)
            self.ask(code, len(self.program.properties) + offset, found, [state], satisfied, None, True)
            code.branch(code.compare("!=", code.load(satisfied), number(0)), onward, done)
            code.at(onward)
        code.store(number(1), answer)
        code.jump(done)
        code.at(done)
        return code.load(answer)

    def check_step(self) -> None:
        """Evaluates step invariants of one step."""
        function = self.function("check_step", I64, [POINTER, POINTER, POINTER])
        before, after, result = function.args
        code = Code(function)
        false, premise = code.variable(I64), code.variable(I64)
        for variable in (false, premise):
            code.store(number(0), variable)
        for position, found in enumerate(self.program.properties):
            if found.kind == "step_invariant":
                self.ask(code, position, found, [before, after], false, premise, False)
        for position, variable in enumerate((false, premise)):
            code.store(code.load(variable), element(code, result, number(position)))
        code.builder.ret(number(0))
        self.leave(code)

    def ask(
        self,
        code: Code,
        position: int,
        found: ir.Condition,
        states: list[Value],
        mask: Value,
        premises: Value | None,
        wanted: bool,
    ) -> None:
        """Calls the function of a condition; notes in `mask` if its value is the wanted one."""
        answer = code.builder.call(self.condition(position, found, len(states)), states)
        failed = code.block("failed")
        onward = code.block("answered")
        code.branch(code.compare("<", answer, number(0), sign=True), failed, onward, unlikely=True)
        code.at(failed)
        code.builder.ret(number(-1 - position))
        code.at(onward)
        bit = number(min(position, MAX_PROPERTIES))
        value = code.and_(answer, number(1))
        if not wanted:
            value = code.xor(value, number(1))
        code.store(code.or_(code.load(mask), code.shl(value, bit)), mask)
        if premises is not None:
            told = code.lshr(answer, number(1))
            code.store(code.or_(code.load(premises), code.shl(told, bit)), premises)

    def leave(self, code: Code) -> None:
        """Completes a function that has no failing operations of its own."""
        code.at(code.failed)
        code.builder.unreachable()
        code.finish()

    def condition(self, position: int, found: ir.Condition, states: int) -> Any:
        """`i64 condition(state, ...)`: bit 0 the value, bit 1 the premise; negative on an error."""
        function = self.function(f"property.{position}.{found.name}", I64, [POINTER] * states, internal=True)
        code = Code(function)
        code.local_types = dict(found.locals)
        for root, pointer in zip((ir.STATE, ir.AFTER), function.args, strict=False):
            code.roots[root] = Words(code, self.layout, pointer)
        value = code.resize(code.value(found.value), I64)
        first = code.failed
        code.failed = code.disabled = code.block("nothing_to_say")
        told = code.resize(code.value(found.premise), I64)
        code.builder.ret(code.or_(value, code.shl(told, number(1))))
        code.at(code.failed)
        code.builder.ret(value)
        code.at(first)
        code.builder.ret(number(-1))
        code.finish()
        return function


def element(code: Code, pointer: Value, index: Value) -> Value:
    """The address of an element of an array."""
    return code.builder.gep(pointer, [index], inbounds=True)

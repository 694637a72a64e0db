"""The contracts of the kernels: order, counts, errors, masks."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from fencepost.checks.native.kernels import kernel_info
from fencepost.checks.native.layout import build_layout
from fencepost.model import errors
from fencepost.model.lang import interpret, ir, types
from native.strategies import BOOL, THREE, TWO, map_of, states, struct_of
from native.support import TRUE, Native, action, agree, field, number, place, program

NUMBER = types.Int(0, 15)
LIST = types.Seq(types.Int(0, 3), 4)
MASK = types.Set(THREE, None)
BAG = types.Bag(types.Int(0, 3), 4)
STATE = states(NUMBER, LIST, MASK, BAG)


def state(n: int = 0, seq: Any = (), mask: Any = (), bag: Any = ()) -> Any:
    return STATE.make(STATE, {"f0": n, "f1": seq, "f2": mask, "f3": bag})


def load(name: str) -> ir.Load:
    return ir.Load(field(STATE, name))


def put(value: ir.Expr) -> ir.Store:
    return ir.Store(field(STATE, "f0"), value)


def numbers(found: Any) -> list[int]:
    return [after._values["f0"] for _, after in found]


def local(name: str, kind: types.Type) -> ir.Local:
    return ir.Local(name, kind)


def sum_of(*parts: ir.Expr) -> ir.Expr:
    """A number with these digits, in base 3."""
    total: ir.Expr = number(0)
    for part in parts:
        shifted = ir.Arithmetic("*", total, number(3), types.Int(0, 1000))
        total = ir.Arithmetic("+", shifted, part, types.Int(0, 1000))
    return ir.Convert(total, NUMBER)


def test_the_last_input_varies_fastest() -> None:
    digits = types.Int(0, 2)
    inputs = [ir.Input("a", digits, None), ir.Input("b", digits, None)]
    made = program(STATE, action(put(sum_of(local("a", digits), local("b", digits))), inputs=inputs))
    (found,) = agree(made, [state()])
    assert numbers(found) == list(range(9))


@pytest.mark.parametrize(
    ("name", "kind", "given", "seen"),
    [
        ("f1", LIST, {"seq": (3, 1, 3, 1)}, [3, 1]),
        ("f3", BAG, {"bag": (1, 1, 3, 3)}, [1, 3]),
        ("f2", MASK, {"mask": (0, 2)}, [0, 2]),
    ],
)
def test_inputs_are_distinct_elements_of_the_state_before(name: str, kind: Any, given: Any, seen: Any) -> None:
    inputs = [ir.Input("a", kind.element, field(STATE, name)), ir.Input("b", kind.element, field(STATE, name))]
    clear = [ir.Store(field(STATE, part), ir.Const((), STATE.field[part])) for part in ("f1", "f2", "f3")]
    a, b = (ir.Convert(local(x, kind.element), NUMBER) for x in "ab")
    (found,) = agree(program(STATE, action(*clear, put(sum_of(a, b)), inputs=inputs)), [state(**given)])
    assert numbers(found) == [3 * x + y for x in seen for y in seen]


def test_choices_are_enumerated_in_order() -> None:
    pairs = [
        ir.Choose(0, "a", BOOL, ir.Values(BOOL)),
        ir.If(
            local("a", BOOL),
            (
                ir.Choose(1, "b", types.Int(0, 3), ir.Elements(load("f3"), "i")),
                put(ir.Convert(local("i", NUMBER), NUMBER)),
            ),
            (ir.Choose(2, "c", NUMBER, ir.Numbers(number(9), number(3), -2, 3)), put(local("c", NUMBER))),
        ),
    ]
    names = {"a": BOOL, "b": types.Int(0, 3), "c": NUMBER, "i": ir.Integer()}
    made = program(STATE, action(*pairs, choices=[2, 4, 3], **names))
    found = agree(made, [state(bag=(0, 2, 2)), state()])
    assert [numbers(one) for one in found] == [[9, 7, 5, 0, 1, 2], [9, 7, 5]]


def test_an_element_of_a_mask_is_chosen() -> None:
    chosen = ir.Choose(0, "a", THREE, ir.Elements(load("f2"), None, True))
    made = program(STATE, action(chosen, put(ir.Convert(local("a", THREE), NUMBER)), choices=[3], a=THREE))
    found = agree(made, [state(mask=mask) for mask in ((), (1,), (0, 2), (0, 1, 2))], level=3)
    assert [numbers(one) for one in found] == [[], [1], [2, 0], [2, 1, 0]]


def test_the_first_action_that_fails_is_told() -> None:
    fine = action(put(number(1)))
    failing = action(ir.Require(ir.Compare("==", load("f0"), number(7))), ir.Assert(ir.Const(False, BOOL)))
    made = program(STATE, fine, failing, failing)
    assert agree(made, [state(7), state(6)]) == [-2, [(0, state(1))]]


def test_an_action_that_is_disabled_before_it_fails_does_not_fail() -> None:
    made = program(STATE, action(ir.Require(ir.Const(False, BOOL)), ir.Assert(ir.Const(False, BOOL))))
    assert agree(made, [state()]) == [[]]


def test_the_bound_on_successors_counts_inputs_and_choices() -> None:
    inputs = [ir.Input("a", THREE, None), ir.Input("b", THREE, field(STATE, "f2"))]
    body = [ir.Choose(0, "c", BOOL, ir.Values(BOOL)), ir.Choose(1, "d", THREE, ir.Elements(load("f2")))]
    made = program(STATE, action(*body, inputs=inputs, choices=[2, 3], c=BOOL, d=THREE), action(put(number(0))))
    info = kernel_info(made, build_layout(STATE))
    assert info.max_successors == 3 * 3 * 2 * 3 + 1
    found = Native(made, symmetry=False).successors(state(mask=(0, 1, 2)))
    assert isinstance(found, list) and len(found) == info.max_successors


# Properties.


def condition(kind: str, value: ir.Expr, premise: ir.Expr = TRUE, **names: types.Type) -> ir.Condition:
    return ir.Condition(kind, kind, names, value, premise)


def is_number(value: int) -> ir.Expr:
    return ir.Compare("==", load("f0"), number(value))


def test_masks_of_properties() -> None:
    properties = [
        condition("invariant", is_number(1)),
        condition("witness", is_number(1), ir.Const(False, BOOL)),
        condition("step_invariant", is_number(1)),
        condition("witness", is_number(2), is_number(5)),
        condition("invariant", ir.Not(is_number(2)), is_number(2)),
    ]
    made = ir.Program("Test", STATE, (), (), tuple(properties), (condition("constraint", ir.Not(is_number(2))),))
    native = Native(made, symmetry=False)
    assert native.check(state(1)) == [0, 0b00001, 0b00010, 1]
    assert native.check(state(2)) == [0b10001, 0b10001, 0b01000, 0]
    assert native.info.has_step_invariants


def test_steps_are_checked_with_both_states() -> None:
    before, after = load("f0"), ir.Load(place(ir.AFTER, STATE, "f0"))
    properties = [
        condition("invariant", is_number(1)),
        condition("step_invariant", ir.Compare("<=", before, after), ir.Compare("!=", before, after)),
        condition("step_invariant", ir.Compare("<", before, number(3))),
    ]
    native = Native(program(STATE, properties=properties), symmetry=False)
    assert native.check_step(state(1), state(2)) == [0, 0b110]
    assert native.check_step(state(2), state(2)) == [0, 0b100]
    assert native.check_step(state(5), state(2)) == [0b110, 0b110]


def test_errors_in_properties_are_told() -> None:
    head = ir.Compare("==", ir.Index(load("f1"), number(0), types.Int(0, 3)), number(1))
    fine, constraint = condition("invariant", ir.Const(True, BOOL), head), condition("constraint", head)
    made = ir.Program("Test", STATE, (), (), (fine,), (condition("constraint", is_number(1)), constraint))
    native = Native(made, symmetry=False)
    assert native.check(state(1, (1,))) == [0, 1, 0, 1]
    assert native.check(state(2, ())) == [0, 0, 0, 0]  # A premise that fails is false; the first constraint decides.
    assert native.check(state(1, ())) == -3
    made = program(STATE, properties=[fine, condition("witness", head), condition("step_invariant", head)])
    native = Native(made, symmetry=False)
    assert native.check(state()) == -2
    assert native.check_step(state(), state()) == -3
    assert native.check_step(state(seq=(2,)), state()) == [0b100, 0b100]


def test_64_properties_are_too_many() -> None:
    made = program(STATE, properties=[condition("invariant", is_number(1))] * 63)
    assert Native(made, symmetry=False).check(state(2)) == [2**63 - 1, 2**63 - 1, 0, 1]
    with pytest.raises(errors.UnsupportedType, match="64 properties"):
        kernel_info(program(STATE, properties=[condition("invariant", is_number(1))] * 64), build_layout(STATE))


def test_a_false_property_says_require() -> None:
    asked = ir.Do((ir.Require(is_number(1)),), ir.Const(True, BOOL))
    native = Native(program(STATE, properties=[condition("invariant", asked)]), symmetry=False)
    assert native.check(state(1)) == [0, 1, 0, 1]
    assert native.check(state(2)) == -1


# Collections in memory are changed in place, and nobody can tell.

PAIR = struct_of(types.Int(0, 2**20), THREE)
LONG = states(types.Seq(PAIR, 20), types.Set(PAIR, 30), types.Bag(PAIR, 25), PAIR)


def pairs(*numbers: int) -> tuple[Any, ...]:
    return tuple(PAIR.make(PAIR, {"f0": one, "f1": one % 3}) for one in numbers)


def long_state(seq: Any = (), numbers: Any = (), bag: Any = (), last: int = 5) -> Any:
    return LONG.make(LONG, {"f0": pairs(*seq), "f1": pairs(*numbers), "f2": pairs(*bag), "f3": pairs(last)[0]})


def at(name: str) -> ir.Place:
    return field(LONG, name)


def changed_by(name: str, *body: ir.Stmt, **names: types.Type) -> list[int]:
    """What one action makes of a field of a state with three elements in each collection: the numbers in it."""
    before = long_state((7, 3, 7), (2, 4, 9), (1, 1, 8))
    ((made,),) = agree(program(LONG, action(*body, **names)), [before], level=3)
    return [item._values["f0"] for item in made[1]._values[name]]


def test_an_operand_may_change_what_is_changed() -> None:
    """The collection is what it was before its operand was computed."""
    four, six = (ir.Const(pairs(one)[0], PAIR) for one in (4, 6))
    add = ir.Store(at("f2"), ir.Insert(ir.Load(at("f2")), four, at("f2").type))
    value = ir.Insert(ir.Load(at("f2")), ir.Do((add,), six), at("f2").type)
    assert changed_by("f2", ir.Store(at("f2"), value)) == [1, 1, 6, 8]
    clear = ir.Store(at("f0"), ir.Const((), at("f0").type))
    value = ir.WithItem(ir.Load(at("f0")), ir.Do((clear,), number(1)), six, at("f0").type)
    assert changed_by("f0", ir.Store(at("f0"), value)) == [7, 6, 7]


def test_a_collection_may_be_added_to_itself() -> None:
    twice = ir.Concat(ir.Load(at("f0")), ir.Load(at("f0")), at("f0").type)
    assert changed_by("f0", ir.Store(at("f0"), twice)) == [7, 3, 7] * 2
    union = ir.SetOperation("|", ir.Load(at("f1")), ir.Load(at("f1")), at("f1").type)
    assert changed_by("f1", ir.Store(at("f1"), union)) == [2, 4, 9]


def test_a_loop_runs_over_what_there_was() -> None:
    kind = at("f2").type
    item = local("x", PAIR)
    remove = ir.Store(at("f2"), ir.Remove(ir.Load(at("f2")), item, True, kind))
    loop = ir.For("x", PAIR, ir.Elements(ir.Load(at("f2"))), (remove,), "next")
    assert changed_by("f2", loop, x=PAIR) == []
    grow = ir.Assign("xs", ir.Concat(local("xs", at("f0").type), local("xs", at("f0").type), at("f0").type))
    loop = ir.For("x", PAIR, ir.Elements(local("xs", at("f0").type)), (grow,), "next")
    body = [ir.Assign("xs", ir.Slice(ir.Load(at("f0")), number(1), None, at("f0").type)), loop]
    store = ir.Store(at("f0"), local("xs", at("f0").type))
    assert changed_by("f0", *body, store, x=PAIR, xs=at("f0").type) == [3, 7] * 4


def test_a_name_for_a_collection_is_what_it_was() -> None:
    kind = at("f1").type
    body = [
        ir.Assign("old", ir.Load(at("f1"))),
        ir.Store(at("f1"), ir.Remove(ir.Load(at("f1")), ir.Const(pairs(4)[0], PAIR), True, kind)),
        ir.Assign("new", ir.Load(at("f1"))),
        ir.Store(at("f1"), ir.SetOperation("-", local("old", kind), local("new", kind), kind)),
    ]
    assert changed_by("f1", *body, old=kind, new=kind) == [4]


def test_a_step_that_is_given_up_leaves_nothing_behind() -> None:
    """Neither for the next argument, nor for the next option, nor for the next action."""
    kind = at("f2").type
    inputs = [ir.Input("a", PAIR, at("f2"))]
    body = [
        ir.Store(at("f2"), ir.Insert(ir.Load(at("f2")), local("a", PAIR), kind)),
        ir.Choose(0, "b", PAIR, ir.Elements(ir.Load(at("f0")))),
        ir.Require(ir.Compare("!=", local("b", PAIR), ir.Const(pairs(3)[0], PAIR))),
        ir.Store(at("f2"), ir.Insert(ir.Load(at("f2")), local("b", PAIR), kind)),
    ]
    full = [
        ir.Store(at("f1"), ir.SetOperation("|", ir.Load(at("f1")), ir.Const(pairs(50), at("f1").type), at("f1").type))
    ]
    made = program(LONG, action(*body, inputs=inputs, choices=[20], b=PAIR), action(*full))
    agree(made, [long_state((3, 9, 3, 10), (2,), (1, 1, 8)), long_state((3,), (2,), (1, 1, 8))], level=3)


# What the random programs do not reach.


def test_structs_and_maps_are_converted_part_by_part() -> None:
    narrow, wide = struct_of(types.Int(0, 3), BOOL), struct_of(types.Int(-1, 9), BOOL)
    few, many = map_of(TWO, types.Int(0, 3)), map_of(TWO, types.Int(2, 9))
    kind = states(wide, many, narrow, few)
    there = ir.Store(field(kind, "f0"), ir.Convert(ir.Load(field(kind, "f2")), wide))
    back = ir.Store(field(kind, "f2"), ir.Convert(ir.Load(field(kind, "f0")), narrow))
    maps = ir.Store(field(kind, "f1"), ir.Convert(ir.Load(field(kind, "f3")), many))

    def make(low: int, entries: list[int]) -> Any:
        parts = {"f0": wide.make(wide, {"f0": low, "f1": True}), "f1": many.make(many, [2, 2])}
        parts |= {"f2": narrow.make(narrow, {"f0": 2, "f1": False}), "f3": few.make(few, entries)}
        return kind.make(kind, parts)

    found = agree(
        program(kind, action(there), action(back), action(maps)), [make(3, [2, 3]), make(3, [0, 3]), make(4, [2, 2])]
    )
    assert [one if isinstance(one, int) else len(one) for one in found] == [3, -3, -2]


@pytest.mark.parametrize(
    ("op", "left", "right"),
    [("+", 2**63 - 1, 1), ("-", -(2**63), 1), ("*", 2**62, 2), ("//", -(2**63), -1)],
)
def test_what_leaves_64_bits_is_an_error(op: Any, left: int, right: int) -> None:
    kind = ir.Integer()
    value = ir.Arithmetic(op, local("x", kind), local("y", kind), kind)
    body = [ir.Assign("x", ir.Const(left, kind)), ir.Assign("y", ir.Const(right, kind)), ir.Assign("z", value)]
    test = ir.Require(ir.Compare("==", local("z", kind), local("z", kind)))
    for level in (0, 3):
        native = Native(program(STATE, action(*body, test, x=kind, y=kind, z=kind)), level=level, symmetry=False)
        assert native.successors(state()) == -1


@pytest.mark.parametrize("divisor", [-3, -1, 1, 2, 7])
@pytest.mark.parametrize("op", ["//", "%"])
def test_division_rounds_down(op: Any, divisor: int) -> None:
    signed = types.Int(-9, 9)
    kind = states(signed, signed)
    value = ir.Arithmetic(op, ir.Load(field(kind, "f0")), ir.Load(field(kind, "f1")), signed)
    made = program(kind, action(ir.Store(field(kind, "f0"), value)))
    agree(made, [kind.make(kind, {"f0": number, "f1": divisor}) for number in range(-9, 10)], level=3)


def test_integers_wider_than_64_bits_are_refused() -> None:
    kind = states(types.Int(0, 2**64))
    with pytest.raises(errors.UnsupportedType, match="64 bits"):
        Native(program(kind, action(ir.Require(ir.Compare("==", ir.Load(field(kind, "f0")), number(0))))))


def test_the_state_can_be_copied_whole() -> None:
    kind = states(struct_of(map_of(TWO, types.Set(types.Int(1, 70), None)), types.Int(3, 3)), THREE)
    whole = ir.Place(ir.STATE, (), kind)
    body = [
        ir.Assign("old", ir.Load(whole)),
        ir.Store(field(kind, "f1"), ir.Const(2, THREE)),
        ir.Store(
            place("old", kind, "f0", "f0", ir.Const(1, TWO)), ir.Const((5, 69), types.Set(types.Int(1, 70), None))
        ),
        ir.Store(whole, ir.Load(ir.Place("old", (), kind))),
    ]
    agree(program(kind, action(*body, old=kind)), [kind.default()], level=3)


def test_labels_may_be_used_again() -> None:
    inner = ir.Block("end", (ir.Exit("end"),))
    made = program(STATE, action(ir.Block("end", (inner, put(number(4)), ir.Exit("end"), put(number(5))))))
    assert [numbers(found) for found in agree(made, [state()])] == [[4]]


def test_the_interpreter_raises_what_the_tests_rely_on() -> None:
    with pytest.raises(interpret.Undefined):
        interpret.run(action(ir.Assert(ir.Const(False, BOOL))), state(), ())
    with pytest.raises(interpret.Blocked):
        interpret.run(action(ir.Require(ir.Const(False, BOOL))), state(), ())


def test_nesting_without_end_is_refused() -> None:
    value: ir.Expr = is_number(1)
    for _ in range(sys.getrecursionlimit()):
        value = ir.Not(value)
    with pytest.raises(errors.UnsupportedExpression, match="nested too deeply"):
        Native(program(STATE, properties=[condition("invariant", value)]))


def test_what_is_not_needed_does_not_matter() -> None:
    kind = ir.Integer()
    unset = ir.Compare("==", ir.Arithmetic("+", local("x", types.Int(0, 5)), number(1), types.Int(0, 6)), number(3))
    other = ir.Contains(local("y", THREE), load("f2"))
    tests = [ir.And((is_number(1), unset, other)), ir.Not(ir.Or((ir.Not(is_number(1)), ir.Not(other), ir.Not(unset))))]
    body = [ir.If(is_number(1), (ir.Assign("x", number(2)), ir.Assign("y", ir.Const(1, THREE))), ())]
    names = {"x": types.Int(0, 5), "y": THREE, "z": kind}
    made = program(STATE, *(action(*body, ir.Require(test), **names) for test in tests))
    found = Native(made, level=3, symmetry=False)
    assert [found.successors(state(n, mask=(1,))) for n in (0, 1)] == [
        [],
        [(0, state(1, mask=(1,))), (1, state(1, mask=(1,)))],
    ]

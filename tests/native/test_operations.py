"""Every operation, on every way its operands can be stored, over all small values or an even sample of them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fencepost.checks.native.codes import in_memory
from fencepost.model.lang import ir, types
from fencepost.model.lang.types import Type
from native.strategies import BOOL, THREE, TWO, Alone, Colour, map_of, states, struct_of
from native.support import action, agree, field, number, program

INTEGER = ir.Integer()
SMALL = types.Int(-1, 3)
SIGNED = types.Int(-5, 5)
NATURAL = types.Int(0, 5)
PAIR = struct_of(THREE, types.Int(0, 2))
TRIPLE = struct_of(types.Option(TWO), types.Int(1, 3), THREE)
MAYBE = types.Option(PAIR)
ELEMENTS = [THREE, SMALL, BOOL, types.Enum(Colour), types.Enum(Alone), types.Option(SMALL), PAIR, TRIPLE, MAYBE]
SAMPLES = 60


def some(kind: Type) -> list[Any]:
    """All values of a type, or an even sample."""
    source = random.Random(str(kind))
    match kind:
        case types.Option(inner=inner):
            return [None, *some(inner)]
        case types.Struct(fields=fields):
            parts = [some(part) for _, part in fields]
            names = [name for name, _ in fields]
            return [kind.make(kind, dict(zip(names, chosen, strict=True))) for chosen in sample(parts, source)]
        case types.Map(key=key, element=element):
            return [kind.make(kind, list(chosen)) for chosen in sample([some(element)] * key.count, source)]
        case types.Set(element=element) | types.Seq(element=element) | types.Bag(element=element):
            items, found = some(element), [()]
            for size in range(1, kind.capacity + 1):
                found += sample([items] * size, source)[: 40 if size < kind.capacity else 60]
            fitted = [kind.fit(chosen) for chosen in found]
            return list(dict.fromkeys(fitted))
    if kind.count <= SAMPLES:
        return list(kind.values())
    return [kind.unrank(rank) for rank in (0, 1, kind.count - 1, *(source.randrange(kind.count) for _ in range(9)))]


def sample(parts: list[list[Any]], source: random.Random) -> list[tuple[Any, ...]]:
    """Combinations, one of each part."""
    total = 1
    for part in parts:
        total *= len(part)
    if total <= SAMPLES:
        return list(itertools.product(*parts))
    return [tuple(source.choice(part) for part in parts) for _ in range(SAMPLES)]


def check(result: Type, kinds: list[Type], build: Callable[..., ir.Expr], **names: Type) -> None:
    """Compares an expression over operands of some types, which are fields of the state."""
    kind = states(result, *kinds)
    operands = [ir.Load(field(kind, f"f{position + 1}")) for position in range(len(kinds))]
    made = program(kind, action(ir.Store(field(kind, "f0"), build(*operands)), **names))
    given = sample([some(part) for part in kinds], random.Random(0))
    before = result.default()
    every = [kind.make(kind, {"f0": before} | {f"f{n + 1}": v for n, v in enumerate(chosen)}) for chosen in given]
    agree(made, every, level=3)


def sets(element: Type) -> Iterator[types.Set]:
    if element.count <= 40:
        yield types.Set(element, None)
    yield from (types.Set(element, size) for size in (1, 3))


def collections(element: Type) -> list[Any]:
    return [*sets(element), types.Seq(element, 3), types.Bag(element, 3)]


ALL = [kind for element in ELEMENTS for kind in collections(element)]
LARGE = [
    types.Set(types.Int(0, 60), 10),
    types.Seq(types.Int(0, 60), 11),
    types.Bag(types.Int(0, 60), 9),
    types.Seq(PAIR, 1),
    types.Bag(BOOL, 1),
]
# No word holds these; their elements have 1 to 99 bits, and begin and end at all places of a word.
LONG = struct_of(types.Int(0, 2**62), THREE, types.Int(0, 2**34))
WIDE = [
    types.Set(types.Int(0, 2**20), 24),
    types.Seq(types.Int(0, 2**36), 17),
    types.Bag(types.Int(-(2**63), 2**63 - 1), 12),
    types.Bag(BOOL, 70),
    types.Seq(BOOL, 65),
    types.Set(struct_of(THREE, types.Int(0, 2**30), types.Option(TWO)), 33),
    types.Bag(struct_of(THREE, types.Int(0, 2**30)), 2),
    *(kind(LONG, size) for kind in (types.Set, types.Seq, types.Bag) for size in (1, 9)),
]
LARGE += WIDE
SETS = [kind for kind in [*ALL, *LARGE] if isinstance(kind, types.Set)]
SEQS = [kind for kind in [*ALL, *LARGE] if isinstance(kind, types.Seq)]


def test_there_are_sets_of_every_kind() -> None:
    assert all(in_memory(kind) for kind in WIDE)
    kinds = {(kind.is_mask, kind.size is None or kind.size >= kind.element.count) for kind in SETS}
    assert kinds == {(True, True), (True, False), (False, False)}


@pytest.mark.parametrize("kind", [*ALL, *LARGE], ids=str)
def test_members(kind: Any) -> None:
    item = kind.element
    check(BOOL, [kind, item], lambda whole, one: ir.Contains(one, whole))
    check(types.Int(0, 99), [kind], lambda whole: ir.Length(whole, types.Int(0, 99)))
    check(kind, [kind, item], lambda whole, one: ir.Insert(whole, one, kind))
    if isinstance(kind, types.Seq | types.Bag):
        check(types.Int(0, 99), [kind, item], lambda whole, one: ir.Occurrences(whole, one, types.Int(0, 99)))
    if isinstance(kind, types.Set | types.Bag):
        for strict in (False, True):
            check(kind, [kind, item], lambda whole, one, strict=strict: ir.Remove(whole, one, strict, kind))


@pytest.mark.parametrize("kind", SETS, ids=str)
def test_sets(kind: types.Set) -> None:
    for op in "|&-^":
        check(kind, [kind, kind], lambda left, right, op=op: ir.SetOperation(op, left, right, kind))
    check(BOOL, [kind, kind], ir.Subset)
    check(BOOL, [kind, kind], lambda left, right: ir.Compare("==", left, right))
    check(kind, [kind.element] * 2, lambda *items: ir.MakeSet(items, kind))
    check(kind, [], lambda: ir.MakeSet((), kind))


@pytest.mark.parametrize("index", [SIGNED, NATURAL], ids=str)
@pytest.mark.parametrize("kind", SEQS, ids=str)
def test_sequences(kind: types.Seq, index: types.Int) -> None:
    item = kind.element
    check(item, [kind, index], lambda seq, at: ir.Index(seq, at, item))
    check(kind, [kind, index], lambda seq, at: ir.Truncate(seq, at, kind))
    check(kind, [kind, index, item], lambda seq, at, one: ir.WithItem(seq, at, one, kind))
    check(kind, [kind, index], lambda seq, at: ir.WithoutItem(seq, at, kind))
    check(kind, [kind, index, index], lambda seq, start, stop: ir.Slice(seq, start, stop, kind))
    check(kind, [kind, index], lambda seq, start: ir.Slice(seq, start, None, kind))
    check(kind, [kind, index], lambda seq, stop: ir.Slice(seq, None, stop, kind))
    check(kind, [item] * kind.size, lambda *items: ir.MakeSeq(items, kind))


@pytest.mark.parametrize("kind", SEQS, ids=str)
def test_concatenation(kind: types.Seq) -> None:
    for other, room in ((kind.size, kind.size), (2, kind.size), (2, kind.size + 2)):
        right, result = types.Seq(kind.element, other), types.Seq(kind.element, room)
        check(result, [kind, right], lambda one, two, result=result: ir.Concat(one, two, result))


@pytest.mark.parametrize("kind", [*collections(SMALL), *LARGE[:3], *WIDE[:3]], ids=str)
def test_sorting(kind: Any) -> None:
    result = types.Seq(kind.element, kind.capacity)
    for reverse in (False, True):
        check(result, [kind], lambda whole, reverse=reverse: ir.Sorted(whole, reverse, result))


# Numbers.


@pytest.mark.parametrize(
    "kinds", [(SIGNED, SIGNED), (NATURAL, types.Int(1, 4)), (NATURAL, SIGNED), (SIGNED, NATURAL)], ids=str
)
@pytest.mark.parametrize("op", ["+", "-", "*", "//", "%"])
@pytest.mark.parametrize("result", [types.Int(-25, 25), INTEGER], ids=str)
def test_arithmetic(op: Any, kinds: tuple[Type, Type], result: Type) -> None:
    stored = types.Int(-25, 25)
    check(stored, list(kinds), lambda left, right: ir.Convert(ir.Arithmetic(op, left, right, result), stored))


@pytest.mark.parametrize("op", ["==", "!=", "<", "<=", ">", ">="])
def test_comparison(op: Any) -> None:
    check(BOOL, [SIGNED, NATURAL], lambda left, right: ir.Compare(op, left, right))
    if op in ("==", "!="):
        for kind in ELEMENTS:
            check(BOOL, [kind, kind], lambda left, right: ir.Compare(op, left, right))


@pytest.mark.parametrize(
    "target", [types.Int(0, 3), types.Int(-9, 2), types.Int(-2, 9), types.Int(-9, 9), INTEGER], ids=str
)
def test_conversion_of_numbers(target: Type) -> None:
    stored = types.Int(-9, 9)
    check(stored, [SIGNED], lambda value: ir.Convert(ir.Convert(value, target), stored))
    check(stored, [SIGNED], lambda value: ir.Convert(ir.Convert(ir.Convert(value, INTEGER), target), stored))


# Optionals, structs, maps.


@pytest.mark.parametrize("kind", [*ELEMENTS[:5], PAIR, types.Seq(SMALL, 2), map_of(TWO, SMALL)], ids=str)
def test_optionals(kind: Type) -> None:
    option = types.Option(kind)
    check(option, [kind], lambda value: ir.Convert(value, option))
    check(option, [], lambda: ir.Convert(ir.Const(None, ir.Nothing()), option))
    check(BOOL, [option], ir.IsNone)
    check(kind, [option], lambda value: ir.Unwrap(value, kind))
    check(BOOL, [option, kind], lambda value, other: ir.Compare("==", value, ir.Convert(other, option)))


def test_optionals_are_converted_inside() -> None:
    narrow, wide = types.Option(SMALL), types.Option(SIGNED)
    check(wide, [narrow], lambda value: ir.Convert(value, wide))
    check(narrow, [wide], lambda value: ir.Convert(value, narrow))
    check(
        types.Option(types.Seq(SIGNED, 3)),
        [types.Option(types.Seq(SMALL, 2))],
        lambda v: ir.Convert(v, types.Option(types.Seq(SIGNED, 3))),
    )


@pytest.mark.parametrize("test", ["and", "or", "if"])
def test_what_is_guarded_does_not_fail(test: str) -> None:
    option = types.Option(SMALL)

    def build(value: ir.Expr) -> ir.Expr:
        large = ir.Compare(">", ir.Unwrap(value, SMALL), number(1))
        none = ir.IsNone(value)
        if test == "if":
            return ir.IfElse(none, ir.Const(False, BOOL), large, BOOL)
        return ir.And((ir.Not(none), large)) if test == "and" else ir.Or((none, large))

    check(BOOL, [option], build)


@pytest.mark.parametrize(
    "kind", [PAIR, TRIPLE, struct_of(MAYBE, types.Seq(SMALL, 2), BOOL)], ids=lambda k: str(k.width)
)
def test_structs(kind: types.Struct) -> None:
    parts = [part for _, part in kind.fields]
    check(kind, parts, lambda *items: ir.MakeStruct(items, kind))
    for name, part in kind.fields:
        again = types.Option(kind)
        check(part, [kind], lambda whole, name=name, part=part: ir.GetField(whole, name, part))
        check(part, [again], lambda whole, name=name, part=part: ir.GetField(ir.Unwrap(whole, kind), name, part))


@pytest.mark.parametrize("key", [THREE, BOOL, SMALL, types.Option(TWO), PAIR, types.Enum(Colour)], ids=str)
def test_maps(key: Type) -> None:
    kind = map_of(key, types.Int(0, 5))
    check(types.Int(0, 5), [kind, key], lambda whole, at: ir.GetEntry(whole, at, types.Int(0, 5)))
    option = types.Option(kind)
    check(types.Int(0, 5), [option, key], lambda whole, at: ir.GetEntry(ir.Unwrap(whole, kind), at, types.Int(0, 5)))
    if key.count <= 3:
        check(kind, [types.Int(0, 5)] * key.count, lambda *items: ir.MakeMap(items, kind))


@pytest.mark.parametrize("key", [THREE, SMALL, PAIR, types.Int(1, 40)], ids=str)
@pytest.mark.parametrize("element", [types.Int(0, 5), types.Bag(types.Int(0, 60), 12), PAIR], ids=str)
def test_entries_are_written_where_they_belong(key: Type, element: Type) -> None:
    if key.count == 40 and element.width > 64:
        element = types.Bag(types.Int(0, 60), 8)
    inner = map_of(key, element)
    kind = states(inner, key, element)
    at, value = ir.Load(field(kind, "f1")), ir.Load(field(kind, "f2"))
    stores = [
        action(ir.Store(field(kind, "f0", at), value)),
        action(
            ir.Assign("copy", ir.Load(field(kind, "f0"))),
            ir.Store(ir.Place("copy", (ir.KeyStep(at),), element), value),
            ir.Store(field(kind, "f0"), ir.Local("copy", inner)),
            copy=inner,
        ),
    ]
    source = random.Random(0)
    given = sample([some(inner)[:20], some(key), some(element)], source)[:80]
    every = [kind.make(kind, {f"f{n}": v for n, v in enumerate(chosen)}) for chosen in given]
    for level in (0, 3):
        first = agree(program(kind, stores[0]), every, level=level)
        assert agree(program(kind, stores[1]), every, level=level) == first


# Conversions of collections.


def _conversions() -> Iterator[tuple[Any, Any]]:
    for element, others in ((SMALL, (SMALL, NATURAL)), (PAIR, (PAIR,)), (THREE, (THREE, types.Option(THREE)))):
        for source in collections(element):
            for other in others:
                for target in collections(other):
                    # The order in which a bag or set meets a sequence is that of codes.
                    yield source, target
    for element, other in ((types.Int(0, 100), types.Int(5, 90)), (PAIR, PAIR)):
        several = (types.Set(element, 11), types.Seq(element, 14), types.Bag(element, 20), types.Bag(element, 5))
        yield from itertools.product(several, several)
        if other is not element:
            yield from ((kind, type(kind)(other, 13)) for kind in several)


@pytest.mark.parametrize(("source", "target"), list(_conversions()), ids=str)
def test_conversion_of_collections(source: Any, target: Any) -> None:
    check(target, [source], lambda whole: ir.Convert(whole, target))


@pytest.mark.parametrize("kind", [*collections(SMALL), *collections(PAIR), *WIDE[:3]], ids=str)
def test_the_empty_literal_fits_everywhere(kind: Any) -> None:
    nothing = ir.Nothing()
    for literal in (types.Set(nothing, 0), types.Seq(nothing, 0), types.Bag(nothing, 0), types.Set(nothing, None)):
        check(kind, [], lambda literal=literal: ir.Convert(ir.Const((), literal), kind))
        check(BOOL, [], lambda literal=literal: ir.Compare("==", ir.Length(ir.Const((), literal), NATURAL), number(0)))


# Folds.


def generator(source: ir.Source, kind: Type, *conditions: ir.Expr) -> ir.Generator:
    return ir.Generator("x", kind, source, conditions)


def x(kind: Type) -> ir.Expr:
    return ir.Local("x", kind)


FOLDED = [
    types.Set(SMALL, None),
    types.Set(SMALL, 1),
    types.Set(types.Int(-9, 9), 3),
    types.Set(types.Int(-7, 7), None),
    types.Seq(SMALL, 3),
    types.Bag(SMALL, 3),
    types.Seq(SMALL, 30),
    types.Bag(SMALL, 30),
]


@pytest.mark.parametrize("reverse", [False, True])
@pytest.mark.parametrize("kind", FOLDED, ids=str)
def test_folds_over_collections(kind: Any, reverse: bool) -> None:
    item, stored = kind.element, types.Int(-30, 30)

    def fold(how: Any, body: ir.Expr, result: Type, *conditions: ir.Expr, default: ir.Expr | None = None) -> Any:
        return lambda whole: ir.Fold(
            how, (generator(ir.Elements(whole, "i", reverse), item, *conditions),), body, default, result
        )

    positive = ir.Compare(">", x(item), number(0))
    position = ir.Local("i", INTEGER)
    weighted = ir.Arithmetic("*", x(item), ir.Arithmetic("+", position, number(1), INTEGER), INTEGER)
    for how in ("any", "all"):
        check(BOOL, [kind], fold(how, positive, BOOL), x=item, i=INTEGER)
    for how in ("sum", "min", "max"):
        for body, result in ((x(item), types.Int(-30, 30)), (weighted, INTEGER)):
            made = fold(how, body, result, positive)
            check(
                types.Int(-90, 90),
                [kind],
                lambda whole, made=made: ir.Convert(made(whole), types.Int(-90, 90)),
                x=item,
                i=INTEGER,
            )
            made = fold(how, body, result, default=None if how == "sum" else ir.Const(7, result))
            check(
                types.Int(-90, 90),
                [kind],
                lambda whole, made=made: ir.Convert(made(whole), types.Int(-90, 90)),
                x=item,
                i=INTEGER,
            )
    listed = types.Seq(stored, 2)
    check(listed, [kind], fold("seq", ir.Convert(x(item), stored), listed, positive), x=item, i=INTEGER)
    for found in (types.Set(item, 2), types.Set(stored, None), types.Set(stored, 2)):
        check(found, [kind], fold("set", ir.Convert(x(item), found.element), found), x=item, i=INTEGER)


@pytest.mark.parametrize("kind", [*ELEMENTS, map_of(TWO, THREE), types.Set(THREE, None)], ids=str)
def test_all_values_in_order(kind: Type) -> None:
    listed = types.Seq(kind, kind.count)
    check(listed, [], lambda: ir.Fold("seq", (generator(ir.Values(kind), kind),), x(kind), None, listed), x=kind)


@pytest.mark.parametrize("element", [*ELEMENTS, LONG], ids=str)
@pytest.mark.parametrize("reverse", [False, True])
def test_elements_in_order(element: Type, reverse: bool) -> None:
    for kind in [*collections(element), *(wide for wide in WIDE if wide.element == element)]:
        listed = types.Seq(element, max(kind.capacity, 1))
        check(
            listed,
            [kind],
            lambda whole, listed=listed: ir.Fold(
                "seq", (generator(ir.Elements(whole, None, reverse), element),), x(element), None, listed
            ),
            x=element,
        )


@pytest.mark.parametrize("step", [1, 2, 3, -1, -2])
def test_numbers_in_order(step: int) -> None:
    listed = types.Seq(SIGNED, 11)
    check(
        listed,
        [SIGNED, SIGNED],
        lambda start, stop: ir.Fold(
            "seq", (generator(ir.Numbers(start, stop, step, 11), SIGNED),), x(SIGNED), None, listed
        ),
        x=SIGNED,
    )


def test_generators_nest() -> None:
    listed, inner = types.Seq(SIGNED, 9), types.Seq(types.Int(0, 3), 3)
    upper = ir.Arithmetic("+", x(types.Int(0, 3)), number(1), types.Int(1, 4))
    second = ir.Generator(
        "y", SIGNED, ir.Numbers(number(0), upper, 1, 4), (ir.Compare("!=", ir.Local("y", SIGNED), number(1)),)
    )
    check(
        listed,
        [inner],
        lambda whole: ir.Fold(
            "seq", (generator(ir.Elements(whole), types.Int(0, 3)), second), ir.Local("y", SIGNED), None, listed
        ),
        x=types.Int(0, 3),
        y=SIGNED,
    )


# Choices.


@pytest.mark.parametrize(
    "kind", [*collections(SMALL), *collections(PAIR), types.Set(types.Int(0, 20), None), *WIDE[:3]], ids=str
)
def test_choosing_an_element(kind: Any) -> None:
    for reverse in (False, True):
        state = states(kind, kind.element, NATURAL)
        chosen = ir.Choose(0, "x", kind.element, ir.Elements(ir.Load(field(state, "f0")), "i", reverse))
        stores = [
            ir.Store(field(state, "f1"), x(kind.element)),
            ir.Store(
                field(state, "f2"), ir.Convert(ir.Arithmetic("%", ir.Local("i", INTEGER), number(6), INTEGER), NATURAL)
            ),
        ]
        made = program(state, action(chosen, *stores, choices=[kind.capacity], x=kind.element, i=INTEGER))
        rest = {"f1": kind.element.default(), "f2": 0}
        agree(made, [state.make(state, {"f0": whole} | rest) for whole in some(kind)[:60]], level=3)


NESTED = [types.Set(types.Bag(BOOL, 2), 2), types.Seq(types.Set(THREE, None), 2), types.Bag(WIDE[6], 3)]


@pytest.mark.parametrize("kind", NESTED, ids=str)
def test_collections_in_collections(kind: Any) -> None:
    item = kind.element
    check(BOOL, [kind, item], lambda whole, one: ir.Contains(one, whole))
    check(kind, [kind, item], lambda whole, one: ir.Insert(whole, one, kind))

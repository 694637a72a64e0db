"""Random expressions have the same value, or fail alike, in native code and in the interpreter."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fencepost.model.lang import ir, types
from native.expressions import Expressions
from native.strategies import TYPES, states, values
from native.support import action, agree, field, program

ROUTINES = 6


def compare(data: st.DataObject, level: int) -> None:
    """One program with several actions, each of which computes one expression; `f0` says which is to run."""
    results = data.draw(st.lists(TYPES, min_size=1, max_size=2))
    kind = states(types.Int(0, ROUTINES - 1), *results, *data.draw(st.lists(TYPES, max_size=2)))
    actions = []
    for number in range(ROUTINES):
        expressions = Expressions(data.draw, kind)
        target = data.draw(st.integers(1, len(results)))
        value = expressions.of(kind.field[f"f{target}"], 3, [])
        chosen = ir.Compare("==", ir.Load(field(kind, "f0")), ir.Const(number, kind.field["f0"]))
        store = ir.Store(field(kind, f"f{target}"), value)
        more = [expressions.store([], 2, []) for _ in range(data.draw(st.integers(0, 2)))]
        actions.append(action(ir.Require(chosen), store, *more, **expressions.locals))
    found = [data.draw(values(kind)) for _ in range(2)]
    every = []
    for number in range(ROUTINES):
        every += [kind.make(kind, state._values | {"f0": number}) for state in found]
    agree(program(kind, *actions), every, level=level)


@pytest.mark.parametrize("level", [0, 3])
def test_expressions(level: int) -> None:
    @settings(
        max_examples=50 if level else 100,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
    )
    @given(st.data())
    def run(data: st.DataObject) -> None:
        compare(data, level)

    run()

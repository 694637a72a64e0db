"""Random actions, with inputs, choices, loops and jumps, have the same successors in the same order."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fencepost.model.lang import types
from native.routines import Routines
from native.strategies import SMALL, TYPES, WIDE, states, values
from native.support import agree, program

ALL = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
COLLECTIONS = st.one_of(
    st.builds(types.Seq, SMALL, st.integers(2, 4)),
    st.builds(types.Bag, SMALL, st.integers(2, 4)),
    st.builds(types.Set, SMALL, st.integers(2, 4)),
    WIDE,
    WIDE,
    SMALL.filter(lambda kind: kind.count <= 12).map(lambda kind: types.Set(kind, None)),
)


def compare(data: st.DataObject, level: int) -> None:
    kind = states(data.draw(COLLECTIONS), data.draw(TYPES), types.Int(0, 3))
    actions = [Routines(data.draw, kind).routine(f"act{number}") for number in range(2)]
    found = [data.draw(values(kind)) for _ in range(2)]
    for made in actions:
        agree(program(kind, made), found, level=level)
    agree(program(kind, *actions), found, level=level)


@pytest.mark.parametrize("level", [0, 3])
def test_routines(level: int) -> None:
    @settings(max_examples=40 if level else 80, deadline=None, suppress_health_check=ALL)
    @given(st.data())
    def run(data: st.DataObject) -> None:
        compare(data, level)

    run()

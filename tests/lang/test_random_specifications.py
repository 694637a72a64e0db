"""All executions agree on random specifications: the successors of every state, in order, properties, and errors.

`FENCEPOST_EXAMPLES=5000 pytest tests/lang/test_random_specifications.py` looks further, at other specifications every
time. A failure prints the smallest specification that hypothesis found; its module is kept in the folder it names.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from fencepost.model.errors import SpecificationError
from fencepost.model.lang import interpret, values
from fencepost.model.lang.lowering.aliases import Aliases
from lang.executions import Compared, compared, disagreement, initial_disagreement, random_value, reachable
from lang.modules import load
from lang.random_second_names import random_second_names
from lang.random_specifications import random_module

MANY = int(os.environ.get("FENCEPOST_EXAMPLES", "0"))
EXAMPLES = settings(
    max_examples=MANY or 100,
    derandomize=not MANY,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
MOST_STATES = 40


def difference(these: Compared, below: Callable[[int], int]) -> str:
    """How the executions of a specification differ: from its initial states, and from random ones."""
    if found := initial_disagreement(these):
        return found
    specification = these.specification
    starts = [values.thaw(random_value(specification.state_type, below)) for _ in range(4)]
    try:
        starts += specification.initial_states()[:4]
    except SpecificationError:
        pass
    for state in reachable(specification, MOST_STATES, starts):
        if found := disagreement(these, state):
            return found
        for _, code in these.executions[0].successors(state).steps[:2]:
            if found := disagreement(these, state, specification.state(code)):
                return found
    return ""


def test_executions_agree(tmp_path: Path) -> None:
    seen = Counter[str]()

    @EXAMPLES
    @given(st.data())
    def check(data: st.DataObject) -> None:
        def below(count: int) -> int:
            return data.draw(st.integers(0, count - 1)) if count > 1 else 0

        text = random_module(below)
        note(text)
        model: Any = load(text, tmp_path).Example
        try:
            these = compared(model)
        except SpecificationError as error:
            seen["refused"] += 1
            note(f"refused: {error}")
            return
        seen["accepted"] += 1
        found = difference(these, below)
        assert not found, found

    check()
    # The generator is to write what the language has: what it cannot use says nothing.
    assert seen["refused"] * 8 <= seen["accepted"]


def in_random_states(these: Compared, below: Callable[[int], int]) -> str:
    """How the executions of a specification differ in a few random states."""
    for _ in range(8):
        state = values.thaw(random_value(these.specification.state_type, below))
        if found := disagreement(these, state):
            return found
    return ""


def test_second_names_agree(tmp_path: Path) -> None:
    seen = Counter[str]()

    @EXAMPLES
    @given(st.data())
    def check(data: st.DataObject) -> None:
        def below(count: int) -> int:
            return data.draw(st.integers(0, count - 1)) if count > 1 else 0

        text = random_second_names(below)
        note(text)
        try:
            these = compared(load(text, tmp_path).Example, native=False)
        except SpecificationError:
            seen["refused"] += 1
            return
        seen["accepted"] += 1
        found = in_random_states(these, below)
        assert not found, found

    check()
    assert seen["refused"] <= seen["accepted"]


def seeded(write: Callable[[Callable[[int], int]], str], seed: int, folder: Path) -> Compared | None:
    try:
        return compared(load(write(random.Random(seed).randrange), folder).Example, native=False)
    except SpecificationError:
        return None


ARITHMETIC, COMPARE, POSITION = interpret._arithmetic, interpret._compare, interpret._position
SET_OPERATION, ELEMENTS = interpret._set_operation, interpret.elements
WRONG: dict[str, Callable[..., Any]] = {
    "_arithmetic": lambda op, left, right: int(left / right) if op == "//" and right else ARITHMETIC(op, left, right),
    "_compare": lambda op, left, right: left < right if op == "<=" else COMPARE(op, left, right),
    "_position": lambda items, index: POSITION(items, abs(index)),
    "_set_operation": lambda op, left, right, kind: SET_OPERATION("|" if op == "^" else op, left, right, kind),
    "elements": lambda source, env: ELEMENTS(source, env)[::-1],
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_execution_is_found(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: an interpreter with one mistake in it differs somewhere."""
    monkeypatch.setattr(interpret, name, WRONG[name])
    all_these = (seeded(random_module, seed, tmp_path) for seed in range(500))
    assert any(these is not None and difference(these, random.Random(0).randrange) for these in all_these)


def test_second_names_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: when writes under a second name are not refused, something differs."""
    monkeypatch.setattr(Aliases, "_refuse_overlap", lambda *_: None)
    all_these = (seeded(random_second_names, seed, tmp_path) for seed in range(300))
    assert any(these is not None and in_random_states(these, random.Random(0).randrange) for these in all_these)

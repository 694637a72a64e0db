"""The self-check of symmetry reduction: it finds what tells interchangeable identities apart, and nothing else."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from engine.agreement import native, python
from engine.asymmetric import BROKEN, DefaultIdentity, FirstElement, InitialOrder, Symmetric, Unlucky
from engine.specs import Workers
from fencepost.checks import catalogue, loading, self_check
from fencepost.checks.api import check
from fencepost.checks.engine.run import Settings, packed, prepare
from fencepost.checks.engine.self_check import NativeSelfCheck
from fencepost.checks.native.symmetry import symmetries
from fencepost.model import Model, Specification, errors
from fencepost.model.lang.lower import lower

pytestmark = pytest.mark.usefixtures("quickly_compiled")

REDUCED = Settings(symmetry=True, continue_after_violation=True)


@pytest.mark.parametrize("model", BROKEN, ids=lambda model: model.__name__)
def test_what_tells_them_apart_is_found(model: type[Model]) -> None:
    specification = Specification(model)
    found, text, _ = native(specification, REDUCED)
    assert found is None, "nothing was found"
    assert f"error S310: {BROKEN[model]} tell" in text
    assert python(specification, REDUCED)[1] == text


def test_without_reduction_nothing_is_asked() -> None:
    for engine in (native, python):
        outcome, text, _ = engine(Specification(FirstElement), Settings())
        assert outcome is not None, text
        assert outcome.self_checked == 0


def shipped() -> Iterator[Any]:
    """The largest quick configuration of each entry, and what it violates, from a search of all states mostly."""
    for entry in catalogue.ENTRIES:
        model, largest = loading.find(entry.name).model, None
        for one in entry.configurations:
            specification = Specification(model, one.constants)
            if specification.symmetric_domains and one.tier == "quick" and one.properties is None and one.pins:
                largest = specification, {*(one.pins.violated or {})}
        if largest is not None:
            yield pytest.param(*largest, id=entry.name)


#: Initial states may name identities: what others would lead to is the same, renamed.
OTHERS = [
    pytest.param(Specification(one), set(), id=one.__name__) for one in (Symmetric, DefaultIdentity, InitialOrder)
]


@pytest.mark.parametrize(("specification", "violated"), [*shipped(), *OTHERS])
def test_shipped_specifications_pass(specification: Specification, violated: set[str]) -> None:
    outcome, text, _ = native(specification, REDUCED)
    assert outcome is not None, text
    assert outcome.self_checked >= min(outcome.distinct, 64)
    assert {prop.name for prop in outcome.properties if prop.failures and prop.kind != "witness"} == violated


@pytest.mark.parametrize("model", [Workers, Symmetric])
def test_engines_check_the_same_states(model: type[Model]) -> None:
    specification = Specification(model)
    first, second = native(specification, REDUCED)[0], python(specification, REDUCED)[0]
    assert first is not None and second is not None
    assert first.self_checked == second.self_checked > 32


def test_kernels_and_cpython_compare_alike() -> None:
    """On random states and all renamings: what kernels find different is different in CPython, and the other way."""
    random_ = random.Random(7)
    found = {True: 0, False: 0}
    for model in BROKEN:
        specification = Specification(model, {"workers": 3})
        prepared = prepare(specification, lower(specification), Settings(symmetry=True))
        states = list(reachable(specification, 300))
        for state in random_.sample(states, min(len(states), 25)):
            fast = NativeSelfCheck(specification, prepared.codec, prepared.library)
            slow = self_check.SelfCheck(specification)
            answers = [differs(fast, packed(prepared.codec, [state])), differs(slow, [state])]
            assert answers[0] == answers[1], f"{model.__name__}\n{state}"
            found[answers[0]] += 1
    assert min(found.values()) > 50


def reachable(specification: Specification, limit: int) -> Iterator[Any]:
    seen: dict[int, Any] = {specification.key(state): state for state in specification.initial_states()}
    for key in itertools.islice(itertools.count(), limit):
        if key >= len(seen):
            return
        state = list(seen.values())[key]
        yield state
        try:
            for step in specification.successors(state):
                seen.setdefault(specification.key(step.state), step.state)
        except errors.SpecificationError:
            continue


def differs(check_: Any, states: Any) -> bool:
    try:
        check_.sample(states)
    except errors.NotSymmetric:
        return True
    return False


def test_a_run_that_cannot_be_rebuilt_says_why() -> None:
    """The violation is on a level that is not expanded any more, so that its states are not in the sample."""
    for engine in (native, python):
        outcome, text, _ = engine(Specification(Unlucky), Settings(symmetry=True))
        assert outcome is None
        assert "error S310: first_is_idle tells" in text


def test_the_sample() -> None:
    numbers = list(self_check.sampled(0, 1 << 20))
    assert numbers[: 1 << self_check.DIGITS] == list(range(1 << self_check.DIGITS))
    for bits in range(self_check.DIGITS, 20):
        octave = [number for number in numbers if 1 << bits <= number < 2 << bits]
        assert len(octave) == 1 << self_check.DIGITS - 1
        assert len(set(np.diff(octave))) == 1, "evenly spread"
    pieces = [self_check.sampled(start, start + 777) for start in range(0, 777 * 40, 777)]
    assert list(itertools.chain(*pieces)) == list(self_check.sampled(0, 777 * 40))


def test_every_renaming_has_its_turn() -> None:
    kind = Specification(Workers, {"workers": 4}).state_type
    turns = list(itertools.islice(self_check.turns(kind), 23))
    assert all(len(turn) == self_check.RENAMINGS for turn in turns)
    assert {renaming for turn in turns for renaming in turn} == set(itertools.islice(symmetries(kind), 1, None))


def test_the_report_counts_the_states() -> None:
    result = check(Symmetric, symmetry=True)
    assert result.report.self_checked > 32
    assert f"in the {result.report.self_checked} states in which they were renamed" in str(result)
    assert "renamed" not in str(check(Symmetric))

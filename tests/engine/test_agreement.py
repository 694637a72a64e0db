"""The native search against its twin in plain CPython: everything but time and memory is the same."""

from typing import Any

import pytest

from engine import specs
from engine.agreement import comparable, native, python
from fencepost.checks.engine import search
from fencepost.checks.engine.run import Settings
from fencepost.checks.outcome import Limits
from fencepost.model import Model, Specification

SPECIFICATIONS: list[tuple[type[Model], dict[str, Any]]] = [
    (specs.Grid, {}),
    (specs.Grid, {"size": 1}),
    (specs.Corridor, {}),
    (specs.Outside, {}),
    (specs.Stuck, {}),
    (specs.Workers, {"workers": 2}),
    (specs.Choosing, {}),
    (specs.FailingAction, {}),
    (specs.FailingInvariant, {}),
    (specs.FailingStepInvariant, {}),
    (specs.FailingConstraint, {}),
    (specs.FailingInitially, {}),
]
IDS = [model.__name__ + "".join(f"-{value}" for value in constants.values()) for model, constants in SPECIFICATIONS]


@pytest.fixture(autouse=True)
def every_round_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """With several workers even the smallest level is split."""
    monkeypatch.setattr(search, "PARALLEL_SECONDS", 0.0)


@pytest.mark.parametrize("keep_going", [False, True])
@pytest.mark.parametrize(("model", "constants"), SPECIFICATIONS, ids=IDS)
def test_same_as_python(model: type[Model], constants: dict[str, Any], keep_going: bool) -> None:
    specification = Specification(model, constants)
    expected = comparable(python(specification, Settings(continue_after_violation=keep_going)))
    for workers in (1, 2, 3):
        for exact in (False, True):
            settings = Settings(workers=workers, exact=exact, continue_after_violation=keep_going)
            assert comparable(native(specification, settings)) == expected, (workers, exact)


@pytest.mark.parametrize("keep_going", [False, True])
@pytest.mark.parametrize("workers", [2, 3])
def test_same_with_symmetry(workers: int, keep_going: bool) -> None:
    specification = Specification(specs.Workers, {"workers": workers})
    settings = Settings(symmetry=True, continue_after_violation=keep_going)
    expected = comparable(python(specification, settings))
    for threads in (1, 2):
        settings = Settings(workers=threads, symmetry=True, continue_after_violation=keep_going)
        found = native(specification, settings)
        assert comparable(found) == expected
    full, _, _ = native(specification, Settings(continue_after_violation=True))
    reduced, _, _ = native(specification, Settings(symmetry=True, continue_after_violation=True))
    assert full is not None and reduced is not None
    assert reduced.distinct < full.distinct
    assert [found.failures > 0 for found in reduced.properties] == [found.failures > 0 for found in full.properties]


@pytest.mark.parametrize("limits", [Limits(depth=1), Limits(depth=4), Limits(states=1), Limits(states=30)], ids=str)
def test_same_limits(limits: Limits) -> None:
    specification = Specification(specs.Grid, {})
    settings = Settings(limits=limits, continue_after_violation=True)
    expected = comparable(python(specification, settings))
    assert expected.stopped.startswith("limit of ")
    for workers in (1, 2):
        settings = Settings(workers=workers, limits=limits, continue_after_violation=True)
        assert comparable(native(specification, settings)) == expected


def test_limits_that_are_not_reached_change_nothing() -> None:
    specification = Specification(specs.Grid, {})
    free = comparable(native(specification, Settings(continue_after_violation=True)))
    limits = Limits(states=10_000, depth=free.depth + 1, seconds=1000.0, memory=1 << 30)
    settings = Settings(limits=limits, continue_after_violation=True)
    assert comparable(native(specification, settings)) == free
    assert free.complete


def test_a_run_is_the_first_of_the_shortest() -> None:
    """Runs are found in the order of successor positions; replaying them in CPython leads to the failure."""
    specification = Specification(specs.Grid, {})
    outcome, _, _ = native(specification, Settings(workers=2, continue_after_violation=True))
    assert outcome is not None
    for prop, count in zip(specification.properties, outcome.properties, strict=True):
        if count.run is None:
            assert not count.failures
            continue
        before, state = None, specification.state(count.run.initial)
        for position in count.run.positions:
            before, state = state, list(specification.successors(state))[position].state
        if prop.kind == "step_invariant":
            assert not specification.holds(prop, before, state)
        else:
            assert specification.holds(prop, state) is (prop.kind == "witness")


def test_premises_that_never_hold_are_counted_as_such() -> None:
    specification = Specification(specs.Grid, {"size": 1})
    outcome, _, _ = native(specification, Settings())
    assert outcome is not None
    premises = {count.name: count.premise for count in outcome.properties}
    assert premises["below_the_diagonal"] == 0
    assert premises["sane"] == outcome.distinct == 4


def test_python_keeps_the_graph() -> None:
    from fencepost.checks.python_search import PythonSearch

    specification = Specification(specs.Outside, {})
    search = PythonSearch(specification, continue_after_violation=True, keep_graph=True)
    outcome = search.run()
    values = {specification.state(key).value for key in search.graph.states}
    assert values == {3, 5, 7, 9, 11}
    assert len(search.graph.states) == outcome.distinct
    steps = {
        (specification.state(before).value, action, specification.state(after).value)
        for before, action, after in search.graph.edges
    }
    assert steps == {(value, "grow", value + 2) for value in values}

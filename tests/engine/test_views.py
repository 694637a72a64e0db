"""Views: states that differ in auxiliary fields only are one, and the first that is found stands for all."""

import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from engine import specs
from engine.agreement import comparable, native, python
from fencepost.checks.engine import search
from fencepost.checks.engine.run import Settings
from fencepost.checks.native import kernels
from fencepost.checks.native.canonical import add_canonicalise
from fencepost.checks.native.symmetry import apply, symmetries
from fencepost.checks.outcome import Limits, Outcome
from fencepost.checks.python_search import PythonSearch
from fencepost.model import Auxiliary, Model, Specification
from fencepost.model.errors import SpecificationError
from fencepost.model.lang.lower import lower
from lang.modules import load
from lang.random_specifications import random_module

pytestmark = pytest.mark.usefixtures("quickly_compiled")

SPECIFICATIONS: list[tuple[type[Model], dict[str, Any]]] = [
    (specs.Rounds, {}),
    (specs.FewRounds, {}),
    (specs.FailingRounds, {}),
    (specs.FailingRoundsInside, {}),
    (specs.Votes, {"servers": 2}),
    (specs.Votes, {"servers": 3}),
    (specs.WideVotes, {"servers": 3}),
    (specs.Detour, {}),
]
IDS = [model.__name__ + "".join(f"-{value}" for value in constants.values()) for model, constants in SPECIFICATIONS]


@pytest.fixture(autouse=True)
def every_round_is_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """With several workers even the smallest level is split."""
    monkeypatch.setattr(search, "PARALLEL_SECONDS", 0.0)


def viewed(model: type[Model], constants: dict[str, Any] | None = None, **how: Any) -> Outcome:
    found, error, _ = native(Specification(model, constants), Settings(view=True, continue_after_violation=True, **how))
    assert found is not None, error
    return found


@pytest.mark.parametrize("keep_going", [False, True], ids=["stop", "continue"])
@pytest.mark.parametrize(("model", "constants"), SPECIFICATIONS, ids=IDS)
def test_same_as_python(model: type[Model], constants: dict[str, Any], keep_going: bool) -> None:
    specification = Specification(model, constants)
    for symmetry in (False, True) if specification.symmetric_domains else (False,):
        how = Settings(view=True, symmetry=symmetry, continue_after_violation=keep_going)
        expected = comparable(python(specification, how))
        for workers in (1, 2):
            for exact in (False, True):
                found = native(specification, replace(how, workers=workers, exact=exact))
                assert comparable(found) == expected, (symmetry, workers, exact)
        assert comparable(native(specification, replace(how, view=False))) != expected, "the view changes something"


def test_a_view_without_auxiliary_fields_changes_nothing() -> None:
    specification = Specification(specs.Workers)
    for symmetry in (False, True):
        how = Settings(symmetry=symmetry, continue_after_violation=True)
        assert comparable(native(specification, replace(how, view=True))) == comparable(native(specification, how))


def reached(specification: Specification) -> list[Any]:
    """Every state, found without views."""
    whole = PythonSearch(specification, continue_after_violation=True, keep_graph=True)
    whole.run()
    return [specification.state(key) for key in sorted(whole.graph.states)]


@pytest.mark.parametrize(("model", "servers"), [(specs.Votes, 2), (specs.Votes, 3), (specs.WideVotes, 3)])
def test_what_is_only_remembered_takes_no_state_away(model: type[Model], servers: int) -> None:
    """Where no step depends on auxiliary fields, all of the other fields' values are found: as many as projections."""
    specification = Specification(model, {"servers": servers})
    states, kind = reached(specification), specification.state_type
    projections = {specification.identity(state) for state in states}
    orbits = {
        frozenset(specification.identity(apply(kind, state, one)) for one in symmetries(kind)) for state in states
    }
    assert viewed(model, {"servers": servers}).distinct == len(projections) < len(states)
    reduced = viewed(model, {"servers": servers}, symmetry=True, exact=True)
    assert reduced.distinct == len(orbits) < len(projections)


def test_comparing_auxiliary_fields_first_would_split_classes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the least of all words, as without a view, is no representative under one."""
    monkeypatch.setenv("FENCEPOST_CACHE", str(tmp_path))
    right = viewed(specs.Votes, symmetry=True)

    def wrong(module: Any, layout: Any, linkage: str) -> None:
        add_canonicalise(module, replace(layout, identity=(2**64 - 1,) * layout.words), linkage)

    monkeypatch.setattr(kernels, "add_canonicalise", wrong)
    monkeypatch.setenv("FENCEPOST_CACHE", str(tmp_path / "wrong"))
    assert viewed(specs.Votes, symmetry=True).distinct > right.distinct


def test_a_view_can_hide_a_violation() -> None:
    """As documented: the forbidden way leads where the other one has been before, and nobody looks again."""
    whole, _, _ = native(Specification(specs.Detour), Settings(continue_after_violation=True))
    assert whole is not None
    assert (whole.distinct, [count.failures for count in whole.properties]) == (4, [1])
    found = viewed(specs.Detour)
    assert (found.distinct, [count.failures for count in found.properties]) == (3, [0])


def test_what_is_reached_depends_on_the_order(tmp_path: Path) -> None:
    """Of two states that a view takes as one, the first goes on. Here the two actions have changed places."""
    text = Path(specs.__file__).read_text(encoding="utf-8")
    straight, woods = (text.index(f"    @action\n    def {name}(") for name in ("straight", "through_the_woods"))
    on = text.index("    @action\n    def on(")
    swapped = load(text[:straight] + text[woods:on] + text[straight:woods] + text[on:], tmp_path)
    found = viewed(swapped.Detour)
    assert (found.distinct, [count.failures for count in found.properties]) == (2, [1])


def test_the_graph_of_a_view_has_classes() -> None:
    specification = Specification(specs.Rounds)
    twin = PythonSearch(specification, view=True, continue_after_violation=True, keep_graph=True)
    outcome = twin.run()
    assert len(twin.graph.states) == outcome.distinct
    assert {key for before, _, after in twin.graph.edges for key in (before, after)} == twin.graph.states


MANY = int(os.environ.get("FENCEPOST_EXAMPLES", "0"))
MODULES = settings(
    max_examples=MANY or 80,
    derandomize=not MANY,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def marked(model: Any, auxiliary: set[str]) -> Any:
    """The same specification with some fields auxiliary."""
    hints = Specification(model).hints
    annotations = {name: Auxiliary[hints[name]] for name in sorted(auxiliary)}
    return type("Marked", (model,), {"__annotations__": annotations, "__module__": model.__module__})


def test_random_specifications(tmp_path: Path) -> None:
    """Both engines find the same under random views of random specifications, where these change something."""
    seen = Counter[str]()

    @MODULES
    @given(st.data())
    def check(data: st.DataObject) -> None:
        def below(count: int) -> int:
            return data.draw(st.integers(0, count - 1)) if count > 1 else 0

        text = random_module(below)
        note(text)
        try:
            model = load(text, tmp_path).Example
            fields = [name for name, _ in Specification(model).state_type.fields]
            auxiliary = data.draw(st.sets(st.sampled_from(fields), min_size=1))
            specification = Specification(marked(model, auxiliary))
            lower(specification)
        except SpecificationError:
            return
        assert set(specification.auxiliary) == auxiliary
        how = Settings(
            view=True, symmetry=data.draw(st.booleans()), continue_after_violation=True, limits=Limits(depth=6)
        )
        expected = comparable(python(specification, how))
        if expected == comparable(python(specification, replace(how, view=False))):
            return
        seen["compared"] += 1
        for workers, exact in ((1, False), (2, True)):
            assert comparable(native(specification, replace(how, workers=workers, exact=exact))) == expected

    check()
    assert seen["compared"] >= 15, seen

"""All engines say the same of every shipped model, and a wrong kernel is noticed."""

from dataclasses import replace
from typing import Annotated

import pytest

from fencepost.checks import catalogue, loading
from fencepost.checks.agreement import Comparison, Effort, lengths
from fencepost.checks.catalogue.compared import compared
from fencepost.checks.engine import run as native
from fencepost.checks.outcome import Limits
from fencepost.checks.symbolic import expressions as symbolic
from fencepost.model import Domain, Map, Model, Range, Specification, action, invariant, require, witness
from fencepost.model.lang import ir

#: Little, for so many specifications; Z3 and Hypothesis have tests of their own on known bugs.
QUICK = Effort(python_states=200, z3_seconds=600.0, z3_depth=3, hypothesis_runs=5)
#: Their shortest violations lie behind millions of states.
TOO_FAR = {"kafka-lagging-high-watermark", "zookeeper-late-look"}

Place = Annotated[int, Domain(2, symmetric=True, prefix="p")]


class Filling(Model):
    """Places that are filled one by one; both being full is what must not happen, and does."""

    level: Map[Place, Annotated[int, Range(0, 3)]]

    @action
    def fill(self, place: Place) -> None:
        require(self.level[place] < 3)
        self.level[place] += 1

    @action
    def empty(self, place: Place) -> None:
        require(self.level[place] > 1)
        self.level[place] = 0

    @invariant
    def one_has_room(self) -> bool:
        return any(level < 3 for level in self.level.values())

    @witness
    def one_is_full(self) -> bool:
        return any(level == 3 for level in self.level.values())


def agreement(specification, effort=QUICK):
    return Comparison(specification, effort).run()


@pytest.mark.usefixtures("quickly_compiled")
@pytest.mark.parametrize("entry", catalogue.ENTRIES, ids=catalogue.names())
def test_catalogue(entry):
    size = compared(entry)
    specification = Specification(loading.find(entry.name).model, size.constants)
    comparison = Comparison(specification, QUICK, Limits(depth=size.depth))
    found = comparison.run()
    assert found.differences == []
    assert found.exit_code == 0
    by_engine = {one.engine: one for one in found.opinions}
    assert by_engine.keys() >= {"native", "native, 2 threads", "CPython", "Z3"}
    assert ("native, symmetry" in by_engine) is bool(specification.symmetric_domains)
    assert by_engine["CPython"].depth >= 2
    assert by_engine["Z3"].depth == QUICK.z3_depth
    assert_not_vacuous(entry, comparison)


def assert_not_vacuous(entry, comparison):
    """A good part of the actions is possible, and what the specification is known to violate somewhere is violated."""
    actions = comparison.reference.actions
    assert sum(action.enabled > 0 for action in actions) * 3 >= len(actions)
    checked = {prop.name for prop in comparison.specification.properties}
    pinned = {name for one in entry.configurations if one.pins for name in one.pins.violated or {}}
    if pinned & checked and entry.name not in TOO_FAR:
        assert pinned & lengths(comparison.reference).keys()


def test_all_engines_find_a_violation_and_a_witness():
    found = agreement(Specification(Filling), Effort())
    assert [one.engine for one in found.opinions] == [
        "native", "native, 2 threads", "CPython", "native, symmetry", "Z3", "Hypothesis",
    ]  # fmt: skip
    assert found.differences == []
    lengths = {"one_has_room": 7, "one_is_full": 4}
    assert [one.lengths for one in found.opinions] == [lengths] * 5 + [{"one_has_room": 7}]
    assert not any(one.note for one in found.opinions)


def test_a_kernel_without_a_guard_is_noticed(monkeypatch):
    """The native engine gets a program in which an action has lost its first statement, a require()."""
    right = native.native_search

    def wrong(specification, program, *arguments):
        last = program.actions[-1]
        assert isinstance(last.body[0], ir.Require)
        return right(
            specification,
            replace(program, actions=(*program.actions[:-1], replace(last, body=last.body[1:]))),
            *arguments,
        )

    monkeypatch.setattr(native, "native_search", wrong)
    found = agreement(Specification(Filling))
    assert found.exit_code == 70
    assert {line.split(":")[0] for line in found.differences} == {"CPython"}
    assert any("generated" in line for line in found.differences)


def test_a_formula_that_compares_wrongly_is_noticed(monkeypatch):
    right = symbolic.less
    monkeypatch.setattr(symbolic, "less", lambda left, right_: symbolic.negation(right(right_, left)))
    found = agreement(Specification(Filling), replace(Effort(), z3_depth=7))
    assert any(line.startswith("Z3: ") for line in found.differences)


def test_what_is_stopped_is_not_compared():
    found = Comparison(Specification(Filling), QUICK, Limits(states=3)).run()
    assert found.exit_code == 2
    assert len(found.opinions) == 1


def test_down_to_a_depth_everything_is_compared():
    found = Comparison(Specification(Filling), Effort(python_states=5), Limits(depth=4)).run()
    assert found.exit_code == 0
    assert found.differences == []
    assert {one.engine: one.depth for one in found.opinions} == {
        "native": 4, "native, 2 threads": 4, "CPython": 2, "native, symmetry": 4, "Z3": 4,
    }  # fmt: skip

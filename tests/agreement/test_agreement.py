"""All engines say the same of every shipped model, and a wrong kernel is noticed."""

from dataclasses import replace
from typing import Annotated

import pytest

from fencepost.checks import catalogue
from fencepost.checks.agree_command import smallest
from fencepost.checks.agreement import Comparison, Effort
from fencepost.checks.engine import run as native
from fencepost.checks.symbolic import expressions as symbolic
from fencepost.model import Domain, Map, Model, Range, Specification, action, invariant, require, witness
from fencepost.model.lang import ir

#: Little, for so many specifications; Z3 and Hypothesis have tests of their own on known bugs.
MOST_STATES = 20_000
QUICK = Effort(python_states=1_500, z3_seconds=1.0, z3_depth=3, hypothesis_runs=10)
#: Others have more states at every size that is pinned for them without a view: `fencepost agree NAME` takes longer.
ENTRIES = [entry for entry in catalogue.ENTRIES if smallest(entry, MOST_STATES) is not None]

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


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry.name for entry in ENTRIES])
def test_catalogue(entry):
    found = agreement(Specification(catalogue_model(entry), smallest(entry, MOST_STATES)))
    assert found.differences == []
    assert found.exit_code == 0
    distinct = found.opinions[0].distinct
    engines = {"native", "native, 2 threads", "Z3", *(["CPython"] if distinct <= QUICK.python_states else [])}
    assert engines <= {one.engine for one in found.opinions}


def test_the_catalogue_has_entries_of_every_family():
    families = ("kip-", "kafka-", "raft", "flexible-", "pull-", "kraft", "zookeeper-")
    assert all(any(entry.name.startswith(family) for entry in ENTRIES) for family in families)
    assert len(ENTRIES) >= 30


def catalogue_model(entry):
    from fencepost.checks import loading

    return loading.find(entry.name).model


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
    from fencepost.checks.outcome import Limits

    found = Comparison(Specification(Filling), QUICK, Limits(states=3)).run()
    assert found.exit_code == 2
    assert len(found.opinions) == 1

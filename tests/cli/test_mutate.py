"""Guards and actions that are taken out, and who notices."""

from typing import Annotated

import pytest

from fencepost.checks.cli import main
from fencepost.checks.mutation import Mutation, mutants
from fencepost.checks.python_search import PythonSearch
from fencepost.model import Constant, Domain, Map, Model, Range, Specification, action, invariant, require, witness
from fencepost.model.raft.rounds import RaftInRounds
from fencepost.model.two_phase_commit import TwoPhaseCommit

pytestmark = pytest.mark.usefixtures("quickly_compiled")

Node = Annotated[int, Domain("nodes", prefix="n")]


class Turns(Model):
    """Nodes count to the top, one at a time."""

    nodes: Constant[int] = 2
    top: Constant[int] = 2

    count: Map[Node, Annotated[int, Range(0, 3)]]
    busy: bool
    idle: bool

    def is_free(self) -> bool:
        return not self.busy

    @action
    def begin(self, node: Node) -> None:
        require(self.is_free())
        require(
            self.count[node]
            < self.top
        )  # fmt: skip
        require(self.count[node] >= 0)
        self.busy = True
        self.count[node] += 1

    @action
    def end(self) -> None:
        require(self.busy)
        self.busy = False

    @action
    def rest(self) -> None:
        require(self.busy)
        self.idle = True

    @invariant
    def below(self) -> bool:
        return all(count <= self.top for count in self.count.values())

    @witness
    def full(self) -> bool:
        return all(count == self.top for count in self.count.values())


def test_what_is_noticed():
    every = list(Mutation(Turns).run())
    found = {one.mutant.name: one for one in every}
    assert sum(one.mutant.kind == "guard" for one in every) == 5
    assert found["require(self.is_free())"].noticed == ()
    assert found["require(self.is_free())"].same  # two steps lead there, too
    assert found["require(self.count[node] < self.top)"].noticed == ("below is violated",)
    assert found["require(self.count[node] >= 0)"].same
    assert found["begin"].noticed == ("full is never seen", "end is never possible", "rest is never possible")
    assert found["rest"].noticed == ()
    assert not found["rest"].same


@pytest.mark.parametrize(
    ("model", "constants"),
    [(Turns, {}), (TwoPhaseCommit, {"resource_managers": 2}), (RaftInRounds, {"servers": 2, "max_restarts": 1})],
)
def test_the_engines_agree_on_what_is_left(model, constants):
    """Native code leaves out what CPython leaves out: the states are as many."""
    for one in Mutation(model, constants, workers=1).run():
        specification = Specification(model, constants, without=one.mutant.without)
        if not one.noticed and not one.limited:
            assert PythonSearch(specification, continue_after_violation=True).run().distinct == one.distinct


def test_a_guard_that_several_actions_share_is_one():
    places = [one.at for one in mutants(Specification(RaftInRounds)) if one.kind == "guard"]
    assert len(places) == len(set(places))
    assert all(at is not None and "require" in at.text for at in places)


def test_the_command(capsys):
    assert main(["mutate", "two-phase-commit", "--set", "resource_managers=2", "--workers", "1"]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith("two-phase-commit (resource_managers = 2): ")
    assert "require(self.everybody_is_ready())\n  consistent is violated\n" in printed
    assert "action choose_to_abort\n  nothing notices: " in printed
    assert printed.splitlines()[-1].startswith("16 taken out: ")


@pytest.mark.parametrize(("words", "code"), [(["two-phase-comit"], "U101"), (["kip-320", "--set", "a=1"], "U102")])
def test_mistakes(words, code, capsys):
    assert main(["mutate", *words]) == 4
    assert f"error {code}" in capsys.readouterr().err

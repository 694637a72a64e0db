"""Proofs by induction: what is proved, what is not, what was used, and when a proof says nothing."""

from __future__ import annotations

from typing import Any

import pytest

from fencepost.checks.python_search import python_search
from fencepost.checks.symbolic.induction import NO_ERROR, Induction, Obligation
from fencepost.checks.symbolic.proof import Proof, Prover
from fencepost.model import Specification
from fencepost.model.two_phase_commit import TwoPhaseCommit
from symbolic.small import Counters, Delayed, Failing, Locks, Pairs, Vacuous


def proof_of(model: Any, constants: dict[str, Any] | None = None, *, k: int = 1, **options: Any) -> Proof:
    helpers = options.pop("helpers", True)
    induction = Induction(Specification(model, constants, helpers=helpers), k, symmetry=options.pop("symmetry", True))
    return Prover(induction, **options).run()


@pytest.mark.parametrize("symmetry", [True, False])
@pytest.mark.parametrize("model", [TwoPhaseCommit, Locks, Pairs])
def test_what_is_proved_holds_in_every_reachable_state(model: Any, symmetry: bool) -> None:
    proof = proof_of(model, symmetry=symmetry)
    names = {one.name for one in proof.induction.specification.properties if one.kind == "invariant"}
    assert names <= proof.proved()
    searched = python_search(proof.induction.specification, continue_after_violation=True)
    assert all(one.failures == 0 for one in searched.properties if one.name in names)


def test_without_its_helper_an_invariant_is_not_inductive() -> None:
    proof = proof_of(Pairs, helpers=False)
    [found] = [one for one in proof.refuted if one.obligation.clause == "never_three"]
    assert found.first.count == 1
    assert found.steps[0].state.count == 3
    assert found.why == ("false: self.count != 3", "self.count is 3")
    assert "never_three" not in proof.proved()
    assert not proof.violated  # It is true, after all.


def test_what_a_proof_rests_on_must_be_proved_as_well() -> None:
    """The search finds the helper false; so nothing that uses it is proved."""

    class Wrong(Pairs):
        def even(self) -> bool:
            return self.count in (0, 2)

    proof = proof_of(Wrong)
    assert {"even", "never_three"} & proof.proved() == set()
    assert "together" in proof.proved()


def test_what_was_used() -> None:
    proof = proof_of(Pairs)
    used = {one.obligation.clause: set(one.used) for one in proof.answers}
    assert "even" in used["never_three"] | used["even"]
    assert "together" in used[NO_ERROR] | used["together"]
    assert proof.unused() == ["small"]


def test_an_invariant_that_does_not_hold_at_the_beginning_is_violated() -> None:
    class Beginning(Locks):
        def exclusive(self) -> bool:
            return any(self.holds[one] for one in self.holds)

    proof = proof_of(Beginning)
    assert proof.violated == ["exclusive"]
    assert proof.proved() == set()


def test_a_step_that_may_fail_is_not_proved() -> None:
    proof = proof_of(Failing)
    [answer] = [one for one in proof.answers if one.obligation == Obligation("up", NO_ERROR)]
    assert answer.verdict == "refuted"
    assert any("S301" in line for line in answer.why)


def test_what_says_nothing() -> None:
    proof = proof_of(Vacuous)
    assert proof.impossible == ["down"]
    assert proof.without_premise == ["premature"]

    class Empty(Pairs):
        def small(self) -> bool:
            return self.count == 3

    proof = proof_of(Empty)
    assert proof.is_empty
    assert proof.proved() == set()


def test_two_states_in_a_row_know_more() -> None:
    assert "never_seven" not in proof_of(Delayed).proved()
    assert "never_seven" in proof_of(Delayed, k=2).proved()


def test_states_outside_the_constraint_are_not_assumed() -> None:
    """From below four, one step leads to four at most: below five is proved, below four is not."""
    proof = proof_of(Counters)
    assert proof.violated == []
    assert {"below_five", "one_at_a_time", NO_ERROR} <= proof.proved()
    assert "below_four" not in proof.proved()


def test_several_processes_give_the_same_proof() -> None:
    found = [proof_of(TwoPhaseCommit, {"resource_managers": 2}, workers=workers) for workers in (1, 2)]
    assert found[0].proved() == found[1].proved()


def test_time_runs_out() -> None:
    proof = proof_of(TwoPhaseCommit, {"resource_managers": 9}, seconds=0.001)
    assert proof.stopped == "limit of 0.001 s" or any(one.verdict == "unknown" for one in proof.answers)
    assert not {*proof.induction.invariants} <= proof.proved()


def test_an_interruption_leaves_the_rest_open() -> None:
    heard: list[Any] = []
    proof = proof_of(TwoPhaseCommit, said=heard.append, interrupted=lambda: len(heard) >= 2)
    assert proof.stopped == "interrupted"
    assert len(proof.answers) == 2 and proof.open
    assert "consistent" not in proof.proved()

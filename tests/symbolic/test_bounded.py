"""Bounded checks find what breadth-first search finds, at the same depth, and never claim more than the depth."""

from __future__ import annotations

from typing import Any

import pytest

from fencepost.checks import Limits, check
from fencepost.checks.symbolic.bounded import BoundedCheck
from fencepost.model import Specification, errors
from fencepost.model.replication.finite_replicated_log import FiniteReplicatedLog
from fencepost.model.replication.kip_101 import Kip101
from fencepost.model.replication.truncate_to_high_watermark import TruncateToHighWatermark
from fencepost.model.two_phase_commit import TwoPhaseCommit
from models.bounded import Pings
from symbolic.small import Counters, Failing

SMALL = {"replicas": 2, "log_size": 1, "max_records": 1, "max_leader_epoch": 1}
CASES: list[tuple[Any, dict[str, Any], int]] = [
    (TwoPhaseCommit, {"resource_managers": 2}, 9),
    (Counters, {}, 6),
    (FiniteReplicatedLog, {"replicas": 2, "log_records": 1, "log_size": 2}, 5),
    (TruncateToHighWatermark, SMALL, 8),
    (Kip101, {**SMALL, "max_leader_epoch": 2}, 6),
]


@pytest.mark.parametrize("symmetry", [True, False])
@pytest.mark.parametrize(("model", "constants", "depth"), CASES)
def test_the_shortest_runs_are_as_long_as_those_of_the_search(
    model: Any, constants: dict[str, Any], depth: int, symmetry: bool
) -> None:
    specification = Specification(model, constants)
    searched = check(specification, engine="python", limits=Limits(depth=depth), keep_going=True).outcome
    bounded = BoundedCheck(specification, depth, keep_going=True, symmetry=symmetry).run()
    lengths = [{one.name: one.run and one.run.states for one in found.properties} for found in (searched, bounded)]
    assert lengths[0] == lengths[1]
    assert not bounded.complete


def test_the_known_bug_of_kip_101() -> None:
    """A record of an old epoch behind one of a later epoch, after ten states: what KIP-279 repairs."""
    constants = {"replicas": 2, "log_size": 2, "max_records": 2, "max_leader_epoch": 2}
    found = BoundedCheck(Specification(Kip101, constants, ["epochs_never_fall_along_a_log"]), 10).run()
    assert found.properties[0].run is not None and found.properties[0].run.states == 10


def test_an_error_is_found_with_its_run() -> None:
    with pytest.raises(errors.OutOfRange) as caught:
        BoundedCheck(Specification(Failing), 6).run()
    assert caught.value.run.states == 4  # type: ignore[attr-defined]  # errors of a run have one


def test_a_bound_is_no_error() -> None:
    found = BoundedCheck(Specification(Pings, {}, []), 12).run()
    assert isinstance(found.bound, errors.BoundReached)
    searched = check(Specification(Pings, {}, []), engine="python").outcome
    assert searched.bound is not None
    assert found.bound.run.states == searched.bound.run.states  # type: ignore[attr-defined]  # errors of a run have one


def test_states_outside_the_constraint_are_looked_at_but_not_left() -> None:
    found = BoundedCheck(Specification(Counters), 8, keep_going=True).run()
    runs = {one.name: one.run for one in found.properties}
    assert runs["below_five"] is None  # Only beyond the constraint.
    assert runs["below_four"] is not None  # The state outside is seen.


def test_time_runs_out() -> None:
    """However fast the machine is: all of the time goes by at depth 3."""
    check = BoundedCheck(Specification(Kip101, {"replicas": 2}), 20, seconds=1000.0)

    def wait(depth: int, *_: object) -> None:
        if depth == 3:
            check.started -= 1000.0

    check.progress = wait
    found = check.run()
    assert found.stopped == "limit of 1000 s"
    assert found.depth == 3


def test_time_runs_out_in_the_middle_of_a_question() -> None:
    found = BoundedCheck(Specification(Kip101, {"replicas": 3}), 20, seconds=0.5).run()
    assert found.stopped == "limit of 0.5 s"
    assert found.depth < 20

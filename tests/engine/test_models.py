"""Shipped models searched by both engines, and random ones by the native engine and a few lines of Python."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.agreement import comparable, native, python
from engine.kernels import Jumps, Plain, library, search
from fencepost.checks.engine import context
from fencepost.checks.engine import search as searching
from fencepost.checks.engine.found import Options, Place
from fencepost.checks.engine.run import Settings
from fencepost.model import Model, Specification
from fencepost.model.controller.zookeeper_open import UnansweredExpansion
from fencepost.model.kafka.kafka import Kafka
from fencepost.model.raft.flexible_raft import FlexibleRaft
from fencepost.model.raft.kraft import KRaft
from fencepost.model.raft.kraft_traps import EagerActivation, SilentTruncation
from fencepost.model.raft.raft_add_remove import EmptiedDisksInRounds, RaftAddRemove
from fencepost.model.raft.raft_fsync import RaftFsync
from fencepost.model.raft.raft_joint_consensus import RaftJointConsensus
from fencepost.model.raft.rounds import RaftInRounds
from fencepost.model.raft.traps import VolatileVote
from fencepost.model.replication.kip_320 import Kip320
from fencepost.model.two_phase_commit import TwoPhaseCommit


class UnwrittenPartition(UnansweredExpansion):
    """Leaders come and go, and nobody writes: small enough for Python."""

    write = None  # type: ignore[assignment]
    delete_controller_node = None  # type: ignore[assignment]


SMALLEST_CLUSTER = {"max_controller_epoch": 1, "max_leader_epoch": 2, "max_version": 1, "max_registrations": 0}
SMALLEST_KIP_320 = {"replicas": 2, "log_size": 2, "max_records": 2, "max_leader_epoch": 1}
TWO_REPLICAS = {"brokers": 2, "replication_factor": 2, "records": 1, "max_controller_failures": 0}
ONE_REPLICA = {"brokers": 1, "replication_factor": 1, "min_insync_replicas": 1, "records": 2}
CASES: list[tuple[type[Model], dict[str, Any]]] = [
    (TwoPhaseCommit, {"resource_managers": 3}),
    (Kip320, SMALLEST_KIP_320),
    (UnwrittenPartition, SMALLEST_CLUSTER),
    (Kafka, {**TWO_REPLICAS, "max_power_losses": 0, "max_isr_shrinks": 0}),
    (Kafka, {**TWO_REPLICAS, "max_power_losses": 0, "max_suspicions": 0, "partitions": 2, "topics": 2}),
    (Kafka, {**ONE_REPLICA, "max_controlled_shutdowns": 1, "max_suspicions": 0}),
    (KRaft, {"max_elections": 1, "max_restarts": 1}),
    (SilentTruncation, {"servers": 2, "max_restarts": 1}),
    (EagerActivation, {"servers": 2, "max_elections": 1, "max_restarts": 1}),
    (FlexibleRaft, {"max_elections": 1}),
    (RaftFsync, {"max_elections": 1, "max_restarts": 1}),
    (RaftAddRemove, {"init_cluster_size": 1, "max_add_reconfigs": 1, "max_elections": 0}),
    (EmptiedDisksInRounds, {"servers": 3, "max_elections": 1, "max_remove_reconfigs": 2}),
    (RaftJointConsensus, {"reconfig_type": 2}),
    (RaftInRounds, {"servers": 3, "max_elections": 1, "max_restarts": 1}),
    (VolatileVote, {"servers": 3, "max_elections": 1, "max_restarts": 1}),
]


@pytest.mark.parametrize("symmetry", [False, True], ids=["full", "symmetry"])
@pytest.mark.parametrize(("model", "constants"), CASES, ids=[model.__name__ for model, _ in CASES])
def test_same_as_python(
    model: type[Model], constants: dict[str, Any], symmetry: bool, request: pytest.FixtureRequest
) -> None:
    if not symmetry:  # The kernels with symmetry are optimised, and have all that the others have.
        request.getfixturevalue("quickly_compiled")
    specification = Specification(model, constants)
    settings_ = Settings(workers=2, symmetry=symmetry, continue_after_violation=True)
    assert comparable(native(specification, settings_)) == comparable(python(specification, settings_))


@pytest.mark.parametrize("workers", [1, 2])
def test_published_counts(workers: int) -> None:
    """Two-phase commit: Stateright's counts. KIP-320: those of TLC on the published specification."""
    for model, constants, distinct, depth in (
        (TwoPhaseCommit, {"resource_managers": 5}, 8_832, 17),
        (TwoPhaseCommit, {"resource_managers": 7}, 296_448, 23),
        (Kip320, SMALLEST_KIP_320, 957, 15),
        (Kip320, {**SMALLEST_KIP_320, "replicas": 3}, 39_619, 22),
    ):
        outcome, _, _ = native(
            Specification(model, constants), Settings(workers=workers, continue_after_violation=True)
        )
        assert outcome is not None
        assert (outcome.distinct, outcome.depth, outcome.stopped) == (distinct, depth, "")


JUMPS = st.builds(
    lambda size, jumps, spread, blocked, bad: Jumps(
        size, tuple(jumps), (spread, *([5, 1] * (spread % 3))), blocked, bad
    ),
    st.integers(1, 3000),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=2, max_size=2),
    st.sampled_from([1, 3, 5]),
    st.integers(1, 5),
    st.integers(0, 3000),
)


@given(JUMPS, st.integers(1, 3), st.booleans())
@settings(max_examples=12, deadline=None)
def test_random_graphs(model: Jumps, workers: int, exact: bool) -> None:
    plain = Plain(model.successors).run(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(searching, "PARALLEL_SECONDS", 0.0)
        patch.setattr(context, "SHARED_ENTRIES", 1)
        options = Options(continue_after_violation=True)
        found = search(library(model, exact=exact), [model.words(0)], options, workers=workers)
    assert (found.distinct, found.generated, found.levels) == (len(plain.order), plain.generated, plain.levels)
    number = 0
    for level, count in enumerate(found.levels):
        for index in range(count):
            assert tuple(found.parents.path(level, index)[1]) == plain.paths[plain.order[number + index]]
        number += count
    stuck = [state for state in plain.order if not model.successors(state)]
    assert found.deadlocks == len(stuck)
    if stuck:
        level = len(plain.paths[stuck[0]])
        assert found.first_deadlock == Place(level, plain.order.index(stuck[0]) - sum(plain.levels[:level]))

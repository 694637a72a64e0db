"""The models that are shipped: native code and CPython agree on every state looked at."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from typing import Any

import pytest

from fencepost.checks.native.codec import Codec
from fencepost.checks.native.layout import build_layout
from fencepost.model import Specification
from fencepost.model.errors import SpecificationError
from fencepost.model.lang.lower import lower
from native.support import Native

REPLICATION = {"replicas": 2, "log_size": 2, "max_records": 2, "max_leader_epoch": 1}
RESTARTS = {"max_elections": 1, "max_restarts": 1}
MODELS: list[tuple[str, str, dict[str, Any], int]] = [
    ("two_phase_commit", "TwoPhaseCommit", {"resource_managers": 3}, 400),
    ("two_phase_commit", "TwoPhaseCommit", {"resource_managers": 5}, 150),
    ("replication.id_sequence", "IdSequence", {}, 50),
    ("replication.finite_replicated_log", "FiniteReplicatedLog", {}, 150),
    *(
        (f"replication.{module}", name, REPLICATION, 150)
        for module, name in [
            ("truncate_to_high_watermark", "TruncateToHighWatermark"),
            ("kip_101", "Kip101"),
            ("kip_279", "Kip279"),
            ("kip_320", "Kip320"),
            ("kip_320_first_try", "Kip320FirstTry"),
        ]
    ),
    ("replication.kip_320", "Kip320", {"replicas": 3, "log_size": 3, "max_records": 3, "max_leader_epoch": 2}, 150),
    ("replication.async_isr", "AsyncIsr", {}, 150),
    ("controller.zookeeper", "ZooKeeperController", {"brokers": 3, "log_size": 2, "max_records": 2}, 20),
    ("controller.zookeeper_open", "LateLook", {"max_registrations": 2}, 60),
    ("raft.kraft", "KRaft", {"max_restarts": 1}, 150),
    *(
        (f"raft.{module}", name, {"servers": 2, "max_restarts": 1}, 60)
        for module, name in [
            ("kraft_pre_vote", "KRaftPreVote"),
            ("kraft_partitions", "KRaftPreVotePartitioned"),
            ("kraft_check_quorum", "KRaftCheckQuorum"),
            ("kraft_traps", "ResumedLeadership"),
            ("kraft_traps", "ForgottenLeadership"),
            ("kraft_traps", "SilentTruncation"),
            ("kraft_traps", "KeptWrites"),
        ]
    ),
    ("raft.kraft_reconfig", "KRaftReconfig", {"init_cluster_size": 1, "max_add_reconfigs": 1, "max_restarts": 1}, 100),
    ("raft.raft", "Raft", RESTARTS, 100),
    ("raft.flexible_raft", "FlexibleRaft", {**RESTARTS, "replication_quorum_size": 1}, 100),
    ("raft.raft_fsync", "RaftFsync", {**RESTARTS, "follower_fsync_before_reply": False}, 100),
    ("raft.raft_fsync", "RaftFsyncInRounds", RESTARTS, 100),
    ("raft.raft_add_remove", "RaftAddRemove", {"max_add_reconfigs": 1, "init_cluster_size": 1, **RESTARTS}, 100),
    ("raft.raft_add_remove", "EmptiedDisksInRounds", {"servers": 3, "include_thesis_bug": True}, 100),
    ("raft.raft_joint_consensus", "RaftJointConsensus", RESTARTS, 100),
    ("raft.raft_joint_consensus", "RaftJointConsensusInRounds", {"servers": 3, **RESTARTS}, 100),
    ("raft.rounds", "RaftInRounds", {"servers": 3, "values": 2}, 100),
    ("raft.traps", "Figure8", {"servers": 3}, 100),
    ("raft.traps", "VolatileVote", RESTARTS, 100),
]


def reachable(specification: Specification, limit: int) -> Iterator[Any]:
    seen: dict[int, Any] = {}
    for state in specification.initial_states():
        seen[specification.key(state)] = state
    queue = list(seen.values())
    for state in queue:
        yield state
        for _, after in successors(specification, state)[0]:
            if specification.key(after) not in seen and len(seen) < limit:
                seen[specification.key(after)] = after
                queue.append(after)


def successors(specification: Specification, state: Any) -> tuple[list[tuple[int, Any]], int | None]:
    """The steps that CPython makes, and the index of the action that fails."""
    found = []
    for action in specification.actions:
        try:
            for arguments in specification.arguments(action, state):
                found += [(action.index, step.state) for step in specification.fire(action, state, arguments)]
        except SpecificationError:
            return found, action.index
    return found, None


def bit(mask: int, position: int) -> bool:
    return bool(mask >> position & 1)


def check_properties(specification: Specification, native: Native, state: Any, after: list[Any]) -> None:
    answers = native.check(state)
    assert isinstance(answers, list)
    false, _, true, within = answers
    assert bool(within) is specification.within_constraint(state)
    for position, prop in enumerate(specification.properties):
        assert native.program.properties[position].name == prop.name
        if prop.kind == "step_invariant":
            for step in after:
                told = native.check_step(state, step)
                assert isinstance(told, list)
                assert bit(told[0], position) is not specification.holds(prop, state, step)
        elif prop.kind == "witness":
            assert bit(true, position) is specification.holds(prop, state)
        else:
            assert bit(false, position) is not specification.holds(prop, state)


@pytest.mark.parametrize(("module", "name", "constants", "limit"), MODELS, ids=str)
def test_native_code_does_what_the_class_does(module: str, name: str, constants: dict[str, Any], limit: int) -> None:
    model = getattr(importlib.import_module(f"fencepost.model.{module}"), name)
    specification = Specification(model, constants)
    native = Native(lower(specification), level=1)
    codec = Codec(build_layout(specification.state_type))
    for state in reachable(specification, limit):
        expected, failed = successors(specification, state)
        found = native.successors(state)
        if failed is not None:
            assert found == -1 - failed
            continue
        assert isinstance(found, list)
        assert [(index, codec.encode(after)) for index, after in found] == [
            (index, codec.encode(after)) for index, after in expected
        ]
        check_properties(specification, native, state, [after for _, after in expected])


@pytest.mark.parametrize("module", ["raft", "kraft"])
def test_messages_in_flight_are_not_computed_with_as_integers(module: str) -> None:
    """However many there are, LLVM has nothing wider than a word to take apart, which would take it minutes."""
    found = getattr(
        importlib.import_module(f"fencepost.model.raft.{module}"), {"raft": "Raft", "kraft": "KRaft"}[module]
    )
    program = lower(Specification(found, {"max_in_flight": 32, "max_sent": 48}))
    native = Native(program)
    assert {array.name for array in native.layout.arrays if array.width > 64} == {"messages", "sent"}
    assert max(map(int, re.findall(r"\bi(\d+)\b", native.text))) <= 64

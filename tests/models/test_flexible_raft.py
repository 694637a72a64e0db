"""Flexible Raft against the counts that TLC gives for the publication, level by level and action by action."""

import pytest

from fencepost.checks import check
from fencepost.model.raft.flexible_raft import FlexibleRaft

# Two elections, one copy commits: new states and generated ones.
ACTIONS = {
    "accept_append_request": "1108:1988",
    "advance_commit_offset": "250:776",
    "append_entries": "1517:2306",
    "become_leader": "319:614",
    "client_request": "58:138",
    "handle_append_response": "3908:4242",
    "handle_vote_request": "383:1290",
    "handle_vote_response": "405:1288",
    "refuse_append_request": "792:2132",
    "request_vote": "59:270",
    "update_term": "370:766",
}


def test_one_election(search):
    found = search(FlexibleRaft, servers=2, values=1, max_elections=1)
    assert found.levels == [1, 2, 2, 2, 2, 2, 4, 6, 8, 8, 10, 12, 14, 14, 12, 8, 2]
    assert found.violated == {}


def test_two_elections():
    """A single copy commits here, which is no majority."""
    constants = {"servers": 2, "values": 1, "max_elections": 2, "replication_quorum_size": 1}
    properties = ["committed_entries_reach_quorum", "committed_entries_reach_majority"]
    found = check(FlexibleRaft, constants, properties=properties, keep_going=True).report
    assert {one.name: one.trace_length for one in found.properties} == dict(zip(properties, [None, 8], strict=True))
    assert found.levels == (
        *(1, 2, 5, 10, 17, 22, 27, 34, 58, 104, 184, 294, 432, 590),
        *(752, 876, 946, 952, 890, 804, 716, 602, 432, 250, 120, 44, 6),
    )
    assert {one.name: f"{one.new}:{one.generated}" for one in found.actions} == ACTIONS


@pytest.mark.parametrize(
    ("quorums", "name", "states"),
    [
        ((1, 2), "election_safety", 5),  # Two quorums for elections do not overlap.
        ((1, 1), "leader_completeness", 7),  # Nor do the two kinds.
    ],
    ids=str,
)
def test_quorums_that_do_not_overlap(search, quorums, name, states):
    sizes = dict(zip(("election_quorum_size", "replication_quorum_size"), quorums, strict=True))
    found = search(FlexibleRaft, until=name, servers=2, values=1, max_elections=2, **sizes)
    assert found.violated[name] == states

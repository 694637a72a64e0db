"""Raft with a log to be flushed, against the counts that TLC gives for the published specification."""

import pytest

from fencepost.model.raft.raft_fsync import RaftFsync

SAFE = {"leader_fsync_before_include_in_quorum": True, "follower_fsync_before_reply": True}
NEVER = {"leader_fsync_before_include_in_quorum": False, "follower_fsync_before_reply": False}
LEADER = {"leader_fsync_before_append_entries": True, "follower_fsync_before_reply": False}
FOLLOWER = {"leader_fsync_before_include_in_quorum": False, "follower_fsync_before_reply": True}

# Who flushes, restarts, distinct states, generated ones with the initial one, depth.
PUBLISHED = [
    (SAFE, 0, 155, 231, 19),
    (SAFE, 1, 464, 877, 20),
    (NEVER, 0, 355, 731, 20),
    (FOLLOWER, 0, 203, 335, 19),
    (LEADER, 0, 195, 307, 20),
    (LEADER, 1, 800, 1_513, 22),
]


@pytest.mark.parametrize(("flags", "restarts", "distinct", "generated", "depth"), PUBLISHED)
def test_published_counts(search, flags, restarts, distinct, generated, depth):
    found = search(RaftFsync, servers=2, values=1, max_elections=1, max_restarts=restarts, **flags)
    assert (found.distinct, found.generated.total() + 1, found.depth) == (distinct, generated, depth)
    is_lost = restarts > 0 and not flags["follower_fsync_before_reply"]
    assert found.violated == ({"committed_entries_reach_majority": 14} if is_lost else {})


def test_levels(search):
    found = search(RaftFsync, servers=2, values=1, max_elections=1, max_restarts=0, **SAFE)
    assert found.levels == [1, 2, 2, 2, 2, 2, 2, 4, 8, 12, 14, 16, 16, 18, 18, 14, 12, 8, 2]
    found = search(RaftFsync, servers=2, values=1, max_elections=1, max_restarts=1, **SAFE)
    assert found.levels == [1, 3, 6, 6, 6, 6, 8, 6, 16, 28, 38, 46, 52, 54, 56, 48, 36, 28, 16, 4]

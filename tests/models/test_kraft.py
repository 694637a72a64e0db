"""KRaft against the counts that TLC gives for the published specification, level by level and action by action."""

from fencepost.model.raft.kraft import KRaft

# Two elections: generated states. Which action gets a new state credited depends on their order.
ACTIONS = {
    # TLC generates 324: it counts a fetch from the beginning twice, for two reasons why it fits the leader's log.
    "accept_fetch_request": 216,
    "become_leader": 54,
    "client_request": 206,
    "diverging_fetch_request": 0,
    "handle_begin_quorum_request": 80,
    "handle_diverging_fetch_response": 0,
    "handle_error_fetch_response": 0,
    "handle_success_fetch_response": 240,
    "handle_vote_request": 112,
    "handle_vote_response": 228,
    "refuse_fetch_request": 176,
    "request_vote": 54,
    "restart": 0,
    "send_fetch_request": 352,
}


def test_one_election(search):
    found = search(KRaft, servers=2, values=1, max_elections=1)
    assert found.levels == [1, 2, 2, 2, 2, 4, 4, 4, 6, 6, 4, 4, 4, 4, 2, 2, 2]


def test_two_elections(search):
    found = search(KRaft, servers=2, values=1, max_elections=2)
    assert found.levels == [
        *(1, 2, 5, 8, 13, 16, 19, 28, 42, 54, 66, 74, 74, 80),
        *(84, 88, 92, 82, 82, 78, 64, 50, 48, 40, 16, 14, 10),
    ]
    assert {name: found.generated[name] for name in ACTIONS} == ACTIONS
    assert found.violated == {}


def test_a_follower_of_nobody_must_not_learn_of_its_leader(search):
    """The restart as published: TLC finds the same run of seven states."""
    found = search(KRaft, servers=2, values=1, max_elections=1, max_restarts=1)
    assert found.violated == {"no_illegal_state": 7}

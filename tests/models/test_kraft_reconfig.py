"""KRaft with voters that join and leave, against what TLC gives for the published specification.

Where servers are spawned, TLC was given the specification with one change: as published it tells apart how many servers
there were when a server last noted them all, which nothing depends on.
"""

from fencepost.model.raft.kraft_reconfig import KRaftReconfig

# One election: new states and generated ones of the actions that are possible.
ACTIONS = {
    "accept_fetch_request_from_voter": "73:73",
    "become_leader": "15:21",
    "client_request": "18:62",
    "handle_begin_quorum_request": "28:28",
    "handle_success_fetch_response": "78:78",
    "handle_vote_request": "22:22",
    "handle_vote_response": "22:30",
    "refuse_fetch_request": "36:88",
    "request_vote": "15:22",
    "send_fetch_request": "120:120",
}


def test_no_election(search):
    found = search(KRaftReconfig, max_elections=0)
    assert found.levels == [1, 2, 2, 3, 3, 2, 2, 2, 2, 1, 1, 1]


def test_one_election(search):
    found = search(KRaftReconfig, max_elections=1)
    assert found.levels == [
        *(1, 3, 5, 8, 12, 15, 17, 20, 26, 28, 31),
        *(36, 34, 35, 36, 32, 25, 24, 20, 8, 7, 5),
    ]
    assert {name: f"{found.new[name]}:{found.generated[name]}" for name in found.generated} == ACTIONS
    assert found.violated == {}


def test_an_observer_joins(search):
    found = search(KRaftReconfig, max_elections=0, init_cluster_size=1, max_add_reconfigs=1)
    assert (found.distinct, found.depth) == (338, 26)
    assert found.new["accept_join_request"] > 0
    assert found.violated == {}


REMOVAL = {"max_elections": 0, "max_remove_reconfigs": 1}


def test_a_leader_removes_itself_or_another(search):
    assert search(KRaftReconfig, **REMOVAL).violated == {}

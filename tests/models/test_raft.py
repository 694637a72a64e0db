"""Raft against the counts that TLC gives for the published specification, level by level and action by action."""

from fencepost.model.raft.raft import Raft

# Two elections: new states and generated ones.
ACTIONS = {
    "accept_append_request": "445:476",
    "advance_commit_offset": "132:276",
    "append_entries": "349:398",
    "become_leader": "89:126",
    "client_request": "58:138",
    "handle_append_response": "656:716",
    "handle_vote_request": "107:330",
    "handle_vote_response": "120:328",
    "refuse_append_request": "138:240",
    "request_vote": "35:98",
    "restart": "0:0",
    "update_term": "94:150",
}


def test_one_election(search):
    found = search(Raft, servers=2, values=1, max_elections=1)
    assert found.levels == [1, 2, 2, 2, 2, 2, 4, 6, 6, 4, 6, 8, 8, 8, 8, 8, 6, 2, 2, 2]


def test_two_elections(search):
    found = search(Raft, servers=2, values=1, max_elections=2)
    assert found.levels == [
        *(1, 2, 5, 10, 17, 22, 27, 32, 46, 66, 86, 100, 108, 126),
        *(154, 174, 182, 182, 188, 176, 144, 118, 100, 74, 40, 20, 16, 8),
    ]
    assert {name: f"{found.new[name]}:{found.generated[name]}" for name in ACTIONS} == ACTIONS
    assert found.violated == {}

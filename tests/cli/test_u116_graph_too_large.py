"""U116: a specification has more states than a graph is to have."""

import pytest

from fencepost.checks.state_graph import state_graph
from fencepost.model import Specification
from fencepost.model.errors import GraphTooLarge
from fencepost.model.two_phase_commit import TwoPhaseCommit


def test_one_state_too_many():
    specification = Specification(TwoPhaseCommit, {"resource_managers": 1})
    states = len(state_graph(specification))
    assert len(state_graph(specification, limit=states)) == states
    with pytest.raises(GraphTooLarge) as raised:
        state_graph(specification, limit=states - 1)
    assert raised.value.what == f"TwoPhaseCommit has more than {states - 1} states"
    assert raised.value.hint == "choose smaller constants, or raise the limit"

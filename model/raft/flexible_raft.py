"""Flexible Raft: quorums of one size for elections, of another for replication (Howard et al., Flexible Paxos, 2016).

State, steps and their granularity are those of `FlexibleRaft` in Vanlightly/raft-tlaplus. A leader does not wait for
answers, and no message is sent twice.

The two kinds of quorums have to overlap, or else a leader may lack what is committed; and two quorums for elections, or
else a term may have two leaders. Neither is demanded here: sizes that do not fit can be tried out.
"""

from typing import Annotated, Never

from .. import Constant, Range, implies, invariant
from .base import Entry
from .push import PushRaft
from .server import Server


class FlexibleRaft(PushRaft[Entry, Never, Server[Entry]]):
    """Raft with quorums of two sizes."""

    election_quorum_size: Annotated[Constant[int], Range(1, "servers")] = 2
    replication_quorum_size: Annotated[Constant[int], Range(1, "servers")] = 2

    def election_quorum(self) -> int:
        return self.election_quorum_size

    def replication_quorum(self) -> int:
        return self.replication_quorum_size

    @invariant
    def committed_entries_reach_quorum(self) -> bool:
        """If leaders have committed something, one of them has its last committed entry on a replication quorum."""
        return implies(self.leaders_have_committed(), self.last_committed_is_on(self.replication_quorum_size))

    @invariant(on_request=True)
    def committed_entries_reach_majority(self) -> bool:
        """Not promised where less than a majority commits. `CommittedEntriesReachMajority`."""
        return super().committed_entries_reach_majority()

"""The KRaft quorum with check-quorum: a leader from which no majority fetches resigns (KAFKA-15489, Kafka 3.7).

Without it, a leader that is cut off leads on as long as the links do not heal. It takes what clients write and commits
nothing, and whoever can reach it only does not look for another leader.

In Kafka (`LeaderState`) a timer of 1.5 fetch timeouts starts anew whenever a majority has fetched. Here, time passes
in intervals that end whenever they do, and whoever has not fetched since the last end of one has not fetched in time.
"""

from typing import Annotated, Generic, TypeVar

from .. import Constant, Map, Range, Set, action, implies, invariant, require
from .base import Entry, ServerId
from .kraft import BeginQuorumResponse, X
from .kraft_partitions import Partitioned
from .kraft_restart import RestartingVoter
from .kraft_server import FetchRequest, FetchResponse, Role


class CheckingVoter(RestartingVoter):
    """A voter that knows, when it leads, who has fetched since the last check."""

    fetched: Set[ServerId]

    def forget_fetches(self) -> None:
        super().forget_fetches()
        self.fetched = Set()

    def on_fetch(self, request: FetchRequest) -> FetchResponse[Entry]:
        self.fetched.add(request.source)
        return super().on_fetch(request)

    def check_quorum(self, me: int) -> None:
        """Resigns unless a majority fetches, in which a leader counts itself. So a sole voter never does."""
        self.fetched.add(me)
        if not self.is_majority(self.fetched):
            self.role = Role.RESIGNED
        self.fetched = Set()


C = TypeVar("C", bound=CheckingVoter)


class CheckedQuorum(Partitioned[X, C], Generic[X, C]):
    """A quorum of servers C with links that fail, and with leaders that check whether they are followed."""

    max_checks: Annotated[Constant[int], Range(0, 6)] = 2

    checks: Annotated[int, Range(0, "max_checks")]
    is_cut_off: Map[ServerId, bool]
    """Whether a leader has heard from no majority ever since its last check."""
    was_cut_off: Map[ServerId, bool]
    """Whether that was so for a whole interval, and has been since."""

    @action
    def check_quorum(self, server: ServerId) -> None:
        """An interval of a leader is over."""
        me = self.server[server]
        require(self.checks < self.max_checks and me.role == Role.LEADER)
        self.checks += 1
        me.check_quorum(server)
        self.was_cut_off[server] = self.is_cut_off[server]
        self.is_cut_off[server] = not self.is_heard_by_majority(server)

    def is_heard_by_majority(self, server: ServerId) -> bool:
        """Whether a server, with those that it hears, is a majority."""
        return self.is_majority(Set([peer for peer in self.server if self.is_connected(peer, server)]))

    def heal(self) -> None:
        super().heal()
        for server in self.server:
            self.is_cut_off[server] = False
            self.was_cut_off[server] = False

    @invariant
    def leader_that_is_cut_off_resigns(self) -> bool:
        """No server leads that was cut off from a majority for a whole interval."""
        return all(implies(self.was_cut_off[server], not self.is_leader(server)) for server in self.members(ServerId))


class KRaftCheckQuorum(CheckedQuorum[BeginQuorumResponse, CheckingVoter]):
    """KRaft with links that fail, and with check-quorum."""

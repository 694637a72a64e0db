"""KRaft with high watermarks that never fall: leaders keep theirs to themselves until they are established.

A new leader has every committed entry, and does not know how many of its entries are committed. What it knew as a
follower may be less than what the last leader has told others. So it tells nothing until it has committed an entry of
its own epoch, and with that everything before. And its high watermark never falls, though a follower may seem to go
back: a fetch that was sent before a restart can come after those that were sent since.

A follower that is told of less than it knows of stops with an exception in Kafka: it is in an illegal state here.

Sources: KIP-595; `LeaderState.maybeUpdateHighWatermark`, `FollowerState.updateHighWatermark`, and
`MonotonicHighWatermark` in `RaftEventSimulationTest` of Apache Kafka.
"""

from typing import Annotated, Generic, TypeVar

from .. import In, implies, invariant, step_invariant
from ..log import Offset
from .base import Entry
from .kraft_established import RestartingCommitted
from .kraft_restart import RestartingVoter
from .kraft_server import FetchRequest, FetchResponse


class ReportingVoter(RestartingVoter):
    """A voter that tells of its high watermark only when that is in its own epoch. A report of 0 is none."""

    def committable_offset(self, me: int) -> int:
        return self.raised_to(super().committable_offset(me))

    def raised_to(self, offset: int) -> int:
        """The high watermark of a leader that finds an offset to be on a majority. It never falls."""
        return max(self.high_watermark, offset)

    @property
    def may_report(self) -> bool:
        """Whether a leader has committed an entry of its epoch."""
        return self.log.end_of_epochs_up_to(self.epoch - 1) < self.high_watermark

    @property
    def report(self) -> int:
        """What a leader tells of its high watermark."""
        return self.high_watermark if self.may_report else 0

    def fetch_response(self, request: FetchRequest, high_watermark: int) -> FetchResponse[Entry]:
        response = super().fetch_response(request, high_watermark)
        response.high_watermark = self.report
        return response

    def is_told_less(self, report: int) -> bool:
        """Whether a leader tells of less than is known here."""
        return 0 < report < self.high_watermark

    def on_fetched(self, response: FetchResponse[Entry]) -> None:
        before = self.high_watermark
        is_told_less = self.is_told_less(response.high_watermark)
        super().on_fetched(response)
        self.high_watermark = max(before, min(response.high_watermark, self.log.end_offset))
        if is_told_less:
            self.become_illegal()


R = TypeVar("R", bound=ReportingVoter)


class ReportingQuorum(RestartingCommitted[R], Generic[R]):
    """A quorum with a committed entry, of which leaders have told. `reported` is the most that a leader has told."""

    reported: Offset

    def settle(self) -> None:
        super().settle()
        self.reported = 1

    def accept_fetch_request(self, message: Annotated[FetchRequest, In("messages")]) -> None:
        super().accept_fetch_request(message)
        self.reported = max(self.reported, self.server[message.target].report)

    @invariant
    def reports_never_fall(self) -> bool:
        """The newest leader tells of a high watermark that is no less than what any leader has told, or of none."""
        return all(
            implies(self.is_newest_leader(server) and me.may_report, self.reported <= me.report)
            for server, me in self.server.items()
        )

    @step_invariant
    def high_watermarks_never_fall(self, after: "ReportingQuorum[R]") -> bool:
        """No server ever knows of less than before, but for a restart."""
        return all(
            implies(self.restarts == after.restarts, me.high_watermark <= after.server[server].high_watermark)
            for server, me in self.server.items()
        )


class KRaftHighWatermark(ReportingQuorum[ReportingVoter]):
    """KRaft with high watermarks that leaders tell of when they are established."""

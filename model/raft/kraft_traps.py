"""Known traps of KRaft: rules of Kafka taken out one at a time, each of which breaks a promise."""

from .kraft import BeginQuorumResponse
from .kraft_activation import ActivatingQuorum, ActivatingVoter
from .kraft_check_quorum import CheckedQuorum, CheckingVoter
from .kraft_established import RestartingCommitted
from .kraft_high_watermark import ReportingQuorum, ReportingVoter
from .kraft_partitions import MinorityCut, PreVotePartitioned
from .kraft_pre_vote import PreVoter
from .kraft_restart import OnlyElections, RestartingQuorum, RestartingVoter
from .kraft_server import Role


class ResumingVoter(RestartingVoter):
    """A voter that leads on after a restart, in the same epoch."""

    def restart(self, me: int) -> None:
        was_leader = self.role == Role.LEADER
        super().restart(me)
        if was_leader:
            self.role = Role.LEADER


class ResumedLeadership(RestartingQuorum[BeginQuorumResponse, ResumingVoter]):
    """KAFKA-10661: after a loss of power, the epoch of a leader and an offset name two records."""


class ForgetfulVoter(RestartingVoter):
    """A voter that does not know after a restart that it led, and takes its vote to be free."""

    def restart(self, me: int) -> None:
        was_leader = self.role == Role.LEADER
        super().restart(me)
        if was_leader:
            self.become_unattached(self.epoch)


class ForgottenLeadership(
    OnlyElections[BeginQuorumResponse, ForgetfulVoter],
    RestartingQuorum[BeginQuorumResponse, ForgetfulVoter],
):
    """KAFKA-10527: a leader, which has voted for itself, gives its vote a second time."""


class UnflushedVoter(RestartingVoter):
    """A voter that fetches again before it has flushed what it fetched."""

    @property
    def flushed_offset(self) -> int:
        return super().flushed_offset if self.role == Role.LEADER else 0


class UnflushedFetch(RestartingCommitted[UnflushedVoter]):
    """KAFKA-13884: a leader commits what its followers can still lose."""


class ObedientVoter(UnflushedVoter):
    """A voter that truncates whatever a leader says."""

    def may_truncate(self, end_offset: int) -> bool:
        return True


class SilentTruncation(RestartingCommitted[ObedientVoter]):
    """KAFKA-12460: the last server with a committed entry throws it away when a leader without it says so."""


class NoPreVote(MinorityCut[BeginQuorumResponse, RestartingVoter]):
    """KIP-996: a server that was cut off stands for election, and deposes a leader that a majority follows."""


class SwayedVoter(PreVoter):
    """A voter that grants pre-votes although it fetches from its leader."""

    @property
    def misses_leader(self) -> bool:
        return self.role == Role.FOLLOWER or super().misses_leader


class SwayedPreVote(PreVotePartitioned[SwayedVoter]):
    """KIP-996: a server that is cut off from the leader only is elected with pre-votes of the leader's followers."""


class StubbornVoter(CheckingVoter):
    """A voter that leads on, whoever fetches."""

    def check_quorum(self, me: int) -> None:
        self.fetched.clear()


class NoCheckQuorum(CheckedQuorum[BeginQuorumResponse, StubbornVoter]):
    """KAFKA-15489: a leader that is cut off never finds out."""


class EagerVoter(ActivatingVoter):
    """A voter that announces at once that it leads, also when it has resigned."""

    @property
    def may_activate(self) -> bool:
        return self.role in (Role.LEADER, Role.RESIGNED)


class EagerActivation(ActivatingQuorum[EagerVoter]):
    """KAFKA-17333: a controller acts on a state that lacks committed entries."""


class KeepingVoter(ActivatingVoter):
    """A voter whose state machine keeps what it had written when it loses its leadership."""

    def renounce(self) -> None:
        self.active_epoch = 0


class KeptWrites(ActivatingQuorum[KeepingVoter]):
    """KAFKA-17608: a controller that was deposed has effects in memory that were never committed."""


class HastyVoter(ReportingVoter):
    """A voter that tells of its high watermark as soon as it leads, also of none."""

    @property
    def may_report(self) -> bool:
        return True

    def is_told_less(self, report: int) -> bool:
        return report < self.high_watermark


class HastyReport(ReportingQuorum[HastyVoter]):
    """KIP-595: a new leader tells of the high watermark that it knew as a follower, which others know to be higher."""


class ObligingVoter(ReportingVoter):
    """A voter that as a leader goes by the last fetch that came from a follower, also back."""

    def raised_to(self, offset: int) -> int:
        return offset


class LateFetch(ReportingQuorum[ObligingVoter]):
    """A fetch from before a restart takes the leader's high watermark back."""

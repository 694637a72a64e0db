"""The first design for KIP-320, which was given up: truncate when a fetch finds that the logs part.

From `Kip320FirstTry` in hachikuji/kafka-specification. A new follower leaves its log alone. Each fetch says which epoch
the follower's last record has; a leader that has another epoch at that offset refuses, and the follower truncates.
Epochs of records are compared, leader epochs are not: a follower in an older epoch still counts for the high watermark,
and may truncate committed records as it catches up with the epochs it has missed.

Promises both in-sync properties for two replicas, and neither for three: it takes three elections to lose a record.
"""

from .. import action, require
from .kip_279 import Kip279
from .state import Broker


class Kip320FirstTry(Kip279):
    """Fetches are fenced by the epoch of the last record."""

    def ends_like_leader(self, follower: Broker, leader: Broker, end_offset: int) -> bool:
        """Whether a follower's log, up to an end offset, ends with a record of the leader's epoch at that offset."""
        if not (self.presumes_leadership(leader) and self.is_following(follower, leader)):
            return False
        if end_offset == 0:
            return True
        ours, theirs = self.replica[follower].log, self.replica[leader].log
        last = end_offset - 1
        return ours.has_offset(last) and theirs.has_epoch_at(last, ours.records[last].epoch)

    def may_fetch(self, follower: Broker, leader: Broker) -> bool:
        """Only at the end of a log that ends like the leader's. Guard of `FollowerFetch`."""
        return self.ends_like_leader(follower, leader, self.replica[follower].log.end_offset)

    def has_acknowledged(self, follower: Broker, leader: Broker, offset: int) -> bool:
        """A record of the same epoch, whoever sent it. Guard of `ImprovedLeaderIncHighWatermark`."""
        return self.ends_like_leader(follower, leader, offset + 1)

    def is_out_of_sync(self, follower: Broker, leader: Broker) -> bool:
        """A member whose log does not end like the leader's. Guard of `LeaderShrinkIsrBetterFencing`."""
        return not self.ends_like_leader(follower, leader, self.replica[leader].log.end_offset)

    def may_join_isr(self, follower: Broker, leader: Broker) -> bool:
        """A log that ends like the leader's up to the high watermark. Guard of `LeaderExpandIsrBetterFencing`."""
        return self.ends_like_leader(follower, leader, self.replica[leader].high_watermark) and self.may_admit_replicas(
            leader
        )

    def may_admit_replicas(self, leader: Broker) -> bool:
        """Whether a leader knows enough to judge which replicas have every committed record."""
        return self.is_settled(leader)

    def make_log_fit(self, follower: Broker, leader: Broker) -> None:
        """Nothing: the first fetch will tell."""

    @action
    def follower_truncate(self, follower: Broker, leader: Broker) -> None:
        """A follower whose fetch was refused truncates to what matches the leader's log. `FollowerTruncate`."""
        require(self.presumes_leadership(leader) and self.is_following(follower, leader))
        require(self.needs_truncation(follower, leader))
        self.replica[follower].truncate(self.truncation_offset(follower, leader))

    def needs_truncation(self, follower: Broker, leader: Broker) -> bool:
        """Whether a follower's log is longer than the leader's, or ends with a record of another epoch."""
        ours, theirs = self.replica[follower].log, self.replica[leader].log
        if ours.end_offset > theirs.end_offset:
            return True
        if ours.end_offset == 0:
            return False
        last = ours.end_offset - 1
        return ours.records[last].epoch != theirs.records[last].epoch

"""KIP-320 (Kafka 2.1): followers and leader talk only when they are in the same leader epoch.

From `Kip320` in hachikuji/kafka-specification. On top of KIP-279's truncation, four rules:

1. A follower fetches only from a leader in its own epoch.
2. It truncates only against a leader that has adopted the very epoch it is about to adopt: the log of a leader in
   another epoch may still change.
3. Only in-sync replicas in the leader's epoch count when the high watermark advances.
4. A replica joins the in-sync set only when it is in the leader's epoch, and the leader's high watermark has reached
   the records of its own epoch (KAFKA-7128). A new leader does not know how far the high watermark had come, only that
   it was not past the log it took over.

Promises every property of the family, except `leader_in_isr`, which is false before the first election. Each rule is
one small method, and each is needed: without it some property fails.
"""

from .kip_279 import Kip279
from .state import Broker, LeaderAndIsr


class Kip320(Kip279):
    """Fetching, truncation, the high watermark and the in-sync set are fenced by the leader epoch."""

    def is_in_epoch_of(self, follower: Broker, leader: Broker) -> bool:
        """Whether a broker follows a presumed leader in that leader's epoch."""
        return (
            self.presumes_leadership(leader)
            and self.is_following(follower, leader)
            and self.replica[follower].leader_epoch == self.replica[leader].leader_epoch
        )

    def may_fetch(self, follower: Broker, leader: Broker) -> bool:
        """Rule 1. Guard of `FencedFollowerFetch`."""
        return self.is_in_epoch_of(follower, leader)

    def has_acknowledged(self, follower: Broker, leader: Broker, offset: int) -> bool:
        """Rule 3. Guard of `FencedLeaderIncHighWatermark`."""
        return self.is_in_epoch_of(follower, leader) and self.replica[follower].log.has_offset(offset)

    def is_out_of_sync(self, follower: Broker, leader: Broker) -> bool:
        """A member in another epoch, or behind: leaving is always safe. Guard of `FencedLeaderShrinkIsr`."""
        return (
            not self.is_in_epoch_of(follower, leader)
            or self.replica[follower].log.end_offset < self.replica[leader].log.end_offset
        )

    def may_join_isr(self, follower: Broker, leader: Broker) -> bool:
        """Rule 4. Guard of `FencedLeaderExpandIsr`."""
        return (
            self.may_join_from_epoch(follower, leader)
            and self.has_reached_high_watermark(follower, leader)
            and self.may_admit_replicas(leader)
        )

    def may_join_from_epoch(self, follower: Broker, leader: Broker) -> bool:
        """Whether a replica is in the right epoch to join the in-sync set."""
        return self.is_in_epoch_of(follower, leader)

    def has_reached_high_watermark(self, follower: Broker, leader: Broker) -> bool:
        """Whether a replica has everything that its leader takes for committed."""
        return self.replica[leader].high_watermark <= self.replica[follower].log.end_offset

    def may_admit_replicas(self, leader: Broker) -> bool:
        """Whether a leader knows enough to judge which replicas have every committed record."""
        return self.is_settled(leader)

    def may_become_follower(self, request: LeaderAndIsr, leader: Broker) -> bool:
        """Rule 2. Guard of `FencedBecomeFollowerAndTruncate`."""
        return self.presumes_leadership(leader) and self.replica[leader].leader_epoch == request.leader_epoch

"""KIP-101 (Kafka 0.11): a new follower asks the leader where the follower's latest epoch ends.

From `Kip101` in hachikuji/kafka-specification. Records carry the epoch of the leader that wrote them, so the leader can
tell where its log and the follower's part. The answer is a bare offset: when the leader has no record of the epoch
asked for, it is the start of a later one, which need not be where the logs part. KIP-279 closes that hole.

Promises neither in-sync property: two replicas and three elections are enough to lose a record.
"""

from .base import Replication
from .state import Broker


class Kip101(Replication):
    """A new follower truncates to the end of its latest epoch in the leader's log."""

    def truncation_offset(self, follower: Broker, leader: Broker) -> int:
        """The leader's end offset for the follower's latest epoch; the high watermark when the leader knows none.

        An offset past the follower's end disables the step, as published: that follower waits until it can adopt
        another request. Kafka takes the end of the log instead.
        """
        me = self.replica[follower]
        epoch = me.log.latest_epoch
        if epoch is None:
            return 0
        answer = self.replica[leader].log.end_offset_for_epoch(epoch)
        return me.high_watermark if answer is None else answer

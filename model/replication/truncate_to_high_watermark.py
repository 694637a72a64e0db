"""Replication before Kafka 0.11: a new follower truncates to its own high watermark.

From `KafkaTruncateToHighWatermark` in hachikuji/kafka-specification. A follower learns how far the high watermark has
come one fetch later than the leader that moved it. Truncating to what it has learned can drop a record that is already
committed (KAFKA-1211), and leaves records in place that the new leader does not have.

Promises neither in-sync property: two replicas and one election are enough to lose a record.
"""

from .base import Replication
from .state import Broker


class TruncateToHighWatermark(Replication):
    """A new follower trusts its own high watermark."""

    def truncation_offset(self, follower: Broker, leader: Broker) -> int:
        """The follower's high watermark."""
        return self.replica[follower].high_watermark

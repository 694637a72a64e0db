"""KIP-279 (Kafka 2.0): a new follower truncates to where its log and the leader's really part.

From `Kip279` in hachikuji/kafka-specification. The leader's answer carries the epoch as well as the offset, and the
follower asks again until both agree; here that negotiation is one step, the last offset with the same record. What is
still missing is a comparison of leader epochs: follower and leader may be in different ones. KIP-320 adds it.

Promises both in-sync properties for two replicas, and neither for three: a follower may truncate against a leader of an
epoch that has passed.
"""

from .base import Replication
from .state import Broker


class Kip279(Replication):
    """A new follower keeps what matches the leader's log."""

    def truncation_offset(self, follower: Broker, leader: Broker) -> int:
        """One past the last record that both logs have."""
        return self.replica[follower].log.end_of_match(self.replica[leader].log)

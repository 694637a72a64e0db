"""Known traps of replication in a KRaft cluster: rules taken out one at a time, each of which breaks a promise."""

from .kafka_3_5 import Kafka35
from .kafka_messages import BrokerId


class LastReplicaStanding(Kafka35):
    """KIP-966, motivation: the last member of the ISR loses its log, and is elected all the same."""

    def may_go_down(self, broker: BrokerId) -> bool:
        return True

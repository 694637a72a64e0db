"""Known traps of replication in a KRaft cluster: rules taken out one at a time, each of which breaks a promise."""

from typing import Annotated

from .. import In, Set
from .kafka_3_5 import Kafka35
from .kafka_messages import (
    AlterPartitionRequest,
    BrokerEpoch,
    BrokerId,
    DivergingFetchResponse,
    FetchRequest,
    RegistrationRequest,
)
from .kafka_state import Follower, Partition
from .kip_966 import Kip966


class LastReplicaStanding(Kafka35):
    """KIP-966, motivation: the last member of the ISR loses its log, and is elected all the same."""

    def may_go_down(self, broker: BrokerId) -> bool:
        return True


class FencedReplicaJoins(Kafka35):
    """KIP-841: the controller lets a fenced broker into the ISR."""

    def is_eligible(self, broker: BrokerId, broker_epoch: BrokerEpoch) -> bool:
        return broker_epoch == 0 or self.registration[broker].broker_epoch == broker_epoch


class RebootedReplicaJoins(Kafka35):
    """KAFKA-14617, KIP-903: a broker joins the ISR for what it had before it lost its log."""

    def is_eligible(self, broker: BrokerId, broker_epoch: BrokerEpoch) -> bool:
        return self.is_unfenced(broker)


class CommittedIsrOnly(Kafka35):
    """KIP-497 without the maximal ISR: a leader does not count on a member that it has proposed."""

    def counted_members(self, partition: Partition) -> Set[BrokerId]:
        return partition.isr


class LaggingHighWatermark(Kafka35):
    """KAFKA-7128: who has reached the high watermark joins the ISR, although a new leader's may lag behind."""

    def is_caught_up(self, leader: BrokerId, follower: BrokerId) -> bool:
        state = self.broker[leader].followers[follower]
        return state is not None and state.end_offset >= self.broker[leader].high_watermark


class DivergingFetchCounts(Kafka35):
    """KAFKA-13141: a fetch counts as progress although the logs have diverged."""

    def on_diverging_fetch(self, request: FetchRequest) -> None:
        self.broker[request.target].followers[request.source] = Follower(request.offset, request.broker_epoch)


class HighWatermarkBeforeTruncation(Kafka35):
    """KAFKA-14704: a follower takes over the high watermark in a step of its own before it truncates."""

    def receive_diverging_fetch_response(self, message: Annotated[DivergingFetchResponse, In("messages")]) -> None:
        me = self.broker[message.target]
        high_watermark = min(message.high_watermark, me.log.end_offset)
        if self.is_awaited(message) and me.high_watermark < high_watermark:
            me.high_watermark = high_watermark
        else:
            super().receive_diverging_fetch_response(message)


class ReplicaAddedAgain(Kafka35):
    """A leader in a new epoch remembers how far a replica was that has been removed and added again meanwhile."""

    def has_to_prove_itself(self, leader: BrokerId, follower: BrokerId) -> bool:
        return False


class LoneLeaderCommits(Kip966):
    """KIP-966 without its rule for leaders: the high watermark moves while the ISR is too small."""

    def may_advance(self, leader: BrokerId) -> bool:
        return True


class LossGoesUnnoticed(Kip966):
    """KIP-966 without its rule for registration: a broker that has lost its log is still eligible."""

    def is_clean(self, request: RegistrationRequest) -> bool:
        return True


class AnyPartitionEpoch(Kafka35):
    """KIP-497 without its version check: the controller makes a change that was meant for an older partition."""

    def is_current(self, request: AlterPartitionRequest) -> bool:
        return (
            request.source == self.partition.leader
            and request.broker_epoch == self.registration[request.source].broker_epoch
        )

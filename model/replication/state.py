"""The state of one partition: what each replica has and believes, what the controller decided and announced.

From `KafkaReplication` in hachikuji/kafka-specification. The published type invariant needs no property: a value
outside its type cannot be stored in the first place.
"""

from typing import Annotated

from .. import Constant, Domain, Map, Model, Range, Set, Size, Struct, require
from ..log import Epoch, Log, Offset

#: A replica of the partition, on a broker of its own. All are alike.
Broker = Annotated[int, Domain("replicas", symmetric=True, prefix="b")]


class LeaderAndIsr(Struct):
    """A decision of the controller as it is announced to the replicas."""

    leader_epoch: Epoch
    leader: Broker | None
    isr: Set[Broker]


class Quorum(Struct):
    """The truth about the partition, which ZooKeeper keeps: the latest decision, and the in-sync set since."""

    leader_epoch: Epoch | None
    leader: Broker | None
    isr: Set[Broker]


class Replica(Struct):
    """What one broker has of the partition: its log, and what it believes about leader and in-sync set."""

    log: Log
    high_watermark: Offset
    leader_epoch: Epoch | None
    leader: Broker | None
    isr: Set[Broker]

    def is_behind(self, request: LeaderAndIsr) -> bool:
        """Whether a request is of a later epoch than any that this replica has adopted."""
        return self.leader_epoch is None or self.leader_epoch < request.leader_epoch

    def adopt(self, request: LeaderAndIsr) -> None:
        """Believes a request."""
        self.leader_epoch = request.leader_epoch
        self.leader = request.leader
        self.isr = request.isr

    def truncate(self, offset: int) -> None:
        """Drops the log from an offset on, and the high watermark with it. Not possible past the log's end."""
        require(offset <= self.log.end_offset)
        self.log.truncate(offset)
        self.high_watermark = min(offset, self.high_watermark)


class ReplicationState(Model):
    """Constants, state, and how to read it."""

    replicas: Annotated[Constant[int], Range(1, 8)] = 3
    log_size: Annotated[Constant[int], Range(1, 8)] = 2
    max_records: Annotated[Constant[int], Range(1, 8)] = 2
    max_leader_epoch: Annotated[Constant[int], Range(0, 8)] = 1

    replica: Map[Broker, Replica]
    next_record_id: Annotated[int, Range(0, "max_records")]
    next_leader_epoch: Annotated[int, Range(0, "max_leader_epoch + 1")]
    requests: Annotated[Set[LeaderAndIsr], Size("max_leader_epoch + 1")]
    quorum: Quorum

    def presumes_leadership(self, broker: Broker) -> bool:
        """Whether a broker believes that it leads, rightly or not."""
        return self.replica[broker].leader == broker

    def serves_consumers(self, broker: Broker) -> bool:
        """Whether a broker believes that it leads, and lets consumers read something."""
        return self.presumes_leadership(broker) and self.replica[broker].high_watermark > 0

    def is_true_leader(self, broker: Broker) -> bool:
        """Whether a broker leads and has adopted the epoch of its election."""
        return (
            self.quorum.leader == broker
            and self.presumes_leadership(broker)
            and self.replica[broker].leader_epoch == self.quorum.leader_epoch
        )

    def is_following(self, follower: Broker, leader: Broker) -> bool:
        """Whether a broker takes another for the leader, in whatever epoch. A leader follows itself."""
        return self.replica[follower].leader == leader

    def is_settled(self, leader: Broker) -> bool:
        """Whether a leader's high watermark has passed every record of earlier epochs."""
        me = self.replica[leader]
        if me.high_watermark == me.log.end_offset:
            return True
        return me.leader_epoch is not None and me.log.has_epoch_at(me.high_watermark, me.leader_epoch)

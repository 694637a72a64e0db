"""The state of a cluster of the ZooKeeper era: what ZooKeeper stores, what brokers know, and requests in flight.

A broker that is alive has one session with ZooKeeper, and registers once in it. So its *broker epoch*, the transaction
that created `/brokers/ids/<id>` (KIP-380), names the session as well as the incarnation.
"""

from typing import Annotated

from .. import Auxiliary, Constant, Domain, Map, Model, Range, Set, Size, Struct
from ..log import Epoch, Log, RecordId

#: A broker, which has a replica of the partition, and may become the controller. All are alike.
Broker = Annotated[int, Domain("brokers", symmetric=True, prefix="b")]

#: The number of a controller's reign, from `/controller_epoch`. A broker that is no controller has 0.
ControllerEpoch = Annotated[int, Range(0, "max_controller_epoch")]

#: The number of a broker's registration. Those of different brokers are never compared. 0 stands for none.
BrokerEpoch = Annotated[int, Range(0, "1 + max_registrations")]

#: How often a node of ZooKeeper was written.
Version = Annotated[int, Range(0, "max_version")]


class PartitionState(Struct):
    """`/brokers/topics/<topic>/partitions/<partition>/state`: a decision, and the version of the node that holds it.

    The controller epoch is that of the controller that decided on this leader epoch.
    """

    leader: Broker | None = None
    leader_epoch: Epoch = 0
    isr: Set[Broker] = Set()
    controller_epoch: ControllerEpoch = 0
    version: Version = 0


class ZooKeeper(Struct):
    """What is stored in ZooKeeper. Its nodes for brokers and for the controller are ephemeral."""

    registered: Set[Broker]
    """The brokers that `/brokers/ids` lists: those whose session is alive."""
    broker_epoch: Map[Broker, BrokerEpoch]
    """The latest registration of each, alive or not."""
    controller: Broker | None
    """`/controller`."""
    controller_epoch: ControllerEpoch
    """`/controller_epoch`. It is written with each election and with nothing else, so it is its own version."""
    partition: PartitionState


class Controller(Struct):
    """What the controller in one broker knows, if it takes itself for the controller at all. `ControllerContext`."""

    epoch: ControllerEpoch
    live: Map[Broker, BrokerEpoch]
    """The brokers it takes to be alive, in which registration."""
    partition: PartitionState
    """What it last read or wrote."""

    def resign(self) -> None:
        """Forgets everything. `onControllerResignation`."""
        self.epoch = 0
        for broker in self.live:
            self.live[broker] = 0
        self.partition = PartitionState()


class Replica(Struct):
    """What one broker has of the partition, and what controllers have told it."""

    log: Log
    controller_epoch: ControllerEpoch
    """The highest of any request. `ReplicaManager.controllerEpoch`."""
    partition: PartitionState
    """Leader and leader epoch as last told; if it leads, also the in-sync set and the version of the node."""


class LeaderAndIsr(Struct):
    """To a replica: whom to follow, or to lead."""

    target: Broker
    broker_epoch: BrokerEpoch
    controller_epoch: ControllerEpoch
    partition: PartitionState


class UpdateMetadata(Struct):
    """To a broker: what to tell clients. Nothing here asks it, so that all that counts is the controller's epoch."""

    target: Broker
    broker_epoch: BrokerEpoch
    controller_epoch: ControllerEpoch


class StopReplica(Struct):
    """To a replica that is no longer assigned to the broker: to delete itself."""

    target: Broker
    broker_epoch: BrokerEpoch
    controller_epoch: ControllerEpoch
    leader_epoch: Epoch


Request = LeaderAndIsr | UpdateMetadata | StopReplica


class ClusterState(Model):
    """Constants, state, and how to read it."""

    brokers: Annotated[Constant[int], Range(2, 4)] = 2
    log_size: Annotated[Constant[int], Range(1, 4)] = 1
    max_records: Annotated[Constant[int], Range(1, 4)] = 1
    max_controller_epoch: Annotated[Constant[int], Range(1, 4)] = 2
    max_leader_epoch: Annotated[Constant[int], Range(1, 8)] = 3
    max_registrations: Annotated[Constant[int], Range(0, 4)] = 1
    max_version: Annotated[Constant[int], Range(1, 15)] = 4
    max_requests: Annotated[Constant[int], Range(1, 64)] = 16

    zookeeper: ZooKeeper
    controller: Map[Broker, Controller]
    replica: Map[Broker, Replica]
    requests: Annotated[Set[Request], Size("max_requests")]
    next_record_id: Annotated[int, Range(0, "max_records")]
    acknowledged: Auxiliary[Set[RecordId]]
    """What producers were told to be safe."""

    def has_session(self, broker: Broker) -> bool:
        """Whether a broker's session with ZooKeeper is alive. The broker itself learns late that it is not."""
        return broker in self.zookeeper.registered

    def is_active(self, broker: Broker) -> bool:
        """Whether a broker takes itself for the controller, rightly or not."""
        return self.controller[broker].epoch > 0

    def presumes_leadership(self, broker: Broker) -> bool:
        """Whether a broker takes itself for the leader of the partition, rightly or not."""
        return self.replica[broker].partition.leader == broker

    def is_following(self, follower: Broker, leader: Broker) -> bool:
        """Whether a broker takes another for the leader in that leader's own epoch. A leader follows itself."""
        mine, theirs = self.replica[follower].partition, self.replica[leader].partition
        return mine.leader == leader and mine.leader_epoch == theirs.leader_epoch

    def has_acknowledged_records(self, broker: Broker) -> bool:
        """Whether a broker has every record that a producer was told to be safe."""
        return all(
            any(record.id == acknowledged for record in self.replica[broker].log.records)
            for acknowledged in self.acknowledged
        )

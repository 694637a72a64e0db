"""The controller of the ZooKeeper era with one fence taken out at a time."""

from .. import Set
from .zookeeper import ZooKeeperController
from .zookeeper_state import Broker, ControllerEpoch, PartitionState


class UnconditionalElection(ZooKeeperController):
    """A controller epoch is written whatever it was: two controllers can have the same one."""

    def may_raise_controller_epoch(self, read: ControllerEpoch) -> bool:
        return read <= self.zookeeper.controller_epoch


class ZombieController(ZooKeeperController):
    """KAFKA-6082: a controller writes decisions after another one has been elected."""

    def may_write_as_controller(self, controller: Broker) -> bool:
        return True


class UnconditionalDecision(ZooKeeperController):
    """A controller overwrites what a leader has written since it read: the lost update."""

    def may_replace(self, read: PartitionState) -> bool:
        return True


class ZombieLeader(ZooKeeperController):
    """A leader that was deposed overwrites the decision that deposed it, with an in-sync set of its own."""

    def may_replace_as_leader(self, known: PartitionState) -> bool:
        return True


class PreviousIncarnation(ZooKeeperController):
    """KAFKA-7235: a broker that has restarted acts on what its previous incarnation was told."""

    def is_for_this_incarnation(self, broker: Broker, broker_epoch: int) -> bool:
        return True


class OlderController(ZooKeeperController):
    """A broker acts on requests of an older controller after those of a newer one."""

    def is_from_latest_controller(self, broker: Broker, controller_epoch: int) -> bool:
        return True


class OlderLeaderEpoch(ZooKeeperController):
    """A broker acts on requests in any order."""

    def is_later_leader_epoch(self, broker: Broker, leader_epoch: int) -> bool:
        return leader_epoch != self.replica[broker].partition.leader_epoch


class ReorderedStopReplica(ZooKeeperController):
    """KAFKA-9539: a request to delete a replica overtakes those that made it one again."""

    def is_later_than_replica(self, broker: Broker, leader_epoch: int) -> bool:
        return True


class EmptiedIsr(ZooKeeperController):
    """The last member of the in-sync set leaves it like any other."""

    def isr_without(self, controller: Broker, broker: Broker) -> Set[Broker]:
        return self.controller[controller].partition.isr - {broker}

"""What Kafka 2.6 leaves open, each with a rule that would close it.

These are not bugs with a number. They are what its source says, read against the assumptions that `ZooKeeperController`
makes in its favour; docs/zookeeper.md tells each run and what it takes.
"""

from .. import Set, action, copy_of, replace
from .zookeeper import ZooKeeperController
from .zookeeper_state import Broker, PartitionState, StopReplica


class ForgottenReplica(ZooKeeperController):
    """A deleted replica has no leader epoch any more: it obeys a request that was sent before its deletion."""

    def leader_epoch_after_deletion(self, request: StopReplica) -> int:
        return 0


class LateLook(ZooKeeperController):
    """A change of brokers that was announced before a controller was deposed is looked up after that.

    An announcement waits in the queue of events (`ControllerEventManager`), and `processBrokerChange` reads the brokers
    as they are by then. So a deposed controller learns the broker epoch of one that has restarted since, and that has
    forgotten that there is a later controller.
    """

    announced: Set[Broker]
    """Controllers with an announcement in their queue, from before they were deposed."""

    def announce(self) -> None:
        """Whoever holds `/controller` is told that brokers have changed."""
        if self.zookeeper.controller is not None:
            self.announced.add(self.zookeeper.controller)

    def expire_session(self, broker: Broker) -> None:
        super().expire_session(broker)
        self.announce()

    def register(self, broker: Broker) -> None:
        super().register(broker)
        self.announced.discard(broker)
        self.announce()

    def resign(self, controller: Broker) -> None:
        super().resign(controller)
        self.announced.discard(controller)

    def sees_brokers(self, controller: Broker) -> bool:
        looks_late = controller in self.announced and self.has_session(controller)
        return looks_late or super().sees_brokers(controller)


class RememberedController(LateLook):
    """A broker that restarts takes the controller epoch from ZooKeeper, and obeys no older controller."""

    def restart(self, broker: Broker) -> None:
        super().restart(broker)
        self.replica[broker].controller_epoch = self.zookeeper.controller_epoch


class UnansweredExpansion(ZooKeeperController):
    """A leader takes a larger in-sync set for not written when its session ends before it has the answer."""

    @action(fault=True)
    def lose_answer(self, leader: Broker, follower: Broker) -> None:
        """An in-sync set is expanded in ZooKeeper, and the session of the leader ends with the answer on its way."""
        known = copy_of(self.replica[leader].partition)
        self.expand_isr(leader, follower)
        self.replica[leader].partition = self.known_without_answer(known, follower)
        self.expire_session(leader)

    def known_without_answer(self, known: PartitionState, follower: Broker) -> PartitionState:
        """What the leader goes by from then on."""
        return known


class MaximalIsr(UnansweredExpansion):
    """KIP-497: until it knows better, a leader waits for all that may be in the in-sync set."""

    def known_without_answer(self, known: PartitionState, follower: Broker) -> PartitionState:
        return replace(known, isr=known.isr | {follower})

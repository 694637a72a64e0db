"""What a cluster of the ZooKeeper era promises, whatever brokers and controllers take themselves for."""

from .. import implies, invariant, step_invariant, witness
from .zookeeper_state import ClusterState, LeaderAndIsr, Request, StopReplica


class ClusterProperties(ClusterState):
    """The properties that the controller is checked against."""

    # Controllers.

    @invariant
    def one_controller_per_epoch(self) -> bool:
        """No two brokers take themselves for the controller in the same controller epoch."""
        return all(
            self.controller[one].epoch != self.controller[other].epoch
            for one in self.controller
            if self.is_active(one)
            for other in self.controller
            if one != other and self.is_active(other)
        )

    @step_invariant
    def only_latest_controller_decides(self, after: "ClusterProperties") -> bool:
        """A new leader epoch in ZooKeeper comes from the controller with the latest controller epoch."""
        return implies(
            self.zookeeper.partition.leader_epoch != after.zookeeper.partition.leader_epoch,
            after.zookeeper.partition.controller_epoch == self.zookeeper.controller_epoch,
        )

    @step_invariant
    def no_update_is_lost(self, after: "ClusterProperties") -> bool:
        """Who writes the partition's state in ZooKeeper knows what it replaces.

        A decision has the next leader epoch and adds nobody to the in-sync set; leaders do that, in their own epoch.
        """
        before, now = self.zookeeper.partition, after.zookeeper.partition
        decided = now.leader_epoch == before.leader_epoch + 1 and now.isr <= before.isr
        changed = now.leader_epoch == before.leader_epoch and now.leader == before.leader
        return implies(before != now, now.version == before.version + 1 and (decided or changed))

    @step_invariant
    def zookeeper_never_moves_back(self, after: "ClusterProperties") -> bool:
        """Neither controller epochs nor leader epochs nor versions in ZooKeeper ever fall."""
        before, now = self.zookeeper.partition, after.zookeeper.partition
        return (
            self.zookeeper.controller_epoch <= after.zookeeper.controller_epoch
            and before.controller_epoch <= now.controller_epoch
            and before.leader_epoch <= now.leader_epoch
            and before.version <= now.version
        )

    @invariant
    def controller_node_is_ephemeral(self) -> bool:
        """Who holds `/controller` has a session."""
        return implies(self.zookeeper.controller is not None, self.zookeeper.controller in self.zookeeper.registered)

    @step_invariant
    def expired_sessions_write_nothing(self, after: "ClusterProperties") -> bool:
        """Who writes the partition's state has a session: the leader, or the controller of the decision."""
        before, now = self.zookeeper.partition, after.zookeeper.partition
        return implies(
            before != now,
            any(
                self.controller[one].epoch == now.controller_epoch and after.controller[one].partition == now
                for one in self.zookeeper.registered
            )
            if now.leader_epoch > before.leader_epoch
            else now.leader in self.zookeeper.registered,
        )

    # Brokers, and what they are told.

    @step_invariant
    def brokers_never_return_to_older_controller(self, after: "ClusterProperties") -> bool:
        """No broker acts on a request of an older controller after one of a newer, until it restarts."""
        return all(
            self.replica[broker].controller_epoch <= after.replica[broker].controller_epoch
            for broker in self.replica
            if self.zookeeper.broker_epoch[broker] == after.zookeeper.broker_epoch[broker]
        )

    @step_invariant
    def brokers_never_return_to_older_leader(self, after: "ClusterProperties") -> bool:
        """No broker returns to an older leader epoch, until it restarts."""
        return all(
            self.replica[broker].partition.leader_epoch <= after.replica[broker].partition.leader_epoch
            for broker in self.replica
            if self.zookeeper.broker_epoch[broker] == after.zookeeper.broker_epoch[broker]
        )

    @step_invariant
    def brokers_act_on_requests_for_themselves(self, after: "ClusterProperties") -> bool:
        """What a broker learns, it learns from a request for its present incarnation, not for a previous one."""
        return all(
            any(
                request.target == broker
                and request.broker_epoch == self.zookeeper.broker_epoch[broker]
                and request.controller_epoch == after.replica[broker].controller_epoch
                and (
                    after.replica[broker].partition.leader_epoch
                    in (self.replica[broker].partition.leader_epoch, leader_epoch_of(request))
                )
                for request in self.requests
            )
            for broker in self.replica
            if self.zookeeper.broker_epoch[broker] == after.zookeeper.broker_epoch[broker]
            and (
                self.replica[broker].controller_epoch < after.replica[broker].controller_epoch
                or self.replica[broker].partition.leader_epoch < after.replica[broker].partition.leader_epoch
            )
        )

    # Leaders, and their records.

    @invariant
    def one_leader_per_epoch(self) -> bool:
        """No two brokers take themselves for the leader in the same leader epoch."""
        return all(
            self.replica[one].partition.leader_epoch != self.replica[other].partition.leader_epoch
            for one in self.replica
            if self.presumes_leadership(one)
            for other in self.replica
            if one != other and self.presumes_leadership(other)
        )

    @invariant
    def leader_is_in_sync(self) -> bool:
        """The leader in ZooKeeper is in the in-sync set, and that is never empty."""
        partition = self.zookeeper.partition
        return len(partition.isr) > 0 and implies(partition.leader is not None, partition.leader in partition.isr)

    @invariant
    def leaders_know_nothing_newer(self) -> bool:
        """No broker takes itself for the leader by a decision or a version that is not in ZooKeeper yet."""
        return all(
            self.replica[broker].partition.leader_epoch <= self.zookeeper.partition.leader_epoch
            and self.replica[broker].partition.version <= self.zookeeper.partition.version
            for broker in self.replica
            if self.presumes_leadership(broker)
        )

    @invariant
    def log_matching(self) -> bool:
        """Two logs with the same epoch at an offset have the same record there: two leaders have never written it."""
        return all(
            self.replica[other].log.holds(record, offset)
            for one in self.replica
            for other in self.replica
            if one != other
            for offset, record in enumerate(self.replica[one].log.records)
            if self.replica[other].log.has_epoch_at(offset, record.epoch)
        )

    @invariant
    def acknowledged_records_are_in_sync(self) -> bool:
        """Every broker of the in-sync set in ZooKeeper has all acknowledged records: any of them may be elected."""
        return implies(
            len(self.acknowledged) > 0,
            all(self.has_acknowledged_records(broker) for broker in self.zookeeper.partition.isr),
        )

    @invariant
    def leader_has_acknowledged_records(self) -> bool:
        """The leader, once it knows that it was elected, has all acknowledged records."""
        return all(
            implies(len(self.acknowledged) > 0, self.has_acknowledged_records(broker))
            for broker in self.replica
            if self.zookeeper.partition.leader == broker
            and self.presumes_leadership(broker)
            and self.replica[broker].partition.leader_epoch == self.zookeeper.partition.leader_epoch
        )

    # What is not promised, and happens.

    @witness
    def two_controllers_at_once(self) -> bool:
        """Two brokers take themselves for the controller."""
        return any(
            self.is_active(one) and self.is_active(other) and one != other
            for one in self.controller
            for other in self.controller
        )

    @witness
    def two_leaders_at_once(self) -> bool:
        """Two brokers take themselves for the leader."""
        return any(
            self.presumes_leadership(one) and self.presumes_leadership(other) and one != other
            for one in self.replica
            for other in self.replica
        )


def leader_epoch_of(request: Request) -> int:
    """The leader epoch that a request tells; 0 for one that tells none."""
    if isinstance(request, LeaderAndIsr):
        return request.partition.leader_epoch
    return request.leader_epoch if isinstance(request, StopReplica) else 0

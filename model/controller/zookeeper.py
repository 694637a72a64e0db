"""Kafka's controller of the ZooKeeper era, for one partition: elections, requests, and zombies.

One broker at a time holds the ephemeral node `/controller`. It decides who leads the partition, writes each decision to
ZooKeeper and then tells the brokers. A leader changes its in-sync set in ZooKeeper by itself. Everybody acts on what
they read or heard last, so a broker that is leader or controller no longer may go on as if it were. Three numbers keep
it from doing harm: the controller epoch, the version of the node that is written, and the broker epoch.

From Apache Kafka 2.6, the last version in which leaders write to ZooKeeper: `KafkaController`, `PartitionStateMachine`,
`ReplicaStateMachine`, `KafkaZkClient`, `ReplicaManager`, `Partition`. docs/zookeeper.md has the map.

The abstractions:

* A process that has died is the same to all others as one that does nothing. So nothing crashes: a session ends, and
  its broker goes on without knowing, or registers anew with its memory (`reconnect`) or without (`restart`).
* Requests are never lost from `requests`: each may be received late, twice or never.
* Whoever may do something may do it for any reason, such as electing a leader.
* A write to ZooKeeper whose condition fails is no step. The writer reads again, or resigns.

What is fenced by what is in the *rules* at the end. Taking one of those out is how a bug is written.
"""

from typing import Annotated

from .. import In, Set, action, choose, init, replace, require
from ..log import Record
from .zookeeper_properties import ClusterProperties
from .zookeeper_state import (
    Broker,
    ControllerEpoch,
    LeaderAndIsr,
    PartitionState,
    StopReplica,
    UpdateMetadata,
)


class ZooKeeperController(ClusterProperties):
    """Kafka 2.6, with all its fences."""

    @init
    def in_operation(self, controller: Broker, leader: Broker) -> None:
        """One broker is the controller and one leads, each in its first epoch; a leader alone in sync or with all."""
        members = self.members(Broker)
        isr = choose([members, Set([leader])])
        partition = PartitionState(leader, 1, isr, 1, 0)
        self.zookeeper.registered = members
        self.zookeeper.controller = controller
        self.zookeeper.controller_epoch = 1
        self.zookeeper.partition = partition
        for broker in members:
            self.zookeeper.broker_epoch[broker] = 1
        self.start_controller(controller)
        for broker in members:
            self.replica[broker].controller_epoch = 1
            self.replica[broker].partition = partition if broker == leader else replace(partition, isr=Set())

    # ZooKeeper.

    @action(fault=True)
    def expire_session(self, broker: Broker) -> None:
        """A session ends, and its ephemeral nodes go, whether the process lives or not."""
        require(self.has_session(broker))
        self.zookeeper.registered.discard(broker)
        if self.zookeeper.controller == broker:
            self.zookeeper.controller = None

    @action(fault=True, process="zookeeper")
    def delete_controller_node(self) -> None:
        """Somebody deletes `/controller`, to have a controller elected. The one before finds out later."""
        require(self.zookeeper.controller is not None)
        self.zookeeper.controller = None

    # Brokers come and go.

    def register(self, broker: Broker) -> None:
        """A new session, and a new node in `/brokers/ids`. A controller has resigned before. `registerBroker`."""
        require(not self.has_session(broker))
        require(sum(self.zookeeper.broker_epoch.values()) < self.brokers + self.max_registrations)
        self.controller[broker].resign()
        self.zookeeper.registered.add(broker)
        self.zookeeper.broker_epoch[broker] += 1

    @action
    def reconnect(self, broker: Broker) -> None:
        """A broker finds that its session has expired. `Expire`, `RegisterBrokerAndReelect`."""
        self.register(broker)

    @action
    def restart(self, broker: Broker) -> None:
        """A broker starts with its log, and knows nothing else. The one before has stopped. `KafkaServer.startup`."""
        self.register(broker)
        me = self.replica[broker]
        me.controller_epoch = 0
        me.partition = PartitionState()

    # Controllers come and go.

    @action
    def elect_controller(self, broker: Broker, read: ControllerEpoch) -> None:
        """A broker creates `/controller` and raises the epoch that it has read before, in one transaction. `elect`."""
        require(self.has_session(broker) and not self.is_active(broker))
        require(self.zookeeper.controller is None)
        require(0 < read < self.max_controller_epoch)
        require(self.may_raise_controller_epoch(read))
        self.zookeeper.controller = broker
        self.zookeeper.controller_epoch = read + 1
        self.start_controller(broker)

    def start_controller(self, broker: Broker) -> None:
        """A new controller reads what there is, and tells everybody. `onControllerFailover`."""
        me = self.controller[broker]
        me.epoch = self.zookeeper.controller_epoch
        for other in self.zookeeper.registered:
            me.live[other] = self.zookeeper.broker_epoch[other]
        me.partition = self.zookeeper.partition
        for other in self.zookeeper.registered:
            self.send_metadata(broker, other)
            self.send_partition(broker, other)

    @action
    def resign(self, controller: Broker) -> None:
        """A controller sees that `/controller` is not its own. `maybeResign`."""
        require(self.is_active(controller) and self.has_session(controller))
        require(self.zookeeper.controller != controller)
        self.controller[controller].resign()

    # What a controller reads and sends.

    def send_metadata(self, controller: Broker, target: Broker) -> None:
        """Tells a broker who leads; here that there is a controller. `sendUpdateMetadataRequest`."""
        me = self.controller[controller]
        self.requests.add(UpdateMetadata(target, me.live[target], me.epoch))

    def send_partition(self, controller: Broker, target: Broker) -> None:
        """Tells a replica what was decided. `addLeaderAndIsrRequestForBrokers`."""
        me = self.controller[controller]
        self.requests.add(LeaderAndIsr(target, me.live[target], me.epoch, me.partition))

    @action
    def read_partition(self, controller: Broker) -> None:
        """A controller reads what was written since. `getTopicPartitionStates`."""
        me = self.controller[controller]
        require(self.is_active(controller) and self.has_session(controller))
        require(me.partition != self.zookeeper.partition)
        me.partition = self.zookeeper.partition

    @action
    def see_failure(self, controller: Broker, broker: Broker) -> None:
        """A controller sees that a broker has gone, even if it has come back already. `processBrokerChange`."""
        me = self.controller[controller]
        require(self.is_active(controller) and self.sees_brokers(controller))
        require(me.live[broker] > 0)
        require(not self.has_session(broker) or me.live[broker] < self.zookeeper.broker_epoch[broker])
        me.live[broker] = 0

    @action
    def see_startup(self, controller: Broker, broker: Broker) -> None:
        """A controller sees a broker that has come, and tells it everything. `onBrokerStartup`."""
        me = self.controller[controller]
        require(self.is_active(controller) and self.sees_brokers(controller))
        require(me.live[broker] == 0 and self.has_session(broker))
        require(self.has_handled_failure(controller, broker))
        me.live[broker] = self.zookeeper.broker_epoch[broker]
        self.send_metadata(controller, broker)
        self.send_partition(controller, broker)

    def has_handled_failure(self, controller: Broker, broker: Broker) -> bool:
        """Whether a controller has taken a broker out of the partition's state, as far as it can be."""
        partition = self.controller[controller].partition
        return partition.leader != broker and (broker not in partition.isr or partition.isr == {broker})

    # What a controller decides.

    def decide(self, controller: Broker, leader: Broker | None, isr: Set[Broker]) -> None:
        """Writes a decision, made from what was read, under the next leader epoch. `updateLeaderAndIsr`."""
        me = self.controller[controller]
        require(self.is_active(controller) and self.has_session(controller))
        require(self.may_write_as_controller(controller))
        require(self.may_replace(me.partition))
        require(me.partition.leader_epoch < self.max_leader_epoch)
        require(self.zookeeper.partition.version < self.max_version)
        version = self.zookeeper.partition.version + 1
        me.partition = PartitionState(leader, me.partition.leader_epoch + 1, isr, me.epoch, version)
        self.zookeeper.partition = me.partition

    def send_decision(self, controller: Broker, leave_out: Broker | None) -> None:
        """Tells all that are alive, or all but one."""
        for other in self.controller:
            if self.controller[controller].live[other] > 0 and other != leave_out:
                self.send_partition(controller, other)

    @action
    def elect_leader(self, controller: Broker, leader: Broker) -> None:
        """A replica that is alive and in sync becomes the leader, or stays it as replicas are assigned.

        `electLeaderForPartitions`, `updateLeaderEpochAndSendRequest`.
        """
        me = self.controller[controller]
        require(leader in me.partition.isr and me.live[leader] > 0)
        self.decide(controller, leader, Set({member for member in me.partition.isr if me.live[member] > 0}))
        self.send_decision(controller, None)

    @action
    def remove_failed_replica(self, controller: Broker, broker: Broker) -> None:
        """A broker that has gone leads no longer, and leaves the in-sync set. `removeReplicasFromIsr`."""
        me = self.controller[controller]
        require(me.live[broker] == 0 and not self.has_handled_failure(controller, broker))
        self.decide(controller, self.leader_without(controller, broker), self.isr_without(controller, broker))
        self.send_decision(controller, broker)

    def leader_without(self, controller: Broker, broker: Broker) -> Broker | None:
        """The leader, unless it is the broker that has gone."""
        partition = self.controller[controller].partition
        return None if partition.leader == broker else partition.leader

    @action
    def stop_replica(self, controller: Broker, broker: Broker) -> None:
        """A broker's replica is taken away from it; any later decision gives it back. `onPartitionReassignment`."""
        me = self.controller[controller]
        require(me.live[broker] > 0 and me.partition.leader != broker and me.partition.leader is not None)
        self.decide(controller, me.partition.leader, me.partition.isr - {broker})
        self.send_decision(controller, broker)
        self.requests.add(StopReplica(broker, me.live[broker], me.epoch, me.partition.leader_epoch))

    # What brokers are told.

    @action(process="request.target")
    def handle_leader_and_isr(self, request: Annotated[LeaderAndIsr, In("requests")]) -> None:
        """A replica becomes leader or follower. `becomeLeaderOrFollower`."""
        me = self.replica[request.target]
        require(self.is_for_this_incarnation(request.target, request.broker_epoch))
        require(self.is_from_latest_controller(request.target, request.controller_epoch))
        require(self.is_later_leader_epoch(request.target, request.partition.leader_epoch))
        me.controller_epoch = request.controller_epoch
        leads = request.partition.leader == request.target
        me.partition = request.partition if leads else replace(request.partition, isr=Set())

    @action(process="request.target")
    def handle_update_metadata(self, request: Annotated[UpdateMetadata, In("requests")]) -> None:
        """A broker hears of a controller. `maybeUpdateMetadataCache`."""
        me = self.replica[request.target]
        require(self.is_for_this_incarnation(request.target, request.broker_epoch))
        require(self.is_from_latest_controller(request.target, request.controller_epoch))
        require(me.controller_epoch != request.controller_epoch)
        me.controller_epoch = request.controller_epoch

    @action(process="request.target")
    def handle_stop_replica(self, request: Annotated[StopReplica, In("requests")]) -> None:
        """A replica is deleted. `stopReplicas`."""
        me = self.replica[request.target]
        require(self.is_for_this_incarnation(request.target, request.broker_epoch))
        require(self.is_from_latest_controller(request.target, request.controller_epoch))
        require(self.is_later_than_replica(request.target, request.leader_epoch))
        me.controller_epoch = request.controller_epoch
        me.partition = PartitionState(leader_epoch=self.leader_epoch_after_deletion(request))
        me.log.truncate(0)

    # Replication.

    @action
    def write(self, leader: Broker) -> None:
        """A presumed leader appends a producer's record. `appendRecordsToLeader`."""
        me = self.replica[leader]
        require(self.presumes_leadership(leader))
        require(self.next_record_id < self.max_records and me.log.end_offset < self.log_size)
        me.log.append(Record(self.next_record_id, me.partition.leader_epoch))
        self.next_record_id += 1

    @action
    def fetch(self, follower: Broker, leader: Broker) -> None:
        """A follower makes its log that of the leader. Both are in the same leader epoch (KIP-320)."""
        me, source = self.replica[follower], self.replica[leader]
        require(follower != leader and self.presumes_leadership(leader) and self.is_following(follower, leader))
        require(me.log != source.log)
        me.log = source.log

    @action
    def acknowledge(self, leader: Broker) -> None:
        """A leader tells producers that what all of its in-sync set has is safe (acks=all)."""
        me = self.replica[leader]
        require(self.presumes_leadership(leader))
        end = min(self.replicated_offset(member, leader) for member in me.partition.isr)
        require(any(me.log.records[offset].id not in self.acknowledged for offset in range(end)))
        for offset in range(end):
            self.acknowledged.add(me.log.records[offset].id)

    def replicated_offset(self, follower: Broker, leader: Broker) -> int:
        """How far a leader knows that a member of its in-sync set has come: what it has fetched in this epoch."""
        if not self.is_following(follower, leader):
            return 0
        return self.replica[leader].log.end_of_match(self.replica[follower].log)

    @action
    def expand_isr(self, leader: Broker, follower: Broker) -> None:
        """A follower that has caught up joins the in-sync set. `maybeExpandIsr`."""
        me = self.replica[leader]
        require(self.presumes_leadership(leader) and follower not in me.partition.isr)
        require(self.has_caught_up(follower, leader))
        self.change_isr(leader, me.partition.isr | {follower})

    @action
    def shrink_isr(self, leader: Broker, follower: Broker) -> None:
        """A follower that has fallen behind leaves the in-sync set. `maybeShrinkIsr`."""
        me = self.replica[leader]
        require(self.presumes_leadership(leader) and follower != leader and follower in me.partition.isr)
        require(not self.has_caught_up(follower, leader))
        self.change_isr(leader, me.partition.isr - {follower})

    def has_caught_up(self, follower: Broker, leader: Broker) -> bool:
        """Whether a follower has all that the leader has."""
        return self.is_following(follower, leader) and self.replica[follower].log == self.replica[leader].log

    def change_isr(self, leader: Broker, isr: Set[Broker]) -> None:
        """A presumed leader writes the partition's state with another in-sync set. `ReplicationUtils`."""
        me = self.replica[leader]
        require(self.has_session(leader))
        require(self.may_replace_as_leader(me.partition))
        require(self.zookeeper.partition.version < self.max_version)
        me.partition = replace(me.partition, isr=isr, version=self.zookeeper.partition.version + 1)
        self.zookeeper.partition = me.partition

    # The rules: what fences whom.

    def sees_brokers(self, controller: Broker) -> bool:
        """Changes of `/brokers/ids` are seen in order with those of `/controller`, after which a controller resigns."""
        return self.zookeeper.controller == controller

    def may_raise_controller_epoch(self, read: ControllerEpoch) -> bool:
        """The controller epoch must not have changed since it was read."""
        return read == self.zookeeper.controller_epoch

    def may_write_as_controller(self, controller: Broker) -> bool:
        """A controller writes nothing once there is a later one (KAFKA-6082)."""
        return self.controller[controller].epoch == self.zookeeper.controller_epoch

    def may_replace(self, read: PartitionState) -> bool:
        """A controller replaces only what it has read."""
        return read.version == self.zookeeper.partition.version

    def may_replace_as_leader(self, known: PartitionState) -> bool:
        """A leader replaces only what it was told or has written."""
        return known.version == self.zookeeper.partition.version

    def isr_without(self, controller: Broker, broker: Broker) -> Set[Broker]:
        """The in-sync set without a broker that has gone. The last member stays."""
        isr = self.controller[controller].partition.isr
        return isr if isr == {broker} else isr - {broker}

    def is_for_this_incarnation(self, broker: Broker, broker_epoch: int) -> bool:
        """A request was meant for this registration of a broker, not for an earlier one (KIP-380)."""
        return broker_epoch >= self.zookeeper.broker_epoch[broker]

    def is_from_latest_controller(self, broker: Broker, controller_epoch: int) -> bool:
        """A request is from no older controller than any before it."""
        return controller_epoch >= self.replica[broker].controller_epoch

    def is_later_leader_epoch(self, broker: Broker, leader_epoch: int) -> bool:
        """A request to lead or follow tells something new."""
        return leader_epoch > self.replica[broker].partition.leader_epoch

    def leader_epoch_after_deletion(self, request: StopReplica) -> int:
        """What is left of a deleted replica: no earlier request to be one is received any more."""
        return request.leader_epoch

    def is_later_than_replica(self, broker: Broker, leader_epoch: int) -> bool:
        """A request to delete a replica was sent after the latest request to be one (KIP-570)."""
        return leader_epoch > self.replica[broker].partition.leader_epoch

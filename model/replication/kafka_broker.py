"""What brokers of a KRaft cluster do: come and go, follow the metadata log, alter the in-sync set, write and fetch.

From Vanlightly/kafka-tlaplus, kafka_data_replication/kraft. Its granularity:

* a broker replays as much of the metadata log as it likes in one step, and goes by the last record only; it replays
  nothing that does not concern it;
* followers truncate when a fetch tells them to; a fetch brings one record; a follower fetches only while there is
  something that it or the leader does not know;
* which followers are out of sync is left open, and so is when a broker is fenced: there is no time;
* a broker that goes down is fenced in the same step, its fetches and those from it fail, and it misses no message but
  these; going down without clean-up costs the whole log.
"""

from typing import Annotated, Generic

from .. import In, Set, action, choose, require
from .kafka_controller import Controller
from .kafka_messages import (
    BrokerEpoch,
    BrokerId,
    DivergingFetchResponse,
    FailedFetchResponse,
    FetchRequest,
    FetchResponse,
    RegistrationRequest,
    RegistrationResponse,
)
from .kafka_state import Fate, P, Partition, Role, Status


class Brokers(Controller[P], Generic[P]):
    """The brokers' steps, and the rules that versions differ in."""

    # History: producers and consumers.

    def answer_producers(self, broker: BrokerId, start: int, end: int, fate: Fate) -> None:
        """Tells the producers of the records in a range what became of them, if they still wait for this leader."""
        floor = self.floor[broker]
        if floor is not None:
            for record in self.broker[broker].log.records[max(start, floor) : end]:
                if self.fate[record.value] == Fate.WRITTEN:
                    self.fate[record.value] = fate

    def refuse_pending(self, broker: BrokerId) -> None:
        """Tells the producers of what is not committed that it failed."""
        me = self.broker[broker]
        self.answer_producers(broker, me.high_watermark, me.log.end_offset, Fate.REFUSED)

    def advance_high_watermark(self, leader: BrokerId, offset: int, is_acknowledged: bool) -> None:
        """Lets consumers read up to an offset, unless they may already; tells producers."""
        me = self.broker[leader]
        if offset <= me.high_watermark or not self.may_advance(leader):
            return
        if is_acknowledged:
            self.answer_producers(leader, me.high_watermark, offset, Fate.ACKNOWLEDGED)
        else:
            self.refuse_pending(leader)
        me.high_watermark = offset
        if offset > len(self.consumed):
            self.consumed.extend(me.log.records[len(self.consumed) : offset])

    # The rules.

    def may_advance(self, leader: BrokerId) -> bool:
        """Whether the leader's ISR is one that lets the high watermark move."""
        return True

    def may_go_down(self, broker: BrokerId) -> bool:
        """Whether a broker may lose its log."""
        return True

    def counted_members(self, partition: Partition) -> Set[BrokerId]:
        """Those that must have a record before consumers may read it (KIP-497)."""
        return partition.maximal_isr

    def on_partition_change(self, leader: BrokerId) -> None:
        """Looks whether the ISR that the leader has now lets the high watermark move."""
        me = self.broker[leader]
        members = self.counted_members(me.partition)
        offset = me.replicated_offset(leader, members)
        self.advance_high_watermark(leader, offset, len(members) >= self.min_isr)

    # Life cycle.

    def go_down(self, broker: BrokerId, status: Status, broker_epoch: BrokerEpoch) -> None:
        """A broker dies, and everybody notices."""
        me = self.broker[broker]
        if me.role == Role.LEADER:
            self.refuse_pending(broker)
        self.floor[broker] = None
        self.drop_fetches(broker)
        me.status = status
        me.broker_epoch = broker_epoch
        me.incarnation = 0
        me.role = Role.NONE
        me.forget_followers()
        me.pending = None
        self.fence(broker)

    def drop_fetches(self, broker: BrokerId) -> None:
        """Connections to a broker that dies break."""
        for message in self.messages:
            if isinstance(message, FetchRequest | FetchResponse | DivergingFetchResponse | FailedFetchResponse) and (
                message.source == broker or message.target == broker
            ):
                self.receive(message)
        for name in self.broker:
            peer = self.broker[name]
            if broker in peer.awaiting:
                peer.awaiting.discard(broker)
                if peer.fetching_from == broker:
                    peer.is_delayed = True
        me = self.broker[broker]
        me.awaiting = Set()
        me.stop_fetching()

    @action(fault=True, needs="max_lossy_shutdowns")
    def shut_down_losing_log(self, broker: BrokerId) -> None:
        """A broker dies, and with it what it has of the partition. `UncleanShutdown`, `DataLossShutdown`."""
        me = self.broker[broker]
        require(self.lossy_shutdowns < self.max_lossy_shutdowns and not me.is_offline)
        require(self.may_go_down(broker))
        self.lossy_shutdowns += 1
        self.go_down(broker, Status.OFFLINE_DIRTY, 0)
        me.log.truncate(0)
        me.high_watermark = 0
        me.epoch_start = None

    @action(fault=True, needs="max_lossless_shutdowns")
    def shut_down(self, broker: BrokerId) -> None:
        """A broker stops in good order. `CleanShutdown`."""
        require(self.lossless_shutdowns < self.max_lossless_shutdowns and not self.broker[broker].is_offline)
        self.lossless_shutdowns += 1
        self.go_down(broker, Status.OFFLINE_CLEAN, 0)

    @action(needs="max_lossless_shutdowns + max_lossy_shutdowns")
    def start_broker(self, broker: BrokerId) -> None:
        """A broker comes up, and wants to be registered. `BrokerStart`."""
        me = self.broker[broker]
        require(me.is_offline)
        self.latest_incarnation += 1
        me.status = Status.STARTING
        me.incarnation = self.latest_incarnation
        self.send(RegistrationRequest(broker, me.incarnation, me.broker_epoch))

    @action(process="message.target", needs="max_lossless_shutdowns + max_lossy_shutdowns")
    def receive_registration_response(self, message: Annotated[RegistrationResponse, In("messages")]) -> None:
        """A broker runs, and has replayed all metadata but the last record. `ReceiveBrokerRegResponse`."""
        me = self.broker[message.target]
        require(me.status == Status.STARTING and me.incarnation == message.incarnation)
        self.receive(message)
        me.status = Status.RUNNING
        me.broker_epoch = message.broker_epoch
        me.metadata_offset = max(message.metadata_offset - 1, 0)
        me.forget_partition()

    # Metadata.

    def concerns(self, broker: BrokerId, record: P) -> bool:
        """Whether a broker has to do anything about a change: as leader, in a new leader epoch, or as a new replica."""
        me = self.broker[broker]
        if broker in me.partition.replicas:
            return me.role == Role.LEADER or record.leader_epoch > me.partition.leader_epoch
        return me.role == Role.LEADER or broker in record.replicas

    @action
    def receive_metadata(self, broker: BrokerId) -> None:
        """A broker replays the metadata log up to a change that concerns it. `ReceiveMetadataUpdate`."""
        me = self.broker[broker]
        require(me.is_running)
        offset = choose(range(me.metadata_offset, len(self.metadata)))
        record = self.metadata[offset]
        require(self.concerns(broker, record))
        me.metadata_offset = offset + 1
        # The answer to the leader's own proposal may have come first.
        if record.partition_epoch <= me.partition.partition_epoch:
            return
        was_leader = me.partition.leader == broker
        is_same_epoch = me.partition.leader_epoch == record.leader_epoch
        if broker in me.partition.replicas and broker not in record.replicas:
            self.adopt(broker, record)
            self.delete_replica(broker)
        elif record.leader == broker:
            self.adopt(broker, record)
            if was_leader and is_same_epoch:
                self.remain_leader(broker)
            else:
                self.become_leader(broker)
        elif record.leader is not None:
            fetches_anew = record.leader_epoch > me.partition.leader_epoch or me.fetching_from != record.leader
            self.adopt(broker, record)
            if was_leader or not is_same_epoch:
                self.become_follower(broker, fetches_anew)
        else:
            self.adopt(broker, record)
            self.wait_for_leader(broker)

    def adopt(self, broker: BrokerId, record: P) -> None:
        """Takes the partition for what the metadata log says."""
        self.broker[broker].partition = Partition(
            record.replicas, record.isr, record.isr, record.leader, record.leader_epoch, record.partition_epoch
        )

    def remain_leader(self, broker: BrokerId) -> None:
        """The leader leads on, with another ISR. `RemainLeader`."""
        me = self.broker[broker]
        self.on_partition_change(broker)
        if not me.has_pending_change:
            me.pending = None

    def become_leader(self, broker: BrokerId) -> None:
        """A replica is elected, maybe not for the first time. `BecomeLeaderInNewEpoch`."""
        me = self.broker[broker]
        self.on_partition_change(broker)
        for peer in me.followers:
            if me.role != Role.LEADER or self.has_to_prove_itself(broker, peer):
                me.followers[peer] = None
        me.role = Role.LEADER
        me.epoch_start = me.log.end_offset
        me.pending = None
        me.stop_fetching()

    def has_to_prove_itself(self, leader: BrokerId, follower: BrokerId) -> bool:
        """Whether a leader that is elected anew forgets how far a follower was: it may have been removed meanwhile."""
        return follower not in self.broker[leader].partition.isr

    def become_follower(self, broker: BrokerId, fetches_anew: bool) -> None:
        """A replica follows another leader, or the same in a new epoch. `BecomeFollowerInNewEpoch`."""
        me = self.broker[broker]
        self.renounce_leadership(broker)
        me.role = Role.FOLLOWER
        if fetches_anew:
            me.fetching_from = me.partition.leader
            me.is_delayed = False

    def wait_for_leader(self, broker: BrokerId) -> None:
        """There is no leader. `WaitForLeaderChange`."""
        self.renounce_leadership(broker)
        self.broker[broker].role = Role.NONE
        self.broker[broker].stop_fetching()

    def delete_replica(self, broker: BrokerId) -> None:
        """The broker is no replica any more. `DeletePartition`."""
        me = self.broker[broker]
        self.renounce_leadership(broker)
        me.role = Role.NONE
        me.stop_fetching()
        me.forget_partition()
        me.log.truncate(0)
        me.high_watermark = 0

    def renounce_leadership(self, broker: BrokerId) -> None:
        """Forgets what only leaders know. `EnsureLeadershipRenounced`."""
        me = self.broker[broker]
        self.refuse_pending(broker)
        self.floor[broker] = None
        me.epoch_start = None
        me.forget_followers()
        me.pending = None

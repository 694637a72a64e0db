"""What leaders and followers of a KRaft cluster do: alter the in-sync set, write and fetch.

From Vanlightly/kafka-tlaplus, kafka_data_replication/kraft.
"""

from typing import Annotated, Generic

from .. import In, Set, action, require
from .kafka_broker import Brokers
from .kafka_messages import (
    AlterPartitionRefusal,
    AlterPartitionRequest,
    AlterPartitionResponse,
    AnyFetchResponse,
    BrokerId,
    DivergingFetchResponse,
    EpochEnd,
    FailedFetchResponse,
    FetchError,
    FetchRequest,
    FetchResponse,
    Member,
    Record,
    Value,
)
from .kafka_state import Fate, Follower, P, Partition, Role


class Replicas(Brokers[P], Generic[P]):
    """The steps of leaders and followers, and the rules that versions differ in."""

    # The in-sync set.

    def is_caught_up(self, leader: BrokerId, follower: BrokerId) -> bool:
        """Whether a replica may join the ISR: it has fetched in this epoch, and has all that may be committed."""
        me = self.broker[leader]
        state = me.followers[follower]
        return (
            state is not None
            and state.end_offset >= me.high_watermark
            and me.epoch_start is not None
            and state.end_offset >= me.epoch_start
        )

    def is_proposed(self, leader: BrokerId, replica: BrokerId, timed_out: Set[BrokerId]) -> bool:
        """Whether a replica is in the ISR that its leader wants: itself, who has not timed out, and who may join."""
        if replica in self.broker[leader].partition.isr:
            return replica not in timed_out
        return replica == leader or self.is_caught_up(leader, replica)

    def member(self, leader: BrokerId, replica: BrokerId) -> Member:
        """A replica as member of a proposed ISR: the leader and who joins with the broker epochs known (KIP-903)."""
        me = self.broker[leader]
        state = me.followers[replica]
        if replica == leader:
            return Member(replica, me.broker_epoch)
        return Member(replica, 0 if replica in me.partition.isr or state is None else state.broker_epoch)

    @action
    def send_alter_partition_request(self, leader: BrokerId, timed_out: Set[BrokerId]) -> None:
        """The leader proposes another ISR: some members time out, who is caught up joins. `SendAlterPartitionRequest`.

        It sends the same proposal again only if the controller would accept it.
        """
        me = self.broker[leader]
        require(me.leads and not me.has_pending_change)
        require(timed_out <= me.partition.isr and leader not in timed_out)
        require(len(timed_out) == 0 or self.isr_shrinks < self.max_isr_shrinks)
        isr = Set(peer for peer in me.partition.replicas if self.is_proposed(leader, peer, timed_out))
        require(isr != me.partition.isr)
        members = Set(self.member(leader, peer) for peer in isr)
        request = AlterPartitionRequest(
            leader, members, me.partition.leader_epoch, me.partition.partition_epoch, me.broker_epoch
        )
        require(not (request in self.messages or request in self.received) or self.error_of(request) is None)
        self.send(request)
        if len(me.partition.isr - isr) > 0:
            self.isr_shrinks += 1
        me.partition.maximal_isr = isr | me.partition.isr
        me.pending = request

    @action(process="message.target")
    def receive_alter_partition_response(self, message: Annotated[AlterPartitionResponse, In("messages")]) -> None:
        """The leader has its proposal accepted, in its own leader epoch. `ReceiveAlterPartitionResponse`."""
        leader = message.target
        me = self.broker[leader]
        require(me.leads and me.has_pending_change and me.pending == message.request)
        require(message.partition_epoch > me.partition.partition_epoch)
        require(message.leader_epoch == me.partition.leader_epoch)
        self.receive(message)
        me.pending = None
        me.partition = Partition(
            message.replicas, message.isr, message.isr, message.leader, message.leader_epoch, message.partition_epoch
        )
        self.on_partition_change(leader)

    @action(process="message.target")
    def receive_alter_partition_refusal(self, message: Annotated[AlterPartitionRefusal, In("messages")]) -> None:
        """The leader has its proposal refused. `ReceiveAlterPartitionResponse`, with an error."""
        leader = message.target
        me = self.broker[leader]
        require(me.leads and me.has_pending_change and me.pending == message.request)
        self.receive(message)
        me.pending = None
        me.partition.maximal_isr = me.partition.isr
        self.on_partition_change(leader)

    # Writing and fetching.

    @action
    def write(self, leader: BrokerId, value: Value) -> None:
        """A producer's record is appended. `WriteRecordToLeader`."""
        me = self.broker[leader]
        require(me.leads and self.fate[value] == Fate.UNWRITTEN)
        require(len(me.partition.maximal_isr) >= self.min_isr)
        was_empty = me.log.end_offset == 0
        if self.floor[leader] is None:
            self.floor[leader] = me.log.end_offset
        me.log.append(Record(value, me.partition.leader_epoch))
        self.fate[value] = Fate.WRITTEN
        # As published: the first record of a log waits for a change of the partition, even if nobody else counts.
        if not was_empty:
            self.advance_high_watermark(leader, me.replicated_offset(leader, self.counted_members(me.partition)), True)

    @action
    def send_fetch_request(self, follower: BrokerId) -> None:
        """A follower asks its leader for what comes next. `SendFetchRequest`."""
        me = self.broker[follower]
        leader = me.fetching_from
        require(me.is_running and leader is not None and leader != follower and me.partition.leader == leader)
        assert leader is not None
        require(leader not in me.awaiting and not self.broker[leader].knows(me, follower))
        me.awaiting.add(leader)
        me.is_delayed = False
        self.send(
            FetchRequest(
                follower, leader, me.broker_epoch, me.partition.leader_epoch, me.log.end_offset, me.log.last_epoch
            )
        )

    @action(process="message.target")
    def receive_fetch_request(self, message: Annotated[FetchRequest, In("messages")]) -> None:
        """A fetch is answered with a record, an error, or where the logs part. `ReceiveFetchRequest`."""
        leader, follower, offset = message.target, message.source, message.offset
        me = self.broker[leader]
        require(me.is_running)
        self.receive(message)
        if self.serves(leader, message.leader_epoch):
            epoch = me.partition.leader_epoch
            if not me.log.fits(offset, message.last_epoch, epoch):
                self.on_diverging_fetch(message)
                end = EpochEnd(
                    me.log.latest_epoch_up_to(message.last_epoch, epoch), me.log.end_offset_up_to(message.last_epoch)
                )
                self.send(DivergingFetchResponse(leader, follower, epoch, offset, me.high_watermark, end))
            else:
                self.on_fetch(message)
                records = me.log.records[offset : offset + 1]
                self.send(
                    FetchResponse(leader, follower, me.partition.leader_epoch, offset, me.high_watermark, records)
                )
        else:
            error = FetchError.NOT_LEADER_OR_FOLLOWER
            if me.partition.leader_epoch < message.leader_epoch:
                error = FetchError.UNKNOWN_LEADER_EPOCH
            elif me.partition.leader_epoch > message.leader_epoch:
                error = FetchError.FENCED_LEADER_EPOCH
            self.send(
                FailedFetchResponse(leader, follower, me.partition.leader_epoch, offset, me.high_watermark, error)
            )

    def serves(self, leader: BrokerId, epoch: int) -> bool:
        """Whether a broker answers fetches of a leader epoch (KIP-320)."""
        me = self.broker[leader]
        return me.role == Role.LEADER and me.partition.leader_epoch == epoch

    def on_fetch(self, request: FetchRequest) -> None:
        """Takes a fetch for the word of a follower that it has all before the offset."""
        me = self.broker[request.target]
        me.followers[request.source] = Follower(request.offset, request.broker_epoch)
        offset = me.replicated_offset(request.target, self.counted_members(me.partition))
        self.advance_high_watermark(request.target, offset, True)

    def on_diverging_fetch(self, request: FetchRequest) -> None:
        """A fetch that does not fit says nothing about what a follower has."""

    def takes(self, response: AnyFetchResponse) -> bool:
        """Ends the wait for an answer. Says whether it is one to how the replica is now (KIP-320, KAFKA-18991)."""
        me = self.broker[response.target]
        me.awaiting.discard(response.source)
        return (
            me.fetching_from == response.source
            and me.log.end_offset == response.offset
            and me.partition.leader_epoch == response.leader_epoch
        )

    def is_awaited(self, response: AnyFetchResponse) -> bool:
        """Whether a broker that runs waits for an answer of this broker."""
        me = self.broker[response.target]
        return me.is_running and response.source in me.awaiting

    @action(process="message.target")
    def receive_fetch_response(self, message: Annotated[FetchResponse, In("messages")]) -> None:
        """A follower appends what it has fetched. `ReceiveFetchResponse`."""
        require(self.is_awaited(message))
        self.receive(message)
        if self.takes(message):
            me = self.broker[message.target]
            for record in message.records:
                me.log.append(record)
            # This may lower it: a new leader often knows less about it than its followers do.
            if message.high_watermark <= me.log.end_offset:
                me.high_watermark = message.high_watermark
            me.is_delayed = False

    @action(process="message.target")
    def receive_diverging_fetch_response(self, message: Annotated[DivergingFetchResponse, In("messages")]) -> None:
        """A follower truncates to where its log can fit the leader's. `ReceiveFetchResponse`, diverging."""
        require(self.is_awaited(message))
        self.receive(message)
        if self.takes(message):
            me = self.broker[message.target]
            me.log.truncate(me.log.end_of_match_with(message.diverging.epoch, message.diverging.offset))
            me.is_delayed = False

    @action(process="message.target")
    def receive_failed_fetch_response(self, message: Annotated[FailedFetchResponse, In("messages")]) -> None:
        """A follower does not fetch from the leader of its epoch. `ReceiveFetchResponse`, with an error."""
        require(self.is_awaited(message))
        self.receive(message)
        if self.takes(message):
            self.broker[message.target].is_delayed = True

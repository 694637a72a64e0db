"""Kafka with KRaft: the steps of brokers, controller, producers and whatever fails.

The handlers of `broker.py` and `metadata.py` do the work. See docs/kafka.md for where each comes from, and for why the
granularity is sound.
"""

from typing import Annotated

from .. import In, Set, action, choose, require
from .cluster import FOLLOWERS, PROPOSALS, RESTARTS, SESSIONS, Cluster, Fate
from .messages import (
    AlterPartitionError,
    AlterPartitionRequest,
    BrokerId,
    DivergingFetchResponse,
    FetchRequest,
    FetchResponse,
    IneligibleReplica,
    PartitionId,
    Record,
    Value,
)
from .metadata import Partition


class Steps(Cluster):
    """What can happen."""

    # Producers and consumers.

    @action(process="broker")
    def produce(self, value: Value, broker: BrokerId, partition: PartitionId) -> None:
        """A producer sends a record to a broker, which writes it if it takes itself for the leader.

        Whoever does not wait for an answer (acks=0) takes it for written whatever becomes of it.
        """
        production = self.production[partition][value]
        require(production.fate == Fate.UNSENT)
        me = self.replica(broker, partition)
        is_accepted = me.accepts(broker, self.acks, self.known(broker, partition), self.settings)
        require(is_accepted or (self.acks == 0 and not self.broker[broker].is_starting))
        production.fate = Fate.WAITING if self.acks == -1 else Fate.ACKNOWLEDGED
        if is_accepted:
            if self.acks == -1:
                production.waits_for = broker
            me.log.append(Record(value, me.leader_epoch))
            self.advance_high_watermark(broker, partition)

    def advance_high_watermark(self, broker: BrokerId, partition: PartitionId) -> None:
        """Looks what the leader can commit now. Consumers may read it at once."""
        me = self.replica(broker, partition)
        known = self.known(broker, partition)
        before = me.advance(broker, known, self.settings, self.rules)
        offset = me.high_watermark
        if offset == before:
            return
        read = len(self.exposed[partition])
        if offset > read:
            self.exposed[partition].extend(me.log.records[read:offset])
        for record in me.log.records[before:offset]:
            production = self.production[partition][record.value]
            if production.waits_for == broker:
                is_safe = known.is_sufficient(me.counted_isr(self.rules), self.settings)
                production.fate = Fate.ACKNOWLEDGED if is_safe else Fate.UNKNOWN
                production.waits_for = None

    def refuse_waiting(self, broker: BrokerId, partition: PartitionId) -> None:
        """Producers that wait for this broker are told that it does not lead any more, or hear nothing."""
        for production in self.production[partition].values():
            if production.waits_for == broker:
                production.waits_for = None
                production.fate = Fate.UNKNOWN

    # Fetching.

    @action(process="broker", needs=FOLLOWERS)
    def fetch(self, broker: BrokerId, partition: PartitionId) -> None:
        """A follower fetches: the request is answered by the leader as soon as it is sent, the answer takes its time.

        A fetch that is refused, or that tells nobody anything, is no step.
        """
        source = self.replica(broker, partition).leader
        require(source is not None and source != broker)
        assert source is not None
        request = self.broker[broker].fetch_request(broker, partition, source)
        require(self.serves(request) and not any(self.is_answer_to(message, request) for message in self.messages))
        require(self.answer(request))

    def serves(self, request: FetchRequest) -> bool:
        """Whether the leader answers a fetch."""
        leader, partition = request.target, request.partition
        return self.replica(leader, partition).serves(request, self.known(leader, partition), self.rules)

    def answer(self, request: FetchRequest) -> bool:
        """The leader handles a fetch. Says whether there is anything that it has learnt, or told."""
        follower, source, partition = request.source, request.target, request.partition
        leader = self.replica(source, partition)
        end = leader.diverging(request)
        if end is not None and self.truncates_on_fetch:
            self.send(DivergingFetchResponse(source, follower, partition, request.leader_epoch, request.offset, end))
            if not self.ignores_diverging_positions:
                leader.on_fetch(request)
                self.advance_high_watermark(source, partition)
            return True
        known = leader.followers[follower]
        is_news = known is None or known.end_offset != request.offset or known.broker_epoch != request.broker_epoch
        response = leader.on_fetch(request)
        mine = self.replica(follower, partition)
        is_useful = len(response.records) > 0 or min(response.high_watermark, request.offset) != mine.high_watermark
        if is_useful:
            self.send(response)
        has_grown = self.expand_isr(source, partition, follower)
        if is_news:
            self.advance_high_watermark(source, partition)
        return is_news or is_useful or has_grown

    def is_answer_to(self, message: object, request: FetchRequest) -> bool:
        """Whether a message answers a fetch like this one."""
        return (
            isinstance(message, FetchResponse | DivergingFetchResponse)
            and message.target == request.source
            and message.partition == request.partition
            and message.leader_epoch == request.leader_epoch
        )

    @action(process="message.target", needs=FOLLOWERS)
    def receive_fetch_response(self, message: Annotated[FetchResponse, In("messages")]) -> None:
        """A follower appends what it has fetched."""
        self.receive(message)
        if self.is_expected(message):
            self.replica(message.target, message.partition).on_fetched(message)

    @action(process="message.target", needs=f"min(truncates_on_fetch, {FOLLOWERS})")
    def receive_diverging_fetch_response(self, message: Annotated[DivergingFetchResponse, In("messages")]) -> None:
        """A follower truncates to where its log can fit the leader's."""
        self.receive(message)
        if self.is_expected(message):
            self.replica(message.target, message.partition).on_diverged(message)

    # The in-sync replicas.

    def expand_isr(self, leader: BrokerId, partition: PartitionId, follower: BrokerId) -> bool:
        """The leader proposes a follower that has caught up, as that fetches."""
        me = self.replica(leader, partition)
        may_join = me.may_join(follower, self.view(leader).brokers[follower], self.rules)
        if may_join:
            self.propose(leader, partition, me.isr | {follower})
        return may_join

    def propose(self, leader: BrokerId, partition: PartitionId, isr: Set[BrokerId]) -> None:
        """Sends the controller a proposal."""
        broker_epoch, partition_epoch = self.broker[leader].broker_epoch, self.known(leader, partition).partition_epoch
        self.send(self.replica(leader, partition).propose(leader, partition, broker_epoch, partition_epoch, isr))

    @action(process="leader", needs=f"min(max_isr_shrinks, {FOLLOWERS})")
    def shrink_isr(self, leader: BrokerId, partition: PartitionId, out: Set[BrokerId]) -> None:
        """Some followers have not caught up for too long."""
        me = self.replica(leader, partition)
        require(self.isr_shrinks < self.max_isr_shrinks and me.may_leave(leader, out))
        self.isr_shrinks += 1
        self.propose(leader, partition, me.isr - out)

    @action(process="leader", needs=PROPOSALS)
    def repeat_proposal(self, leader: BrokerId, partition: PartitionId) -> None:
        """The leader has heard nothing of its proposal for too long, and sends it again on a new connection.

        An answer to the first try, which may be a refusal, is not taken any more: the second may have been accepted.
        """
        request = self.replica(leader, partition).pending
        require(self.leads(leader, partition) and request is not None)
        assert request is not None
        require(request not in self.messages and self.controller.error_of(request, self.rules) is None)
        for message in self.messages:
            if isinstance(message, IneligibleReplica) and message.target == leader and message.partition == partition:
                self.receive(message)
        self.send(request)

    @action(process="controller", needs=PROPOSALS)
    def receive_proposal(self, message: Annotated[AlterPartitionRequest, In("messages")]) -> None:
        """The controller makes the change, or refuses it. The leader learns of the change from the metadata log.

        The answer says the same as the record, and the leader takes it in the same way, so it is no message here.
        Refusals go out when everything before them is committed. Most leave the leader waiting for newer metadata.
        """
        controller = self.controller
        error = controller.error_of(message, self.rules)
        self.receive(message)
        if error is None:
            controller.alter(message, self.settings)
            self.write()
        elif error == AlterPartitionError.INELIGIBLE_REPLICA:
            self.commit(len(self.metadata))
            self.send(
                IneligibleReplica(message.source, message.partition, message.leader_epoch, message.partition_epoch)
            )
            self.tidy()

    @action(process="message.target", needs=PROPOSALS)
    def receive_refusal(self, message: Annotated[IneligibleReplica, In("messages")]) -> None:
        """The leader goes back to the ISR that is committed."""
        self.receive(message)
        self.replica(message.target, message.partition).on_refusal(message)

    # Metadata.

    @action(process="broker")
    def apply_metadata(self, broker: BrokerId) -> None:
        """A broker replays the metadata log up to somewhere, and sees what all of that amounts to."""
        me = self.broker[broker]
        require(not me.is_starting)
        position = choose(range(me.position + 1, len(self.metadata)))
        before, after = self.metadata[me.position], self.metadata[position]
        require(self.concerns(broker, before, after))
        self.commit(position + 1)
        me.position = position
        for partition, now in after.partitions.items():
            if now.partition_epoch > before.partitions[partition].partition_epoch:
                self.take_role(broker, partition, now)
        self.tidy()

    def take_role(self, broker: BrokerId, partition: PartitionId, now: Partition) -> None:
        """A replica does what the metadata says; producers that wait for it learn that it does not lead any more."""
        self.replica(broker, partition).take_role(broker, now, self.rules)
        if now.leader == broker:
            self.advance_high_watermark(broker, partition)
        else:
            self.refuse_waiting(broker, partition)

    # Life cycle of brokers.

    def go_down(self, broker: BrokerId, is_lossy: bool) -> None:
        """A broker stops, and comes up again to be registered."""
        me = self.broker[broker]
        require(not me.is_starting)
        for partition, replica in me.replicas.items():
            kept = replica.log.end_offset
            if is_lossy:
                kept = choose(range(replica.log.end_offset + 1))
            replica.restart(kept)
            self.refuse_waiting(broker, partition)
        me.restart()
        self.tidy()

    @action(fault=True, needs="max_crashes")
    def crash(self, broker: BrokerId) -> None:
        """A process dies and starts again. What it had given to the operating system is there."""
        require(self.crashes < self.max_crashes)
        self.crashes += 1
        self.go_down(broker, False)

    @action(fault=True, needs="max_power_losses")
    def lose_power(self, broker: BrokerId) -> None:
        """A machine dies and starts again. Of each log any suffix may be lost, as nothing was flushed."""
        require(self.power_losses < self.max_power_losses)
        self.power_losses += 1
        self.go_down(broker, True)

    @action(process="controller", needs=RESTARTS)
    def register(self, broker: BrokerId) -> None:
        """A broker that starts is registered, once the session of its last run has ended (KIP-631)."""
        me = self.broker[broker]
        controller = self.controller
        registration = controller.brokers[broker]
        require(me.is_starting and registration.broker_epoch == me.broker_epoch and registration.is_fenced)
        controller.register(broker, me.is_clean or not self.detects_unclean_shutdowns, self.settings)
        self.write()

    @action(process="broker", needs=RESTARTS)
    def finish_start(self, broker: BrokerId) -> None:
        """A broker has its broker epoch, and has replayed the metadata log up to there at least."""
        me = self.broker[broker]
        require(me.is_starting)
        position = choose(range(len(self.metadata)))
        view = self.metadata[position]
        require(view.brokers[broker].broker_epoch > me.broker_epoch)
        self.commit(position + 1)
        me.is_starting = False
        me.is_clean = False
        me.broker_epoch = view.brokers[broker].broker_epoch
        me.position = position
        for partition, now in view.partitions.items():
            self.take_role(broker, partition, now)
        self.tidy()

    @action(process="controller", needs=SESSIONS)
    def unfence(self, broker: BrokerId) -> None:
        """A heartbeat of a broker that was fenced."""
        me = self.broker[broker]
        controller = self.controller
        require(not me.is_starting and controller.brokers[broker].is_fenced)
        require(controller.brokers[broker].broker_epoch == me.broker_epoch)
        controller.unfence(broker, self.settings)
        self.write()

    @action(process="controller", fault=True, needs="max_suspicions + max_crashes + max_power_losses")
    def fence(self, broker: BrokerId) -> None:
        """The session of a broker ends: it is down, or only seems so."""
        controller = self.controller
        require(not controller.brokers[broker].is_fenced)
        if not self.broker[broker].is_starting:
            require(self.suspicions < self.max_suspicions)
            self.suspicions += 1
        controller.fence(broker, self.settings)
        self.write()

    @action(process="controller", needs="max_controlled_shutdowns")
    def begin_shutdown(self, broker: BrokerId) -> None:
        """A broker asks to be shut down: it leaves each ISR, and others lead."""
        require(self.controlled_shutdowns < self.max_controlled_shutdowns and not self.broker[broker].is_starting)
        controller = self.controller
        require(controller.brokers[broker].is_active)
        self.controlled_shutdowns += 1
        controller.shut_down(broker, self.settings)
        self.write()

    @action(process="controller", needs="max_controlled_shutdowns")
    def finish_shutdown(self, broker: BrokerId) -> None:
        """A broker that leads nothing may stop: it flushes everything, writes down its broker epoch, and restarts."""
        controller = self.controller
        require(controller.brokers[broker].is_shutting_down and not self.broker[broker].is_starting)
        require(all(partition.leader != broker for partition in controller.partitions.values()))
        controller.fence(broker, self.settings)
        self.write()
        self.commit(len(self.metadata))
        self.broker[broker].is_clean = True
        self.go_down(broker, False)

    # The controller.

    @action(process="controller", fault=True, needs="max_controller_failures")
    def fail_over(self) -> None:
        """Another controller takes over. Of what was not committed, it may have any part."""
        require(self.controller_failures < self.max_controller_failures)
        self.controller_failures += 1
        length = choose(range(self.committed, len(self.metadata)))
        self.metadata.truncate(length)
        self.controller = self.metadata[-1]

    # Operators.

    @action(process="controller", needs=f"min(max_preferred_elections, {FOLLOWERS})")
    def elect_preferred_leader(self, broker: BrokerId, partition: PartitionId) -> None:
        """Leadership goes to another in-sync replica, the preferred one."""
        require(self.preferred_elections < self.max_preferred_elections)
        controller = self.controller
        now = controller.partitions[partition]
        require(now.leader is not None and now.leader != broker)
        require(broker in now.isr and controller.brokers[broker].is_active)
        self.preferred_elections += 1
        controller.elect_preferred(partition, broker)
        self.write()

    @action(process="controller", needs="min(max_reassignments, brokers - 1)")
    def reassign(self, partition: PartitionId, adding: Set[BrokerId], removing: Set[BrokerId]) -> None:
        """An operator wants other replicas, as many or more or fewer (KIP-455). Nobody changes his mind."""
        require(self.reassignments < self.max_reassignments)
        controller = self.controller
        now = controller.partitions[partition]
        require(len(now.adding) == 0 and len(now.removing) == 0 and len(adding) + len(removing) > 0)
        require(len(adding & now.replicas) == 0 and removing <= now.replicas)
        require(len(now.replicas) + len(adding) > len(removing))
        self.reassignments += 1
        controller.reassign(partition, adding, removing, self.settings)
        self.write()

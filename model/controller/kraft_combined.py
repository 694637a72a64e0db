"""The controller of `kafka` on a KRaft quorum: what justifies that the metadata log is abstract there.

`kafka` has one sequence of metadata, of which a prefix is committed, and one controller, which always has all of it in
memory. When that fails, another one begins with any prefix that has everything committed. Here the log is that of a
quorum of three, each with a controller, of which several may take themselves for the leader; they decide by the same
handlers. Beside it runs the abstract log: `metadata` and `committed` are those of `kafka`, changed in the ways they can
change there. The properties say that the two agree, step by step:

* a decision of the controller of the latest epoch is a `write`, and the others' decisions are nothing;
* what the high watermark of any server covers is committed;
* a controller that is told that it leads, in a newer epoch than any before, is a `fail_over`;
* what brokers replay is a committed prefix.

The quorum goes in rounds (`kraft_rounds.py`). See docs/kraft-combined.md.
"""

from typing import Annotated, Generic, TypeVar

from .. import (
    Auxiliary,
    Constant,
    In,
    Map,
    Range,
    Seq,
    Set,
    Size,
    action,
    choose,
    implies,
    init,
    invariant,
    require,
    step_invariant,
    witness,
)
from ..kafka.messages import AlterPartitionError, AlterPartitionRequest, BrokerId, Member, PartitionId
from ..kafka.metadata import Metadata, Partition, Registration
from ..kafka.settings import Rules, Settings, TopicSettings
from ..raft.base import ServerId, Term
from ..raft.kraft_rounds import KRaftInRounds
from ..raft.kraft_server import FetchRequest
from .kraft_controller import Change, Controller, Image, LeaderChange

C = TypeVar("C", bound=Controller)

_ENTRIES = "max_decisions + max_elections"


class Combined(KRaftInRounds[C], Generic[C]):
    """A quorum with controllers C, the brokers' images, and the abstract log."""

    servers = 3

    partitions: Annotated[Constant[int], Range(1, 2)] = 1
    topics: Annotated[Constant[int], Range(1, 1)] = 1
    brokers: Annotated[Constant[int], Range(1, 3)] = 2
    min_insync_replicas: Annotated[Constant[int], Range(1, "brokers")] = 1
    max_decisions: Annotated[Constant[int], Range(1, 4)] = 1

    # How far offsets and epochs can get: nobody has to set these.
    log_size: Annotated[Constant[int], Range(_ENTRIES, _ENTRIES)] = 3
    max_broker_epoch: Annotated[Constant[int], Range(1, 1)] = 1
    max_leader_epoch: Annotated[Constant[int], Range("1 + max_decisions", "1 + max_decisions")] = 2
    max_partition_epoch: Annotated[Constant[int], Range("1 + max_decisions", "1 + max_decisions")] = 2

    image: Map[BrokerId, Image]
    decisions: Auxiliary[Annotated[int, Range(0, "max_decisions")]]
    metadata: Auxiliary[Annotated[Seq[Metadata], Size("1 + max_decisions")]]
    committed: Auxiliary[Annotated[int, Range(0, "1 + max_decisions")]]
    controller_epoch: Auxiliary[Term]

    @init
    def start(self) -> None:
        """The controller of epoch 2 has created the partitions. One follower has that, and all brokers."""
        leader = choose(self.members(ServerId))
        follower = choose(server for server in self.members(ServerId) if server != leader)
        first = choose(self.members(BrokerId))
        everybody = self.members(BrokerId)
        none: Set[BrokerId] = Set()
        self.establish(leader)
        me = self.server[leader]
        partitions = me.image.metadata.partitions
        for partition in partitions:
            partitions[partition] = Partition(0, everybody, everybody, none, first, None, 1, 1, none, none)
        me.active_epoch = me.epoch
        me.fetched_offset[follower] = 1
        for name in self.server:
            server = self.server[name]
            if name in (leader, follower):
                server.log.append(Change(me.epoch, first, Registration(1, False, False), partitions))
                server.high_watermark = 1
            server.image.revert(server.log, server.high_watermark)
        for broker in self.image:
            self.image[broker].revert(me.log, 1)
        self.metadata.append(me.image.metadata)
        self.committed = 1
        self.controller_epoch = me.epoch

    @property
    def settings(self) -> Settings:
        """What the operator has set, for the handlers."""
        topic = TopicSettings(self.min_insync_replicas, False)
        return Settings(topic, topic, True, True)

    # The quorum.

    def lead(self, leader: ServerId) -> None:
        me = self.server[leader]
        me.log.append(LeaderChange(me.epoch))

    def serve(self, message: Annotated[FetchRequest, In("messages")]) -> None:
        super().serve(message)
        known = self.server[message.target].committed_changes
        self.committed = max(self.committed, min(known, len(self.metadata)))

    # The controllers.

    @action
    def activate(self, server: ServerId) -> None:
        """A controller is told that it leads. If no later one was, it takes over."""
        me = self.server[server]
        require(me.active_epoch == 0 and me.may_activate)
        me.activate()
        if me.epoch > self.controller_epoch:
            self.controller_epoch = me.epoch
            self.metadata.truncate(max(self.committed, min(me.changes, len(self.metadata))))

    @action
    def renounce(self, server: ServerId) -> None:
        """A controller is told that it leads no longer."""
        me = self.server[server]
        require(me.active_epoch != 0 and not me.is_active)
        me.renounce()

    def controller(self, server: ServerId) -> Metadata:
        """What a controller has in memory, if it can decide."""
        me = self.server[server]
        require(me.is_active and self.decisions < self.max_decisions)
        return me.image.metadata

    def write(self, server: ServerId, broker: BrokerId) -> None:
        """A controller writes down what it has decided. Only the latest one counts in the abstract log."""
        me = self.server[server]
        me.write(broker)
        self.decisions += 1
        if me.epoch == self.controller_epoch:
            self.metadata.append(me.image.metadata)

    @action(fault=True)
    def fence(self, server: ServerId, broker: BrokerId) -> None:
        """The session of a broker ends, as a controller sees it."""
        controller = self.controller(server)
        require(not controller.brokers[broker].is_fenced)
        controller.fence(broker, self.settings)
        self.write(server, broker)

    @action
    def unfence(self, server: ServerId, broker: BrokerId) -> None:
        """A heartbeat of a broker that was fenced."""
        controller = self.controller(server)
        require(controller.brokers[broker].is_fenced)
        controller.unfence(broker, self.settings)
        self.write(server, broker)

    @action
    def alter(self, server: ServerId, broker: BrokerId, partition: PartitionId, isr: Set[BrokerId]) -> None:
        """The leader of a partition proposes an ISR to a controller, which makes it so."""
        controller = self.controller(server)
        require(self.may_propose(broker, partition, isr))
        request = self.proposal(broker, partition, isr)
        require(controller.error_of(request, Rules()) is None)
        controller.alter(request, self.settings)
        self.write(server, broker)

    # The brokers.

    def may_propose(self, broker: BrokerId, partition: PartitionId, isr: Set[BrokerId]) -> bool:
        """Whether a broker takes itself for the leader, and an ISR would be another one."""
        now = self.image[broker].metadata.partitions[partition]
        return now.leader == broker and broker in isr and isr != now.isr

    def proposal(self, broker: BrokerId, partition: PartitionId, isr: Set[BrokerId]) -> AlterPartitionRequest:
        """What a broker proposes, for a partition as it knows it."""
        known = self.image[broker].metadata
        now = known.partitions[partition]
        members = Set(Member(member, 0) for member in isr)
        epoch = known.brokers[broker].broker_epoch
        return AlterPartitionRequest(broker, partition, epoch, now.leader_epoch, now.partition_epoch, members)

    @action(process="broker")
    def apply_metadata(self, broker: BrokerId, server: ServerId) -> None:
        """A broker replays what a server knows to be committed."""
        me, source = self.image[broker], self.server[server]
        require(source.changes_below(me.position) < source.committed_changes)
        me.replay(source.log, source.high_watermark)

    # What justifies the abstraction.

    @invariant
    def one_controller_per_epoch(self) -> bool:
        """No two controllers were told that they lead in one epoch."""
        return all(
            implies(
                self.server[one].active_epoch > 0 and one != other,
                self.server[one].active_epoch != self.server[other].active_epoch,
            )
            for one in self.server
            for other in self.server
        )

    @invariant
    def committed_decisions_are_in_the_abstract_log(self) -> bool:
        """What a server knows to be committed is so in the abstract log, with the same result."""
        return all(
            server.committed_changes <= self.committed and server.leads_to(self.metadata, server.high_watermark)
            for server in self.server.values()
        )

    @step_invariant
    def takeover_is_a_failover(self, after: "Combined[C]") -> bool:
        """A new controller begins with a prefix of the abstract log that has everything committed."""
        return all(
            implies(
                self.controller_epoch < after.controller_epoch == after.server[name].active_epoch,
                self.committed <= after.server[name].changes
                and after.server[name].leads_to(self.metadata, after.server[name].log.end_offset),
            )
            for name in self.server
        )

    @invariant
    def latest_controller_has_the_abstract_log(self) -> bool:
        """What the latest controller decides on is all of the abstract log: its decisions are those of `kafka`."""
        return all(
            implies(
                server.is_active and server.active_epoch == self.controller_epoch,
                server.image.metadata == self.metadata[-1]
                and server.changes == len(self.metadata)
                and server.leads_to(self.metadata, server.log.end_offset),
            )
            for server in self.server.values()
        )

    @invariant
    def standby_has_committed_metadata(self) -> bool:
        """A controller that does not lead has metadata in memory that are committed."""
        return all(
            implies(server.active_epoch == 0 and server.image.position > 0, self.is_committed(server.image.metadata))
            for server in self.server.values()
        )

    @invariant
    def brokers_have_committed_metadata(self) -> bool:
        """What a broker has replayed is a committed prefix."""
        return all(self.is_committed(image.metadata) for image in self.image.values())

    def is_committed(self, metadata: Metadata) -> bool:
        """Whether metadata come of a prefix that is committed."""
        return any(metadata == one for one in self.metadata[: self.committed])

    @step_invariant
    def brokers_go_forward(self, after: "Combined[C]") -> bool:
        """No broker goes back in the log, nor to an older state of a partition."""
        return all(
            self.image[broker].position <= after.image[broker].position
            and all(
                known.partition_epoch <= after.image[broker].metadata.partitions[partition].partition_epoch
                for partition, known in self.image[broker].metadata.partitions.items()
            )
            for broker in self.image
        )

    # What is reached.

    @witness
    def two_controllers_at_once(self) -> bool:
        """A controller that was deposed has not heard of it."""
        return sum(1 for server in self.server.values() if server.is_active) > 1

    @witness
    def zombie_decides(self) -> bool:
        """A controller decides after a later one has taken over."""
        return any(self.is_zombie(server) and server.changes > len(self.metadata) for server in self.server.values())

    def is_zombie(self, server: Controller) -> bool:
        """Whether a controller takes itself for the one that leads, although a later one has taken over."""
        return server.is_active and server.active_epoch < self.controller_epoch

    @witness
    def zombie_refuses(self) -> bool:
        """A controller refuses a member that a later one would let in. It has nothing to wait for, and answers."""
        return any(
            self.is_zombie(server)
            and server.committed_changes == server.changes
            and self.may_propose(broker, partition, everybody)
            and server.image.metadata.error_of(self.proposal(broker, partition, everybody), Rules())
            == AlterPartitionError.INELIGIBLE_REPLICA
            and self.metadata[-1].error_of(self.proposal(broker, partition, everybody), Rules()) is None
            for everybody in [self.members(BrokerId)]
            for server in self.server.values()
            for broker in self.image
            for partition in self.members(PartitionId)
        )


class KRaftCombined(Combined[Controller]):
    """A KRaft quorum whose leaders run the controller of `kafka`."""

"""The state of a cluster: what each broker is, the metadata log, what is in flight, and history.

The metadata log is abstract: a sequence of which a prefix is committed, as the Raft models have it. What all running
brokers have passed is dropped from it. A record counts as committed when somebody sees it, and not before: it makes no
difference when in between it was.
"""

from enum import Enum
from typing import Annotated

from .. import Constant, Map, Model, Needs, Range, Seq, Set, Size, Struct, init
from .broker import Broker, Replica
from .messages import (
    AlterPartitionRequest,
    AnyMessage,
    BrokerId,
    DivergingFetchResponse,
    FetchResponse,
    IneligibleReplica,
    PartitionId,
    Record,
    Value,
)
from .metadata import Metadata, Partition
from .settings import Rules, Settings, TopicSettings

#: How many followers a partition can have.
FOLLOWERS = "min(brokers - 1, replication_factor - 1 + max_reassignments)"
#: How often brokers restart, and how often their sessions end: with a restart, or for no reason.
RESTARTS = "max_crashes + max_power_losses + max_controlled_shutdowns"
SESSIONS = f"max_suspicions + {RESTARTS}"
#: How many leave or join an ISR of which a leader says so.
PROPOSALS = f"min({FOLLOWERS}, max_isr_shrinks + {SESSIONS} + max_reassignments)"
#: A broker has a new epoch after each restart.
_BROKER_EPOCHS = f"1 + {RESTARTS}"
#: A broker that is fenced or shuts down costs an election, and so may its return, and its registration.
_ELECTIONS = (
    "1 + 2 * max_suspicions + 3 * (max_crashes + max_power_losses) + 4 * max_controlled_shutdowns"
    " + max_preferred_elections + 2 * max_reassignments"
)
#: For each event a few changes, and one for each replica that has to join the ISR again.
_CHANGES = (
    "1 + (brokers + 3) * (max_suspicions + max_crashes + max_power_losses + max_controlled_shutdowns"
    " + max_isr_shrinks + max_preferred_elections + max_reassignments)"
)


class Fate(Enum):
    """What the producer of a record knows of it."""

    UNSENT = "unsent"
    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    UNKNOWN = "unknown"


class Production(Struct):
    """A record that a producer wants to have written: what it knows, and which broker it waits for."""

    fate: Fate
    waits_for: BrokerId | None


class Cluster(Model):
    """Constants and state.

    `exposed` is what a consumer can have read: everything that was ever below the high watermark of a leader.
    """

    partitions: Annotated[Constant[int], Range(1, 3)] = 1
    topics: Annotated[Constant[int], Range(1, "partitions")] = 1
    brokers: Annotated[Constant[int], Range(1, 5)] = 3
    replication_factor: Annotated[Constant[int], Range(1, "brokers")] = 3
    min_insync_replicas: Annotated[Constant[int], Range(1, "replication_factor")] = 2
    acks: Annotated[Constant[int], Range(-1, 1)] = -1
    records: Annotated[Constant[int], Range(1, 4)] = 2
    log_size: Annotated[Constant[int], Range("records", "records")] = 2

    unclean_leader_election: Constant[bool] = False
    # What all topics but the first have in place of that.
    other_min_insync_replicas: Annotated[Constant[int], Range(1, "replication_factor")] = 1
    other_unclean_leader_election: Annotated[Constant[bool], Needs("topics", 2)] = False

    eligible_leader_replicas: Constant[bool] = True
    last_known_leader_election: Annotated[Constant[bool], Needs("eligible_leader_replicas")] = True

    # Rules that newer versions have, each of which can be left out.
    strict_min_isr: Constant[bool] = True
    detects_unclean_shutdowns: Annotated[Constant[bool], Needs("eligible_leader_replicas")] = True
    truncates_on_fetch: Constant[bool] = True
    fences_fetches: Constant[bool] = True
    ignores_late_responses: Constant[bool] = True
    counts_pending_members: Constant[bool] = True
    waits_for_epoch_start: Constant[bool] = True
    ignores_diverging_positions: Constant[bool] = True
    checks_partition_epoch: Constant[bool] = True
    checks_member_epochs: Constant[bool] = True
    refuses_inactive_members: Constant[bool] = True

    # What Kafka does not do: see docs/kafka.md.
    forgets_positions: Constant[bool] = False

    # How many failures and operations there are.
    max_crashes: Annotated[Constant[int], Range(0, 4)] = 0
    max_power_losses: Annotated[Constant[int], Range(0, 4)] = 1
    max_suspicions: Annotated[Constant[int], Range(0, 4)] = 1
    max_isr_shrinks: Annotated[Constant[int], Range(0, 4)] = 1
    max_controlled_shutdowns: Annotated[Constant[int], Range(0, 4)] = 0
    max_preferred_elections: Annotated[Constant[int], Range(0, 4)] = 0
    max_reassignments: Annotated[Constant[int], Range(0, 2)] = 0
    max_controller_failures: Annotated[Constant[int], Range(0, 4)] = 2

    # How far epochs can get with so many failures: nobody has to set these.
    max_broker_epoch: Annotated[Constant[int], Range(_BROKER_EPOCHS, _BROKER_EPOCHS)] = 2
    max_leader_epoch: Annotated[Constant[int], Range(_ELECTIONS, _ELECTIONS)] = 6
    max_partition_epoch: Annotated[Constant[int], Range(_CHANGES, _CHANGES)] = 19
    # Room. That it does not suffice is reported.
    max_lag: Annotated[Constant[int], Range(2, 31)] = 10
    max_in_flight: Annotated[Constant[int], Range(1, 31)] = 6

    controller: Metadata
    metadata: Annotated[Seq[Metadata], Size("max_lag")]
    committed: Annotated[int, Range(0, "max_lag")]
    broker: Map[BrokerId, Broker]
    messages: Annotated[Set[AnyMessage], Size("max_in_flight")]
    production: Map[PartitionId, Map[Value, Production]]
    exposed: Map[PartitionId, Annotated[Seq[Record], Size("log_size")]]

    crashes: Annotated[int, Range(0, "max_crashes")]
    power_losses: Annotated[int, Range(0, "max_power_losses")]
    suspicions: Annotated[int, Range(0, "max_suspicions")]
    isr_shrinks: Annotated[int, Range(0, "max_isr_shrinks")]
    controlled_shutdowns: Annotated[int, Range(0, "max_controlled_shutdowns")]
    preferred_elections: Annotated[int, Range(0, "max_preferred_elections")]
    reassignments: Annotated[int, Range(0, "max_reassignments")]
    controller_failures: Annotated[int, Range(0, "max_controller_failures")]

    @init
    def start(self) -> None:
        """The partitions are in operation, with empty logs. The first brokers have them all, and one leads them."""
        members: Set[BrokerId] = Set()
        leader: BrokerId | None = None
        for name in self.broker:
            if len(members) < self.replication_factor:
                members.add(name)
            if leader is None:
                leader = name
        none: Set[BrokerId] = Set()
        for name in self.broker:
            self.controller.brokers[name].broker_epoch = 1
            self.broker[name].broker_epoch = 1
        topic = 0
        for partition in self.controller.partitions:
            now = Partition(topic, members, members, none, leader, None, 1, 1, none, none)
            self.controller.partitions[partition] = now
            for name in self.broker:
                if name == leader:
                    self.replica(name, partition).become_leader(name, now, False)
                elif name in members:
                    self.replica(name, partition).become_follower(now)
            topic = min(topic + 1, self.topics - 1)
        self.metadata.append(self.controller)
        self.committed = 1

    # What is where.

    @property
    def settings(self) -> Settings:
        """What the operator has set, for the handlers."""
        return Settings(
            TopicSettings(self.min_insync_replicas, self.unclean_leader_election),
            TopicSettings(self.other_min_insync_replicas, self.other_unclean_leader_election),
            self.eligible_leader_replicas,
            self.last_known_leader_election,
        )

    @property
    def rules(self) -> Rules:
        """The rules that there are, for the handlers."""
        return Rules(
            self.strict_min_isr,
            self.truncates_on_fetch,
            self.fences_fetches,
            self.ignores_late_responses,
            self.counts_pending_members,
            self.waits_for_epoch_start,
            self.ignores_diverging_positions,
            self.checks_partition_epoch,
            self.checks_member_epochs,
            self.refuses_inactive_members,
            self.forgets_positions,
        )

    def replica(self, broker: BrokerId, partition: PartitionId) -> Replica:
        """What a broker has of a partition."""
        return self.broker[broker].replicas[partition]

    def view(self, broker: BrokerId) -> Metadata:
        """The cluster as a broker knows it."""
        return self.metadata[self.broker[broker].position]

    def known(self, broker: BrokerId, partition: PartitionId) -> Partition:
        """A partition as a broker knows it."""
        return self.view(broker).partitions[partition]

    def leads(self, broker: BrokerId, partition: PartitionId) -> bool:
        """Whether a broker takes itself for the leader."""
        return self.replica(broker, partition).leader == broker

    # Messages.

    def send(self, message: AnyMessage) -> None:
        """Puts a message in flight, where one like it is enough."""
        self.messages.add(message)

    def receive(self, message: AnyMessage) -> None:
        """Takes a message out of flight."""
        self.messages.remove(message)

    # The metadata log.

    def write(self) -> None:
        """Appends what the controller has changed to the metadata log, if that is anything."""
        if self.controller != self.metadata[-1]:
            self.metadata.append(self.controller)

    def commit(self, length: int) -> None:
        """Somebody sees so much of the metadata log: it is committed."""
        self.committed = max(self.committed, length)

    def concerns(self, broker: BrokerId, before: Metadata, after: Metadata) -> bool:
        """Whether a broker acts on a change: as leader, in a new leader epoch, or as its replica comes or goes."""
        return any(
            (old.leader == broker and before != after)
            or old.leader_epoch != after.partitions[partition].leader_epoch
            or (broker in old.replicas) != (broker in after.partitions[partition].replicas)
            for partition, old in before.partitions.items()
        )

    def tidy(self) -> None:
        """Brokers pass what does not concern them; what all have passed is dropped, and so are messages without use."""
        for name in self.broker:
            me = self.broker[name]
            if not me.is_starting:
                for position in range(me.position + 1, self.committed):
                    if self.concerns(name, self.metadata[me.position], self.metadata[position]):
                        break
                    me.position = position
        passed = min(
            (self.broker[name].position for name in self.broker if not self.broker[name].is_starting),
            default=self.committed - 1,
        )
        if passed > 0:
            self.metadata = self.metadata[passed:]
            self.committed -= passed
            for name in self.broker:
                me = self.broker[name]
                if not me.is_starting:
                    me.position -= passed
        for message in self.messages:
            if self.is_useless(message):
                self.receive(message)

    def is_useless(self, message: AnyMessage) -> bool:
        """Whether a message would be ignored now and at any time later."""
        if isinstance(message, AlterPartitionRequest):
            partition = self.metadata[self.committed - 1].partitions[message.partition]
            return self.checks_partition_epoch and message.partition_epoch < partition.partition_epoch
        if isinstance(message, IneligibleReplica):
            pending = self.replica(message.target, message.partition).pending
            return pending is None or pending.partition_epoch != message.partition_epoch
        return self.ignores_late_responses and not self.is_expected(message)

    def is_expected(self, response: FetchResponse | DivergingFetchResponse) -> bool:
        """Whether a follower takes an answer."""
        return self.replica(response.target, response.partition).expects(response, self.rules)

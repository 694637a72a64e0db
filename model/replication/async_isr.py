"""In-sync set changes that take time: the leader asks the controller, and goes on before it hears the answer.

From `AsyncIsr` in hachikuji/kafka-specification, the design of Kafka's AlterPartition request (KIP-497). The controller
may change the in-sync set on its own, and accepts the leader's change only if nothing else has changed since. Until the
leader knows the outcome it must reckon with every set that may be true: its high watermark is the least offset in the
union of the last set it was told and those it has asked for.

Promises that the leader's high watermark never passes a replica of the set that the controller has decided on.

One replica leads throughout, so replicas are not all alike. The specification has no end by itself; as in the published
runs, states are explored up to `max_offset` and `max_version`. The published type invariant fails at once, because it
does not expect a leader without pending request; here that leader has no pending version at all.
"""

from typing import Annotated, Final

from .. import (
    Constant,
    Domain,
    In,
    Map,
    Model,
    Range,
    Set,
    Size,
    Struct,
    action,
    constraint,
    init,
    invariant,
    require,
    step_invariant,
)

#: A replica of the partition, on a broker of its own.
Broker = Annotated[int, Domain("replicas", prefix="b")]

#: The replica that leads.
LEADER: Final = 0

# One past the bounds: a state there is still checked, though it is not explored.
Offset = Annotated[int, Range(0, "max_offset + 1")]
Version = Annotated[int, Range(0, "max_version + 1")]


class IsrAtVersion(Struct):
    """An in-sync set and its version. Asked for by the leader, it is to replace that version; decided, it has it."""

    version: Version
    isr: Set[Broker]


class Leader(Struct):
    """The in-sync set that the leader was told last, what it has asked for since, and how far each replica is."""

    isr: Set[Broker]
    version: Version
    pending_isr: Set[Broker]
    pending_version: Version | None
    offsets: Map[Broker, Offset]


class AsyncIsr(Model):
    """A leader, a controller, and messages between them that may be read late, twice or never."""

    replicas: Annotated[Constant[int], Range(1, 4)] = 3
    max_offset: Annotated[Constant[int], Range(1, 8)] = 1
    max_version: Annotated[Constant[int], Range(0, 8)] = 2

    controller: IsrAtVersion
    leader: Leader
    requests: Set[IsrAtVersion]
    # One for each version.
    updates: Annotated[Set[IsrAtVersion], Size("max_version + 1")]

    @init
    def everyone_is_in_sync(self) -> None:
        """Both sides know the full set, and nothing is written yet."""
        self.controller.isr = self.members(Broker)
        self.leader.isr = self.members(Broker)

    @constraint
    def within_bounds(self) -> bool:
        """The leader has written at most `max_offset` records, and the set has changed at most `max_version` times."""
        return self.leader.offsets[LEADER] <= self.max_offset and self.controller.version <= self.max_version

    @property
    def maximal_isr(self) -> Set[Broker]:
        """Every replica that may be in sync as far as the leader knows."""
        return self.leader.isr | self.leader.pending_isr

    @property
    def high_watermark(self) -> int:
        """What the leader lets consumers read."""
        return min(self.leader.offsets[member] for member in self.maximal_isr)

    # The controller.

    def decide(self, isr: Set[Broker]) -> None:
        """Changes the in-sync set under the next version, and tells the leader."""
        self.controller.version += 1
        self.controller.isr = isr
        self.updates.add(IsrAtVersion(self.controller.version, isr))

    @action(process="controller")
    def controller_shrink_isr(self, broker: Broker) -> None:
        """A broker other than the leader seems to have failed. `ControllerShrinkIsr`."""
        require(broker != LEADER and broker in self.controller.isr)
        self.decide(self.controller.isr - {broker})

    @action(process="controller")
    def controller_handle_request(self, request: Annotated[IsrAtVersion, In("requests")]) -> None:
        """A change that the leader asked for becomes true, if it still fits. `ControllerHandleRequest`."""
        require(self.is_current(request))
        self.decide(request.isr)

    def is_current(self, request: IsrAtVersion) -> bool:
        """Whether nothing has changed since the leader made a request."""
        return request.version == self.controller.version

    # The leader.

    def ask_for(self, isr: Set[Broker]) -> None:
        """Asks the controller for an in-sync set, and reckons with it from now on."""
        self.requests.add(IsrAtVersion(self.leader.version, isr))
        self.leader.pending_isr = self.leader.pending_isr | isr
        self.leader.pending_version = self.leader.version

    @action(process="leader")
    def leader_request_shrink_isr(self, broker: Annotated[Broker, In("leader.isr")]) -> None:
        """The leader wants a follower out of the set. `LeaderRequestShrinkIsr`."""
        require(broker != LEADER)
        self.ask_for(self.leader.isr - {broker})

    @action(process="leader")
    def leader_request_expand_isr(self, broker: Broker) -> None:
        """The leader wants a follower in the set that has all committed records. `LeaderRequestExpandIsr`."""
        require(broker not in self.leader.isr)
        require(self.may_join_isr(broker))
        self.ask_for(self.leader.isr | {broker})

    def may_join_isr(self, broker: Broker) -> bool:
        """Whether a replica has everything that consumers may have read."""
        return self.leader.offsets[broker] >= self.high_watermark

    @action(process="leader")
    def leader_write(self) -> None:
        """The leader appends a record. `LeaderWrite`."""
        self.leader.offsets[LEADER] += 1

    @action(process="leader")
    def leader_handle_update(self, update: Annotated[IsrAtVersion, In("updates")]) -> None:
        """The leader learns of a later decision, and drops what it has asked for before. `LeaderHandleUpdate`."""
        require(update.version > self.leader.version)
        self.leader.isr = update.isr
        self.leader.version = update.version
        self.leader.pending_isr = Set()
        self.leader.pending_version = None

    # Followers.

    @action
    def follower_replicate(self, broker: Broker) -> None:
        """A follower copies the next record. `FollowerReplicate`."""
        require(broker != LEADER)
        require(self.leader.offsets[broker] < self.leader.offsets[LEADER])
        self.leader.offsets[broker] += 1

    # What is promised.

    @invariant
    def valid_high_watermark(self) -> bool:
        """Every replica in the controller's in-sync set has all records below the leader's high watermark.

        Published as `ValidHighWatermark`.
        """
        return all(self.leader.offsets[member] >= self.high_watermark for member in self.controller.isr)

    @invariant
    def leader_is_in_sync(self) -> bool:
        """The leader is in the in-sync set, as the controller and as the leader know it."""
        return LEADER in self.controller.isr and LEADER in self.leader.isr

    @invariant
    def leader_is_not_ahead_of_controller(self) -> bool:
        """The leader knows no version that the controller has not decided on."""
        return self.leader.version <= self.controller.version

    @step_invariant
    def high_watermark_never_moves_back(self, after: "AsyncIsr") -> bool:
        """What consumers could read before a step, they can read after it."""
        return self.high_watermark <= after.high_watermark

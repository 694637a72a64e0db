"""One broker and its replicas: what it does with metadata, fetches and answers. Its handlers.

After `Partition`, `ReplicaManager` and `AbstractFetcherThread` of Apache Kafka. A handler takes a message and changes
the state of one replica; a message to send is what it returns. The log is durable, the rest is not.
"""

from typing import Annotated

from .. import Map, Range, Seq, Set, Size, Struct
from ..log import Offset, ReplicaLog
from .messages import (
    AlterPartitionRequest,
    BrokerEpoch,
    BrokerId,
    DivergingFetchResponse,
    EpochEnd,
    FetchRequest,
    FetchResponse,
    IneligibleReplica,
    LeaderEpoch,
    Member,
    PartitionId,
    Record,
)
from .metadata import Partition, Registration
from .settings import Rules, Settings


class PartitionLog(ReplicaLog[Record]):
    """The log of one replica."""

    records: Annotated[Seq[Record], Size("log_size")]


class Follower(Struct):
    """What a leader knows of a follower: the offset of its last fetch, and the broker epoch in it."""

    end_offset: Offset
    broker_epoch: BrokerEpoch


class Replica(Struct):
    """A replica, and the part it has in a leader epoch: it leads, follows, or waits for there to be a leader.

    A leader was at `epoch_start` when it was elected. It alone knows the ISR, and has proposed `pending`.
    """

    leader: BrokerId | None
    leader_epoch: LeaderEpoch
    isr: Set[BrokerId]
    log: PartitionLog
    high_watermark: Offset
    epoch_start: Offset
    followers: Map[BrokerId, Follower | None]
    pending: AlterPartitionRequest | None

    def restart(self, kept: int) -> None:
        """Loses what is not durable, and all of the log but so many records.

        The checkpoint of the high watermark may be of any time before: the worst is that there is none.
        """
        self.log.truncate(kept)
        self.high_watermark = 0
        self.leader = None
        self.leader_epoch = 0
        self.renounce()

    def renounce(self) -> None:
        """Forgets what only leaders know."""
        self.isr = Set()
        self.epoch_start = 0
        self.pending = None
        for name in self.followers:
            self.followers[name] = None

    # Metadata.

    def take_role(self, me: int, partition: Partition, rules: Rules) -> None:
        """Leads, follows, or is no more. `ReplicaManager.applyDelta`."""
        is_new_epoch = partition.leader_epoch > self.leader_epoch
        if partition.leader == me:
            self.become_leader(me, partition, rules.forgets_positions)
        elif me not in partition.replicas:
            self.delete()
        else:
            self.become_follower(partition)
            if is_new_epoch and not rules.truncates_on_fetch:
                self.truncate(self.high_watermark)

    def become_leader(self, me: int, partition: Partition, forgets_positions: bool) -> None:
        """Leads, from now on or with other members. A proposal that was under way is not waited for any more.

        One that led before keeps what it knows of its followers, unless it `forgets_positions`. `Partition.makeLeader`,
        `Replica.resetReplicaState`.
        """
        self.pending = None
        self.isr = partition.isr
        if partition.leader_epoch > self.leader_epoch:
            self.epoch_start = self.log.end_offset
            if self.leader != me or forgets_positions:
                for name in self.followers:
                    self.followers[name] = None
        self.leader = partition.leader
        self.leader_epoch = partition.leader_epoch

    def become_follower(self, partition: Partition) -> None:
        """Follows a leader, if there is one. `Partition.makeFollower`."""
        self.leader = partition.leader
        self.leader_epoch = partition.leader_epoch
        self.renounce()

    def delete(self) -> None:
        """The broker is no replica any more. `ReplicaManager.stopPartitions`."""
        self.restart(0)

    # Leaders.

    def accepts(self, me: int, acks: int, known: Partition, settings: Settings) -> bool:
        """Whether records are written here: by a leader, and with acks=all only with enough in-sync replicas."""
        return self.leader == me and (acks != -1 or known.is_sufficient(self.isr, settings))

    def counted_isr(self, rules: Rules) -> Set[BrokerId]:
        """Those that must have a record before it counts as committed (KIP-497)."""
        return self.maximal_isr if rules.counts_pending_members else self.isr

    def can_commit(self, known: Partition, settings: Settings, rules: Rules) -> bool:
        """Whether the ISR is large enough to commit anything (KIP-966; KAFKA-15583)."""
        return known.is_sufficient(self.isr, settings) or not rules.strict_min_isr

    def advance(self, me: int, known: Partition, settings: Settings, rules: Rules) -> int:
        """Raises the high watermark to what is committed; returns where it was. `Partition.maybeIncrementLeaderHW`."""
        before, offset = self.high_watermark, self.committable(me, self.counted_isr(rules))
        if offset > before and self.can_commit(known, settings, rules):
            self.high_watermark = offset
        return before

    @property
    def maximal_isr(self) -> Set[BrokerId]:
        """The ISR with those that a pending proposal would add (KIP-497)."""
        return self.isr if self.pending is None else self.isr | self.pending.isr

    def committable(self, me: int, members: Set[BrokerId]) -> int:
        """Up to where all members have the log. One of which nothing is known has nothing."""
        return min(
            min((self.known_end(peer) for peer in members if peer != me), default=self.log.end_offset),
            self.log.end_offset,
        )

    def known_end(self, follower: int) -> int:
        """Up to where a follower is known to have the log."""
        state = self.followers[follower]
        return 0 if state is None else state.end_offset

    def diverging(self, request: FetchRequest) -> EpochEnd | None:
        """Where the follower's log may go on from, if it does not fit this one."""
        if self.log.fits(request.offset, request.last_epoch, self.leader_epoch):
            return None
        epoch = self.log.latest_epoch_up_to(request.last_epoch, self.leader_epoch)
        return EpochEnd(epoch, self.log.end_offset_up_to(request.last_epoch))

    def serves(self, request: FetchRequest, known: Partition, rules: Rules) -> bool:
        """Whether it leads in the epoch of a fetch (KIP-320), and knows the follower for a replica.

        A fetch that is handled as it is sent is never stale: that is for those who deliver it later.
        """
        return (
            self.leader == request.target
            and (request.leader_epoch == self.leader_epoch or not rules.fences_fetches)
            and request.source in known.replicas
            and not self.is_stale(request)
        )

    def is_stale(self, request: FetchRequest) -> bool:
        """Whether a later run of the follower has fetched already (KIP-903). `Replica.updateFetchStateOrThrow`."""
        known = self.followers[request.source]
        return known is not None and request.broker_epoch < known.broker_epoch

    def on_fetch(self, request: FetchRequest) -> FetchResponse:
        """Notes how far a follower is, and gives it the next record. `Partition.fetchRecords`."""
        start = request.offset
        self.followers[request.source] = Follower(start, request.broker_epoch)
        return FetchResponse(
            request.target,
            request.source,
            request.partition,
            request.leader_epoch,
            start,
            self.log.records[start : start + 1],
            self.high_watermark,
        )

    def is_caught_up(self, follower: int, waits_for_epoch_start: bool) -> bool:
        """Whether a follower has all that may be committed: it may join the ISR (KAFKA-7128 for the epoch's start)."""
        end = self.known_end(follower)
        return end >= self.high_watermark and (end >= self.epoch_start or not waits_for_epoch_start)

    def may_join(self, follower: int, registration: Registration, rules: Rules) -> bool:
        """Whether the leader proposes a follower, as that fetches. `Partition.maybeExpandIsr`."""
        state = self.followers[follower]
        return (
            self.pending is None
            and follower not in self.isr
            and state is not None
            and self.is_caught_up(follower, rules.waits_for_epoch_start)
            and (registration.is_active or not rules.refuses_inactive_members)
            and (state.broker_epoch == registration.broker_epoch or not rules.checks_member_epochs)
        )

    def may_leave(self, me: int, out: Set[BrokerId]) -> bool:
        """Whether the leader can go on without followers that have not caught up. `Partition.maybeShrinkIsr`."""
        return (
            self.leader == me
            and self.pending is None
            and len(out) > 0
            and out <= self.isr
            and me not in out
            and all(self.followers[peer] is None or self.known_end(peer) < self.log.end_offset for peer in out)
        )

    def propose(
        self, me: int, partition: int, broker_epoch: int, partition_epoch: int, isr: Set[BrokerId]
    ) -> AlterPartitionRequest:
        """Proposes an ISR to the controller. Those who join come with the broker epochs of their fetches."""
        members = Set(Member(peer, self.joining_epoch(peer)) for peer in isr)
        request = AlterPartitionRequest(me, partition, broker_epoch, self.leader_epoch, partition_epoch, members)
        self.pending = request
        return request

    def joining_epoch(self, peer: int) -> int:
        """The broker epoch with which a member is proposed."""
        state = self.followers[peer]
        return 0 if peer in self.isr or state is None else state.broker_epoch

    def on_refusal(self, refusal: IneligibleReplica) -> None:
        """Gives a proposal up: the controller says that it has changed nothing."""
        pending = self.pending
        if (
            pending is not None
            and pending.leader_epoch == refusal.leader_epoch
            and pending.partition_epoch == refusal.partition_epoch
        ):
            self.pending = None

    # Followers.

    def expects(self, response: FetchResponse | DivergingFetchResponse, rules: Rules) -> bool:
        """Whether an answer is taken: to a fetch in its leader epoch (KAFKA-18991), from where it is."""
        return (
            (self.leader_epoch == response.leader_epoch or not rules.ignores_late_responses)
            and self.leader == response.source
            and self.log.end_offset == response.offset
        )

    def on_fetched(self, response: FetchResponse) -> None:
        """Appends what was fetched. The high watermark is the leader's, and may fall."""
        for record in response.records:
            self.log.append(record)
        self.high_watermark = min(response.high_watermark, self.log.end_offset)

    def on_diverged(self, response: DivergingFetchResponse) -> None:
        """Truncates to where the log can fit the leader's."""
        self.truncate(self.log.end_of_match_with(response.diverging.epoch, response.diverging.offset))

    def truncate(self, end: int) -> None:
        """Drops records. The high watermark is never past the end."""
        self.log.truncate(min(end, self.log.end_offset))
        self.high_watermark = min(self.high_watermark, self.log.end_offset)


class Broker(Struct):
    """A broker. While it is starting, it has a broker epoch that is not valid any more, and knows nothing.

    `position` is where in the metadata log it is.
    """

    is_starting: bool
    is_clean: bool
    broker_epoch: BrokerEpoch
    position: Annotated[int, Range(0, "max_lag")]
    replicas: Map[PartitionId, Replica]

    def restart(self) -> None:
        """Is to register anew, and knows nothing of the cluster until then."""
        self.is_starting = True
        self.position = 0

    def fetch_request(self, me: int, partition: int, leader: int) -> FetchRequest:
        """Asks for what follows the log of a replica."""
        replica = self.replicas[partition]
        end, last_epoch = replica.log.end_offset, replica.log.last_epoch
        return FetchRequest(me, leader, partition, self.broker_epoch, replica.leader_epoch, end, last_epoch)

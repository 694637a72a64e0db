"""What all versions of Kafka's replication protocol share: the steps, and the rules they go by.

From `KafkaReplication` in hachikuji/kafka-specification. A controller elects leaders and announces each decision with a
new leader epoch. A leader accepts writes, followers copy its log record by record, and the high watermark says how far
the in-sync replicas have come: consumers read below it.

The abstractions are those of the publication:

* The controller's store and all changes of the in-sync set are one atomic register, `quorum`.
* Announcements are never lost from `requests`, so each may reach a replica late, twice or never. A replica ignores
  what is not newer than its epoch. One that names no leader is adopted by nobody: the quorum merely has no leader.
* Brokers do not crash, they are slow. A broker taken out of the in-sync set may go on at any time.
* A fetch and its answer are one step, and so are a follower's new epoch and its truncation.

A version of the protocol is a subclass. The steps stay what they are here; a version overrides the *rules* below them,
small methods that say whether a fetch is answered, who counts for the high watermark, and where a follower truncates.
Taking one of those guards out is how a historical bug is written.
"""

from typing import Annotated

from .. import In, Set, action, init, require
from ..log import Record
from .properties import ReplicationProperties
from .state import Broker, LeaderAndIsr


class Replication(ReplicationProperties):
    """The steps, and the rules as they were before any epoch was compared."""

    @init
    def everyone_is_in_sync(self) -> None:
        """Empty logs, no leader yet, and every replica in the in-sync set."""
        self.quorum.isr = self.members(Broker)

    # The controller.

    def announce(self, leader: Broker | None, isr: Set[Broker]) -> None:
        """Decides on leader and in-sync set under the next leader epoch."""
        require(self.next_leader_epoch <= self.max_leader_epoch)
        self.quorum.leader_epoch = self.next_leader_epoch
        self.quorum.leader = leader
        self.quorum.isr = isr
        self.requests.add(LeaderAndIsr(self.next_leader_epoch, leader, isr))
        self.next_leader_epoch += 1

    @action(process="controller")
    def controller_elect_leader(self, broker: Annotated[Broker, In("quorum.isr")]) -> None:
        """An in-sync replica is elected, for whatever reason. `ControllerElectLeader`."""
        require(self.quorum.leader != broker)
        self.announce(broker, self.quorum.isr)

    @action(process="controller")
    def controller_shrink_isr(self, broker: Broker) -> None:
        """A broker seems to have failed: it leaves the in-sync set, and loses the leadership. `ControllerShrinkIsr`."""
        quorum = self.quorum
        if quorum.leader == broker:
            # The last member stays in the set: nobody else is known to have its records.
            last = quorum.isr == {broker}
            self.announce(None, quorum.isr if last else quorum.isr - {broker})
        else:
            require(broker in quorum.isr)
            self.announce(quorum.leader, quorum.isr - {broker})

    # Leaders.

    @action
    def become_leader(self, leader: Broker, request: Annotated[LeaderAndIsr, In("requests")]) -> None:
        """A replica learns that it was elected. Log and high watermark stay as they are. `BecomeLeader`."""
        require(request.leader == leader)
        require(self.replica[leader].is_behind(request))
        self.replica[leader].adopt(request)

    @action
    def leader_expand_isr(self, leader: Broker, follower: Broker) -> None:
        """The true leader admits a replica to the in-sync set. `LeaderExpandIsr`."""
        me = self.replica[leader]
        require(follower not in me.isr)
        require(self.is_true_leader(leader))
        require(self.may_join_isr(follower, leader))
        me.isr.add(follower)
        self.quorum.isr = me.isr

    @action
    def leader_shrink_isr(self, leader: Broker, follower: Broker) -> None:
        """The true leader takes a follower that is out of sync off the in-sync set. `LeaderShrinkIsr`."""
        me = self.replica[leader]
        require(follower != leader and follower in me.isr)
        require(self.is_true_leader(leader))
        require(self.is_out_of_sync(follower, leader))
        me.isr.discard(follower)
        self.quorum.isr = me.isr

    @action
    def leader_write(self, leader: Broker) -> None:
        """A presumed leader appends a producer's record. `LeaderWrite`."""
        me = self.replica[leader]
        require(self.presumes_leadership(leader))
        require(self.next_record_id < self.max_records)
        require(me.log.end_offset < self.log_size)
        assert me.leader_epoch is not None
        me.log.append(Record(self.next_record_id, me.leader_epoch))
        self.next_record_id += 1

    @action
    def leader_increment_high_watermark(self, leader: Broker) -> None:
        """The next record is on every in-sync replica: consumers may read it. `LeaderIncHighWatermark`."""
        me = self.replica[leader]
        require(self.presumes_leadership(leader))
        require(me.log.has_offset(me.high_watermark))
        require(all(self.has_acknowledged(member, leader, me.high_watermark) for member in me.isr))
        me.high_watermark += 1

    # Followers.

    @action
    def become_follower(self, follower: Broker, request: Annotated[LeaderAndIsr, In("requests")]) -> None:
        """A replica learns whom to follow, and makes its log fit. `BecomeFollowerAndTruncateTo`."""
        leader = request.leader
        require(leader is not None and leader != follower)
        require(self.replica[follower].is_behind(request))
        assert leader is not None
        require(self.may_become_follower(request, leader))
        self.make_log_fit(follower, leader)
        self.replica[follower].adopt(request)

    @action
    def follower_fetch(self, follower: Broker, leader: Broker) -> None:
        """A follower copies the next record, and learns how far it may serve. `FollowerReplicate`."""
        me, source = self.replica[follower], self.replica[leader]
        require(self.may_fetch(follower, leader))
        require(source.log.has_offset(me.log.end_offset))
        me.log.append(source.log.records[me.log.end_offset])
        # This may lower it: a new leader often knows less about it than its followers do.
        me.high_watermark = min(source.high_watermark, me.log.end_offset)

    # The rules. Versions of the protocol differ here and nowhere else.

    def may_fetch(self, follower: Broker, leader: Broker) -> bool:
        """Whether a leader answers a follower's fetch."""
        return self.presumes_leadership(leader) and self.is_following(follower, leader)

    def has_acknowledged(self, follower: Broker, leader: Broker, offset: int) -> bool:
        """Whether an in-sync replica lets the leader's high watermark pass the record at an offset."""
        return self.is_following(follower, leader) and self.replica[follower].log.has_offset(offset)

    def is_caught_up(self, follower: Broker, leader: Broker, end_offset: int) -> bool:
        """Whether a follower's log is known to the leader to reach an end offset."""
        return (
            self.is_following(follower, leader)
            and end_offset <= self.replica[leader].log.end_offset
            and end_offset <= self.replica[follower].log.end_offset
        )

    def is_out_of_sync(self, follower: Broker, leader: Broker) -> bool:
        """Whether the leader may take a follower off the in-sync set."""
        return not self.is_caught_up(follower, leader, self.replica[leader].log.end_offset)

    def may_join_isr(self, follower: Broker, leader: Broker) -> bool:
        """Whether the leader may admit a replica to the in-sync set."""
        return self.is_caught_up(follower, leader, self.replica[leader].high_watermark)

    def may_become_follower(self, request: LeaderAndIsr, leader: Broker) -> bool:
        """Whether the leader that a request names may be asked where to truncate."""
        return True

    def make_log_fit(self, follower: Broker, leader: Broker) -> None:
        """What a new follower does to its log before it fetches."""
        self.replica[follower].truncate(self.truncation_offset(follower, leader))

    def truncation_offset(self, follower: Broker, leader: Broker) -> int:
        """Where a new follower cuts its log. Each version has its own answer."""
        raise NotImplementedError

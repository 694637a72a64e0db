"""As small a cluster as there is with the constants of the production model: copies are atomic."""

from typing import Annotated

from fencepost.model import (
    Constant,
    Domain,
    Map,
    Model,
    Range,
    Seq,
    Set,
    Size,
    Struct,
    action,
    choose,
    init,
    invariant,
    require,
)

Broker = Annotated[int, Domain("replication_factor", symmetric=True, prefix="b")]
RecordId = Annotated[int, Range(0, "records - 1")]


class Replica(Struct):
    log: Annotated[Seq[RecordId], Size("records")]
    flushed: Annotated[int, Range(0, "records")]


class Cluster(Model):
    """A partition that is copied at once."""

    brokers: Constant[int] = 3
    replication_factor: Annotated[Constant[int], Range(1, "brokers")] = 3
    min_insync_replicas: Annotated[Constant[int], Range(1, "replication_factor")] = 2
    acks: Annotated[Constant[int], Range(-1, 1)] = -1
    unclean_leader_election: Constant[bool] = False
    eligible_leader_replicas: Constant[bool] = True
    records: Constant[int] = 1
    max_crashes: Constant[int] = 0
    max_power_losses: Constant[int] = 0
    max_isr_shrinks: Constant[int] = 0

    replica: Map[Broker, Replica]
    up: Set[Broker]
    isr: Set[Broker]
    leader: Broker | None
    written: Annotated[int, Range(0, "records")]
    acknowledged: Set[RecordId]
    was_unclean: bool
    crashes: Annotated[int, Range(0, "max_crashes")]
    power_losses: Annotated[int, Range(0, "max_power_losses")]
    isr_shrinks: Annotated[int, Range(0, "max_isr_shrinks")]

    @init
    def all_are_in_sync(self, leader: Broker) -> None:
        self.up = self.members(Broker)
        self.isr = self.members(Broker)
        self.leader = leader

    def acknowledge(self) -> None:
        """With acks=all, what all in-sync replicas have, if they are enough."""
        if self.acks == -1 and self.leader is not None and len(self.isr) >= self.min_insync_replicas:
            for record in self.replica[self.leader].log:
                if all(record in self.replica[member].log for member in self.isr):
                    self.acknowledged.add(record)

    def go_down(self, broker: Broker) -> None:
        require(broker in self.up)
        self.up.discard(broker)
        if self.eligible_leader_replicas or len(self.isr) > 1:
            self.isr.discard(broker)
        if self.leader == broker:
            self.leader = None

    @action
    def write(self, broker: Broker) -> None:
        require(self.leader == broker and self.written < self.records)
        self.replica[broker].log.append(self.written)
        if self.acks >= 0:
            self.acknowledged.add(self.written)
        self.written += 1
        self.acknowledge()

    @action
    def copy(self, follower: Broker, leader: Broker) -> None:
        require(self.leader == leader and follower != leader and follower in self.up)
        require(self.replica[follower].log != self.replica[leader].log or follower not in self.isr)
        self.replica[follower].log = self.replica[leader].log
        self.replica[follower].flushed = min(self.replica[follower].flushed, len(self.replica[leader].log))
        self.isr.add(follower)
        self.acknowledge()

    @action
    def elect(self, broker: Broker) -> None:
        require(self.leader is None and broker in self.up)
        clean = broker in self.isr or (not any(member in self.up for member in self.isr) and self.was_last(broker))
        require(clean or (self.unclean_leader_election and not any(member in self.up for member in self.isr)))
        self.was_unclean = self.was_unclean or broker not in self.isr
        self.leader = broker
        self.isr = {broker}

    def was_last(self, broker: Broker) -> bool:
        """Whether nobody has more, as the controller of this cluster can see."""
        return self.eligible_leader_replicas and all(
            len(other.log) <= len(self.replica[broker].log) for other in self.replica.values()
        )

    @action
    def start(self, broker: Broker) -> None:
        require(broker not in self.up)
        self.up.add(broker)

    @action(fault=True)
    def crash(self, broker: Broker) -> None:
        require(self.crashes < self.max_crashes)
        self.crashes += 1
        self.go_down(broker)

    @action(fault=True)
    def lose_power(self, broker: Broker) -> None:
        require(self.power_losses < self.max_power_losses)
        kept = choose(range(self.replica[broker].flushed, len(self.replica[broker].log) + 1))
        self.power_losses += 1
        self.go_down(broker)
        self.replica[broker].log.truncate(kept)

    @action(fault=True)
    def shrink_isr(self, follower: Broker) -> None:
        require(self.isr_shrinks < self.max_isr_shrinks and self.leader is not None and self.leader != follower)
        require(follower in self.isr and follower in self.up)
        self.isr_shrinks += 1
        self.isr.discard(follower)
        self.acknowledge()

    @invariant
    def acknowledged_records_survive(self) -> bool:
        """Every record that was acknowledged is in the log of the leader, whoever that is."""
        return self.leader is None or all(
            record in self.replica[broker].log
            for record in self.acknowledged
            for broker in self.replica
            if broker == self.leader
        )

    @invariant
    def only_in_sync_replicas_lead(self) -> bool:
        """Nobody has been elected who was not an in-sync replica."""
        return not self.was_unclean

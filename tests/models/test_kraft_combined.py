"""The controller of `kafka` on a real quorum: the abstract metadata log shows the same, no more and no less.

What is compared is what can be seen of a controller: the metadata that the latest one has in memory, and those that
each broker has applied. One side is the native search of `kraft-combined`, of which every level is looked at; the other
one a plain search in CPython of `kafka` itself, with its log, its controller and its brokers, but without data.
"""

from itertools import permutations
from typing import Annotated, Any

import pytest

from fencepost.checks import check
from fencepost.model import Constant, Model, Range, Set, Specification, action, require
from fencepost.model.controller.kraft_combined import Combined, KRaftCombined
from fencepost.model.controller.kraft_combined_traps import (
    EagerController,
    EagerTakeover,
    HastyTakeover,
    KeptDecisions,
    UncommittedReplay,
)
from fencepost.model.controller.kraft_controller import Controller
from fencepost.model.kafka.kafka import Kafka
from fencepost.model.kafka.messages import AlterPartitionRequest, BrokerId, Member, PartitionId
from fencepost.model.kafka.metadata import Metadata
from fencepost.model.kafka.settings import Rules
from fencepost.model.raft.base import ServerId
from fencepost.model.raft.kraft import KRaft
from models.guards import words
from models.watching import visited

pytestmark = pytest.mark.usefixtures("quickly_compiled")


class ControlPlane(Kafka):
    """`kafka` with the decisions of `kraft-combined`: nobody produces, fetches, or restarts."""

    max_decisions: Annotated[Constant[int], Range(1, 4)] = 1

    decisions: Annotated[int, Range(0, "max_decisions")]

    produce = None  # type: ignore[assignment]
    fetch = None  # type: ignore[assignment]

    def write(self) -> None:
        require(self.decisions < self.max_decisions)
        self.decisions += 1
        super().write()

    def concerns(self, broker: BrokerId, before: Metadata, after: Metadata) -> bool:
        """Brokers apply one change after the other, so that everything that they can know is seen."""
        return before != after

    @action(process="leader")
    def alter(self, leader: BrokerId, partition: PartitionId, isr: Set[BrokerId]) -> None:
        """A leader proposes an ISR, and the controller makes it so."""
        now = self.known(leader, partition)
        require(self.leads(leader, partition) and leader in isr and isr != now.isr)
        request = AlterPartitionRequest(
            leader,
            partition,
            self.view(leader).brokers[leader].broker_epoch,
            now.leader_epoch,
            now.partition_epoch,
            Set(Member(member, 0) for member in isr),
        )
        require(self.controller.error_of(request, Rules()) is None)
        self.controller.alter(request, self.settings)
        self.write()


def seen(metadata: list[Any]) -> Any:
    """Metadata of the controller and of each broker, the same for all ways to name the brokers."""
    return min(renamed(metadata, names) for names in permutations(range(len(metadata) - 1)))


def renamed(metadata: list[Any], names: tuple[int, ...]) -> Any:
    controller, *views = (described(one, names) for one in metadata)
    return controller, tuple(view for _, view in sorted(zip(names, views, strict=True)))


def described(metadata: Any, names: tuple[int, ...]) -> Any:
    def name(broker: int | None) -> int:
        return -1 if broker is None else names[broker]

    def group(brokers: Any) -> tuple[int, ...]:
        return tuple(sorted(names[broker] for broker in brokers))

    now = metadata.partitions[0]
    sets = (now.replicas, now.isr, now.elr, now.adding, now.removing)
    numbers = name(now.leader), name(now.last_known_leader), now.leader_epoch, now.partition_epoch
    brokers = sorted(
        (names[broker], one.broker_epoch, one.is_fenced, one.is_shutting_down)
        for broker, one in metadata.brokers.items()
    )
    return (*map(group, sets), *numbers, *brokers)


def seen_in_kafka(constants: dict[str, Any]) -> set[Any]:
    """What is seen in `kafka`, in a search that is a few lines long."""
    spec = Specification(ControlPlane, constants)
    states = {spec.key(state): state for state in spec.initial_states()}
    frontier = list(states.values())
    while frontier:
        reached = {spec.key(step.state): step.state for state in frontier for step in spec.successors(state)}
        frontier = [state for key, state in reached.items() if key not in states]
        states |= reached
    return {seen([state.controller, *(state.view(broker) for broker in state.broker)]) for state in states.values()}


def seen_in_quorum(model: type[Model], constants: dict[str, Any]) -> set[Any]:
    """What is seen in `kraft-combined`, with a look at every state of the native search."""
    states = visited(model, constants, ("image", "metadata"), symmetry=True)
    return {seen([state.metadata[-1], *(image.metadata for image in state.image.values())]) for state in states}


#: The smallest cluster with a choice of leaders; no budget for anything but suspicions.
CLUSTER = {
    "brokers": 2,
    "replication_factor": 2,
    "min_insync_replicas": 1,
    "records": 1,
    "max_suspicions": 4,
    "max_isr_shrinks": 0,
    "max_power_losses": 0,
}


@pytest.mark.parametrize(("decisions", "restarts", "count"), [(1, 1, 13), (2, 0, 65)])
def test_the_same_is_seen_on_the_abstract_log(decisions, restarts, count):
    expected = seen_in_kafka({**CLUSTER, "max_decisions": decisions, "max_controller_failures": 1})
    quorum = {"max_decisions": decisions, "max_elections": 2, "max_restarts": restarts}
    assert seen_in_quorum(KRaftCombined, quorum) == expected
    assert len(expected) == count


def test_a_broker_that_replays_too_much_is_seen():
    abstract = {**CLUSTER, "brokers": 1, "replication_factor": 1, "max_decisions": 1, "max_controller_failures": 1}
    quorum = {"brokers": 1, "max_decisions": 1, "max_elections": 2}
    assert len(seen_in_quorum(UncommittedReplay, quorum) - seen_in_kafka(abstract)) == 1


# Each rule is needed.


class Elected(EagerController):
    """A candidate that leads whoever votes for it, and decides at once."""

    def is_majority(self, servers: Set[ServerId]) -> bool:
        return True


class OneVoteIsEnough(Combined[Elected]):
    pass


class AnySource(Combined[Controller]):
    """A broker takes over what the server that it asks knows to be committed, though that may be less."""

    def apply_metadata(self, broker: BrokerId, server: ServerId) -> None:
        source = self.server[server]
        require(source.high_watermark != self.image[broker].position)
        self.image[broker].revert(source.log, source.high_watermark)


TWO = {"servers": 2, "brokers": 1}
THREE = {"servers": 3, "brokers": 1}
GUARDS = [
    (KRaftCombined, OneVoteIsEnough, THREE, "one_controller_per_epoch", 5),
    (KRaftCombined, EagerTakeover, TWO, "latest_controller_has_the_abstract_log", 6),
    (KRaftCombined, KeptDecisions, TWO, "standby_has_committed_metadata", 6),
    (KRaftCombined, UncommittedReplay, TWO, "brokers_have_committed_metadata", 3),
    (KRaftCombined, AnySource, THREE, "brokers_go_forward", 2),
]


@pytest.mark.parametrize(("guarded", "broken", "constants", "name", "states"), GUARDS, ids=words)
def test_without_the_rule_the_property_fails(guarded, broken, constants, name, states, search):
    assert search(broken, until=name, **constants).violated[name] == states


HASTY = {
    "takeover_is_a_failover": 8,
    "latest_controller_has_the_abstract_log": 8,
    "committed_decisions_are_in_the_abstract_log": 15,
    "standby_has_committed_metadata": 16,
    "brokers_have_committed_metadata": 16,
}


def test_dropped_decisions_come_back():
    constants = {**THREE, "max_elections": 3}
    found = check(HastyTakeover, constants, properties=list(HASTY), symmetry=True, keep_going=True).report
    assert {one.name: one.trace_length for one in found.properties} == HASTY


def test_with_all_rules_the_properties_hold():
    names = {guard[3] for guard in GUARDS}
    found = check(KRaftCombined, THREE, properties=list(names), symmetry=True).report
    assert {(one.name, one.verdict) for one in found.properties} == {(name, "holds") for name in names}


def test_every_promise_has_a_control():
    promises = {prop.name for prop in Specification(KRaftCombined).properties if prop.kind != "witness"}
    of_the_quorum = {prop.name for prop in Specification(KRaft).properties}
    assert promises - of_the_quorum == {*HASTY, *(guard[3] for guard in GUARDS)}

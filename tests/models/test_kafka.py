"""Each rule of `kafka` is needed: without it a property fails, and with it the property holds. Promises end where said.

What was merged into one step is taken apart again, to compare.
"""

from pathlib import Path
from typing import Annotated

import pytest

from fencepost.checks import catalogue, check
from fencepost.checks.catalogue.bugs import BUGS
from fencepost.model import In, Set, Size, Specification, action, require
from fencepost.model.errors import ConstantOutOfRange, SwitchNeedsAnother
from fencepost.model.kafka.kafka import Kafka
from fencepost.model.kafka.messages import BrokerId, FetchRequest, PartitionId
from models.guards import verdicts, words
from models.kafka_controls import CONTROLS
from models.watching import visited

PAGE = Path(__file__).parents[2] / "docs" / "kafka.md"
pytestmark = pytest.mark.usefixtures("quickly_compiled")

SWITCHED = [bug for bug in BUGS if bug.switch]


@pytest.mark.parametrize("bug", SWITCHED, ids=lambda bug: bug.switch)
def test_without_the_rule_the_property_fails(bug):
    constants = dict(bug.configuration.constants)
    assert constants.pop(bug.switch) is False
    without = check(Kafka, {**constants, bug.switch: False}, properties=[bug.shows], symmetry=True)
    trace = without.trace(bug.shows)
    assert trace is not None and trace.states == bug.states
    rules = {name: value for name, value in constants.items() if value is not False}  # the others may need this one
    within = check(Kafka, rules, properties=[bug.shows], symmetry=True).report
    assert (within.named(bug.shows).verdict, within.stopped) == ("holds", "")


def test_every_rule_is_a_listed_bug():
    constants = Specification(Kafka).constants
    switches = {name for name, value in constants.items() if isinstance(value, bool)}
    # Those are no rules: choices of an operator, and what Kafka does not do.
    others = {"unclean_leader_election", "other_unclean_leader_election", "last_known_leader_election"}
    assert switches - {bug.switch for bug in SWITCHED} == others | {"forgets_positions"}


@pytest.mark.parametrize(("guarded", "broken", "constants", "name", "states"), CONTROLS, ids=words)
def test_with_one_thing_wrong_the_property_fails(guarded, broken, constants, name, states, search):
    assert search(broken, until=name, **constants).violated[name] == states


def test_with_nothing_wrong_the_properties_hold():
    assert verdicts(Kafka, CONTROLS) == {"holds"}


def test_every_promise_can_be_broken():
    everything = Specification(
        Kafka, {"max_reassignments": 1, "max_controlled_shutdowns": 1, **dict.fromkeys(BUDGETS, 1)}
    )
    promises = {prop.name for prop in everything.properties}
    pinned = {name for one in catalogue.find("kafka").configurations for name in one.pins.violated or ()}
    assert promises == pinned | {control[3] for control in CONTROLS}


BUDGETS = ("max_suspicions", "max_isr_shrinks", "max_power_losses", "max_controller_failures")
SMALL = {"brokers": 2, "replication_factor": 2, "records": 1, "max_controller_failures": 0, "max_power_losses": 0}


@pytest.mark.parametrize(
    ("constants", "name"),
    [
        ({"acks": 1}, "acknowledged_records_survive"),
        ({"acks": 0}, "acknowledged_records_survive"),
        ({"min_insync_replicas": 1, "unclean_leader_election": True, "max_suspicions": 2}, "consumed_records_survive"),
    ],
)
def test_what_is_not_promised(constants, name):
    found = check(Kafka, {**SMALL, **constants}, properties=[name], symmetry=True)
    pinned = [
        one.pins.violated[name]
        for one in catalogue.find("kafka").configurations
        if constants.items() <= one.constants.items() and name in (one.pins.violated or {})
    ]
    trace = found.trace(name)
    assert trace is not None and trace.states == min(pinned)


def test_who_is_eligible_outside_the_isr():
    """Members of the ELR, with KIP-966."""
    name = "only_in_sync_replicas_lead"
    assert check(Kafka, SMALL, properties=[name], symmetry=True).trace(name) is not None
    without = {**SMALL, "eligible_leader_replicas": False}
    assert check(Kafka, without, properties=[name], symmetry=True).trace(name) is None


def test_leader_that_missed_a_reign():
    """It leads before and after, so to itself it has led all the time, and keeps the positions of its followers."""
    constants = {"records": 1, **dict.fromkeys(BUDGETS, 0), "max_preferred_elections": 2}
    trace = check(Kafka, constants, properties=["candidates_are_complete"], symmetry=True).trace(
        "candidates_are_complete"
    )
    assert trace is not None and trace.states == 16  # noqa: PLR2004  # as pinned with one more election
    closed = check(
        Kafka, {**constants, "forgets_positions": True}, properties=["candidates_are_complete"], symmetry=True
    )
    assert closed.report.named("candidates_are_complete").verdict == "holds"


@pytest.mark.parametrize(
    "constants",
    [
        {"max_controlled_shutdowns": 1, "max_controller_failures": 1},
        {"max_preferred_elections": 2, "max_controller_failures": 1},
        {"max_suspicions": 1, "max_controller_failures": 1},
        {"max_isr_shrinks": 1, "max_preferred_elections": 1},
        {"max_crashes": 1},
        {"max_power_losses": 1},
        {"max_reassignments": 1, "replication_factor": 1, "min_insync_replicas": 1},
        {"max_suspicions": 1, "brokers": 1, "replication_factor": 1, "min_insync_replicas": 1},
    ],
    ids=" ".join,
)
def test_what_constants_leave_out_is_never_possible_and_has_no_case(constants, monkeypatch):
    constants = {**SMALL, "max_suspicions": 0, "max_isr_shrinks": 0, **constants}
    left_out = Specification(Kafka, constants).left_out
    monkeypatch.setattr(Specification, "_needed", lambda *_: 1)
    whole = check(Kafka, constants, symmetry=True, keep_going=True).report
    assert left_out
    assert not whole.stopped
    nothing = {one.name for one in whole.actions if one.verdict == "unreachable"}
    nothing |= {one.name for one in whole.properties if one.verdict == "vacuous"}
    assert left_out.keys() <= nothing


class DelayedRequests(Kafka):
    """Fetch requests are in flight: a step sends one, another handles it, in whatever has become of both sides."""

    requests: Annotated[Set[FetchRequest], Size(6)]

    @action(process="broker")
    def fetch(self, broker: BrokerId, partition: PartitionId) -> None:
        """A follower sends a request, and waits for the answer to the last one, unless its leader epoch has changed."""
        source = self.replica(broker, partition).leader
        require(source is not None and source != broker)
        assert source is not None
        request = self.broker[broker].fetch_request(broker, partition, source)
        require(not any(self.is_answer_to(message, request) for message in self.messages))
        require(not any(self.is_pending(pending, request) for pending in self.requests))
        self.requests.add(request)

    def is_pending(self, pending: FetchRequest, request: FetchRequest) -> bool:
        """Whether a request would be sent on the same connection as one that is not handled yet."""
        return (
            pending.source == request.source
            and pending.broker_epoch == request.broker_epoch
            and pending.leader_epoch == request.leader_epoch
        )

    @action(process="request.target")
    def handle_fetch(self, request: Annotated[FetchRequest, In("requests")]) -> None:
        """The leader handles it, or refuses to. What nobody waits for is dropped, as elsewhere."""
        self.requests.remove(request)
        if self.serves(request):
            self.answer(request)
            self.tidy()


FIELDS = [name for name, _ in Specification(Kafka).state_type.fields]


def reachable(model, constants):
    """All states that can be reached, by what `Kafka` has in them."""
    specification = Specification(model, constants)
    frontier = specification.initial_states()
    seen = {specification.key(state) for state in frontier}
    found = set()
    while frontier:
        state = frontier.pop()
        found.add(tuple(repr(getattr(state, name)) for name in FIELDS))
        for step in specification.successors(state):
            key = specification.key(step.state)
            if key not in seen:
                seen.add(key)
                frontier.append(step.state)
    return found, len(seen)


@pytest.mark.parametrize(
    "budgets",
    [{"max_suspicions": 1}, {"max_isr_shrinks": 1}, {"max_preferred_elections": 1}],
    ids=lambda one: [*one][0],
)
def test_requests_in_flight_lead_to_the_same_states(budgets):
    constants = {**SMALL, "max_suspicions": 0, "max_isr_shrinks": 0, **budgets}
    merged, states = reachable(Kafka, constants)
    delayed, more = reachable(DelayedRequests, constants)
    assert more > states == len(merged)
    assert delayed == merged


def test_requests_of_an_earlier_run_do_no_harm():
    """They come after the restart, which leads to more states, and break nothing."""
    restart = {**SMALL, "max_power_losses": 1}
    alone = {**restart, "max_suspicions": 0, "max_isr_shrinks": 0}
    assert reachable(Kafka, alone)[0] < reachable(DelayedRequests, alone)[0]
    found = check(DelayedRequests, restart, symmetry=True).report
    assert not found.stopped
    assert {prop.verdict for prop in found.properties} == {"holds"}
    assert f"{found.distinct:,} states, in which every property holds" in " ".join(PAGE.read_text().split())


def of_one_partition(state, partition):
    """What a partition comes to: in the metadata, on each broker, on its way, for producers and consumers.

    Where in the metadata log a broker is matters to it only as it leads. Which partition and topic it is does not.
    """
    controller = state.controller
    brokers = [
        (broker.is_starting, broker.is_clean, broker.broker_epoch, repr(broker.replicas[partition]))
        for broker in state.broker.values()
    ]
    known = [
        (repr(state.view(leader).brokers), repr(state.known(leader, partition)))
        for leader in state.broker
        if state.leads(leader, partition)
    ]
    messages = sorted(repr(message) for message in state.messages if message.partition == partition)
    found = repr(
        (
            controller.brokers,
            controller.partitions[partition],
            state.production[partition],
            state.exposed[partition],
            (brokers, known, messages),
            state.suspicions,
        )
    )
    return found.replace(f"partition=p{partition + 1}", "partition").replace(f"topic=t{partition + 1}", "topic")


NO_FAILURES = {**SMALL, "max_suspicions": 0, "max_isr_shrinks": 0}


@pytest.mark.parametrize("budget", ["max_suspicions", "max_preferred_elections"])
def test_a_partition_does_among_others_what_it_does_alone(budget):
    constants = {**NO_FAILURES, budget: 1}
    alone, among = visited(Kafka, constants), visited(Kafka, {**constants, "partitions": 2})
    assert len(among) > len(alone) > 1
    assert {of_one_partition(state, 0) for state in among} == {of_one_partition(state, 0) for state in alone}


def test_a_topic_has_its_settings_whatever_those_of_others():
    constants = {**NO_FAILURES, "max_suspicions": 1, "max_isr_shrinks": 1}
    others = {"other_min_insync_replicas": 1, "other_unclean_leader_election": True}
    among = visited(Kafka, {**constants, "partitions": 2, "topics": 2, **others})
    settings = [{}, {"min_insync_replicas": 1, "unclean_leader_election": True}]
    alone = [{of_one_partition(state, 0) for state in visited(Kafka, {**constants, **given})} for given in settings]
    assert alone[0] - alone[1] and alone[1] - alone[0]
    assert [{of_one_partition(state, partition) for state in among} for partition in (0, 1)] == alone


@pytest.mark.parametrize(
    ("constants", "error", "words"),
    [
        ({"min_insync_replicas": 4}, ConstantOutOfRange, "min_insync_replicas is from 1 to replication_factor"),
        ({"brokers": 2}, ConstantOutOfRange, "replication_factor is from 1 to brokers: change it, or brokers"),
        (
            {"eligible_leader_replicas": False, "last_known_leader_election": True},
            SwitchNeedsAnother,
            "set eligible_leader_replicas = true",
        ),
        ({"topics": 2}, ConstantOutOfRange, "topics is from 1 to partitions"),
        ({"log_size": 3}, ConstantOutOfRange, "log_size follows other constants, it is records: leave it out"),
        ({"other_unclean_leader_election": True}, SwitchNeedsAnother, "needs topics, which is 1\n.* or set topics = 2"),
    ],
)
def test_constants_that_contradict_each_other(constants, error, words):
    with pytest.raises(error, match=words):
        Specification(Kafka, constants)

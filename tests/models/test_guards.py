"""Each guard of the protocol is needed: without it, the run that it forbids breaks a property.

The runs are shortest counterexamples, found by exhaustive search. In a run, `b1` is a broker and a number the epoch of
the request that a step adopts.
"""

from typing import Annotated

import pytest

from fencepost.checks import check
from fencepost.model import In, Set, require
from fencepost.model.replication.kip_101 import Kip101
from fencepost.model.replication.kip_279 import Kip279
from fencepost.model.replication.kip_320 import Kip320
from fencepost.model.replication.kip_320_first_try import Kip320FirstTry
from fencepost.model.replication.state import Broker, LeaderAndIsr
from fencepost.model.replication.truncate_to_high_watermark import TruncateToHighWatermark

pytestmark = pytest.mark.usefixtures("quickly_compiled")


class UnfencedFetch(Kip320):
    def may_fetch(self, follower: Broker, leader: Broker) -> bool:
        return self.presumes_leadership(leader) and self.is_following(follower, leader)


class UnfencedHighWatermark(Kip320):
    def has_acknowledged(self, follower: Broker, leader: Broker, offset: int) -> bool:
        return self.is_following(follower, leader) and self.replica[follower].log.has_offset(offset)


class UnfencedTruncation(Kip320):
    def may_become_follower(self, request: LeaderAndIsr, leader: Broker) -> bool:
        return True


class UnfencedJoin(Kip320):
    def may_join_from_epoch(self, follower: Broker, leader: Broker) -> bool:
        return self.is_following(follower, leader)


class JoinBehindHighWatermark(Kip320):
    def has_reached_high_watermark(self, follower: Broker, leader: Broker) -> bool:
        return True


class JoinUnderOldHighWatermark(Kip320):
    def may_admit_replicas(self, leader: Broker) -> bool:
        return True


class ZombieChangesIsr(Kip320):
    def is_true_leader(self, broker: Broker) -> bool:
        return self.presumes_leadership(broker)


class ReusedEpoch(Kip320):
    def announce(self, leader: Broker | None, isr: Set[Broker]) -> None:
        require(len(self.requests) <= self.max_leader_epoch)
        self.quorum.leader_epoch = 0
        self.quorum.leader = leader
        self.quorum.isr = isr
        self.requests.add(LeaderAndIsr(0, leader, isr))


class HighWatermarkPastLog(Kip320):
    def follower_fetch(self, follower: Broker, leader: Broker) -> None:
        me, source = self.replica[follower], self.replica[leader]
        require(self.may_fetch(follower, leader))
        require(source.log.has_offset(me.log.end_offset))
        me.log.append(source.log.records[me.log.end_offset])
        me.high_watermark = source.high_watermark


class NewsIsNotNew(Kip320):
    def become_leader(self, leader: Broker, request: Annotated[LeaderAndIsr, In("requests")]) -> None:
        require(request.leader == leader)
        self.replica[leader].adopt(request)


THREE_ELECTIONS = ["controller_elect_leader b1", "controller_elect_leader b2", "controller_elect_leader b1"]

# Version with the guard, version without it, constants, broken property, run. A step that the guard forbids is marked.
GUARDS = [
    (
        Kip320,
        UnfencedFetch,
        (2, 2, 2, 2),
        "epochs_never_fall_along_a_log",
        [
            *THREE_ELECTIONS,
            "become_leader b1 0",
            "become_follower b2 0",
            "become_leader b1 2",
            "leader_write b1",
            "! follower_fetch b2 b1",  # A record of epoch 2, although b2 is in epoch 0.
            "become_leader b2 1",
            "leader_write b2",
        ],
    ),
    (
        Kip320,
        UnfencedHighWatermark,
        (3, 1, 1, 2),
        "strong_isr",
        [
            *THREE_ELECTIONS,
            "become_leader b1 0",
            "become_leader b2 1",
            "leader_write b1",
            "become_follower b3 0",
            "follower_fetch b3 b1",
            "become_leader b1 2",
            "leader_shrink_isr b1 b2",
            "! leader_increment_high_watermark b1",  # b3 has the record, but has yet to go through epoch 1.
            "become_follower b3 1",
        ],
    ),
    (
        Kip320,
        UnfencedTruncation,
        (3, 2, 2, 2),
        "strong_isr",
        [
            *THREE_ELECTIONS,
            "become_leader b1 0",
            "leader_write b1",
            "become_follower b3 0",
            "follower_fetch b3 b1",
            "! become_follower b3 2",  # b1 is still in epoch 0, and about to truncate the record that b3 keeps.
            "become_follower b1 1",
            "become_leader b1 2",
            "leader_shrink_isr b1 b2",
            "leader_write b1",
            "leader_increment_high_watermark b1",
        ],
    ),
    (
        Kip320,
        UnfencedJoin,
        (3, 1, 1, 2),
        "strong_isr",
        [
            *THREE_ELECTIONS,
            "become_leader b1 0",
            "become_leader b2 1",
            "leader_write b1",
            "become_follower b3 0",
            "follower_fetch b3 b1",
            "become_leader b1 2",
            "leader_shrink_isr b1 b2",
            "leader_shrink_isr b1 b3",
            "leader_increment_high_watermark b1",
            "! leader_expand_isr b1 b3",  # b3 has the record, but has yet to go through epoch 1.
            "become_follower b3 1",
        ],
    ),
    (
        Kip320,
        JoinBehindHighWatermark,
        (2, 1, 1, 1),
        "strong_isr",
        [
            "controller_elect_leader b1",
            "controller_shrink_isr b2",
            "become_leader b1 1",
            "leader_write b1",
            "leader_increment_high_watermark b1",
            "become_follower b2 1",
            "! leader_expand_isr b1 b2",  # b2 has nothing at all.
        ],
    ),
    (
        Kip320,
        JoinUnderOldHighWatermark,
        (3, 1, 1, 1),
        "strong_isr",
        [
            "controller_elect_leader b1",
            "become_leader b1 0",
            "leader_shrink_isr b1 b2",
            "controller_elect_leader b3",
            "leader_write b1",
            "become_follower b3 0",
            "follower_fetch b3 b1",
            "leader_increment_high_watermark b1",
            "become_leader b3 1",
            "become_follower b2 1",
            "! leader_expand_isr b3 b2",  # b3 does not know yet that the record is committed.
        ],
    ),
    (
        Kip320,
        ZombieChangesIsr,
        (2, 1, 1, 1),
        "elected_leader_is_in_sync",
        [
            "controller_elect_leader b1",
            "controller_elect_leader b2",
            "become_leader b1 0",
            "! leader_shrink_isr b1 b2",  # b2 leads by now.
        ],
    ),
    (
        Kip279,
        Kip101,
        (2, 2, 2, 2),
        "weak_isr",
        [
            *THREE_ELECTIONS,
            "become_leader b1 0",
            "leader_write b1",
            "become_follower b2 0",
            "follower_fetch b2 b1",
            "leader_increment_high_watermark b1",
            "become_leader b2 1",
            "leader_write b2",
            "become_follower b2 2",  # The leader knows no epoch 1, and KIP-101 falls back to the high watermark.
        ],
    ),
    (
        Kip101,
        TruncateToHighWatermark,
        (2, 1, 1, 1),
        "weak_isr",
        [
            "controller_elect_leader b1",
            "controller_shrink_isr b2",
            "become_leader b1 0",
            "leader_write b1",
            "become_follower b2 0",
            "follower_fetch b2 b1",
            "leader_increment_high_watermark b1",
            "become_follower b2 1",  # b2 has not heard yet that the record is committed.
        ],
    ),
    (
        Kip320,
        Kip279,
        (3, 1, 1, 2),
        "weak_isr",
        [
            *THREE_ELECTIONS,
            "become_leader b1 2",
            "leader_shrink_isr b1 b2",
            "leader_write b1",
            "! become_follower b3 0",  # b1 is in epoch 2 by now.
            "follower_fetch b3 b1",
            "leader_increment_high_watermark b1",
            "become_follower b3 1",
        ],
    ),
    (
        Kip320,
        Kip320FirstTry,
        (3, 1, 1, 2),
        "strong_isr",
        [
            *THREE_ELECTIONS,
            "become_leader b1 2",
            "become_leader b2 1",
            "leader_shrink_isr b1 b2",
            "leader_write b1",
            "! become_follower b3 0",  # b1 is in epoch 2 by now.
            "follower_fetch b3 b1",
            "leader_increment_high_watermark b1",
            "become_follower b3 1",
            "follower_truncate b3 b2",
        ],
    ),
]


def names(case):
    return case[1].__name__


def constants(given):
    return dict(zip(("replicas", "log_size", "max_records", "max_leader_epoch"), given, strict=True))


@pytest.mark.parametrize("case", GUARDS, ids=names)
def test_without_the_guard_the_property_fails(case, play):
    _, broken, given, name, run = case
    *before, last = play(broken, [step.removeprefix("! ") for step in run], **constants(given))
    assert last.steps == len(run)
    assert all(found.holds(name) for found in before)
    assert not last.holds(name)


@pytest.mark.parametrize("case", GUARDS, ids=names)
def test_with_the_guard_the_run_is_impossible_or_harmless(case, play):
    guarded, _, given, name, run = case
    states = play(guarded, [step.removeprefix("! ") for step in run], **constants(given))
    forbidden = [index for index, step in enumerate(run) if step.startswith("! ")]
    assert states[-1].steps == (forbidden[0] if forbidden else len(run))
    assert all(found.holds(name) for found in states)


@pytest.mark.parametrize("case", GUARDS, ids=names)
def test_the_checker_finds_no_shorter_run_without_the_guard_and_none_with_it(case):
    guarded, broken, given, name, run = case
    found = check(broken, constants(given), keep_going=True).report.named(name)
    assert (found.verdict, found.trace_length) == ("violated", len(run) + 1)
    assert check(guarded, constants(given), keep_going=True).report.named(name).verdict == "holds"


@pytest.mark.parametrize(
    ("broken", "given", "name", "states"),
    [
        (JoinBehindHighWatermark, (2, 1, 1, 1), "strong_isr", 8),
        (ZombieChangesIsr, (2, 1, 1, 1), "elected_leader_is_in_sync", 5),
        (ReusedEpoch, (2, 1, 1, 2), "one_leader_per_epoch", 5),
        (HighWatermarkPastLog, (2, 2, 2, 1), "high_watermark_within_own_log", 10),
        (NewsIsNotNew, (2, 1, 1, 1), "leader_epochs_never_move_back", 5),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else str(value),
)
def test_search_finds_the_shortest_counterexample(broken, given, name, states, search):
    found = search(broken, until=name, **constants(given))
    assert found.violated[name] == states

"""Native walks against a twin in CPython that draws the same numbers, and against the search."""

import itertools
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from engine.specs import Grid
from fencepost.checks import simulate
from fencepost.checks.python_search import PythonSearch
from fencepost.checks.walks.simulation import Options, prepare
from fencepost.model import Model, Specification, errors
from fencepost.model.raft.kraft import KRaft
from fencepost.model.raft.raft_fsync import RaftFsync
from fencepost.model.replication.kip_101 import Kip101
from fencepost.model.replication.kip_320 import Kip320
from fencepost.model.two_phase_commit import TwoPhaseCommit
from walks.specs import FailsInAction, FailsInConstraint, FailsInInvariant, FailsInStepInvariant, FourWays
from walks.twin import SplitMix, Twin

SMALL = {"replicas": 2, "log_size": 2, "max_records": 2, "max_leader_epoch": 1}
CASES: list[tuple[type[Model], dict[str, Any], dict[str, int]]] = [
    (TwoPhaseCommit, {"resource_managers": 3}, {}),
    (TwoPhaseCommit, {"resource_managers": 3}, {"prepare": 5, "choose_to_abort": 0}),
    (Kip320, SMALL, {"leader_write": 2, "follower_fetch": 3}),
    (Kip101, SMALL, {}),
    (KRaft, {"max_elections": 1, "max_restarts": 1}, {}),
    (RaftFsync, {"max_elections": 1, "max_restarts": 1}, {}),
    (Grid, {"size": 3}, {"back": 4}),
]
WALKS, DEPTH, SEED = 60, 25, 2024


def twin_of(specification: Specification, weights: dict[str, int]) -> Twin:
    return Twin(specification, SEED, DEPTH, 50, [weights.get(one.name, 1) for one in specification.actions])


@pytest.mark.parametrize(("model", "constants", "weights"), CASES)
def test_native_walks_are_those_of_cpython(model, constants, weights):
    specification = Specification(model, constants)
    found = simulate(
        specification, walks=WALKS, depth=DEPTH, seed=SEED, swarm=50, weights=weights, keep_going=True, workers=2
    ).report
    twin = twin_of(specification, weights)
    walks = [twin.walk(number) for number in range(WALKS)]
    assert [one.generated for one in found.actions] == twin.fired(walks)
    ends = Counter(walk.end for walk in walks)
    assert {name: count for name, count in found.walks.ends.items() if count} == ends
    assert found.walks.steps == sum(len(walk.steps) for walk in walks)
    assert found.walks.longest == max(len(walk.steps) for walk in walks)
    met = twin.walks_that_met(walks)
    estimate = found.walks.estimate
    assert (estimate.distinct, estimate.once) == (len(met), sum(count == 1 for count in met.values()))
    for prop in found.properties:
        if prop.kind == "deadlock":
            continue
        declared = next(one for one in specification.properties if one.name == prop.name)
        if prop.kind == "step_invariant":
            looked_at = [pair for walk in walks for pair in itertools.pairwise(walk.states)]
        else:
            looked_at = [(state,) for walk in walks for state in walk.states]
        shown = sum(specification.holds(declared, *one) is (prop.kind == "witness") for one in looked_at)
        assert prop.failures == shown, prop.name
        assert prop.premise_count <= len(looked_at)


@pytest.mark.parametrize(
    ("model", "constants", "weights"), [case for case in CASES if case[0] not in (KRaft, RaftFsync)]
)
def test_walks_stay_within_what_the_search_reaches(model, constants, weights):
    """The twin takes the walks that the kernel takes, see above; the search in CPython says which states there are."""
    specification = Specification(model, constants)
    search = PythonSearch(specification, continue_after_violation=True)
    search.run()
    twin = twin_of(specification, weights)
    met = twin.walks_that_met([twin.walk(number) for number in range(WALKS)])
    assert met.keys() <= search.visited
    every = simulate(specification, walks=20_000, depth=100, keep_going=True).walks.estimate
    assert every.share == 1
    assert every.distinct <= len(search.visited)


@pytest.mark.parametrize("swarm", [0, 50, 100])
@pytest.mark.parametrize("limits", [{"walks": 20_000}, {"steps": 123_456}, {"walks": 20_000, "keep_going": True}])
def test_the_number_of_threads_makes_no_difference(swarm, limits):
    def met(workers):
        walked = prepare(Specification(Kip101, SMALL), Options(seed=3, swarm=swarm, workers=workers, **limits)).walk()
        return replace(walked.tally, seconds=0.0, bytes=0), walked.estimate

    assert met(1) == met(2) == met(5)


def test_steps_are_drawn_as_the_weights_say():
    """Chi-square, 3 degrees of freedom: 16.3 is exceeded once in a thousand seeds."""
    count = 40_000
    weights = {"north": 4, "east": 3, "south": 2, "west": 1}
    found = simulate(FourWays, walks=count, depth=1, swarm=0, weights=weights)
    # Six successors by `east` are one action all the same, and `never` is not possible.
    expected = {name: count * weight / 10 for name, weight in weights.items()}
    fired = {one.name: one.generated for one in found.report.actions if one.name != "never"}
    assert sum((fired[name] - expected[name]) ** 2 / expected[name] for name in expected) < 16.3


def test_successors_of_an_action_are_equally_likely():
    """Chi-square, 5 degrees of freedom: 20.5 is exceeded once in a thousand seeds."""
    count = 30_000
    found = simulate(FourWays, walks=count, depth=1, swarm=0, weights={"north": 0, "south": 0, "west": 0})
    chosen = [prop.failures for prop in found.report.properties]
    assert sum(chosen) == count
    assert sum((times - count / 6) ** 2 / (count / 6) for times in chosen) < 20.5


def test_numbers_are_those_of_splitmix64():
    """The first numbers for the seed 1234567, as published with the generator."""
    random = SplitMix(0, 0)
    random.state = 1234567
    assert [random.below(1 << 64) for _ in range(3)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
    ]


@pytest.mark.parametrize("model", [FailsInInvariant, FailsInStepInvariant, FailsInConstraint, FailsInAction])
def test_errors_of_a_specification_come_with_the_run_that_leads_there(model):
    with pytest.raises(errors.DivisionByZero) as raised:
        simulate(model, walks=500, swarm=0)
    trace = raised.value.trace
    assert [step.state.at for step in trace.steps] == [0, 1, 2, 3, 4, 5]  # without detours

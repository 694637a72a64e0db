"""The sample of visited states, and what is estimated from it: against what is counted or comes true."""

from collections import Counter
from statistics import mean

import numpy as np
import pytest

from fencepost.checks import simulate
from fencepost.checks.walks.library import prepare
from fencepost.checks.walks.sketch import EVERY, Sketch, estimate
from fencepost.model import Specification
from fencepost.model.lang.lower import lower
from fencepost.model.replication.kip_320 import Kip320
from walks.specs import FourWays

SMALL = {"replicas": 2, "log_size": 2, "max_records": 2, "max_leader_epoch": 1}
REACHABLE = 1_251  # as the catalogue pins it


@pytest.fixture(scope="module")
def kernels():
    specification = Specification(FourWays)
    return prepare(specification, lower(specification))


def rows_of(seed: int, walks: int, values: int) -> np.ndarray:
    """Fingerprints of `values` states, met by walks of 30 states, some states more often than others."""
    random = np.random.default_rng(seed)
    prints = random.integers(1, 1 << 63, values, dtype=np.uint64) * np.uint64(2) + np.uint64(1)
    chosen = (random.random((walks, 30)) ** 3 * values).astype(int)
    numbers = np.repeat(np.arange(walks, dtype=np.uint64), 30)
    return np.stack([prints[chosen.ravel()], numbers], axis=1)


@pytest.mark.parametrize("room", [64, 1000, 1 << 16])
def test_the_sample_counts_the_walks_that_met_a_state(kernels, room):
    rows = rows_of(7, 400, 5_000)
    exact = Counter(print_ for print_, _ in {tuple(row) for row in rows.tolist()})
    sketch = Sketch(kernels.sketch_add, kernels.sketch_thin, room)
    for start in range(0, len(rows), 777):
        part = np.ascontiguousarray(rows[start : start + 777]).view(np.int64)
        sketch.add(part, len(part))
    kept = {print_: count for print_, count in exact.items() if print_ < EVERY >> sketch.level}
    assert sorted(sketch.counts().tolist()) == sorted(kept.values())
    assert len(kept) <= room and (sketch.level > 0) == (room < len(exact))
    # The sample is as large as it can be, whatever the order.
    assert sketch.level == 0 or sum(print_ < EVERY >> (sketch.level - 1) for print_ in exact) > room
    other = Sketch(kernels.sketch_add, kernels.sketch_thin, room)
    backwards = np.ascontiguousarray(rows.reshape(400, 30, 2)[::-1].reshape(-1, 2)).view(np.int64)
    other.add(backwards, len(backwards))
    assert sorted(other.counts().tolist()) == sorted(sketch.counts().tolist())


def test_the_formulas():
    """Ten states by one walk, four by two, one by all ten walks: worked out by hand from the papers."""
    found = estimate(np.array([1] * 10 + [2] * 4 + [10]), 10, 1.0)
    assert (found.distinct, found.once, found.next_walk) == (15, 10, 1.0)
    assert found.new_share == 10 / 28
    assert found.at_least == round(15 + 0.9 * 10 * 9 / (2 * 5))
    quarter = estimate(np.array([1] * 10 + [2] * 4 + [10]), 10, 0.25)
    assert (quarter.distinct, quarter.once, quarter.next_walk) == (60, 40, 4.0)


def test_the_next_walks_meet_as_many_new_states_as_was_estimated():
    ratios = []
    for seed in range(12):
        before, after = (
            simulate(Kip320, SMALL, walks=walks, swarm=0, seed=seed, workers=1).walks.estimate for walks in (400, 440)
        )
        ratios.append((after.distinct - before.distinct) / (40 * before.next_walk))
    assert 0.8 < mean(ratios) < 1.1, ratios  # a little below 1: new states become rarer


def test_at_least_so_many_states_is_at_most_what_there_are():
    found = [
        simulate(Kip320, SMALL, walks=walks, seed=seed, workers=1).walks.estimate
        for walks in (100, 400, 1_600)
        for seed in range(4)
    ]
    assert all(one.distinct < one.at_least for one in found)
    assert mean(one.at_least for one in found) < REACHABLE
    assert max(one.at_least for one in found) < 1.15 * REACHABLE

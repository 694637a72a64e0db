"""The search over kernels written by hand: sizes, keys and limits that small specifications do not reach."""

import signal
from typing import Any

import numpy as np
import pytest

from engine.kernels import Fan, Jumps, Plain, Remembering, library, search
from fencepost.checks import outcome, python_search
from fencepost.checks.engine import context, memory, storage, table_code
from fencepost.checks.engine import search as searching
from fencepost.checks.engine.found import Found, Options, Place
from fencepost.checks.outcome import Limits, Progress

MANY = Jumps(150_000, jumps=((1, 1), (3, 1), (7, 5), (1, 0)), blocked=3, bad=149_990)
LAYOUTS = {
    "one word": (1,),
    "sixty-four bits": (0x9E3779B97F4A7C15,),
    "two words": (1, 1 << 40),
    "five words": (1, 0, 1 << 20, 3, 0xFFFFFFFFFFFFFFF1),
}


@pytest.fixture(scope="module")
def plain() -> Plain:
    return Plain(MANY.successors).run(0)


def spread(words: tuple[int, ...], offset: int = 0) -> Jumps:
    return Jumps(MANY.size, MANY.jumps, words, MANY.blocked, MANY.bad, offset)


def same(found: Found, plain: Plain) -> None:
    """The whole space, in the order of a queue."""
    assert found.stopped == ""
    assert found.distinct == len(plain.order)
    assert found.generated == plain.generated
    assert found.levels == plain.levels
    first_bad = next(state for state in plain.order if state >= MANY.bad)
    assert path_to(found, found.first[0]) == plain.paths[first_bad]
    number = 0
    for level, count in enumerate(found.levels):
        for index in range(0, count, 1 + count // 50):
            assert path_to(found, Place(level, index)) == plain.paths[plain.order[number + index]]
        number += count
    assert found.section(found.shape.premises, 1) == [sum(state % 2 == 0 for state in plain.order)]
    assert found.section(found.shape.failures, 1) == [sum(state >= MANY.bad for state in plain.order)]
    assert sum(found.section(found.shape.generated, found.shape.actions)) == found.generated - 1
    assert sum(found.section(found.shape.new, found.shape.actions)) == found.distinct - 1
    blocked = sum(state % 3 == 0 for state in plain.order)
    assert found.section(found.shape.enabled, 4) == [found.distinct - blocked, *[found.distinct] * 3]


def path_to(found: Found, place: Place) -> tuple[int, ...]:
    _, positions = found.parents.path(place.level, place.index)
    return (*positions, *([] if place.position is None else [place.position]))


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("exact", [False, True], ids=["fingerprints", "exact"])
@pytest.mark.parametrize("words", LAYOUTS.values(), ids=LAYOUTS)
def test_same_as_a_queue(words: tuple[int, ...], exact: bool, workers: int, plain: Plain) -> None:
    model = spread(words)
    options = Options(continue_after_violation=True)
    found = search(library(model, exact=exact), [model.words(0)], options, workers=workers)
    same(found, plain)
    if len(words) == 1 or exact:
        assert found.gap == 0
    else:
        assert 0 < found.gap < 2**64 / found.distinct


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("in_place", [True, False], ids=["in place", "elsewhere"])
def test_small_buffers_and_growth(workers: int, in_place: bool, plain: Plain, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers that stop early, and a set that grows often, change nothing."""
    monkeypatch.setattr(context, "ENTRIES", 1)
    monkeypatch.setattr(context, "SHARED_ENTRIES", 1)
    monkeypatch.setattr(searching, "PARALLEL_SECONDS", 0.0)
    monkeypatch.setattr(storage, "GROWTH", 1.1)
    if not in_place:
        monkeypatch.setattr(storage, "reserve", lambda least, most: memory.allocate(least))
    model = spread((1, 1 << 40))
    for exact in (False, True):
        options = Options(continue_after_violation=True)
        same(search(library(model, exact=exact), [model.words(0)], options, workers=workers), plain)


@pytest.mark.parametrize("workers", [1, 2, 3])
@pytest.mark.parametrize("exact", [False, True], ids=["fingerprints", "exact"])
@pytest.mark.parametrize("words", [(1,), (1, 1 << 40), (1, 0, 1 << 20, 3, 5)], ids=["one", "two", "five"])
def test_same_as_a_queue_under_a_view(
    words: tuple[int, ...], exact: bool, workers: int, plain: Plain, monkeypatch: pytest.MonkeyPatch
) -> None:
    """States that all remember something else are told apart by the rest."""
    monkeypatch.setattr(searching, "PARALLEL_SECONDS", 0.0)
    model = Remembering(MANY.size, MANY.jumps, words, MANY.blocked, MANY.bad)
    code = library(model, exact=exact)
    assert code.shape.key_words == (len(words) if exact else 1)
    found = search(code, [model.words(0)], Options(continue_after_violation=True), workers=workers)
    same(found, plain)


def test_taking_later_workers_first_is_noticed(plain: Plain, monkeypatch: pytest.MonkeyPatch) -> None:
    """A negative control: the order of the workers' results matters."""
    store = searching.Search._stores
    monkeypatch.setattr(searching, "PARALLEL_SECONDS", 0.0)
    monkeypatch.setattr(searching.Search, "_stores", lambda self, used, base: store(self, used[::-1], base))
    model = spread((1,))
    found = search(library(model), [model.words(0)], Options(continue_after_violation=True), workers=2)
    assert found.distinct == len(plain.order)
    with pytest.raises(AssertionError):
        same(found, plain)


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("state", [0, 1, 77])
def test_the_key_that_means_empty(state: int, workers: int, plain: Plain) -> None:
    """With this seed the fingerprint of a state is zero."""
    model = spread((1,))
    options = Options(continue_after_violation=True, seed=state)
    same(search(library(model), [model.words(0)], options, workers=workers), plain)


@pytest.mark.parametrize("workers", [1, 2])
def test_exact_states_of_zeros_only(workers: int, plain: Plain) -> None:
    model = spread((1, 1 << 32))
    assert model.words(0) == (0, 0)
    options = Options(continue_after_violation=True)
    same(search(library(model, exact=True), [model.words(0)], options, workers=workers), plain)


@pytest.mark.parametrize("workers", [1, 2])
def test_exact_when_fingerprints_collide(workers: int, plain: Plain, monkeypatch: pytest.MonkeyPatch) -> None:
    """With fingerprints of 18 bits states are lost, but not in exact mode."""
    mix = table_code.mix
    monkeypatch.setattr(table_code, "mix", lambda value: mix(value) & (0x1FFF << 51 | 31))
    model = spread((1, 1 << 40))
    options = Options(continue_after_violation=True)
    same(search(library.__wrapped__(model, exact=True), [model.words(0)], options, workers=workers), plain)
    lossy = search(library.__wrapped__(model), [model.words(0)], options, workers=workers)
    assert lossy.distinct < len(plain.order)


@pytest.mark.parametrize("count", [(1 << 16) - 1, 1 << 16, 100_000])
def test_many_successors(count: int) -> None:
    """Positions of more than 16 bits."""
    model = Fan(count)
    found = search(library(model), [[0]], workers=2)
    assert found.levels == [1, count]
    assert found.generated == count + 1
    assert path_to(found, found.first[0]) == (count - 1,)
    assert found.parents.path(1, count - 2) == (0, [count - 2])
    assert found.deadlocks == count
    assert found.first_deadlock == Place(1, 0)


def test_many_initial_states() -> None:
    """Level one has the numbers of the initial states; equal ones count once."""
    model = Jumps(90_000, jumps=((1, 0),))
    initial = [[number // 2] for number in range(180_000)]
    found = search(library(model), initial)
    assert found.levels == [90_000]
    assert found.generated == 180_000 + 89_999  # zero is the one that cannot jump
    assert found.deadlocks == 1
    assert found.parents.path(0, 70_000) == (140_000, [])


def test_stops_after_the_level_of_the_first_violation(plain: Plain) -> None:
    model = spread((1,))
    found = search(library(model), [[0]], Options(violations=1))
    first_bad = next(state for state in plain.order if state >= MANY.bad)
    assert found.stopped == outcome.VIOLATION_FOUND
    assert found.levels == plain.levels[: len(plain.paths[first_bad]) + 1]


def test_marks_are_the_same_in_both_engines() -> None:
    assert python_search.MARK == storage.MARK


@pytest.mark.parametrize("workers", [1, 2])
def test_limit_on_states_is_looked_at_at_marks(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a search stops does not depend on its rounds."""
    monkeypatch.setattr(searching, "MARK", 256)
    model = spread((1,))
    found = search(library(model), [[0]], Options(limits=Limits(states=20_000)), workers=workers)
    again = search(library(model), [[0]], Options(limits=Limits(states=20_000)), workers=3 - workers)
    assert found.stopped == "limit of 20,000 states"
    assert 20_000 <= found.distinct == again.distinct < 20_000 + 3 * 256
    assert found.levels == again.levels
    assert (found.counters == again.counters).all()


def test_limit_on_time() -> None:
    model = spread((1,))
    found = search(library(model), [[0]], Options(limits=Limits(seconds=1e-9)))
    assert found.stopped == "limit of 1e-09 s"
    assert 1 <= found.distinct < MANY.size


def test_limit_on_memory() -> None:
    model = spread((1,))
    found = search(library(model), [[0]], Options(limits=Limits(memory=5 << 20)))
    assert found.stopped == "limit of 5 MiB of memory"
    assert 1 <= found.distinct < MANY.size


def test_memory_that_cannot_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found until then stays found."""
    model = spread((1,))
    code = library(model)
    calls = 0
    monkeypatch.setattr(storage, "CHUNK_BYTES", 1 << 10)

    def allocate(count: int, kind: Any = np.int64) -> Any:
        nonlocal calls
        calls += 1
        if calls > 5:
            raise MemoryError
        return memory.allocate(count, kind)

    monkeypatch.setattr(storage, "allocate", allocate)
    found = search(code, [[0]])
    assert found.stopped == outcome.OUT_OF_MEMORY
    assert found.distinct == sum(found.levels) > 1
    assert found.distinct - 1 == sum(found.section(found.shape.new, found.shape.actions))
    assert found.parents.path(len(found.levels) - 1, found.levels[-1] - 1)


def test_interruption_from_the_progress_callback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fencepost.checks.engine.control.REPORT_SECONDS", 0.0)
    reports: list[Progress] = []

    def progress(report: Progress) -> None:
        reports.append(report)
        if report.distinct > 1000:
            raise KeyboardInterrupt

    model = spread((1,))
    found = search(library(model), [[0]], workers=2, progress=progress)
    assert found.stopped == outcome.INTERRUPTED
    assert found.distinct == reports[-1].distinct == sum(found.levels)
    assert 1000 < found.distinct < MANY.size
    assert [report.distinct for report in reports] == sorted(report.distinct for report in reports)
    assert all(report.phase == "search" and report.memory > 0 and report.seconds > 0 for report in reports)


def test_control_c_is_noticed_between_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fencepost.checks.engine.control.REPORT_SECONDS", 0.0)
    before = signal.getsignal(signal.SIGINT)
    model = spread((1,))
    found = search(library(model), [[0]], progress=lambda report: signal.raise_signal(signal.SIGINT))
    assert found.stopped == outcome.INTERRUPTED
    assert 1 < found.distinct < MANY.size
    assert signal.getsignal(signal.SIGINT) is before


def test_memory_is_counted() -> None:
    model = Jumps(2_000_000, jumps=((1, 1), (3, 1), (5, 2)), spread=(1, 3))
    found = search(library(model), [model.words(0)])
    assert found.distinct == found.visited == 2_000_000
    assert found.state_bytes / found.distinct <= 24
    assert found.peak_bytes >= found.state_bytes

"""The parts of the engine by themselves: the visited set, memory, workers, the builder."""

import ctypes
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llvmlite import ir

from engine.kernels import Jumps, library
from fencepost.checks.engine import memory, table_code
from fencepost.checks.engine.builder import I8, I64, Function
from fencepost.checks.engine.memory import address, allocate
from fencepost.checks.engine.shape import BUCKET, Shape
from fencepost.checks.engine.workers import Workers
from fencepost.checks.native.compile import Options, compile_module

WORDS = st.integers(0, 2**64 - 1)


def compiled(name: str, parameters: int, build: Callable[[Function], None]) -> Any:
    """A function of 64-bit words, built with the builder; the object that has its code is kept with it."""

    def module() -> ir.Module:
        made = ir.Module("test")
        build(Function(made, name, I64, [I64] * parameters))
        return made

    code = compile_module("", module, [name], Options(cached=False))
    function = ctypes.CFUNCTYPE(ctypes.c_uint64, *[ctypes.c_uint64] * parameters)(code.addresses[name])
    function.code = code  # type: ignore[attr-defined]
    return function


def mixed(value: int) -> int:
    mask = 2**64 - 1
    for shift, factor in zip((30, 27), table_code.MULTIPLIERS, strict=True):
        value = (value ^ (value >> shift)) * factor & mask
    return value ^ (value >> 31)


def test_fingerprints_are_what_they_are_said_to_be() -> None:
    """The first outputs of SplitMix64 from its reference implementation, with seed 0."""
    step = 0x9E3779B97F4A7C15
    expected = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    mix = compiled("mix", 1, lambda f: f.give(table_code.mix(f.argument(0))))
    assert [mix(step * k % 2**64) for k in (1, 2, 3)] == expected
    assert [mixed(step * k % 2**64) for k in (1, 2, 3)] == expected


@pytest.fixture(scope="module")
def arithmetic() -> Any:
    """A little of everything that the builder has."""

    def build(f: Function) -> None:
        a, b = f.argument(0), f.argument(1)
        total = f.variable(0)
        with f.choice(a < b) as (then, otherwise):
            with then:
                total.value = a.high_product(b)
            with otherwise:
                total.value = (a - b) ^ (a >> 7)
        with f.block() as block, f.count(10) as index:
            block.leave_if(index > (b & 7))
            total.value += index
        with f.when(a.to(I8) == 3):
            total.value *= 3
        f.give(total.value.lower(a | b))

    return compiled("arithmetic", 2, build)


@given(left=WORDS, right=WORDS)
@settings(max_examples=200, deadline=None)
def test_the_builder_counts_in_unsigned_words(arithmetic: Any, left: int, right: int) -> None:
    mask = 2**64 - 1
    total = left * right >> 64 if left < right else (left - right) ^ (left >> 7)
    total = total + sum(range((right & 7) + 1)) & mask
    if left & 255 == 3:
        total = total * 3 & mask
    assert arithmetic(left, right) == min(total, left | right)


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize(("before", "after"), [(5, 6), (64, 96), (64, 64), (3, 300)])
def test_growing_a_shard_keeps_its_keys(exact: bool, before: int, after: int) -> None:
    """Also where buckets overflow, and round the end of the shard."""
    model = Jumps(100, spread=(1, 3))
    code = library(model, exact=exact)
    planes = 2 if exact else 1
    random = np.random.default_rng(before)
    old = np.zeros((before, planes, BUCKET), dtype=np.uint64)
    used = random.integers(0, BUCKET + 1, before)
    used[-1] = BUCKET
    for bucket, count in enumerate(used):
        old[bucket, :, :count] = random.integers(1, 2**63, (planes, count), dtype=np.uint64)
    source, new = allocate(old.size, np.uint64), allocate(after * planes * BUCKET, np.uint64)
    source[:] = old.ravel()
    counts = np.zeros(after, dtype=np.uint8)
    code.grow(address(source), before, address(new), after, address(counts), 7)
    grown = new.reshape(after, planes, BUCKET)

    def keys(shard: Any) -> list[tuple[int, ...]]:
        rows = shard.transpose(0, 2, 1).reshape(-1, planes)
        return sorted(tuple(int(word) for word in row) for row in rows if row.any())

    assert keys(grown) == keys(old)
    filled = [int((grown[bucket, 0] != 0).sum()) for bucket in range(after)]
    assert filled == counts.tolist()
    assert all((grown[bucket, 0, :count] != 0).all() for bucket, count in enumerate(filled)), "filled from the left"
    for bucket in range(after):
        for slot in range(filled[bucket]):
            print_ = int(grown[bucket, 0, slot])
            if exact:
                print_ = mixed(mixed(print_ ^ 7) + int(grown[bucket, 1, slot]) & (2**64 - 1))
            home = (print_ << 6 & (2**64 - 1)) * after >> 64
            assert all(filled[between % after] == BUCKET for between in range(home, home + (bucket - home) % after))


def test_the_smallest_gap() -> None:
    """Nearly sorted keys: what is less than nine slots apart is compared."""
    code = library(Jumps(100, spread=(1, 3)))
    random = np.random.default_rng(1)
    for filled in (5, 6, 7):
        keys = np.sort(random.integers(1, 2**64 - 1, 64 * filled, dtype=np.uint64)).reshape(64, filled)
        shard = allocate(64 * BUCKET, np.uint64)
        shard.reshape(64, BUCKET)[:, :filled] = random.permuted(keys, axis=1)
        found = code.gap(address(shard), shard.size) & (2**64 - 1)
        assert found >= np.diff(np.sort(keys.ravel())).min()
        near = np.sort(keys[:-1], axis=1)
        assert found <= np.diff(near, axis=1).min()
    assert code.gap(address(allocate(64 * BUCKET)), 64 * BUCKET) & (2**64 - 1) == 0


def test_memory_is_zeroed_and_starts_where_it_should() -> None:
    for count in (1, 1000, 1 << 20):
        array = allocate(count)
        assert array.size == count and not array.any()
        assert address(array) % (memory.LARGE_PAGE if array.nbytes >= memory.LARGE_PAGE else 4096) == 0
    with pytest.raises(MemoryError):
        allocate(1 << 58)


def test_reserved_memory_is_not_used() -> None:
    array = memory.reserve(1 << 10, 1 << 32)
    assert 1 << 10 <= array.size <= 1 << 32
    array[array.size - 1] = 1
    assert memory.reserve(1 << 10, 1 << 60).size >= 1 << 10


def test_the_default_limit_is_less_than_the_machine_has() -> None:
    limit = memory.default_limit()
    assert limit is not None
    assert 64 << 20 <= limit < 1 << 50


def test_workers_run_at_the_same_time_and_pass_on_errors() -> None:
    barrier = threading.Barrier(3, timeout=120)
    done: list[int] = []

    def fail() -> None:
        raise ValueError("one of three")

    def slow() -> None:
        time.sleep(0.05)
        done.append(3)

    with Workers(3) as workers:
        workers.run([barrier.wait] * 3)
        workers.run([])
        workers.run([lambda: done.append(1)])
        with pytest.raises(ValueError, match="one of three"):
            workers.run([lambda: done.append(2), fail, slow])
        assert done == [1, 2, 3], "all have ended before the error is raised"
        workers.run([lambda: done.append(4)] * 3)
    assert done == [1, 2, 3, 4, 4, 4]
    assert not any(thread.is_alive() for thread in workers._threads)


def test_shapes_that_are_too_large_are_refused() -> None:
    with pytest.raises(ValueError, match="properties"):
        Shape(1, 1, 1, 65)
    with pytest.raises(ValueError, match="successors"):
        Shape(1, 1 << 24, 1, 1)
    with pytest.raises(ValueError, match="actions"):
        Shape(1, 1, 1 << 16, 1)

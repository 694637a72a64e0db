"""How many steps random walks take: steps a second by the clock, and a second of processor time of one core."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fencepost.checks.walks.simulation import Options, prepare
from fencepost.model import Model, Specification
from fencepost.model.raft.kraft import KRaft
from fencepost.model.replication.kip_320 import Kip320

PUBLISHED = ("weak_isr", "strong_isr")
STEPS = 4_000_000

HEAD = (
    ("walks", 55),
    ("workers", 7),
    ("walks", 9),
    ("steps", 11),
    ("steps a walk", 12),
    ("clock s", 7),
    ("M steps/s", 9),
    ("M steps/s a core", 16),
)


@dataclass(frozen=True)
class Case:
    """Walks to measure. `only` names the properties to check."""

    name: str
    model: type[Model]
    constants: dict[str, Any]
    only: tuple[str, ...] | None = None
    workers: int = 1


def cases() -> Iterator[Case]:
    """All of them."""
    sizes = {
        "KIP-320 3/2/2/1": {},
        "KIP-320 3/3/3/2": {"log_size": 3, "max_records": 3, "max_leader_epoch": 2},
        "KIP-320 5/6/8/6": {"replicas": 5, "log_size": 6, "max_records": 8, "max_leader_epoch": 6},
    }
    for name, constants in sizes.items():
        yield Case(f"{name}, published invariants", Kip320, constants, PUBLISHED)
        yield Case(f"{name}, all properties", Kip320, constants)
    yield Case("KIP-320 3/2/2/1, all properties", Kip320, {}, workers=2)
    yield Case(
        "kraft, 3 servers, 2 elections, all properties", KRaft, {"servers": 3, "max_in_flight": 12, "max_sent": 40}
    )


def measure(case: Case, repeat: int) -> tuple[str, ...]:
    """A row of the table: the fastest of several times."""
    specification = Specification(case.model, case.constants, case.only)
    job = prepare(specification, Options(steps=STEPS, workers=case.workers, keep_going=True))
    job.walk()
    clock = processor = 0.0
    for _ in range(repeat):
        before = time.process_time()
        tally = job.walk().tally
        used = time.process_time() - before
        clock, processor = max(clock, tally.steps / tally.seconds), max(processor, tally.steps / used)
    return (
        case.name,
        str(case.workers),
        f"{tally.walks:,}",
        f"{tally.steps:,}",
        f"{tally.steps / tally.walks:.1f}",
        f"{tally.steps / clock:.3f}",
        f"{clock / 1e6:.2f}",
        f"{processor / 1e6:.2f}",
    )

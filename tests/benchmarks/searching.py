"""How fast searches are, next to programs for the same state space that were written or made for it.

Every configuration is searched several times in one process, the first time without anything compiled before (cold),
then from the cache (warm); the fastest search counts. The yardsticks in tests/yardsticks run in turn with ours, so that
all see the same machine: searches written by hand in C, compiled with plain `gcc -O3` and once more with
`-march=native`, and Spin's breadth-first search. Each ratio is their time divided by ours, the second one in terms of
the time that processors spent on all threads together: on a machine that has other work to do only that means much.
"""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fencepost.checks.engine.run import Settings, native_search
from fencepost.checks.outcome import Outcome
from fencepost.model import Model, Specification
from fencepost.model.lang.lower import lower
from fencepost.model.raft.pull_raft import PullRaft
from fencepost.model.replication.kip_320 import Kip320
from fencepost.model.two_phase_commit import TwoPhaseCommit

YARDSTICKS = Path(__file__).parent.parent / "yardsticks"
PUBLISHED = ("weak_isr", "strong_isr")


@dataclass(frozen=True)
class Case:
    """A configuration to measure. `only` names the properties to leave in; `yardsticks` are programs and arguments."""

    name: str
    model: type[Model]
    constants: dict[str, Any]
    settings: Settings = field(default_factory=Settings)
    only: tuple[str, ...] | None = None
    yardsticks: tuple[tuple[str, ...], ...] = ()

    def specification(self) -> Specification:
        return Specification(self.model, self.constants, self.only)


def cases(large: bool) -> Iterator[Case]:
    """The configurations, the quick ones first."""
    managers = 9 if large else 8
    commit = Case(
        f"two-phase commit, {managers} managers",
        TwoPhaseCommit,
        {"resource_managers": managers},
        yardsticks=(
            ("two_phase_commit", str(managers)),
            ("two_phase_commit-native", str(managers)),
            (f"spin-{managers}", f"-w{3 * managers}"),
        ),
    )
    kip_320 = Case(
        "KIP-320 3/3/3/2, published invariants",
        Kip320,
        {"replicas": 3, "log_size": 3, "max_records": 3, "max_leader_epoch": 2},
        only=PUBLISHED,
        yardsticks=tuple((program, "3", "3", "3", "2") for program in ("kip320", "kip320-native")),
    )
    everything = replace(kip_320, name="KIP-320 3/3/3/2, all properties", only=None, yardsticks=())
    for case in (commit, kip_320, everything):
        for workers in (1, 2):
            yield replace(case, settings=Settings(workers=workers))
    yield replace(kip_320, name=f"{kip_320.name}, exact", settings=Settings(exact=True), yardsticks=())
    yield replace(everything, name=f"{everything.name}, symmetry", settings=Settings(symmetry=True))
    messages = {"servers": 3, "max_elections": 2, "max_in_flight": 32, "max_sent": 48}
    pull_raft = Case("pull-raft, room for 32 and 48 messages", PullRaft, messages)
    yield pull_raft
    yield replace(pull_raft, name=f"{pull_raft.name}, symmetry", settings=Settings(symmetry=True))
    if large:
        huge = {**kip_320.constants, "max_leader_epoch": 3}
        yardsticks = tuple((program, "3", "3", "3", "3") for program in ("kip320", "kip320-native"))
        name = "KIP-320 3/3/3/3, published invariants"
        yield replace(kip_320, name=name, constants=huge, yardsticks=yardsticks, settings=Settings(workers=2))


# Yardsticks.


def build_yardsticks(folder: Path, managers: int) -> dict[str, Path]:
    """The programs to compare with, compiled: none without gcc, and Spin only where it is installed."""
    if shutil.which("gcc") is None:
        return {}
    built = {}
    for source in sorted(YARDSTICKS.glob("*.c")):
        for name, options in ((source.stem, ()), (f"{source.stem}-native", ("-march=native",))):
            built[name] = folder / name
            subprocess.run(["gcc", "-O3", *options, "-o", built[name], source], check=True)
    if shutil.which("spin") is not None:
        model, name = YARDSTICKS / "two_phase_commit.pml", f"spin-{managers}"
        built[name] = folder / name
        subprocess.run(["spin", "-a", f"-DN={managers}", model], check=True, cwd=folder, capture_output=True)
        options = ("-O3", "-march=native", "-DBFS", "-DSAFETY", "-DNOREDUCE", "-DSFH")
        subprocess.run(["gcc", *options, "-o", built[name], "pan.c"], check=True, cwd=folder)
    return built


@dataclass(frozen=True)
class Times:
    """Seconds of one search: by the clock, and of all processors together."""

    clock: float
    processor: float


def best(times: list[Times]) -> Times:
    return Times(min(one.clock for one in times), min(one.processor for one in times))


def run_yardstick(program: Path, arguments: tuple[str, ...], outcome: Outcome) -> Times:
    """How long a program takes; it must find as many states."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run([program, *arguments], check=True, capture_output=True, text=True, cwd=program.parent)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    distinct = re.search(r"^distinct +(\d+)$|^ *(\d+) states, stored", done.stdout, re.MULTILINE)
    seconds = re.search(r"^seconds +([\d.]+)$|elapsed time ([\d.]+) seconds", done.stdout, re.MULTILINE)
    if distinct is None or seconds is None or int(distinct[1] or distinct[2]) != outcome.distinct:
        raise SystemExit(f"{program.name} does not find the {outcome.distinct} states of the search:\n{done.stdout}")
    processor = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Times(float(seconds[1] or seconds[2]), processor)


# Measuring.

HEAD = (
    ("configuration", 47),
    ("workers", 7),
    ("distinct", 11),
    ("generated", 12),
    ("cold s", 6),
    ("search s", 8),
    ("CPU s", 6),
    ("M states/s", 10),
    ("B/state", 7),
    ("frontier", 8),
    ("peak MiB", 8),
    ("gcc -O3", 11),
    ("native", 11),
    ("Spin", 11),
)


def measure(case: Case, repeat: int, built: dict[str, Path]) -> tuple[str, ...]:
    """A row of the table. Ratios are by the clock, then by processor time."""
    specification = case.specification()
    program = lower(specification)
    settings = replace(case.settings, continue_after_violation=True)
    cold = native_search(specification, program, settings)
    ours: list[Times] = []
    others: dict[str, list[Times]] = {}
    for _ in range(repeat):
        before = time.process_time()
        one = native_search(specification, program, settings)
        ours.append(Times(one.search_seconds, time.process_time() - before))
        for name, *arguments in case.yardsticks:
            if name in built:
                others.setdefault(name, []).append(run_yardstick(built[name], tuple(arguments), one))
    fastest = best(ours)
    ratios = {"": "-", "native": "-", "spin": "-"}
    for name, times in others.items():
        theirs = best(times)
        kind = "spin" if name.startswith("spin") else "native" if name.endswith("-native") else ""
        clock, processor = theirs.clock / fastest.clock, theirs.processor / fastest.processor
        ratios[kind] = f"{clock:.2f} {processor:5.2f}"
    return (
        case.name,
        str(settings.workers),
        f"{one.distinct:,}",
        f"{one.generated:,}",
        "-" if cold.details["compiled_from_cache"] else f"{cold.compile_seconds:.2f}",
        f"{fastest.clock:.3f}",
        f"{fastest.processor:.3f}",
        f"{one.distinct / fastest.clock / 1e6:.2f}",
        f"{one.bytes_per_state:.1f}",
        f"{frontier_share(one):.2f}",
        f"{one.peak_memory_bytes / 2**20:,.0f}",
        *ratios.values(),
    )


def frontier_share(outcome: Outcome) -> float:
    """The most memory of the frontier, as a share of the packed states of the two levels that need the most."""
    two = max(first + second for first, second in zip(outcome.levels, outcome.levels[1:], strict=False))
    return float(outcome.details["frontier_bytes"] / (two * outcome.details["state_words"] * 8))

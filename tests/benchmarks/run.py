"""Measures the search: `python tests/benchmarks/run.py` prints a table.

Every configuration is searched several times in one process, the first time without anything compiled before (cold),
then from the cache (warm); the fastest search counts. Where there is gcc, the programs in tests/yardsticks, which are
searches written by hand for one model each, run in turn with ours, so that both see the same machine. `ratio` is their
time divided by ours, and `CPU` the same for the time that processors spent on all threads together: on a machine that
has other work to do, only the latter means much. Compare within one table only.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fencepost.checks.engine.run import Settings, native_search
from fencepost.checks.outcome import Outcome
from fencepost.model import Model, Specification
from fencepost.model.lang.lower import lower
from fencepost.model.replication.kip_320 import Kip320
from fencepost.model.two_phase_commit import TwoPhaseCommit

YARDSTICKS = Path(__file__).parent.parent / "yardsticks"
PUBLISHED = ("weak_isr", "strong_isr")


@dataclass(frozen=True)
class Case:
    """A configuration to measure. `only` names the properties to leave in; `yardstick` is a program and arguments."""

    name: str
    model: type[Model]
    constants: dict[str, Any]
    settings: Settings = field(default_factory=Settings)
    only: tuple[str, ...] | None = None
    yardstick: tuple[str, ...] = ()

    def specification(self) -> Specification:
        return Specification(self.model, self.constants, self.only)


def cases(large: bool) -> Iterator[Case]:
    """The configurations, the quick ones first."""
    managers = 9 if large else 8
    commit = Case(
        f"two-phase commit, {managers} managers",
        TwoPhaseCommit,
        {"resource_managers": managers},
        yardstick=("two_phase_commit", str(managers)),
    )
    kip_320 = Case(
        "KIP-320 3/3/3/2, published invariants",
        Kip320,
        {"replicas": 3, "log_size": 3, "max_records": 3, "max_leader_epoch": 2},
        only=PUBLISHED,
        yardstick=("kip320", "3", "3", "3", "2"),
    )
    everything = replace(kip_320, name="KIP-320 3/3/3/2, all properties", only=None)
    for case in (commit, kip_320, everything):
        for workers in (1, 2):
            yield replace(case, settings=Settings(workers=workers))
    yield replace(kip_320, name=f"{kip_320.name}, exact", settings=Settings(exact=True), yardstick=())
    yield replace(everything, name=f"{everything.name}, symmetry", settings=Settings(symmetry=True), yardstick=())
    if large:
        huge = {**kip_320.constants, "max_leader_epoch": 3}
        yardstick = ("kip320", "3", "3", "3", "3")
        name = "KIP-320 3/3/3/3, published invariants"
        yield replace(kip_320, name=name, constants=huge, yardstick=yardstick, settings=Settings(workers=2))


def build_yardsticks(folder: Path) -> dict[str, Path]:
    """The programs written by hand, compiled; none without gcc."""
    gcc = shutil.which("gcc")
    if gcc is None:
        return {}
    built = {}
    for source in sorted(YARDSTICKS.glob("*.c")):
        built[source.stem] = folder / source.stem
        subprocess.run([gcc, "-O3", "-march=native", "-o", built[source.stem], source], check=True)
    return built


@dataclass(frozen=True)
class Times:
    """Seconds of one search: by the clock, and of all processors together."""

    clock: float
    processor: float


def best(times: list[Times]) -> Times:
    return Times(min(one.clock for one in times), min(one.processor for one in times))


def run_yardstick(program: Path, arguments: Iterable[str], outcome: Outcome) -> Times:
    """How long a program written by hand takes; it must find as many states."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    output = subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = dict(re.findall(r"^(\w+)\s+([\d.]+)$", output, re.MULTILINE))
    if int(found["distinct"]) != outcome.distinct:
        raise SystemExit(f"{program.name} finds {found['distinct']} states, the search {outcome.distinct}")
    processor = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Times(float(found["seconds"]), processor)


def measure(case: Case, repeat: int, yardsticks: dict[str, Path]) -> tuple[str, ...]:
    """A row of the table."""
    specification = case.specification()
    program = lower(specification)
    settings = replace(case.settings, continue_after_violation=True)
    cold = native_search(specification, program, settings)
    ours, others, warm = [], [], []
    for _ in range(repeat):
        before = time.process_time()
        one = native_search(specification, program, settings)
        ours.append(Times(one.search_seconds, time.process_time() - before))
        warm.append(one.compile_seconds)
        if case.yardstick and case.yardstick[0] in yardsticks:
            name, *arguments = case.yardstick
            others.append(run_yardstick(yardsticks[name], arguments, one))
    fastest = best(ours)
    ratios = ("-", "-")
    if others:
        theirs = best(others)
        ratios = (f"{theirs.clock / fastest.clock:.2f}", f"{theirs.processor / fastest.processor:.2f}")
    return (
        case.name,
        str(settings.workers),
        f"{one.distinct:,}",
        f"{one.generated:,}",
        "-" if cold.details["compiled_from_cache"] else f"{cold.compile_seconds:.2f}",
        f"{min(warm):.3f}",
        f"{fastest.clock:.3f}",
        f"{fastest.processor:.3f}",
        f"{one.distinct / fastest.clock / 1e6:.2f}",
        f"{one.generated / fastest.clock / 1e6:.1f}",
        f"{one.bytes_per_state:.1f}",
        f"{one.peak_memory_bytes / 2**20:,.0f}",
        *ratios,
    )


HEAD = (
    "configuration",
    "workers",
    "distinct",
    "generated",
    "cold s",
    "warm s",
    "search s",
    "CPU s",
    "M states/s",
    "M succ./s",
    "B/state",
    "peak MiB",
    "ratio",
    "CPU",
)
WIDTHS = (44, 7, 11, 12, 6, 6, 8, 7, 10, 9, 7, 8, 5, 5)


def show(row: tuple[str, ...]) -> None:
    first, *rest = zip(row, WIDTHS, strict=True)
    print(first[0].ljust(first[1]), *(text.rjust(width) for text, width in rest), sep="  ", flush=True)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--large", action="store_true", help="also configurations that take minutes and gigabytes")
    parser.add_argument("--repeat", type=int, default=3, help="searches of each configuration after the first")
    parser.add_argument("--only", default="", help="only configurations whose name contains this text")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FENCEPOST_CACHE"] = folder
        yardsticks = build_yardsticks(Path(folder))
        show(HEAD)
        for case in cases(options.large):
            if options.only in case.name:
                show(measure(case, max(options.repeat, 1), yardsticks))


if __name__ == "__main__":
    main()

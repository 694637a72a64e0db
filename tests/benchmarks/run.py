"""Measures the search: `python tests/benchmarks/run.py` prints a table.

Every configuration is searched several times in one process, the first time without anything compiled before (cold),
then from the cache (warm); the fastest search counts. Where there is gcc, the programs in tests/yardsticks, which are
searches written by hand for one model each, run in turn with ours, so that both see the same machine; `ratio` is their
time divided by ours. Times vary with what else the machine does: compare within one table only.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import tempfile
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


def yardstick_seconds(program: Path, arguments: Iterable[str], outcome: Outcome) -> float:
    """How long a program written by hand takes; it must find as many states."""
    output = subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout
    found = dict(re.findall(r"^(\w+)\s+([\d.]+)$", output, re.MULTILINE))
    if int(found["distinct"]) != outcome.distinct:
        raise SystemExit(f"{program.name} finds {found['distinct']} states, the search {outcome.distinct}")
    return float(found["seconds"])


def measure(case: Case, repeat: int, yardsticks: dict[str, Path]) -> tuple[str, ...]:
    """A row of the table."""
    specification = case.specification()
    program = lower(specification)
    settings = replace(case.settings, continue_after_violation=True)
    outcomes, others = [], []
    for _ in range(repeat + 1):
        outcomes.append(native_search(specification, program, settings))
        if case.yardstick and case.yardstick[0] in yardsticks:
            name, *arguments = case.yardstick
            others.append(yardstick_seconds(yardsticks[name], arguments, outcomes[-1]))
    best = min(outcome.search_seconds for outcome in outcomes)
    one = outcomes[0]
    ratio = f"{min(others) / best:.2f}" if others else "-"
    return (
        case.name,
        str(settings.workers),
        f"{one.distinct:,}",
        f"{one.generated:,}",
        "-" if one.details["compiled_from_cache"] else f"{one.compile_seconds:.2f}",
        f"{min(outcome.compile_seconds for outcome in outcomes[1:]):.3f}",
        f"{best:.3f}",
        f"{one.distinct / best / 1e6:.2f}",
        f"{one.generated / best / 1e6:.1f}",
        f"{one.bytes_per_state:.1f}",
        f"{one.peak_memory_bytes / 2**20:,.0f}",
        ratio,
    )


HEAD = (
    "configuration",
    "workers",
    "distinct",
    "generated",
    "cold s",
    "warm s",
    "search s",
    "M states/s",
    "M succ./s",
    "B/state",
    "peak MiB",
    "ratio",
)
WIDTHS = (47, 7, 11, 12, 6, 6, 8, 10, 9, 7, 8, 5)


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

"""How long people wait before a search begins: whole commands, cold and warm, and what each model takes to compile."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from fencepost.checks import catalogue
from fencepost.checks.engine.run import Settings, prepare
from fencepost.checks.loading import find
from fencepost.model import Model, Specification
from fencepost.model.lang.lower import lower

COMMANDS = ("check two-phase-commit --set resource_managers=3", "check kip-320 --set replicas=2")


def commands(repeat: int) -> Iterator[tuple[str, ...]]:
    """Seconds of a whole command until its first verdict, and until its end; the middle one of several runs.

    Cold means that nothing was compiled before: neither the specification nor any Python module, this package's,
    its dependencies' and the standard library's included.
    """
    yield "whole command", "first verdict s", "end s"
    with tempfile.TemporaryDirectory() as folder:
        for command in COMMANDS:
            run_command(command, Path(folder))
            for name in ("cold", "warm"):
                runs = []
                for _ in range(repeat):
                    if name == "cold":
                        shutil.rmtree(folder)
                    runs.append(run_command(command, Path(folder)))
                middle = (statistics.median(times) for times in zip(*runs, strict=True))
                yield f"{command}, {name}", *(f"{seconds:.2f}" for seconds in middle)


def run_command(command: str, folder: Path) -> tuple[float, float]:
    """Runs the command in a process of its own, with its caches in a folder."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment = inherited | {
        "FENCEPOST_CACHE": str(folder / "objects"),
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
    }
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "fencepost.checks", *command.split()], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout is not None
    verdict = next(time.perf_counter() - started for line in process.stdout if "  holds  " in line)
    process.stdout.read()
    if process.wait() != 0:
        raise SystemExit(f"fencepost {command} ends with {process.returncode}")
    return verdict, time.perf_counter() - started


def compilations() -> Iterator[tuple[str, ...]]:
    """Seconds, and those of the processor, from a specification to loaded code with nothing compiled before.

    Of each model the slowest of its largest configurations: of each tier, with symmetry, and under a view.
    """
    yield "model", "compile s", "CPU s", "configuration"
    for entry in catalogue.ENTRIES:
        largest = {(one.tier, one.symmetry, one.view): one for one in entry.configurations}
        yield max(((entry.name, *compilation(find(entry.name).model, one)) for one in largest.values()), key=_processor)


def _processor(row: tuple[str, ...]) -> float:
    return float(row[2])


def compilation(model: type[Model], one: catalogue.Configuration) -> tuple[str, ...]:
    """How long a configuration takes to compile, and which it is."""
    specification = Specification(model, one.constants, one.properties)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FENCEPOST_CACHE"] = folder
        clock, processor = time.perf_counter(), time.process_time()
        prepare(specification, lower(specification), Settings(symmetry=one.symmetry, view=one.view))
        clock, processor = time.perf_counter() - clock, time.process_time() - processor
    words = [f"{name}={value}" for name, value in one.constants.items()]
    words += ["symmetry"] * one.symmetry + ["view"] * one.view
    return f"{clock:.2f}", f"{processor:.2f}", " ".join(words)

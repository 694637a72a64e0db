"""Runs the command line as users do, and validates every report it writes."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from fencepost.model import errors

SPECS = Path(__file__).parent / "specs" / "small.py"
MOST_LINES = 6
SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text())

MEMORY_LIMITED = """
import resource, sys, threading
from pathlib import Path
from fencepost.checks.cli import main
from fencepost.checks.engine import run
from fencepost.checks.native import compile

def leave(megabytes):
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (megabytes << 20), resource.RLIM_INFINITY))

"""


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str
    report: dict[str, Any] | None = None

    @property
    def configuration(self) -> dict[str, Any]:
        """The only configuration in the report."""
        assert self.report is not None
        [found] = self.report["configurations"]
        return dict(found)

    def property(self, name: str) -> dict[str, Any]:
        return next(dict(prop) for prop in self.configuration["properties"] if prop["name"] == name)


Run = Callable[..., Ran]


@pytest.fixture
def small() -> Callable[[str], str]:
    """The name of a specification in `small.py`."""
    return lambda name: f"{SPECS}:{name}"


@pytest.fixture
def validate() -> Callable[[Any], None]:
    """Checks a report against the published schema."""
    return lambda found: jsonschema.validate(found, SCHEMA, cls=jsonschema.Draft202012Validator)


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in this process, through the entry point of the console script."""
    from fencepost.checks.cli import main

    def ran(*arguments: object) -> Ran:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in out + err
        return Ran(code, out, err)

    return ran


@pytest.fixture
def check(run: Run, tmp_path: Path, validate: Callable[[Any], None]) -> Run:
    """Runs `fencepost check` with a report, which must be valid and have the exit code of the process."""

    def ran(*arguments: object) -> Ran:
        file = tmp_path / "report.json"
        done = run("check", *arguments, "--json", file)
        report = json.loads(file.read_text())
        validate(report)
        assert report["exit_code"] == done.code
        return Ran(done.code, done.out, done.err, report)

    return ran


@pytest.fixture
def start() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a command in a process of its own, which does not outlive the test."""
    processes: list[subprocess.Popen[str]] = []

    def started(*arguments: object, **settings: Any) -> subprocess.Popen[str]:
        environment = os.environ | {"PYTHONUNBUFFERED": "1"} | settings.pop("env", {})
        process = subprocess.Popen(
            [sys.executable, "-m", "fencepost.checks", *map(str, arguments)],
            stdout=settings.pop("stdout", subprocess.PIPE),
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            **settings,
        )
        processes.append(process)
        return process

    yield started
    for process in processes:
        process.kill()
        process.communicate()


@pytest.fixture
def complained() -> Callable[..., None]:
    """Asserts that a command ended with a message of a few lines, advice included, and an exit code."""

    def asserted(done: Ran, *parts: str, code: int = errors.EXIT_USAGE) -> None:
        assert done.code == code, done
        assert 1 < done.err.count("\n") <= MOST_LINES, done.err
        for part in parts:
            assert part in done.err, done.err

    return asserted


@pytest.fixture
def limited(tmp_path: Path, validate: Any) -> Callable[..., tuple[int, str, Any]]:
    """Runs a check in a process that has so many MiB left after some preparation; exit code, stderr and report."""

    def ran(prepare: str, megabytes: int, *arguments: object) -> tuple[int, str, Any]:
        file = tmp_path / "report.json"
        command = ["check", *map(str, arguments), "--json", str(file)]
        script = f"{MEMORY_LIMITED}{prepare}\nleave({megabytes})\nsys.exit(main({command}))"
        environment = os.environ | {"FENCEPOST_CACHE": str(tmp_path / "cache")}
        done = subprocess.run(
            [sys.executable, "-c", script], check=False, capture_output=True, text=True, env=environment, timeout=300
        )
        report = json.loads(file.read_text())
        validate(report)
        assert report["exit_code"] == done.returncode
        return done.returncode, done.stderr, report["configurations"]

    return ran

"""Compiles configurations in a second process, from the last one back, while the first process goes forward.

The two meet in the middle: what the second has compiled the first finds in the cache on disk, which is all that they
share. Whatever goes wrong here only means that less was compiled.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ..model import errors
from . import loading
from .api import Job, Options


class Ahead:
    """The second process. It starts when something had to be compiled, with what was not searched by then."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None

    def start(self, jobs: Iterable[Job]) -> None:
        """Starts compiling, once; the last job first."""
        work = [_described(job) for job in jobs if job.options.engine == "native" and (job.options.workers or 1) > 1]
        if self.process is not None or len(work) < 2:  # noqa: PLR2004  # one alone is compiled as soon without help
            return
        command = [sys.executable, "-m", __name__, str(os.getpid())]
        with contextlib.suppress(OSError):
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                text=True,
                start_new_session=True,  # Ctrl-C is for the first process, which ends the second
            )
            assert self.process.stdin is not None
            with self.process.stdin as pipe:
                json.dump(work[::-1], pipe)

    def stop(self) -> None:
        """Ends the process."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def _described(job: Job) -> dict[str, Any]:
    specification = job.specification
    return {
        "name": job.base.name,
        "constants": dict(specification.constants),
        "properties": None if specification.selected is None else list(specification.selected),
        "options": {name: getattr(job.options, name) for name in ("symmetry", "exact", "view")},
    }


def _compile(work: dict[str, Any]) -> None:
    from ..model.lang.lower import lower
    from ..model.lang.specification import Specification
    from .engine.run import prepare

    model = loading.find(work["name"]).model
    specification = Specification(model, work["constants"], work["properties"])
    prepare(specification, lower(specification), replace(Options(), **work["options"]).settings())


def main() -> None:
    """Compiles what stands on standard input, for the process whose number is the argument."""
    for one in json.load(sys.stdin):
        if os.getppid() != int(sys.argv[1]):
            break
        with contextlib.suppress(errors.FencepostError, MemoryError):
            _compile(one)


if __name__ == "__main__":
    main()

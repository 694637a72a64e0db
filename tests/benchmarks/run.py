"""Measures searches, random walks, commands and compilation: `python tests/benchmarks/run.py` prints tables.

Compare figures within one run only: they are those of one machine, with what else it does at the time.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import searching
import starting
import walking

PARTS = ("searches", "walks", "commands", "compilations")


def show(row: Sequence[str], widths: Sequence[int], *more: str) -> None:
    first, *rest = zip(row, widths, strict=True)
    print(first[0].ljust(first[1]), *(text.rjust(width) for text, width in rest), *more, sep="  ", flush=True)


def searches(large: bool, repeat: int, only: str) -> None:
    names, widths = zip(*searching.HEAD, strict=True)
    show(names, widths)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FENCEPOST_CACHE"] = folder
        yardsticks = searching.build_yardsticks(Path(folder), managers=9 if large else 8)
        for case in searching.cases(large):
            if only in case.name:
                show(searching.measure(case, repeat, yardsticks), widths)


def walks(repeat: int, only: str) -> None:
    names, widths = zip(*walking.HEAD, strict=True)
    show(names, widths)
    for case in walking.cases():
        if only in case.name:
            show(walking.measure(case, repeat), widths)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"what to measure, of {', '.join(PARTS)}; all if none")
    parser.add_argument("--large", action="store_true", help="also searches that take minutes and gigabytes")
    parser.add_argument("--repeat", type=int, default=3, help="runs of each configuration after the first")
    parser.add_argument("--only", default="", help="only searches and walks whose name contains this text")
    options = parser.parse_args()
    parts = options.parts or PARTS
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    repeat = max(options.repeat, 1)
    if "searches" in parts:
        searches(options.large, repeat, options.only)
        print()
    if "walks" in parts:
        walks(repeat, options.only)
        print()
    if "commands" in parts:
        for row in starting.commands(max(repeat, 3)):
            show(row, (57, 15, 6))
        print()
    if "compilations" in parts:
        for *figures, words in starting.compilations():
            show(figures, (28, 10, 6), words)


if __name__ == "__main__":
    main()

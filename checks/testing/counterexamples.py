"""Known counterexamples: those of the last run, and those that were committed. They are tried before any search.

A run of the last session lies in the folder of results; files that are to be tried everywhere are kept in a folder
`counterexamples` beside the test file. Which property, specification and constants a file belongs to stands in it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from ...model import errors
from ...model.lang.specification import Specification
from ...traces import itf
from ...traces.replay import replay
from ...traces.trace import Trace

COMMITTED = "counterexamples"
SUFFIX = ".itf.json"


def still_shown(specification: Specification, name: str, folders: list[Path]) -> tuple[Path, Trace] | None:
    """The shortest known run that still violates the property, executed again in CPython, and its file."""
    found = [(trace.states, file, trace) for file, trace in _known(specification, name, folders)]
    for _, file, trace in sorted(found, key=lambda one: one[:2]):
        with contextlib.suppress(errors.SpecificationError):  # the search will come upon it
            if replay(trace, specification).confirmed:
                return file, trace
    return None


def _known(specification: Specification, name: str, folders: list[Path]) -> Iterator[tuple[Path, Trace]]:
    """The traces of this property and these constants. Files that have become foreign are none: the search decides."""
    for folder in folders:
        for file in sorted(folder.glob(f"*{SUFFIX}")):
            try:
                trace = itf.read(itf.load(file), specification)
            except (errors.BadTraceFile, errors.ForeignTrace):
                continue
            if trace.property_name == name and trace.verdict == "violated":
                yield file, trace

"""From a specification to an outcome: compile, search, and rebuild runs in CPython."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...model.errors import BoundReached
from ...model.lang import ir
from ...model.lang.sources import class_at, placed
from ...model.lang.specification import Specification
from ..native.codec import Codec
from ..native.compile import Compiled, compile_module
from ..native.compile import Options as CompileOptions
from ..native.fingerprint import program_text
from ..native.kernels import add_model_kernels, kernel_info
from ..native.layout import build_layout
from ..outcome import BOUND_REACHED, ActionCount, Limits, Outcome, Progress, ProgressCallback, PropertyCount, Run
from .found import SEED, Found, Options
from .library import Library
from .memory import Words
from .runs import Runs
from .search import Search
from .self_check import NativeSelfCheck
from .shape import SHARDS, Shape
from .workers import Workers

COMPILE = CompileOptions(level=3, vectorise=True)


@dataclass(frozen=True)
class Prepared:
    """A specification compiled for the search."""

    specification: Specification
    codec: Codec
    library: Library
    compiled: Compiled

    @property
    def symmetric(self) -> bool:
        """Whether there are identities to rename, and states are reduced by it."""
        return self.library.shape.symmetric


@dataclass(frozen=True)
class Settings:
    """How to search: `exact` stores states instead of fingerprints.

    `symmetry` visits one of those that differ by a renaming only, `view` the first of those that differ in auxiliary
    fields only. `stop_at` names the properties whose violation ends the search, if not all do. `self_check` compares
    renamed states with those that are visited.
    """

    workers: int = 1
    symmetry: bool = False
    exact: bool = False
    limits: Limits = Limits()
    continue_after_violation: bool = False
    seed: int = SEED
    view: bool = False
    stop_at: Collection[str] | None = None
    self_check: bool = True


def prepare(specification: Specification, program: ir.Program, settings: Settings) -> Prepared:
    """Compiles a specification, or loads what was compiled before. Raises StateTooLarge and UnsupportedType."""
    with placed(lambda: class_at(specification.source)):
        return _prepared(specification, program, settings)


def _prepared(specification: Specification, program: ir.Program, settings: Settings) -> Prepared:
    layout = build_layout(program.state, specification.auxiliary if settings.view else ())
    info = kernel_info(program, layout)
    shape = Shape(
        words=info.words,
        max_successors=info.max_successors,
        actions=info.actions,
        properties=info.properties,
        step_invariants=info.has_step_invariants,
        symmetric=settings.symmetry and info.permutations > 1,
        exact=settings.exact and sum(map(bool, layout.identity)) > 1,  # fingerprints of one word are exact anyway
        masks=layout.identity,
    )

    def build() -> Any:
        from llvmlite import ir as llvm

        from .search_code import add_engine_kernels

        module = llvm.Module(name=program.name)
        add_model_kernels(module, program, layout, symmetry=shape.symmetric)
        add_engine_kernels(module, shape)
        return module

    key = f"{program_text(program)}\n{shape}"
    compiled = compile_module(key, build, Library.symbols(shape), COMPILE)
    library = Library(shape, compiled.addresses.__getitem__, compiled.engine)
    return Prepared(specification, Codec(layout), library, compiled)


def native_search(
    specification: Specification,
    program: ir.Program,
    settings: Settings | None = None,
    progress: ProgressCallback | None = None,
) -> Outcome:
    """Visits every reachable state of a specification, breadth first.

    Raises what the specification raises, with the run that leads there as the error's attribute `run`; Disagreement
    when CPython does not confirm a run. Reaching a limit and Ctrl-C give an outcome that says so.
    """
    settings = settings or Settings()
    if progress is not None:
        progress(Progress("compile", 0, 0, 0, 0, 0, 0.0, 0, 0.0))
    return search_prepared(prepare(specification, program, settings), settings, progress)


def search_prepared(
    prepared: Prepared,
    settings: Settings,
    progress: ProgressCallback | None = None,
    initial: Sequence[Any] | None = None,
) -> Outcome:
    """The same for what is compiled already, with the settings it was compiled with, but for limits and workers.

    `initial` are the states to begin with, if not the initial ones of the specification.
    """
    specification = prepared.specification
    options = Options(
        limits=settings.limits,
        violations=_violations(specification, settings.stop_at),
        deadlock_is_violation=specification.deadlock_is_violation,
        continue_after_violation=settings.continue_after_violation,
        seed=settings.seed,
    )
    initial = specification.initial_states() if initial is None else initial
    states = packed(prepared.codec, initial)
    checked = prepared.symmetric and settings.self_check
    symmetry = NativeSelfCheck(specification, prepared.codec, prepared.library) if checked else None
    with Workers(min(settings.workers, SHARDS)) as pool:
        search = Search(prepared.library, options, progress, pool, symmetry.sample if symmetry else None)
        found = search.run(states)
    runs = Runs(specification, prepared.codec, prepared.library, found, initial)
    bound: BoundReached | None = None
    if found.error is not None:
        error = runs.error(found.error)
        if not isinstance(error, BoundReached):
            raise error
        found.stopped, bound = BOUND_REACHED, error
    outcome = _outcome(prepared, found, runs, pool.count, symmetry.states if symmetry else 0)
    return replace(outcome, bound=bound)


def _violations(specification: Specification, stop_at: Collection[str] | None) -> int:
    """The mask of the properties whose violation ends a search."""
    return sum(
        1 << index
        for index, prop in enumerate(specification.properties)
        if prop.kind != "witness" and (stop_at is None or prop.name in stop_at)
    )


def packed(codec: Codec, states: Sequence[Any]) -> Words:
    """States as rows of words."""
    return codec.encode_all(states).view(np.int64)


def _outcome(prepared: Prepared, found: Found, runs: Runs, workers: int, self_checked: int) -> Outcome:
    specification, shape, compiled = prepared.specification, found.shape, prepared.compiled
    deadlock: Run | None = None
    if found.first_deadlock is not None and specification.deadlock_is_violation:
        deadlock = runs.deadlock(found.first_deadlock)
    return Outcome(
        distinct=found.distinct,
        generated=found.generated,
        depth=len(found.levels),
        levels=tuple(found.levels),
        stopped=found.stopped,
        actions=_action_counts(specification, found),
        properties=_property_counts(specification, found, runs),
        deadlocks=found.deadlocks,
        deadlock_run=deadlock,
        engine="native",
        workers=workers,
        symmetry=shape.symmetric,
        exact=shape.is_exact,
        compile_seconds=compiled.seconds,
        search_seconds=found.seconds,
        bytes_per_state=found.state_bytes / max(found.visited, 1),
        peak_memory_bytes=found.peak_bytes,
        expected_collisions=0.0 if shape.is_exact else found.visited**2 / 2.0**65,
        observed_collisions=0.5 / found.gap if found.gap else 0.0,
        self_checked=self_checked,
        details={
            "state_words": shape.words,
            "most_successors": shape.max_successors,
            "frontier_bytes": found.frontier_bytes,
            "compiled_from_cache": compiled.cached,
            "object_bytes": compiled.object_bytes,
            "notes": list(compiled.notes),
        },
    )


def _action_counts(specification: Specification, found: Found) -> tuple[ActionCount, ...]:
    shape = found.shape
    sections = (found.section(start, shape.actions) for start in (shape.generated, shape.new, shape.enabled))
    rows = zip(specification.actions, *sections, strict=True)
    return tuple(ActionCount(action.name, generated, new, enabled) for action, generated, new, enabled in rows)


def _property_counts(specification: Specification, found: Found, runs: Runs) -> tuple[PropertyCount, ...]:
    shape = found.shape
    premises, failures = (found.section(start, shape.properties) for start in (shape.premises, shape.failures))
    counts = []
    for index, prop in enumerate(specification.properties):
        place = found.first.get(index)
        run = None if place is None else runs.violation(index, place)
        counts.append(PropertyCount(prop.name, prop.kind, premises[index], failures[index], run))
    return tuple(counts)

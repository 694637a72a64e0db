"""One specification searched by both engines, and what must be the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from fencepost.checks.engine.run import Settings, native_search
from fencepost.checks.native.codec import Codec
from fencepost.checks.native.layout import build_layout
from fencepost.checks.native.symmetry import apply, symmetries
from fencepost.checks.outcome import Outcome
from fencepost.checks.python_search import PythonSearch, smallest
from fencepost.checks.self_check import SelfCheck
from fencepost.model import Specification
from fencepost.model.lang.lower import lower

Found = tuple[Outcome | None, str, Any]


def native(specification: Specification, settings: Settings) -> Found:
    """Outcome, or the error with its run."""
    try:
        return native_search(specification, lower(specification), settings), "", None
    except Exception as error:
        return None, str(error), getattr(error, "run", None)


def python(specification: Specification, settings: Settings, **options: Any) -> Found:
    program = lower(specification)
    canonical = None
    if settings.symmetry:
        kind = specification.state_type
        layout = build_layout(kind, specification.auxiliary if settings.view else ())
        codec = Codec(layout)

        def variants(state: Any) -> Iterator[Any]:
            return (apply(kind, state, symmetry) for symmetry in symmetries(kind))

        canonical = smallest(lambda state: layout.measure(codec.encode(state)), variants)
    search = PythonSearch(
        specification,
        program,
        canonical=canonical,
        view=settings.view,
        self_check=SelfCheck(specification) if canonical is not None else None,
        limits=settings.limits,
        continue_after_violation=settings.continue_after_violation,
        **options,
    )
    try:
        return search.run(), "", None
    except Exception as error:
        return None, str(error), getattr(error, "run", None)


def comparable(found: Found) -> Any:
    """What does not depend on the engine, its speed or its memory."""
    outcome, error, run = found
    if outcome is None:
        return error, run
    return replace(
        outcome,
        engine="",
        workers=0,
        exact=True,
        compile_seconds=0.0,
        search_seconds=0.0,
        bytes_per_state=0.0,
        peak_memory_bytes=0,
        expected_collisions=0.0,
        observed_collisions=0.0,
        details={},
    )

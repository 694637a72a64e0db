"""`model_check`: a configuration that a test file declares, and that pytest shows as a test for each property.

from fencepost.checks import model_check

election = model_check(Election, servers=3)                             # every property is to hold
lossy = model_check(LossyElection, expect={"one_leader": "violated"})   # this one is known not to

@model_check(Election, servers=2)
def test_election(result):                                              # and a test of the result besides
    assert result.report.distinct == 256
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..api import Engine, Job, Options, Result, named, pins_of, prepare
from ..expectations import pins_for
from ..outcome import Limits

if TYPE_CHECKING:
    from ...model.lang.specification import Model


@dataclass(frozen=True)
class ModelCheck:
    """A configuration to check; made by `model_check`. As a decorator it takes a test of the result."""

    model: type[Model] | str
    constants: Mapping[str, Any]
    expect: Mapping[str, str] | None
    properties: tuple[str, ...] | None
    options: Options
    function: Callable[[Result], None] | None = None

    def __call__(self, function: Callable[[Result], None]) -> ModelCheck:
        """The same, with a function that is called with the result and may assert more."""
        return replace(self, function=function)

    def job(self, processes: int = 1) -> Job:
        """The search, ready to start; by default it leaves processors to so many processes of the same kind.

        Raises errors.FencepostError for a mistake in the specification or in what is declared.
        """
        from ...model.lang.specification import Specification
        from .. import loading

        found = loading.find(self.model) if isinstance(self.model, str) else named(self.model)
        specification = Specification(found.model, self.constants, self.properties)
        options = self.options
        if options.workers is None:
            options = replace(options, workers=max((options.validated().workers or 1) // processes, 1))
        pins = pins_of(found.entry, specification, options.symmetry, options.view) if found.entry else None
        if self.expect is not None or pins is None:
            pins = pins_for(specification, self.expect or {})
        name = found.name if found.entry is not None or isinstance(self.model, str) else reference(self.model)
        return prepare(specification, options, name=name, words=found.words, pins=pins)


def reference(model: type[Model]) -> str:
    """How the command line finds a class: by its file, unless that is part of a package."""
    if "." in model.__module__:
        return f"{model.__module__}:{model.__qualname__}"
    file = Path(inspect.getfile(model)).resolve()
    return f"{os.path.relpath(file)}:{model.__qualname__}"


def model_check(  # noqa: PLR0913  # keyword arguments with defaults
    model: type[Model] | str,
    constants: Mapping[str, Any] | None = None,
    /,
    *,
    expect: Mapping[str, str] | None = None,
    properties: Collection[str] | None = None,
    engine: Engine = "native",
    workers: int | None = None,
    symmetry: bool = False,
    view: bool = False,
    exact: bool = False,
    limits: Limits | None = None,
    **more_constants: Any,
) -> ModelCheck:
    """Declares a check of a specification in a test file: pytest then shows each property as a test of its own.

    Assign it to a name, or decorate a function with it, which is called with the `Result` as one more test. Constants
    are keyword arguments; one that has the name of an option goes into the mapping. `expect` maps the names of
    properties to "violated" or "vacuous" (and of actions to "unreachable") where they are known not to hold. Without
    it a shipped configuration is to come out as pinned, and of any other all properties are to hold. The whole space
    is searched, whatever is found. The other arguments are those of `check`.

    Mistakes are raised when pytest collects the file, not here: importing a test file searches nothing.
    """
    options = Options(engine, workers, symmetry, exact, limits=limits or Limits(), view=view)
    given = {**(constants or {}), **more_constants}
    return ModelCheck(model, given, expect, None if properties is None else tuple(properties), options)

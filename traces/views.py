"""Views of a stored run: functions of the state, evaluated afterwards in every state of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from ..model import errors
from ..model.lang import values
from ..model.lang.declarations import marker_of
from ..model.lang.specification import Specification, _running
from .trace import Trace

View = Callable[[Any], Any]


def views(trace: Trace, specification: Specification, functions: Mapping[str, View]) -> dict[str, tuple[Any, ...]]:
    """The values of each function in every state of a run, the initial one first. Raises what the functions raise."""
    with _running(specification, None):
        return {
            name: tuple(function(values.thaw(step.state)) for step in trace.steps)
            for name, function in functions.items()
        }


def method_views(specification: Specification, names: list[str]) -> dict[str, View]:
    """Views that are properties, or methods without parameters, of the specification. Raises UnknownProperty."""
    cls = specification.source
    known = [
        name for name in dir(cls) if not name.startswith("_") and _takes_nothing(inspect.getattr_static(cls, name))
    ]
    for name in names:
        if name not in known:
            what = f"{specification.name} has no property or method {name!r} that takes nothing"
            raise errors.UnknownProperty(what, hint=errors.nearest(name, known))
    return {name: _viewer(name) for name in names}


def _takes_nothing(found: Any) -> bool:
    if isinstance(found, property):
        return True
    marker = marker_of(found)
    code = getattr(found, "__code__", None)
    return code is not None and code.co_argcount == 1 and (marker is None or marker.kind not in ("action", "init"))


def _viewer(name: str) -> View:
    def view(state: Any) -> Any:
        found = getattr(state, name)
        return found() if callable(found) else found

    return view

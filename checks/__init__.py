"""How a specification is verified: the native engine, the solver, simulation, and the reports on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import Options, Result, check
    from .outcome import Limits

__version__ = "0.1.0"

__all__ = ["Limits", "Options", "Result", "__version__", "check"]


def __getattr__(name: str) -> Any:
    """What is in `__all__`, imported when it is asked for: the command line takes charge of Ctrl-C before that."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import api, outcome

    return getattr(outcome if name == "Limits" else api, name)

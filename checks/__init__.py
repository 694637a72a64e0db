"""How a specification is verified: the native engine, the solver, simulation, and the reports on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import Options, Result, check
    from .hypothesis import state_machine
    from .outcome import Limits
    from .scenario import Scenario
    from .testing.declared import model_check
    from .walks.simulation import WalkResult, simulate

__version__ = "0.1.0"

__all__ = [
    "Limits",
    "Options",
    "Result",
    "Scenario",
    "WalkResult",
    "__version__",
    "check",
    "model_check",
    "simulate",
    "state_machine",
]

_MODULES = {
    "Limits": "outcome",
    "Scenario": "scenario",
    "WalkResult": "walks.simulation",
    "model_check": "testing.declared",
    "simulate": "walks.simulation",
    "state_machine": "hypothesis",
}


def __getattr__(name: str) -> Any:
    """What is in `__all__`, imported when it is asked for: the command line takes charge of Ctrl-C before that."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_MODULES.get(name, 'api')}", __name__), name)

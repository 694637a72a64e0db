"""How a specification is verified: the native engine, the solver, simulation, and the reports on them."""

from .check import Options, Result, check
from .outcome import Limits

__version__ = "0.1.0"

__all__ = ["Limits", "Options", "Result", "__version__", "check"]

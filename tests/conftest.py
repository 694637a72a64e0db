"""What passes here passes elsewhere, however busy the machine is and wherever the checkout lies.

Hypothesis draws the same examples in every run. `FENCEPOST_EXAMPLES` makes tests on random specifications look at
others every time, and at as many as it says.
"""

import signal
import time
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import engine, providers
from hypothesis.internal.constants_ast import Constants

settings.register_profile(
    "same-everywhere",
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("same-everywhere")

# Hypothesis also draws numbers and texts that it reads in the modules which are loaded, and these are other ones
# wherever other tests came before.
assert hasattr(providers, "_get_local_constants")
providers._get_local_constants = Constants
# It looks for other failures until ten seconds after the first one. No time passes on this clock.
assert engine.time is time
engine.time = SimpleNamespace(perf_counter=time.perf_counter, monotonic=lambda: 0.0)

# A shell that starts a job in the background has it ignore Ctrl-C, and so would every process that a test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def quickly_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not optimised: for tests in which compiling takes longer than searching.

    Optimised code is compared with CPython in `tests/engine/test_models.py` and elsewhere, and with the counts that are
    pinned in the catalogue by `fencepost check`.
    """
    from fencepost.checks.engine import run

    monkeypatch.setattr(run, "COMPILE", replace(run.COMPILE, level=0))

"""A search that will not fit into memory is said to, once, before it gets there."""

from fencepost.checks.forecast import Forecast
from fencepost.checks.outcome import Progress

MIB = 1 << 20


def progress(depth, frontier, expanded, distinct, bytes_each=24):
    return Progress("search", depth, frontier, expanded, distinct, 3 * distinct, 1e6, distinct * bytes_each, 1.0)


def test_a_number_of_states_that_is_known():
    forecast = Forecast(100 * MIB, 10_000_000)
    assert forecast.warning(progress(9, 50_000, 10_000, 99_999)) == ""
    told = forecast.warning(progress(9, 50_000, 10_000, 200_000))
    assert told.startswith("10,000,000 states will take 163 MiB at least, and 100 MiB is the limit\n")
    assert "--max-memory" in told
    assert forecast.warning(progress(9, 50_000, 20_000, 300_000)) == ""


def test_a_number_that_fits():
    forecast = Forecast(300 * MIB, 10_000_000)
    assert not any(forecast.warning(progress(9, 50_000, 10_000, states)) for states in (200_000, 9_000_000))


def test_what_is_left_of_a_level():
    """A fifth of the level brought 300,000 new states, so what is left brings 1,200,000 more."""
    forecast = Forecast(36 * MIB)
    assert forecast.warning(progress(14, 500_000, 0, 600_000)) == ""
    assert forecast.warning(progress(14, 500_000, 10_000, 630_000)) == ""
    told = forecast.warning(progress(14, 500_000, 100_000, 900_000))
    assert told.startswith("by the end of level 15 2,100,000 states will take 40 MiB at least, and 36 MiB is the limit")


def test_a_level_that_fits_and_the_next_one():
    forecast = Forecast(56 * MIB)
    assert forecast.warning(progress(14, 500_000, 0, 600_000)) == ""
    assert forecast.warning(progress(14, 500_000, 100_000, 900_000)) == ""
    assert forecast.warning(progress(15, 1_500_000, 10_000, 2_130_000)) == ""
    assert "by the end of level 16" in forecast.warning(progress(15, 1_500_000, 110_000, 2_430_000))


def test_without_a_limit():
    assert Forecast(None, 10**12).warning(progress(9, 50_000, 10_000, 200_000)) == ""

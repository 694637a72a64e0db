"""Every format of three runs, as it was looked at. Renewed by `PYTHONPATH=tests python tests/traces/test_golden.py`."""

import pytest

from fencepost.traces.formats import FORMATS
from fencepost.traces.replay import replay
from models.counterexamples import GOLDEN, NAMES, counterexample

#: Pictures have tests of their own.
TEXTS = {name: one for name, one in FORMATS.items() if name not in {"html", "svg"}}


@pytest.mark.parametrize("format_name", TEXTS)
@pytest.mark.parametrize("name", NAMES)
def test_every_format_is_as_it_was(name, format_name):
    trace, specification = counterexample(name)
    found = FORMATS[format_name]
    expected = (GOLDEN / f"{name}{found.suffix}").read_text(encoding="utf-8")
    assert found.write(trace, specification) == expected
    assert found.write(trace, specification) == expected


@pytest.mark.parametrize("name", NAMES)
def test_the_runs_are_runs(name):
    trace, specification = counterexample(name)
    assert replay(trace, specification).confirmed
    assert (trace.verdict == "violated") == (name != "lossy")


def test_suffixes_differ():
    assert len({one.suffix for one in FORMATS.values()}) == len(FORMATS)


def renew():
    for name in NAMES:
        for found in TEXTS.values():
            (GOLDEN / f"{name}{found.suffix}").write_text(found.write(*counterexample(name)), encoding="utf-8")


if __name__ == "__main__":
    renew()

"""`fencepost list --bugs`: each bug is pinned where it is said to be, and absent where it is said to be mended."""

import pytest

from fencepost.checks import catalogue
from fencepost.checks.catalogue.bugs import BUGS

IDS = [f"{bug.shown_by}-{bug.shows}" for bug in BUGS]


@pytest.mark.parametrize("bug", BUGS, ids=IDS)
def test_it_is_pinned_and_mended(bug):
    assert bug.states > 0
    if bug.switch:
        assert bug.mended == bug.name  # `test_kafka` checks both
        return
    mended = catalogue.find(bug.mended)
    pins = [one.pins for one in mended.configurations if one.pins is not None and one.pins.violated is not None]
    assert pins
    assert not any(bug.shows in one.violated for one in pins)


def test_list(run):
    done = run("list", "--bugs")
    assert done.code == 0
    rows = done.out.splitlines()[1:]
    assert len(rows) == len(BUGS)
    assert any("KIP-101" in row and "truncate-to-high-watermark" in row and " 9 " in row for row in rows)

"""The compiled search of `kafka` with constants as fields, against CPython under the very constants."""

import re
from pathlib import Path

import pytest

from fencepost.checks import check
from fencepost.checks.explain.claims import CLAIMS, LOSS
from fencepost.checks.explain.evidence import Searching
from fencepost.checks.explain.failures import KINDS, Combination
from fencepost.checks.explain.grid import Grid, Setting
from fencepost.checks.explain.rows import merged
from fencepost.checks.explain.table import Request, Table
from fencepost.checks.explain.words import cell_words
from fencepost.checks.loading import find

PAGE = Path(__file__).parents[2] / "docs" / "promises.md"


@pytest.fixture(scope="module")
def table():
    return Table(Request(find("kafka"), {"records": 1}, Grid((2,), (1, 2), (1, 0)), 2, Searching(), claims=()))


@pytest.mark.parametrize(
    ("setting", "failures", "expected"),
    [
        (Setting(2, 1), {"max_power_losses": 1}, None),
        (Setting(2, 2, unclean_leader_election=True), {"max_suspicions": 1}, None),
        (Setting(2, 1, acks=1), {"max_crashes": 1}, 5),
    ],
    ids=str,
)
def test_a_search_is_that_of_the_specification(table, setting, failures, expected):
    evidence = table.evidence(setting)
    found = evidence.finding(Combination.of(failures))
    budgets = Combination.of(failures).budgets(evidence.kernel.kinds)
    constants = {"brokers": 2, "records": 1, **vars(setting), **budgets}
    report = check("kafka", constants, properties=[LOSS], engine="python", symmetry=True).report
    assert report.named(LOSS).trace_length == expected
    if expected is None:
        assert (found.verdict, found.distinct) == ("kept", report.distinct)
    else:
        assert (found.verdict, found.trace.states) == ("lost", expected)


def test_two_broker_failures_and_a_slow_follower_lose_a_record():
    """Of three replicas, two of which have to be in sync; the page says so."""
    failures = {"max_power_losses": 2, "max_isr_shrinks": 1, "max_suspicions": 0, "max_controller_failures": 0}
    (reading,) = (one for one in CLAIMS[0].readings if "ISR shrink" in one.words)
    assert reading.combinations(KINDS, 2) == [Combination.of(failures)]
    trace = check("kafka", {"records": 1, **failures}, properties=[LOSS], symmetry=True).trace(LOSS)
    assert trace is not None and f"(2: after {trace.states} states)" in PAGE.read_text()


def test_the_page_says_what_is_computed(table):
    """Of the rows that take no time to compute."""
    found = table.explain()
    _, rows = merged([(cell.setting, cell_words(cell, found)) for cell in found.cells])
    written = [f"| {' | '.join([*row.texts, ''.join(text for text, _ in row.answer)])} |" for row in rows]
    page = [line for line in PAGE.read_text().splitlines() if re.match(r"\| 2 \| .* \| (1|0) \|", line)]
    assert page == written
    assert len(page) == 3

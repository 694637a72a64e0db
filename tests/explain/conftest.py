"""The table of a small cluster, computed once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from fencepost.checks.cli import interrupts
from fencepost.checks.explain.evidence import Searching
from fencepost.checks.explain.explanation import Explanation
from fencepost.checks.explain.grid import Grid
from fencepost.checks.explain.table import Request, Table
from fencepost.checks.loading import find

CLUSTER = f"{Path(__file__).parent / 'cluster.py'}:Cluster"

Tabled = Callable[..., Table]


def table(grid: Grid | None = None, failures: int = 2, **searching: Any) -> Table:
    """A table of the small cluster."""
    constants = {"records": 1}
    return Table(Request(find(CLUSTER), constants, grid or Grid(), failures, Searching(**searching)))


@pytest.fixture
def tabled() -> Iterator[Tabled]:
    """Makes tables; an interruption of one of them is over when the test is."""
    yield table
    interrupts.requested = False


@pytest.fixture(scope="session")
def explained() -> Explanation:
    """Everything about the usual configurations."""
    return table().explain()

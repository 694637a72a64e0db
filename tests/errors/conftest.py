"""What every test of an error needs."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from errors.refusals import Refusals


@pytest.fixture
def refusals(tmp_path: Path) -> Iterator[Refusals]:
    """Writes wrong specifications and expects their errors."""
    found = Refusals(tmp_path)
    yield found
    for name in found.names:
        sys.modules.pop(name, None)

"""What becomes of a check when there is not enough memory for compiling, the visited set, or threads."""

import sys
from typing import Any

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits on memory are kept by Linux only")

LOADED = "compile._binding()\n"


def test_nothing_is_compiled_without_memory_for_it(limited: Any, small: Any) -> None:
    code, err, [found] = limited(LOADED, 96, small("Counter"))
    assert (code, err) == (2, "")
    assert (found["verdict"], found["stopped"], found["distinct"]) == ("inconclusive", "no memory left", 0)


@pytest.mark.parametrize("megabytes", [224, 288])
def test_a_visited_set_that_cannot_grow_keeps_what_was_found(limited: Any, small: Any, megabytes: int) -> None:
    """Whatever the limit: addresses that are reserved and not used would leave nothing for the rest of a search."""
    code, err, [found] = limited(LOADED, megabytes, small("Wide"), "--workers", 1)
    assert (code, err) == (2, "")
    assert (found["verdict"], found["stopped"]) == ("inconclusive", "no memory left")
    assert found["distinct"] > 1_000_000 and found["depth"] > 3
    assert sum(found["levels"]) == found["distinct"]


def test_fewer_threads_than_were_asked_for(limited: Any, small: Any) -> None:
    """A thread whose stack finds no room is done without."""
    code, err, [found] = limited(f"{LOADED}threading.stack_size(1 << 30)", 512, small("Counter"), "--workers", 8)
    assert (code, err) == (0, "")
    assert (found["verdict"], found["distinct"], found["workers"]) == ("holds", 4, 1)

"""Says that a search will need more memory than it may have, before it does.

How many states there are is known for configurations that are pinned. For others the level that is being expanded
tells: what is left of it brings as many new states, in proportion, as what is done.
"""

from __future__ import annotations

from .outcome import Progress, size_text

#: Before so many states it is too early to tell.
_FEW_STATES = 100_000
#: What the visited set and the parents take for a state.
_LEAST_BYTES = 17
#: So many states of a level stand for the rest of it.
_ENOUGH_EXPANDED = 20_000


class Forecast:
    """Watches one search. `limit` is in bytes, None for no limit; `total` is the number of states, if it is known."""

    def __init__(self, limit: int | None, total: int | None = None) -> None:
        self.limit = limit
        self.total = total
        self._level = (-1, 0, 0)
        self._said = False

    def warning(self, found: Progress) -> str:
        """What there is to say, once; otherwise empty."""
        if self.limit is None or self._said or found.distinct < _FEW_STATES:
            return ""
        states = self.total or self._end_of_level(found)
        needed = found.memory + _LEAST_BYTES * (states - found.distinct)
        if found.memory == 0 or needed <= self.limit:
            return ""
        self._said = True
        least = "" if self.total else f"by the end of level {found.depth + 1} "
        sizes = f"{size_text(needed)} at least, and {size_text(self.limit)} is the limit"
        return (
            f"{least}{states:,} states will take {sizes}\n"
            "  Ctrl-C keeps what is found by then. Smaller constants, --symmetry or fewer properties take less memory;"
            " --max-memory allows more."
        )

    def _end_of_level(self, found: Progress) -> int:
        depth, distinct, expanded = self._level
        if depth != found.depth:
            self._level = (found.depth, found.distinct, found.expanded)
            return found.distinct
        done = found.expanded - expanded
        if done < _ENOUGH_EXPANDED:
            return found.distinct
        return found.distinct + round((found.distinct - distinct) / done * (found.frontier - found.expanded))

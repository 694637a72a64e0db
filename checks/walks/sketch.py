"""What random walks did not see, estimated from the states that they did.

The walks are independent of each other, the states of one walk are not. So a state is counted once for every walk that
met it, and walks are what is sampled:

* The next walk is expected to meet as many new states as there are states met by exactly one walk, divided by the
  number of walks (Good, "The population frequencies of species", Biometrika 1953; Turing).
* Walks like these can meet at least so many states as Chao's estimate says (Chao, Biometrics 1987; "Chao2"), which
  looks at the states that one and two walks met.

Both speak of walks with the same options, and say nothing of states that these walks reach too rarely, or never.

To count, a sample of fixed size is enough: the states whose fingerprint is below a limit, which is halved when the
sample has no room (Flajolet, "On adaptive sampling", Computing 1990). Which states are in it depends on the set of
visited states only, not on the order of the visits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..engine.memory import Words, address, allocate
from .report import Estimate
from .sketch_code import SLOT

ROOM = 1 << 16
"""States that the sample has room for."""

EVERY = (1 << 64) - 1


class Sketch:
    """The sample of the states that walks met, with how many walks met each one."""

    def __init__(self, add: Callable[..., int], thin: Callable[..., int], room: int = ROOM) -> None:
        self._add, self._thin, self.room = add, thin, room
        self.slots = 1 << (2 * room - 1).bit_length()
        self.table: Words = allocate(self.slots * SLOT)
        self.used: Words = allocate(1)
        self.level = 0

    @property
    def limit(self) -> int:
        """Fingerprints below this are in the sample."""
        return EVERY >> self.level

    @property
    def bytes(self) -> int:
        return int(self.table.nbytes)

    def add(self, rows: Words, count: int) -> None:
        """Adds fingerprints with the numbers of their walks; those of a walk follow each other."""
        done = 0
        while done < count:
            done = self._add(
                address(self.table), self.slots - 1, address(self.used), address(rows), done, count,
                self.limit, self.room,
            )  # fmt: skip
            if done < count:
                self._make_room()

    def _make_room(self) -> None:
        self.level += 1
        thinner = allocate(self.slots * SLOT)
        self._thin(address(self.table), address(thinner), self.slots - 1, address(self.used), self.limit)
        self.table = thinner

    def counts(self) -> Any:
        """How many walks met each state of the sample."""
        counts = self.table.reshape(-1, SLOT)[:, 1]
        return counts[counts > 0]

    def estimate(self, walks: int) -> Estimate:
        """What the sample says after so many walks."""
        return estimate(self.counts(), walks, 0.5**self.level)


def estimate(counts: Any, walks: int, share: float) -> Estimate:
    """The estimates from how many walks met each state, for a share of the states."""
    distinct, once, twice = len(counts), int(np.sum(counts == 1)), int(np.sum(counts == 2))
    unseen = (walks - 1) / max(walks, 1) * once * (once - 1) / (2 * (twice + 1))
    return Estimate(
        share=share,
        distinct=round(distinct / share),
        once=round(once / share),
        next_walk=once / share / max(walks, 1),
        new_share=once / max(int(np.sum(counts)), 1),
        at_least=round((distinct + unseen) / share),
    )

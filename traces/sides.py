"""The room beside the line of a process: its bands, the labels of its partitions, words and logs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from . import svg
from .fitting import cut
from .lanes import Lane
from .marks import CELL

NARROWEST = 150.0
_WIDEST = 330.0
_LONGEST_LABEL = 6
#: Of several logs this many records are shown, and both ends in words.
_RECORDS, _WORDS = 6, svg.width("… hw 9, end 10", 10.5)


@dataclass(frozen=True)
class Side:
    """How the room is divided; all lengths are in pixels, places are counted from the line.

    Where a process has several partitions, each that it ever leads has a band in a place of its own.
    """

    lane: Lane

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The partitions, if there are several."""
        return tuple(label for label in self.lane.labels if label)

    @cached_property
    def led(self) -> tuple[str, ...]:
        """Those that the process leads at some time."""
        found = {one.label for state in self.lane.states for one in state.replicas if one.leads}
        return tuple(label for label in self.labels if label in found)

    @cached_property
    def slot(self) -> float:
        """The width of a band that has the label of its partition in it."""
        return max((svg.width(short(label), 10.5) for label in self.labels), default=0.0) + 4

    def band(self, label: str) -> tuple[float, float]:
        """Where a band begins, and its width. If there are no partitions it is on the line."""
        return (8 + self.led.index(label) * (self.slot + 3), self.slot) if label else (-4, 8)

    @property
    def words(self) -> float:
        """Where labels and words begin."""
        return 12 + len(self.led) * (self.slot + 3)

    @property
    def indent(self) -> float:
        """How much room a label takes before the words of its partition."""
        return self.slot + 8 if self.labels else 0

    @property
    def width(self) -> float:
        """How wide the lane should be."""
        longest = max((len(one.log or ()) for state in self.lane.states for one in state.replicas), default=0)
        if self.labels:
            return self._around + max(min(longest, _RECORDS), 1) * CELL
        return min(max(NARROWEST, (longest + 1) * CELL + 24.0), _WIDEST)

    def cells(self, width: float) -> int:
        """How many records of a log there is room for in a lane of a width."""
        return int((width - self._around + 0.5) // CELL)

    @property
    def _around(self) -> float:
        return self.words + self.indent + _WORDS + 14 if self.labels else 24


def short(label: str) -> str:
    """A label that has room."""
    return cut(label, _LONGEST_LABEL)

"""What a space-time diagram says of a process after a step: what that changed, in words, and its logs.

A process is one note, or one and another for each partition that it has a replica of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .lanes import Lane, Process, Replica
from .marks import CELL_HEIGHT

LINE = 14


@dataclass(frozen=True)
class Note:
    """What is shown of a replica after a step: a few lines, each with its class, and its log if that is worth it."""

    lines: tuple[tuple[str, str], ...]
    log: bool
    before: Replica
    after: Replica

    @property
    def label(self) -> str:
        """The partition, if the process has several."""
        return self.after.label

    @property
    def height(self) -> float:
        """How much room it takes. The ends of a log are in words below it; beside it where there are several."""
        words = len(self.lines) * LINE
        if self.label:
            return words + (CELL_HEIGHT + 10 if self.log else 0) + 5
        return words + (CELL_HEIGHT + LINE + 6 if self.log else 0)


def notes(lane: Lane, number: int, first: int) -> list[Note]:
    """What is to be said of a process in a state of a run whose states are shown from the `first`."""
    after = lane.states[number]
    before = lane.states[number - 1] if number > first else Process()
    found = []
    for label in dict.fromkeys(("", *lane.labels)):
        old, new = before.replica(label), after.replica(label)
        lines = list(_differences(old, new, first=number == first))
        if not label:
            lines = [*_failed(before, after), *lines, *_cut_off(before, after)]
        log = new.log is not None and (
            (number > first and (new.log != old.log or new.high_watermark != old.high_watermark))
            or (bool(new.log) and number == first)
            or number == len(lane.states) - 1
        )
        if lines or log:
            found.append(Note(tuple(lines), log, old, new))
    return found


def _differences(before: Replica, after: Replica, *, first: bool) -> Iterator[tuple[str, str]]:
    """What changed in a replica, apart from its log, in a few words each."""
    if (after.leads, after.epoch, after.role) != (before.leads, before.epoch, before.role):
        epoch = "" if after.epoch is None else f"epoch {after.epoch}"
        if after.leads:
            yield f"leads {epoch}".rstrip(), "bold"
        elif before.leads or after.role != before.role:
            role = after.role.replace("_", " ").lower() or "follows"
            yield ", ".join(filter(None, (role, epoch))), ""
        elif not first or after.role:
            yield epoch, ""
    if after.in_sync != before.in_sync and not first:
        yield f"isr {after.in_sync}", ""


def _failed(before: Process, after: Process) -> Iterator[tuple[str, str]]:
    if after.down != before.down:
        yield ("down" if after.down else "up again"), "fault" if after.down else "bold"


def _cut_off(before: Process, after: Process) -> Iterator[tuple[str, str]]:
    if after.unheard_by != before.unheard_by:
        yield (f"not heard by {', '.join(after.unheard_by)}" if after.unheard_by else "heard by all"), "fault"

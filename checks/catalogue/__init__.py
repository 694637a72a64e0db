"""Every shipped specification, the configurations it is checked in, and what each is known to give.

A configuration fixes the constants and *pins* the result: which properties are violated and in how many states, how
many states there are and how deep the space is. A search of a pinned configuration always covers the whole space, so
that all of it can be compared; `tests` do so on every change. Where a public specification exists, the counts are those
that TLC gives for it.
"""

from __future__ import annotations

from . import (
    controller,
    kafka,
    kafka_replication,
    kraft_combined,
    kraft_reconfig,
    kraft_variants,
    pull_raft,
    raft,
    raft_push,
    reconfiguration,
    replication,
)
from .configuration import TIERS, Configuration, Entry, Pins, Tier

__all__ = ["ENTRIES", "TIERS", "Configuration", "Entry", "Pins", "Tier", "find", "names"]

ENTRIES: tuple[Entry, ...] = (
    *replication.ENTRIES,
    *kafka_replication.ENTRIES,
    *raft.ENTRIES,
    *raft_push.ENTRIES,
    *reconfiguration.ENTRIES,
    *pull_raft.ENTRIES,
    *kraft_variants.ENTRIES,
    *kraft_reconfig.ENTRIES,
    *controller.ENTRIES,
    *kafka.ENTRIES,
    *kraft_combined.ENTRIES,
)


def find(name: str) -> Entry | None:
    """The entry of that name."""
    return next((entry for entry in ENTRIES if entry.name == name), None)


def names() -> list[str]:
    """The names of all entries, in the order they are listed and checked."""
    return [entry.name for entry in ENTRIES]

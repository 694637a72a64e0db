"""What people say about replication, as questions to the searches: for which configurations is it true?

A claim has one or more readings, since "a broker fails" can mean that its process dies, or that its disk is lost. A
reading is true in a configuration if none of its combinations of failures violates the property.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .failures import Combination, Kind, combinations
from .grid import Grid, Setting, variants

LOSS = "acknowledged_records_survive"
ELECTION = "only_in_sync_replicas_lead"


@dataclass(frozen=True)
class Reading:
    """One meaning of a claim. `combinations` gives, for the kinds of failures there are, those that must do no harm."""

    words: str
    combinations: Callable[[Sequence[Kind], int], list[Combination]]


@dataclass(frozen=True)
class Claim:
    """A sentence, what it is taken to mean, and which configurations of a grid it is about."""

    sentence: str
    words: str
    property_name: str
    readings: tuple[Reading, ...]
    settings: Callable[[Grid], list[Setting]]


def _exactly(**counts: int) -> Callable[[Sequence[Kind], int], list[Combination]]:
    """These failures; nothing where a kind is missing, or that many of one kind are not asked for."""

    def found(kinds: Sequence[Kind], most: int) -> list[Combination]:
        known = {kind.constant for kind in kinds}
        return [Combination.of(counts)] if counts.keys() <= known and max(counts.values()) <= most else []

    return found


def _one_broker_fails(kinds: Sequence[Kind], most: int) -> list[Combination]:
    """One failure of a broker and some others, as many as are asked for."""
    return [one for total in range(2, most + 1) for one in combinations(kinds, total) if one.of_brokers == 1]


def _any(kinds: Sequence[Kind], most: int) -> list[Combination]:
    return [one for total in range(most + 1) for one in combinations(kinds, total)]


def _with_factor(factor: int) -> Callable[[Grid], list[Setting]]:
    return lambda grid: [one for one in grid.settings() if one.replication_factor == factor]


def _strictest(grid: Grid) -> list[Setting]:
    """The configuration of a grid that asks for most, with each choice of who may be elected."""
    every = grid.settings()
    best = max(every, key=lambda one: (one.replication_factor, one.min_insync_replicas, one.acks == -1), default=None)
    return [] if best is None else variants(best)


CLAIMS = (
    Claim(
        "Replication factor 3 survives two broker failures",
        "No acknowledged record is lost, whichever brokers fail. Whether it can be written meanwhile is not asked.",
        LOSS,
        (
            Reading("two process crashes", _exactly(max_crashes=2)),
            Reading("a process crash and a power loss", _exactly(max_crashes=1, max_power_losses=1)),
            Reading("two power losses", _exactly(max_power_losses=2)),
            Reading("two power losses and an ISR shrink", _exactly(max_power_losses=2, max_isr_shrinks=1)),
        ),
        _with_factor(3),
    ),
    Claim(
        "With replication factor 2 data is lost only if both fail",
        "No acknowledged record is lost while one broker fails, once, and the other one does not.",
        LOSS,
        (
            Reading("one process crash, nothing else", _exactly(max_crashes=1)),
            Reading("one power loss, nothing else", _exactly(max_power_losses=1)),
            Reading("one broker fails, and something happens that is no failure of a broker", _one_broker_fails),
        ),
        _with_factor(2),
    ),
    Claim(
        "Only in-sync replicas are eligible as leader",
        "Nobody is elected who is not an in-sync replica then, which eligible leader replicas (KIP-966) are not.",
        ELECTION,
        (Reading("any failures, no more than the table has", _any),),
        _strictest,
    ),
    Claim(
        "Even if a broker crashes no data is lost",
        "No acknowledged record is lost when one broker fails, once, and nothing else happens.",
        LOSS,
        (
            Reading("its process crashes", _exactly(max_crashes=1)),
            Reading("its machine loses power", _exactly(max_power_losses=1)),
        ),
        lambda grid: grid.settings(),
    ),
)

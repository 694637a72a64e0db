"""What can fail, and how often: the budgets of failures that a specification has, and combinations of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of failure. `constant` is its budget; `is_of_broker` says that a broker has failed, not only is slow."""

    constant: str
    one: str
    many: str
    words: str
    is_of_broker: bool = False

    @property
    def counter(self) -> str:
        """The field that counts how many there were."""
        return self.constant.removeprefix("max_")

    def counted(self, number: int) -> str:
        """A number of them, in words."""
        return f"{number} {self.one if number == 1 else self.many}"


#: All kinds, in the order in which they are tried and shown.
KINDS = (
    Kind(
        "max_crashes",
        "process crash",
        "process crashes",
        "a broker's process dies and is started again; all that it wrote is still there",
        is_of_broker=True,
    ),
    Kind(
        "max_power_losses",
        "power loss",
        "power losses",
        "a broker's machine dies and is started again, without any end of the log that was not flushed, or all of it",
        is_of_broker=True,
    ),
    Kind(
        "max_suspicions",
        "suspicion",
        "suspicions",
        "a broker that is alive is fenced by the controller, for example during a long pause",
    ),
    Kind(
        "max_isr_shrinks",
        "ISR shrink",
        "ISR shrinks",
        "a leader takes followers that are alive and slow out of the in-sync replicas, one or several at once",
    ),
    Kind(
        "max_controlled_shutdowns",
        "controlled shutdown",
        "controlled shutdowns",
        "a broker leaves in good order, and is started again",
    ),
    Kind(
        "max_controller_failures",
        "controller failure",
        "controller failures",
        "the active controller fails, and another one takes over",
    ),
)


@dataclass(frozen=True)
class Combination:
    """So many failures of each kind; `counts` has a number for every one of `KINDS`."""

    counts: tuple[int, ...] = (0,) * len(KINDS)

    @classmethod
    def of(cls, counts: Mapping[str, int]) -> Combination:
        """The combination with these budgets; those that are not named are 0."""
        return cls(tuple(counts.get(kind.constant, 0) for kind in KINDS))

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def of_brokers(self) -> int:
        """How many failures are failures of a broker."""
        return sum(count for kind, count in zip(KINDS, self.counts, strict=True) if kind.is_of_broker)

    def __le__(self, other: Combination) -> bool:
        """Whether the other one has as many of each kind, or more."""
        return all(mine <= theirs for mine, theirs in zip(self.counts, other.counts, strict=True))

    def budgets(self, kinds: Sequence[Kind]) -> dict[str, int]:
        """The constants for these failures, of a specification that has these kinds."""
        return {kind.constant: count for kind, count in zip(KINDS, self.counts, strict=True) if kind in kinds}

    def parts(self) -> dict[str, int]:
        """The numbers that are not 0, by constant."""
        return {kind.constant: count for kind, count in zip(KINDS, self.counts, strict=True) if count}

    def __str__(self) -> str:
        parts = [kind.counted(count) for kind, count in zip(KINDS, self.counts, strict=True) if count]
        return " + ".join(parts) or "no failure"


def combinations(kinds: Sequence[Kind], total: int) -> Iterator[Combination]:
    """Every way to distribute so many failures over some kinds, the first kinds first."""
    for chosen in itertools.combinations_with_replacement(kinds, total):
        yield Combination.of({kind.constant: chosen.count(kind) for kind in kinds})

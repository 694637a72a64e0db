"""The configurations that a table has: replication factor, min.insync.replicas, acks, and who may be elected."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

#: How acks is written, and what it is as a constant.
ACKS = {"all": -1, "1": 1, "0": 0}


@dataclass(frozen=True)
class Setting:
    """A configuration, with the names and values of the constants of the specification."""

    replication_factor: int = 3
    min_insync_replicas: int = 2
    acks: int = -1
    unclean_leader_election: bool = False
    eligible_leader_replicas: bool = True

    @property
    def acks_word(self) -> str:
        """How acks is written."""
        return next(word for word, value in ACKS.items() if value == self.acks)

    @property
    def is_possible(self) -> bool:
        """Whether that many replicas can be in sync."""
        return self.min_insync_replicas <= self.replication_factor

    def __str__(self) -> str:
        parts = [
            f"replication factor {self.replication_factor}",
            f"min.insync.replicas {self.min_insync_replicas}",
            f"acks={self.acks_word}",
            f"unclean election {on_or_off(self.unclean_leader_election)}",
            *([] if self.eligible_leader_replicas else ["without eligible leader replicas"]),
        ]
        return ", ".join(parts)


def on_or_off(value: bool) -> str:
    """A switch in a word."""
    return "on" if value else "off"


@dataclass(frozen=True)
class Grid:
    """The values that each part of a configuration takes."""

    replication_factors: Sequence[int] = (2, 3)
    min_insync_replicas: Sequence[int] = (1, 2)
    acks: Sequence[int] = (-1, 1, 0)
    unclean_leader_election: Sequence[bool] = (False, True)
    eligible_leader_replicas: bool = True

    def _every(self) -> Iterator[Setting]:
        for factor, least, acks, unclean in itertools.product(
            dict.fromkeys(self.replication_factors),
            dict.fromkeys(self.min_insync_replicas),
            dict.fromkeys(self.acks),
            dict.fromkeys(self.unclean_leader_election),
        ):
            yield Setting(factor, least, acks, unclean, self.eligible_leader_replicas)

    def settings(self) -> list[Setting]:
        """Every configuration that is possible."""
        return [one for one in self._every() if one.is_possible]

    def left_out(self) -> list[tuple[int, int]]:
        """Replication factors with the min.insync.replicas that they are too small for."""
        impossible = (one for one in self._every() if not one.is_possible)
        return list(dict.fromkeys((one.replication_factor, one.min_insync_replicas) for one in impossible))


def variants(setting: Setting) -> list[Setting]:
    """The same with each choice of who may be elected."""
    return [
        replace(setting, unclean_leader_election=unclean, eligible_leader_replicas=eligible)
        for unclean, eligible in itertools.product((False, True), (True, False))
    ]

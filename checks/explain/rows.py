"""Rows of a table, one a configuration, those with the same answers as one: `1, 2` in a column stands for both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

from .grid import Setting, on_or_off

T = TypeVar("T")

_HEADS = ("replication factor", "min.insync.replicas", "acks", "unclean election", "eligible leader replicas")
#: Columns in the order in which values are put together.
_ORDER = (4, 3, 2, 1, 0)


class Row(NamedTuple, Generic[T]):
    """The configurations of a row, column by column, and what was answered."""

    columns: tuple[tuple[str, ...], ...]
    answer: T

    @property
    def texts(self) -> list[str]:
        """What stands in the columns."""
        return [", ".join(values) for values in self.columns]


def merged(found: Sequence[tuple[Setting, T]]) -> tuple[list[str], list[Row[T]]]:
    """The heads of the columns, and the rows in the order of their first configurations.

    Eligible leader replicas have a column only where somebody is without them.
    """
    columns = 5 if any(not setting.eligible_leader_replicas for setting, _ in found) else 4
    rows = [Row(tuple((value,) for value in _columns(setting)[:columns]), answer) for setting, answer in found]
    for column in _ORDER[-columns:]:
        rows = _merged_by(column, rows)
    return list(_HEADS[:columns]), rows


def _columns(setting: Setting) -> tuple[str, ...]:
    return (
        str(setting.replication_factor),
        str(setting.min_insync_replicas),
        setting.acks_word,
        on_or_off(setting.unclean_leader_election),
        on_or_off(setting.eligible_leader_replicas),
    )


def _merged_by(column: int, rows: Sequence[Row[T]]) -> list[Row[T]]:
    """The rows, with those as one that differ in this column only."""
    found: list[Row[T]] = []
    for row in rows:
        for place, known in enumerate(found):
            others = [one for one in range(len(row.columns)) if one != column]
            if known.answer == row.answer and all(known.columns[one] == row.columns[one] for one in others):
                values = (*known.columns[column], *row.columns[column])
                found[place] = Row((*known.columns[:column], values, *known.columns[column + 1 :]), known.answer)
                break
        else:
            found.append(row)
    return found

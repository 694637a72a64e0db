"""The log on a plain list, as a file would be: the models use the same code on a bounded sequence."""

import random

import pytest

from fencepost.model.log import Log, Record


class Storage(list[Record]):
    """What a log asks of its storage."""

    def truncate(self, length: int) -> None:
        del self[length:]


def log(*epochs, first_id=0):
    return Log(Storage(Record(first_id + offset, epoch) for offset, epoch in enumerate(epochs)))


def test_append_and_truncate():
    ours = log()
    assert (ours.end_offset, ours.latest_epoch) == (0, None)
    ours.append(Record(0, 3))
    ours.append(Record(1, 4))
    assert (ours.end_offset, ours.latest_epoch) == (2, 4)
    assert ours.has_offset(1) and not ours.has_offset(2)
    ours.truncate(1)
    assert (ours.end_offset, ours.latest_epoch) == (1, 3)
    assert ours.holds(Record(0, 3), 0)
    assert not ours.holds(Record(1, 3), 0) and not ours.holds(Record(0, 3), 1)
    assert ours.has_epoch_at(0, 3) and not ours.has_epoch_at(0, 4) and not ours.has_epoch_at(1, 3)


@pytest.mark.parametrize(
    ("epochs", "asked", "answer"),
    [
        ([], 0, None),
        ([1, 1], 1, 2),  # The latest epoch ends where the log ends.
        ([0, 1, 1, 3], 1, 3),  # An earlier one ends where the next one starts,
        ([0, 1, 1, 3], 2, 3),  # and so does one that this log does not have.
        ([0, 1, 1, 3], 4, None),  # Later than everything here: the log is behind.
        ([2, 1], 1, 2),
    ],
)
def test_end_offset_for_epoch(epochs, asked, answer):
    assert log(*epochs).end_offset_for_epoch(asked) == answer


def test_match_is_of_records_not_of_epochs():
    assert log(1, 1).end_of_match(log(1, 1)) == 2
    assert log(1, 1).end_of_match(log(1, 1, first_id=7)) == 0
    assert log(1, 1).end_of_match(log(1, 2)) == 1
    assert log().end_of_match(log(1)) == 0


def test_agreement_is_the_obvious_one():
    chance = random.Random(20180710)
    for _ in range(200):
        ours, theirs = (log(*(chance.randrange(2) for _ in range(chance.randrange(4)))) for _ in range(2))
        for offset in range(5):
            below = list(ours.records)[:offset], list(theirs.records)[:offset]
            assert ours.agrees_below(offset, theirs) == (below[0] == below[1] and len(below[0]) == offset)

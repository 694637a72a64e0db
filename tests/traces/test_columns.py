"""Runs side by side: everything is in the column of its process, and nothing is wider than asked for."""

import pytest

from fencepost.traces import columns, text
from models import runs
from models.counterexamples import renamed


@pytest.mark.parametrize("make", [runs.truncation, runs.pinging, runs.failing])
@pytest.mark.parametrize("width", [100, 150])
def test_it_is_as_wide_as_asked_for(make, width):
    assert all(len(line) <= width for line in columns.write(make(), width=width).splitlines())


def test_changes_stand_under_the_process_they_happen_to():
    lines = columns.write(runs.truncation()).splitlines()
    head = next(line for line in lines if line.endswith("shared"))
    places = {name: head.index(name) for name in ("b1", "b2", "controller", "shared")}
    for words, name in (
        ("* leader_write", "b1"),
        ("* follower_fetch", "b2"),
        ("> LeaderAndIsr", "controller"),
        ("next_record_id: 0 -> 1", "shared"),
        ("high_watermark: 0 -> 1", "b1"),
        ("log.records[0]: removed", "b2"),
    ):
        assert any(line.find(words) == places[name] for line in lines), words


def test_what_becomes_of_messages():
    written = columns.write(runs.pinging())
    assert "x Ping to n2" in written
    assert "> Ping to n3 (a copy)" in written
    assert "< Ping from n3" in written


def test_without_room_it_is_the_plain_text():
    trace = runs.truncation()
    assert columns.write(trace, width=60) == text.write(trace)


def test_what_others_wrote_does_not_move_the_cursor():
    assert columns.write(renamed(runs.truncation(), "\x1b[2J\n")).count("\x1b") == 0

"""`fencepost diff` and `fencepost shrink`."""

import dataclasses

import pytest

from fencepost.checks.cli import main
from fencepost.checks.loading import load_trace
from fencepost.traces import itf
from models import runs
from models.walks import Pinging, walk

FIRST = "n1: ping(source=n1, target=n2, number=0)"


@pytest.fixture
def stored(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def store(name, trace):
        (tmp_path / name).write_text(itf.write(trace))
        return name

    return store


def pinging(*calls):
    return dataclasses.replace(walk(Pinging, FIRST, *calls), model="models.walks:Pinging")


def truncation():
    return dataclasses.replace(runs.truncation(), model="truncate-to-high-watermark")


def test_runs_that_part(stored, capsys):
    one = stored("one.itf.json", pinging("n2: answer(", "n1: take("))
    other = stored("other.itf.json", pinging("network: lose_message("))
    assert main(["diff", one, other]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "2 states are the same. State 3:",
        "  one.itf.json    n2: answer(message=Ping(source=n1, target=n2, number=0))",
        "  other.itf.json  network: lose_message(message=Ping(source=n1, target=n2, number=0)) (fault)",
        "",
        "From the first run's state 3 to the second's:",
        "  messages: removed Pong(source=n2, target=n1)",
        "  losses: 0 -> 1",
    ]


def test_a_run_that_ends_before_the_other(stored, capsys):
    one, other = stored("one.itf.json", pinging()), stored("other.itf.json", pinging("n2: answer("))
    assert main(["diff", one, other]) == 1
    assert "  one.itf.json    ends with state 2" in capsys.readouterr().out


def test_runs_that_are_the_same(stored, capsys):
    one, other = stored("one.itf.json", truncation()), stored("other.itf.json", truncation())
    assert main(["diff", one, other]) == 0
    assert capsys.readouterr().out == "The runs are the same: 9 states.\n"


def test_runs_of_two_specifications(stored, capsys):
    assert main(["diff", stored("one.itf.json", pinging()), stored("other.itf.json", truncation())]) == 4
    assert "error U108" in capsys.readouterr().err


def test_a_run_that_is_made_smaller(stored, capsys):
    long = runs.walk(
        runs.TruncateToHighWatermark,
        "controller: controller_elect_leader(broker=b1",
        "b1: become_leader(",
        "b1: leader_write(",
        "controller: controller_shrink_isr(broker=b2",
        "b2: become_follower(follower=b2, request=LeaderAndIsr(leader_epoch=0",
        "b2: follower_fetch(",
        "b1: leader_increment_high_watermark(",
        "b1: leader_write(",
        "b2: become_follower(follower=b2, request=LeaderAndIsr(leader_epoch=1",
        replicas=2,
        property_name="weak_isr",
    )
    file = stored("long.itf.json", dataclasses.replace(long, model="truncate-to-high-watermark"))
    assert main(["shrink", file, "-o", "short.itf.json", "--quiet"]) == 0
    assert capsys.readouterr().out == "9 states in place of 10\n"
    assert load_trace("short.itf.json")[0].states == 9
    assert main(["replay", "short.itf.json", "--quiet"]) == 0
    assert main(["shrink", "short.itf.json"]) == 0
    assert capsys.readouterr().out.endswith("9 states, as before\n")


def test_nothing_to_shrink(stored, capsys):
    assert main(["shrink", stored("one.itf.json", pinging())]) == 4
    assert "error U115: the trace records no property of Pinging" in capsys.readouterr().err


def test_an_output_that_cannot_be_written(stored, capsys):
    assert main(["shrink", stored("one.itf.json", truncation()), "-o", "no/such/folder.json"]) == 4
    assert "error U109" in capsys.readouterr().err

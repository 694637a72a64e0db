"""The space-time diagram: what is in it, what it leaves out, and that nothing gets out of it."""

import dataclasses
import os
from pathlib import Path
from typing import Annotated
from xml.etree import ElementTree

import pytest

from fencepost.model import Constant, Domain, Map, Model, Range, action
from fencepost.traces import space_time
from fencepost.traces.space_time import MAX_LANES, MAX_STEPS
from models import runs
from models.walks import Sharded, walk

GOLDEN = Path(__file__).parent / "golden"
SVG = "{http://www.w3.org/2000/svg}"
RUNS = {one.__name__: one for one in (runs.truncation, runs.pinging, runs.failing, runs.sharded)}


def drawn(trace):
    return ElementTree.fromstring(space_time.write(trace))


def of_class(root, name, tag=None):
    return [one for one in root.iter(tag and f"{SVG}{tag}") if name in (one.get("class") or "").split()]


def words(root):
    return [one.text for one in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("name", RUNS)
def test_golden(name):
    """Written anew with FENCEPOST_GOLDEN=write: look at what changed."""
    file = GOLDEN / f"{name}.svg"
    text = space_time.write(RUNS[name]())
    if os.environ.get("FENCEPOST_GOLDEN") == "write":
        file.write_text(text)
    assert text == file.read_text()


def test_messages_are_arrows_crosses_and_stubs():
    root = drawn(runs.pinging())
    assert len(of_class(root, "arrow")) == 6
    assert len(of_class(root, "stub")) == 3
    assert len(of_class(root, "cross")) == 1
    fates = [one[0].text for one in root.iter(f"{SVG}g")]
    assert fates[0] == "Ping(source=n1, target=n2, number=0), lost"
    assert "Ping(source=n1, target=n3, number=1) (a copy), in flight" in fates


def test_logs_and_leadership():
    root = drawn(runs.truncation())
    assert "leads epoch 0" in words(root)
    assert len(of_class(root, "added", "rect")) == 2
    assert [one[0].text for one in of_class(root, "gone", "rect")] == ["removed: Record(id=0, epoch=0)"]
    assert words(root)[-1] == "weak_isr is violated in state 9"
    assert {"hw 1, end 1", "hw 0, empty"} <= set(words(root))


def test_crashes_and_partitions():
    root = drawn(runs.failing())
    assert len(of_class(root, "cut")) == 4
    assert len(of_class(root, "down")) == 6
    assert {"down", "up again", "not heard by n1, n3"} <= set(words(root))
    assert len(of_class(root, "mark")) == 3


def test_each_partition_has_bands_and_a_log_behind_its_label():
    root = drawn(runs.sharded())
    said = words(root)
    assert said.count("s1") > said.count("leads epoch 1") == 3
    assert {"Copy s1 e1", "Copy s2 e1", "hw 1, end 1", "hw 0, empty"} <= set(said)
    assert [one[0].text for one in of_class(root, "gone", "rect")] == ["removed: Entry(number=0, epoch=1)"]


def test_of_long_logs_of_partitions_the_beginning_is_shown():
    calls = ["n1: lead(node=n1, shard=s1", *["n1: write(node=n1, shard=s1"] * 8, "n1: commit(node=n1, shard=s1"]
    root = drawn(walk(Sharded, *calls, room=8))
    assert "… hw 8, end 8" in words(root)
    assert len(of_class(root, "added", "rect")) == 6


Hostile = Annotated[int, Domain("nodes", prefix="<script>alert(1)</script>\"'&]]>\x00節")]


class Hostiles(Model):
    nodes: Constant[int] = 2

    turns: Map[Hostile, Annotated[int, Range(0, 3)]]

    @action
    def turn(self, node: Hostile) -> None:
        self.turns[node] = (self.turns[node] + 1) % 4


def test_names_are_text():
    name = Hostile.__metadata__[0].prefix
    trace = walk(Hostiles, f"{name}1: turn(")
    trace = dataclasses.replace(trace, model='"><svg onload="x">', property_name="<b>")
    text = space_time.write(trace)
    assert "<script" not in text
    assert "<svg onload" not in text
    assert "\x00" not in text
    assert any("節" in one for one in words(ElementTree.fromstring(text)))


def test_of_many_processes_those_that_do_something_are_shown():
    root = drawn(walk(Hostiles, f"{Hostile.__metadata__[0].prefix}7: turn(", nodes=100))
    assert len(of_class(root, "head", "rect")) == 1
    assert "99 processes are not shown" in words(root)


def test_of_a_long_run_the_end_is_shown():
    name = Hostile.__metadata__[0].prefix
    trace = walk(Hostiles, *[f"{name}{number % 20 + 1}: turn(" for number in range(20)], nodes=20)
    steps = (trace.steps[0], *trace.steps[1:] * 500)
    root = drawn(dataclasses.replace(trace, steps=steps))
    assert len(of_class(root, "row")) == MAX_STEPS
    assert len(of_class(root, "head", "rect")) == MAX_LANES
    assert "states 1 to 9701 are not shown" in words(root)

"""`fencepost check --trace` writes a run that `fencepost replay` accepts, and refuses once it is changed."""

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def trace(run: Any, small: Any, tmp_path: Path) -> Path:
    file = tmp_path / "overrun.itf.json"
    done = run("check", small("Overrun"), "--set", "top=9", "--trace", file)
    assert done.code == 1
    return file


def changed(file: Path, change: Any) -> Path:
    found = json.loads(file.read_text())
    change(found)
    file.write_text(json.dumps(found))
    return file


def test_a_counterexample_is_replayed(run: Any, trace: Path) -> None:
    done = run("replay", trace)
    assert (done.code, done.err) == (0, "")
    assert "3 states, a run. It shows what it records: below_two (violated)." in done.out
    assert "at: 1 -> 2" in done.out
    assert len(run("replay", trace, "-q").out.splitlines()) == 1


def test_where_it_stops_being_a_run_is_said(run: Any, trace: Path) -> None:
    done = run("replay", changed(trace, lambda found: found["states"][2].update(at={"#bigint": "3"})))
    assert done.code == 1
    assert "Not a run: state 3 is not reached." in done.out
    assert "at: the trace has 3, the specification gives 2" in done.out


def test_a_run_without_the_violation_is_not_confirmed(run: Any, trace: Path) -> None:
    done = run("replay", changed(trace, lambda found: found["states"].pop()))
    assert done.code == 1
    assert "It does not show what it records: below_two (violated)." in done.out
    assert "below_two is true at its end" in done.out


def test_values_that_cannot_be_are_an_error_of_the_file(run: Any, trace: Path) -> None:
    done = run("replay", changed(trace, lambda found: found["states"][1].update(at={"#bigint": "77"})))
    assert (done.code, done.out) == (4, "")
    assert "states[1].at: 77 is outside 0..9" in done.err


def test_the_model_of_a_trace(run: Any, trace: Path, small: Any) -> None:
    assert run("replay", trace, "--model", small("Overrun")).code == 0
    done = run("replay", trace, "--model", small("Exchange"))
    assert done.code == 4 and "not a trace of" in done.err
    unknown = changed(trace, lambda found: found["#meta"].update({"x-model": "kip-999"}))
    assert "no specification named 'kip-999'" in run("replay", unknown).err
    anonymous = changed(trace, lambda found: found["#meta"].pop("x-model"))
    done = run("replay", anonymous)
    assert done.code == 4 and "--model" in done.err
    assert run("replay", anonymous, "--model", small("Overrun")).code == 0


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\x00\xff", b'{"vars": [], "states": [{}]}'], ids=repr)
def test_files_that_are_no_trace(run: Any, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "bad"
    file.write_bytes(content)
    done = run("replay", file)
    assert (done.code, done.out) == (4, "") and done.err.count("\n") <= 3


def test_a_trace_of_a_shipped_model_needs_no_model(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "t.itf.json"
    constants = ["--set", "replicas=2", "--set", "max_leader_epoch=2"]
    run("check", "kip-101", *constants, "--trace", file)
    done = run("replay", file)
    assert (done.code, done.err) == (0, "")
    assert "kip-101: " in done.out and "a run. It shows what it records" in done.out
    done = run("replay", file, "--model", "kip-279", "-q")
    assert "kip-101: " in done.out and "a run of kip-279. It shows what it records" in done.out


def test_a_property_that_is_checked_on_request_only(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "t.itf.json"
    constants = ["--set", "replicas=2", "--set", "log_size=1"]
    assert run("check", "kip-320", *constants, "--property", "leader_in_isr", "--trace", file).code == 1
    done = run("replay", file)
    assert (done.code, done.err) == (0, "")
    assert "leader_in_isr (violated)" in done.out
    unknown = changed(file, lambda found: found["#meta"].update({"x-property": "leader_in_sir"}))
    done = run("replay", unknown)
    assert done.code == 1 and "has no property leader_in_sir" in done.out


def test_an_error_in_a_specification_leaves_its_run(run: Any, small: Any, tmp_path: Path) -> None:
    file = tmp_path / "t.itf.json"
    assert run("check", small("OutOfBounds"), "--trace", file).code == 3
    done = run("replay", file)
    assert done.code == 0 and "4 states, a run. It records no property." in done.out


def test_without_a_violation_no_trace_is_written(run: Any, small: Any, tmp_path: Path) -> None:
    file = tmp_path / "t.itf.json"
    done = run("check", small("Counter"), "--trace", file)
    assert done.code == 0 and "was not written: there is no run to show" in done.err
    assert not file.exists()

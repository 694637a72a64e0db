"""`fencepost prove`: verdicts, exit codes, reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cli.conftest import Run
from fencepost.model import errors

SMALL = f"{Path(__file__).parents[1] / 'symbolic' / 'small.py'}"


def test_a_proof(run: Run, tmp_path: Path, validate: Callable[[Any], None]) -> None:
    done = run("prove", "two-phase-commit", "--induction", "--json", tmp_path / "report.json")
    assert done.code == errors.EXIT_AS_EXPECTED
    assert "Proved at every depth under these constants: consistent" in done.out
    report = json.loads((tmp_path / "report.json").read_text())
    validate(report)
    [found] = report["configurations"]
    assert (found["engine"], found["verdict"], found["complete"]) == ("z3", "holds", True)


def test_what_is_not_inductive(run: Run) -> None:
    done = run("prove", f"{SMALL}:Counters", "--induction")
    assert done.code == errors.EXIT_INCONCLUSIVE
    assert "below_four is not inductive: up breaks it" in done.out
    assert "may not be reachable" in done.out
    assert "false: self.count < 4" in done.out


def test_a_failing_step_is_stored_and_replayed(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "step.itf.json"
    done = run("prove", f"{SMALL}:Counters", "--induction", "--trace", file)
    assert done.code == errors.EXIT_INCONCLUSIVE
    done = run("replay", file)
    assert done.code == errors.EXIT_AS_EXPECTED
    assert "a run from a state that may be unreachable" in done.out
    assert "It shows what it records: below_four (not inductive)" in done.out
    assert "initial state" not in done.out
    assert "assumed state, maybe unreachable" in run("show", file).out
    # Without the mark it is what it is: not a run.
    mark, text = ', "x-assumed": "true"', file.read_text()
    assert text.count(mark) == 1
    file.write_text(text.replace(mark, ""))
    done = run("replay", file)
    assert done.code == errors.EXIT_NOT_AS_EXPECTED
    assert "it is not an initial state" in done.out
    # With it, the steps still have to be possible.
    file.write_text(text.replace('"#bigint": "4"', '"#bigint": "2"'))
    assert run("replay", file).code == errors.EXIT_NOT_AS_EXPECTED


def test_the_state_in_which_a_step_fails_is_stored(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "step.itf.json"
    run("prove", f"{SMALL}:Failing", "--induction", "--trace", file)
    done = run("replay", file)
    assert done.code == errors.EXIT_AS_EXPECTED
    assert "1 state, a run from a state that may be unreachable. It records no property." in done.out


def test_within_a_bound(run: Run, tmp_path: Path) -> None:
    done = run("prove", f"{SMALL}:Counters", "--bmc", 4)
    assert done.code == errors.EXIT_INCONCLUSIVE
    assert "Stopped: limit of 4 levels" in done.out
    assert "runs of 4 states" in done.err
    done = run("prove", f"{SMALL}:Counters", "--bmc", 9, "--trace", tmp_path / "run.itf.json")
    assert done.code == errors.EXIT_NOT_AS_EXPECTED
    assert "Shortest run, 5 states" in done.out
    assert run("replay", tmp_path / "run.itf.json").code == errors.EXIT_AS_EXPECTED


def test_an_error_in_the_specification(run: Run) -> None:
    for how in (("--bmc", 9), ("--induction",)):
        done = run("prove", f"{SMALL}:Failing", *how)
        expected = errors.EXIT_SPECIFICATION if how[0] == "--bmc" else errors.EXIT_INCONCLUSIVE
        assert done.code == expected
        assert "S301" in done.out + done.err


def test_what_says_nothing(run: Run) -> None:
    done = run("prove", f"{SMALL}:Vacuous", "--induction")
    assert done.code == errors.EXIT_NOT_AS_EXPECTED
    assert "premature is vacuous" in done.out
    assert "down is possible in no state" in done.out


def test_deadlocks_stay_open(run: Run) -> None:
    """Halting stops in its fourth state, and that is what it must not do."""
    halting = f"{SMALL}:Halting"
    for how, words in ((("--bmc", 6), "Deadlocks are not looked for."), (("--induction",), "Not proved: deadlock")):
        done = run("prove", halting, *how)
        assert done.code == errors.EXIT_INCONCLUSIVE
        assert words in done.out
        assert "deadlock is violated" not in done.out
    assert run("check", halting).code == errors.EXIT_NOT_AS_EXPECTED


def test_bad_usage(run: Run) -> None:
    for arguments in ([], ["--bmc", 3, "--induction"], ["--bmc", 0], ["--induction", "--k", 0]):
        done = run("prove", "two-phase-commit", *arguments)
        assert done.code == errors.EXIT_USAGE
        assert "error U106" in done.err

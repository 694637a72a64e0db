"""`fencepost simulate`: what it says, writes and exits with."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.test_interruptions import PATIENCE, interrupted, let_run, wait_for
from fencepost.checks import loading
from fencepost.traces.replay import replay

FEW = ("--walks", "200", "--swarm", "0")


@pytest.mark.parametrize(
    ("name", "code", "verdict", "words"),
    [
        ("Counter", 0, "inconclusive", "proves nothing about what they did not meet"),
        ("Overrun", 1, "violated", "below_two is violated"),
        ("Stuck", 1, "violated", "deadlock is violated"),
        ("Unseen", 2, "inconclusive", "past_the_top was not shown"),
        ("Vacuous", 0, "inconclusive", "past_the_top_is_even"),
        ("Impossible", 0, "inconclusive", "Never fired: down_from_beyond."),
        ("Bounded", 2, "inconclusive", "outside the constraints"),
        ("OutOfBounds", 3, "error", "The run that leads to the error, 4 states:"),
    ],
)
def test_every_way_to_end(
    run: Any, small: Any, tmp_path: Path, validate: Any, name: str, code: int, verdict: str, words: str
) -> None:
    file = tmp_path / "report.json"
    ran = run("simulate", small(name), *FEW, "--json", file)
    assert (ran.code, words in ran.out) == (code, True), ran.out + ran.err
    report = json.loads(file.read_text())
    validate(report)
    [one] = report["configurations"]
    assert (one["verdict"], one["exit_code"], one["engine"], one["complete"]) == (verdict, code, "walks", False)
    assert one["walks"]["seed"] == 0
    assert ("error S301" in ran.err) == (name == "OutOfBounds")


def test_a_violation_is_stored_and_replayed(run: Any, small: Any, tmp_path: Path) -> None:
    file = tmp_path / "trace.json"
    ran = run("simulate", small("TwoWays"), *FEW, "--trace", file)
    assert ran.code == 1
    trace, specification = loading.load_trace(str(file), None)
    assert replay(trace, specification).confirmed
    assert (trace.property_name, trace.states, trace.engine) == ("never_wrong", 2, "walks")
    assert run("replay", file).code == 0


def test_what_is_pinned_as_violated_is_expected(run: Any, tmp_path: Path) -> None:
    sizes = ("--set", "replicas=2", "--set", "log_size=2", "--set", "max_records=2")
    bug = ("simulate", "truncate-to-high-watermark", *sizes, "--set", "max_leader_epoch=1", "--swarm", "0")
    shown = run(*bug, "--walks", "20000")
    assert shown.code == 0, shown.out
    assert "violated; as expected: weak_isr is violated;" in shown.out
    missed = run(*bug, "--walks", "1")
    assert missed.code == 2, missed.out
    assert "weak_isr was not shown" in missed.out


def test_the_seed_says_which_walks(run: Any, small: Any) -> None:
    def walked(*options: str) -> str:
        ran = run(
            "simulate",
            small("Impossible"),
            "--set",
            "top=40",
            "--depth",
            "30",
            "--property",
            "never_negative",
            "--walks",
            "50",
            *options,
        )
        assert ran.code == 0, ran.out + ran.err
        lines = ran.out.splitlines()
        return "\n".join(lines[3:])

    assert walked() == walked("--seed", "0") == walked("--workers", "1")
    assert walked() != walked("--seed", "1")
    chosen = run(
        "simulate",
        small("Impossible"),
        "--set",
        "top=40",
        "--depth",
        "30",
        "--property",
        "never_negative",
        "--walks",
        "50",
        "--seed",
        "random",
    ).out
    seed = chosen.split("seed ")[1].split(";")[0]
    assert chosen.splitlines()[3:] == walked("--seed", seed).splitlines()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--depth", "0"), "depth is 0: it is a whole number from 1 to 1,000,000"),
        (("--walks", "0"), "walks is 0"),
        (("--max-steps", "0"), "steps is 0"),
        (("--max-seconds", "nan"), "seconds is nan"),
        (("--swarm", "101"), "swarm is 101"),
        (("--workers", "0"), "workers is 0"),
        (("--seed", "luck"), "--seed luck: not a seed"),
        (("--seed", str(1 << 64)), "seed is"),
        (("--weight", "up"), "--weight up: not of the form action=number"),
        (("--weight", "up=-1"), "--weight up=-1: not of the form action=number"),
        (("--weight", "up=0"), "every action has weight 0"),
        (("--weight", "up=9999"), "the weight of up is 9999"),
        (("--weight", "down=1"), "no action 'down'"),
        (("--property", "nothing"), "no property 'nothing'"),
        (("--set", "nothing=1"), "no constant 'nothing'"),
        (("--json", "one", "--trace", "one"), "--json and --trace both name one"),
    ],
)
def test_options_that_cannot_be(run: Any, small: Any, options: tuple[str, ...], words: str) -> None:
    ran = run("simulate", small("Counter"), *options)
    assert (ran.code, words in ran.err, ran.out) == (4, True, ""), ran.err
    assert len(ran.err.splitlines()) == 2  # with what to do next


def test_an_interruption_keeps_what_walks_met(start: Any, small: Any, tmp_path: Path, validate: Any) -> None:
    file = tmp_path / "report.json"
    start("simulate", small("Wide"), "--walks", "1").communicate(timeout=PATIENCE)
    process = start("simulate", small("Wide"), "--max-seconds", "600", "--json", file)
    wait_for(process, "Held constant")
    let_run(process, 1.5)
    code, out, _ = interrupted(process)
    assert code == 2 and "stopped: interrupted" in out
    report = json.loads(file.read_text())
    validate(report)
    walks = report["configurations"][0]["walks"]
    assert walks["steps"] > 1000 and walks["finished"] is False


def test_time_is_a_limit(run: Any, small: Any) -> None:
    ran = run("simulate", small("Wide"), "--max-seconds", "0.2", "--quiet")
    assert ran.code == 0  # and not in hours
    assert len(ran.out.splitlines()) == 1


def test_a_bound_that_is_reached_leaves_it_open(run: Any) -> None:
    """S311: a collection whose size a constant sets."""
    ran = run("simulate", "raft", "--set", "max_in_flight=1", "--walks", "100")
    assert ran.code == 2, ran.out
    assert "S311" in ran.err and "The run that reaches the bound" in ran.out

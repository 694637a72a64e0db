"""`fencepost explain`: options, exit codes, files, interruptions."""

import json
from pathlib import Path
from typing import Any

import pytest

from fencepost.checks.catalogue import names

CLUSTER = f"{Path(__file__).parents[1] / 'explain' / 'cluster.py'}:Cluster"
ONE = ("--rf", "2", "--min-isr", "1", "--acks", "1", "--no-unclean", "--failures", "1", "--workers", "1")


def test_a_table_that_is_complete_exits_with_0(run: Any) -> None:
    done = run("explain", CLUSTER, *ONE)
    assert done.code == 0
    assert "2                   1                    1     off               lost after 1 process crash" in done.out
    assert "\n[1] 1 process crash (4 states): replication factor 2, min.insync.replicas 1, acks=1" in done.out


def test_a_limit_exits_with_2(run: Any) -> None:
    done = run("explain", CLUSTER, *ONE, "--max-states", "2")
    assert done.code == 2
    assert "limit of 2 states" in done.out
    assert "not lost" not in done.out.split('"lost after"')[0]


@pytest.mark.parametrize("name", ["text", "markdown", "json", "html"])
def test_every_format_can_be_a_file(run: Any, tmp_path: Path, name: str) -> None:
    file = tmp_path / "found"
    done = run("explain", CLUSTER, *ONE, "--format", name, "-o", file)
    assert (done.code, done.out, done.err) == (0, f"{file} is written.\n", "")
    start = {"text": "What ", "markdown": "# What ", "json": "{\n", "html": "<!doctype html>\n"}[name]
    assert file.read_text(encoding="utf-8").startswith(start)


def test_constants_and_switches_reach_the_searches(run: Any) -> None:
    done = run("explain", CLUSTER, *ONE, "--records", "2", "--set", "brokers=3", "--no-elr", "--format", "json")
    found = json.loads(done.out)
    assert (found["constants"]["records"], found["constants"]["brokers"]) == (2, 3)
    [cell] = found["cells"]
    assert cell["configuration"] == {
        "replication_factor": 2,
        "min_insync_replicas": 1,
        "acks": "1",
        "unclean_leader_election": False,
        "eligible_leader_replicas": False,
    }
    assert found["counterexamples"][0]["constants"]["records"] == 2


def test_what_is_impossible_is_left_out_with_a_word(run: Any) -> None:
    done = run("explain", CLUSTER, *ONE, "--min-isr", "1,3")
    assert done.code == 0
    assert "Left out, since more replicas would have to be in sync than there are: 3 of 2." in done.out


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--rf", "2", "--min-isr", "3"), "--min-isr 3 with --rf 2: more replicas would have to be in sync"),
        (("--rf", "two"), "--rf two: not a number from 1"),
        (("--min-isr", "0"), "--min-isr 0: not a number from 1"),
        (("--rf", ","), "--rf: no value"),
        (("--acks", "all,2"), "--acks 2: no such acknowledgement"),
        (("--format", "pdf"), "there is no format 'pdf'"),
        (("--max-seconds", "0"), "--max-seconds 0: not a number above 0"),
        (("--set", "acks=1"), "--set acks: the table sets it"),
        (("--set", "max_crashes=1"), "--set max_crashes: the table sets it"),
        (("--set", "colour=1"), "Cluster has no constant 'colour'"),
        (("--set", "brokers=1"), "replication_factor = 2 is outside 1..1"),
        (("-o", "/nowhere/at/all.html"), "/nowhere/at/all.html: No such file"),
    ],
)
def test_mistakes(run: Any, complained: Any, options: tuple[str, ...], said: str) -> None:
    complained(run("explain", CLUSTER, *options), said)


def test_another_specification(run: Any, complained: Any) -> None:
    complained(run("explain", "two-phase-commit"), "no constant", "the constants of kafka")


def test_an_interruption_keeps_what_is_computed(start: Any, tmp_path: Path) -> None:
    """It comes when the second configuration is to be searched."""
    file = tmp_path / "found.json"
    source = Path(CLUSTER.removesuffix(":Cluster")).read_text()
    slow = tmp_path / "slow.py"
    slow.write_text(
        source
        + "\n\nimport os, signal\n\nfrom fencepost.checks.explain import kernel\n\nsearch = kernel.Kernel.search\n\n\n"
        "def interrupted(self, question, *arguments):\n"
        "    if question.setting.unclean_leader_election:\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    return search(self, question, *arguments)\n\n\n"
        "kernel.Kernel.search = interrupted\n"
    )
    process = start("explain", f"{slow}:Cluster", "--rf", "2", "--acks", "1", "--format", "json", "-o", file)
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (2, "")
    verdicts = [cell["verdict"] for cell in json.loads(file.read_text())["cells"]]
    assert verdicts[0] == "lost" and set(verdicts[1:]) <= {"open", "not computed"}


def test_kafka_is_what_is_explained() -> None:
    assert "kafka" in names()

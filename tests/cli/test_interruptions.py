"""Ctrl-C at any moment: no stack trace, exit code 2, and a report that keeps what was found."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from fencepost.checks.cli import Interrupts
from fencepost.checks.loading import find
from fencepost.checks.symbolic.induction import Induction
from fencepost.checks.symbolic.proof import Prover
from fencepost.model import Specification

SLOW = """
import time
from typing import Annotated
from fencepost.model import Model, Range, action, require

print("importing", flush=True)
time.sleep(30)
"""


#: Far more seconds than anything here takes on a machine that has much else to do.
PATIENCE = 300


def interrupted(process: Any, number: signal.Signals = signal.SIGINT) -> tuple[int, str, str]:
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in out + err, out + err
    return process.returncode, out, err


def wait_for(process: Any, text: str) -> None:
    while text not in process.stdout.readline():
        assert process.poll() is None


def let_run(process: Any, seconds: float) -> None:
    """Waits until a process has had so many more seconds of a processor, where the system says how many it had."""
    file = Path(f"/proc/{process.pid}/stat")
    if not file.exists():
        time.sleep(2 * seconds)
        return

    def used() -> float:
        fields = file.read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    enough = used() + seconds
    while used() < enough:
        assert process.poll() is None
        time.sleep(0.05)


@pytest.mark.parametrize("engine", ["python", "native"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_search_keeps_what_it_found(
    start: Any, small: Any, tmp_path: Path, validate: Any, engine: str, number: signal.Signals
) -> None:
    file = tmp_path / "report.json"
    # Compiled beforehand, so that the interruption comes while states are searched.
    start("check", small("Wide"), "--engine", engine, "--max-depth", "2").communicate(timeout=PATIENCE)
    process = start("check", small("Wide"), small("Counter"), "--engine", engine, "--json", file)
    wait_for(process, "----")
    let_run(process, 3.0)
    code, out, _ = interrupted(process, number)
    assert code == 2
    report = json.loads(file.read_text())
    validate(report)
    wide, counter = report["configurations"]
    assert (wide["verdict"], wide["stopped"], wide["exit_code"]) == ("inconclusive", "interrupted", 2)
    assert wide["distinct"] > 100 and wide["depth"] > 1
    assert (counter["verdict"], counter["stopped"], counter["distinct"]) == ("inconclusive", "interrupted", 0)
    assert "Stopped: interrupted." in out and "2 inconclusive" in out


@pytest.mark.parametrize("whole_group", [False, True])
def test_an_interrupted_proof_keeps_what_it_proved(
    start: Any, tmp_path: Path, validate: Any, whole_group: bool
) -> None:
    """A terminal sends Ctrl-C to the processes that ask Z3 as well."""
    file = tmp_path / "report.json"
    process = start("prove", "raft-proof", "--induction", "--workers", "2", "--json", file, start_new_session=True)
    wait_for(process, " proved ")
    if whole_group:
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
        code = process.returncode
    else:
        code, out, err = interrupted(process)
    assert "Traceback" not in out + err
    assert code == 2
    assert "Not proved: " in out and "(interrupted)" in out
    report = json.loads(file.read_text())
    validate(report)
    [found] = report["configurations"]
    assert (found["verdict"], found["stopped"]) == ("inconclusive", "interrupted")
    induction = found["details"]["induction"]
    assert any(step["verdict"] == "proved" for step in induction["steps"])
    assert induction["open"]
    assert not any(prop["verdict"] == "holds" for prop in found["properties"])


def test_a_proof_is_interrupted_while_it_is_translated() -> None:
    specification = Specification(find("two-phase-commit").model, helpers=True)
    proof = Prover(Induction(specification), interrupted=lambda: True).run()
    assert (proof.stopped, len(proof.open), proof.answers) == ("interrupted", 1, [])
    assert not proof.proved()


def test_a_result_is_completed_before_an_interruption_counts() -> None:
    """Unless it is meant: the second one counts at once."""
    with Interrupts() as interrupts:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        interrupts.requested = False
        with interrupts.deferred():
            signal.raise_signal(signal.SIGTERM)
            assert interrupts.requested
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
        interrupts.requested = False
        with interrupts.handed_over():
            assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interruption_while_a_file_is_imported(start: Any, tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    process = start("check", tmp_path / "slow.py")
    wait_for(process, "importing")
    code, _, err = interrupted(process)
    assert code == 2
    assert err == "interrupted\n"


@pytest.mark.parametrize("delay", [0.12, 0.18, 0.25, 0.35, 0.5])
def test_an_early_interruption_is_not_a_stack_trace(start: Any, small: Any, tmp_path: Path, delay: float) -> None:
    """From the moment the command line is in charge; before that it is the Python interpreter."""
    process = start("check", small("Wide"), "--json", tmp_path / "report.json")
    time.sleep(delay)
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    starting = "Fatal Python error" in err or ("KeyboardInterrupt" in err and "in main" not in err)
    if process.returncode == -signal.SIGINT or starting:
        pytest.skip("the interpreter itself was still starting")
    assert "Traceback" not in out + err, out + err
    assert process.returncode == 2


def test_a_second_interruption_ends_at_once(start: Any, small: Any) -> None:
    process = start("check", small("Wide"), "--engine", "python")
    wait_for(process, "----")
    let_run(process, 1.0)
    process.send_signal(signal.SIGINT)
    time.sleep(0.02)
    code, _, _ = interrupted(process)
    assert code == 2


def test_an_output_that_is_full_is_a_line_on_stderr(start: Any, small: Any) -> None:
    with open("/dev/full", "w") as full:
        process = start("check", small("Counter"), stdout=full)
    err = process.stderr.read()
    assert (process.wait(timeout=PATIENCE), err) == (0, "standard output: No space left on device\n")


def test_a_reader_that_goes_away_is_no_error(start: Any) -> None:
    process = start("list", "-v")
    process.stdout.close()
    err = process.stderr.read()
    assert (process.wait(timeout=PATIENCE), err) == (0, "")

"""Scenario: steps by name. And the tests that `fencepost check --save-test` writes with it."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from fencepost.checks import Scenario, check
from fencepost.checks.cli import main
from fencepost.model import errors
from fencepost.model.errors import UnknownAction
from plugin.conftest import ELECTION, GUARD, VOTE

STEPS = [("s1", "s1"), ("s1", "s2"), ("s2", "s1"), ("s2", "s2")]


def loaded(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def election(tmp_path: Path) -> Callable[[str], str]:
    """Writes an election to a file of its own and names it."""

    def written(text: str) -> str:
        file = tmp_path / f"election_{len(list(tmp_path.iterdir()))}.py"
        file.write_text(text)
        return f"{file}:Election"

    return written


def voted(name: str) -> Scenario:
    run = Scenario(name)
    for voter, candidate in STEPS:
        run.step("vote", voter=voter, candidate=candidate)
    return run


def test_a_run_that_violates_a_property(election: Any) -> None:
    run = voted(election(ELECTION))
    assert len(run.steps) == 5 and not run.ended
    run.assert_shown("one_leader")
    with pytest.raises(AssertionError, match="one_leader is violated in state 5\n  false: len"):
        run.assert_prevented("one_leader")
    run.assert_shown("a_leader")
    with pytest.raises(errors.UnknownProperty, match="one_lader"):
        run.assert_prevented("one_lader")
    with pytest.raises(AssertionError, match="does not show deadlock: vote"):
        run.assert_shown("deadlock")


def test_a_run_that_a_guard_prevents(election: Any) -> None:
    run = voted(election(ELECTION.replace(VOTE, GUARD + VOTE)))
    assert run.ended == "vote(voter=s1, candidate=s2) is not possible in state 2"
    run.assert_prevented("one_leader")
    with pytest.raises(AssertionError, match="not possible any more: vote"):
        run.assert_shown("one_leader")


def test_a_run_of_a_shipped_specification_is_the_one_that_a_search_finds(tmp_path: Path) -> None:
    file = tmp_path / "test_lost.py"
    name, constants = "truncate-to-high-watermark", ["--set", "replicas=2"]
    found = check(name, {"replicas": 2}, engine="python").trace("weak_isr")
    command = ["check", name, *constants, "--property", "weak_isr", "--engine", "python", "-q"]
    assert main([*command, "--save-test", str(file)]) == 0
    source = file.read_text()
    assert 'run.step("controller_shrink_isr", broker="b2")\n' in source
    assert 'run.assert_shown("weak_isr")\n' in source, "the catalogue expects it"
    module = loaded(file)
    module.test_weak_isr()
    runs: list[Scenario] = []

    def recorded(*arguments: Any, **more: Any) -> Scenario:
        runs.append(Scenario(*arguments, **more))
        return runs[-1]

    vars(module)["Scenario"] = recorded
    module.test_weak_isr()
    assert found is not None
    assert tuple(runs[0].steps) == found.steps


def test_a_saved_test_fails_until_the_specification_is_right(
    election: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = election(ELECTION)
    folder = tmp_path / 'with "quotes" and {braces}'
    folder.mkdir()
    file = folder / "test_saved.py"
    assert main(["check", name, "--engine", "python", "-q", "--save-test", str(file)]) == 1
    monkeypatch.chdir(folder)
    with pytest.raises(AssertionError, match="one_leader is violated in state 5"):
        loaded(file).test_one_leader()
    right = election(ELECTION.replace(VOTE, GUARD + VOTE))
    file.write_text(file.read_text().replace(Path(name).stem, Path(right).stem))
    loaded(file).test_one_leader()
    renamed = election(ELECTION.replace("def vote", "def elect"))
    file.write_text(file.read_text().replace(Path(right).stem, Path(renamed).stem))
    with pytest.raises(UnknownAction):
        loaded(file).test_one_leader()


def test_choices_and_initialisers(tmp_path: Path) -> None:
    file = tmp_path / "choosing.py"
    file.write_text("""
from typing import Annotated
from fencepost.model import Model, Range, action, choose, init, invariant, require

class Choosing(Model):
    n: Annotated[int, Range(0, 9)]
    odd: bool

    @init
    def anywhere(self, odd: bool) -> None:
        self.odd = odd
        n = choose(range(2))
        self.n = n

    @action
    def jump(self, back: bool) -> None:
        require(not back)
        n = choose(range(10))
        self.n = n

    @invariant
    def below_nine(self) -> bool:
        return self.n < 9 or not self.odd
""")
    saved = tmp_path / "test_choosing.py"
    assert main(["check", str(file), "--engine", "python", "-q", "--save-test", str(saved)]) == 1
    assert 'run.step("jump", back="False", choosing=("9",))\n' in saved.read_text()
    assert 'run.start("anywhere", odd="True", choosing=("0",))\n' in saved.read_text()
    with pytest.raises(AssertionError, match="below_nine is violated in state 2"):
        loaded(saved).test_below_nine()
    run = Scenario(f"{file}:Choosing")
    run.start("anywhere", odd=False, choosing=("1",))
    run.step("jump", back=False, choosing=("9",))
    assert run.steps[-1].state.n == 9
    run.assert_prevented("below_nine")


def test_nothing_is_saved_when_nothing_is_violated(
    election: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "test_saved.py"
    right = election(ELECTION.replace(VOTE, GUARD + VOTE))
    assert main(["check", right, "--engine", "python", "-q", "--save-test", str(file)]) == 0
    assert "was not written: no property is violated" in capsys.readouterr().err
    assert not file.exists()

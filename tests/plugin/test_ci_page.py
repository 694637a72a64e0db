"""docs/ci.md: its examples run, and its commands and keys are those there are."""

import re
from pathlib import Path
from typing import Any

import pytest

from fencepost.checks import settings
from fencepost.checks.cli import main

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
SPECIFICATION = re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)[0]


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)


def test_the_tests_of_the_page(project: Any) -> None:
    project.specify(SPECIFICATION)
    [tests] = blocks("python")
    (project.folder / "test_election.py").write_text(tests)
    done = project.run()
    done.assert_outcomes(passed=7, failed=1)
    [failure] = blocks("text")
    assert failure in "\n".join(done.outlines)


def test_the_saved_test_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "election.py").write_text(SPECIFICATION)
    assert main(["check", "election.py", "--engine", "python", "-q", "--save-test", "test_one_leader.py"]) == 1
    [saved] = (text for text in blocks("") if "def test_one_leader" in text)
    assert saved in (tmp_path / "test_one_leader.py").read_text()


def test_the_commands_and_the_table_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    (tmp_path / "election.py").write_text(SPECIFICATION)
    [table] = blocks("toml")
    (tmp_path / "pyproject.toml").write_text(table.replace('max-memory = "4G"\n', ""))
    commands = re.findall(r"(?:- run: |    - )fencepost (check .*)$", PAGE, re.MULTILINE)
    assert len(commands) == 2
    for command in commands:
        assert main([*command.split(), "--engine", "python", "-q"]) == 0
        assert all((tmp_path / name).exists() for name in re.findall(r"fencepost\.\w+", command))
    (tmp_path / "pyproject.toml").write_text(table)
    project = settings.load(tmp_path)
    assert project is not None and project.checks[1].search["max-memory"] == 4 << 30


def test_all_keys_are_on_the_page() -> None:
    rows = "".join(re.findall(r"^\| `.*$", PAGE, re.MULTILINE))
    keys = {*settings._SEARCH, *settings._OF_A_CHECK}
    assert {name for name in re.findall(r"`([\w-]+)`", rows) if name not in ("model_check",)} == keys

"""`fencepost check` in a folder whose pyproject.toml says what to check."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import SPECS, Run

Write = Callable[[str], None]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a pyproject.toml into the working folder, beside the small specifications."""
    shutil.copy(SPECS, tmp_path / "small.py")
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> None:
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")

    return write


CHECKS = """
[tool.fencepost]
engine = "python"
max-states = 1000

[[tool.fencepost.check]]
name = "small.py:Counter"
constants = { top = 5 }

[[tool.fencepost.check]]
name = "small.py:Everything"
max-states = 50
view = true

[tool.fencepost.check.expect]
below_two = "violated"
steps_start_low = "violated"
past_the_top_is_even = "vacuous"
down_from_beyond = "unreachable"

[[tool.fencepost.check]]
name = "small.py:Overrun"
properties = ["never_negative"]

[[tool.fencepost.check]]
name = "id-sequence"
tier = "full"
"""


def test_the_table_says_what_is_checked_and_what_is_expected(project: Write, check: Run) -> None:
    project(CHECKS)
    done = check()
    assert done.code == 0
    assert done.report is not None
    counter, everything, overrun = done.report["configurations"]
    assert (counter["constants"], counter["limits"]["states"], counter["engine"]) == ({"top": 5}, 1000, "python")
    assert (everything["verdict"], everything["as_expected"]) == ("violated", True)
    assert (everything["limits"]["states"], everything["view"]) == (50, {"without": ["wrong"]})
    assert overrun["selected"] == ["never_negative"]


def test_the_command_line_has_the_last_word(project: Write, check: Run) -> None:
    project(CHECKS)
    done = check("--max-states", "3", "--tier", "full", "--no-view")
    assert done.code == 2
    assert done.report is not None
    found = done.report["configurations"]
    assert {one["limits"]["states"] for one in found} == {3}
    assert "id-sequence" in [one["name"] for one in found]
    assert not any(one["view"] for one in found)


def test_names_leave_the_table_aside(project: Write, check: Run) -> None:
    project(CHECKS)
    assert check("small.py:Counter", "--engine", "python").configuration["constants"] == {"top": 3}


@pytest.mark.parametrize(("expect", "code"), [("holds", 1), ("violated", 0), ("vacuous", 1)])
def test_an_expectation_that_is_not_met(project: Write, run: Run, expect: str, code: int) -> None:
    project(
        '[tool.fencepost]\nengine = "python"\n[[tool.fencepost.check]]\nname = "small.py:Overrun"\n'
        f'properties = ["below_two"]\nexpect = {{ below_two = "{expect}" }}\n'
    )
    assert run("check", "-q").code == code


def test_other_tables_mean_the_catalogue(project: Write, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from fencepost.checks import catalogue

    monkeypatch.setattr(catalogue, "names", lambda: ["id-sequence"])
    project("[tool.other]\nx = 1\n")
    assert "id-sequence" in run("check", "--engine", "python").out


def test_only_full_checks_need_the_tier(project: Write, run: Run, complained: Any) -> None:
    project('[[tool.fencepost.check]]\nname = "small.py:Counter"\ntier = "full"\n')
    complained(run("check"), "error U106", "quick tier", "--tier full")

"""What the README shows is what the program prints, and its specification is a real one."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
CONSOLE = [text for kind, text in BLOCKS if kind == "console"]


def steady(text: str) -> list[str]:
    """Lines without what differs from run to run: times and rates."""
    lines = []
    for line in text.strip().splitlines():
        lines.append(re.sub(r"\s+\d[\d.]* (?:s|ms|min)\b.*$", " TIME", line).rstrip())
    return lines


@pytest.fixture
def folder(tmp_path):
    (specification,) = [text for kind, text in BLOCKS if kind == "python"]
    (tmp_path / "lock.py").write_text(specification)
    return tmp_path


@pytest.mark.parametrize("block", CONSOLE, ids=[block.split("\n")[0] for block in CONSOLE])
def test_console(block, folder):
    command, expected = block.removeprefix("$ fencepost ").split("\n", 1)
    run = subprocess.run(
        [sys.executable, "-m", "fencepost.checks", *command.split()],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert steady(run.stdout) == steady(expected), run.stderr


def test_both_examples_are_there():
    assert len(CONSOLE) == 2

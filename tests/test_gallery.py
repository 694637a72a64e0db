"""The pictures of the gallery are what the commands under them draw."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "gallery.md").read_text()
COMMANDS = [block for block in re.findall(r"^```\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE) if "-o" in block]
PICTURES = [block for block in COMMANDS if "--format svg" in block]


@pytest.mark.parametrize("block", PICTURES, ids=[block.split()[-1] for block in PICTURES])
def test_picture(block, tmp_path):
    """Written anew with FENCEPOST_GOLDEN=write: look at what changed."""
    for command in block.splitlines():
        words = [sys.executable, "-m", "fencepost.checks", *command.split()[1:]]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    name = block.split()[-1]
    drawn, kept = (tmp_path / name).read_text(), DOCS / "gallery" / name
    if os.environ.get("FENCEPOST_GOLDEN") == "write":
        kept.write_text(drawn)
    assert drawn == kept.read_text()


def test_every_picture_is_on_the_page():
    named = set(re.findall(r"\(gallery/([^)]+)\)", PAGE))
    assert named == {file.name for file in (DOCS / "gallery").iterdir()}
    assert {block.split()[-1] for block in PICTURES} == {name for name in named if name.endswith(".svg")}

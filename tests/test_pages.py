"""What the pages show is what the program prints, and their specifications are real.

The Python blocks of a page are one file, which its console blocks check. A line `...` stands for any number of lines.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from fencepost.checks import catalogue, check, loading
from fencepost.model import Specification

TOP = Path(__file__).parent.parent
#: Every page with console output, the name of its specification, and how many commands it shows.
PAGES = {
    "README.md": ("election.py", 2),
    "docs/engines.md": ("none.py", 1),
    "docs/faults.md": ("faults.py", 7),
    "docs/kraft-combined.md": ("none.py", 1),
    "docs/promises.md": ("none.py", 1),
    "docs/proofs.md": ("none.py", 2),
    "docs/randomised.md": ("test_sizes.py", 2),
    "docs/traces.md": ("none.py", 8),
}
#: Files that are there when the commands of a page are run.
FILES = {"docs/traces.md": {"lost.itf.json": "tests/traces/golden/truncate-weak-isr.itf.json"}}


def blocks(page: str, kind: str) -> list[str]:
    found = re.findall(r"^```(\w*)\n(.*?)^```$", (TOP / page).read_text(), re.DOTALL | re.MULTILINE)
    return [text for language, text in found if language == kind]


def steady(text: str) -> str:
    """The text without what differs from run to run: times and rates."""
    lines = (re.sub(r"\s+\d[\d.]* (?:s|ms|min)\b.*$", " TIME", line).rstrip() for line in text.strip().splitlines())
    return "\n".join(lines)


def shown(expected: str) -> re.Pattern[str]:
    parts = re.split(r"^\.\.\.$", steady(expected), flags=re.MULTILINE)
    return re.compile(".*".join(map(re.escape, parts)), re.DOTALL)


COMMANDS = [(page, block) for page in PAGES for block in blocks(page, "console")]


@pytest.mark.parametrize(("page", "block"), COMMANDS, ids=[block.split("\n")[0] for _, block in COMMANDS])
def test_console(page, block, tmp_path):
    (tmp_path / PAGES[page][0]).write_text("\n\n".join(blocks(page, "python")))
    for name, file in FILES.get(page, {}).items():
        (tmp_path / name).write_bytes((TOP / file).read_bytes())
    command, expected = block.removeprefix("$ fencepost ").split("\n", 1)
    run = subprocess.run(
        [sys.executable, "-m", "fencepost.checks", *command.split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown(expected).fullmatch(steady(run.stdout)), run.stdout + run.stderr


@pytest.mark.parametrize("page", PAGES)
def test_all_examples_are_there(page):
    assert len(blocks(page, "console")) == PAGES[page][1]


def test_the_diagram_of_the_traces():
    (diagram,) = blocks("docs/traces.md", "mermaid")
    assert diagram == (TOP / "tests/traces/golden/truncate-weak-isr.mmd").read_text(encoding="utf-8")


def test_the_fix_in_the_readme(tmp_path):
    (specification,) = blocks("README.md", "python")
    (fix,) = (text for text in blocks("README.md", "") if "require(" in text)
    head, body = re.split(r"(?<=-> None:\n)", specification, maxsplit=1)
    file = tmp_path / "election.py"
    file.write_text(head.replace("invariant\n", "invariant, require\n", 1) + fix + body)
    assert check(f"{file}:Election").verdict == "holds"


def test_properties_by_their_short_names():
    """All properties on the page are real, and those of the production model are all there."""
    told = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", (TOP / "docs/properties.md").read_text()))
    models = {name: loading.find(name).model for name in catalogue.names()}
    assert told <= {name for model in models.values() for name in dir(model)}
    assert {prop.name for prop in Specification(models["kafka"]).properties} <= told


def test_random_walks_in_a_test_file(pytester):
    # Two tests of the part on Hypothesis are to fail, which tests/randomised looks at.
    pytester.makepyfile("\n\n".join(blocks("docs/randomised.md", "python")))
    run = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    run.assert_outcomes(passed=3, failed=2)
    assert all("Test" in line for line in run.outlines if line.startswith("FAILED"))

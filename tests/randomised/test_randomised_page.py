"""The part of docs/randomised.md on Hypothesis: its Python is a test file, which fails as the page says."""

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "randomised.md").read_text(encoding="utf-8")
PART = PAGE.partition("\n## Hypothesis\n")[2].partition("\n## ")[0]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PART, re.DOTALL | re.MULTILINE)


def test_the_page(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.setenv("CI", "true")  # nothing is shortened
    pytester.makepyfile(test_election="\n\n".join(blocks("python")))
    run = pytester.runpytest_subprocess("-q", "-p", "no:cacheprovider", "--hypothesis-seed=0", timeout=120)
    run.assert_outcomes(passed=2, failed=2)
    said = "\n".join(
        re.sub(r"^E +(?:fencepost\.checks\.hypothesis\.Violated_\w+: )?", "", line) for line in run.outlines
    )
    shown = blocks("text")[0].rstrip("\n")
    for part in re.split(r"^\.\.\.\n", shown, flags=re.MULTILINE):
        wanted = "\n".join(line.strip() for line in part.strip("\n").splitlines())
        assert wanted in said, said
    assert list(Path("fencepost-results").iterdir())


def test_the_measure_is_there() -> None:
    assert (Path(__file__).parents[2] / blocks("text")[1].split()[1]).is_file()

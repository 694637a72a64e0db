"""U109: files that cannot be written."""

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize("option", ["--json", "--trace"])
def test_a_file_that_cannot_be_written_is_found_before_the_search(
    run: Any, complained: Any, small: Any, tmp_path: Path, option: str
) -> None:
    done = run("check", small("Wide"), option, tmp_path / "nowhere" / "file.json")
    complained(done, "nowhere/file.json: No such file or directory", "folder that exists")
    assert done.out == ""
    complained(run("check", small("Wide"), option, tmp_path), "Is a directory")
    good = tmp_path / "good.json"
    complained(run("check", "nobody", option, good), "nobody")
    assert not good.exists()


def test_a_file_that_cannot_be_written_in_the_end(run: Any, complained: Any, small: Any) -> None:
    done = run("check", small("Counter"), "--json", "/dev/full")
    complained(done, "/dev/full: No space left on device")
    assert "1 configuration: 1 holds" in done.out


def test_an_old_report_is_replaced_whole(run: Any, small: Any, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text("x" * 1_000_000)
    assert run("check", small("Counter"), "--json", file).code == 0
    assert json.loads(file.read_text())["version"] == 3
    assert list(tmp_path.iterdir()) == [file]

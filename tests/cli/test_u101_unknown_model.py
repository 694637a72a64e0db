"""U101: names of specifications, files, modules and classes that do not exist."""

import json
from pathlib import Path
from typing import Any

import pytest


def test_names_that_nobody_has(run: Any, complained: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    complained(run("check", "kip-302"), "no specification named 'kip-302'", "did you mean kip-320?")
    complained(run("show", "kip-302"), "did you mean kip-320?")
    complained(run("check", "nowhere.models:Mine"), "no module named 'nowhere'", "nowhere/models.py:Class")
    complained(run("check", "nowhere/models.py:Mine"), "nowhere/models.py: no such file")
    (tmp_path / "model.py").write_text("")
    complained(run("check", tmp_path / "models.py"), "no such file", "did you mean model.py?")
    monkeypatch.chdir(tmp_path)
    complained(run("check", "model"), "for the file write model.py")


def test_the_only_class_of_a_file_needs_no_name(run: Any, tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(
        "from fencepost.model import Model, action\nfrom helper import Base\n\n\nclass Flag(Base):\n"
        "    up: bool\n\n    @action\n    def flip(self) -> None:\n        self.up = not self.up\n"
    )
    (tmp_path / "helper.py").write_text("from fencepost.model import Model\n\n\nclass Base(Model):\n    pass\n")
    done = run("check", tmp_path / "one.py", "--engine", "python")
    assert (done.code, done.err) == (0, "")
    assert f"{tmp_path}/one.py:Flag" in done.out


def test_a_module_of_the_current_folder_can_be_named(
    run: Any, complained: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "protocols_of_mine"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "flag.py").write_text(
        "from fencepost.model import Model, action\nfrom . import __name__ as package\n\n\nclass Flag(Model):\n"
        "    up: bool\n\n    @action\n    def flip(self) -> None:\n        self.up = not self.up\n"
    )
    monkeypatch.chdir(tmp_path)
    complained(run("check", "protocols_of_mine/flag.py"), "relative import", "package.module:Class")
    assert run("check", "protocols_of_mine.flag:Flag", "-q", "--engine", "python").code == 0


def test_files_that_share_a_name_are_different_modules(run: Any, tmp_path: Path) -> None:
    for folder, values in (("a", 2), ("b", 3)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "json.py").write_text(
            "from typing import Annotated\nfrom fencepost.model import Model, Range, action\n\n\nclass Only(Model):\n"
            f"    at: Annotated[int, Range(0, {values - 1})]\n\n    @action\n    def turn(self) -> None:\n"
            f"        self.at = (self.at + 1) % {values}\n"
        )
        done = run("check", tmp_path / folder / "json.py", "--engine", "python", "-q", "--json", tmp_path / "r.json")
        assert done.code == 0
        assert json.loads((tmp_path / "r.json").read_text())["configurations"][0]["distinct"] == values

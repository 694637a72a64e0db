"""Mistakes on the command line and in files: a few lines on stderr that say what to do, and the right exit code."""

import json
from pathlib import Path
from typing import Any

import pytest

USAGE, SPECIFICATION = 4, 3
MOST_LINES = 6


def complained(done: Any, code: int, *parts: str) -> None:
    assert done.code == code, done
    assert 0 < done.err.count("\n") <= MOST_LINES, done.err
    for part in parts:
        assert part in done.err, done.err


def test_names_that_nobody_has(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    complained(run("check", "kip-302"), USAGE, "no specification named 'kip-302'", "did you mean kip-320?")
    complained(run("show", "kip-302"), USAGE, "did you mean kip-320?")
    complained(run("check", "nowhere.models:Mine"), USAGE, "no module named 'nowhere'", "nowhere/models.py:Class")
    complained(run("check", "nowhere/models.py:Mine"), USAGE, "nowhere/models.py: no such file")
    (tmp_path / "model.py").write_text("")
    complained(run("check", tmp_path / "models.py"), USAGE, "no such file", "did you mean model.py?")
    monkeypatch.chdir(tmp_path)
    complained(run("check", "model"), USAGE, "for the file write model.py")


def test_classes_that_a_file_does_not_have(run: Any, small: Any, tmp_path: Path) -> None:
    complained(run("check", small("Contour")), USAGE, "has no class 'Contour'", "did you mean Counter?")
    complained(run("check", small("Annotated")), USAGE, "Annotated in", "is not a specification", "subclass of")
    complained(
        run("check", small("Counter").partition(":")[0]),
        USAGE,
        "defines 14 specifications",
        "small.py:Counter, or with Overrun, Vacuous",
    )
    (tmp_path / "empty.py").write_text("from fencepost.model import Model\n")
    complained(run("check", tmp_path / "empty.py"), USAGE, "defines no specification")


def test_the_only_class_of_a_file_needs_no_name(run: Any, tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(
        "from fencepost.model import Model, action\nfrom helper import Base\n\n\nclass Flag(Base):\n"
        "    up: bool\n\n    @action\n    def flip(self) -> None:\n        self.up = not self.up\n"
    )
    (tmp_path / "helper.py").write_text("from fencepost.model import Model\n\n\nclass Base(Model):\n    pass\n")
    done = run("check", tmp_path / "one.py", "--engine", "python")
    assert (done.code, done.err) == (0, "")
    assert f"{tmp_path}/one.py:Flag" in done.out


def test_a_module_of_the_current_folder_can_be_named(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "protocols_of_mine"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "flag.py").write_text(
        "from fencepost.model import Model, action\nfrom . import __name__ as package\n\n\nclass Flag(Model):\n"
        "    up: bool\n\n    @action\n    def flip(self) -> None:\n        self.up = not self.up\n"
    )
    monkeypatch.chdir(tmp_path)
    complained(run("check", "protocols_of_mine/flag.py"), USAGE, "relative import", "package.module:Class")
    assert run("check", "protocols_of_mine.flag:Flag", "-q", "--engine", "python").code == 0


IMPORT_FAILURES = {
    "syntax": ("class Broken(:\n", ["bad.py:1:", "SyntaxError"]),
    "name": ("import math\n\nmath.floor(nothing)\n", ["bad.py:3:12", "NameError: name 'nothing' is not defined"]),
    "module": ("import nonexistent_module\n", ["bad.py:1:1", "No module named 'nonexistent_module'"]),
    "deep": ("import json\n\njson.loads('{')\n", ["bad.py:3:1", "JSONDecodeError"]),
    "exit": ("import sys\n\nsys.exit(7)\n", ["bad.py:3:1", "sys.exit(7)", "__main__"]),
    "raise": ("raise BaseException('no')\n", ["bad.py:1:1", "BaseException: no"]),
}


@pytest.mark.parametrize("case", IMPORT_FAILURES)
def test_a_file_that_cannot_be_imported(run: Any, tmp_path: Path, case: str) -> None:
    content, parts = IMPORT_FAILURES[case]
    (tmp_path / "bad.py").write_text(content)
    complained(run("check", f"{tmp_path}/bad.py:Model"), USAGE, "could not be imported", *parts)


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


CONSTANTS = {
    "unknown": ("topp=3", ["no constant 'topp'", "did you mean top?"]),
    "no number": ("top=many", ["top = 'many' is not an integer"]),
    "out of range": ("top=9999", ["top = 9999 is outside 1..5000"]),
    "no value": ("top=", ["--set top=", "constant=value"]),
    "no equals": ("top", ["--set top", "constant=value"]),
}


@pytest.mark.parametrize("case", CONSTANTS)
def test_constants_that_cannot_be_set(run: Any, small: Any, case: str) -> None:
    setting, parts = CONSTANTS[case]
    complained(run("check", small("Counter"), "--set", setting), USAGE, *parts)


def test_properties_that_cannot_be_chosen(run: Any, small: Any) -> None:
    complained(run("check", small("Overrun"), "--property", "below_tow"), USAGE, "below_tow", "did you mean below_two?")
    complained(run("check", "--property", "below_two"), USAGE, "--property needs the name")


OPTIONS = {
    "workers": (["--workers", "0"], "0 workers: from 1 to"),
    "negative workers": (["--workers", "-2"], "-2 workers"),
    "no states": (["--max-states", "0"], "a limit of 0 on states"),
    "no depth": (["--max-depth", "0"], "a limit of 0 on depth"),
    "no time": (["--max-seconds", "0"], "a limit of 0.0 on seconds"),
    "endless time": (["--max-seconds", "nan"], "a limit of nan on seconds"),
    "no memory": (["--max-memory", "0"], "--max-memory 0: not a size"),
    "memory in words": (["--max-memory", "lots"], "write it like 4G"),
    "states in words": (["--max-states", "many"], "'many' is not a valid int"),
    "unknown engine": (["--engine", "steam"], "there is no engine 'steam'"),
    "unknown tier": (["--tier", "slow"], "tiers are quick and full"),
    "unknown option": (["--wrokers", "2"], "--wrokers"),
    "memory of python": (["--engine", "python", "--max-memory", "4G"], "limit the states instead"),
}


@pytest.mark.parametrize("case", OPTIONS)
def test_options_that_make_no_sense(run: Any, small: Any, case: str) -> None:
    options, says = OPTIONS[case]
    complained(run("check", small("Counter"), *options), USAGE, says)


def test_commands_that_do_not_exist(run: Any) -> None:
    complained(run("chekc"), USAGE, "chekc")
    complained(run("check", "--set", "top=3"), USAGE, "--set needs the name")
    complained(run("show"), USAGE, "NAME", "fencepost show --help")
    done = run()
    assert (done.code, done.err) == (USAGE, "") and "Usage: fencepost" in done.out


@pytest.mark.parametrize("option", ["--json", "--trace"])
def test_a_file_that_cannot_be_written_is_found_before_the_search(
    run: Any, small: Any, tmp_path: Path, option: str
) -> None:
    done = run("check", small("Wide"), option, tmp_path / "nowhere" / "file.json")
    complained(done, USAGE, "nowhere/file.json: No such file or directory", "folder that exists")
    assert done.out == ""
    complained(run("check", small("Wide"), option, tmp_path), USAGE, "Is a directory")
    good = tmp_path / "good.json"
    complained(run("check", "nobody", option, good), USAGE, "nobody")
    assert not good.exists()


def test_a_file_that_cannot_be_written_in_the_end(run: Any, small: Any) -> None:
    done = run("check", small("Counter"), "--json", "/dev/full")
    complained(done, USAGE, "/dev/full: No space left on device")
    assert "1 configuration: 1 holds" in done.out


def test_an_old_report_is_replaced_whole(run: Any, small: Any, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text("x" * 1_000_000)
    assert run("check", small("Counter"), "--json", file).code == 0
    assert json.loads(file.read_text())["version"] == 2
    assert list(tmp_path.iterdir()) == [file]


def test_the_report_on_standard_output_is_alone_there(run: Any, small: Any, validate: Any) -> None:
    done = run("check", small("Overrun"), "--json", "-")
    validate(json.loads(done.out))
    assert done.code == 1
    assert "Held constant" in done.err and "It stays below two." in done.err


def test_one_broken_specification_does_not_keep_others_from_being_checked(
    run: Any, small: Any, tmp_path: Path, validate: Any
) -> None:
    file = tmp_path / "r.json"
    done = run("check", small("OutOfBounds"), small("Counter"), small("NoAction"), "--json", file)
    assert done.code == SPECIFICATION
    report = json.loads(file.read_text())
    validate(report)
    assert [one["verdict"] for one in report["configurations"]] == ["error", "holds", "error"]
    assert [one["exit_code"] for one in report["configurations"]] == [3, 0, 3]
    assert "1 holds, 2 error" in done.out


def test_an_internal_error_is_not_a_stack_trace(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import fencepost.checks.commands as commands

    def broken() -> list[str]:
        raise RuntimeError("something that cannot be")

    monkeypatch.setattr(commands.catalogue, "names", broken)
    complained(run("list"), 70, "internal error: RuntimeError: something that cannot be", "FENCEPOST_DEBUG=1")

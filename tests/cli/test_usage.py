"""Mistakes on the command line: a few lines on stderr that say what to do, and the right exit code."""

import json
from pathlib import Path
from typing import Any

import pytest

from fencepost.model import errors

CONSTANTS = {
    "unknown": ("topp=3", ["no constant 'topp'", "did you mean top?"]),
    "no number": ("top=many", ["top = 'many' is not an integer"]),
    "out of range": ("top=9999", ["top = 9999 is outside 1..5000"]),
    "no value": ("top=", ["--set top=", "constant=value"]),
    "no equals": ("top", ["--set top", "constant=value"]),
}


@pytest.mark.parametrize("case", CONSTANTS)
def test_constants_that_cannot_be_set(run: Any, complained: Any, small: Any, case: str) -> None:
    setting, parts = CONSTANTS[case]
    complained(run("check", small("Counter"), "--set", setting), *parts)


def test_properties_that_cannot_be_chosen(run: Any, complained: Any, small: Any) -> None:
    complained(
        run("check", small("Overrun"), "--property", "below_tow"),
        "below_tow",
        "did you mean below_two?",
    )
    complained(run("check", "--property", "below_two"), "--property needs the name")


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
    assert done.code == errors.EXIT_SPECIFICATION
    report = json.loads(file.read_text())
    validate(report)
    assert [one["verdict"] for one in report["configurations"]] == ["error", "holds", "error"]
    assert [one["exit_code"] for one in report["configurations"]] == [3, 0, 3]
    assert "1 holds, 2 in error." in done.out


def test_a_mistake_of_ours_in_one_search_does_not_take_the_others_results(
    check: Any, small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fencepost.checks import python_search

    def broken(*_: object, **options: object) -> None:
        raise ArithmeticError("something that cannot be")

    monkeypatch.setattr(python_search, "smallest", broken)  # what only a search with symmetry needs
    done = check(small("Counter"), small("Exchange"), "--engine", "python", "--symmetry", "--continue")
    assert done.code == 70
    assert done.report is not None
    fine, found = done.report["configurations"]
    assert (fine["verdict"], fine["distinct"], fine["exit_code"]) == ("holds", 4, 0)
    assert (found["verdict"], found["error"]["code"], found["exit_code"]) == ("error", "internal", 70)
    assert "ArithmeticError: something that cannot be" in done.err and "FENCEPOST_DEBUG=1" in done.err


def test_an_internal_error_is_not_a_stack_trace(run: Any, complained: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import fencepost.checks.commands as commands

    def broken() -> list[str]:
        raise RuntimeError("something that cannot be")

    monkeypatch.setattr(commands.catalogue, "names", broken)
    complained(run("list"), "internal error: RuntimeError: something that cannot be", "FENCEPOST_DEBUG=1", code=70)

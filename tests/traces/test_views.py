"""Functions of the state, evaluated in every state of a stored run."""

import pytest

from fencepost.checks.cli import main
from fencepost.model import Specification
from fencepost.model.errors import UnknownProperty
from fencepost.model.replication.truncate_to_high_watermark import TruncateToHighWatermark
from fencepost.traces import text
from fencepost.traces.views import method_views, views
from models import runs
from models.counterexamples import GOLDEN

SPECIFICATION = Specification(TruncateToHighWatermark, {"replicas": 2})


def test_functions_of_the_state():
    trace = runs.truncation()
    found = views(
        trace,
        SPECIFICATION,
        {
            "records": lambda state: sum(len(one.log.records) for one in state.replica.values()),
            **method_views(SPECIFICATION, ["weak_isr"]),
        },
    )
    assert found["records"] == (0, 0, 0, 0, 1, 1, 2, 2, 1)
    assert found["weak_isr"] == (*[True] * 8, False)


def test_they_are_shown_where_they_change():
    lines = text.write(runs.truncation(), {"records": (0, 0, 0, 0, 1, 1, 2, 2, 1)}).splitlines()
    assert [line for line in lines if line.startswith("     = ")] == [
        "     = records: 0",
        "     = records: 0 -> 1",
        "     = records: 1 -> 2",
        "     = records: 2 -> 1",
    ]
    assert lines[-1] == "     = records: 2 -> 1"


def test_names_that_are_no_views():
    for name in ("leader_write", "replica", "nothing", "presumes_leadership", "_running"):
        with pytest.raises(UnknownProperty, match=f"has no property or method '{name}'"):
            method_views(SPECIFICATION, [name])


def test_the_command(capsys):
    file = str(GOLDEN / "truncate-weak-isr.itf.json")
    assert main(["show", file, "--view", "weak_isr"]) == 0
    assert capsys.readouterr().out.endswith("     = weak_isr: True -> False\n")
    assert main(["show", file, "--view", "weak_is"]) == 4
    assert "did you mean weak_isr?" in capsys.readouterr().err
    assert main(["show", file, "--view", "weak_isr", "--format", "svg"]) == 4
    assert main(["show", "kip-320", "--view", "weak_isr"]) == 4

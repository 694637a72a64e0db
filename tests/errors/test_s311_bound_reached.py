"""S311: a collection is full whose size a constant sets, so that the search is bounded by it."""

import json

import pytest

from errors.refusals import Refusals, in_class
from fencepost.checks.api import check
from fencepost.checks.cli import main
from fencepost.model.errors import BoundReached
from models.bounded import Pings

FIELDS = """\
room: Constant[int] = 1
few: Annotated[Set[Num], Size("room")]
row: Annotated[Seq[Num], Size("room + 0")]
rows: Map[Broker, Annotated[Seq[Num], Size("room")]]
heap: Annotated[Bag[Num], Size("room")]
@action
def act(self, who: Broker) -> None:
"""


@pytest.mark.parametrize(
    ("body", "what", "bound"),
    [
        ("«self.few» = {0, 1}", "Spec.few: 2 elements in a set of at most 1", "room bounds"),
        ("«self.row» = [0, 1]", "Spec.row: 2 elements in a sequence of at most 1", "room + 0 bounds"),
        (
            "self.row.append(0); «self.row.append(1)»",
            "Spec.row: 2 elements in a sequence of at most 1",
            "room + 0 bounds",
        ),
        ("«self.rows[who]» = [0, 1]", "the entry of b1: 2 elements in a sequence of at most 1", "room bounds"),
        ("self.heap.add(0); «self.heap.add(0)»", "Spec.heap: 2 elements in a bag of at most 1", "room bounds"),
    ],
)
def test_every_way(body: str, what: str, bound: str, refusals: Refusals) -> None:
    error = refusals.stopped(BoundReached, in_class(f"{FIELDS}    {body}"))
    hint = f"{bound} the search: raise it, or disable the action with require() before"
    assert (error.what, error.hint, error.exit_code) == (what, hint, 2)


def found(engine, **constants):
    result = check(Pings, constants, engine=engine, keep_going=True)
    one = result.report
    assert one.error is not None and one.error.trace is not None
    verdicts = {prop.name: prop.verdict for prop in one.properties}
    return (one.verdict, one.exit_code, one.distinct, one.generated, one.stopped, one.error.trace.states, verdicts)


@pytest.mark.parametrize("max_in_flight", [1, 2, 3])
def test_what_was_found_until_then_stands_in_both_engines(max_in_flight):
    native = found("native", max_in_flight=max_in_flight)
    assert native == found("python", max_in_flight=max_in_flight)
    verdict, code, distinct, *_, states, verdicts = native
    assert states == max_in_flight + 1
    assert distinct > 1
    if max_in_flight < 3:
        assert (verdict, code, verdicts) == ("inconclusive", 2, {"at_most_two": "inconclusive"})
    else:
        assert (verdict, code, verdicts) == ("violated", 1, {"at_most_two": "violated"})


def test_the_command_line(tmp_path, capsys):
    file = tmp_path / "report.json"
    assert main(["check", "models.bounded:Pings", "--set", "max_in_flight=2", "--json", str(file)]) == 2
    printed = capsys.readouterr()
    assert "The run that reaches the bound, 3 states:" in printed.out
    assert "error S311: Pings.messages: 3 elements in a bag of at most 2" in printed.err
    assert "max_in_flight bounds the search: raise it" in printed.err
    (one,) = json.loads(file.read_text())["configurations"]
    assert (one["verdict"], one["complete"], one["stopped"]) == ("inconclusive", False, "a bound was reached")
    assert one["error"]["code"] == "S311" and one["error"]["trace"]["states"] == 3

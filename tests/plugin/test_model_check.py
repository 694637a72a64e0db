"""model_check in a test file: a test for each property, one search for all of them, and what a failure says."""

import json
from typing import Any

import pytest

from fencepost.checks import check
from fencepost.checks.cli import main
from plugin.conftest import ELECTION, GUARD, VOTE

FIXED = ELECTION.replace(VOTE, GUARD + VOTE)
DECLARED = 'election = model_check(Election, engine="python")\n'
NAMES = ["one_leader", "a_leader", "coverage"]
FAILURE = """\
*one_leader is violated
  At most one candidate has the votes of a majority.
  In state 5:
*false: len(*
  Shortest run, 5 states:
  1  initial state
       votes?s1?: {}
*
  5  s2: vote(voter=s2, candidate=s2)
       votes?s2?: {s1} -> {s1, s2}
In election.py:Election.
Written: fencepost-results/test_election.py.election/report.json, *one_leader.itf.json
Replay: fencepost replay fencepost-results/test_election.py.election/one_leader.itf.json --model election.py:Election
*commit it in counterexamples/"""


def failure(done: pytest.RunResult) -> list[str]:
    """The lines of the only failure."""
    lines = done.outlines
    [start] = [number for number, line in enumerate(lines) if line.startswith("____")]
    [end] = [number for number, line in enumerate(lines) if "short test summary" in line]
    return lines[start + 1 : end]


def test_each_property_is_a_test_and_they_share_a_search(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    project.declare(DECLARED)
    done = project.run()
    done.assert_outcomes(passed=2, failed=1)
    done.stdout.fnmatch_lines([f"test_election.py::election::{name} {how}*" for name, how in zip(
        NAMES, ("FAILED", "PASSED", "PASSED"), strict=True)])  # fmt: skip
    assert project.searches == 1
    done.stdout.fnmatch_lines(FAILURE.split("\n"))
    assert project.results == [f"test_election.py.election/{name}" for name in ("one_leader.itf.json", "report.json")]
    folder = project.folder / "fencepost-results" / "test_election.py.election"
    report = json.loads((folder / "report.json").read_text())
    assert report["configurations"][0]["failures"] == ["one_leader is violated"]
    monkeypatch.chdir(project.folder)
    assert main(["replay", str(folder / "one_leader.itf.json"), "--model", "election.py:Election", "-q"]) == 0


def test_a_known_counterexample_is_tried_before_a_search(project: Any) -> None:
    project.declare(DECLARED)
    project.run()
    done = project.run("test_election.py::election::one_leader")
    done.assert_outcomes(failed=1)
    assert project.searches == 1
    done.stdout.fnmatch_lines(["*A known counterexample, without a search: fencepost-results/*"])
    project.specify(FIXED)
    project.run().assert_outcomes(passed=3)
    assert project.searches == 2
    assert project.results == ["test_election.py.election/report.json"]


def test_a_committed_counterexample_is_tried_whatever_its_name(project: Any) -> None:
    project.declare(DECLARED)
    project.run("--fencepost-dir", "elsewhere")
    assert project.results == []
    [trace] = (project.folder / "elsewhere").rglob("*.itf.json")
    kept = project.folder / "counterexamples"
    kept.mkdir()
    trace.rename(kept / "two-leaders.itf.json")
    (kept / "another.itf.json").write_text("{}")
    done = project.run("test_election.py::election::one_leader")
    done.assert_outcomes(failed=1)
    assert project.searches == 1
    done.stdout.fnmatch_lines(["*without a search: counterexamples/two-leaders.itf.json"])
    project.specify(FIXED)
    project.run().assert_outcomes(passed=3)


@pytest.mark.parametrize("distribution", ["load", "loadgroup"])
def test_processes_of_xdist_share_a_search(project: Any, distribution: str) -> None:
    more = "second = model_check(Election, engine='python', expect={'one_leader': 'violated'})\n"
    project.declare(DECLARED + more)
    project.run("-n", "2", "--dist", distribution).assert_outcomes(passed=5, failed=1)
    assert project.searches == 2


def test_a_folder_that_cannot_be_written_hides_no_failure(project: Any) -> None:
    (project.folder / "fencepost-results").write_text("a file")
    project.declare(DECLARED)
    done = project.run()
    done.assert_outcomes(passed=2, failed=1)
    done.stdout.fnmatch_lines(["  5  s2: vote(voter=s2, candidate=s2)", "Nothing was written: *"])


def test_expectations(project: Any) -> None:
    project.specify(
        ELECTION + "\n    @action\n    def never(self) -> None:\n        require(False)\n"
        "\n    @invariant\n    def empty(self) -> bool:\n        return not self.votes[0] or True\n"
    )
    project.declare(
        'right = model_check(Election, engine="python", expect={"one_leader": "violated", "never": "unreachable"})\n'
        'wrong = model_check(Election, engine="python", expect={"one_leader": "violated", "a_leader": "violated"})\n'
    )
    done = project.run("-rf")
    done.assert_outcomes(passed=6, failed=2)
    done.stdout.fnmatch_lines_random(
        ["*wrong::a_leader - a_leader is seen, not violated as expected", "*wrong::coverage - never is never possible"]
    )


def test_shipped_configurations_are_to_come_out_as_pinned(project: Any) -> None:
    project.declare('shipped = model_check("id-sequence", engine="python")\n')
    assert project.run().ret == (0 if check("id-sequence", engine="python").report.exit_code == 0 else 1)
    assert project.searches == 1


def test_a_limit_fails_what_is_not_decided(project: Any) -> None:
    project.specify(FIXED)
    project.declare('few = model_check(Election, engine="python", limits=Limits(states=10))\n')
    done = project.run("-rf")
    assert done.ret == pytest.ExitCode.TESTS_FAILED
    done.stdout.fnmatch_lines(
        [
            "*few::one_leader - one_leader is not decided: limit of 10 states",
            "*few::coverage - not everything was searched: limit of 10 states",
        ]
    )


def test_a_decorated_function_gets_the_result(project: Any) -> None:
    decorator = '@model_check(Election, engine="python", expect={"one_leader": "violated"})\n'
    project.declare(decorator + "def test_size(result):\n    assert result.report.distinct == 512\n")
    done = project.run()
    done.assert_outcomes(passed=4)
    done.stdout.fnmatch_lines(["test_election.py::test_size::test_size PASSED*"])
    project.declare(decorator + "def test_size(result):\n    assert result.report.distinct == 511\n")
    done = project.run()
    done.assert_outcomes(passed=3, failed=1)
    done.stdout.fnmatch_lines(["E * assert 512 == 511"])
    done.stdout.no_fnmatch_line("*plugin.py*")


WRONG = {
    "model_check(Election, servers=3)": "error U102: *'servers'*",
    'model_check(Election, expect={"one_lader": "violated"})': "error U110: *'one_lader'\n*did you mean one_leader?",
    'model_check(Election, expect={"one_leader": "fails"})': "error U106: *cannot be expected to be 'fails'",
    'model_check("kip-321")': "error U101: *'kip-321'\n*did you mean kip-320?*",
}


def test_what_is_declared_wrong_is_an_error_of_collection(project: Any) -> None:
    project.declare("".join(f"wrong_{number} = {text}\n" for number, text in enumerate(WRONG)))
    done = project.run()
    assert done.ret == pytest.ExitCode.INTERRUPTED
    done.assert_outcomes(errors=len(WRONG))
    done.stdout.fnmatch_lines("\n".join(WRONG.values()).split("\n"))
    done.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize("service", ["", "true"])
def test_an_error_in_the_specification_is_told_once(
    project: Any, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    """Also where pytest sees a CI service, and does not shorten its summary."""
    monkeypatch.setenv("CI", service)
    monkeypatch.delenv("BUILD_NUMBER", raising=False)
    project.specify(ELECTION.replace(VOTE, VOTE + "        assert len(self.votes[candidate]) < 2\n"))
    project.declare(DECLARED)
    for arguments in ((), ("-n", "2")):
        done = project.run(*arguments)
        done.assert_outcomes(failed=3)
        assert "\n".join(done.outlines).count("error S304") == 3, "once with its place, and in the summary"
        done.stdout.fnmatch_lines_random(["*one_leader is not decided: see *::coverage"])
    assert project.searches == 2


def test_a_long_run_with_names_of_any_kind_is_cut_to_sixty_lines(project: Any) -> None:
    project.specify("""
from typing import Annotated
from fencepost.model import Map, Domain, Model, Range, action, invariant, require

Node = Annotated[int, Domain(30, prefix="<ä>")]

class Zähler(Model):
    größe: Annotated[int, Range(0, 100)]
    knoten: Map[Node, bool]

    @action
    def hinauf(self) -> None:
        require(self.größe < 100)
        self.größe += 1

    @invariant
    def unter_hundert(self) -> bool:
        '''Bleibt "unter" <100>.'''
        return self.größe < 100
""")
    project.declare('zähler = model_check(Zähler, engine="python")\n')
    lines = failure(project.run())
    assert lines[0] == "unter_hundert is violated"
    assert len(lines) == 60
    assert any("lines left out" in line for line in lines)
    assert "  101  hinauf()" in lines
    assert lines[-4] == "In election.py:Zähler."
    assert project.results == ["test_election.py.zähler/report.json", "test_election.py.zähler/unter_hundert.itf.json"]


def test_a_plain_test_function_shows_the_report(project: Any) -> None:
    project.declare(
        'def test_long():\n    found = check(Election, engine="python")\n    assert not found.exit_code, str(found)\n'
        'def test_short():\n    assert not check(Election, engine="python").exit_code\n'
    )
    done = project.run()
    done.assert_outcomes(failed=2)
    done.stdout.fnmatch_lines(
        ["E * Shortest run, 5 states:", "*<election:Election: violated; one_leader is violated>*"]
    )


def test_nothing_is_imported_for_sessions_without_checks(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("""
        import sys
        def test_it():
            assert "fencepost.checks.testing.plugin" in sys.modules
            ours = {name.removeprefix("fencepost") for name in sys.modules if name.startswith("fencepost")}
            assert ours == {"", ".checks", ".checks.testing", ".checks.testing.plugin"}
            assert not {"numpy", "llvmlite", "rich", "typer"} & set(sys.modules)
    """)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_the_plugin_costs_less_than_fifty_milliseconds(pytester: pytest.Pytester) -> None:
    script = "import pytest, time; start = time.process_time(); import fencepost.checks.testing.plugin\n"
    file = pytester.makepyfile(measure=script + "print(time.process_time() - start)")
    seconds = [float(pytester.runpython(file).outlines[-1]) for _ in range(3)]
    assert min(seconds) < 0.05, seconds

"""Specifications as state machines of Hypothesis: what is found, what a failure says, and that what it prints runs."""

import gc
import re
import sys
from collections import Counter as Multiset
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis.stateful import rule, run_state_machine_as_test
from hypothesis.statistics import collector
from hypothesis.strategies import integers

from fencepost.checks import Scenario, check, state_machine
from fencepost.checks.hypothesis import Violated, counterexample
from fencepost.checks.loading import load_trace
from fencepost.model import errors
from fencepost.traces.replay import replay
from randomised.failing import FIXED, failure, failures, notes, program, run
from randomised.specs import Counter, Election

#: Named as a module: where the checkout lies is no part of what Hypothesis draws from.
SPECS = "randomised.specs"


def pasted(error: BaseException) -> BaseException:
    """What the printed program raises."""
    with pytest.raises(Exception) as raised:  # noqa: PT011  # compared below
        exec("from fencepost.checks import state_machine\n" + program(error), {})  # noqa: S102  # the point of it
    return raised.value


def test_a_violation_and_its_program() -> None:
    found = failure(state_machine(f"{SPECS}:Election", servers=3))
    assert isinstance(found, Violated)
    assert str(found).split("\n") == [
        "one_leader is violated in state 5",
        "  At most one candidate has the votes of a majority.",
        "    false: len([votes for votes in self.votes.values() if 2 * len(votes) > self.servers]) <= 1",
        "    len([votes for votes in self.votes.values() if 2 * len(votes) > self.servers]) is 2",
    ]
    assert program(found).split("\n") == [
        f"state = state_machine({SPECS + ':Election'!r}, servers=3)()",
        "state.start()",
        "state.vote(voter='s1', candidate='s1')",
        "state.vote(voter='s1', candidate='s2')",
        "state.vote(voter='s2', candidate='s1')",
        "state.vote(voter='s2', candidate='s2')",
    ]
    again = pasted(found)
    assert isinstance(again, Violated) and str(again) == str(found)


def test_the_trace_is_stored_and_is_a_run() -> None:
    found = failure(state_machine(f"{SPECS}:Election", servers=3, folder="runs"))
    [file] = Path("runs").iterdir()
    assert f"Written: {file}\nReplay: fencepost replay {file} --model {SPECS}:Election" in notes(found)
    assert file.name.endswith("Election.servers.3.one_leader.itf.json")
    trace, specification = load_trace(str(file))
    assert (trace.property_name, trace.verdict, trace.engine) == ("one_leader", "violated", "hypothesis")
    assert replay(trace, specification).confirmed
    assert trace.states == check(Election, engine="python").trace("one_leader").states


def test_no_folder_and_one_that_cannot_be() -> None:
    assert "Written:" not in notes(failure(state_machine(Election, folder=None)))
    assert not list(Path().iterdir())
    Path("taken").write_text("")
    assert "No trace was written: " in notes(failure(state_machine(Election, folder="taken")))


def test_every_property_is_shrunk_by_itself() -> None:
    """Also with choices, initialisers, step invariants, and names of actions and parameters that others have."""
    found = {str(error).split(" ")[0]: error for error in failures(state_machine(f"{SPECS}:Counter", start_at=1))}
    assert set(found) == {"below_eight", "rises"}
    assert program(found["below_eight"]).split("\n")[1:3] == [
        "state.start('somewhere', first='1', choosing=('1',))",
        "state.start_(target='True', choosing=('1',))",
    ]
    assert program(found["rises"]).split("\n")[-1] == "state.teardown_(step='2')"
    result = check(Counter, {"start_at": 1}, engine="python", keep_going=True)
    for name, error in found.items():
        assert str(pasted(error)) == str(error)
        assert program(error).count("\n") == result.trace(name).states


def test_what_holds_passes() -> None:
    run(state_machine(Counter, limit=5, properties=["below_eight"]))
    run(state_machine("two-phase-commit", resource_managers=2))


def test_a_false_constraint_ends_a_run() -> None:
    """The state in which it is false is checked, and is the last one."""
    lengths: set[int] = set()

    class Limited(state_machine(Counter, limit=5, properties=["below_eight"])):  # type: ignore[misc]
        def teardown(self) -> None:
            super().teardown()
            counts = [step.after.state.n for step in self.run]
            assert all(n <= 5 for n in counts[:-1])
            lengths.add(counts[-1])

    run(Limited)
    assert max(lengths) in (6, 7)
    assert isinstance(failure(state_machine(Counter, limit=7, properties=["below_eight"])), Violated)


def test_a_deadlock_is_a_violation_where_the_specification_says_so() -> None:
    found = failure(state_machine(f"{SPECS}:Terminating", most=3))
    assert str(found) == "deadlock is violated in state 3"
    assert str(pasted(found)) == str(found)
    [file] = Path("fencepost-results").iterdir()
    assert replay(*load_trace(str(file))).confirmed
    run(state_machine(Counter, most=3))


def test_an_error_of_the_specification_is_one() -> None:
    found = failure(state_machine(f"{SPECS}:Counter", breaks=True, properties=[]))
    assert isinstance(found, errors.AssertionFailed) and found.code == "S304"
    assert "an assertion is false: never at six" in str(found) and "in action teardown(step=" in str(found)
    assert re.fullmatch(r"state\.teardown_\(step='\d'\)", program(found).split("\n")[-1])
    assert isinstance(pasted(found), errors.AssertionFailed)
    assert f"The run that leads there, {program(found).count('state.') - 1} states:" in notes(found)
    [file] = Path("fencepost-results").glob("*.error.itf.json")
    trace, specification = load_trace(str(file))
    assert trace.last.state.n == 6 and replay(trace, specification).confirmed


def test_the_program_when_the_specification_was_corrected() -> None:
    found = failure(state_machine(f"{SPECS}:Counter", jumps=True, properties=["rises"]))
    assert "jumps=True" in program(found)
    corrected = program(found).replace("jumps=True", "jumps=False")
    with pytest.raises(AssertionError, match=r"^jump\(\) is not possible in state \d$"):
        exec("from fencepost.checks import state_machine\n" + corrected, {})  # noqa: S102


def test_a_scenario_takes_the_same_steps() -> None:
    """The notation is that of `fencepost check --save-test`."""
    found = failure(state_machine(Election))
    scenario = Scenario(Election)
    exec(program(found).partition("\n")[2].replace("state.vote(", 'state.step("vote", '), {"state": scenario})  # noqa: S102
    scenario.assert_shown("one_leader")


def test_hypothesis_runs_the_machine_by_itself() -> None:
    """Not through `TestCase`: with rules, preconditions, and Hypothesis' own swarm testing."""
    machine = state_machine(f"{SPECS}:Counter", properties=["below_eight"], limit=7)
    with pytest.raises(Violated) as raised:
        run_state_machine_as_test(machine, settings=settings(FIXED, max_examples=50, stateful_step_count=8))
    assert isinstance(pasted(raised.value), Violated)
    passing = state_machine(Counter, limit=5, properties=["below_eight"])
    run_state_machine_as_test(passing, settings=settings(FIXED, max_examples=10, stateful_step_count=8))


def test_rules_of_a_subclass_are_run_by_hypothesis_only() -> None:
    made: Any = state_machine(Election, servers=3, properties=[])

    class Noting(made):  # type: ignore[misc]
        @rule(amount=integers(0, 3))
        def note_down(self, amount: int) -> None:
            assert amount < 3

    assert failures(Noting) == []
    with pytest.raises(AssertionError) as raised:
        run_state_machine_as_test(Noting, settings=settings(FIXED, max_examples=50))
    assert [line for line in notes(raised.value).split("\n") if "note_down" in line] == ["state.note_down(amount=3)"]


def test_settings_as_a_decorator() -> None:
    machine = settings(FIXED, max_examples=7)(state_machine("two-phase-commit"))
    assert machine.TestCase.settings.max_examples == 7  # type: ignore[attr-defined]


def test_each_machine_has_a_test_of_its_own() -> None:
    one, other = state_machine(Election), state_machine(Election, servers=2)
    assert one.TestCase is one.TestCase is not other.TestCase


@pytest.mark.parametrize("jumps", [False, True])
def test_when_garbage_is_collected_changes_no_run(jumps: bool) -> None:
    """Hypothesis' shrinker tries one more thing while an object that was drawn is there."""
    made: Any = state_machine(Counter, properties=["rises"], jumps=jumps, folder=None)

    def runs(collect: Callable[[], object]) -> list[str]:
        taken: list[str] = []

        class Noting(made):  # type: ignore[misc]
            def teardown(self) -> None:
                super().teardown()
                taken.append(self.program)
                collect()

        gc.disable()
        gc.freeze()  # what other tests left need not be looked through after each run
        try:
            assert counterexample(Noting, 100) is not None
        finally:
            gc.unfreeze()
            gc.enable()
        return taken

    assert runs(gc.collect) == runs(lambda: None)


def test_swarm_and_weights() -> None:
    """An action with a large weight is taken more often; one with weight 0 only when nothing else is possible."""
    taken: Multiset[str] = Multiset()

    def counted(**weights: int) -> Multiset[str]:
        taken.clear()

        class Counted(state_machine(Counter, properties=[], limit=5, jumps=True, weights=weights)):  # type: ignore[misc]
            def teardown(self) -> None:
                super().teardown()
                taken.update(step.action.name for step in self.run if step.before and step.before.state.n == 4)

        run(Counted)
        return Multiset(taken)

    often, never = counted(jump=20), counted(jump=0)
    assert often["jump"] > often["start"] > 0
    assert never["jump"] == 0 < never["start"]


def test_targets_and_events() -> None:
    collected: list[dict[str, Any]] = []

    def count(state: Election) -> int:
        return state.votes_in_all()

    machine = state_machine(Election, properties=["a_leader"], measures=["votes_in_all", count])
    with collector.with_value(collected.append):
        run(machine, settings(FIXED, max_examples=40))
    [statistics] = collected
    assert set(statistics["targets"]) == {"votes_in_all", "count"}
    assert statistics["targets"]["votes_in_all"] > 4
    events = {name for case in statistics["generate-phase"]["test-cases"] for name in case["events"]}
    assert {"step: vote", "witness: a_leader"} <= events


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"server": 3}, errors.UnknownConstant, "no constant 'server'"),
        ({"properties": ["one"]}, errors.UnknownProperty, "no property 'one'"),
        ({"measures": ["votes_in_al"]}, errors.UnknownProperty, "did you mean votes_in_all?"),
        ({"weights": {"vot": 2}}, errors.UnknownAction, "did you mean vote?"),
        ({"weights": {"vote": -1}}, errors.BadOption, "weights are whole numbers from 0 to"),
    ],
)
def test_mistakes_in_what_is_declared(options: dict[str, object], kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=re.escape(words)):
        state_machine(Election, **options)  # type: ignore[arg-type]


def test_a_measure_that_is_no_number() -> None:
    found = failure(state_machine(Election, properties=["a_leader"], measures=[repr]))
    assert isinstance(found, errors.BadOption) and "the measure repr is 'Election(" in str(found)


def test_hypothesis_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fencepost.checks.hypothesis", "fencepost.checks.strategies"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    with pytest.raises(errors.MissingExtra, match=r"pip install 'fencepost\[hypothesis\]'"):
        from fencepost.checks.hypothesis import state_machine  # noqa: F401

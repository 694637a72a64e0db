"""Each way in which a check can end: verdict, exit code, and what is said about it. On both engines."""

from typing import Any

import pytest

ENGINES = ("python", "native")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> tuple[str, str]:
    return "--engine", request.param


def test_a_model_that_holds(check: Any, small: Any, engine: Any) -> None:
    done = check(small("Counter"), *engine)
    found = done.configuration
    assert (done.code, found["verdict"], found["expected"], found["as_expected"]) == (0, "holds", None, None)
    assert (found["distinct"], found["generated"], found["depth"], found["levels"]) == (4, 4, 4, [1, 1, 1, 1])
    assert (found["engine"], found["complete"], found["stopped"]) == (engine[1], True, None)
    assert found["actions"] == [
        {"name": "up", "fault": False, "verdict": "reachable", "enabled": 3, "generated": 3, "new": 3}
    ]
    negative, top = found["properties"]
    assert (negative["verdict"], negative["premise_count"], negative["trace_length"]) == ("holds", 4, None)
    assert (top["kind"], top["verdict"], top["trace_length"], top["failures"]) == ("witness", "holds", 4, 1)
    assert found["bounds"]["fields"] == {"at": "0..3"} and found["bounds"]["state_bits"] == 2
    assert done.report["deterministic"] is True
    assert "Held constant: top = 3" in done.out and "as expected" in done.out


def test_a_violation_ends_the_search_after_its_level(check: Any, small: Any, engine: Any) -> None:
    done = check(small("Overrun"), "--set", "top=9", *engine)
    found = done.configuration
    assert (done.code, found["verdict"], found["complete"]) == (1, "violated", False)
    assert found["stopped"] == "a violation was found" and found["depth"] < 10
    below = done.property("below_two")
    assert (below["verdict"], below["trace_length"], below["trace"]["states"]) == ("violated", 3, 3)
    assert [step["changes"] for step in below["trace"]["steps"]] == [
        [],
        [{"path": "at", "before": "0", "after": "1"}],
        [{"path": "at", "before": "1", "after": "2"}],
    ]
    assert below["trace"]["initial"] == {"at": "0"}
    assert done.property("never_negative")["verdict"] == "inconclusive"
    assert "It stays below two." in done.out and "at: 1 -> 2" in done.out


def test_with_continue_every_violation_is_found(check: Any, small: Any, engine: Any) -> None:
    done = check(small("Overrun"), "--set", "top=9", "--continue", *engine)
    found = done.configuration
    assert (done.code, found["verdict"], found["complete"], found["distinct"]) == (1, "violated", True, 10)
    assert (done.property("below_two")["failures"], done.property("steps_start_low")["failures"]) == (8, 8)
    assert done.property("steps_start_low")["trace_length"] == 3
    assert done.property("never_negative")["verdict"] == "holds"
    assert found["failures"] == ["below_two is violated", "steps_start_low is violated"]


def test_only_the_properties_that_are_named_are_checked(check: Any, small: Any, engine: Any) -> None:
    done = check(small("Overrun"), "--property", "never_negative", *engine)
    assert (done.code, done.configuration["selected"]) == (0, ["never_negative"])
    assert [prop["name"] for prop in done.configuration["properties"]] == ["never_negative"]
    assert check(small("Overrun"), *engine).configuration["selected"] is None
    failed = check(small("NoAction"), "--property", "never_negative", *engine)
    assert (failed.code, failed.configuration["selected"]) == (3, ["never_negative"])


def test_why_a_property_is_false_is_said(check: Any, small: Any) -> None:
    done = check(small("Overrun"), "--engine", "python")
    assert any("self.at < 2" in line for line in done.property("below_two")["explanation"])
    assert "self.at < 2" in done.out


def test_a_property_whose_premise_is_never_met_is_a_failure(check: Any, small: Any, engine: Any) -> None:
    done = check(small("Vacuous"), *engine)
    assert (done.code, done.configuration["verdict"]) == (1, "violated")
    vacuous = done.property("past_the_top_is_even")
    assert (vacuous["verdict"], vacuous["premise_count"]) == ("vacuous", 0)
    assert "past_the_top_is_even is vacuous: no reachable state meets its premise." in done.out


def test_a_witness_that_is_never_seen_is_a_failure(check: Any, small: Any, engine: Any) -> None:
    done = check(small("Unseen"), *engine)
    assert (done.code, done.configuration["verdict"]) == (1, "violated")
    assert done.property("past_the_top")["verdict"] == "violated"
    assert "past_the_top is never seen: It can pass the top." in done.out


def test_an_action_that_is_never_enabled_is_a_failure(check: Any, small: Any, engine: Any) -> None:
    done = check(small("Impossible"), *engine)
    assert (done.code, done.configuration["verdict"]) == (1, "violated")
    assert [one["verdict"] for one in done.configuration["actions"]] == ["reachable", "unreachable"]
    assert "down_from_beyond is never possible: no reachable state allows it." in done.out


def test_a_deadlock_is_a_violation_only_where_it_is_declared(check: Any, small: Any, engine: Any) -> None:
    done = check(small("Stuck"), *engine)
    stuck = done.property("deadlock")
    assert (done.code, stuck["kind"], stuck["verdict"], stuck["trace_length"]) == (1, "deadlock", "violated", 4)
    assert "deadlock happens" in done.out
    allowed = check(small("Counter"), *engine).configuration
    assert (allowed["deadlocks"], allowed["verdict"]) == (1, "holds")


def test_an_error_in_the_specification_shows_the_run_to_it(check: Any, small: Any, engine: Any) -> None:
    done = check(small("OutOfBounds"), *engine)
    found = done.configuration
    assert (done.code, found["verdict"], found["error"]["code"]) == (3, "error", "S301")
    assert found["error"]["trace"]["states"] == 4
    assert "small.py" in done.err and "self.at += 1" in done.err and "4 is outside 0..3" in done.err
    assert "at: 2 -> 3" in done.out


def test_a_specification_without_action(check: Any, small: Any) -> None:
    done = check(small("NoAction"))
    assert (done.code, done.configuration["error"]["code"]) == (3, "S105")
    assert "mark at least one method with @action" in done.err


@pytest.mark.parametrize(
    ("option", "value", "stopped", "depth"),
    [("--max-states", 3, "limit of 3 states", 3), ("--max-depth", 2, "limit of 2 levels", 2)],
)
def test_a_limit_makes_a_check_inconclusive(
    check: Any, small: Any, engine: Any, option: str, value: int, stopped: str, depth: int
) -> None:
    done = check(small("Counter"), "--set", "top=50", option, value, *engine)
    found = done.configuration
    assert (done.code, found["verdict"], found["stopped"], found["depth"]) == (2, "inconclusive", stopped, depth)
    assert done.property("never_negative")["verdict"] == "inconclusive"
    assert f"Stopped: {stopped}." in done.out
    assert found["limits"][{"--max-states": "states", "--max-depth": "depth"}[option]] == value


def test_a_violation_before_a_limit_stays_a_violation(check: Any, small: Any, engine: Any) -> None:
    done = check(small("Overrun"), "--set", "top=50", "--max-depth", 5, "--continue", *engine)
    assert (done.code, done.configuration["verdict"]) == (1, "violated")
    assert done.configuration["stopped"] == "limit of 5 levels"


@pytest.mark.parametrize("option", [("--max-seconds", "0.3"), ("--max-memory", "1M")], ids=["time", "memory"])
def test_time_and_memory_are_limits_too(check: Any, small: Any, engine: Any, option: tuple[str, str]) -> None:
    if option == ("--max-memory", "1M") and engine[1] == "python":
        pytest.skip("the memory of CPython itself is more than any limit worth testing")
    done = check(small("Wide"), *engine, *option)
    assert (done.code, done.configuration["verdict"]) == (2, "inconclusive")
    assert done.configuration["stopped"].startswith("limit of ")


def test_states_outside_the_constraint_are_not_counted(check: Any, small: Any, engine: Any) -> None:
    done = check(small("Bounded"), *engine)
    assert done.configuration["distinct"] == 2
    assert done.configuration["bounds"]["constraints"] == ["low"]


def test_both_engines_find_the_same(check: Any, small: Any) -> None:
    def compared(engine: str, *more: str) -> dict[str, Any]:
        found = check(small("Exchange"), "--engine", engine, "--continue", *more).configuration
        for name in ("engine", "workers", "exact", "seconds", "states_per_second", "bytes_per_state", "details"):
            del found[name]
        for name in ("peak_memory_bytes", "collisions"):
            del found[name]
        return dict(found)

    python = compared("python")
    assert python["properties"][0]["trace"]["steps"][1]["choices"] == ["0"]
    assert [action["fault"] for action in python["actions"]] == [False, True]
    assert compared("native") == python
    assert compared("native", "--workers", "2") == python


def test_symmetry_leaves_fewer_states_and_the_same_verdicts(check: Any, small: Any) -> None:
    whole = check(small("Exchange"), "--engine", "native", "--continue", "--no-symmetry").configuration
    reduced = check(small("Exchange"), "--engine", "native", "--continue", "--symmetry").configuration
    assert (whole["symmetry"], reduced["symmetry"]) == (False, True)
    assert reduced["distinct"] < whole["distinct"]
    for name in ("verdict", "depth"):
        assert reduced[name] == whole[name]
    lengths = [[prop["trace_length"] for prop in found["properties"]] for found in (whole, reduced)]
    assert lengths[0] == lengths[1]


@pytest.mark.parametrize("engine", ["native", "python"])
def test_a_view_is_named_wherever_its_verdict_is(check: Any, small: Any, engine: str) -> None:
    whole = check(small("RightWayOnly"), "--engine", engine, "--no-view", "--continue")
    assert (whole.code, whole.configuration["verdict"], whole.configuration["distinct"]) == (1, "violated", 7)
    assert whole.configuration["view"] is None
    assert "view without" not in whole.out and "under a view" not in whole.out
    found = check(small("RightWayOnly"), "--engine", engine, "--view")
    assert (found.code, found.configuration["verdict"], found.configuration["distinct"]) == (0, "holds", 4)
    assert found.configuration["view"] == {"without": ["wrong"]}
    head, *_, caveat, last = found.out.strip().splitlines()
    assert "; view without wrong; " in head
    assert caveat.startswith("The view without wrong takes states that differ in these fields only as one")
    assert caveat.endswith("what was not seen may still be reachable.")
    assert last == "1 configuration: 1 holds under a view; as expected."


def test_nothing_is_said_of_all_reachable_states_under_a_view(check: Any, small: Any) -> None:
    parts = (
        "Shortest run{}, 3 states",
        "down_from_beyond is never possible: no {} allows it.",
        "past_the_top_is_even is vacuous: no {} meets its premise.",
    )
    for view, how, which in (
        ("--no-view", "", "reachable state"),
        ("--view", " under the view", "state found under the view"),
    ):
        found = check(small("Everything"), view, "--continue").out
        for part, words in zip(parts, (how, which, which), strict=True):
            assert part.format(words) in found
    hidden = check(small("TwoWays"), "--view").property("wrong_at_the_top")
    assert (hidden["verdict"], hidden["trace"]) == ("violated", None)


def test_a_view_needs_auxiliary_fields(run: Any, small: Any) -> None:
    done = run("check", small("Counter"), "--view")
    assert (done.code, done.out) == (4, "")
    assert "error U111: Counter has no auxiliary field, so there is no view of it" in done.err
    assert run("check", small("Counter"), "--no-view").code == 0


def test_exact_means_no_collisions(check: Any, small: Any) -> None:
    found = check(small("Counter"), "--exact").configuration
    assert found["exact"] is True
    assert found["collisions"] == {"fingerprint_bits": None, "expected": 0, "observed": 0}

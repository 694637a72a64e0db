"""The rules: which outcome gives which verdict and exit code. Outcomes are made by hand here."""

import copy
from dataclasses import replace
from typing import Annotated, Any

import jsonschema
import pytest

from fencepost.checks import catalogue, report, report_json
from fencepost.checks.api import Options, pins_of
from fencepost.checks.catalogue import Configuration, Entry, Pins
from fencepost.checks.outcome import ActionCount, Outcome, PropertyCount, Run
from fencepost.checks.report import ConfigurationReport, ErrorReport, Report, exit_code
from fencepost.checks.session import Request, plan
from fencepost.model import Constant, Model, Range, Specification, action, errors, invariant
from models import runs

RUN = Run(0, (0, 0))
HELD = PropertyCount("safe", "invariant", 10, 0, None)
BROKEN = PropertyCount("safe", "invariant", 10, 2, RUN)
VACUOUS = PropertyCount("safe", "invariant", 0, 0, None)
SEEN = PropertyCount("useful", "witness", 10, 1, RUN)
UNSEEN = PropertyCount("useful", "witness", 10, 0, None)
TAKEN = ActionCount("step", 12, 9, 9)
NEVER = ActionCount("leap", 0, 0, 0)


def outcome(*properties: PropertyCount, stopped: str = "", actions: Any = (TAKEN,), **changes: Any) -> Outcome:
    found = Outcome(
        distinct=10, generated=13, depth=4, levels=(1, 3, 4, 2), stopped=stopped, actions=tuple(actions),
        properties=properties, deadlocks=0, deadlock_run=None, engine="native", workers=2, symmetry=False, exact=False,
        compile_seconds=0.5, search_seconds=0.1, bytes_per_state=20.0, peak_memory_bytes=1 << 20,
        expected_collisions=1e-9,
    )  # fmt: skip
    return replace(found, **changes)


def assessed(found: Outcome, pins: Pins | None = None, *, deadlock: bool = False) -> ConfigurationReport:
    base = ConfigurationReport("model", "", {"n": 1}, "native", 2, False, False, "inconclusive", None, pins=pins)
    return report.assess(found, base, {"safe": "It is safe."}, frozenset(), deadlock=deadlock)


PINNED = Pins(10, 4, {})
PINNED_BROKEN = Pins(10, 4, {"safe": 3})

# Outcome, pins, verdict, as expected, exit code.
CASES: dict[str, tuple[Outcome, Pins | None, str, bool | None, int]] = {
    "holds": (outcome(HELD, SEEN), None, "holds", None, 0),
    "violated": (outcome(BROKEN), None, "violated", None, 1),
    "vacuous": (outcome(VACUOUS), None, "violated", None, 1),
    "witness not seen": (outcome(HELD, UNSEEN), None, "violated", None, 1),
    "action never possible": (outcome(HELD, actions=(TAKEN, NEVER)), None, "violated", None, 1),
    "stopped": (outcome(HELD, stopped="limit"), None, "inconclusive", None, 2),
    "stopped before a premise was met": (outcome(VACUOUS, stopped="limit"), None, "inconclusive", None, 2),
    "stopped before a witness was seen": (outcome(UNSEEN, stopped="limit"), None, "inconclusive", None, 2),
    "stopped before an action was": (outcome(HELD, actions=(NEVER,), stopped="limit"), None, "inconclusive", None, 2),
    "violated before it was stopped": (outcome(BROKEN, stopped="limit"), None, "violated", None, 1),
    "no property at all": (outcome(), None, "holds", None, 0),
    "pinned, holds": (outcome(HELD), PINNED, "holds", True, 0),
    "pinned as violated, violated": (outcome(BROKEN), PINNED_BROKEN, "violated", True, 0),
    "pinned as violated, holds": (outcome(HELD), PINNED_BROKEN, "holds", False, 1),
    "pinned as holding, violated": (outcome(BROKEN), PINNED, "violated", False, 1),
    "pinned with another length": (outcome(BROKEN), Pins(10, 4, {"safe": 4}), "violated", False, 1),
    "pinned with another count": (outcome(HELD), Pins(11, 4, {}), "holds", False, 1),
    "pinned with another depth": (outcome(HELD), Pins(10, 5, {}), "holds", False, 1),
    "pinned run to a witness": (outcome(SEEN), Pins(10, 4, {}, {"useful": 3}), "holds", True, 0),
    "pinned run to a witness differs": (outcome(SEEN), Pins(10, 4, {}, {"useful": 2}), "holds", False, 1),
    "pinned as vacuous": (outcome(VACUOUS), Pins(10, 4, {}, {}, frozenset({"safe"})), "holds", True, 0),
    "pinned as vacuous, and is not": (outcome(HELD), Pins(10, 4, {}, {}, frozenset({"safe"})), "holds", False, 1),
    "pinned as never possible": (
        outcome(HELD, actions=(TAKEN, NEVER)), Pins(10, 4, {}, unreachable=frozenset({"leap"})), "holds", True, 0,
    ),
    "pinned as never possible, and is": (
        outcome(HELD), Pins(10, 4, {}, unreachable=frozenset({"step"})), "holds", False, 1,
    ),
    "pinned name that does not exist": (outcome(HELD), Pins(10, 4, {"gone": 3}), "holds", False, 1),
    "pinned, stopped": (outcome(HELD, stopped="limit"), PINNED, "inconclusive", None, 2),
    "pinned as violated, violated, stopped": (outcome(BROKEN, stopped="limit"), PINNED_BROKEN, "violated", None, 2),
    "pinned as holding, violated, stopped": (outcome(BROKEN, stopped="limit"), PINNED, "violated", False, 1),
    "pinned, stopped with too many states": (outcome(HELD, stopped="limit"), Pins(9, 4, {}), "inconclusive", False, 1),
    "only counts pinned, holds": (outcome(HELD), Pins(10, 4), "holds", True, 0),
    "only counts pinned, violated": (outcome(BROKEN), Pins(10, 4), "violated", True, 1),
    "only counts pinned, and they differ": (outcome(HELD), Pins(9, 4), "holds", False, 1),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_verdict_and_exit_code(case: str, validate: Any) -> None:
    found, pins, verdict, as_expected, code = CASES[case]
    one = assessed(found, pins)
    assert (one.verdict, one.as_expected, one.exit_code) == (verdict, as_expected, code)
    assert one.expected == (pins.verdict if pins else None)
    assert bool(one.failures) == (verdict == "violated")
    validate(report_json.to_json(Report((one,), "0.1.0")))


def test_the_schema_refuses_what_it_does_not_describe(validate: Any) -> None:
    """The schema can fail: for a field that is missing, is new, or has another type."""
    good = report_json.to_json(Report((assessed(outcome(BROKEN)),), "0.1.0"))
    validate(good)
    for path, change in (
        ((), {"version": 1}),
        ((), {"extra": 1}),
        (("configurations", 0), {"depth": "4"}),
        (("configurations", 0), {"verdict": "fine"}),
        (("configurations", 0, "properties", 0), {"trace_length": 0}),
        (("configurations", 0, "seconds"), {"idle": 1.0}),
        (("configurations", 0, "actions", 0), {"verdict": None}),
    ):
        bad = copy.deepcopy(good)
        place = bad
        for part in path:
            place = place[part]
        place.update(change)
        with pytest.raises(jsonschema.ValidationError):
            validate(bad)
    for name in good["configurations"][0]:
        bad = copy.deepcopy(good)
        del bad["configurations"][0][name]
        with pytest.raises(jsonschema.ValidationError):
            validate(bad)


def test_a_run_has_its_messages(validate: Any) -> None:
    one = report.with_trace(assessed(outcome(BROKEN)), "safe", runs.pinging(), ())
    written = report_json.to_json(Report((one,), "0.1.0"))
    validate(written)
    found = written["configurations"][0]["properties"][0]["trace"]["messages"]
    assert [(m["name"], m["source"], m["sent"], m["received"], m["lost"], m["duplicated"]) for m in found] == [
        ("Ping", "n1", 1, [], 3, False),
        ("Ping", "n1", 2, [], None, False),
        ("Ping", "n3", 4, [6], None, False),
        ("Ping", "n1", 5, [], None, True),
        ("Pong", "n3", 6, [7], None, False),
        ("Ping", "n2", 8, [], None, False),
    ]


def test_a_deadlock_is_a_property_where_it_is_forbidden() -> None:
    stuck = outcome(HELD, deadlocks=3, deadlock_run=RUN)
    assert assessed(stuck).verdict == "holds"
    one = assessed(stuck, deadlock=True)
    assert (one.verdict, one.named("deadlock").trace_length) == ("violated", 3)
    assert assessed(stuck, Pins(10, 4, {"deadlock": 3}), deadlock=True).exit_code == 0
    assert assessed(outcome(HELD), deadlock=True).named("deadlock").verdict == "holds"
    assert assessed(outcome(HELD, stopped="limit"), deadlock=True).named("deadlock").verdict == "inconclusive"


def test_the_worst_result_decides() -> None:
    fine, broken, stopped = (assessed(outcome(*parts)) for parts in ((HELD,), (BROKEN,), (HELD,)))
    stopped = assessed(outcome(HELD, stopped="limit"))
    in_error = report.failed(fine, ErrorReport.of(errors.OutOfRange("4 is outside 0..3")))
    usage = report.failed(fine, ErrorReport.of(errors.BadOption("no")))
    assert exit_code([]) == 0
    assert exit_code([fine, fine]) == 0
    assert exit_code([fine, stopped]) == 2
    assert exit_code([stopped, broken]) == 1
    assert exit_code([broken, in_error, fine]) == 3
    assert exit_code([in_error, usage]) == 4
    ours = report.failed(fine, ErrorReport.internal("internal error: ValueError"))
    assert exit_code([usage, ours, broken]) == 70


def test_what_was_never_started_is_inconclusive() -> None:
    for pins in (None, PINNED, PINNED_BROKEN):
        base = ConfigurationReport("model", "", {}, "native", 2, False, False, "inconclusive", None, pins=pins)
        one = report.not_run(base, "interrupted")
        assert (one.verdict, one.stopped, one.exit_code, one.mismatches) == ("inconclusive", "interrupted", 2, ())


class Numbered(Model):
    n: Constant[int] = 3
    at: Annotated[int, Range(0, "n")]

    @action
    def stay(self) -> None:
        self.at = 0

    @invariant
    def low(self) -> bool:
        return self.at == 0

    @invariant(on_request=True)
    def high(self) -> bool:
        return self.at > 0


def test_pins_are_found_by_constants_symmetry_and_properties() -> None:
    def pins(entry: Entry, n: int, symmetry: bool = False, properties: tuple[str, ...] | None = None) -> Pins | None:
        return pins_of(entry, Specification(Numbered, {"n": n}, properties), symmetry)

    plain, reduced = (
        Configuration({"n": 3}, pins=Pins(100, 7, {})),
        Configuration({"n": 3}, pins=Pins(30, 7, {}), symmetry=True),
    )
    both = Entry("m", "m:M", "", (plain, reduced))
    assert pins(both, 3) == Pins(100, 7, {})
    assert pins(both, 3, symmetry=True) == Pins(30, 7, {})
    assert pins(both, 4) is None
    only_plain = replace(both, configurations=(plain,))
    assert pins(only_plain, 3, symmetry=True) == Pins(None, 7, {}), "how many states there are depends on it"
    # What is checked changes no count; of a property on request, nothing is known unless it is pinned.
    assert pins(only_plain, 3, properties=("high",)) == Pins(100, 7, None)
    requested = replace(plain, pins=Pins(100, 7, {"high": 1}), properties=("high",))
    assert pins(replace(both, configurations=(plain, requested)), 3, properties=("high",)) == Pins(100, 7, {"high": 1})


def test_pins_with_a_view_are_for_that_view_alone() -> None:
    plain = Configuration({"n": 3}, pins=Pins(100, 7, {"low": 4}))
    seen = Configuration({"n": 3}, pins=Pins(50, 6, {}), view=True)
    reduced = Configuration({"n": 3}, pins=Pins(20, 6, {"low": 5}), view=True, symmetry=True)
    entry = Entry("m", "m:M", "", (plain, seen, reduced))
    specification = Specification(Numbered, {"n": 3})
    assert pins_of(entry, specification, False) == plain.pins
    assert pins_of(entry, specification, True) == replace(plain.pins or Pins(), distinct=None)
    assert pins_of(entry, specification, False, True) == seen.pins
    assert pins_of(entry, specification, True, True) == reduced.pins
    assert pins_of(replace(entry, configurations=(plain, seen)), specification, True, True) is None


def test_a_catalogue_can_have_both(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each configuration is searched as it says, unless the command says otherwise; rows say which is which."""
    from pathlib import Path

    from fencepost.checks import loading, terminal
    from fencepost.checks.session import Request, plan

    file = Path(__file__).parent / "specs" / "small.py"
    found = loading.find(f"{file}:RightWayOnly")
    configurations = tuple(Configuration({"top": 3}, pins=Pins(*pins), view=view) for pins, view in BOTH_WAYS)
    entry = Entry("two-ways", "", "", configurations)
    monkeypatch.setattr(loading, "find", lambda name: replace(found, name=name, entry=entry))
    planned = plan(Request(("two-ways",), options=Options("python")))
    results = [one.job.result(one.job.search()).report for one in planned if one.job is not None]
    assert [(one.verdict, one.view, one.as_expected) for one in results] == [
        ("violated", (), True),
        ("holds", ("wrong",), True),
    ]
    text = terminal.plain(Report(tuple(results), "0"))
    rows = text.splitlines()
    assert "view" not in rows[0]
    assert any(row.startswith("view ") and " holds " in row for row in rows)
    assert rows[-1] == "2 configurations: 1 holds under a view, 1 violated; as expected."
    for view in (False, True):
        [only] = plan(Request(("two-ways",), options=Options("python"), view=view))
        assert only.report.view == (("wrong",) if view else ())


BOTH_WAYS = (((7, 4, {"never_wrong": 2}), False), ((4, 4, {}), True))


def test_a_pinned_configuration_is_searched_whole() -> None:
    from fencepost.checks.api import prepare
    from fencepost.model.two_phase_commit import TwoPhaseCommit

    specification = Specification(TwoPhaseCommit)
    assert prepare(specification, Options()).options.keep_going is False
    assert prepare(specification, Options(), pins=PINNED).options.keep_going is True


@pytest.mark.parametrize("entry", catalogue.ENTRIES, ids=lambda entry: entry.name)
def test_the_catalogue_names_what_exists(entry: Entry) -> None:
    """Classes, constants and pinned names; whether the pins are right is tested by checking."""
    from fencepost.checks.loading import find

    found = find(entry.name)
    for configuration in entry.configurations:
        specification = Specification(found.model, configuration.constants, configuration.properties)
        assert dict(specification.constants) == dict(configuration.constants), "a configuration fixes every constant"
        pins = configuration.pins or Pins()
        properties = {prop.name for prop in specification.properties} | {"deadlock"}
        assert {*(pins.violated or {}), *pins.seen, *pins.vacuous} <= properties
        assert pins.unreachable <= {action.name for action in specification.actions}
        assert specification.auxiliary or not configuration.view
    keys = [(tuple(one.constants.items()), one.symmetry, one.view, one.properties) for one in entry.configurations]
    assert len(set(keys)) == len(keys)
    assert keys


def test_a_specification_without_quick_configurations_is_checked_when_it_is_named() -> None:
    (only,) = plan(Request(names=("kraft-elections",)))
    assert only.report.name == "kraft-elections"
    assert all(one.report.name != "kraft-elections" for one in plan(Request()))


def test_the_version_is_that_of_the_package() -> None:
    import tomllib
    from pathlib import Path

    from fencepost.checks import __version__

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
    assert __version__ == project["version"]

"""Results as JUnit XML, as GitHub commands and summary, and as SARIF: the rules of each format, and hostile names."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from fencepost.checks import check
from fencepost.checks.catalogue import Pins
from fencepost.checks.ci import github
from fencepost.checks.ci.junit import junit
from fencepost.checks.ci.places import Checked, Place, places
from fencepost.checks.ci.sarif import sarif
from fencepost.checks.cli import main
from fencepost.checks.report import ConfigurationReport, PropertyReport, Report, judged
from fencepost.model import Specification

SPECS = Path(__file__).parents[1] / "cli" / "specs" / "small.py"
HOSTILE = "a|b```c<script>\"'&%\n::error::x,y:z]]>\x00\x1b\ud800\ufffe end **ü**"
#: Of the Jenkins schema for JUnit files, as pytest follows it: which elements may be inside, and what must be given.
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase", "system-out", "system-err"},
    "properties": {"property"},
    "property": set(),
    "testcase": {"skipped", "error", "failure", "system-out", "system-err"},
    "failure": set(),
    "error": set(),
    "skipped": set(),
}
ATTRIBUTES = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}),
    "testsuite": ({"name", "tests", "failures", "errors"}, {"skipped", "time", "timestamp", "hostname"}),
    "properties": (set(), set()),
    "property": ({"name", "value"}, set()),
    "testcase": ({"name"}, {"classname", "time", "group"}),
    "failure": (set(), {"type", "message"}),
    "error": (set(), {"type", "message"}),
    "skipped": (set(), {"type", "message"}),
}


def ran(name: str, *arguments: str) -> int:
    return main(["check", f"{SPECS}:{name}", "--engine", "python", "-q", *arguments])


def hostile() -> ConfigurationReport:
    """A configuration in which every text is hostile; as from a search that a limit stopped."""
    properties = (
        PropertyReport(HOSTILE, "invariant", HOSTILE, "violated", 1, 1, None, None, (HOSTILE, "```")),
        PropertyReport("open", "invariant", "", "inconclusive", 1, 0, None),
    )
    return judged(
        ConfigurationReport(
            HOSTILE, HOSTILE, {"top": 1}, "python", 1, False, True, "inconclusive", None,
            stopped="limit of 3 states", properties=properties,
        )
    )  # fmt: skip


def checked_xml(text: str) -> ElementTree.Element:
    root = ElementTree.fromstring(text.encode())
    assert root.tag == "testsuites"
    for element in root.iter():
        assert {child.tag for child in element} <= CHILDREN[element.tag]
        required, optional = ATTRIBUTES[element.tag]
        assert required <= set(element.keys()) <= required | optional
    for suite in root:
        cases = suite.findall("testcase")
        assert int(suite.attrib["tests"]) == len(cases)
        for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.attrib[count]) == sum(case.find(tag) is not None for case in cases)
    return root


@pytest.mark.parametrize(
    ("name", "arguments", "outcomes"),
    [
        ("Counter", (), {}),
        ("Overrun", ("--continue",), {"below_two": "failure", "steps_start_low": "failure"}),
        ("Impossible", (), {"coverage": "failure"}),
        ("OutOfBounds", (), {"coverage": "error"}),
        ("Counter", ("--max-states", "2"), {"never_negative": "skipped", "reaches_the_top": "skipped",
                                            "coverage": "skipped"}),
    ],
)  # fmt: skip
def test_junit_says_what_became_of_each_property(
    name: str, arguments: tuple[str, ...], outcomes: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "junit.xml"
    code = ran(name, *arguments, "--junit", str(file))
    root = checked_xml(file.read_text(encoding="utf-8"))
    found = {case.get("name"): [child.tag for child in case] for case in root.iter("testcase")}
    assert {name: tags[0] for name, tags in found.items() if tags} == outcomes
    assert bool(outcomes) == bool(code)


def test_junit_holds_the_run(tmp_path: Path) -> None:
    file = tmp_path / "junit.xml"
    ran("Overrun", "--continue", "--junit", str(file))
    text = ElementTree.parse(file).findtext(".//testcase[@name='below_two']/failure") or ""
    assert "3  up()\n       at: 1 -> 2" in text


def test_annotations_stand_at_the_lines_of_the_specification(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(SPECS.parents[3]))
    assert ran("Overrun", "--continue", "--github") == 1
    lines = capsys.readouterr().out.splitlines()
    source = SPECS.read_text().splitlines()
    for name in ("below_two", "steps_start_low"):
        at = next(number for number, line in enumerate(source, start=1) if f"def {name}(" in line)
        assert sum(f"file=tests/cli/specs/small.py,line={at - 1},endLine={at + 2}:" in line for line in lines) == 1
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("before\n### Fencepost\n\n| configuration |")
    assert text.count("<details>") == text.count("</details>") == 2
    assert "up()" in text
    assert text.count("```mermaid\nsequenceDiagram\n") == 2


def test_nothing_is_said_outside_of_github(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    assert ran("Overrun", "--github") == 1
    assert "::" not in capsys.readouterr().out


def test_a_summary_that_cannot_be_written_is_complained_about(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    assert ran("Counter", "--github") == 4
    assert "error U109" in capsys.readouterr().err


def test_ten_annotations_of_a_level_at_most() -> None:
    lines = github.commands([Checked(hostile())] * 12)
    assert sum(line.startswith("::error ") for line in lines) == 10
    assert sum(line.startswith("::warning ") for line in lines) == 10
    assert lines[9] == "::error title=fencepost::and 3 more, see the log"


def test_hostile_names_stay_text() -> None:
    one = hostile()
    report = Report((one,), "0")
    root = checked_xml(junit(report).encode("utf-8").decode("utf-8"))
    assert "<script>" in str(root[0].get("name"))
    for line in github.commands(
        [Checked(one, {HOSTILE: Place(HOSTILE.replace("\x00", "").replace("\ud800", ""), 1, 2)})]
    ):
        assert "\n" not in line and "\r" not in line
        _, properties, text = line.split("::", 2)
        assert text and all(part.count("=") >= 1 for part in properties.partition(" ")[2].split(","))
    text = github.summary(report)
    outside = "".join(text.split("````")[::2])
    assert "<script>" not in outside
    row = text.splitlines()[4]
    assert len(row.replace("\\|", "").split("|")) == 8
    assert text.count("````") == 2 * 3, "blocks with backquotes inside have longer fences"
    json.loads(sarif([Checked(one)], "0", 1).encode("utf-8"))


def test_a_summary_has_room_for_a_megabyte_only() -> None:
    report = Report((hostile(),) * 500, "0")
    assert len(github.summary(report).encode("utf-8", "backslashreplace")) <= github.MOST_BYTES
    short = github.summary(report, 100_000)
    assert len(short.encode("utf-8", "backslashreplace")) <= 100_000
    assert short.endswith("more outcomes are in the log: the summary has no room for them.\n")
    assert github.summary(report, 100) == ""


def found_sarif(result: Any) -> dict[str, Any]:
    text = sarif([Checked(result.report, places(result.specification))], "0.1.0", result.exit_code)
    return dict(json.loads(text))


def test_sarif_has_a_result_for_each_violation_and_a_thread_for_each_process() -> None:
    result = check("truncate-to-high-watermark", {"replicas": 2}, properties=["weak_isr"], engine="python")
    report = judged(replace(result.report, pins=Pins(violated={})))
    found = json.loads(sarif([Checked(report, places(result.specification))], "0.1.0", 1))
    assert (found["version"], len(found["runs"])) == ("2.1.0", 1)
    [run] = found["runs"]
    [one] = run["results"]
    assert one["ruleId"] == "truncate-to-high-watermark/weak_isr"
    assert {one["ruleId"]} == {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    assert one["level"] == "error"
    region = one["locations"][0]["physicalLocation"]["region"]
    assert 1 <= region["startLine"] <= region["endLine"]
    threads = one["codeFlows"][0]["threadFlows"]
    assert {thread.get("id") for thread in threads} == {None, "controller", "b1", "b2"}
    orders = sorted(step["executionOrder"] for thread in threads for step in thread["locations"])
    assert orders == list(range(1, 10))


def test_fingerprints_depend_on_the_property_and_the_actions_only() -> None:
    name = f"{SPECS}:Overrun"

    def prints(**constants: int) -> list[str]:
        found = found_sarif(check(name, constants, keep_going=True, engine="python"))
        return [one["partialFingerprints"]["primaryLocationLineHash"] for one in found["runs"][0]["results"]]

    assert prints(top=3) == prints(top=4)
    assert len(set(prints(top=3))) == 2


def test_what_holds_has_no_results(tmp_path: Path) -> None:
    file = tmp_path / "found.sarif"
    assert ran("Counter", "--sarif", str(file)) == 0
    [run] = json.loads(file.read_text())["runs"]
    assert run["results"] == run["tool"]["driver"]["rules"] == []


def test_an_error_stands_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "found.sarif"
    assert ran("OutOfBounds", "--sarif", str(file)) == 3
    [one] = json.loads(file.read_text())["runs"][0]["results"]
    line = one["locations"][0]["physicalLocation"]["region"]["startLine"]
    assert SPECS.read_text().splitlines()[line - 1] == "        self.at += 1"


def test_places_are_those_of_the_source() -> None:
    from fencepost.checks import loading

    found = places(Specification(loading.find(f"{SPECS}:Overrun").model))
    source = SPECS.read_text().splitlines()
    assert source[found[""].line - 1].startswith("class Overrun")
    assert "def below_two" in source[found["below_two"].line]
    assert source[found["up"].end_line - 1] == "        self.at += 1"

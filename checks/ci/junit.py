"""Results as JUnit XML, in the form that pytest writes too (its family xunit2) and that CI services read.

A suite is a configuration, a case is a property of it, or its coverage. A violated property is a failure, what could
not be checked at all an error, and what a limit or an interruption left open is skipped, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from ..cases import COVERAGE, Case, cases
from ..failure import failure
from ..report import ConfigurationReport, Report
from ..terminal import title

#: What XML 1.0 has no way to write.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TAGS = {"failed": "failure", "error": "error", "inconclusive": "skipped"}


def junit(report: Report) -> str:
    """The file as text."""
    suites = [_suite(one, report.tool) for one in report.configurations]
    root = ElementTree.Element("testsuites", name="fencepost", time=_seconds(report.seconds))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    root.extend(suites)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _suite(one: ConfigurationReport, tool: str) -> ElementTree.Element:
    found = cases(one)
    suite = ElementTree.Element(
        "testsuite",
        name=_clean(title(one)),
        tests=str(len(found)),
        failures=_count(found, "failed"),
        errors=_count(found, "error"),
        skipped=_count(found, "inconclusive"),
        time=_seconds(one.total_seconds),
    )
    properties = ElementTree.SubElement(suite, "properties")
    counted = {"verdict": one.verdict, "distinct": one.distinct, "generated": one.generated, "depth": one.depth}
    for name, value in {"tool": f"fencepost {tool}", "engine": one.engine, **counted}.items():
        ElementTree.SubElement(properties, "property", name=name, value=str(value))
    for case in found:
        suite.append(_case(one, case))
    return suite


def _case(one: ConfigurationReport, case: Case) -> ElementTree.Element:
    """A case; the search is timed where its coverage is."""
    seconds = one.total_seconds if case.name == COVERAGE else 0.0
    element = ElementTree.Element(
        "testcase", name=_clean(case.name), classname=_clean(one.name), time=_seconds(seconds)
    )
    if case.status in _TAGS:
        kind = case.prop.verdict if case.prop is not None else case.status
        inside = ElementTree.SubElement(element, _TAGS[case.status], type=kind, message=_clean(case.message))
        inside.text = _clean(failure(one, case, []))
    return element


def _count(found: Sequence[Case], status: str) -> str:
    return str(sum(case.status == status for case in found))


def _seconds(value: float) -> str:
    return f"{value:.3f}"


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)

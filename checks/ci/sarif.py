"""Results as SARIF 2.1.0, the format of code scanning: what is not as expected, at its lines, with the run to it.

A rule is a property of a specification. A run is a code flow with a thread for each process; `executionOrder` counts
its steps over all threads. The fingerprint of a result depends on the property and the actions of its run only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ...traces.text import headline
from ...traces.trace import Trace
from ..cases import Case
from ..failure import failure
from .places import Checked, Place

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
#: GitHub refuses results with more steps.
MOST_STEPS = 10_000
_LEVELS = {"failed": "error", "error": "error", "inconclusive": "warning"}


def sarif(found: Sequence[Checked], tool: str, exit_code: int) -> str:
    """The file as text."""
    results: list[dict[str, Any]] = []
    rules: dict[str, dict[str, Any]] = {}
    for one in found:
        for case in one.unexpected:
            rule = f"{one.report.name}/{case.name}"
            rules.setdefault(rule, _rule(rule, case))
            results.append(_result(one, case, rule))
    driver = {"name": "fencepost", "version": tool, "rules": list(rules.values())}
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": exit_code <= 2, "exitCode": exit_code}],  # noqa: PLR2004  # a verdict
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _rule(rule: str, case: Case) -> dict[str, Any]:
    words = (case.prop.words if case.prop is not None else "") or "What is wrong with no single property."
    return {
        "id": rule,
        "name": case.name,
        "shortDescription": {"text": words},
        "fullDescription": {"text": words},
        "help": {"text": f"{words}\nA result says why that is false, and its code flow how it comes about."},
    }


def _result(one: Checked, case: Case, rule: str) -> dict[str, Any]:
    trace = case.prop.trace if case.prop is not None and case.prop.verdict == "violated" else None
    steps = [step.action for step in trace.steps] if trace is not None else []
    fingerprint = hashlib.sha256("\0".join([rule, *steps]).encode("utf-8", "backslashreplace")).hexdigest()
    found = {
        "ruleId": rule,
        "level": _LEVELS[case.status],
        "message": {"text": failure(one.report, case, [])},
        "locations": _locations(one.place(case)),
        "partialFingerprints": {"primaryLocationLineHash": fingerprint},
    }
    return found if trace is None else {**found, "codeFlows": [_flow(trace, one.places)]}


def _flow(trace: Trace, places: Mapping[str, Place]) -> dict[str, Any]:
    threads: dict[str, list[dict[str, Any]]] = {}
    for number, step in enumerate(trace.steps[:MOST_STEPS], start=1):
        changes = [change.show("->") for change in step.changes]
        text = "\n".join([f"{number}: {headline(step, first=number == 1)}", *changes])
        physical = [one["physicalLocation"] for one in _locations(places.get(step.action, places.get("")))]
        location = {"message": {"text": text}, **({"physicalLocation": physical[0]} if physical else {})}
        threads.setdefault(step.process, []).append({"location": location, "executionOrder": number})
    return {"threadFlows": [_thread(process, steps) for process, steps in threads.items()]}


def _thread(process: str, steps: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": process, "locations": steps} if process else {"locations": steps}


def _locations(place: Place | None) -> list[dict[str, Any]]:
    if place is None:
        return []
    uri = quote(place.relative) if place.relative is not None else Path(place.file).resolve().as_uri()
    region = {"startLine": place.line, "endLine": place.end_line}
    return [{"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}]

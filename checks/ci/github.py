"""Results on GitHub: annotations at the lines of the specification, and a summary of the job.

Annotations are commands on the output of a step; the summary is Markdown that is appended to a file. Both are only
made where GitHub Actions say, through variables of the environment, that somebody will read them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ...model import errors
from ..cases import Case
from ..failure import failure
from ..report import ConfigurationReport, Report
from ..screen import duration
from ..terminal import title
from .places import Checked

#: GitHub shows ten annotations of a level for a step.
MOST_ANNOTATIONS = 10
#: A larger summary is refused as a whole; its limit is a MiB.
MOST_BYTES = 1_000_000
_LEVELS = {"failed": "error", "error": "error", "inconclusive": "warning"}


def commands(found: Sequence[Checked]) -> list[str]:
    """The commands, a line each; what is too much for one level is counted in its last one."""
    by_level: dict[str, list[str]] = {"error": [], "warning": []}
    for one in found:
        for case in one.unexpected:
            level = _LEVELS[case.status]
            by_level[level].append(_annotation(level, one, case))
    lines = []
    for level, made in by_level.items():
        if len(made) > MOST_ANNOTATIONS:
            left_out = len(made) - MOST_ANNOTATIONS + 1
            made[MOST_ANNOTATIONS - 1 :] = [f"::{level} title=fencepost::and {left_out} more, see the log"]
        lines += made
    return lines


def _annotation(level: str, one: Checked, case: Case) -> str:
    place = one.place(case)
    properties = {"title": f"{one.report.name}: {case.message}"}
    if place is not None and place.relative is not None:
        properties |= {"file": place.relative, "line": str(place.line), "endLine": str(place.end_line)}
    reasons = case.prop.explanation if case.prop is not None else ()
    words = [case.prop.words] if case.prop is not None and case.prop.words else []
    text = "\n".join([*words, *reasons, f"In {title(one.report)}."])
    given = ",".join(f"{name}={_escaped(value, ':,')}" for name, value in properties.items())
    return f"::{level} {given}::{_escaped(text)}"


def _escaped(text: str, more: str = "") -> str:
    for character in f"%\r\n{more}":
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def append_summary(file: str, report: Report) -> None:
    """Appends the summary to a file. Raises CannotWrite."""
    try:
        before = Path(file).stat().st_size if Path(file).exists() else 0
        with Path(file).open("a", encoding="utf-8", errors="backslashreplace") as out:
            out.write(summary(report, MOST_BYTES - before))
    except OSError as error:
        raise errors.CannotWrite(f"{file}: {error.strerror or error}") from None


def summary(report: Report, most_bytes: int = MOST_BYTES) -> str:
    """The summary as Markdown: a table of configurations, and a folded section for each outcome that is unexpected.

    Sections for which there is no room are counted; without room for the table it is empty.
    """
    found = report.configurations
    rows = "".join(_row(one) for one in found)
    head = "| configuration | verdict | as expected | distinct | depth | time |\n|---|---|---|--:|--:|--:|\n"
    text = f"### Fencepost\n\n{head}{rows}\n"
    unexpected = [(one, case) for one in found for case in Checked(one).unexpected]
    room = most_bytes - _size(text) - 200
    if room < 0:
        return ""
    for number, (one, case) in enumerate(unexpected):
        section = _section(one, case)
        room -= _size(section)
        if room < 0:
            return f"{text}{len(unexpected) - number} more outcomes are in the log: the summary has no room for them.\n"
        text += section
    return text


def _size(text: str) -> int:
    return len(text.encode("utf-8", "backslashreplace"))


def _row(one: ConfigurationReport) -> str:
    expected = {errors.EXIT_AS_EXPECTED: "yes", errors.EXIT_INCONCLUSIVE: "not decided"}.get(one.exit_code, "no")
    cells = [
        _markdown(title(one)),
        one.verdict,
        expected,
        f"{one.distinct:,}",
        str(one.depth),
        duration(one.total_seconds),
    ]
    return f"| {' | '.join(cells)} |\n"


def _section(one: ConfigurationReport, case: Case) -> str:
    """An outcome, folded: a counterexample as a diagram, which GitHub draws, and then in words."""
    from ...traces import mermaid

    trace = case.prop.trace if case.prop is not None and case.prop.verdict == "violated" else None
    diagram = fenced(mermaid.write(trace).rstrip("\n"), "mermaid") + "\n" if trace is not None else ""
    return (
        f"<details><summary>{_html(case.message)}, in {_html(title(one))}</summary>\n\n"
        f"{diagram}{fenced(failure(one, case, []))}\n</details>\n\n"
    )


def fenced(text: str, language: str = "text") -> str:
    """A code block that ends where it should, whatever is in it."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(longest + 1, 3)
    return f"{fence}{language}\n{text}\n{fence}\n"


def _markdown(text: str) -> str:
    """Text with nothing in it that Markdown, tables or HTML would read."""
    return re.sub(r"([\\`*_{}\[\]()#+!|~@:-])", r"\\\1", _html(text))


def _html(text: str) -> str:
    text = " ".join(text.split())
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def wanted(environment: Mapping[str, str]) -> Iterator[str]:
    """What this environment can show: "annotations", "summary"."""
    if environment.get("GITHUB_ACTIONS") == "true":
        yield "annotations"
    if environment.get("GITHUB_STEP_SUMMARY"):
        yield "summary"

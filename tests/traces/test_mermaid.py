"""Mermaid diagrams: every line is a statement of a small grammar, and texts come back as they were."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fencepost.traces.escaping import printable
from fencepost.traces.mermaid import MAX_CHARACTERS, write
from fencepost.traces.processes import processes
from models.counterexamples import NAMES, counterexample, long_run, renamed
from models.walks import Sharded, walk

PLAIN = r"(?:[\w .,()\[\]{}=+/'|!?\u2192-]|#\d+;)"
TEXT = rf"(?:{PLAIN}|<br/>)+"
HANG = "    "
STATEMENTS = {
    "participant": re.compile(rf"participant (p\d+) as ({PLAIN}+)"),
    "note": re.compile(rf"Note over (p\d+)(?:,(p\d+))?: ({TEXT})"),
    "message": re.compile(rf"(p\d+)(->>|-->>|-x|-\))(p\d+): ({TEXT})"),
    "open": re.compile(r"rect rgba\(255, 0, 0, 0\.2\)|loop for ever"),
    "end": re.compile(r"end"),
}


def parsed(diagram):
    """The statements of a diagram as (kind, parts). What is not in the grammar is an error."""
    assert len(diagram) <= MAX_CHARACTERS
    head, *lines = diagram.removesuffix("\n").split("\n")
    assert head == "sequenceDiagram"
    found, declared, depth = [], set(), 0
    for line in lines:
        assert line.startswith(HANG)
        kind, match = next(
            (kind, it) for kind, one in STATEMENTS.items() if (it := one.fullmatch(line.removeprefix(HANG)))
        )
        parts = match.groups()
        if kind == "participant":
            declared.add(parts[0])
        elif kind in {"note", "message"}:
            assert {part for part in parts[:3] if part and re.fullmatch(r"p\d+", part)} <= declared
            assert not re.search(r"\bend\b", parts[-1], re.IGNORECASE)
        depth += {"open": 1, "end": -1}.get(kind, 0)
        assert depth in {0, 1}
        found.append((kind, parts))
    assert depth == 0
    return found


def decoded(text):
    """What a reader of the diagram sees."""
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), text.replace("<br/>", " "))


@pytest.mark.parametrize("name", NAMES)
def test_every_line_is_a_statement(name):
    trace, _ = counterexample(name)
    statements = parsed(write(trace))
    labels = [decoded(parts[1]) for kind, parts in statements if kind == "participant"]
    assert labels == list(processes(trace))
    arrows = [parts[1] for kind, parts in statements if kind == "message"]
    received = sum(len(one.received) for one in trace.messages)
    assert len(arrows) == received + sum(one.lost is not None or one.in_flight for one in trace.messages)
    assert arrows.count("-x") == sum(one.lost is not None for one in trace.messages)
    notes = [decoded(parts[-1]) for kind, parts in statements if kind == "note"]
    for number, step in enumerate(trace.steps[1:], start=2):
        assert any(note.startswith(f"{number} {step.action}(") for note in notes)


def test_fates_of_messages():
    trace, _ = counterexample("lossy")
    arrows = [parts for kind, parts in parsed(write(trace)) if kind == "message"]
    assert [(source, arrow, target) for source, arrow, target, _ in arrows] == [
        ("p1", "->>", "p2"),
        ("p1", "-x", "p2"),
        ("p2", "->>", "p1"),
        ("p1", "-)", "p2"),
    ]
    assert decoded(arrows[1][3]) == "lost: Ping(source=n1, target=n2, number=0) copy, made in 3"


HOSTILE = [
    "end",
    ";end",
    "a\nend",
    '#59;"><b>',
    "```\n%%{init: {}}%%",
    "wrap: x",
    "$$x$$",
    "-->>p1: x",
    "\ud800\u2028",
    "я",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names(text):
    check_hostile(text)


@settings(deadline=None, max_examples=30)
@given(st.text(min_size=1, max_size=60))
def test_any_names(text):
    check_hostile(text)


def check_hostile(text):
    trace = renamed(counterexample("lossy")[0], text)
    statements = parsed(write(trace))
    labels = [decoded(parts[1]) for kind, parts in statements if kind == "participant"]
    assert labels == [name[:37] + "..." if len(name) > 40 else name for name in map(printable, processes(trace))]
    verdict = decoded(statements[-2][1][-1])
    assert verdict.replace(" ", "") == f"{printable(text)}isviolated".replace(" ", "")


def test_what_is_too_long_is_cut_in_the_middle_and_says_so():
    trace = long_run(10_000)
    diagram = write(trace)
    assert len(diagram) > MAX_CHARACTERS * 0.95
    numbers = []
    for kind, parts in parsed(diagram):
        note = decoded(parts[-1]) if kind == "note" else ""
        if "left out" in note:
            left_out, of = re.fullmatch(r"([\d,]+) of ([\d,]+) states are left out here", note).groups()
            cut_after = numbers[-1]
        elif match := re.match(r"(\d+) ", note):
            numbers.append(int(match[1]))
    left_out, of = (int(one.replace(",", "")) for one in (left_out, of))
    assert of == trace.states
    assert numbers == [*range(2, cut_after + 1), *range(cut_after + left_out + 1, of + 1)]


def test_there_is_room_for_what_changes_in_each_partition():
    turns = [f"n1: {action}(node=n1, shard=s{number}" for number in (1, 2, 3) for action in ("lead", "write", "commit")]
    trace = walk(Sharded, *turns, "n1: crash(", shards=3)
    notes = [decoded(parts[-1]).replace(" ", "") for kind, parts in parsed(write(trace)) if kind == "note"]
    assert notes[-1].startswith("11crash(")
    assert len(trace.last.changes) == 10
    assert all(change.path in notes[-1] for change in trace.last.changes)


def test_a_cycle_is_in_a_frame():
    trace = replace(long_run(3), loop=1)
    statements = parsed(write(trace))
    opening = next(index for index, (kind, _) in enumerate(statements) if kind == "open")
    inside = [decoded(parts[-1]) for kind, parts in statements[opening:] if kind == "note"]
    assert inside[0].startswith("3 answer") and inside[-1] == "and back to state 2"

"""Comma-separated values: they read back with Python's csv, and no cell is a formula."""

import csv
import io
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fencepost.traces.difference import Change
from fencepost.traces.table import MAX_PATHS, cell, rows, write
from fencepost.traces.trace import build
from models.counterexamples import NAMES, counterexample, long_run, renamed

relaxed = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=15
)
FORMULA = re.compile(r"\s*[=+\-@]")


def check(trace):
    table = list(csv.reader(io.StringIO(write(trace))))
    assert table == [[cell(value) for value in row] for row in rows(trace)]
    assert len(table) == trace.states + 1 and {len(row) for row in table} == {len(table[0])}
    for row in table:
        for value in row:
            assert re.fullmatch(r"-?\d+", value) or not FORMULA.match(value)
            assert value.isprintable()
    return table


@pytest.mark.parametrize("name", NAMES)
def test_shown_runs(name):
    check(counterexample(name)[0])


def test_a_column_follows_its_path():
    trace, _ = counterexample("truncate-weak-isr")
    head, *table = check(trace)
    column = head.index("replica[b1].high_watermark")
    assert [row[column] for row in table] == ["0", *[""] * 6, "1", ""]
    records = head.index("replica[b2].log.records[0]")
    assert [row[records] for row in table if row[records]] == [
        "added Record(id=0, epoch=0)",
        "removed Record(id=0, epoch=0)",
    ]
    assert table[-1][-1] == "weak_isr is violated"


@relaxed
@given(data=st.data())
def test_random_walks(specification, walk, data):
    trace = build(specification, walk(specification, data, 8), model="x")
    head, _, *table = check(trace)
    for row, step in zip(table, trace.steps[1:], strict=True):
        for change in step.changes:
            if change.before is not None and change.after is not None:
                assert row[head.index(change.path)] == cell(change.after)


@settings(deadline=None, max_examples=30)
@given(st.text(max_size=40))
def test_any_names(text):
    check(renamed(counterexample("lossy")[0], text))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+1", "@SUM(A1)", " =1", "\t=1", "\r=1", "-", "＝1"])
def test_formulas_are_made_harmless(text):
    assert cell(text)[0] in "'\\"


@pytest.mark.parametrize("text", ["-1", "17", "b1", "{-1}", ""])
def test_what_is_no_formula_stays(text):
    assert cell(text) == text


def test_a_long_run():
    check(long_run(10_000))


def test_paths_that_have_no_column_share_one():
    trace, _ = counterexample("lossy")
    many = tuple(Change(f"x[{number}]", "0", "1") for number in range(MAX_PATHS + 2))
    head, *table = check(replace(trace, steps=(*trace.steps[:-1], replace(trace.last, changes=many))))
    assert head[-1] == "other changes" and len(head) == 6 + MAX_PATHS + 1
    assert table[-1][-1].endswith(f"x[{MAX_PATHS + 1}]: 0 -> 1")

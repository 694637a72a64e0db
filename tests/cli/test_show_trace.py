"""`fencepost show TRACE --format NAME`: every format, to standard output or a file."""

import json
from pathlib import Path
from typing import Any

import pytest

from fencepost.traces.formats import FORMATS


@pytest.fixture
def trace(run: Any, small: Any, tmp_path: Path) -> Path:
    file = tmp_path / "overrun.itf.json"
    assert run("check", small("Overrun"), "--set", "top=9", "--trace", file).code == 1
    return file


def test_a_trace_is_shown_as_text(run: Any, trace: Path) -> None:
    done = run("show", trace)
    assert (done.code, done.err) == (0, "")
    assert "below_two is violated, 3 states" in done.out and "at: 1 -> 2" in done.out


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_goes_to_a_file_or_to_standard_output(run: Any, trace: Path, name: str) -> None:
    file = trace.with_name(f"shown{FORMATS[name].suffix}")
    assert run("show", trace, "--format", name, "-o", file).out == ""
    written = file.read_text(encoding="utf-8")
    assert [line.rstrip() for line in written.rstrip().splitlines()] == run(
        "show", trace, "--format", name
    ).out.splitlines()


def test_itf_comes_back_as_it_was(run: Any, trace: Path) -> None:
    assert run("show", trace, "--format", "itf").out == trace.read_text(encoding="utf-8")


def test_a_trace_needs_no_suffix(run: Any, trace: Path) -> None:
    plain = trace.rename(trace.with_name("overrun"))
    assert "below_two is violated" in run("show", plain).out


def test_formats_are_listed(run: Any) -> None:
    done = run("show", "--formats")
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines()] == list(FORMATS)


def test_a_format_that_does_not_exist(run: Any, complained: Any, trace: Path) -> None:
    complained(run("show", trace, "--format", "mermiad"), "there is no format 'mermiad'", "did you mean mermaid?")


def test_options_of_the_other_thing(run: Any, complained: Any, trace: Path, small: Any) -> None:
    complained(run("show", trace, "--ir"), "--ir is about specifications")
    complained(run("show", trace, "--set", "top=1"), "--set is about specifications")
    complained(run("show", small("Overrun"), "--format", "csv"), "--format is about traces")
    complained(run("show", "kip-320", "-o", "x"), "--output is about traces")


def test_traces_that_are_missing_broken_or_foreign(run: Any, complained: Any, trace: Path, small: Any) -> None:
    complained(run("show", trace.with_name("nothing.json")), "nothing.json: no such file")
    complained(run("show", trace, "--model", small("Exchange")), "not a trace of")
    complained(run("show", trace, "-o", trace.with_name("no") / "x"), "No such file or directory")
    trace.write_text(trace.read_text()[:400])
    complained(run("show", trace), "not JSON")


def test_half_of_a_character_is_written_as_an_escape(run: Any, trace: Path) -> None:
    found = json.loads(trace.read_text())
    found["states"][1]["#meta"]["x-process"] = "\ud800"
    trace.write_text(json.dumps(found))
    file = trace.with_name("again.itf.json")
    assert run("show", trace, "--format", "itf", "-o", file).code == 0
    assert json.loads(file.read_text()) == found

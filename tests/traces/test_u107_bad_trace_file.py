"""U107: trace files that are missing, broken, or of another format."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fencepost.model import Specification, errors
from fencepost.traces import itf
from fencepost.traces.itf_values import BadValue, decode, encode
from fencepost.traces.trace import Trace

BROKEN = {
    "not JSON": ("{", "not JSON"),
    "another JSON": ("[1, 2]", "not an ITF file"),
    "no states": ('{"vars": ["x"], "states": []}', "at least one state"),
    "a state that is a number": ('{"vars": ["x"], "states": [3]}', "states[0] is not an object"),
    "a variable without value": ('{"vars": ["x", "y"], "states": [{"x": true}]}', "no value for 'y'"),
    "an undeclared value": ('{"vars": ["x"], "states": [{"x": true, "y": true}]}', "'y', which is not declared"),
    "a name twice": ('{"vars": ["x", "x"], "states": [{"x": true}]}', "'x' cannot be declared"),
    "a key twice": ('{"vars": ["x"], "states": [{"x": true, "x": false}]}', "'x' occurs twice"),
    "a loop to nowhere": ('{"vars": ["x"], "states": [{"x": true}], "loop": 1}', '"loop" is 1'),
    "not a number": ('{"vars": ["x"], "states": [{"x": NaN}]}', "NaN is not JSON"),
    "a long integer": ('{"vars": ["x"], "states": [{"x": ' + "9" * 5000 + "}]}", "4300"),
    "deep nesting": ('{"vars": ["x"], "states": [{"x": ' + "[" * 100_000 + "]" * 100_000 + "}]}", "nested too deeply"),
    "a list of names that is none": ('{"vars": "x", "states": [{"x": true}]}', '"vars" is not a list of names'),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_file_is_an_error_of_its_own(broken: str) -> None:
    text, says = BROKEN[broken]
    with pytest.raises(errors.BadTraceFile) as caught:
        itf.parse(text, "t.itf.json")
    assert says in caught.value.what and "t.itf.json" in caught.value.what
    assert str(caught.value).endswith("\n  a trace is an ITF file, as written by `fencepost check --trace FILE`")


EXPRESSIONS = {
    "number": (
        [5, True, "1", {"#bigint": "x"}, {"#bigint": 1}, {"#bigint": "3"}, {"#bignum": "1"}, 0.5, None],
        "number",
    ),
    "flag": ([0, "true", {"#tup": []}], "flag"),
    "colour": (["BLUE", 1, {"#bigint": "1"}], "colour"),
    "members": ([["b1"], {"#set": ["b1", "b1"]}, {"#set": ["b4"]}, {"#set": "b1"}], "members"),
    "maybe": ([None, {"tag": "Maybe", "value": 1}, {"tag": "Some"}, "None"], "maybe"),
    "table": ([{"#map": []}, {"#map": [["b1"]]}, {"#map": [["b1", {"#map": []}]]}, {"b1": 1}], "table"),
    "variant": ([{"tag": "RED", "value": 1}, {}, {"tag_": "RED"}, {"tag_": "RED", "value_": 1, "x": 1}], "variant"),
    "network": ([{"#map": [[1, 1]]}, {"#set": []}, []], "network"),
}


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_a_value_that_is_not_of_its_type_is_named(
    everything: Specification, everything_trace: Trace, name: str
) -> None:
    wrong, says = EXPRESSIONS[name]
    found = json.loads(itf.write(everything_trace))
    for expression in wrong:
        found["states"][1][name] = expression
        with pytest.raises(errors.BadTraceFile, match=rf"states\[1\]\.{says}"):
            itf.read(itf.parse(json.dumps(found)), everything)


def test_a_bag_cannot_have_a_negative_number_of_copies(everything: Specification, everything_trace: Trace) -> None:
    kind = everything.state_type.field["network"]
    expression = encode(kind, everything_trace.steps[1].state._values["network"])
    for copies in (-1, 0, 4):
        expression["#map"][0][1] = {"#bigint": str(copies)}
        with pytest.raises(BadValue, match="copies"):
            decode(kind, expression)


def test_a_key_cannot_occur_twice(everything: Specification, everything_trace: Trace) -> None:
    kind = everything.state_type.field["table"]
    expression = encode(kind, everything_trace.steps[0].state._values["table"])
    expression["#map"].append(expression["#map"][0])
    with pytest.raises(BadValue, match="the key b1 occurs twice"):
        decode(kind, expression)


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "no such file"), (b"\xff\xfe{\x00", "UTF-8"), (b"", "not JSON")],
    ids=["none", "utf-16", "empty"],
)
def test_files_that_are_no_text(tmp_path: Any, content: bytes | None, says: str) -> None:
    file = tmp_path / "t.itf.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(errors.BadTraceFile, match=says):
        itf.load(file)
    with pytest.raises(errors.BadTraceFile, match="not a file"):
        itf.load(tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_no_damage_is_a_crash(everything: Specification, everything_trace: Trace, data: st.DataObject) -> None:
    """Any edit of a good file is read, or refused with an error of ours."""
    text = itf.write(everything_trace)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text) - 1))
        length = data.draw(st.integers(0, 12))
        put = data.draw(
            st.sampled_from(["", "{", "}", "[", "]", '"', ",", "null", "-1", "9" * 30, '{"#set": []}', "\\ud800", "b1"])
        )
        text = text[:start] + put + text[start + length :]
    try:
        itf.write(itf.read(itf.parse(text), everything))
    except errors.UsageError as error:
        assert str(error).count("\n") <= 3

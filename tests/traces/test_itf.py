"""ITF files lose nothing: what is written is read back, for values of random types and for runs of real models."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fencepost.checks.outcome import Run
from fencepost.model import Specification, errors
from fencepost.model.lang import types
from fencepost.traces import itf
from fencepost.traces.itf_values import BadValue, decode, encode
from fencepost.traces.trace import Trace, build

Walk = Callable[[Specification, Any, int], Run]
#: Fixtures here hold no state.
relaxed = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=40
)


def through_json(value: Any) -> Any:
    return json.loads(json.dumps(value, allow_nan=False))


def shuffled(expression: Any, generator: random.Random) -> Any:
    """The same value expression with sets and maps in another order."""
    if isinstance(expression, list):
        return [shuffled(part, generator) for part in expression]
    if not isinstance(expression, dict):
        return expression
    result = {key: shuffled(part, generator) for key, part in expression.items()}
    for wrapper in ("#set", "#map"):
        if isinstance(result.get(wrapper), list):
            generator.shuffle(result[wrapper])
    return result


def rebuilt(expression: Any) -> Any:
    """A reader that knows the format's decoding rules and nothing of ours; raises on anything not allowed."""
    match expression:
        case bool() | str():
            return expression
        case list():
            return [rebuilt(part) for part in expression]
        case dict() if len(expression) == 1 and next(iter(expression)).startswith("#"):
            [(wrapper, inside)] = expression.items()
            assert wrapper in ("#bigint", "#tup", "#set", "#map"), wrapper
            if wrapper == "#bigint":
                return int(inside)
            elements = [rebuilt(part) for part in inside]
            texts = [json.dumps(part if wrapper == "#set" else part[:1]) for part in inside]
            assert wrapper == "#tup" or len(set(texts)) == len(texts), "an element or key twice"
            return (wrapper, elements)
        case dict() if expression.keys() == {"tag", "value"} and isinstance(expression["tag"], str):
            known = expression["tag"] in ("Some", "None") or expression["tag"].startswith("Record")
            assert known, "a record that looks like a variant"
            return (expression["tag"], rebuilt(expression["value"]))
        case dict():
            assert expression and not any(name.startswith(("#", "__")) for name in expression)
            return {name: rebuilt(part) for name, part in expression.items()}
    raise AssertionError(f"not a value expression: {expression!r}")


@relaxed
@given(data=st.data())
def test_a_value_of_any_type_is_read_back(typed_values: Any, data: st.DataObject) -> None:
    kind, value = data.draw(typed_values)
    expression = through_json(encode(kind, value))
    rebuilt(expression)
    again = decode(kind, shuffled(expression, random.Random(data.draw(st.integers()))))
    assert again == value
    assert kind.code(again) == kind.code(value)


@relaxed
@given(data=st.data())
def test_values_that_differ_are_written_differently(typed_values: Any, data: st.DataObject) -> None:
    kind, value = data.draw(typed_values)
    other = kind.unrank(data.draw(st.integers(0, kind.count - 1))) if kind.count < 5000 and rankable(kind) else value
    assert (encode(kind, other) == encode(kind, value)) == (other == value)


def rankable(kind: types.Type) -> bool:
    """Whether every rank below `count` is that of a value: not so for collections in slots."""
    return not any(name in repr(kind) for name in ("Set(", "Seq(", "Bag("))


@relaxed
@given(data=st.data(), mbt=st.booleans())
def test_a_run_is_read_back(specification: Specification, walk: Walk, data: st.DataObject, mbt: bool) -> None:
    trace = build(
        specification, walk(specification, data, 8), model="some/file.py:Name", property_name="p", kind="invariant",
        verdict="violated", engine="native", tool="1.0",
    )  # fmt: skip
    text = itf.write(trace, mbt=mbt)
    file = itf.parse(text)
    assert (file.model, file.constants) == ("some/file.py:Name", specification.constants)
    again = itf.read(file, Specification(specification.source, file.constants))
    assert again == trace
    assert [step.call for step in again.steps] == [step.call for step in trace.steps]
    assert itf.write(again, mbt=mbt) == text


@relaxed
@given(data=st.data())
def test_another_reader_finds_what_the_format_promises(
    specification: Specification, walk: Walk, data: st.DataObject
) -> None:
    found = json.loads(itf.write(build(specification, walk(specification, data, 5)), mbt=True))
    assert set(found["vars"]) == set(found["#meta"]["varTypes"])
    for index, state in enumerate(found["states"]):
        names = [*found["vars"], *(found["params"] if index == 0 else [])]
        assert set(state) == {"#meta", *names}
        assert state["#meta"]["index"] == index
        for name in names:
            rebuilt(state[name])
    entries = [found["#meta"], *(state["#meta"] for state in found["states"])]
    assert all(isinstance(text, str) for meta in entries for name, text in meta.items() if name.startswith("x-"))


def everything_trace(everything: Specification) -> Trace:
    """Initial state, a message sent by b2, received by b3."""
    positions = []
    state = everything.initial_states()[0]
    for wanted in ("send(sender=b2, offset=1)", "receive("):
        for position, step in enumerate(everything.successors(state)):
            names = ", ".join(
                f"{p.name}={p.type.show(v)}" for p, v in zip(step.action.parameters, step.arguments, strict=True)
            )
            if f"{step.action.name}({names})".startswith(wanted):
                positions.append(position)
                state = step.state
                break
    return build(everything, Run(everything.key(everything.initial_states()[0]), tuple(positions)))


def test_what_a_file_looks_like(everything: Specification) -> None:
    found = json.loads(itf.write(everything_trace(everything)))
    assert found["#meta"]["format"] == "ITF"
    assert found["params"] == ["brokers", "top", "wild"]
    first, sent, received = found["states"]
    assert first["brokers"] == {"#bigint": "3"} and first["wild"] is True
    assert first["#meta"] == {
        "index": 0, "x-action": "some_start", "x-action-args": '{"number": {"#bigint": "-1"}}',
    }  # fmt: skip
    assert sent["#meta"]["x-action"] == "send"
    assert json.loads(sent["#meta"]["x-action-args"]) == {"sender": "b2", "offset": {"#bigint": "1"}}
    assert sent["#meta"]["x-process"] == "b2"
    assert sent["#meta"]["x-changed"] == "flag,network"
    assert json.loads(sent["#meta"]["x-choices"]) == ["RED"]
    message = {
        "sender": "b2",
        "offset": {"tag": "Some", "value": {"#bigint": "1"}},
        "tags": {"#set": ["RED"]},
        "inner": {"tag_": "RED", "value_": {"#bigint": "1"}},
    }
    assert sent["network"] == {"#map": [[message, {"#bigint": "1"}]]}
    assert sent["maybe"] == {"tag": "None", "value": {"#tup": []}}
    assert received["log"] == [message]
    assert received["nothing"] == {"#tup": []}
    assert received["table"]["#map"][0] == ["b1", {"#map": [[False, {"#bigint": "0"}], [True, {"#bigint": "-1"}]]}]


def test_a_loop_is_kept(everything: Specification) -> None:
    trace = everything_trace(everything)
    for loop in (None, 0, 2):
        text = itf.write(replace(trace, loop=loop))
        assert json.loads(text).get("loop") == loop
        assert itf.read(itf.parse(text), everything).loop == loop


def test_integers_of_older_files_are_plain_numbers(everything: Specification) -> None:
    text = itf.write(everything_trace(everything)).replace('"number": {"#bigint": "-1"}', '"number": -1')
    assert itf.read(itf.parse(text), everything).steps[0].state.number == -1


# Broken and foreign files.


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
    assert says in str(caught.value) and "t.itf.json" in str(caught.value)


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
def test_a_value_that_is_not_of_its_type_is_named(everything: Specification, name: str) -> None:
    wrong, says = EXPRESSIONS[name]
    found = json.loads(itf.write(everything_trace(everything)))
    for expression in wrong:
        found["states"][1][name] = expression
        with pytest.raises(errors.BadTraceFile, match=rf"states\[1\]\.{says}"):
            itf.read(itf.parse(json.dumps(found)), everything)


def test_a_bag_cannot_have_a_negative_number_of_copies(everything: Specification) -> None:
    kind = everything.state_type.field["network"]
    trace = everything_trace(everything)
    expression = encode(kind, trace.steps[1].state._values["network"])
    for copies in (-1, 0, 4):
        expression["#map"][0][1] = {"#bigint": str(copies)}
        with pytest.raises(BadValue, match="copies"):
            decode(kind, expression)


def test_a_key_cannot_occur_twice(everything: Specification) -> None:
    kind = everything.state_type.field["table"]
    expression = encode(kind, everything_trace(everything).steps[0].state._values["table"])
    expression["#map"].append(expression["#map"][0])
    with pytest.raises(BadValue, match="the key b1 occurs twice"):
        decode(kind, expression)


def test_a_trace_of_another_specification_is_foreign(everything: Specification) -> None:
    file = itf.parse('{"vars": ["hw"], "states": [{"hw": {"#bigint": "0"}}]}')
    with pytest.raises(errors.ForeignTrace, match="hw"):
        itf.read(file, everything)
    text = itf.write(everything_trace(everything))
    with pytest.raises(errors.ForeignTrace, match="other constants"):
        itf.read(itf.parse(text), Specification(everything.source, {"wild": False}))


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


@relaxed
@given(data=st.data())
def test_no_damage_to_a_file_is_a_crash(everything: Specification, data: st.DataObject) -> None:
    """Any edit of a good file is read, or refused with an error of ours."""
    text = itf.write(everything_trace(everything))
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

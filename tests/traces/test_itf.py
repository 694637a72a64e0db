"""ITF files lose nothing: what is written is read back, for values of random types and for runs of real models."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fencepost.checks.outcome import Run
from fencepost.model import Specification
from fencepost.model.lang import types
from fencepost.traces import itf
from fencepost.traces.itf_values import decode, encode
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


def test_what_a_file_looks_like(everything_trace: Trace) -> None:
    found = json.loads(itf.write(everything_trace))
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


def test_a_loop_is_kept(everything: Specification, everything_trace: Trace) -> None:
    for loop in (None, 0, 2):
        text = itf.write(replace(everything_trace, loop=loop))
        assert json.loads(text).get("loop") == loop
        assert itf.read(itf.parse(text), everything).loop == loop


def test_integers_of_older_files_are_plain_numbers(everything: Specification, everything_trace: Trace) -> None:
    text = itf.write(everything_trace).replace('"number": {"#bigint": "-1"}', '"number": -1')
    assert itf.read(itf.parse(text), everything).steps[0].state.number == -1

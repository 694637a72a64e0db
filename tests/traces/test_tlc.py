"""TLC's error traces: states parse back, and their values are those that ITF writes."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fencepost.traces.itf_values import encode
from fencepost.traces.tlc import value_text, write
from fencepost.traces.trace import build
from models.counterexamples import NAMES, counterexample, long_run, renamed

relaxed = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None, max_examples=15
)
TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|<<|>>|:>|@@|\|->|[\[\]{}(),]|-?\w+)')


class Reader:
    """Reads a TLA+ value as what can be compared: tuples, frozensets of elements or of pairs, strings, numbers."""

    def __init__(self, text):
        self.tokens, at = [], 0
        while at < len(text.rstrip()):
            match = TOKEN.match(text, at)
            assert match, text[at:]
            self.tokens.append(match[1])
            at = match.end()

    def whole(self):
        value = self.value()
        assert not self.tokens
        return value

    def next(self, expected=None):
        token = self.tokens.pop(0)
        assert expected in {None, token}
        return token

    def value(self):
        token = self.next()
        if token == "<<":
            return tuple(self.items(">>", self.value))
        if token == "{":
            return frozenset(self.items("}", self.value))
        if token == "[":
            return frozenset(self.items("]", lambda: self.pair("|->", key=self.next)))
        if token == "(":
            return frozenset(self.items(")", lambda: self.pair(":>", key=self.value), between="@@"))
        if token in {"TRUE", "FALSE"}:
            return token == "TRUE"
        if token[0] == '"':
            return token[1:-1]
        return int(token) if re.fullmatch(r"-?\d+", token) else token

    def items(self, end, item, between=","):
        found = []
        while self.tokens[0] != end:
            found.append(item())
            if self.tokens[0] != end:
                self.next(between)
        self.next(end)
        assert len(set(found)) == len(found) or end == ">>"
        return found

    def pair(self, arrow, key):
        left = key()
        self.next(arrow)
        return left, self.value()


def comparable(expression):
    """A value expression of ITF in the same form."""
    match expression:
        case {"#bigint": number}:
            return int(number)
        case {"#tup": []} | {"#map": []} | []:
            return ()
        case {"#set": items}:
            return frozenset(map(comparable, items))
        case {"#map": pairs}:
            return frozenset((comparable(key), comparable(value)) for key, value in pairs)
        case {"tag": "None", "value": {"#tup": []}}:
            return "None"
        case {"tag": "Some", "value": value}:
            return comparable(value)
        case dict():
            return frozenset((name.removesuffix("_"), comparable(value)) for name, value in expression.items())
        case list():
            return tuple(map(comparable, expression))
    return expression


def states(text):
    """The states as dictionaries from variable to text, and the headers, by the expressions that readers use."""
    found, headers, state = [], [], None
    for line in text.split("\n"):
        if match := re.match(r"State (\d+): <(.*)>$", line):
            assert int(match[1]) == len(found) + 1
            state = {}
            found.append(state)
            headers.append(match[2])
        elif match := re.match(r"(?:/\\ )?(\w+) = (.*)", line):
            state[match[1]] = match[2]
        else:
            assert line == "" or line.startswith("Error: ")
    return found, headers


def check(trace):
    found, headers = states(write(trace))
    assert len(found) == trace.states and headers[0] == "Initial predicate"
    for state, step in zip(found, trace.steps, strict=True):
        kind = step.state._type
        assert list(state) == [name for name, _ in kind.fields]
        for name, part in kind.fields:
            assert Reader(state[name]).whole() == comparable(encode(part, step.state._values[name]))
    return headers


@pytest.mark.parametrize("name", NAMES)
def test_shown_runs(name):
    check(counterexample(name)[0])


def test_what_stands_around_the_states():
    trace, _ = counterexample("truncate-weak-isr")
    text = write(trace)
    assert text.startswith(
        "Error: Invariant weak_isr is violated.\nError: The behavior up to this point is:\nState 1: <"
    )
    assert "\nState 5: <leader_write(b1)>\n" in text and not write(counterexample("lossy")[0]).startswith("Error")


@relaxed
@given(data=st.data())
def test_random_walks(specification, walk, data):
    check(build(specification, walk(specification, data, 8), model="x"))


@relaxed
@given(data=st.data())
def test_random_values(typed_values, data):
    kind, value = data.draw(typed_values)
    assert Reader(value_text(kind, value)).whole() == comparable(encode(kind, value))


@settings(deadline=None, max_examples=30)
@given(st.text(max_size=40))
def test_any_names(text):
    headers = check(renamed(counterexample("lossy")[0], text))
    assert all(re.match(r'(\w+|"(?:[^"\\]|\\.)*")(\(|$)', header) for header in headers[1:])


def test_a_long_run():
    assert len(states(write(long_run(10_000)))[0]) == long_run(10_000).states

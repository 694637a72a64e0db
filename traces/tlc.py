"""A trace as the error trace that TLC prints (tlaplus/tlaplus), with values in TLA+.

Identities are model values and members of enums are strings. An optional is its value or the model value `None`; a
union a record of `tag` and `value`, as in ITF; a bag a function from element to count; and a struct a record, or a
function from strings where a field's name is no TLA+ identifier. Locations in a module are left out: there is none.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from ..model.lang import types
from .escaping import printable
from .replay import DEADLOCK
from .trace import Trace, TraceStep

#: "Specifying Systems", section 15.1: words that cannot be names.
_RESERVED = frozenset(
    """ACTION ASSUME ASSUMPTION AXIOM BOOLEAN BY CASE CHOOSE CONSTANT CONSTANTS COROLLARY DEF DEFINE DEFS DOMAIN ELSE
    ENABLED EXCEPT EXTENDS FALSE HAVE HIDE IF IN INSTANCE LAMBDA LEMMA LET LOCAL MODULE NEW OBVIOUS OMITTED ONLY OTHER
    PICK PROOF PROPOSITION PROVE QED RECURSIVE SF_ STATE STRING SUBSET SUFFICES TAKE TEMPORAL THEN THEOREM TRUE
    UNCHANGED UNION USE VARIABLE VARIABLES WF_ WITH WITNESS""".split()  # noqa: SIM905
)
_IDENTIFIER = re.compile(r"[A-Za-z0-9_]*[A-Za-z][A-Za-z0-9_]*\Z")


def write(trace: Trace) -> str:
    """The trace as TLC prints it, one conjunct a line."""
    kind: types.Struct = trace.last.state._type
    blocks = [f"{line}\n" for line in _errors(trace)]
    texts: dict[str, str] = {}
    for number, step in enumerate(trace.steps, start=1):
        changed = {change.field for change in step.changes}
        for name, part in kind.fields:
            if name in changed or number == 1:
                texts[name] = value_text(part, step.state._values[name])
        values = [f"{name} = {text}\n" for name, text in texts.items()]
        conjuncts = values if len(values) == 1 else [f"/\\ {value}" for value in values]
        blocks.append(f"State {number}: <{_header(step, number)}>\n{''.join(conjuncts)}\n")
    if trace.loop == trace.states - 1:
        blocks.append(f"State {trace.states + 1}: Stuttering\n")
    elif trace.loop is not None:
        blocks.append(f"Back to state {trace.loop + 1}\n")
    return "".join(blocks)


def _errors(trace: Trace) -> tuple[str, ...]:
    if trace.verdict != "violated":
        return ()
    behaviour = "Error: The behavior up to this point is:"
    if trace.kind == DEADLOCK:
        return "Error: Deadlock reached.", behaviour
    what = "Action property" if trace.kind == "step_invariant" else "Invariant"
    if trace.states == 1:
        return (f"Error: {what} {printable(trace.property_name)} is violated by the initial state:",)
    return f"Error: {what} {printable(trace.property_name)} is violated.", behaviour


def _header(step: TraceStep, number: int) -> str:
    if number == 1:
        return "Assumed state" if step.assumed else "Initial predicate"
    arguments = ", ".join(value_text(argument.type, argument.value) for argument in step.arguments)
    return f"{_name(step.action)}{f'({arguments})' if arguments else ''}"


def value_text(kind: types.Type, value: Any) -> str:
    """A stored value as a TLA+ expression."""
    match kind:
        case types.Bool() | types.Int() | types.Enum() | types.Domain():
            return _scalar(kind, value)
        case types.Option(inner=inner):
            return "None" if value is None else value_text(inner, value)
        case types.Struct():
            return _record([(name, value_text(part, value._values[name])) for name, part in kind.fields])
        case types.Union(members=members):
            member = members[kind.position(value)]
            return _record([("tag", _string(str(member))), ("value", value_text(member, value))])
        case types.Map(key=key, element=element):
            pairs = zip(key.values(), value._values, strict=True)
            return _function([(value_text(key, one), value_text(element, item)) for one, item in pairs])
        case types.Set(element=element):
            return f"{{{', '.join(value_text(element, item) for item in value)}}}"
        case types.Seq(element=element):
            return f"<<{', '.join(value_text(element, item) for item in value)}>>"
        case types.Bag(element=element):
            counts = Counter(value_text(element, item) for item in value)
            return _function([(item, str(count)) for item, count in counts.items()])
    raise TypeError(f"no TLA+ value for {kind}")


def _scalar(kind: types.Type, value: Any) -> str:
    text = kind.show(value)
    if isinstance(kind, types.Domain):
        return _name(text)
    return _string(text) if isinstance(kind, types.Enum) else text.upper()


def _record(fields: list[tuple[str, str]]) -> str:
    if fields and all(_is_identifier(name) for name, _ in fields):
        return f"[{', '.join(f'{name} |-> {value}' for name, value in fields)}]"
    return _function([(_string(name), value) for name, value in fields])


def _function(pairs: list[tuple[str, str]]) -> str:
    return f"({' @@ '.join(f'{key} :> {value}' for key, value in pairs)})" if pairs else "<<>>"


def _is_identifier(text: str) -> bool:
    return _IDENTIFIER.match(text) is not None and text not in _RESERVED and text[:3] not in {"WF_", "SF_"}


def _name(text: str) -> str:
    """A name as it is if TLA+ allows it, and otherwise a string."""
    return text if _is_identifier(text) else _string(text)


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    for character, escape in (("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        escaped = escaped.replace(character, escape)
    return f'"{printable(escaped)}"'

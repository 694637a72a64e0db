"""Values in the Informal Trace Format: what a stored value of a type looks like as JSON, and back.

The format is Apalache's (apalache-mc/apalache, docs/src/adr/015adr-trace.md). Both directions go by the type, so that
nothing is guessed: an identity is the string people read (`"b1"`), a member of an enum its name, an optional a variant
`Some` or `None`, a union a variant named after its struct, a bag a map from element to count. Sets, bags and maps are
written in the canonical order of their elements, so equal states give equal text; the order is ignored when they are
read.

A struct whose only fields are `tag` and `value` would be taken for a variant by other readers; it is written with
`tag_` and `value_`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from ..model import errors
from ..model.lang import types

UNIT: dict[str, Any] = {"#tup": []}
_INTEGER = re.compile(r"-?[0-9]+\Z")
_LONGEST_INTEGER = 1000
_EXACT_FLOATS = 2**53
_SHOWN = 60


class BadValue(Exception):  # noqa: N818  # never seen by users: files that hold one are reported as BadTraceFile
    """A value expression that is not one of its type; the text says where inside and what is wrong."""


def encode(kind: types.Type, value: Any) -> Any:
    """The value expression of a stored value."""
    match kind:
        case types.Bool():
            return value
        case types.Int():
            return encode_integer(value)
        case types.Domain() | types.Enum():
            return kind.show(value)
        case types.Option(inner=inner):
            return _variant("None", UNIT) if value is None else _variant("Some", encode(inner, value))
        case types.Struct():
            fields = {_written(kind, name): encode(part, value._values[name]) for name, part in kind.fields}
            return fields or UNIT
        case types.Union(members=members):
            member = members[kind.position(value)]
            return _variant(str(member), encode(member, value))
        case types.Map(key=key, element=element):
            pairs = zip(key.values(), value._values, strict=True)
            return {"#map": [[encode(key, one), encode(element, item)] for one, item in pairs]}
        case types.Set(element=element):
            return {"#set": [encode(element, item) for item in value]}
        case types.Seq(element=element):
            return [encode(element, item) for item in value]
        case types.Bag(element=element):
            counts = Counter(map(element.code, value))
            return {"#map": [[encode(element, element.value(code)), encode_integer(n)] for code, n in counts.items()]}
    raise TypeError(f"no value expression for {kind}")


def encode_integer(number: int) -> Any:
    """An integer of any size."""
    return {"#bigint": str(number)}


def encode_constant(value: int | bool) -> Any:
    """A constant of a specification."""
    return value if isinstance(value, bool) else encode_integer(value)


def _variant(tag: str, value: Any) -> Any:
    return {"tag": tag, "value": value}


def _written(kind: types.Struct, name: str) -> str:
    return f"{name}_" if {field for field, _ in kind.fields} == {"tag", "value"} else name


def decode(kind: types.Type, expression: Any, path: str = "") -> Any:
    """The stored value that an expression stands for. Raises BadValue."""
    match kind:
        case types.Bool() | types.Int() | types.Domain() | types.Enum():
            return _scalar(kind, expression, path)
        case types.Option(inner=inner):
            return _option(inner, expression, path)
        case types.Struct():
            return _struct(kind, expression, path)
        case types.Union():
            return _union(kind, expression, path)
        case types.Map(key=key, element=element):
            pairs = _pairs(key, expression, path)
            missing = [key.show(one) for one in key.values() if key.code(one) not in pairs]
            if missing:
                raise _bad(path, f"no value for the key {missing[0]}")
            items = {one: (key.value(one), part) for one, part in pairs.items()}
            return _fit(
                kind, {one: decode(element, part, f"{path}[{key.show(one)}]") for one, part in items.values()}, path
            )
        case types.Set(element=element):
            return _fit(kind, _distinct(element, _wrapped("#set", expression, path), path), path)
        case types.Seq(element=element):
            items_ = enumerate(_list(expression, path))
            return _fit(kind, [decode(element, part, f"{path}[{index}]") for index, part in items_], path)
        case types.Bag(element=element):
            return _bag(kind, expression, path)
    raise TypeError(f"no value expression for {kind}")


def decode_constant(expression: Any, path: str) -> int | bool:
    """A constant of a specification. Raises BadValue."""
    return expression if isinstance(expression, bool) else decode_integer(expression, path)


def decode_integer(expression: Any, path: str) -> int:
    """An integer, which older files have as a plain JSON number. Raises BadValue."""
    if isinstance(expression, int) and not isinstance(expression, bool):
        return expression
    if isinstance(expression, float) and expression.is_integer() and abs(expression) < _EXACT_FLOATS:
        return int(expression)
    text = _wrapped("#bigint", expression, path)
    if not isinstance(text, str) or not _INTEGER.match(text) or len(text) > _LONGEST_INTEGER:
        raise _bad(path, f"{shown(text)} is not an integer")
    return int(text)


def _scalar(kind: types.Type, expression: Any, path: str) -> Any:
    if isinstance(kind, types.Int):
        return _fit(kind, decode_integer(expression, path), path)
    if isinstance(kind, types.Bool):
        return _fit(kind, expression, path)
    if not isinstance(expression, str):
        raise _bad(path, f"{shown(expression)} is not one of {kind}")
    for value in kind.values():
        if kind.show(value) == expression:
            return value
    raise _bad(path, f"{shown(expression)} is not one of {', '.join(kind.show(value) for value in kind.values())}")


def _option(inner: types.Type, expression: Any, path: str) -> Any:
    if isinstance(expression, dict) and expression.keys() == {"tag", "value"}:
        if expression["tag"] == "Some":
            return decode(inner, expression["value"], path)
        if expression["tag"] == "None" and expression["value"] in (UNIT, {"tag": "UNIT"}, {}, None):
            return None
    raise _bad(path, f"{shown(expression)} is not an optional: a variant Some or None")


def _union(kind: types.Union, expression: Any, path: str) -> Any:
    if isinstance(expression, dict) and expression.keys() == {"tag", "value"}:
        for member in kind.members:
            if expression["tag"] == str(member):
                return decode(member, expression["value"], path)
    raise _bad(path, f"{shown(expression)} is not a variant of {', '.join(map(str, kind.members))}")


def _struct(kind: types.Struct, expression: Any, path: str) -> Any:
    fields = {_written(kind, name): (name, part) for name, part in kind.fields}
    if not fields and expression in (UNIT, {}):
        expression = {}
    if not isinstance(expression, dict):
        raise _bad(path, f"{shown(expression)} is not a record")
    for name in expression:
        if name not in fields:
            raise _bad(path, f"{kind} has no field {name!r}")
    for name in fields:
        if name not in expression:
            raise _bad(path, f"the field {name!r} of {kind} is missing")
    decoded = {field: decode(part, expression[name], f"{path}.{field}") for name, (field, part) in fields.items()}
    return kind.make(kind, decoded)


def _bag(kind: types.Bag, expression: Any, path: str) -> Any:
    items: list[Any] = []
    for code, part in _pairs(kind.element, expression, path).items():
        copies = decode_integer(part, path)
        if not 0 < copies <= kind.size:
            raise _bad(path, f"{copies} copies in a bag of at most {kind.size}")
        items += [kind.element.value(code)] * copies
    return _fit(kind, items, path)


def _pairs(key: types.Type, expression: Any, path: str) -> dict[int, Any]:
    """The entries of a map expression by the codes of their keys. Equal keys are an error."""
    found: dict[int, Any] = {}
    for pair in _list(_wrapped("#map", expression, path), path):
        if not isinstance(pair, list) or len(pair) != 2:
            raise _bad(path, f"{shown(pair)} is not a pair of key and value")
        decoded = decode(key, pair[0], f"{path}, a key")
        if key.code(decoded) in found:
            raise _bad(path, f"the key {key.show(decoded)} occurs twice")
        found[key.code(decoded)] = pair[1]
    return found


def _distinct(element: types.Type, expressions: Any, path: str) -> Iterable[Any]:
    found: dict[int, Any] = {}
    for part in _list(expressions, path):
        value = decode(element, part, f"{path}, an element")
        if element.code(value) in found:
            raise _bad(path, f"the element {element.show(value)} occurs twice")
        found[element.code(value)] = value
    return found.values()


def _wrapped(wrapper: str, expression: Any, path: str) -> Any:
    """What is inside an object such as `{"#set": …}`."""
    if isinstance(expression, dict) and len(expression) == 1 and wrapper in expression:
        return expression[wrapper]
    raise _bad(path, f"{shown(expression)} is not a {wrapper}")


def _list(expression: Any, path: str) -> list[Any]:
    if not isinstance(expression, list):
        raise _bad(path, f"{shown(expression)} is not a list")
    return expression


def _fit(kind: types.Type, value: Any, path: str) -> Any:
    try:
        return kind.fit(value)
    except (errors.OutOfRange, errors.CollectionFull) as error:
        raise _bad(path, error.what) from None


def _bad(path: str, what: str) -> BadValue:
    return BadValue(f"{path}: {what}" if path else what)


def shown(expression: Any) -> str:
    """An expression in an error message, cut to a readable length."""
    text = repr(expression)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def type_text(kind: types.Type) -> str:
    """The type in Apalache's notation (Type System 1), which it needs to read a trace."""
    match kind:
        case types.Bool():
            return "Bool"
        case types.Int():
            return "Int"
        case types.Domain() | types.Enum():
            return "Str"
        case types.Option(inner=inner):
            return f"Some({type_text(inner)}) | None(UNIT)"
        case types.Struct():
            fields = (f"{_written(kind, name)}: {type_text(part)}" for name, part in kind.fields)
            return f"{{ {', '.join(fields)} }}" if kind.fields else "UNIT"
        case types.Union(members=members):
            return " | ".join(f"{member}({type_text(member)})" for member in members)
        case types.Map(key=key, element=element):
            return f"({type_text(key)}) -> ({type_text(element)})"
        case types.Set(element=element):
            return f"Set({type_text(element)})"
        case types.Seq(element=element):
            return f"Seq({type_text(element)})"
        case types.Bag(element=element):
            return f"({type_text(element)}) -> Int"
    raise TypeError(f"no notation for {kind}")

"""Types and meanings in the words of error messages."""

from __future__ import annotations

from ... import errors
from .. import ir, types
from .scope import Comprehension, Entity, Meaning, Method, Operation, Pairs, RangeOf, SuperOf, TupleOf

ELEMENTS_HINT = "collections, maps, ranges and Enums have elements"
VALUES_HINT = "values are bool, int, enum members, None and what is built from them"


def described(kind: types.Type) -> str:
    """A value of a type, as people speak of it."""
    match kind:
        case types.Int(low=low, high=high):
            return f"the number {low}" if low == high else f"a number from {low} to {high}"
        case ir.Integer():
            return "a number"
        case ir.Nothing():
            return "None"
        case types.Domain(name=name, size=size):
            return f"one of the {name}" if name.isidentifier() else f"one of {size} identities"
        case types.Option(inner=inner):
            return f"{described(inner)} or None"
        case types.Set() | types.Seq() | types.Bag():
            bound = "" if kind.size is None else f" up to {kind.size}"
            return f"a {type(kind).__name__}[{_short(kind.element)}]{bound}"
        case types.Map():
            return f"a Map[{_short(kind.key)}, {_short(kind.element)}]"
    return errors.with_article(str(kind))


def _short(kind: types.Type) -> str:
    return kind.name if isinstance(kind, types.Domain) else str(kind)


def instead(have: types.Type, want: types.Type) -> str:
    """What to write where a value of one type stands and another is wanted."""
    if isinstance(have, ir.Nothing):
        return "what can be None is declared as T | None"
    if isinstance(want, types.Bool):
        return "compare it with something"
    if isinstance(have, types.Set) and isinstance(want, types.Seq):
        return "write list(...) or sorted(...)"
    if isinstance(have, types.Seq) and isinstance(want, types.Set):
        return "write set(...)"
    return ""


_UNVALUED: dict[type, tuple[str, str]] = {
    RangeOf: ("a range is not a value", "write list(range(...))"),
    Comprehension: ("a generator is not a value", "make a list: [... for ...]"),
    TupleOf: ("a tuple has no methods", "make a list: list(...)"),
    SuperOf: ("super() is not a value", "call a method of it: super().method()"),
}


def unvalued(meaning: Meaning) -> tuple[str, str]:
    """What something without a value is, and what to write instead."""
    match meaning:
        case Method(function=function):
            return f"{function.__name__} is a method", f"call it: {function.__name__}(...)"
        case Operation(name=name):
            return f"{name} is a method", f"call it: {name}(...)"
        case Pairs(kind=kind):
            return f"{kind}() is not a value", "loop over it, or write list(...)"
        case Entity(object=type() as cls):
            return f"{cls.__name__} is a class, not a value", "make one, or name a member of it"
        case Entity(object=found) if callable(found) and hasattr(found, "__name__"):
            return f"{found.__name__} is a function", f"call it: {found.__name__}(...)"
        case Entity(object=found):
            return f"{types.show(found)} is not a value of the language", VALUES_HINT
    return _UNVALUED.get(type(meaning), ("this is not a value", ""))

"""Terms over booleans and bounded integers: what a translated specification consists of.

A term is immutable, and equal terms are one object, so that a formula is a graph in which everything shared is shared.
Constants are Python's own `bool` and `int`; operations on constants are carried out at once, and what follows from
the ranges of integers alone is decided at once as well. Every integer term knows bounds of its value: no
operation can overflow. `evaluate` says what a term means; `solver` says the same to Z3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeGuard
from weakref import WeakValueDictionary

from ...model import errors


class BoolTerm:
    """A boolean that depends on variables."""

    __slots__ = ("__weakref__", "args", "op")

    def __init__(self, op: str, args: tuple[Any, ...]) -> None:
        self.op, self.args = op, args


class IntTerm:
    """An integer from `low` to `high` that depends on variables."""

    __slots__ = ("__weakref__", "args", "high", "low", "op")

    def __init__(self, op: str, args: tuple[Any, ...], low: int, high: int) -> None:
        self.op, self.args, self.low, self.high = op, args, low, high


Bool = bool | BoolTerm
Int = int | IntTerm
Term = BoolTerm | IntTerm

_bools: WeakValueDictionary[tuple[Any, ...], BoolTerm] = WeakValueDictionary()
_ints: WeakValueDictionary[tuple[Any, ...], IntTerm] = WeakValueDictionary()


#: The most terms that there may be at a time; each takes some 200 bytes here, and more in a solver.
MOST_TERMS = 4_000_000


def _count() -> None:
    if len(_bools) + len(_ints) >= MOST_TERMS:
        raise errors.TooLargeToUnroll(f"the formulas have more than {MOST_TERMS:,} parts")


def _bool(op: str, *args: Any) -> BoolTerm:
    # 1 and True are equal: types tell them apart.
    key = (op, *args) if op != "if" else (op, *args, *map(type, args))
    found = _bools.get(key)
    if found is None:
        _count()
        found = _bools[key] = BoolTerm(op, args)
    return found


def _int(op: str, low: int, high: int, *args: Any) -> Int:
    if low == high:
        return low
    key = (op, low, high, *args)
    found = _ints.get(key)
    if found is None:
        _count()
        found = _ints[key] = IntTerm(op, args, low, high)
    return found


def is_bool(value: object) -> TypeGuard[Bool]:
    """Whether a value is a boolean, constant or term."""
    return isinstance(value, (bool, BoolTerm))


def low(value: Int) -> int:
    """The least that an integer can be."""
    return value.low if isinstance(value, IntTerm) else value


def high(value: Int) -> int:
    """The greatest that an integer can be."""
    return value.high if isinstance(value, IntTerm) else value


# Variables: terms of one name and range are one variable.


def bool_variable(name: str) -> BoolTerm:
    """A boolean that a solver may choose."""
    return _bool("variable", name)


def int_variable(name: str, least: int, greatest: int) -> Int:
    """An integer between two bounds, both included, that a solver may choose."""
    return _int("variable", least, greatest, name)


# Booleans.


def negation(value: Bool) -> Bool:
    """`not value`."""
    if isinstance(value, bool):
        return not value
    if value.op == "not":
        inner: Bool = value.args[0]
        return inner
    return _bool("not", value)


_FLAT = 8


def conjunction(*parts: Bool) -> Bool:
    """Whether all parts are true."""
    return _joined("and", parts)


def disjunction(*parts: Bool) -> Bool:
    """Whether one of the parts is true."""
    return _joined("or", parts)


def _joined(op: str, parts: Iterable[Bool]) -> Bool:
    neutral = op == "and"
    kept: dict[BoolTerm, None] = {}
    for part in parts:
        if isinstance(part, bool):
            if part is not neutral:
                return part
        elif part.op == op and len(part.args) <= _FLAT:
            kept.update(dict.fromkeys(part.args))
        else:
            kept[part] = None
    for part in kept:
        if part.op == "not" and part.args[0] in kept:
            return not neutral
    if not kept:
        return neutral
    return next(iter(kept)) if len(kept) == 1 else _bool(op, *kept)


def if_bool(test: Bool, then: Bool, otherwise: Bool) -> Bool:
    """`then if test else otherwise`."""
    if isinstance(test, bool):
        return then if test else otherwise
    if then is otherwise:
        return then
    if then is True or then is test:
        return disjunction(test, otherwise)
    if then is False:
        return conjunction(negation(test), otherwise)
    if otherwise is True:
        return disjunction(negation(test), then)
    if otherwise is False or otherwise is test:
        return conjunction(test, then)
    return _bool("if", test, then, otherwise)


def same(left: Bool, right: Bool) -> Bool:
    """Whether two booleans are equal."""
    if left is right:
        return True
    if isinstance(left, bool):
        return right if left else negation(right)
    if isinstance(right, bool):
        return left if right else negation(left)
    if negation(left) is right:
        return False
    return _bool("same", left, right)


# Integers.


def if_int(test: Bool, then: Int, otherwise: Int) -> Int:
    """`then if test else otherwise`."""
    if isinstance(test, bool):
        return then if test else otherwise
    if then is otherwise or (isinstance(then, int) and isinstance(otherwise, int) and then == otherwise):
        return then
    least, greatest = min(low(then), low(otherwise)), max(high(then), high(otherwise))
    return _int("if", least, greatest, test, then, otherwise)


def _choice(value: Int, other: Int) -> TypeGuard[IntTerm]:
    """Whether an operation on a choice among constants and a constant is a choice among results."""
    if not (isinstance(value, IntTerm) and isinstance(other, int) and value.op == "if"):
        return False
    return isinstance(value.args[1], int) or isinstance(value.args[2], int)


def equal(left: Int, right: Int) -> Bool:
    """`left == right`."""
    if left is right:
        return True
    if isinstance(left, int) and isinstance(right, int):
        return left == right
    if high(left) < low(right) or high(right) < low(left):
        return False
    if _choice(left, right):
        return if_bool(left.args[0], equal(left.args[1], right), equal(left.args[2], right))
    if _choice(right, left):
        return equal(right, left)
    if isinstance(left, int):
        left, right = right, left
    return _bool("equal", left, right)


def less(left: Int, right: Int) -> Bool:
    """`left < right`."""
    if left is right or low(left) >= high(right):
        return False
    if high(left) < low(right):
        return True
    if _choice(left, right):
        return if_bool(left.args[0], less(left.args[1], right), less(left.args[2], right))
    if _choice(right, left):
        return if_bool(right.args[0], less(left, right.args[1]), less(left, right.args[2]))
    return _bool("less", left, right)


def at_most(left: Int, right: Int) -> Bool:
    """`left <= right`."""
    return negation(less(right, left))


def within(value: Int, least: int, greatest: int) -> Bool:
    """`least <= value <= greatest`."""
    return conjunction(at_most(least, value), at_most(value, greatest))


def narrowed(value: Int, least: int, greatest: int) -> Int:
    """A value that is known to lie between two bounds; any value between them where it does not."""
    if isinstance(value, int):
        return min(max(value, least), greatest)
    if least <= value.low and value.high <= greatest:
        return value
    if value.op == "narrowed":
        value = value.args[0]
    return _int("narrowed", max(least, low(value)), min(greatest, high(value)), value)


def _corners(left: Int, right: Int, compute: Callable[[int, int], int]) -> tuple[int, int]:
    found = [compute(first, second) for first in (low(left), high(left)) for second in (low(right), high(right))]
    return min(found), max(found)


def add(left: Int, right: Int) -> Int:
    """`left + right`."""
    if isinstance(left, int) and isinstance(right, int):
        return left + right
    if right == 0 and isinstance(right, int):
        return left
    if left == 0 and isinstance(left, int):
        return right
    return _int("+", low(left) + low(right), high(left) + high(right), left, right)


def subtract(left: Int, right: Int) -> Int:
    """`left - right`."""
    if isinstance(left, int) and isinstance(right, int):
        return left - right
    if right == 0 and isinstance(right, int):
        return left
    if left is right:
        return 0
    return _int("-", low(left) - high(right), high(left) - low(right), left, right)


def multiply(left: Int, right: Int) -> Int:
    """`left * right`."""
    if isinstance(left, int) and isinstance(right, int):
        return left * right
    return _int("*", *_corners(left, right, lambda first, second: first * second), left, right)


def floor_divide(left: Int, right: Int) -> Int:
    """`left // right`; any value when `right` is zero."""
    if isinstance(left, int) and isinstance(right, int):
        return left // right if right else 0
    if isinstance(right, int) and right > 0:
        return _int("//", low(left) // right, high(left) // right, left, right)
    most = max(abs(low(left)), abs(high(left)))
    return _int("//", -most, most, left, right)


def modulo(left: Int, right: Int) -> Int:
    """`left % right`; any value when `right` is zero."""
    if isinstance(left, int) and isinstance(right, int):
        return left % right if right else 0
    least, greatest = min(low(right) + 1, 0), max(high(right) - 1, 0)
    return _int("%", least, greatest, left, right)


def total(parts: list[Int]) -> Int:
    """The sum of all parts, added in pairs so that the formula is not deep."""
    if not parts:
        return 0
    while len(parts) > 1:
        pairs = [add(*parts[at : at + 2]) for at in range(0, len(parts) - 1, 2)]
        parts = pairs + ([parts[-1]] if len(parts) % 2 else [])
    return parts[0]


def count(flags: Iterable[Bool]) -> Int:
    """How many of the flags are true."""
    return total([if_int(flag, 1, 0) for flag in flags])


# Meaning.


def in_order(roots: Iterable[Any], known: Mapping[Any, Any]) -> Iterable[Term]:
    """The terms that roots consist of, parts first, without what is known already. Constants are left out."""
    seen = set(known)
    stack: list[tuple[Any, bool]] = [(root, False) for root in roots]
    while stack:
        term, ready = stack.pop()
        if not isinstance(term, (BoolTerm, IntTerm)) or (term in seen and not ready):
            continue
        if ready:
            yield term
            continue
        seen.add(term)
        stack.append((term, True))
        stack.extend((part, False) for part in term.args)


Assignment = Mapping[str, Any]
Meaning = dict[Any, Any]


def evaluate(term: Any, assignment: Assignment, known: Meaning | None = None) -> Any:
    """The value of a term under values of its variables; `known` keeps what was computed for the next terms.

    A variable that the assignment does not have takes its least value.
    """
    if not isinstance(term, (BoolTerm, IntTerm)):
        return term
    known = {} if known is None else known
    for part in in_order([term], known):
        known[part] = _meaning(part, assignment, known)
    return known[term]


def _meaning(term: Term, assignment: Assignment, known: Meaning) -> Any:
    if term.op == "variable":
        least = term.low if isinstance(term, IntTerm) else False
        return assignment.get(term.args[0], least)
    args = [known[part] if isinstance(part, (BoolTerm, IntTerm)) else part for part in term.args]
    return _OPERATIONS[term.op](*args)


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "not": lambda value: not value,
    "and": lambda *parts: all(parts),
    "or": lambda *parts: any(parts),
    "if": lambda test, then, otherwise: then if test else otherwise,
    "same": lambda left, right: left is right,
    "equal": lambda left, right: left == right,
    "less": lambda left, right: left < right,
    "narrowed": lambda value: value,
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "//": floor_divide,
    "%": modulo,
}


def size(roots: Iterable[Any]) -> int:
    """The number of distinct terms in formulas."""
    return sum(1 for _ in in_order(roots, {}))

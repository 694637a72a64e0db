"""An interpreter of the intermediate representation, written to be obviously right.

It says what the compiled kernels must compute, evaluates the premises of properties for the search in CPython, and
explains why a property is false. Values are stored values (see `types`): tuples for collections, frozen structs and
maps; only the roots of places are mutable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from . import ir, types, values


class Undefined(Exception):  # noqa: N818  # the meaning of a partial operation, converted by callers
    """A partial operation without a value: the specification is wrong in this state."""


class Blocked(Exception):  # noqa: N818  # not an error: the step is not possible
    """A `Require` was false, or there was nothing to choose."""


class _Leave(Exception):  # noqa: N818  # control flow
    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


class Environment:
    """Roots of places and locals. `choices` are the option numbers for the choice sites of a routine."""

    def __init__(self, state: Any, after: Any = None, choices: Sequence[int] = ()) -> None:
        self.roots: dict[str, Any] = {ir.STATE: state, ir.AFTER: after}
        self.choices = choices
        self.taken: dict[int, int] = {}

    def option(self, choice: ir.Choose, options: Sequence[Any]) -> int:
        """The number of the option that a choice takes."""
        self.taken[choice.site] = self.choices[choice.site] if choice.site < len(self.choices) else 0
        return self.taken[choice.site]

    def assign(self, name: str, value: Any) -> None:
        """Gives a local a value."""
        self.roots[name] = values.thaw(value)

    def read(self, place: ir.Place) -> Any:
        """The value at a place, frozen."""
        found = self.roots[place.root]
        for step in place.steps:
            found = found._values[self._slot(step, found)]
        return place.type.fit(found) if place.type.is_place and place.steps else values.freeze(found)

    def write(self, place: ir.Place, value: Any) -> None:
        """Puts a value at a place."""
        if not place.steps:
            self.roots[place.root] = values.thaw(value)
            return
        container = self.roots[place.root]
        for step in place.steps[:-1]:
            container = container._values[self._slot(step, container)]
        container._values[self._slot(place.steps[-1], container)] = values.thaw(value)

    def _slot(self, step: ir.FieldStep | ir.KeyStep, container: Any) -> Any:
        if isinstance(step, ir.FieldStep):
            return step.name
        return container._type.key.rank(evaluate(step.key, self))


class _InOrder(Environment):
    """Takes one option after the other as choices are made, whatever their sites, and keeps what they give."""

    def __init__(self, state: Any, options: Sequence[int]) -> None:
        super().__init__(state)
        self.options = iter(options)
        self.chosen: list[tuple[types.Type, Any]] = []

    def option(self, choice: ir.Choose, options: Sequence[Any]) -> int:
        option = next(self.options)
        self.chosen.append((choice.type, options[option]))
        return option


def run(routine: ir.Routine, state: Any, inputs: Sequence[Any], choices: Sequence[int] = ()) -> Any:
    """The state (a mutable copy) after a routine with these inputs and option numbers.

    Raises Blocked when it is disabled (also when an option does not exist, or a site that is not reached is given an
    option other than 0) and Undefined when it fails.
    """
    environment = Environment(values.thaw(state), choices=choices)
    _execute_routine(routine, inputs, environment)
    if any(option and site not in environment.taken for site, option in enumerate(choices)):
        raise Blocked
    return environment.roots[ir.STATE]


def chosen(
    routine: ir.Routine, state: Any, inputs: Sequence[Any], options: Sequence[int]
) -> list[tuple[types.Type, Any]]:
    """What a routine that is possible with these inputs and options chooses, one after the other: types and values."""
    environment = _InOrder(values.thaw(state), options)
    _execute_routine(routine, inputs, environment)
    return environment.chosen


def _execute_routine(routine: ir.Routine, inputs: Sequence[Any], env: Environment) -> None:
    for item, value in zip(routine.inputs, inputs, strict=True):
        env.assign(item.name, value)
    execute(routine.body, env)


def holds(condition: ir.Condition, state: Any, after: Any = None) -> bool:
    """The value of a property. Raises Undefined."""
    return bool(evaluate(condition.value, Environment(state, after)))


def premise(condition: ir.Condition, state: Any, after: Any = None) -> bool:
    """Whether a property says something about a state or step. Raises Undefined."""
    return bool(evaluate(condition.premise, Environment(state, after)))


def execute(body: Sequence[ir.Stmt], env: Environment) -> None:
    """Runs statements. Raises Blocked, Undefined."""
    for statement in body:
        _execute(statement, env)


def _execute(statement: ir.Stmt, env: Environment) -> None:
    match statement:
        case ir.Assign(name=name, value=value):
            env.assign(name, evaluate(value, env))
        case ir.Store(place=place, value=value):
            env.write(place, evaluate(value, env))
        case ir.If(test=test, then=then, otherwise=otherwise):
            execute(then if evaluate(test, env) else otherwise, env)
        case ir.Block(label=label, body=body):
            _until(label, body, env)
        case ir.For(name=name, source=source, body=body, next_label=label):
            for position, item in enumerate(elements(source, env)):
                _bind(name, source, item, position, env)
                _until(label, body, env)
        case ir.Exit(label=label):
            raise _Leave(label)
        case ir.Require(test=test):
            if not evaluate(test, env):
                raise Blocked
        case ir.Assert(test=test):
            if not evaluate(test, env):
                raise Undefined("assertion")
        case ir.Choose(name=name, source=source):
            options = list(elements(source, env))
            option = env.option(statement, options)
            if option >= len(options):
                raise Blocked
            _bind(name, source, options[option], option, env)


def _until(label: str, body: Sequence[ir.Stmt], env: Environment) -> None:
    try:
        execute(body, env)
    except _Leave as leave:
        if leave.label != label:
            raise


def _bind(name: str, source: ir.Source, item: Any, position: int, env: Environment) -> None:
    env.assign(name, item)
    index = getattr(source, "index", None)
    if index is not None:
        env.assign(index, position)


def elements(source: ir.Source, env: Environment) -> list[Any]:
    """What a loop runs over."""
    match source:
        case ir.Numbers(start=start, stop=stop, step=step):
            first = evaluate(start, env)
            return list(range(first, evaluate(stop, env), step))
        case ir.Values(type=kind):
            return list(kind.values())
        case ir.Elements(collection=collection, reverse=reverse):
            items = list(evaluate(collection, env))
            return items[::-1] if reverse else items


def evaluate(value: ir.Expr, env: Environment) -> Any:  # noqa: C901, PLR0911, PLR0912  # one line a construct
    """The value of an expression. Raises Undefined."""
    match value:
        case ir.Const(value=constant):
            return constant
        case ir.Local(name=name):
            return values.freeze(env.roots[name])
        case ir.Load(place=place):
            return env.read(place)
        case ir.GetField(struct=struct, name=name):
            return evaluate(struct, env)._values[name]
        case ir.GetEntry(map=map_, key=key):
            found = evaluate(map_, env)
            return found._values[found._type.key.rank(evaluate(key, env))]
        case ir.MakeStruct(fields=fields, type=kind):
            parts = [evaluate(part, env) for part in fields]
            return kind.make(kind, dict(zip(kind.field, parts, strict=True)))
        case ir.MakeMap(items=items, type=kind):
            return kind.make(kind, [evaluate(item, env) for item in items])
        case ir.MakeSet(items=items, type=kind) | ir.MakeSeq(items=items, type=kind):
            return _fit(kind, [evaluate(item, env) for item in items])
        case ir.Unwrap(option=option):
            found = evaluate(option, env)
            if found is None:
                raise Undefined("None")
            return found
        case ir.IsNone(option=option):
            return evaluate(option, env) is None
        case ir.Narrow(union=union, type=kind):
            found = evaluate(union, env)
            if type(found) is not kind.cls:
                raise Undefined(f"not a {kind}")
            return found
        case ir.IsInstance(union=union, member=member):
            return type(evaluate(union, env)) is member.cls
        case ir.Convert(value=inner, type=kind):
            return _fit(kind, evaluate(inner, env))
        case ir.Arithmetic(op=op, left=left, right=right):
            return _arithmetic(op, evaluate(left, env), evaluate(right, env))
        case ir.Compare(op=op, left=left, right=right):
            return _compare(op, evaluate(left, env), evaluate(right, env))
        case ir.Not(value=inner):
            return not evaluate(inner, env)
        case ir.And(parts=parts):
            return all(evaluate(part, env) for part in parts)
        case ir.Or(parts=parts):
            return any(evaluate(part, env) for part in parts)
        case ir.IfElse(test=test, then=then, otherwise=otherwise):
            return evaluate(then if evaluate(test, env) else otherwise, env)
        case ir.Fold():
            return _fold(value, env)
        case ir.Do(body=body, value=result):
            execute(body, env)
            return evaluate(result, env)
    return _collection(value, env)


def _collection(value: ir.Expr, env: Environment) -> Any:  # noqa: C901, PLR0911, PLR0912  # one line a construct
    match value:
        case ir.Length(collection=collection):
            return len(evaluate(collection, env))
        case ir.Contains(item=item, collection=collection):
            wanted = evaluate(item, env)
            return wanted in evaluate(collection, env)
        case ir.Occurrences(item=item, collection=collection):
            found = evaluate(collection, env)
            return found.count(evaluate(item, env))
        case ir.Subset(left=left, right=right):
            first = evaluate(left, env)
            return set(first) <= set(evaluate(right, env))
        case ir.SetOperation(op=op, left=left, right=right, type=kind):
            return _set_operation(op, evaluate(left, env), evaluate(right, env), kind)
        case ir.Insert(collection=collection, item=item, type=kind):
            return _fit(kind, (*evaluate(collection, env), evaluate(item, env)))
        case ir.Remove(collection=collection, item=item, strict=strict):
            items = list(evaluate(collection, env))
            gone = evaluate(item, env)
            if gone in items:
                items.remove(gone)
            elif strict:
                raise Undefined("not a member")
            return tuple(items)
        case ir.Index(seq=seq, index=index):
            items = evaluate(seq, env)
            return items[_position(items, evaluate(index, env))]
        case ir.Slice(seq=seq, start=start, stop=stop):
            items = evaluate(seq, env)
            ends = [evaluate(end, env) if end is not None else None for end in (start, stop)]
            return items[ends[0] : ends[1]]
        case ir.Truncate(seq=seq, length=length):
            items, kept = evaluate(seq, env), evaluate(length, env)
            if not 0 <= kept <= len(items):
                raise Undefined("length")
            return items[:kept]
        case ir.WithItem(seq=seq, index=index, item=item):
            items = list(evaluate(seq, env))
            position = _position(items, evaluate(index, env))
            items[position] = evaluate(item, env)
            return tuple(items)
        case ir.WithoutItem(seq=seq, index=index):
            items = list(evaluate(seq, env))
            del items[_position(items, evaluate(index, env))]
            return tuple(items)
        case ir.Concat(left=left, right=right, type=kind):
            first = evaluate(left, env)
            return _fit(kind, first + evaluate(right, env))
        case ir.Sorted(collection=collection, reverse=reverse):
            return tuple(sorted(evaluate(collection, env), reverse=reverse))
    raise AssertionError(f"no meaning for {type(value).__name__}")


def _fit(kind: types.Type, value: Any) -> Any:
    from .. import errors

    if isinstance(kind, ir.Integer) or isinstance(getattr(kind, "inner", None), ir.Integer):
        return value
    if isinstance(kind, types.Domain) and isinstance(value, bool):
        raise Undefined("bool")
    try:
        return kind.fit(value)
    except (errors.OutOfRange, errors.NoRoom) as error:
        raise Undefined(error.what) from None


def _position(items: Sequence[Any], index: int) -> int:
    position = index + len(items) if index < 0 else index
    if not 0 <= position < len(items):
        raise Undefined("index")
    return position


def _arithmetic(op: str, left: int, right: int) -> int:
    if op in ("//", "%") and right == 0:
        raise Undefined("division by zero")
    match op:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "//":
            return left // right
        case _:
            return left % right


def _compare(op: str, left: Any, right: Any) -> bool:
    match op:
        case "==":
            return bool(left == right)
        case "!=":
            return bool(left != right)
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case _:
            return bool(left >= right)


def _set_operation(op: str, left: tuple[Any, ...], right: tuple[Any, ...], kind: types.Set) -> Any:
    match op:
        case "|":
            return _fit(kind, (*left, *right))
        case "&":
            return _fit(kind, [item for item in left if item in right])
        case "-":
            return _fit(kind, [item for item in left if item not in right])
        case _:
            return _fit(kind, [item for item in (*left, *right) if (item in left) != (item in right)])


def bindings(generators: Sequence[ir.Generator], env: Environment) -> Iterator[None]:
    """Binds the generators' names to one combination after another that satisfies the conditions."""
    if not generators:
        yield
        return
    first, *rest = generators
    for position, item in enumerate(elements(first.source, env)):
        _bind(first.name, first.source, item, position, env)
        if all(evaluate(condition, env) for condition in first.conditions):
            yield from bindings(rest, env)


def _fold(value: ir.Fold, env: Environment) -> Any:
    bodies = (evaluate(value.body, env) for _ in bindings(value.generators, env))
    match value.kind:
        case "any":
            return any(bodies)
        case "all":
            return all(bodies)
        case "sum":
            return sum(bodies)
        case "set" | "seq":
            return _fit(value.type, tuple(bodies))
    found = list(bodies)
    if not found:
        if value.default is None:
            raise Undefined("empty")
        return evaluate(value.default, env)
    return min(found) if value.kind == "min" else max(found)

"""What names mean while a method is translated, and the statements produced so far."""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NoReturn

from ... import errors
from .. import ir, types
from ..sources import Source

if TYPE_CHECKING:
    from ..specification import Specification
    from .aliases import Alias, Loop, Origin
    from .containers import Kinds


_MOST_CALLS_SHOWN = 4
UNDERSCORE_HINT = "names that begin with an underscore are not fields, and Python changes those with two"

# What an expression can mean.


@dataclass(frozen=True)
class Value:
    """A value. A `fresh` one was just made, so a name bound to it owns it and may change it in place."""

    expr: ir.Expr
    fresh: bool = False


@dataclass(frozen=True)
class Reference:
    """A place of the state or of an owned local, read straight from it."""

    place: ir.Place


@dataclass(frozen=True)
class TupleOf:
    items: tuple[Meaning, ...]


@dataclass(frozen=True)
class RangeOf:
    start: ir.Expr
    stop: ir.Expr
    step: int


@dataclass(frozen=True)
class Entity:
    """A Python object that is known while translating: a function, class, module or constant."""

    object: Any


@dataclass(frozen=True)
class Method:
    """A function of a class bound to the object it is called on; `owner` is the class that defines it."""

    receiver: Meaning
    function: Callable[..., Any]
    owner: type


@dataclass(frozen=True)
class Operation:
    """A method of a collection or map, by name."""

    receiver: Meaning
    name: str
    node: ast.Attribute


@dataclass(frozen=True)
class SuperOf:
    receiver: Meaning
    cls: type
    owner: type


@dataclass(frozen=True)
class Pairs:
    """`map.items()`, `map.values()` or `enumerate(x)`, to be looped over."""

    kind: str
    base: Meaning
    start: int = 0


@dataclass(frozen=True)
class Comprehension:
    """A generator expression that has not been consumed yet, or a set or list comprehension."""

    node: ast.GeneratorExp | ast.SetComp | ast.ListComp


Meaning = (
    Value | Reference | TupleOf | RangeOf | Entity | Method | Operation | SuperOf | Pairs | Comprehension
)  # fmt: skip


@dataclass
class Binding:
    """What a local name is bound to: a local of the representation, a place, or something known while translating."""

    meaning: Meaning
    owned: bool = False


@dataclass
class Frame:
    """One inlined function: its names, and where its result goes."""

    function: Callable[..., Any]
    source: Source
    owner: type | None
    suffix: str
    label: str
    called: errors.Location | None = None
    names: dict[str, Binding] = field(default_factory=dict)
    assigned: set[str] = field(default_factory=set)
    result: Binding | None = None
    exits: int = 0
    loops: list[tuple[str, str, int]] = field(default_factory=list)
    """The labels for `break` and `continue` of every enclosing loop, and how often break is used."""
    aliases: list[Alias] = field(default_factory=list)

    def begun(self) -> Frame:
        """A copy of a frame in which nothing has been translated yet."""
        return replace(self, names=dict(self.names), assigned=set(self.assigned), loops=[], aliases=[])


#: What an optional number without known bounds is taken to be.
WIDE = types.Int(-(1 << 31), (1 << 31) - 1)


class Unreachable(Exception):  # noqa: N818  # control flow inside the translation, never seen outside
    """Signals that the code after a statement cannot be reached."""


class Context:
    """The state of a translation of one routine or condition."""

    def __init__(self, specification: Specification, purpose: str) -> None:
        self.specification = specification
        self.purpose = purpose
        self.is_property = purpose != "action"
        self.locals: dict[str, types.Type] = {}
        self.growing = ""
        self.growing_at: errors.Location | None = None
        self.changed = False
        self.passes = 0
        self.capacities: dict[str, int] = {}
        self.frame_numbers: dict[str, int] = {}
        self.unordered: set[str] = set()
        self.unhashable: set[str] = set()
        self.kinds: dict[str, Kinds] = {}
        self.unrolled: set[ast.For] = set()
        self.begin()

    def begin(self) -> None:
        """Starts a pass. Types of the author's names found in earlier passes are kept until nothing changes."""
        self.locals = {name: kind for name, kind in self.locals.items() if "'" not in name}
        self.out: list[ir.Stmt] = []
        self.frames: list[Frame] = []
        self.counter = 0
        self.inlined = 0
        self.choices: list[int] = []
        self.multiplicity: list[int] = []
        self.rolled: list[ast.For | None] = []
        self.new_capacities: dict[str, int] = {}
        self.depths: dict[str, int] = {}
        self.mutated: set[str] = set()
        self.unordered = {name for name in self.unordered if "'" not in name}
        self.unhashable = {name for name in self.unhashable if "'" not in name}
        self.kinds = {name: kinds for name, kinds in self.kinds.items() if "'" not in name}
        self.shared: dict[str, frozenset[Origin]] = {}
        self.loops: list[Loop] = []
        self.folds = 0
        self.fold_depths: dict[str, int] = {}
        self.declared: set[str] = set()
        self.reachable = True
        self.changed = False
        self.passes += 1

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    def emit(self, statement: ir.Stmt) -> None:
        self.out.append(statement)

    @contextmanager
    def collecting(self) -> Iterator[list[ir.Stmt]]:
        """Statements emitted inside go to the list given, not to the current block."""
        saved, self.out = self.out, []
        try:
            yield self.out
        finally:
            self.out = saved

    def location(self, node: ast.AST) -> errors.Location:
        return self.frame.source.at(node)

    def fail(self, kind: type[errors.SpecificationError], node: ast.AST, what: str, hint: str = "") -> NoReturn:
        """Raises an error at a node, with the calls that lead to it."""
        error = kind(what, at=self.location(node), hint=hint)
        calls = [f"called from {frame.called}" for frame in reversed(self.frames) if frame.called is not None]
        if len(calls) > _MOST_CALLS_SHOWN:
            calls[_MOST_CALLS_SHOWN - 1 : -1] = [f"... {len(calls) - _MOST_CALLS_SHOWN} more calls"]
        error.context = calls
        raise error

    # Locals.

    def fresh_name(self, base: str) -> str:
        """A local that no source name can clash with."""
        self.counter += 1
        return f"{base}'{self.counter}"

    def local_name(self, name: str, frame: Frame | None = None) -> str:
        """The local of the representation for a name of an inlined function, the current one by default."""
        frame = frame or self.frame
        if not frame.suffix:
            return f"{name}@0" if name in (ir.STATE, ir.AFTER) else name
        return f"{name}@{self.frame_numbers.setdefault(frame.suffix, len(self.frame_numbers) + 1)}"

    def declare(self, name: str, kind: types.Type, node: ast.AST) -> types.Type:
        """Notes that a value of this type is assigned to a local; gives the type the local has in this pass."""
        known = self.locals.get(name)
        joined = kind if known is None else self.join(known, kind, node)
        if joined != known:
            if self.passes > 4 and known is not None:
                joined = widened(joined)
            self.locals[name] = joined
            self.changed = True
            self.growing, self.growing_at = name.partition("@")[0], self.location(node)
        return joined

    def temporary(self, value: ir.Expr, node: ast.AST, base: str = "t") -> ir.Expr:
        """The value, evaluated now and kept in a local that is assigned nowhere else."""
        if isinstance(value, ir.Const):
            return value
        name = self.fresh_name(base)
        self.locals[name] = value.type
        self.emit(ir.Assign(name, value))
        return ir.Local(name, value.type)

    def assign_local(self, name: str, value: ir.Expr, node: ast.AST) -> None:
        kind = self.declare(name, value.type, node)
        self.emit(ir.Assign(name, self.coerce(value, kind, node)))

    # What later layers provide.

    def join(self, left: types.Type, right: types.Type, node: ast.AST) -> types.Type:
        raise NotImplementedError

    def coerce(self, value: ir.Expr, kind: types.Type, node: ast.AST) -> ir.Expr:
        raise NotImplementedError

    def expression(self, node: ast.expr) -> Meaning:
        raise NotImplementedError

    def body(self, statements: list[ast.stmt]) -> None:
        raise NotImplementedError

    def bind_target(self, target: ast.expr, meaning: Meaning, node: ast.AST) -> None:
        raise NotImplementedError

    def value(self, node: ast.expr) -> ir.Expr:
        raise NotImplementedError

    def consumed(self, meaning: Meaning, node: ast.AST) -> Meaning:
        raise NotImplementedError

    def rvalue(self, meaning: Meaning, node: ast.AST) -> ir.Expr:
        raise NotImplementedError

    def truth(self, node: ast.expr) -> ir.Expr:
        raise NotImplementedError

    def lazily(self, node: ast.expr, *, condition: bool = False) -> ir.Expr:
        raise NotImplementedError

    def call(self, node: ast.Call) -> Meaning:
        raise NotImplementedError

    def inline(self, method: Method, positional: list[ast.expr], named: dict[str, ast.expr], node: ast.AST) -> Meaning:
        raise NotImplementedError

    def local_names(self) -> frozenset[str]:
        """Every name that the current function assigns or takes as a parameter."""
        return local_names(self.frame.source.tree)


def widened(kind: types.Type) -> types.Type:
    """A type that further passes cannot make larger."""
    if isinstance(kind, types.Int):
        return ir.Integer()
    if isinstance(kind, types.Option):
        return optional(widened(kind.inner))
    return kind


def optional(inner: types.Type) -> types.Type:
    """None or a value of a type that is not optional. A number without bounds gets very wide ones: it needs a code."""
    return types.Option(WIDE if isinstance(inner, ir.Integer) else inner)


def parameter_names(tree: ast.FunctionDef) -> list[str]:
    """Every parameter of a function, in order, except `*` and `**`."""
    return [parameter.arg for parameter in (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs)]


# Syntax trees stay as they are, and their functions are inlined in many places and passes: what is said of a tree is
# kept with it.


@functools.lru_cache(maxsize=2048)
def local_names(tree: ast.FunctionDef) -> frozenset[str]:
    """Every name that a function assigns or takes as a parameter."""
    return assigned_names(tree).union(parameter_names(tree))


@functools.lru_cache(maxsize=2048)
def assigned_names(tree: ast.AST) -> frozenset[str]:
    """Every name that a function assigns; the names of a comprehension are its own."""
    targets = [found.target for found in ast.walk(tree) if isinstance(found, ast.comprehension)]
    inner = {node for target in targets for node in ast.walk(target)}
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load))
    return frozenset(node.id for node in names if node not in inner)


_MUTATORS = {"add", "discard", "remove", "clear", "update", "append", "extend", "pop", "truncate"}


@functools.lru_cache(maxsize=2048)
def mutated_names(tree: ast.AST) -> frozenset[str]:
    """Every name through which a function may change a collection or struct in place."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _MUTATORS:
            target: ast.AST = node.func.value
        elif isinstance(node, (ast.Attribute, ast.Subscript)) and not isinstance(node.ctx, ast.Load):
            target = node.value
        else:
            continue
        while isinstance(target, (ast.Attribute, ast.Subscript)):
            target = target.value
        if isinstance(target, ast.Name):
            found.add(target.id)
    return frozenset(found)

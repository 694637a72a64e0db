"""From annotations to resolved types: `Annotated[int, Range(0, "max_epoch")]` and the constants give `Int(0, 2)`."""

from __future__ import annotations

import ast
import enum
import operator
import types as python_types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import FunctionType
from typing import Annotated, Any, TypeVar

from .. import errors
from . import types, values
from .generics import arguments_of, substituted, variables_of
from .sources import field_at, method_at, parameter_at, placed

Bound = int | str
_T = TypeVar("_T")


@dataclass(frozen=True)
class Range:
    """Bounds of an int, both included. A bound is a number or an expression of constants: `"log_size + 1"`."""

    low: Bound
    high: Bound


@dataclass(frozen=True)
class Needs:
    """Another constant without which a switch cannot be on: `Annotated[Constant[bool], Needs("elections")]`.

    The other one is on, or a number that is so large at `least`. A switch that nobody sets is off while it is not.
    """

    name: str
    least: int = True


@dataclass(frozen=True)
class Domain:
    """Identities 0 .. size - 1 that are only compared. `symmetric` ones are interchangeable.

    `size` is a number or an expression of constants. Values are shown as `prefix` and a number from 1; the default
    prefix is the first letter of the size.
    """

    size: Bound
    symmetric: bool = False
    prefix: str = ""


@dataclass(frozen=True)
class Size:
    """The most elements of a Set, Seq or Bag."""

    size: Bound


@dataclass(frozen=True)
class In:
    """A parameter of an action that ranges over the elements of a collection in the state, named by its field."""

    path: str


@dataclass(frozen=True)
class _ConstantMarker:
    pass


@dataclass(frozen=True)
class _AuxiliaryMarker:
    pass


#: Marks a class attribute as a constant of the specification: `replicas: Constant[int] = 3`.
Constant = Annotated[_T, _ConstantMarker()]

#: Marks a field of a specification as auxiliary: `elections: Auxiliary[Annotated[int, Range(0, "max_elections")]]`.
#: It bounds the search or records history, and a search under a view takes states that differ in it only as one.
Auxiliary = Annotated[_T, _AuxiliaryMarker()]

_BOUNDS_HINT = "a bound is a number, or text with numbers, constants, + - * // %, min and max"
_TYPES_HINT = "types are bool, bounded int, Enum, identities, T | None, Struct, A | B of structs, Set, Seq, Bag and Map"
_INSTEAD: dict[Any, str] = {
    list: 'write Annotated[Seq[T], Size("...")]',
    tuple: "write a Struct",
    set: "write Set[T]",
    frozenset: "write Set[T]",
    dict: "write Map[K, T]",
    str: "write an Enum",
    float: "write Annotated[int, Range(low, high)]",
}
_MOST_VALUES = 4096

_OPERATORS: dict[type[ast.AST], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}


def evaluate_bound(bound: Bound, constants: Mapping[str, Any], where: str) -> int:
    """The number a bound stands for. Raises UnknownConstantInBound."""
    if isinstance(bound, int):
        return int(bound)
    if not isinstance(bound, str):
        raise errors.UnknownConstantInBound(f"{where}: the bound {bound!r} is not a whole number", hint=_BOUNDS_HINT)

    def walk(node: ast.expr) -> int:
        match node:
            case ast.Constant(value=int() as number):
                return number
            case ast.Name(id=name):
                known = [key for key in constants if type(constants[key]) is int]
                if name not in known:
                    near = errors.nearest(name, known)
                    raise errors.UnknownConstantInBound(
                        f"{where}: the bound {bound!r} names {name!r}, which is not an integer constant",
                        hint=near if near.startswith("did") else f"declare it: {name}: Constant[int] = 3",
                    )
                return int(constants[name])
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -walk(operand)
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
                return _OPERATORS[type(op)](walk(left), walk(right))
            case ast.Call(func=ast.Name(id="min" | "max" as name), args=[_, *_] as parts, keywords=[]):
                return (min if name == "min" else max)(walk(part) for part in parts)
        raise ValueError

    try:
        return walk(ast.parse(bound, mode="eval").body)
    except (SyntaxError, ZeroDivisionError, ValueError, RecursionError):
        what = f"{where}: the bound {bound!r} is not an integer expression of constants"
        raise errors.UnknownConstantInBound(what, hint=_BOUNDS_HINT) from None


def evaluate_range(marker: Range, constants: Mapping[str, Any], where: str) -> types.Int:
    """The numbers of a range. Raises UnknownConstantInBound, EmptyRange."""
    low, high = (evaluate_bound(bound, constants, where) for bound in (marker.low, marker.high))
    if low > high:
        what = (
            f"{where}: there is no number from {_spelled_bound(marker.low, low)} to {_spelled_bound(marker.high, high)}"
        )
        raise errors.EmptyRange(what, hint="a Range names its lowest and its highest value, both included")
    if max(-low, high) >= 1 << 62:
        raise errors.UnsupportedType(
            f"{where}: numbers up to {max(-low, high)} do not fit into 64 bits", hint="narrow it"
        )
    return types.Int(low, high)


def _spelled_bound(bound: Bound, value: int) -> str:
    return f"{value}" if isinstance(bound, int) else f"{bound} = {value}"


class Resolver:
    """Resolves the annotations of one specification under its constants; struct classes are resolved once."""

    def __init__(self, constants: Mapping[str, Any]) -> None:
        self.constants = constants
        self._structs: dict[type, types.Struct] = {}
        self._arguments: dict[type, tuple[Any, ...]] = {}
        self._variables: dict[TypeVar, Any] = {}
        self._open: list[type] = []

    def resolve(self, annotation: Any, where: str) -> types.Type:
        """The type an annotation stands for; `where` names the field in errors."""
        origin = typing.get_origin(annotation)
        if origin is Annotated:
            return self._annotated(annotation, where)
        if origin in (typing.Union, python_types.UnionType):
            return self._union(typing.get_args(annotation), where)
        if origin is values.Map:
            key, element = typing.get_args(annotation)
            kind = self.resolve(key, f"{where}, key")
            check_enumerable(kind, f"{where}, key")
            return types.Map(kind, self.resolve(element, f"{where}, value"), _frozen_map)
        if origin in (values.Set, values.Seq, values.Bag):
            return self._collection(origin, typing.get_args(annotation)[0], None, where)
        if isinstance(origin, type) and issubclass(origin, values.Struct):
            return self._generic(origin, typing.get_args(annotation), where)
        if isinstance(annotation, type):
            return self._plain(annotation, where)
        if isinstance(annotation, TypeVar):
            what = f"{where}: nothing says what the type variable {annotation.__name__} stands for"
            raise errors.UnsupportedType(what, hint="say it where the class is derived: class Mine(Base[Record])")
        if type(annotation).__name__ == "TypeAliasType":  # Broker = ..., written as a `type` statement
            return self.resolve(annotation.__value__, where)
        raise _not_a_type(annotation, where)

    def _plain(self, annotation: type, where: str) -> types.Type:
        if annotation is bool:
            return types.Bool()
        if annotation is int:
            raise errors.UnboundedType(f"{where}: an int without bounds", hint="write Annotated[int, Range(low, high)]")
        if issubclass(annotation, enum.Enum):
            if not list(annotation):
                hint = "give it one: NAME = enum.auto()"
                raise errors.EmptyRange(f"{where}: the Enum {annotation.__name__} has no members", hint=hint)
            if issubclass(annotation, enum.Flag):
                what = f"{where}: {annotation.__name__} is a Flag, whose members combine"
                raise errors.UnsupportedType(what, hint="write a Set of an Enum")
            return types.Enum(annotation)
        if issubclass(annotation, values.Struct):
            if variables_of(annotation) and annotation not in self._arguments:
                name, variables = annotation.__name__, ", ".join(each.__name__ for each in variables_of(annotation))
                raise errors.UnsupportedType(f"{where}: a {name} of what?", hint=f"write {name}[{variables}]")
            return self.struct(annotation)
        if annotation in (values.Set, values.Seq, values.Bag, values.Map):
            name = annotation.__name__
            hint = f"write {name}[{'K, T' if name == 'Map' else 'T'}]"
            raise errors.UnsupportedType(f"{where}: a {name} of what?", hint=hint)
        raise _not_a_type(annotation, where)

    def _generic(self, cls: type, arguments: tuple[Any, ...], where: str) -> types.Struct:
        """A struct class with type variables. It has one meaning in a specification, whatever that is."""
        known = self._arguments.setdefault(cls, arguments)
        if known != arguments:
            given = " and ".join(f"{cls.__name__}[{', '.join(map(_spelled, args))}]" for args in (known, arguments))
            what = f"{where}: {given} in one specification"
            raise errors.UnsupportedType(what, hint=f"derive a struct of {cls.__name__} for each")
        return self.struct(cls)

    def _annotated(self, annotation: Any, where: str) -> types.Type:
        base, *others = typing.get_args(annotation)
        if is_auxiliary(annotation):
            what = f"{where}: Auxiliary marks whole fields of a specification, and nothing else"
            raise errors.UnsupportedType(what, hint="write it first in the annotation of the field: Auxiliary[T]")
        markers = [marker for marker in others if _marker_name(marker)]
        if not markers:
            return self.resolve(base, where)
        names = " and ".join(map(_marker_name, markers))
        if len(markers) > 1:
            raise errors.UnsupportedType(
                f"{where}: {names} at once", hint="one of Range, Domain and Size narrows a type"
            )
        marker = markers[0]
        if isinstance(marker, type):
            raise errors.UnsupportedType(f"{where}: {names} without its bounds", hint=f"write {names}(...)")
        if isinstance(marker, Range) and base is int:
            return evaluate_range(marker, self.constants, where)
        if isinstance(marker, Domain) and base is int:
            return self._domain(marker, where)
        if isinstance(marker, Size) and typing.get_origin(base) in (values.Set, values.Seq, values.Bag):
            size = evaluate_bound(marker.size, self.constants, where)
            if size < 0:
                what = f"{where}: no collection has the size {_spelled_bound(marker.size, size)}"
                raise errors.EmptyRange(what, hint="a Size is 0 or more")
            bound = marker.size if isinstance(marker.size, str) else ""
            return self._collection(typing.get_origin(base), typing.get_args(base)[0], size, where, bound)
        wanted = {Size: "a Set, Seq or Bag", In: "a parameter of an action"}.get(type(marker), "an int")
        raise errors.UnsupportedType(f"{where}: {names} narrows {wanted}, not {_spelled(base)}", hint=_TYPES_HINT)

    def _domain(self, marker: Domain, where: str) -> types.Domain:
        size = evaluate_bound(marker.size, self.constants, where)
        if size < 1:
            what = f"{where}: a Domain of {_spelled_bound(marker.size, size)} has no identity in it"
            raise errors.EmptyRange(what, hint="a Domain has at least one")
        name = str(marker.size)
        return types.Domain(name, size, marker.symmetric, marker.prefix or (name[0] if name[0].isalpha() else "v"))

    def _union(self, members: tuple[Any, ...], where: str) -> types.Type:
        inner = [member for member in members if member not in (type(None), typing.Never)]
        kinds = [self.resolve(member, where) for member in inner]
        if any(isinstance(kind, types.Option) for kind in kinds):
            raise errors.UnsupportedType(f"{where}: None twice, in an optional of an optional", hint="leave one out")
        parts = [part for kind in kinds for part in (kind.members if isinstance(kind, types.Union) else (kind,))]
        structs = [part for part in parts if isinstance(part, types.Struct)]
        if len(kinds) > 1 and len(structs) < len(parts):
            other = next(part for part in parts if not isinstance(part, types.Struct))
            what = f"{where}: {other} in a union: only structs, which say what they are, can be told apart"
            raise errors.UnsupportedType(what, hint="put it into a Struct of its own")
        for name in {struct.cls.__name__ for struct in structs}:
            if len({struct.cls for struct in structs if struct.cls.__name__ == name}) > 1:
                what = f"{where}: the union is ambiguous: two of its structs are named {name}"
                raise errors.UnsupportedType(what, hint="rename one: people and traces know them by their names")
        whole = kinds[0] if len(kinds) == 1 else types.Union(tuple(dict.fromkeys(structs)))
        return types.Option(whole) if type(None) in members else whole

    def _collection(self, origin: Any, element: Any, size: int | None, where: str, bound: str = "") -> types.Type:
        kind = self.resolve(element, f"{where}, element")
        if origin is values.Set:
            if size is None and kind.count > 256:
                raise errors.UnboundedType(
                    f"{where}: a Set of a type with {_counted(kind.count)} needs a size",
                    hint='write Annotated[Set[T], Size("...")]',
                )
            return types.Set(kind, size, bound)
        if size is None:
            name = origin.__name__
            raise errors.UnboundedType(
                f"{where}: a {name} needs a size", hint=f'write Annotated[{name}[T], Size("...")]'
            )
        return types.Seq(kind, size, bound) if origin is values.Seq else types.Bag(kind, size, bound)

    def struct(self, cls: type) -> types.Struct:
        """The resolved type of a struct class. Raises RecursiveStruct, BadDefault, UnsupportedType."""
        if cls in self._structs:
            return self._structs[cls]
        if cls in self._open:
            what = f"{cls.__name__} contains itself, so it has no finite size"
            raise errors.RecursiveStruct(what, hint="refer to other structs by an identity, and keep them in a Map")
        check_methods(cls)
        self._open.append(cls)
        try:
            arguments = self._arguments.setdefault(cls, self._inferred(cls))
            self._note_variables(cls, arguments)
            kind = struct_type(cls, hints_of(cls, arguments), self, cls.__name__)
        finally:
            self._open.pop()
        self._structs[cls] = kind
        return kind

    def _inferred(self, cls: type) -> tuple[Any, ...]:
        """Arguments of a struct that is made but not in the state, such as a message that never is in flight.

        Its type variables stand for what they stand for in other structs, if that is one thing.
        """
        return tuple(self._variables.get(variable, variable) for variable in variables_of(cls))

    def _note_variables(self, cls: type, arguments: tuple[Any, ...]) -> None:
        for known in arguments_of(cls, arguments).values():
            for variable, argument in known.items():
                if not variables_of(argument) and self._variables.setdefault(variable, argument) != argument:
                    self._variables[variable] = variable


def struct_type(cls: type, hints: Mapping[str, Any], resolver: Resolver, where: str) -> types.Struct:
    """The resolved type of the fields of a class: a struct, or the state of a specification."""
    fields, defaults = [], []
    for name, default in values.field_defaults(cls).items():
        if is_constant(hints[name]):
            if issubclass(cls, values.Struct):
                what = f"{where}.{name}: a constant in a struct"
                hint = "constants belong to the specification; bounds of structs may name them"
                raise errors.BadConstant(what, at=field_at(cls, name), hint=hint)
            if is_auxiliary(hints[name]):
                what = f"{where}.{name}: an auxiliary constant"
                hint = "constants are no part of the state: leave out Auxiliary, or Constant for a field"
                raise errors.BadConstant(what, at=field_at(cls, name), hint=hint)
            continue
        with placed(partial(field_at, cls, name)):
            annotation = hints[name] if issubclass(cls, values.Struct) else _without_auxiliary(hints[name])
            kind = resolver.resolve(annotation, f"{where}.{name}")
        fields.append((name, kind))
        if default is not values._MISSING:
            with placed(partial(_default_at, cls, name, default)):
                defaults.append((name, _fitted(kind, default, f"{where}.{name}")))
    return types.Struct(cls, tuple(fields), tuple(defaults), values.frozen_struct)


def _fitted(kind: types.Type, default: Any, where: str) -> Any:
    if isinstance(default, (FunctionType, property)):
        raise errors.BadDefault(f"{where}: a field and a method of the same name", hint="rename one of them")
    try:
        return kind.fit(default)
    except (errors.OutOfRange, errors.NoRoom) as error:
        what = f"{where}: the default does not fit: {error.what}"
        raise errors.BadDefault(what, hint="leave it out to begin with the first value of the type") from None


def _default_at(cls: type, name: str, default: Any) -> errors.Location | None:
    return method_at(default) if isinstance(default, FunctionType) else field_at(cls, name, default=True)


#: Special methods that only make text. All others change what an operation means, which the language does not follow.
_HARMLESS = {"__repr__", "__str__", "__format__"}


def check_methods(cls: type) -> None:
    """Refuses special methods, such as `__init__` and `__eq__`, in a struct or specification."""
    for base in cls.__mro__:
        if not issubclass(base, values.Fields) or base.__module__.startswith(f"{__package__}."):
            continue
        for name, member in vars(base).items():
            special = name.startswith("__") and name.endswith("__") and name not in _HARMLESS
            if special and isinstance(member, FunctionType):
                what = f"{base.__name__}.{name}: special methods are not part of the language"
                hint = "write a method of another name; fields have defaults, and specifications an @init"
                raise errors.UnsupportedStatement(what, at=method_at(member), hint=hint)


def check_enumerable(kind: types.Type, where: str) -> None:
    """Refuses a type whose values cannot all be listed, as those of keys and parameters are. Raises UnboundedType."""
    if not types.is_enumerable(kind):
        what = f"{where}: the values of a {kind} cannot be listed"
        raise errors.UnboundedType(what, hint="those of bool, numbers, identities, Enums and structs of them can")
    if kind.count > _MOST_VALUES:
        hint = f"at most {_MOST_VALUES} can; narrow the type"
        raise errors.UnboundedType(f"{where}: {_counted(kind.count)} are too many to be listed", hint=hint)


def _counted(count: int) -> str:
    return f"{count} values" if count < 10**9 else f"over 2**{count.bit_length() - 1} values"


def _marker_name(marker: Any) -> str:
    """The name of a marker of ours, instance or class; empty for anything else in an Annotated."""
    cls = marker if isinstance(marker, type) else type(marker)
    return cls.__name__ if cls in (Range, Domain, Size, In) else ""


def _spelled(annotation: Any) -> str:
    """An annotation, much as its author wrote it."""
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        return _spelled(typing.get_args(annotation)[0])
    if annotation is type(None):
        return "None"
    name = getattr(annotation if origin is None else origin, "__name__", None)
    return str(name) if name else types.show(annotation)


def _not_a_type(annotation: Any, where: str) -> errors.UnsupportedType:
    known = annotation if isinstance(annotation, type) else typing.get_origin(annotation)
    hint = _INSTEAD.get(known, _TYPES_HINT)
    return errors.UnsupportedType(f"{where}: {_spelled(annotation)} is not a type of the language", hint=hint)


def hints_of(cls: type, given: tuple[Any, ...] = ()) -> dict[str, Any]:
    """The annotations of a class, evaluated, type variables replaced: its own by what is given.

    Raises UnsupportedType for one that cannot be evaluated.
    """
    try:
        hints, arguments = typing.get_type_hints(cls, include_extras=True), arguments_of(cls, given)
        owners = {name: base for base in reversed(cls.__mro__) for name in vars(base).get("__annotations__", {})}
        return {name: substituted(hint, arguments.get(owners[name], {})) for name, hint in hints.items()}
    except Exception:
        for base in reversed(cls.__mro__):
            for name, annotation in vars(base).get("__annotations__", {}).items():
                with placed(partial(field_at, base, name)):
                    alone = type(
                        base.__name__, (), {"__annotations__": {name: annotation}, "__module__": base.__module__}
                    )
                    _evaluate(alone, annotation, f"{base.__name__}.{name}")
        raise


def method_hints(cls: type, function: Callable[..., Any], where: str) -> dict[str, Any]:
    """The annotations of a method of a class, evaluated, type variables replaced.

    Raises UnsupportedType for one that cannot be evaluated.
    """
    try:
        hints = typing.get_type_hints(function, include_extras=True)
        owner = next((base for base in cls.__mro__ if function in vars(base).values()), cls)
        arguments = arguments_of(cls).get(owner, {})
        return {name: substituted(hint, arguments) for name, hint in hints.items()}
    except Exception:
        for name, annotation in function.__annotations__.items():
            with placed(partial(parameter_at, function, name)):
                alone = FunctionType(function.__code__, function.__globals__, closure=function.__closure__)
                alone.__annotations__ = {name: annotation}
                _evaluate(alone, annotation, f"{where}, {name}")
        raise


def _evaluate(owner: Any, annotation: Any, where: str) -> None:
    """Evaluates one annotation. Raises UnsupportedType."""
    try:
        typing.get_type_hints(owner, include_extras=True)
    except NameError as error:
        raise errors.UnsupportedType(
            f"{where}: the annotation names {error.name!r}, which its module does not define",
            hint="annotations are looked up in the module: define the type there, above the class",
        ) from None
    except Exception as error:
        text = annotation if isinstance(annotation, str) else _spelled(annotation)
        what = f"{where}: the annotation {text} cannot be evaluated: {error}"
        raise errors.UnsupportedType(what, hint=_TYPES_HINT) from None


def is_constant(annotation: Any) -> bool:
    """Whether an annotation is `Constant[...]`."""
    return _has_marker(annotation, _ConstantMarker)


def is_auxiliary(annotation: Any) -> bool:
    """Whether an annotation is `Auxiliary[...]`."""
    return _has_marker(annotation, _AuxiliaryMarker)


def _has_marker(annotation: Any, kind: type) -> bool:
    return typing.get_origin(annotation) is Annotated and any(
        isinstance(marker, kind) for marker in typing.get_args(annotation)[1:]
    )


def _without_auxiliary(annotation: Any) -> Any:
    """The annotation of a field as it would be if the field were not auxiliary."""
    if not is_auxiliary(annotation):
        return annotation
    base, *markers = typing.get_args(annotation)
    others = tuple(marker for marker in markers if not isinstance(marker, _AuxiliaryMarker))
    return Annotated[(base, *others)] if others else base


def _frozen_map(kind: types.Map, items: list[Any]) -> values.Map[Any, Any]:
    return values.Map._make(kind, items)

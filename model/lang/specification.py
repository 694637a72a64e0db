"""Specifications: the base class that authors subclass, what its methods call, and a class bound to its constants.

An instance of a `Model` subclass is a state. `Specification(cls, constants)` resolves every type and enumerates
initial states, action instances and successors by running the class itself in CPython.
"""

from __future__ import annotations

import inspect
import itertools
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Annotated, Any, ClassVar, TypeVar, cast, get_args, get_origin

from .. import errors
from . import ir, types, values
from .annotations import (
    In,
    Resolver,
    check_enumerable,
    check_methods,
    evaluate_bound,
    hints_of,
    is_auxiliary,
    method_hints,
    struct_type,
)
from .declarations import Marker, bind_constants, check_property, following, marked_methods, parameters_of
from .failures import located
from .sources import class_at, method_at, parameter_at, placed

T = TypeVar("T")

PROPERTY_KINDS = ("invariant", "step_invariant", "witness")
PURE_HINT = "a property returns True or False in every state; write implies(condition, ...)"


class Disabled(Exception):  # noqa: N818  # not an error: the step is not possible here
    """Raised by `require`: this action cannot be taken in this state with these arguments."""


class _Choices:
    """The choices made so far in one execution, replayed to reach the next one."""

    def __init__(self, prefix: Sequence[int]) -> None:
        self.prefix = list(prefix)
        self.taken: list[int] = []
        self.sizes: list[int] = []
        self.values: list[Any] = []


class _Running:
    choices: _Choices | None = None
    without: tuple[str, int] | None = None


def require(condition: bool) -> None:
    """Disables the action in this state unless the condition holds."""
    if not condition and (_Running.without is None or _Running.without != _place_of_caller()):
        raise Disabled


def _place_of_caller() -> tuple[str, int]:
    frame = sys._getframe(2)
    return frame.f_code.co_filename, frame.f_lineno


def choose(options: Iterable[T]) -> T:
    """Any one of the options: execution goes on with each of them. With no option the action is disabled."""
    if _Running.choices is None:
        what = "choose() works inside actions and initialisers that the checker runs"
        raise errors.MisplacedChoice(what, hint="properties look at one state; use any() or all()")
    run, listed = _Running.choices, list(options)
    if not listed:
        raise Disabled
    position = len(run.taken)
    index = run.prefix[position] if position < len(run.prefix) else 0
    run.taken.append(index)
    run.sizes.append(len(listed))
    run.values.append(values.freeze(listed[index]))
    return listed[index]


def implies(premise: bool, conclusion: bool) -> bool:
    """`not premise or conclusion`; the checker counts the states in which the premise held."""
    return not premise or conclusion


class Model(values.Fields):
    """The base of all specifications. `deadlock = True` makes a state without any step a violation.

    `Kip320(replicas=2)` is the first initial state under these constants.
    """

    deadlock: ClassVar[bool] = False
    _specification: ClassVar[Specification | None] = None

    def __new__(cls, **constants: Any) -> Any:
        """The first initial state of the specification under the given constants."""
        if cls._specification is not None:
            return super().__new__(cls)
        return Specification(cls, constants).initial_states()[0]

    def __init__(self, **constants: Any) -> None:
        pass

    def _missing(self, name: str) -> Any:
        specification = type(self)._specification
        constants = {} if specification is None else specification.constants
        return constants[name] if name in constants else super()._missing(name)

    def members(self, kind: Any) -> values.Set[Any]:
        """All values of a finite type, such as a domain: `self.members(Broker)`."""
        specification = type(self)._specification
        assert specification is not None
        resolved = specification.resolver.resolve(kind, "members()")
        check_enumerable(resolved, "members()")
        everything = tuple(resolved.values())
        return cast("values.Set[Any]", values.Set._read(types.Set(resolved, None), everything, None, None))


@dataclass(frozen=True)
class Parameter:
    """A parameter of an action: all values of `type`, or the elements of the collection at `path` that are of it."""

    name: str
    type: types.Type
    path: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Action:
    """An action or initialiser of a bound specification. `index` is its position among the actions."""

    name: str
    function: Callable[..., None]
    parameters: tuple[Parameter, ...]
    process: str | None
    fault: bool
    index: int

    def process_of(self, arguments: Sequence[Any]) -> str:
        """Who takes the step, as people read it; empty when nobody in particular does."""
        name, *path = (self.process or "").split(".")
        for parameter, value in zip(self.parameters, arguments, strict=True):
            if name == parameter.name:
                return types.show_part(parameter.type, value, path)
        if self.process is not None:
            return self.process
        for parameter, value in zip(self.parameters, arguments, strict=True):
            if isinstance(parameter.type, types.Domain):
                return parameter.type.show(value)
        return ""


@dataclass(frozen=True)
class Property:
    """An invariant, step invariant or witness of a bound specification. `words` is its docstring's first line."""

    name: str
    kind: str
    function: Callable[..., bool]
    words: str
    helper: bool = False


@dataclass(frozen=True)
class Step:
    """One step of a run: the action, its arguments, the values chosen in it, and the state it leads to.

    `options` are the positions of the chosen values among those there were.
    """

    action: Action
    arguments: tuple[Any, ...]
    choices: tuple[Any, ...]
    options: tuple[int, ...]
    state: Any


class Specification:
    """A `Model` subclass bound to its constants, with the named properties or all that are not on request.

    `left_out` are the actions and properties that need something else than these constants.
    `auxiliary` names the fields that a search under a view leaves out when it tells states apart.
    `selected` keeps the names, and is None when none were given. `without` takes something out, to see who notices: the
    name of an action, or the file and line of a require(). `guards` has every require() that was translated. `helpers`
    adds the helper invariants. Raises UnknownConstant, ConstantOutOfRange, UnknownProperty and S1xx errors.
    """

    def __init__(
        self,
        model: type[Model],
        constants: Mapping[str, Any] | None = None,
        properties: Collection[str] | None = None,
        *,
        without: str | tuple[str, int] | None = None,
        helpers: bool = False,
    ) -> None:
        check_methods(model)
        self.without = without
        self.guards: set[errors.Location] = set()
        self.lowered: ir.Program | None = None  # what `lower` made of it, for one engine after the other
        self.source, self.name = model, model.__name__
        self.hints = hints_of(model)
        self.constants = bind_constants(model, self.hints, dict(constants or {}))
        self.resolver = Resolver(self.constants)
        bound = {"_specification": self, "__module__": model.__module__}
        self.cls = cast("type[Model]", type(model.__name__, (model,), bound))
        self.state_type = struct_type(self.cls, self.hints, self.resolver, model.__name__)
        self.auxiliary = tuple(name for name, _ in self.state_type.fields if is_auxiliary(self.hints[name]))
        declared = [found for found in marked_methods(model) if found[0] != without]
        wanted = [
            found for found in declared if found[2].kind == "action" or properties is None or found[0] in properties
        ]
        self.left_out = {name: marker for name, function, marker in wanted if self._needed(function, name, marker) <= 0}
        methods = [found for found in declared if found[0] not in self.left_out]
        self.inits = tuple(self._action(*found, index) for index, found in enumerate(_of(methods, "init")))
        self.actions = tuple(self._action(*found, index) for index, found in enumerate(_of(methods, "action")))
        if not self.actions:
            turned_off = [f"{name} needs {marker.needs}" for name, marker in self.left_out.items()]
            hint = "; ".join(turned_off) or "mark at least one method with @action"
            raise errors.NoAction(f"{self.name} has no action", at=class_at(model), hint=hint)
        self.selected = None if properties is None else tuple(properties)
        self.properties = self._selected([found for kind in PROPERTY_KINDS for found in _of(methods, kind)], helpers)
        self.constraints = tuple(self._property(*found) for found in _of(methods, "constraint"))
        self.deadlock_is_violation = bool(model.deadlock)

    def _needed(self, function: Callable[..., Any], name: str, marker: Marker) -> int:
        """What there is of what a method needs: more than 0, or the constants leave it out.

        Raises UnknownConstantInBound.
        """
        numbers = {constant: int(value) for constant, value in self.constants.items()}
        with placed(partial(method_at, function)):
            return evaluate_bound(1 if marker.needs is None else marker.needs, numbers, f"{self.name}.{name}, needs")

    def _action(self, name: str, function: Callable[..., None], marker: Marker, index: int) -> Action:
        hints = method_hints(self.source, function, f"{self.name}.{name}")
        parameters = []
        for parameter in parameters_of(function)[1:]:
            where = f"{self.name}.{name}, parameter {parameter.name}"
            with placed(partial(parameter_at, function, parameter.name)):
                if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD:
                    hint = "parameters of actions are plain ones: without *, ** and /"
                    raise errors.BadParameter(f"{where}: not a plain parameter", hint=hint)
                if parameter.name not in hints:
                    hint = f"annotate it: {parameter.name}: Kind, where Kind says which values it takes"
                    raise errors.BadParameter(f"{where}: no annotation", hint=hint)
                parameters.append(self._parameter(parameter.name, hints[parameter.name], where))
        self._check_process(name, function, parameters, marker.process)
        return Action(name, function, tuple(parameters), marker.process, marker.fault, index)

    def _check_process(self, name: str, function: Any, parameters: list[Parameter], process: str | None) -> None:
        """Refuses a process that is to be a part of a parameter, and is not there. Raises BadParameter."""
        first, *path = (process or "").split(".")
        if not path:
            return
        where, at = f"{self.name}.{name}: the process {process!r}", method_at(function)
        known = {parameter.name: parameter.type for parameter in parameters}
        if first not in known:
            raise errors.BadParameter(f"{where} names no parameter", at=at, hint=errors.nearest(first, list(known)))
        kinds = [known[first]]
        for field in path:
            fields = [getattr(part, "field", {}) for kind in kinds for part in types.members_of(kind)]
            for names in fields:
                if field not in names:
                    what = f"{where}: there is no field {field}"
                    raise errors.BadParameter(what, at=at, hint=errors.nearest(field, list(names)))
            kinds = [names[field] for names in fields]

    def _parameter(self, name: str, annotation: Any, where: str) -> Parameter:
        base, *markers = get_args(annotation) if get_origin(annotation) is Annotated else (annotation,)
        for marker in markers:
            if isinstance(marker, In):
                path, element = self._collection(marker, where)
                others = tuple(other for other in markers if other is not marker)
                narrowed = Annotated[(base, *others)] if others else base
                return Parameter(name, self._element(narrowed, element, marker, where), path)
        try:
            resolved = self.resolver.resolve(annotation, where)
            check_enumerable(resolved, where)
        except errors.UnboundedType as error:
            hint = 'narrow its type, or take elements of a collection in the state: Annotated[T, In("field")]'
            raise errors.BadParameter(error.what, hint=hint) from None
        return Parameter(name, resolved)

    def _collection(self, marker: In, where: str) -> tuple[tuple[str, ...], types.Type]:
        """The path that an In names, and the type of the elements there."""
        path = tuple(str(marker.path).split("."))
        kind: types.Type = self.state_type
        for part in path:
            if not isinstance(kind, types.Struct):
                what = f"{where}: {marker.path!r} does not lead through structs only"
                raise errors.BadParameter(what, hint="In names a field of the state, or of a struct in it")
            if part not in kind.field:
                what = f"{where}: the state has no field {marker.path!r}"
                raise errors.BadParameter(what, hint=errors.nearest(part, list(kind.field)))
            kind = kind.field[part]
        if not isinstance(kind, (types.Set, types.Seq, types.Bag)):
            what = f"{where}: {marker.path!r} is not a Set, Seq or Bag"
            raise errors.BadParameter(what, hint="without In, a parameter takes all values of its type")
        return path, kind.element

    def _element(self, annotation: Any, element: types.Type, marker: In, where: str) -> types.Type:
        """The type of the elements that a parameter takes: all of them, or those of some structs of a union."""
        try:
            resolved = self.resolver.resolve(annotation, where)
        except errors.UnboundedType:
            return element  # A plain int takes the bounds of the elements.
        if resolved != element and not (isinstance(element, types.Union) and types.is_part(resolved, element)):
            what = f"{where}: the elements of {marker.path!r} are of another type"
            raise errors.BadParameter(what, hint=f"annotate it with theirs, {element}")
        return resolved

    def _selected(self, found: list[tuple[str, Any, Marker]], helpers: bool) -> tuple[Property, ...]:
        """The properties that are selected, or all that are not on request; and the helpers, if they are wanted."""
        names, known = self.selected, [name for name, _, _ in found]
        for name in names or ():
            if name in self.left_out:
                what = (
                    f"under these constants {self.name} has no property {name!r}: it needs {self.left_out[name].needs}"
                )
                raise errors.UnknownProperty(what, hint="that is 0 or less: choose other constants, or leave it out")
            if name not in known:
                raise errors.UnknownProperty(f"{self.name} has no property {name!r}", hint=errors.nearest(name, known))
        return tuple(
            self._property(name, function, marker)
            for name, function, marker in found
            if (name in names if names is not None else not marker.on_request) or (helpers and marker.helper)
        )

    def _property(self, name: str, function: Callable[..., bool], marker: Marker) -> Property:
        check_property(function, marker, f"{self.name}.{name}")
        words = (inspect.getdoc(function) or name.replace("_", " ")).split("\n\n")[0].replace("\n", " ")
        return Property(name, marker.kind, function, words, marker.helper)

    def struct_type(self, cls: type) -> types.Struct | None:
        """The resolved type of a struct class under these constants; None when its bounds are not known here."""
        try:
            return self.resolver.struct(cls)
        except errors.SpecificationError:
            return None

    # Running the class in CPython.

    def blank(self) -> Any:
        """A state in which every field has its default."""
        return values.thaw(self.state_type.default())

    @cached_property
    def derived(self) -> frozenset[str]:
        """The constants that follow others, so that nobody has to set them."""
        return following(self.hints, self.constants)

    @cached_property
    def symmetric_domains(self) -> tuple[types.Domain, ...]:
        """The interchangeable domains of the state, in a fixed order."""
        return tuple(sorted(types.symmetric_domains(self.state_type), key=lambda domain: (domain.name, domain.prefix)))

    def initial_states(self) -> list[Any]:
        """Every initial state, without duplicates, in the order of the initialisers. Raises NoInitialState."""
        if not self.inits:
            return [self.blank()]
        found: dict[Any, Any] = {}
        for initialiser in self.inits:
            for arguments in self.arguments(initialiser, self.blank()):
                for step in self.fire(initialiser, self.blank(), arguments):
                    found.setdefault(self.key(step.state), step.state)
        if not found:
            at = method_at(self.inits[0].function)
            raise errors.NoInitialState(f"{self.name}: no initialiser allows any state", at=at)
        return list(found.values())

    def arguments(self, action: Action, state: Any) -> Iterator[tuple[Any, ...]]:
        """Every combination of argument values to try in a state, in canonical order, the last fastest."""
        ranges = []
        for parameter in action.parameters:
            if parameter.path is None:
                ranges.append(list(parameter.type.values()))
            else:
                place = state
                for part in parameter.path:
                    place = getattr(place, part)
                items = dict.fromkeys(place._items)
                if parameter.type != place._type.element:
                    wanted = {member.cls for member in types.members_of(parameter.type)}  # type: ignore[attr-defined]  # structs
                    items = dict.fromkeys(item for item in items if type(item) in wanted)
                ranges.append(list(items))
        for combination in itertools.product(*ranges):
            yield tuple(values.wrap(p.type, v) for p, v in zip(action.parameters, combination, strict=True))

    def fire(self, action: Action, state: Any, arguments: Sequence[Any]) -> Iterator[Step]:
        """The steps an action makes with these arguments: none when disabled, several when it chooses."""
        prefix: list[int] | None = []
        while prefix is not None:
            run = _Choices(prefix)
            after = values.thaw(state)
            try:
                with _running(self, run):
                    action.function(after, *arguments)
                frozen = tuple(map(values.freeze, arguments))
                yield Step(action, frozen, tuple(run.values), tuple(run.taken), after)
            except Disabled:
                pass
            except Exception as error:
                kind = "initialiser" if action in self.inits else "action"
                raise located(error, action.function, f"in {kind} {show_call(action, arguments)}") from None
            prefix = _next_prefix(run)

    def successors(self, state: Any) -> Iterator[Step]:
        """Every step that is possible in a state, in canonical order."""
        for action_ in self.actions:
            for arguments in self.arguments(action_, state):
                yield from self.fire(action_, state, arguments)

    def holds(self, prop: Property, state: Any, after: Any = None) -> bool:
        """The value of a property in a state, or of a step invariant on a step."""
        try:
            with _running(self, None):
                return bool(prop.function(state, after) if prop.kind == "step_invariant" else prop.function(state))
        except Exception as error:
            wrong: Exception = error
            if isinstance(error, Disabled):
                wrong = errors.ImpureProperty("require() in a property", hint=PURE_HINT)
                wrong.__traceback__ = error.__traceback__
            raise located(wrong, prop.function, f"in {prop.kind.replace('_', ' ')} {prop.name}") from None

    def within_constraint(self, state: Any) -> bool:
        """Whether a state satisfies every state constraint."""
        return all(self.holds(prop, state) for prop in self.constraints)

    def key(self, state: Any) -> int:
        """The canonical code of a state: equal states, equal codes."""
        return self.state_type.code(state)

    def identity(self, state: Any) -> int:
        """The canonical code of all fields that are not auxiliary: what a view tells states apart by."""
        code = 0
        for name, kind in self.state_type.fields:
            if name not in self.auxiliary:
                code = code << kind.width | kind.code(state._values[name])
        return code

    def state(self, key: int) -> Any:
        """The state that has this code."""
        return values.thaw(self.state_type.value(key))


def _of(methods: list[tuple[str, Any, Marker]], kind: str) -> list[tuple[str, Any, Marker]]:
    return [found for found in methods if found[2].kind == kind]


class _running:  # noqa: N801  # a context manager, used like a function
    """Makes a specification's struct types, and the choices of one run, known to the values it works with."""

    def __init__(self, specification: Specification, choices: _Choices | None) -> None:
        self.specification, self.choices = specification, choices

    def __enter__(self) -> None:
        self.saved = values.active.struct_type, _Running.choices, _Running.without
        without = self.specification.without
        values.active.struct_type, _Running.choices = self.specification.struct_type, self.choices
        _Running.without = without if isinstance(without, tuple) else None

    def __exit__(self, *unused: object) -> None:
        values.active.struct_type, _Running.choices, _Running.without = self.saved


def _next_prefix(run: _Choices) -> list[int] | None:
    """The next choices to try after those of a run, or None when all have been tried."""
    for position in range(len(run.taken) - 1, -1, -1):
        if run.taken[position] + 1 < run.sizes[position]:
            return [*run.taken[:position], run.taken[position] + 1]
    return None


def show_call(action: Action, arguments: Sequence[Any]) -> str:
    """An action instance as people read it: `leader_write(replica=b1)`."""
    parts = (f"{p.name}={p.type.show(values.freeze(v))}" for p, v in zip(action.parameters, arguments, strict=True))
    return f"{action.name}({', '.join(parts)})"

"""What the class of a specification declares besides its fields: constants and marked methods, checked."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from types import FunctionType
from typing import Any, TypeVar, get_args

from .. import errors
from . import values
from .annotations import Bound, Needs, Range, evaluate_range, is_constant
from .sources import calling_at, class_at, field_at, method_at, placed

F = TypeVar("F", bound=Callable[..., Any])

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True)
class Marker:
    """What a decorator notes on a method."""

    kind: str
    process: str | None = None
    fault: bool = False
    on_request: bool = False
    helper: bool = False
    needs: Bound | None = None

    @property
    def words(self) -> str:
        """The kind as people write it, with its article."""
        return errors.with_article(self.kind.replace("_", " "))


def mark(function: F, marker: Marker) -> F:
    """Notes a marker on a method. Raises BadSignature for anything else than a function defined with `def`."""
    if not isinstance(function, FunctionType) or function.__name__ == "<lambda>":
        what = "a lambda" if isinstance(function, FunctionType) else errors.with_article(type(function).__name__)
        raise errors.BadSignature(
            f"@{marker.kind} on {what}",
            at=calling_at(),
            hint=f"@{marker.kind} marks a method: write it directly above `def`, and no other decorator between",
        )
    earlier = marker_of(function)
    if earlier is not None:
        what = f"{function.__name__} is marked twice, with @{earlier.kind} and with @{marker.kind}"
        raise errors.BadSignature(what, at=method_at(function), hint="keep one, and call the method from another")
    function.__fencepost__ = marker  # type: ignore[attr-defined]  # functions take attributes
    return function


def marker_of(member: Any) -> Marker | None:
    """The marker of a method."""
    found = getattr(member, "__fencepost__", None)
    return found if isinstance(found, Marker) else None


def marked_methods(model: type) -> Iterator[tuple[str, Callable[..., Any], Marker]]:
    """Marked methods in the order of first declaration, base classes first; an override keeps the place.

    An override without decorator inherits the marker; setting the name to None removes the method. Raises BadSignature.
    """
    names: dict[str, Marker] = {}
    for base in reversed(model.__mro__):
        for name, member in vars(base).items():
            marker = marker_of(member)
            if marker is not None:
                names[name] = marker
            for inner in _wrapped(member) if marker is None else ():
                raise errors.BadSignature(
                    f"{base.__name__}.{name}: another decorator hides @{marker_of(inner).kind}",  # type: ignore[union-attr]  # only marked ones
                    at=method_at(inner),
                    hint="mark plain methods only, with no other decorator",
                )
    for name, marker in names.items():
        function = inspect.getattr_static(model, name)
        if function is None:
            continue
        if not isinstance(function, FunctionType):
            raise errors.BadSignature(
                f"{model.__name__}.{name} overrides {marker.words} with {errors.with_article(type(function).__name__)}",
                at=_method_inside(function) or class_at(model),
                hint=f"override it with a method, or take it out with {name} = None",
            )
        check_self(function, f"{model.__name__}.{name}")
        yield name, function, marker_of(function) or marker


def _wrapped(member: Any) -> Iterator[Any]:
    """Marked functions inside a property, a static method, or the closure of a decorator."""
    inner = [getattr(member, "__func__", None), getattr(member, "fget", None)]
    if isinstance(member, FunctionType):
        inner += [cell.cell_contents for cell in member.__closure__ or () if _is_filled(cell)]
    yield from (found for found in inner if isinstance(found, FunctionType) and marker_of(found))


def _method_inside(member: Any) -> errors.Location | None:
    function = getattr(member, "fget", None) or getattr(member, "__func__", None)
    return method_at(function) if isinstance(function, FunctionType) else None


def _is_filled(cell: Any) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def check_self(function: Callable[..., Any], where: str) -> None:
    """Refuses a marked method without `self`. Raises BadSignature."""
    first = next(iter(parameters_of(function)), None)
    if first is None or first.kind not in _POSITIONAL:
        hint = f"write def {function.__name__}(self, ...)"
        raise errors.BadSignature(f"{where} has no self", at=method_at(function), hint=hint)


def check_property(function: Callable[..., Any], marker: Marker, where: str) -> None:
    """Refuses a property or constraint with wrong parameters or another result than bool. Raises BadSignature."""
    names = [found.name if found.kind in _POSITIONAL else f"*{found.name}" for found in parameters_of(function)]
    wanted = ["self", "after"] if marker.kind == "step_invariant" else ["self"]
    if names[1:] != wanted[1:]:
        text = "one parameter besides self, `after`" if wanted[1:] else "no parameter besides self"
        raise errors.BadSignature(
            f"{where}: {marker.words} takes {text}",
            at=method_at(function),
            hint=f"write def {function.__name__}({', '.join(wanted)}) -> bool",
        )
    result = function.__annotations__.get("return", "bool")
    text = result if isinstance(result, str) else getattr(result, "__name__", str(result))
    if text.strip("'\"") != "bool":
        hint = f"write def {function.__name__}({', '.join(wanted)}) -> bool"
        raise errors.BadSignature(
            f"{where}: {marker.words} returns a bool, not {text}", at=method_at(function), hint=hint
        )


def parameters_of(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """The parameters of a function as it stands, whatever it wraps."""
    return list(inspect.signature(function, follow_wrapped=False).parameters.values())


# Constants.


def bind_constants(model: type, hints: Mapping[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Defaults overridden by the given values; text is parsed.

    Raises UnknownConstant and ConstantOutOfRange for what is given, BadConstant for what is declared.
    """
    defaults = values.field_defaults(model)
    declared = {name: get_args(hints[name]) for name in defaults if is_constant(hints.get(name))}
    for name in given:
        if name not in declared:
            what = f"{model.__name__} has no constant {name!r}"
            raise errors.UnknownConstant(what, hint=errors.nearest(name, list(declared)))
    result: dict[str, Any] = {}
    for name, (base, *_) in declared.items():
        with placed(partial(field_at, model, name)):
            _check_constant(f"{model.__name__}.{name}", name, base, defaults[name], name in given)
        result[name] = parse_constant(name, base, given[name]) if name in given else defaults[name]
    for name, (_, *markers) in declared.items():
        for marker in markers:
            if isinstance(marker, Needs):
                with placed(partial(field_at, model, name)):
                    result[name] = _needing(marker, f"{model.__name__}.{name}", name, result, name in given)
            if not isinstance(marker, Range):
                continue
            with placed(partial(field_at, model, name)):
                allowed = evaluate_range(marker, result, f"{model.__name__}.{name}")
            if _is_one(marker) and name not in given:
                result[name] = allowed.low
            if not allowed.low <= result[name] <= allowed.high:
                what = f"{name} = {result[name]} is outside {allowed}"
                if given:
                    raise errors.ConstantOutOfRange(what, hint=_way_out(name, marker, list(declared)))
                at = field_at(model, name, default=True)
                raise errors.BadConstant(
                    f"{model.__name__}.{name}: the default {what}", at=at, hint="change one of them"
                )
    return result


def following(hints: Mapping[str, Any], names: Iterable[str]) -> frozenset[str]:
    """The constants among these that follow others, so that nobody has to set them."""
    markers = {name: get_args(hints[name])[1:] for name in names}
    return frozenset(
        name for name, found in markers.items() if any(isinstance(one, Range) and _is_one(one) for one in found)
    )


def _is_one(marker: Range) -> bool:
    """Whether a range is one number that other constants say."""
    return isinstance(marker.low, str) and marker.low == marker.high


def _needing(needs: Needs, where: str, name: str, bound: Mapping[str, Any], is_given: bool) -> bool:
    """The value of a switch that needs another constant. Raises SwitchNeedsAnother, BadConstant for declarations."""
    other, least = needs.name, needs.least
    if type(bound.get(other)) is not type(least) or not isinstance(bound[name], bool):
        kind = "switch" if least is True else "number"
        hint = f"both are Constant[bool], or {other} is a Constant[int] and so is what is needed of it"
        raise errors.BadConstant(f"{where} needs {other}, which is not another {kind}", hint=hint)
    if bound[name] and is_given and bound[other] < least:
        what = f"{name} = true needs {other}, which is {str(bound[other]).lower()}"
        raise errors.SwitchNeedsAnother(what, hint=f"leave {name} out, or set {other} = {str(least).lower()}")
    return bool(bound[name] and bound[other] >= least)


def _way_out(name: str, marker: Range, constants: list[str]) -> str:
    """What to change when a constant does not go together with others: empty if its bounds are numbers."""
    bounds = [re.sub(r"\s+", " ", str(bound)) for bound in (marker.low, marker.high)]
    others = [other for other in constants if any(re.search(rf"\b{other}\b", bound) for bound in bounds)]
    if others and bounds[0] == bounds[1]:
        return f"{name} follows other constants, it is {bounds[0]}: leave it out"
    return f"{name} is from {bounds[0]} to {bounds[1]}: change it, or {' or '.join(others)}" if others else ""


def _check_constant(where: str, name: str, base: Any, default: Any, is_given: bool) -> None:
    if base not in (int, bool):
        what = f"{where}: a constant is an int or a bool"
        raise errors.BadConstant(what, hint="write Constant[int] or Constant[bool]")
    if default is values._MISSING and not is_given:
        hint = f"write {name}: Constant[{base.__name__}] = value"
        raise errors.BadConstant(f"{where}: a constant without default", hint=hint)
    if default is not values._MISSING and type(default) is not base:
        hint = f"the default of Constant[{base.__name__}] is {'a number' if base is int else 'True or False'}"
        raise errors.BadConstant(f"{where}: {default!r} is not {'an int' if base is int else 'a bool'}", hint=hint)


def parse_constant(name: str, base: Any, given: Any) -> Any:
    """A constant's value, perhaps from text, as on the command line. Raises ConstantOutOfRange."""
    if type(given) is base:
        return given
    if isinstance(given, str) and base is bool and given.lower() in ("true", "false"):
        return given.lower() == "true"
    try:
        if isinstance(given, str) and base is int:
            return int(given)
    except ValueError:
        pass
    raise errors.ConstantOutOfRange(f"{name} = {given!r} is not {'true or false' if base is bool else 'an integer'}")

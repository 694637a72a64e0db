"""Reusable classes with type variables: what a variable stands for in the class that is finally used."""

from __future__ import annotations

import typing
from collections.abc import Mapping, Sequence
from typing import Any


def variables_of(cls: Any) -> tuple[Any, ...]:
    """The type variables that a class or an annotation leaves open."""
    return getattr(cls, "__parameters__", ())


def arguments_of(cls: type, given: Sequence[Any] = ()) -> dict[type, dict[Any, Any]]:
    """For a class, with the given arguments, and every generic base of it, what its type variables stand for."""
    found: dict[type, dict[Any, Any]] = {cls: dict(zip(variables_of(cls), given, strict=False))}

    def walk(owner: type) -> None:
        for base in vars(owner).get("__orig_bases__", owner.__bases__):
            origin = typing.get_origin(base) or base
            if origin is typing.Generic or origin in found:
                continue
            given = (substituted(argument, found.get(owner, {})) for argument in typing.get_args(base))
            found[origin] = dict(zip(variables_of(origin), given, strict=False))
            walk(origin)

    walk(cls)
    return found


def substituted(annotation: Any, arguments: Mapping[Any, Any]) -> Any:
    """An annotation with the type variables that are known replaced."""
    if isinstance(annotation, typing.TypeVar):
        return arguments.get(annotation, annotation)
    variables = variables_of(annotation)
    if isinstance(annotation, type) or not any(variable in arguments for variable in variables):
        return annotation
    return annotation[tuple(arguments.get(variable, variable) for variable in variables)]

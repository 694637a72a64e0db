"""The decorators with which the class of a specification says what its methods are.

`needs` is a number, or an expression of constants as bounds are; a switch counts 1 when it is on. Where it is 0 or less
there is no such action or property.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, overload

from .annotations import Bound
from .declarations import Marker, mark

F = TypeVar("F", bound=Callable[..., Any])


def _marking(function: F | None, marker: Marker) -> F | Callable[[F], F]:
    """What a decorator returns that is written with or without arguments."""
    return mark(function, marker) if function is not None else lambda given: mark(given, marker)


@overload
def action(function: F) -> F: ...
@overload
def action(*, process: str | None = None, fault: bool = False, needs: Bound | None = None) -> Callable[[F], F]: ...
def action(
    function: F | None = None, *, process: str | None = None, fault: bool = False, needs: Bound | None = None
) -> F | Callable[[F], F]:
    """A step that the system can take; its parameters range over all their values.

    `process` names who takes it: a parameter, a field of one such as "message.target", or a fixed name such as
    "controller"; the first parameter that is an identity by default. `fault` marks crashes, losses and the like.
    """
    return _marking(function, Marker("action", process, fault, needs=needs))


def init(function: F) -> F:
    """Builds initial states from a state in which every field has its default. Several may exist."""
    return mark(function, Marker("init"))


@overload
def invariant(function: F) -> F: ...
@overload
def invariant(*, on_request: bool = False, helper: bool = False, needs: Bound | None = None) -> Callable[[F], F]: ...
def invariant(
    function: F | None = None, *, on_request: bool = False, helper: bool = False, needs: Bound | None = None
) -> F | Callable[[F], F]:
    """Must be true in every reachable state. Checked only when named if `on_request`, in proofs too if a `helper`."""
    return _marking(function, Marker("invariant", on_request=on_request or helper, helper=helper, needs=needs))


@overload
def step_invariant(function: F) -> F: ...
@overload
def step_invariant(*, needs: Bound | None = None) -> Callable[[F], F]: ...
def step_invariant(function: F | None = None, *, needs: Bound | None = None) -> F | Callable[[F], F]:
    """Must be true of every step: `self` is the state before, the parameter `after` the state after it."""
    return _marking(function, Marker("step_invariant", needs=needs))


@overload
def witness(function: F) -> F: ...
@overload
def witness(*, needs: Bound | None = None) -> Callable[[F], F]: ...
def witness(function: F | None = None, *, needs: Bound | None = None) -> F | Callable[[F], F]:
    """Must be true in at least one reachable state."""
    return _marking(function, Marker("witness", needs=needs))


def constraint(function: F) -> F:
    """States for which it is false are checked, but not counted and not explored further."""
    return mark(function, Marker("constraint"))

"""Statements, what loops run over, and what they make up: routines, conditions, programs."""

from __future__ import annotations

from dataclasses import dataclass

from .. import types
from ..types import Type
from .expressions import Expr, Place

# What a loop, a fold or a choice runs over. `index`, when set, names a local that counts from 0.


@dataclass(frozen=True)
class Numbers:
    """`range(start, stop, step)`; `step` is not zero. `limit` bounds the number of iterations."""

    start: Expr
    stop: Expr
    step: int
    limit: int


@dataclass(frozen=True)
class Elements:
    """The elements of a Set, Seq or Bag, evaluated once, in canonical order (a Seq's own order)."""

    collection: Expr
    index: str | None = None
    reverse: bool = False


@dataclass(frozen=True)
class Values:
    """All values of a finite type, in canonical order."""

    type: Type
    index: str | None = None


Source = Numbers | Elements | Values


def source_limit(source: Source) -> int:
    """The most elements a source can have."""
    match source:
        case Numbers(limit=limit):
            return limit
        case Values(type=kind):
            return kind.count
        case Elements(collection=collection):
            kind = collection.type
            assert isinstance(kind, (types.Set, types.Seq, types.Bag))
            return kind.capacity


# Statements.


@dataclass(frozen=True)
class Assign:
    """Gives a local a value of exactly the local's type."""

    name: str
    value: Expr


@dataclass(frozen=True)
class Store:
    """Writes a value of exactly the place's type."""

    place: Place
    value: Expr


@dataclass(frozen=True)
class If:
    test: Expr
    then: tuple[Stmt, ...]
    otherwise: tuple[Stmt, ...]


@dataclass(frozen=True)
class For:
    """Runs `body` for each element. `Exit(next_label)` goes on with the next one; leaving early is an Exit of a
    Block around the loop."""

    name: str
    type: Type
    source: Source
    body: tuple[Stmt, ...]
    next_label: str


@dataclass(frozen=True)
class Block:
    """Runs `body`; `Exit(label)` inside continues after it."""

    label: str
    body: tuple[Stmt, ...]


@dataclass(frozen=True)
class Exit:
    label: str


@dataclass(frozen=True)
class Require:
    """Disables the action when false."""

    test: Expr


@dataclass(frozen=True)
class Assert:
    """Fails when false."""

    test: Expr


@dataclass(frozen=True)
class Choose:
    """Gives a local any one element; each is a behaviour of its own. Nothing to choose disables the action.

    `site` numbers the choices of a routine in the order of the text; none is inside a loop, so each is made at
    most once. A site that is not reached counts as having one option.
    """

    site: int
    name: str
    type: Type
    source: Source


Stmt = Assign | Store | If | For | Block | Exit | Require | Assert | Choose


@dataclass(frozen=True)
class Input:
    """A parameter of an action: a local that takes every value of its type, or every distinct element of a
    collection in the state before the step, in canonical order."""

    name: str
    type: Type
    collection: Place | None


@dataclass(frozen=True)
class Routine:
    """An action or initialiser. `locals` gives the type of every local, inputs included; `choices` the largest
    number of options of each choice site."""

    name: str
    inputs: tuple[Input, ...]
    locals: dict[str, Type]
    choices: tuple[int, ...]
    body: tuple[Stmt, ...]


@dataclass(frozen=True)
class Condition:
    """A property or constraint: a boolean without effects, over STATE (and AFTER for step invariants).

    `premise` is true where the property says something: where the left of an `implies`, a filter or a quantifier
    is met. It is the constant True for properties without premise.
    """

    name: str
    kind: str
    locals: dict[str, Type]
    value: Expr
    premise: Expr


@dataclass(frozen=True)
class Program:
    """A whole specification. Actions and properties are in the specification's order."""

    name: str
    state: types.Struct
    inits: tuple[Routine, ...]
    actions: tuple[Routine, ...]
    properties: tuple[Condition, ...]
    constraints: tuple[Condition, ...]

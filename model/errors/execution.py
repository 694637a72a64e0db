"""Errors of execution (S3xx): found when a step is taken or a property evaluated."""

from __future__ import annotations

from .base import EXIT_INCONCLUSIVE, SpecificationError


class OutOfRange(SpecificationError):
    """A value stored outside the bounds of its field."""

    code = "S301"
    advice = "widen the type of the field, or disable the action with require() before"


class IndexOutOfRange(SpecificationError):
    """An index past the ends of a sequence, or a key that a map does not have."""

    code = "S302"
    advice = "test the length, or what the key is made from, before"


class NoneUsed(SpecificationError):
    """None used where a value is needed."""

    code = "S303"
    advice = "test `is not None` before"


class AssertionFailed(SpecificationError):
    """An `assert` in a specification was false."""

    code = "S304"
    advice = "an assert says what its author takes for granted: find out why it is false here"


class EmptyArgument(SpecificationError):
    """`min` or `max` of nothing."""

    code = "S305"
    advice = "give default=..., or test for emptiness before"


class NoRoom(SpecificationError):
    """A collection is full."""


class CollectionFull(NoRoom):
    """A set, sequence or bag grew over its declared size."""

    code = "S306"
    advice = "raise its Size, or disable the action with require() before"


class NotAMember(SpecificationError):
    """`remove` of an element that is not there."""

    code = "S307"
    advice = "write discard(), or test with `in` before"


class DivisionByZero(SpecificationError):
    """`//` or `%` by zero."""

    code = "S308"
    advice = "test for zero before"


class NoInitialState(SpecificationError):
    """The initialisers allow no state at all."""

    code = "S309"
    advice = "a require() or an empty choose() stops every @init: weaken it"


class NotSymmetric(SpecificationError):
    """Identities that are declared interchangeable make a difference: found while states are reduced by symmetry."""

    code = "S310"
    advice = "drop symmetric=True, or check with --no-symmetry"


class BoundReached(NoRoom):
    """A collection whose size a constant sets is full: the constant bounds the search, which cannot be completed.

    What was found until then stands, and the verdict is inconclusive.
    """

    code = "S311"
    exit_code = EXIT_INCONCLUSIVE
    advice = "raise the constant, or disable the action with require() before"


class ExecutionFailed(SpecificationError):
    """Anything else that Python raised while running a method of the specification."""

    code = "S399"
    advice = "this is Python's own message: the line does what values of these types do not have"

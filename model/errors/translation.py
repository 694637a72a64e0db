"""Errors in code (S2xx): found when methods are translated."""

from __future__ import annotations

from .base import SpecificationError


class UnsupportedStatement(SpecificationError):
    """A statement or special method that the language does not have."""

    code = "S201"


class UnsupportedExpression(SpecificationError):
    """An expression that the language does not have."""

    code = "S202"


class UnknownName(SpecificationError):
    """A name that is not a local, a parameter, or something the module defines."""

    code = "S203"


class UnknownAttribute(SpecificationError):
    """An attribute that the value does not have."""

    code = "S204"


class UnsupportedCall(SpecificationError):
    """A call of something that cannot be translated."""

    code = "S205"


class TypeMismatch(SpecificationError):
    """An operation on types it is not defined for."""

    code = "S206"
    advice = "change the value, or the type that is declared"


class WrongArguments(SpecificationError):
    """A call with too many, too few or unknown arguments."""

    code = "S207"


class RecursiveCall(SpecificationError):
    """A function that calls itself, directly or through others."""

    code = "S208"


class ImpureProperty(SpecificationError):
    """A property, constraint or view that changes the state or decides whether a step is possible."""

    code = "S209"


class FrozenWrite(SpecificationError):
    """A write into an element of a set, sequence, bag or optional: those are values, not places."""

    code = "S210"


class AliasedWrite(SpecificationError):
    """A change through a second name, where Python's aliasing and copying would differ."""

    code = "S211"


class SymmetricOrder(SpecificationError):
    """Order or arithmetic on identities that are declared interchangeable."""

    code = "S212"


class UnorderedIteration(SpecificationError):
    """A `for` statement over a built-in set, whose order Python does not define."""

    code = "S213"


class MisplacedChoice(SpecificationError):
    """`choose` where the choice cannot be enumerated: in a loop, an expression part, or a property."""

    code = "S214"


class NoSource(SpecificationError):
    """A function whose source text cannot be read."""

    code = "S215"


class AmbiguousReference(SpecificationError):
    """A name bound to different places of the state on different paths."""

    code = "S216"


class UnboundedLocal(SpecificationError):
    """A local collection whose elements or length have no bound, or a loop over a range without one."""

    code = "S217"


class MaybeUnassigned(SpecificationError):
    """A local name read on a path on which nothing was assigned to it."""

    code = "S218"

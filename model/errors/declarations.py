"""Errors in declarations (S1xx): found when a class is bound to its constants."""

from __future__ import annotations

from .base import SpecificationError


class UnboundedType(SpecificationError):
    """A type without a finite number of values, such as a bare `int`."""

    code = "S101"


class UnsupportedType(SpecificationError):
    """An annotation that the language does not have."""

    code = "S102"


class UnknownConstantInBound(SpecificationError):
    """A bound names a constant that the class does not declare, or is not an integer expression of constants."""

    code = "S103"


class EmptyRange(SpecificationError):
    """A range, domain or size with no value in it."""

    code = "S104"


class NoAction(SpecificationError):
    """A specification without any action: nothing could ever happen."""

    code = "S105"


class BadParameter(SpecificationError):
    """A parameter of an action whose values cannot be enumerated."""

    code = "S106"


class BadSignature(SpecificationError):
    """A decorator of ours on what it does not mark, or a marked method with parameters or a result it cannot have."""

    code = "S107"


class StateTooLarge(SpecificationError):
    """The state needs more bits than the native checker handles."""

    code = "S108"


class RecursiveStruct(SpecificationError):
    """A struct that contains itself has no finite size."""

    code = "S109"


class BadDefault(SpecificationError):
    """The default of a field does not fit its type."""

    code = "S110"


class BadConstant(SpecificationError):
    """A constant without default, or with a type or default that it cannot have."""

    code = "S111"

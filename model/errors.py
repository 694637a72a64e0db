"""Every error that a user can cause, one class each.

A message says what was wrong, where, and what to do next; nobody sees a stack trace for a mistake in a
specification, a command line or a file. Each class has a code; `docs/errors.md` lists them all.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

_MOST_NAMES = 12

EXIT_AS_EXPECTED = 0
EXIT_NOT_AS_EXPECTED = 1
EXIT_INCONCLUSIVE = 2
EXIT_SPECIFICATION = 3
EXIT_USAGE = 4
#: For a mistake in Fencepost itself.
EXIT_INTERNAL = 70


@dataclass(frozen=True)
class Location:
    """A place in a source file: line and columns count from 1, `text` is the whole source line."""

    file: str
    line: int
    column: int = 1
    end_column: int = 1
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def excerpt(self) -> str:
        """The source line with a caret under the offending part; empty when the source is unknown."""
        if not self.text:
            return ""
        stripped = self.text.lstrip()
        indent = len(self.text) - len(stripped)
        start = max(self.column - 1 - indent, 0)
        length = max(min(self.end_column - self.column, len(stripped) - start), 1)
        return f"    {stripped}\n    {' ' * start}{'^' * length}"


class FencepostError(Exception):
    """The root of all errors a user can cause. `hint` is what to do next."""

    code: ClassVar[str] = "F000"
    exit_code: ClassVar[int] = EXIT_USAGE
    advice: ClassVar[str] = ""
    """The hint of errors that come without one."""

    def __init__(self, what: str, *, at: Location | None = None, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.at = at
        self.hint = hint or self.advice
        self.context: list[str] = []

    def __str__(self) -> str:
        lines = [f"{self.at}: error {self.code}: {self.what}" if self.at else f"error {self.code}: {self.what}"]
        if self.at and self.at.excerpt():
            lines.append(self.at.excerpt())
        lines += [f"  {note}" for note in self.context]
        if self.hint:
            lines.append(f"  {self.hint}")
        return "\n".join(lines)


class SpecificationError(FencepostError):
    """Something in a specification is wrong: its declarations, its code, or what it does when it runs."""

    code = "S000"
    exit_code = EXIT_SPECIFICATION


# Declarations: found when a class is bound to its constants.


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


# Code: found when methods are translated.


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


# Execution: found when a step is taken or a property evaluated.


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


# Usage: found on the command line, in files and in the environment.


class UsageError(FencepostError):
    """The command, a file or the environment is wrong, not the specification."""

    code = "U000"
    exit_code = EXIT_USAGE


class UnknownModel(UsageError):
    """No specification of that name."""

    code = "U101"
    advice = "`fencepost list` names what is shipped; your own is path/to/file.py:Class or package.module:Class"


class UnknownConstant(UsageError):
    """A constant that the specification does not have."""

    code = "U102"


class ConstantOutOfRange(UsageError):
    """A value that the constant does not allow."""

    code = "U103"
    advice = "`fencepost show NAME` lists the constants and what they allow"


class NotASpecification(UsageError):
    """The named object is not a specification class."""

    code = "U104"


class ImportFailed(UsageError):
    """The file or module of a specification could not be imported."""

    code = "U105"


class BadOption(UsageError):
    """An option with a value it cannot have."""

    code = "U106"
    advice = "`fencepost check --help` lists the options and what they take"


class BadTraceFile(UsageError):
    """A trace file that is missing, broken, or of another format."""

    code = "U107"
    advice = "a trace is an ITF file, as written by `fencepost check --trace FILE`"


class ForeignTrace(UsageError):
    """A trace of another specification, or of other constants."""

    code = "U108"
    advice = "name the specification it belongs to with --model"


class CannotWrite(UsageError):
    """A file that could not be written: no permission, no such folder, no space."""

    code = "U109"
    advice = "name a file in a folder that exists, is yours and has room"


class UnknownProperty(UsageError):
    """A property that the specification does not have."""

    code = "U110"


class NoAuxiliaryField(UsageError):
    """A view of a specification in which every field counts."""

    code = "U111"
    advice = "search without a view, or declare the fields that it is to leave out as Auxiliary[T]"


class EngineUnavailable(UsageError):
    """The native engine cannot be loaded: a library is missing, or there is not enough memory for it."""

    code = "U112"
    advice = "install Fencepost's dependencies again, or give it more memory; --engine python needs neither"


class UnknownAction(UsageError):
    """A scenario with a step that the specification does not have, or does not have with these arguments."""

    code = "U113"


class BadConfiguration(UsageError):
    """A table [tool.fencepost] in pyproject.toml with a key or a value that it cannot have."""

    code = "U114"


class NothingToShrink(UsageError):
    """A trace to be made smaller that shows nothing: then nothing of it has to be kept."""

    code = "U115"
    advice = "only the run of a violation, a witness or a deadlock can be made smaller"


class GraphTooLarge(UsageError):
    """A state graph of more states than were asked for."""

    code = "U116"


class MissingExtra(UsageError):
    """Something that needs a library or a program which is not installed."""

    code = "U117"


def closest(name: str, known: list[str]) -> str:
    """The name most like a misspelt one; empty when none is."""
    import difflib

    return next(iter(difflib.get_close_matches(name, known, n=1)), "")


def nearest(name: str, known: list[str]) -> str:
    """`did you mean X?` for a misspelt name, or the list of what there is."""
    close = closest(name, known)
    if close:
        return f"did you mean {close}?"
    names = sorted(set(known))
    if len(names) > _MOST_NAMES:
        names[_MOST_NAMES:] = [f"and {len(names) - _MOST_NAMES} more"]
    return "there is: " + ", ".join(names) if names else "there is none"


def with_article(noun: str) -> str:
    """A noun with "a" or "an"."""
    return f"{'an' if noun[0] in 'aeiouAEIOU' else 'a'} {noun}"

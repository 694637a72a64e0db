"""Errors of usage (U1xx): found on the command line, in files and in the environment."""

from __future__ import annotations

from .base import EXIT_USAGE, FencepostError


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


class NothingToExplore(UsageError):
    """Random runs of a specification that end in the initial state, whatever is drawn."""

    code = "U118"
    advice = "other constants may allow a step; `fencepost check` says which actions are never possible"


class TooLargeToUnroll(UsageError):
    """A specification whose formulas would be too large: all loops, maps and collections are written out in them."""

    code = "U122"
    advice = "choose smaller constants, or name fewer properties; `fencepost check` writes nothing out"


class SwitchNeedsAnother(UsageError):
    """A switch that is set on while another one, without which it means nothing, is off."""

    code = "U123"

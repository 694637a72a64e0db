"""What Python raises while a specification's code runs, as errors of ours with the line of the specification."""

from __future__ import annotations

import ast
import linecache
import sysconfig
import traceback
from collections.abc import Callable
from typing import Any

from .. import errors
from .sources import LANGUAGE, characters, method_at

_STANDARD_LIBRARY = sysconfig.get_path("stdlib")


def located(error: Exception, function: Callable[..., Any], note: str) -> errors.FencepostError:
    """An exception out of a specification's code as an error of ours; `note` says what was running."""
    theirs = [frame for frame in traceback.extract_tb(error.__traceback__) if _is_theirs(frame.filename)]
    result = error if isinstance(error, errors.FencepostError) else _converted(error)
    if result.at is None:
        result.at = _place(theirs[-1]) if theirs else method_at(function)
        if isinstance(error, AssertionError) and result.at is not None:
            result.at = _asserted(result.at)
    result.context.append(note)
    return result


def _is_theirs(file: str) -> bool:
    """Whether a file is neither part of the language nor of Python."""
    inside = file.startswith(_STANDARD_LIBRARY) and "site-packages" not in file
    return not (file.startswith((LANGUAGE, "<")) or inside)


def _place(frame: traceback.FrameSummary) -> errors.Location:
    line = frame.lineno or 1
    text = linecache.getline(frame.filename, line).rstrip()
    one_line = frame.end_lineno in (None, line)
    end = characters(text, frame.end_colno or 0) if one_line else len(text)
    return errors.Location(frame.filename, line, characters(text, frame.colno or 0) + 1, end + 1, text)


def _asserted(at: errors.Location) -> errors.Location:
    """The condition of an `assert` that stands on one line; versions of Python differ in what they point at."""
    try:
        found = ast.parse(at.text.strip()).body[0]
    except (SyntaxError, IndexError):
        return at
    if not isinstance(found, ast.Assert):
        return at
    margin = len(at.text) - len(at.text.lstrip())
    start, end = (characters(at.text.strip(), size or 0) for size in (found.test.col_offset, found.test.end_col_offset))
    return errors.Location(at.file, at.line, margin + start + 1, margin + end + 1, at.text)


def _converted(error: Exception) -> errors.SpecificationError:
    text = str(error)
    if isinstance(error, (TypeError, AttributeError)) and "NoneType" in text:
        return errors.NoneUsed("None where a value is needed")
    if isinstance(error, ValueError) and "empty" in text:
        return errors.EmptyArgument("the least or greatest of nothing")
    if isinstance(error, AssertionError):
        return errors.AssertionFailed(f"an assertion is false: {text}" if text else "an assertion is false")
    if isinstance(error, IndexError):
        return errors.IndexOutOfRange("an index past the end of a sequence")
    if isinstance(error, KeyError):
        return errors.IndexOutOfRange(f"no such key or element: {text}")
    if isinstance(error, ZeroDivisionError):
        return errors.DivisionByZero("a division by zero")
    return errors.ExecutionFailed(f"{type(error).__name__}: {text}")

"""Where things stand in source files: the syntax trees of functions, and the places of classes, fields and methods."""

from __future__ import annotations

import ast
import inspect
import linecache
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .. import errors

#: The folder of the language itself, whose frames are of no interest to an author.
LANGUAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep


@dataclass(frozen=True)
class Source:
    """The syntax tree of a function and where it stands: `above` is the number of lines before that of the tree."""

    tree: ast.FunctionDef
    file: str
    above: int

    def at(self, node: ast.AST) -> errors.Location:
        """The place of a node of the tree."""
        return _place(node, self.file, self.above)


_SOURCES: dict[Callable[..., Any], Source] = {}


def source_of(function: Callable[..., Any], at: errors.Location | None = None) -> Source:
    """The parsed source of a function; `at` is where it is called. Raises NoSource, UnsupportedCall."""
    if function in _SOURCES:
        return _SOURCES[function]
    name = getattr(function, "__qualname__", repr(function))
    if not inspect.isfunction(function):
        raise errors.UnsupportedCall(f"{name} is not a plain function", at=at, hint="define it with def")
    try:
        tree, file, above = _parsed(*_lines(function), function.__code__.co_filename)
        if getattr(tree, "name", name) not in (name, function.__code__.co_name):
            raise OSError
    except (OSError, TypeError, SyntaxError):
        raise errors.NoSource(
            f"the source of {name} cannot be read",
            at=at or _code_at(function),
            hint="define it in a file, not at a prompt or through exec()",
        ) from None
    if not isinstance(tree, ast.FunctionDef):
        what = f"{name} is async" if isinstance(tree, ast.AsyncFunctionDef) else f"{name} is not a plain function"
        raise errors.UnsupportedCall(what, at=at or _code_at(function), hint="define it with def")
    found = _SOURCES[function] = Source(tree, file, above)
    return found


def _lines(function: Any) -> tuple[list[str], int]:
    """The lines of a function as it stands, whatever it wraps, and the number of the first."""
    code = function.__code__
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename, function.__globals__)
    if code.co_filename == "<string>" or len(lines) < code.co_firstlineno:
        raise OSError
    return inspect.getblock(lines[code.co_firstlineno - 1 :]), code.co_firstlineno


def _parsed(lines: list[str], first: int, file: str) -> tuple[ast.stmt, str, int]:
    """The syntax tree of some lines of a file, the file, and the number of lines above that of the tree."""
    if not lines[0][:1].isspace():
        return ast.parse("".join(lines)).body[0], file, first - 1
    # Indented as it stands, so that columns stay what they are.
    block = ast.parse("if True:\n" + "".join(lines)).body[0]
    assert isinstance(block, ast.If)
    return block.body[0], file, first - 2


def _place(node: ast.AST, file: str, above: int) -> errors.Location:
    line = getattr(node, "lineno", 1) + above
    text = linecache.getline(file, line).rstrip()
    # Columns of a syntax tree count bytes.
    start = characters(text, getattr(node, "col_offset", 0))
    one_line = getattr(node, "end_lineno", None) == getattr(node, "lineno", None)
    end = characters(text, getattr(node, "end_col_offset", 0)) if one_line else len(text)
    return errors.Location(file, line, start + 1, end + 1, text)


def characters(text: str, size: int) -> int:
    """How many characters the first bytes of a text are."""
    return len(text.encode()[:size].decode(errors="ignore"))


def _code_at(function: Any) -> errors.Location:
    """Where a function begins, when its source cannot be parsed."""
    code = function.__code__
    text = "" if code.co_filename == "<string>" else linecache.getline(code.co_filename, code.co_firstlineno).rstrip()
    start = len(text) - len(text.lstrip())
    return errors.Location(code.co_filename, code.co_firstlineno, start + 1, len(text) + 1, text)


# Declarations. Each place is None when the source cannot be read.


def class_at(cls: type) -> errors.Location | None:
    """The name of a class, where it is defined."""
    found = _class_tree(cls)
    return _named(*found) if found else None


def field_at(cls: type, name: str, *, default: bool = False) -> errors.Location | None:
    """The annotation of a field or constant, or its default, in the class that declares it."""
    for base in cls.__mro__:
        annotated = name in vars(base).get("__annotations__", {})
        if not annotated and not (default and name in vars(base)):
            continue
        found = _class_tree(base)
        for node in found[0].body if found else ():
            if default and isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
                assert found is not None
                return _place(node.value, found[1], found[2])
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == name:
                assert found is not None
                part = node.value if default and node.value is not None else node.annotation
                return _place(part, found[1], found[2])
        return None
    return None


def method_at(function: Any) -> errors.Location | None:
    """The name of a method, where it is defined."""
    try:
        source = source_of(function)
    except errors.SpecificationError as error:
        return error.at
    return _named(source.tree, source.file, source.above)


def parameter_at(function: Any, name: str) -> errors.Location | None:
    """The annotation of a parameter, or the parameter when it has none."""
    try:
        source = source_of(function)
    except errors.SpecificationError as error:
        return error.at
    for node in ast.walk(source.tree.args):
        if isinstance(node, ast.arg) and node.arg == name:
            return source.at(node.annotation or node)
    return method_at(function)


def calling_at() -> errors.Location | None:
    """The line outside of the language that is being executed."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(LANGUAGE):
        frame = frame.f_back  # type: ignore[assignment]  # None ends the loop
    if frame is None:
        return None
    text = linecache.getline(frame.f_code.co_filename, frame.f_lineno).rstrip()
    start = len(text) - len(text.lstrip())
    return errors.Location(frame.f_code.co_filename, frame.f_lineno, start + 1, len(text) + 1, text)


@contextmanager
def placed(where: Callable[[], errors.Location | None]) -> Iterator[None]:
    """Gives an error in a specification that is raised inside, and has no place yet, a place."""
    try:
        yield
    except errors.SpecificationError as error:
        error.at = error.at or where()
        raise


def _class_tree(cls: type) -> tuple[ast.ClassDef, str, int] | None:
    try:
        tree, file, above = _parsed(*inspect.getsourcelines(cls), inspect.getsourcefile(cls) or "?")
    except (OSError, TypeError, SyntaxError):
        return None
    return (tree, file, above) if isinstance(tree, ast.ClassDef) else None


def _named(tree: ast.ClassDef | ast.FunctionDef, file: str, above: int) -> errors.Location:
    """The name in `class Name` or `def name`."""
    whole = _place(tree, file, above)
    start = whole.text.find(tree.name, whole.column - 1) + 1
    if not start:
        return whole
    return errors.Location(file, whole.line, start, start + len(tree.name), whole.text)

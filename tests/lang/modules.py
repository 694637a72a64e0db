"""Specifications from text: modules written to a file and imported, for methods are translated from their source."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from pathlib import Path
from textwrap import dedent, indent
from types import ModuleType

_numbers = itertools.count()

_BEGINNING = """
from typing import Annotated

from fencepost.model import *
from lang.everything import *


class Example(Everything):
"""


def load(text: str, folder: Path) -> ModuleType:
    """A module with this text."""
    name = f"specification_{next(_numbers)}"
    path = folder / f"{name}.py"
    path.write_text(text)
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def method(name: str, body: str, *, decorator: str = "@action") -> str:
    """The text of an action with this body; what follows a line of `---` are further methods."""
    code, _, helpers = dedent(body).strip().partition("\n---\n")
    return f"{decorator}\ndef {name}(self) -> None:\n{indent(code, '    ')}\n\n{helpers.strip()}\n"


def example(*methods: str) -> str:
    """The text of a module with the class `Example`, which has a field of every type and these methods."""
    return _BEGINNING + indent("\n".join(methods), "    ")

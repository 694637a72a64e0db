"""Wrong specifications, written to files with «marks» around the part that the caret is to point at."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from pathlib import Path
from textwrap import dedent, indent
from types import ModuleType

import pytest

from fencepost.model import Specification, errors
from fencepost.model.lang.lower import lower

HEADER = """\
import functools
import math
from enum import Enum
from typing import Annotated, Any, cast

from fencepost.model import *

Broker = Annotated[int, Domain("replicas", symmetric=True, prefix="b")]
Slot = Annotated[int, Domain(3)]
Num = Annotated[int, Range(0, "limit")]

WORDS = "words"
FLOAT = 1.5


class Color(Enum):
    RED = 1
    BLUE = 2


class Pair(Struct):
    a: Num
    b: Broker | None = None

    @property
    def double(self) -> int:
        return self.a + self.a

    def plus(self, by: int) -> int:
        return self.a + by

    def grow(self) -> None:
        self.a += 1


def twice(x: int) -> int:
    return x + x


class Base(Model):
    replicas: Constant[int] = 2
    limit: Constant[int] = 3
    fast: Constant[bool] = True

    n: Num
    flag: bool
    color: Color
    slot: Slot
    opt: Num | None
    whom: Broker | None
    pair: Pair
    optpair: Pair | None
    m: Map[Broker, Num]
    pairs: Map[Broker, Pair]
    s: Set[Broker]
    ints: Set[Num]
    q: Annotated[Seq[Num], Size(3)]
    qp: Annotated[Seq[Pair], Size(3)]
    bag: Annotated[Bag[Pair], Size(2)]

    @property
    def more(self) -> int:
        return self.n + 1

    def plus(self, by: int) -> int:
        return self.n + by

    def set_n(self, value: int) -> None:
        self.n = value


"""

_numbers = itertools.count()


def in_action(body: str) -> str:
    """A specification with one action, that has two parameters and this body."""
    return "class Spec(Base):\n    @action\n    def act(self, who: Broker, k: Num) -> None:\n" + _block(body, 8)


def in_property(body: str, kind: str = "invariant", parameters: str = "self") -> str:
    """A specification with an action that does nothing, and one property with this body."""
    return in_class(f"@{kind}\ndef prop({parameters}) -> bool:\n" + _block(body, 4))


def in_class(body: str) -> str:
    """A specification with an action that does nothing, and these declarations."""
    return "class Spec(Base):\n    @action\n    def wait(self) -> None:\n        pass\n\n" + _block(body, 4)


def _block(text: str, margin: int) -> str:
    return indent(dedent(text).strip("\n") + "\n", " " * margin)


class Refusals:
    """Expects errors, in files in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: list[str] = []

    def load(self, text: str) -> ModuleType:
        """The module that the header and a text make."""
        name = f"written_{next(_numbers)}"
        file = self.folder / f"{name}.py"
        file.write_text(HEADER + _unmarked(text), encoding="utf-8")
        spec = importlib.util.spec_from_file_location(name, file)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        self.names.append(name)
        spec.loader.exec_module(module)
        return module

    def refused(self, kind: type[errors.FencepostError], text: str) -> errors.FencepostError:
        """The error of a text whose class `Spec` is bound to its constants and translated."""

        def run() -> None:
            lower(Specification(self.load(text).Spec))

        return self._expect(kind, text, run)

    def stopped(
        self, kind: type[errors.FencepostError], text: str, *, translated: bool = True
    ) -> errors.FencepostError:
        """The error of a text whose class `Spec` is executed in CPython for two steps, and translated before."""
        specification = Specification(self.load(text).Spec)
        if translated:
            lower(specification)

        def run() -> None:
            states = specification.initial_states()
            for _ in range(2):
                for state in states:
                    for prop in specification.properties:
                        specification.holds(prop, state, state)
                states = [step.state for state in states for step in specification.successors(state)]

        return self._expect(kind, text, run)

    def _expect(self, kind: type[errors.FencepostError], text: str, run: object) -> errors.FencepostError:
        assert callable(run)
        with pytest.raises(errors.FencepostError) as caught:
            run()
        error = caught.value
        assert type(error) is kind, str(error)
        line, underlined = _mark(text)
        assert error.at is not None, str(error)
        marked = error.at.text[error.at.column - 1 : error.at.end_column - 1]
        assert (error.at.line, marked) == (line + HEADER.count("\n"), underlined), str(error)
        assert str(error).startswith(
            f"{error.at.file}:{error.at.line}:{error.at.column}: error {kind.code}: {error.what}"
        )
        shown = str(error).splitlines()[1:3]
        assert shown[0].strip() == error.at.text.strip()
        assert shown[1].strip() == "^" * len(underlined)
        assert shown[1].index("^") == shown[0].index(underlined, shown[1].index("^"))
        return error


def _unmarked(text: str) -> str:
    return text.replace("«", "").replace("»", "")


def _mark(text: str) -> tuple[int, str]:
    """The line of the mark, from 1, and the marked part; a mark that stays open ends with its line."""
    assert text.count("«") == 1, f"one «mark» is needed: {text}"
    before, _, after = text.partition("«")
    return before.count("\n") + 1, after.partition("»")[0].partition("\n")[0]

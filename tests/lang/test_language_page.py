"""The code in docs/language.md is real.

Blocks: one that begins with an import begins a module, every other one continues the module above it. All of the
specifications in a module are translated, and all executions agree on them.

Tables: what stands beside `statements` and `expressions` is accepted, what stands in a column `refused` is refused with
the code beside it, and what is to be written instead is accepted. Such code is put into an action of the last
specification of the page, after the names that the page mentions; several pieces in a cell are apart from each other,
`;` separates statements. Cells without code are prose.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from textwrap import indent
from types import ModuleType
from typing import Any

import pytest

from fencepost.model import Model, Specification, errors
from fencepost.model.lang.lower import lower
from lang.executions import assert_agreement
from lang.modules import load

PAGE = (Path(__file__).parents[2] / "docs" / "language.md").read_text()
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
NAMES = """\
me = self.replica[broker]
record = Record(broker, 1)
n, y = 3, 2
xs = [3, 1]
"""
HELPER = """\
    def elected(self) -> int:
        self.epoch = 1
        return 1
"""


def modules() -> list[str]:
    texts: list[str] = []
    for block in BLOCKS:
        if block.startswith(("from ", "import ")):
            texts.append(block)
        else:
            texts[-1] += "\n\n" + block
    return texts


def rows() -> list[dict[str, str]]:
    """The rows of all tables, by the titles of their columns."""
    found = []
    for table in re.findall(r"(?:^\|.*\n)+", PAGE, re.MULTILINE):
        head, _, *lines = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in table.splitlines()]
        found += [dict(zip(head, line, strict=True)) for line in lines]
    return found


def pieces(cell: str) -> list[str]:
    return [piece.replace("\\|", "|") for piece in re.findall(r"`([^`]+)`", cell)]


STATEMENTS = [piece for row in rows() if "statements" in row for piece in pieces(row["code"])]
EXPRESSIONS = [piece for row in rows() if "expressions" in row for piece in pieces(row["code"])]
REFUSED = [(row["refused"], row["code"], row["write instead"]) for row in rows() if "refused" in row]


def body_of(piece: str) -> str:
    """The statements of a piece, one a line; the parts after the first colon of a loop stay with it."""
    if re.match(r"(for|if|while) ", piece):
        return piece
    return "\n".join(part.strip() for part in piece.split(";"))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    return modules()[-1]


def act(page: str, body: str, folder: Path) -> Specification:
    """The last specification of the page, with an action that has this body."""
    module = load(page, folder)
    last = specifications(module)[-1]
    text = f"class Snippet({last.__name__}):\n    @action\n    def act(self, broker: Broker, other: Broker) -> None:\n"
    text += indent(NAMES + body, "        ") + "\n\n" + HELPER
    return Specification(load(page + "\n\n" + text, folder).Snippet)


def specifications(module: ModuleType) -> list[type[Any]]:
    found = [member for member in vars(module).values() if inspect.isclass(member) and issubclass(member, Model)]
    return [member for member in found if member.__module__ == module.__name__]


def test_blocks(tmp_path: Path) -> None:
    for text in modules():
        module = load(text, tmp_path)
        for model in specifications(module):
            assert assert_agreement(model, limit=60) > 5


def test_the_first_state(tmp_path: Path) -> None:
    module = load(modules()[0], tmp_path)
    state = module.Partition(brokers=3)
    assert list(state.isr) == [0, 1, 2]
    state.epoch, state.leader = 1, 0
    state.write(0)
    assert state.replica[0].end == 1


@pytest.mark.parametrize("piece", STATEMENTS)
def test_statements(piece: str, page: str, tmp_path: Path) -> None:
    lower(act(page, body_of(piece), tmp_path))


@pytest.mark.parametrize("piece", EXPRESSIONS)
def test_expressions(piece: str, page: str, tmp_path: Path) -> None:
    lower(act(page, f"result = {piece}", tmp_path))


@pytest.mark.parametrize(("refused", "code", "instead"), REFUSED, ids=[refused for refused, _, _ in REFUSED])
def test_what_is_refused(refused: str, code: str, instead: str, page: str, tmp_path: Path) -> None:
    body = "\n".join(map(body_of, pieces(refused)))
    with pytest.raises(errors.SpecificationError) as found:
        lower(act(page, body, tmp_path))
    assert found.value.code == code, found.value
    for piece in pieces(instead):
        lower(act(page, body_of(piece), tmp_path))


def test_methods_are_all_of_them() -> None:
    from fencepost.model.lang import types
    from fencepost.model.lang.lowering.builtins import _METHODS

    listed = {row["type"].strip("`"): set(pieces(row["methods"])) for row in rows() if "methods" in row}
    known = {kind.__name__: set(methods) for kind, methods in _METHODS.items()}
    assert listed == known | {types.Map.__name__: {"keys", "values", "items"}}

"""docs/errors.md: every error has a section, and every example on the page gives the message printed below it."""

import ast
import importlib.util
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest

from fencepost.checks.cli import main
from fencepost.checks.native.layout import build_layout
from fencepost.checks.self_check import SelfCheck
from fencepost.model import Specification, errors
from fencepost.model.lang.lower import lower

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Section:
    """What the page says about one error."""

    code: str
    name: str
    text: str

    @property
    def blocks(self) -> list[tuple[str, str]]:
        return _BLOCK.findall(self.text)


def sections() -> list[Section]:
    parts = re.split(r"^## (\w\d\d\d) (\w+)$", PAGE, flags=re.MULTILINE)
    return [Section(*part) for part in zip(parts[1::3], parts[2::3], parts[3::3], strict=True)]


def kinds(of: type[errors.FencepostError] = errors.FencepostError) -> list[type[errors.FencepostError]]:
    """Every error that is raised: those that others derive from are not."""
    below = of.__subclasses__()
    return [kind for found in below for kind in kinds(found)] if below else [of]


SECTIONS = sections()
ERRORS = sorted(kinds(), key=lambda kind: kind.code)
INTRODUCTION = _BLOCK.findall(PAGE.partition("\n## ")[0])
[PARTITION] = [text for language, text in INTRODUCTION if language == "python"]


def named(section: Section) -> str:
    return section.code


def test_every_error_has_a_section() -> None:
    assert [(section.code, section.name) for section in SECTIONS] == [(kind.code, kind.__name__) for kind in ERRORS]


def test_every_code_is_used_once() -> None:
    codes = [kind.code for kind in ERRORS]
    assert len(set(codes)) == len(codes)


def test_every_error_has_a_test_file() -> None:
    """Those of the command line and of trace files are tested with these."""
    for kind in ERRORS:
        snake = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
        assert list((ROOT / "tests").rglob(f"test_{kind.code.lower()}_{snake}.py")), kind.code


def test_every_error_of_a_command_says_what_to_do() -> None:
    """Where one is raised it has a hint, or its class has advice for all of them."""
    without = {kind.__name__ for kind in ERRORS if issubclass(kind, errors.UsageError) and not kind.advice}
    assert "UnknownConstant" in without, "or this test says nothing"
    for folder in ("model", "traces", "checks"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in without:
                    assert "hint" in [keyword.arg for keyword in node.keywords], f"{file}:{node.lineno}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working folder with the specification that the examples extend."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "partition.py").write_text(PARTITION, encoding="utf-8")
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        if str(getattr(sys.modules[name], "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


def imported(folder: Path, name: str, given: dict[str, object]) -> ModuleType:
    """A module from a file of the folder, in which some names are defined before."""
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    vars(module).update(given)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def message(folder: Path, text: str, *, translated: bool = True) -> str:
    """What an example gives when it is translated, laid out and executed for some steps; empty when all is well."""
    base = vars(imported(folder, "partition", {}))
    (folder / "example.py").write_text(text, encoding="utf-8")
    try:
        module = imported(folder, "example", {name: found for name, found in base.items() if not name.startswith("_")})
        specification = Specification(module.Example)
        if translated:
            lower(specification)
            build_layout(specification.state_type)
        states = specification.initial_states()
        if specification.symmetric_domains:
            SelfCheck(specification).sample(states)
        for _ in range(3):
            states = [step.state for state in states for step in specification.successors(state)][:50]
            for prop in specification.properties:
                for state in states:
                    specification.holds(prop, state, state)
    except errors.FencepostError as error:
        return normalised(str(error), folder)
    return ""


def normalised(text: str, folder: Path) -> str:
    return text.replace(f"{folder.resolve()}/", "").replace(f"{folder}/", "").strip("\n")


@pytest.mark.parametrize("section", [one for one in SECTIONS if one.code.startswith("S")], ids=named)
def test_examples(section: Section, folder: Path) -> None:
    (first, wrong), (second, printed), *rest = section.blocks
    assert (first, second) == ("python", "text")
    assert message(folder, wrong, translated=section.code != "S399") == printed.rstrip("\n")
    assert f"error {section.code}:" in printed
    for language, right in rest:
        assert language == "python"
        assert message(folder, right) == ""


@pytest.mark.parametrize("section", [one for one in SECTIONS if one.code.startswith("U") and one.blocks], ids=named)
def test_commands(section: Section, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    files = {"python": "example.py", "json": "run.itf.json"}
    *given, (language, session) = section.blocks
    for kind, text in given:
        (folder / files[kind]).write_text(text, encoding="utf-8")
    assert language == "console"
    command, _, printed = session.partition("\n")
    assert command.startswith("$ fencepost ")
    code = main(shlex.split(command)[2:])
    assert normalised(capfd.readouterr().err, folder) == printed.rstrip("\n")
    assert code == errors.EXIT_USAGE
    assert f"error {section.code}:" in printed


def test_introduction_shows_a_real_message(folder: Path) -> None:
    shown = PAGE.partition("```\n")[2].partition("```")[0].rstrip("\n")
    assert message(folder, "class Example(Partition):\n    epoch: int\n") == shown

"""Specifications are ordinary typed Python: mypy accepts them in its strict mode, and finds mistakes in them."""

import sys
from pathlib import Path

import pytest

import fencepost.model
from fencepost.model import Specification
from lang import typed_model
from lang.executions import assert_agreement, reachable

mypy_api = pytest.importorskip("mypy.api")

MISTAKES = {
    "self.server.holder = self.waiting": "Incompatible types in assignment",
    "self.network.add(Message(Kind.ASK))": 'Missing positional argument "client"',
    "self.waiting.add(Kind.ASK)": "incompatible type",
    "self.known[self.server.holder] = 1": "Invalid index type",
    "require(self.server.nobody == 1)": 'has no attribute "nobody"',
}


def checked(path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What mypy says about a file, with the package found where it is."""
    links = folder / "links" / "fencepost"
    if not links.exists():
        links.mkdir(parents=True)
        (links / "model").symlink_to(Path(fencepost.model.__file__).resolve().parent)
    monkeypatch.setenv("MYPYPATH", str(links.parent))
    cache = str(folder / "cache")
    options = ["--strict", "--config-file=", "--cache-dir", cache, "--no-error-summary"]
    limit = sys.getrecursionlimit()
    try:
        output, errors, _ = mypy_api.run([*options, str(path)])
    finally:
        # mypy raises it for the whole process, and tests of deep nesting that run later would no longer reach it.
        sys.setrecursionlimit(limit)
    return str(output + errors)


def test_mypy_accepts_specifications_and_finds_mistakes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path(typed_model.__file__)
    assert checked(path, tmp_path, monkeypatch) == ""
    text = path.read_text()
    broken = tmp_path / "broken.py"
    for mistake in MISTAKES:
        text += f"\n    @action\n    def mistake_{len(text)}(self) -> None:\n        {mistake}\n"
    broken.write_text(text)
    found = checked(broken, tmp_path, monkeypatch).splitlines()
    for mistake, message in MISTAKES.items():
        line = text[: text.index(mistake)].count("\n") + 1
        assert any(said.startswith(f"{broken}:{line}:") and message in said for said in found), (mistake, found)


def test_the_model_does_something() -> None:
    specification = Specification(typed_model.Lease)
    states = list(reachable(specification, 2000))
    taken = {step.action.name for state in states for step in specification.successors(state)}
    assert taken == {"ask", "grant", "hear", "lose"}
    holds = {prop.name: [specification.holds(prop, state) for state in states] for prop in specification.properties[:2]}
    assert all(map(all, holds.values()))


def test_executions_agree() -> None:
    assert assert_agreement(typed_model.Lease) > 20

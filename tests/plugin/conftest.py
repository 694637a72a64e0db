"""Runs pytest on test files that declare checks, in processes of their own, and counts the searches."""

from collections.abc import Callable
from pathlib import Path

import pytest

ELECTION = '''
from typing import Annotated

from fencepost.model import Domain, Map, Model, Set, action, invariant, require, witness

Server = Annotated[int, Domain(3, prefix="s")]


class Election(Model):
    votes: Map[Server, Set[Server]]

    @action
    def vote(self, voter: Server, candidate: Server) -> None:
        self.votes[candidate].add(voter)

    @invariant
    def one_leader(self) -> bool:
        """At most one candidate has the votes of a majority."""
        return len([votes for votes in self.votes.values() if len(votes) >= 2]) <= 1

    @witness
    def a_leader(self) -> bool:
        """Somebody can win."""
        return any(len(votes) >= 2 for votes in self.votes.values())
'''
#: What makes the election right.
GUARD = "        require(not any(voter in votes for votes in self.votes.values()))\n"
VOTE = "        self.votes[candidate].add(voter)\n"

COUNTING = """
import os
from fencepost.checks import api

search = api._search

def counted(*arguments):
    with open(os.environ["SEARCHES"], "a") as file:
        file.write("searched\\n")
    return search(*arguments)

api._search = counted
"""

Tried = Callable[..., pytest.RunResult]


class Project:
    """A folder with an election, and tests of it."""

    def __init__(self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pytester = pytester
        self.folder: Path = pytester.path
        monkeypatch.setenv("SEARCHES", str(self.folder / "searches"))
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
        pytester.makeini("[pytest]\naddopts = -p no:cacheprovider --strict-markers\npythonpath = .\n")
        pytester.makeconftest(COUNTING)
        self.specify(ELECTION)

    def specify(self, text: str) -> None:
        (self.folder / "election.py").write_text(text, encoding="utf-8")

    def declare(self, text: str) -> None:
        head = "from election import *\nfrom fencepost.checks import Limits, Scenario, check, model_check\n"
        (self.folder / "test_election.py").write_text(head + text, encoding="utf-8")

    def run(self, *arguments: str) -> pytest.RunResult:
        return self.pytester.runpytest_subprocess("-v", *arguments, timeout=120)

    @property
    def searches(self) -> int:
        file = self.folder / "searches"
        return len(file.read_text().splitlines()) if file.exists() else 0

    @property
    def results(self) -> list[str]:
        """The files that failed checks have left."""
        folder = self.folder / "fencepost-results"
        return sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose specification is wrong, unless its vote has a guard."""
    return Project(pytester, monkeypatch)

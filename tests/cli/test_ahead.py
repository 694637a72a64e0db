"""What is compiled ahead is what the search looks for."""

import pytest

from fencepost.checks.ahead import Ahead
from fencepost.checks.api import Job, Options, prepare
from fencepost.checks.loading import find
from fencepost.model import Specification


def job(name: str, **options: bool) -> Job:
    found = find(name)
    return prepare(Specification(found.model, {}), Options(workers=2, **options), name=found.name)


@pytest.fixture
def empty_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("FENCEPOST_CACHE", str(tmp_path))
    return tmp_path


def test_the_search_finds_what_was_compiled(empty_cache):
    jobs = [job("async-isr", symmetry=True), job("finite-replicated-log"), job("async-isr", exact=True)]
    ahead = Ahead()
    ahead.start(jobs)
    assert ahead.process is not None
    ahead.process.wait(timeout=120)
    assert [one.search().details["compiled_from_cache"] for one in jobs] == [True, True, True]


def test_a_specification_that_cannot_be_compiled_is_left_to_the_search(empty_cache, tmp_path):
    text = "from fencepost.model import Model, action\n\nclass Broken(Model):\n    @action\n    def a(self): x = 1.5\n"
    (tmp_path / "broken.py").write_text(text)
    jobs = [job("async-isr"), job(f"{tmp_path / 'broken.py'}:Broken")]
    ahead = Ahead()
    ahead.start(jobs)
    assert ahead.process is not None
    assert ahead.process.wait(timeout=120) == 0
    assert jobs[0].search().details["compiled_from_cache"]


def test_stopping_ends_it(empty_cache):
    ahead = Ahead()
    ahead.start([job("async-isr"), job("kip-320")])
    assert ahead.process is not None
    ahead.stop()
    assert ahead.process.returncode == -9


@pytest.mark.parametrize("number", [0, 1])
def test_one_configuration_is_not_worth_aprocess(number):
    ahead = Ahead()
    ahead.start([job("async-isr")] * number)
    assert ahead.process is None
    ahead.stop()

"""Formulas mean what CPython does: the same successors, the same truth of properties, the same failures.

Compared on reachable states and on arbitrary ones, of specifications that use every construct, of random ones, and of
everything that is shipped.
"""

from __future__ import annotations

import importlib
import os
import random
from collections.abc import Iterator
from typing import Any

import pytest

from fencepost.checks.symbolic import collections, expressions, folds, sources, terms
from fencepost.model import Specification, errors
from fencepost.model.lang import values
from lang import test_coverage
from lang.executions import random_value, reachable
from lang.modules import load
from lang.random_specifications import random_module
from native.test_models import MODELS
from symbolic.translated import Translated, z3_difference

MANY = int(os.environ.get("FENCEPOST_EXAMPLES", "30"))


def states(these: Translated, count: int, seed: int) -> Iterator[Any]:
    """Reachable states, spread over the first ones, and as many arbitrary ones."""
    specification, below = these.specification, random.Random(seed).randrange
    starts = [values.thaw(random_value(specification.state_type, below)) for _ in range(count)]
    yield from starts
    try:
        found = list(reachable(specification, 20 * count))
    except errors.SpecificationError:
        found = []
    random.Random(seed).shuffle(found)
    yield from found[:count]


def compare(specification: Specification, count: int, most: int, seed: int = 0) -> Translated:
    these = Translated(specification, most)
    for state in states(these, count, seed):
        assert not (found := these.difference(state)), found
        for step in successors(specification, state)[:2]:
            assert not (found := these.step_difference(state, step)), found
    return these


def successors(specification: Specification, state: Any) -> list[Any]:
    try:
        return [step.state for step in specification.successors(state)]
    except errors.SpecificationError:
        return []


@pytest.mark.parametrize("model", list(test_coverage.models()), ids=lambda model: model.__name__)
def test_every_construct(model: Any) -> None:
    compare(Specification(model), 1 + MANY // 40, 20)


@pytest.mark.parametrize(("module", "name", "constants", "_"), MODELS)
def test_shipped(module: str, name: str, constants: dict[str, Any], _: int) -> None:
    model = getattr(importlib.import_module(f"fencepost.model.{module}"), name)
    these = compare(Specification(model, constants), 1 + MANY // 40, 6)
    assert these.compared


def test_random_specifications(tmp_path: Any) -> None:
    compared = 0
    for seed in range(MANY):
        try:
            specification = Specification(load(random_module(random.Random(seed).randrange), tmp_path).Example)
            these = Translated(specification)
        except errors.SpecificationError:
            continue
        for state in states(these, 4, seed):
            assert not (found := these.difference(state)), f"seed {seed}: {found}"
        compared += these.compared
    assert compared > 200


@pytest.mark.parametrize("model", list(test_coverage.models()), ids=lambda model: model.__name__)
def test_z3_computes_what_terms_mean(model: Any) -> None:
    these = Translated(Specification(model))
    for state in states(these, 1, 0):
        for at in range(len(these.steps)):
            assert not (found := z3_difference(these, state, at)), found


WRONG: dict[str, Any] = {
    "floor_divide": terms.subtract,
    "at_most": terms.less,
    "count": lambda flags: terms.if_int(terms.disjunction(*flags), 1, 0),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_translation_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control."""
    monkeypatch.setattr(terms, name, WRONG[name])
    for module in (expressions, folds, sources, collections):
        if hasattr(module, name):
            monkeypatch.setattr(module, name, WRONG[name])
    monkeypatch.setitem(expressions._ARITHMETIC, "//", terms.floor_divide)
    found = 0
    for model in test_coverage.models():
        try:
            compare(Specification(model), 1, 20)
        except AssertionError:
            found += 1
            break
    assert found

"""A breadth-first search in plain Python, one state at a time: slow, and short enough to be obviously right."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from fencepost.model import Model, Specification
from fencepost.model.lang.specification import Step


@dataclass
class Found:
    """What a search found. Depths and counterexamples are counted in states, the initial one included."""

    width: int
    levels: list[int] = field(default_factory=list)
    generated: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)
    violated: dict[str, int] = field(default_factory=dict)
    witnessed: dict[str, int] = field(default_factory=dict)
    complete: bool = True

    @property
    def distinct(self) -> int:
        return sum(self.levels)

    @property
    def depth(self) -> int:
        return len(self.levels)


def explore(model: type[Model], *, until: str = "", limit: int = 1_000_000, **constants: int) -> Found:
    """Every reachable state, or those up to the first level on which the property `until` is violated."""
    spec = Specification(model, constants)
    found = Found(spec.state_type.width)
    of_kind = {kind: [prop for prop in spec.properties if prop.kind == kind] for kind in ("invariant", "witness")}
    step_invariants = [prop for prop in spec.properties if prop.kind == "step_invariant"]
    seen: set[int] = set()

    def visit(state: Any, depth: int) -> bool:
        """Checks a state; says whether it is new and to be explored."""
        key = spec.key(state)
        if key in seen:
            return False
        seen.add(key)
        for prop in of_kind["invariant"]:
            if prop.name not in found.violated and not spec.holds(prop, state):
                found.violated[prop.name] = depth
        if not spec.within_constraint(state):
            return False
        for prop in of_kind["witness"]:
            if prop.name not in found.witnessed and spec.holds(prop, state):
                found.witnessed[prop.name] = depth
        return True

    frontier = [state for state in spec.initial_states() if visit(state, 1)]
    while frontier:
        found.levels.append(len(frontier))
        if until in found.violated or found.distinct > limit:
            found.complete = False
            break
        ahead = []
        for state in frontier:
            for step in spec.successors(state):
                found.generated[step.action.name] += 1
                for prop in step_invariants:
                    if prop.name not in found.violated and not spec.holds(prop, state, step.state):
                        found.violated[prop.name] = found.depth + 1
                if visit(step.state, found.depth + 1):
                    found.new[step.action.name] += 1
                    ahead.append(step.state)
        frontier = ahead
    return found


@pytest.fixture(scope="session")
def search() -> Callable[..., Found]:
    """The search, remembering what it has found: several tests look at the same one."""
    remembered: dict[Any, Found] = {}

    def search(model: type[Model], *, until: str = "", **constants: int) -> Found:
        key = model, until, frozenset(constants.items())
        if key not in remembered:
            remembered[key] = explore(model, until=until, **constants)
        return remembered[key]

    return search


@dataclass
class Point:
    """A state of a run, after so many steps."""

    spec: Specification
    state: Any
    steps: int

    def holds(self, name: str) -> bool:
        return self.spec.holds(next(prop for prop in self.spec.properties if prop.name == name), self.state)


@pytest.fixture
def play() -> Callable[..., list[Point]]:
    """Takes the steps of a written run, and returns every point of it up to the first step that is not possible.

    A step is an action and its arguments: `b1` an identity, a number the leader epoch of a request, `n1>n2` a message.
    """

    def play(model: type[Model], run: list[str], **constants: int) -> list[Point]:
        spec = Specification(model, constants)
        points = [Point(spec, spec.initial_states()[0], 0)]
        for text in run:
            possible = {spelled(step): step.state for step in spec.successors(points[-1].state)}
            if text not in possible:
                break
            points.append(Point(spec, possible[text], points[-1].steps + 1))
        return points

    return play


def spelled(step: Step) -> str:
    words = [step.action.name]
    for parameter, value in zip(step.action.parameters, step.arguments, strict=True):
        if hasattr(value, "leader_epoch"):
            words.append(str(value.leader_epoch))
        elif hasattr(value, "source"):
            words.append(f"n{value.source + 1}>n{value.target + 1}")
        else:
            words.append(parameter.type.show(value))
    return " ".join(words)

"""Makes a run that shows something smaller: fewer steps, then fewer switches between processes, faults, and values.

Detours that come back to a state are left out, then steps as long as what remains is a run that violates the property,
or reaches the witness or the deadlock: first large parts, then small ones (after Zeller and Hildebrandt's delta
debugging). Then the specification is searched, within a budget, for shorter ways between the states that are left.
Among runs of equal length the one with the least cost is taken that moving single steps and changing their arguments
leads to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from ..model.errors import FencepostError, NothingToShrink
from ..model.lang import values
from ..model.lang.specification import Specification, Step
from .replay import DEADLOCK
from .trace import Trace, TraceStep, arguments_of, choices_of, taken_step

#: How many states the search for shorter ways visits in all.
BUDGET = 20_000
#: Of how many states it remembers the steps: searches from one state of a run after the other meet the same states.
_MOST_KNOWN = 5_000


@dataclass(frozen=True)
class Move:
    """A step to be taken again: in another state if need be, if it is possible there."""

    action: str
    arguments: tuple[Any, ...]
    choices: tuple[str, ...]


@dataclass(frozen=True)
class _Taken:
    """A move that was taken, and where it led."""

    move: Move
    step: Step
    process: str
    fault: bool
    code: int


#: A run without its initial state.
Path = tuple[_Taken, ...]


def shrink(trace: Trace, specification: Specification, *, budget: int = BUDGET) -> Trace:
    """The smallest run that was found to show what a trace shows. It is never longer than the trace.

    Raises NothingToShrink for a trace that records no property, or is not a run that shows it.
    """
    shown = _Shows(trace, specification)
    start = values.thaw(trace.steps[0].state)
    moves = [Move(step.action, tuple(one.value for one in step.arguments), step.choices) for step in trace.steps[1:]]
    runner = _Runner(specification, start, shown)
    best = runner.run(moves)
    if best is None:
        raise NothingToShrink(
            f"the run does not show {trace.property_name}", hint="fencepost replay says where it stops"
        )
    cost: tuple[Any, ...] = ()
    while cost != _cost(best):
        cost = _cost(best)
        best = _deleted(_straight(best, runner), runner)
        best, budget = _shortcut(best, runner, budget)
        best = _tidied(best, runner)
    return replace(trace, steps=(trace.steps[0], *_steps(specification, start, best)), loop=None)


class _Shows:
    """Whether a state, or the step to it, shows what the trace recorded."""

    def __init__(self, trace: Trace, specification: Specification) -> None:
        self.specification = specification
        self.deadlock = trace.kind == DEADLOCK
        self.prop = next((one for one in specification.properties if one.name == trace.property_name), None)
        if self.prop is None and not self.deadlock:
            what = f"the trace records no property of {specification.name}"
            raise NothingToShrink(what)

    def __call__(self, before: Any, after: Any) -> bool:
        if self.prop is None:
            return next(iter(self.specification.successors(after)), None) is None
        if self.prop.kind == "step_invariant":
            return before is not None and not self.specification.holds(self.prop, before, after)
        return self.specification.holds(self.prop, after) is (self.prop.kind == "witness")


class _Runner:
    """Takes moves, those that are possible, until what is to be shown shows."""

    def __init__(self, specification: Specification, start: Any, shows: Callable[[Any, Any], bool]) -> None:
        self.specification, self.start, self.shows = specification, start, shows
        self.actions = {action.name: action for action in specification.actions}
        self.known: dict[tuple[int, Move], tuple[_Taken, bool] | None] = {}
        self.following: dict[int, list[tuple[Step, int, bool]]] = {}

    def run(self, moves: Iterable[Move], path: Path = ()) -> Path | None:
        """The run of the moves that are possible, up to the first state that shows it; None if none does.

        With a path it goes on from there.
        """
        if self.shows(None, self.start):
            return ()
        code = path[-1].code if path else self.specification.key(self.start)
        state, taken = (path[-1].step.state if path else self.start), list(path)
        for move in moves:
            if (code, move) not in self.known:
                self.known[code, move] = self._tried(state, move)
            found = self.known[code, move]
            if found is not None:
                taken.append(found[0])
                if found[1]:
                    return tuple(taken)
                code, state = found[0].code, found[0].step.state
        return None

    def _tried(self, state: Any, move: Move) -> tuple[_Taken, bool] | None:
        """The step of a move, and whether it shows what is to be shown; None if it leads nowhere."""
        try:
            step = self._take(state, move)
            shows = step is not None and self.shows(state, step.state)
            if step is None or not (shows or self.specification.within_constraint(step.state)):
                return None
            return self.taken(step, state), shows
        except FencepostError:  # In this state the step is a mistake, of which the run was not an example.
            return None

    def _take(self, state: Any, move: Move) -> Step | None:
        """The step of a move in a state; None if it is not possible there."""
        action = self.actions[move.action]
        for arguments in self.specification.arguments(action, state):
            if _stored(action, arguments) != move.arguments:
                continue
            for step in self.specification.fire(action, state, arguments):
                if not move.choices or choices_of(self.specification, step, state) == move.choices:
                    return step
        return None

    def successors(self, code: int, state: Any) -> list[tuple[Step, int, bool]]:
        """The steps from a state, each with the code of where it leads to, and whether it shows what is to be shown.

        Those that lead outside a constraint without showing it are left out.
        """
        found = self.following.get(code)
        if found is None:
            found = []
            with suppress(FencepostError):  # a step that is a mistake, of which the run is not an example
                for step in self.specification.successors(state):
                    shows = self.shows(state, step.state)
                    if shows or self.specification.within_constraint(step.state):
                        found.append((step, self.specification.key(step.state), shows))
            if len(self.following) < _MOST_KNOWN:
                self.following[code] = found
        return found

    def taken(self, step: Step, before: Any) -> _Taken:
        """A step with the move that takes it again."""
        chosen = choices_of(self.specification, step, before)
        move = Move(step.action.name, _stored(step.action, step.arguments), chosen)
        process = step.action.process_of(step.arguments)
        return _Taken(move, step, process, step.action.fault, self.specification.key(step.state))


def _stored(action: Any, arguments: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(one.value for one in arguments_of(action, arguments))


# Leaving steps out.


def _straight(path: Path, runner: _Runner) -> Path:
    """Without what lies between two visits of a state."""
    codes = [runner.specification.key(runner.start), *(one.code for one in path[:-1])]
    latest = {code: index for index, code in enumerate(codes)}
    kept: list[_Taken] = []
    index = 0
    while index < len(path):
        index = latest[codes[index]]
        kept.append(path[index])
        index += 1
    return tuple(kept)


def _deleted(path: Path, runner: _Runner) -> Path:
    """Without the steps that are not needed: halves, quarters, and so on down to single ones, from the end."""
    size = max(len(path) // 2, 1)
    while path:
        end = len(path)
        while end > 0:
            start = max(end - size, 0)
            found = runner.run((one.move for one in path[end:]), path[:start])
            if found is not None and len(found) < len(path):
                path = found
            end = min(start, len(path))
        if size == 1:
            break
        size //= 2
    return path


# Shorter ways.


def _shortcut(path: Path, runner: _Runner, budget: int) -> tuple[Path, int]:
    """With shorter ways between its states, or from one of them to the end; and what is left of the budget.

    From the last state on: the way to the end is short from there, and what it saves makes the next search shorter.
    """
    for start in reversed(range(len(path))):
        state = path[start - 1].step.state if start else runner.start
        found, visited = _way(state, path, start, runner, budget)
        budget -= visited
        if found is not None:
            path = found
    return path, budget


def _way(state: Any, path: Path, start: int, runner: _Runner, budget: int) -> tuple[Path | None, int]:
    """Searches breadth first from a state of a run for a shorter way to a later one, the last one first."""
    # Not to the last one: another step to it need not show what the step does that is there.
    later = {one.code: index for index, one in enumerate(path[:-1]) if index > start}
    code = runner.specification.key(state)
    level: list[tuple[int, Any, Path]] = [(code, state, ())]
    seen = {code}
    best: Path | None = None
    for depth in range(1, len(path) - start):
        following = []
        for number, before, way in level:
            for step, code, shows in runner.successors(number, before):
                if not shows and code in seen:
                    continue
                if len(seen) >= budget:
                    return best, len(seen)
                seen.add(code)
                taken = (*way, runner.taken(step, before))
                if shows:
                    return (*path[:start], *taken), len(seen)
                index = later.get(code, -1)
                if index - start + 1 > depth and (best is None or start + depth + len(path) - index - 1 < len(best)):
                    best = (*path[:start], *taken, *path[index + 1 :])
                following.append((code, step.state, taken))
        level = following
    return best, len(seen)


# The nicest of equals.


def _cost(path: Path) -> tuple[Any, ...]:
    switches = sum(one.process != other.process for one, other in zip(path, path[1:], strict=False))
    faults = sum(one.fault for one in path)
    return len(path), switches, faults, tuple(one.step.action.index for one in path), _arguments(path)


def _arguments(path: Path) -> tuple[tuple[int, ...], ...]:
    return tuple(
        tuple(p.type.code(value) for p, value in zip(one.step.action.parameters, one.move.arguments, strict=True))
        for one in path
    )


def _tidied(path: Path, runner: _Runner) -> Path:
    """The cheapest run that moving single steps and changing their arguments leads to."""
    better = True
    while better:
        better = False
        for moves in _neighbours(path, runner):
            found = runner.run(moves)
            if found is not None and _cost(found) < _cost(path):
                path, better = found, True
                break
    return path


def _neighbours(path: Path, runner: _Runner) -> Iterator[list[Move]]:
    moves = [one.move for one in path]
    for index in range(len(moves)):
        for target in range(index):
            yield [*moves[:target], moves[index], *moves[target:index], *moves[index + 1 :]]
    state = runner.start
    for index, one in enumerate(path):
        for arguments in runner.specification.arguments(one.step.action, state):
            stored = _stored(one.step.action, arguments)
            if stored != one.move.arguments:
                yield [*moves[:index], replace(one.move, arguments=stored, choices=()), *moves[index + 1 :]]
        state = one.step.state


def _steps(specification: Specification, start: Any, path: Path) -> Iterator[TraceStep]:
    before = values.freeze(start)
    for one in path:
        step = taken_step(specification, one.step, before)
        yield step
        before = step.state

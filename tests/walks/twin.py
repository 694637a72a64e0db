"""Random walks in CPython, written from the description in `walk_code`: the same numbers, the same steps."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from fencepost.model import Specification
from fencepost.model.lang.specification import Step

MASK = (1 << 64) - 1
GAMMA = 0x9E3779B97F4A7C15


def mix(value: int) -> int:
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    value = (value ^ (value >> 27)) * 0x94D049BB133111EB & MASK
    return value ^ (value >> 31)


class SplitMix:
    """The random numbers of one walk."""

    def __init__(self, seed: int, walk: int) -> None:
        self.state = mix(seed + (walk + 1) * GAMMA & MASK)

    def below(self, count: int) -> int:
        self.state = (self.state + GAMMA) & MASK
        return mix(self.state) * count >> 64


@dataclass
class Walk:
    """The states of a walk, the steps between them, and why it ended."""

    states: list[Any]
    steps: list[Step] = field(default_factory=list)
    end: str = "depth"


class Twin:
    """Walks of a specification. `weights` has one for each action; what fails does not end a walk."""

    def __init__(self, specification: Specification, seed: int, depth: int, swarm: int, weights: Sequence[int]) -> None:
        self.specification, self.seed, self.depth, self.swarm = specification, seed, depth, swarm
        self.tickets = [number for number, weight in enumerate(weights) for _ in range(weight)]
        self.initial = specification.initial_states()

    def walk(self, number: int) -> Walk:
        random = SplitMix(self.seed, number)
        actions = range(len(self.specification.actions))
        is_swarm = random.below(100) < self.swarm
        switched_on = {action for action in actions if not is_swarm or random.below(2) == 1}
        deck = [ticket for ticket in self.tickets if ticket in switched_on]
        found = Walk([self.initial[random.below(len(self.initial))]])
        while True:
            state = found.states[-1]
            if not self.specification.within_constraint(state):
                found.end = "constraint"
                return found
            if len(found.steps) == self.depth:
                return found
            step = self.step(random, deck, state)
            if step is None:
                found.end = "stuck" if any(True for _ in self.specification.successors(state)) else "deadlock"
                return found
            found.steps.append(step)
            found.states.append(step.state)

    def step(self, random: SplitMix, deck: list[int], state: Any) -> Step | None:
        tried = set()
        for last in reversed(range(len(deck))):
            place = random.below(last + 1)
            ticket = deck[place]
            deck[place], deck[last] = deck[last], ticket
            if ticket not in tried:
                tried.add(ticket)
                steps = list(self.steps_by(ticket, state))
                if steps:
                    return steps[random.below(len(steps))]
        return None

    def steps_by(self, action: int, state: Any) -> Iterator[Step]:
        found = self.specification.actions[action]
        for arguments in self.specification.arguments(found, state):
            yield from self.specification.fire(found, state, arguments)

    def fired(self, walks: Sequence[Walk]) -> list[int]:
        """How often each action was taken."""
        counts = Counter(step.action.index for walk in walks for step in walk.steps)
        return [counts[number] for number in range(len(self.specification.actions))]

    def walks_that_met(self, walks: Sequence[Walk]) -> Counter[int]:
        """For each state that was met, how many walks met it."""
        return Counter(code for walk in walks for code in {self.specification.key(state) for state in walk.states})

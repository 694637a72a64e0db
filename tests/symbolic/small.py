"""Specifications that are small enough to be proved by hand."""

from typing import Annotated

from fencepost.model import (
    Constant,
    Domain,
    Map,
    Model,
    Range,
    action,
    constraint,
    implies,
    invariant,
    require,
    step_invariant,
    witness,
)

Process = Annotated[int, Domain("processes", symmetric=True, prefix="p")]
Count = Annotated[int, Range(0, 9)]


class Counters(Model):
    """Counts up, and is to stay at four or below."""

    count: Count

    @action
    def up(self) -> None:
        self.count += 1

    @constraint
    def small(self) -> bool:
        return self.count < 4

    @invariant
    def below_five(self) -> bool:
        return self.count < 5

    @invariant
    def below_four(self) -> bool:
        return self.count < 4

    @step_invariant
    def one_at_a_time(self, after: "Counters") -> bool:
        return after.count == self.count + 1


class Halting(Model):
    """Counts up to three, and then has nothing left to do, which it must not."""

    deadlock = True
    count: Count

    @action
    def up(self) -> None:
        require(self.count < 3)
        self.count += 1

    @invariant
    def small(self) -> bool:
        return self.count < 4


class Failing(Model):
    """Counts past the end of its range."""

    count: Annotated[int, Range(0, 3)]

    @action
    def up(self) -> None:
        self.count += 1


class Pairs(Model):
    """Two counters that go up together, by two: the odd numbers are never reached."""

    count: Count
    other: Count

    @action
    def up(self) -> None:
        require(self.count < 8)
        self.count += 2
        self.other += 2

    @invariant
    def never_three(self) -> bool:
        """True, but not inductive by itself: one goes to three."""
        return self.count != 3

    @invariant(helper=True)
    def together(self) -> bool:
        """What is needed for no error in `other`, and for nothing else."""
        return self.count == self.other

    @invariant(helper=True)
    def even(self) -> bool:
        return self.count % 2 == 0

    @invariant(helper=True)
    def small(self) -> bool:
        """Needed for nothing."""
        return self.count <= 8


class Vacuous(Pairs):
    """An action that is never possible, and an implication whose premise is never met."""

    @action
    def down(self) -> None:
        require(self.count == 5)
        self.count -= 1

    @invariant
    def premature(self) -> bool:
        return implies(self.count == 7, self.other == 0)


class Locks(Model):
    """At most one process holds the lock, under `processes` processes."""

    processes: Constant[int] = 3
    holds: Map[Process, bool]

    @action
    def take(self, process: Process) -> None:
        require(not any(self.holds[other] for other in self.holds))
        self.holds[process] = True

    @action
    def give(self, process: Process) -> None:
        require(self.holds[process])
        self.holds[process] = False

    @invariant
    def exclusive(self) -> bool:
        return all(
            implies(self.holds[one] and self.holds[other], one == other) for one in self.holds for other in self.holds
        )

    @witness
    def taken(self) -> bool:
        return any(self.holds[one] for one in self.holds)


class Delayed(Model):
    """What is seen was there one step before: two states in a row are needed to know it."""

    phase: Annotated[int, Range(0, 7)]

    @action
    def go(self) -> None:
        # To and fro between 0 and 1. From 6 it would go to 7, but nothing leads to 6.
        self.phase = self.phase + 1 if self.phase in (0, 6) else 0

    @invariant
    def never_seven(self) -> bool:
        return self.phase != 7

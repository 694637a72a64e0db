"""Small specifications, each with something that a search has to get right."""

from enum import Enum
from typing import Annotated

from fencepost.model import (
    Auxiliary,
    Bag,
    Constant,
    Domain,
    Map,
    Model,
    Range,
    Seq,
    Set,
    Size,
    Struct,
    action,
    choose,
    constraint,
    implies,
    init,
    invariant,
    require,
    step_invariant,
    witness,
)

Coordinate = Annotated[int, Range(0, "size")]


class Grid(Model):
    """Two counters: every kind of property, all of which fail somewhere."""

    size: Constant[int] = 6

    x: Coordinate
    y: Coordinate

    @action
    def right(self) -> None:
        require(self.x < self.size)
        self.x += 1

    @action
    def up(self) -> None:
        require(self.y < self.size)
        self.y += 1

    @action
    def stay(self) -> None:
        require(self.x == self.y)

    @action
    def back(self, steps: Annotated[int, Range(1, 2)]) -> None:
        require(self.x >= steps)
        self.x -= steps

    @invariant
    def below_the_diagonal(self) -> bool:
        return implies(self.x > 2, self.x + self.y < 8)

    @invariant
    def sane(self) -> bool:
        return self.x <= self.size

    @step_invariant
    def never_back_by_two(self, after: "Grid") -> bool:
        return implies(self.y > 1, after.x >= self.x - 1)

    @witness
    def corner(self) -> bool:
        return self.x == self.size and self.y == self.size

    @witness
    def nowhere(self) -> bool:
        return self.x == 1 and self.y == 2 and self.size == 1


class Corridor(Grid):
    """States outside the constraint are checked, but neither counted nor expanded."""

    @constraint
    def low(self) -> bool:
        return self.y <= 3

    @constraint
    def narrow(self) -> bool:
        return self.x + self.y < 8

    @invariant
    def not_at_four(self) -> bool:
        return self.y != 4


class Outside(Model):
    """Some initial states are outside the constraint, some break the invariant, some are equal."""

    value: Annotated[int, Range(0, 20)]

    @init
    def some(self) -> None:
        value = choose([3, 9, 12, 3, 7])
        self.value = value

    @action
    def grow(self) -> None:
        require(self.value < 15)
        self.value += 2

    @constraint
    def small(self) -> bool:
        return self.value < 12

    @invariant
    def not_seven(self) -> bool:
        return self.value not in (7, 12)


class Stuck(Model):
    """Ends in deadlocks, which are violations."""

    deadlock = True

    left: Annotated[int, Range(0, 5)]
    right: Annotated[int, Range(0, 5)]

    @action
    def take(self, by: Annotated[int, Range(1, 3)]) -> None:
        require(self.left + by <= 5)
        self.left += by

    @action
    def give(self) -> None:
        require(self.left != 3 and self.right < self.left)
        self.right += 1


class Colour(Enum):
    RED = 1
    GREEN = 2


Worker = Annotated[int, Domain("workers", symmetric=True)]


class Job(Struct):
    owner: Worker
    colour: Colour


class Workers(Model):
    """Interchangeable workers, in keys, values, sets and bags."""

    workers: Constant[int] = 3

    holds: Map[Worker, Colour | None]
    done: Annotated[Bag[Job], Size(2)]
    boss: Worker | None
    idle: Set[Worker]

    @init
    def start(self) -> None:
        self.idle = self.members(Worker)
        boss = choose(self.members(Worker))
        self.boss = boss

    @action
    def begin(self, worker: Worker, colour: Colour) -> None:
        require(worker in self.idle and worker != self.boss)
        self.idle.remove(worker)
        self.holds[worker] = colour

    @action
    def finish(self, worker: Worker) -> None:
        colour = self.holds[worker]
        require(colour is not None and len(self.done) < 2)
        self.done.add(Job(worker, colour))
        self.holds[worker] = None
        self.idle.add(worker)

    @invariant
    def boss_is_idle(self) -> bool:
        return all(implies(self.boss == worker, self.holds[worker] is None) for worker in self.holds)

    @invariant
    def not_all_done_by_one(self) -> bool:
        return len(self.done) < 2 or len({job.owner for job in self.done}) > 1

    @step_invariant
    def colour_is_kept(self, after: "Workers") -> bool:
        return all(
            implies(self.holds[worker] == Colour.GREEN, after.holds[worker] == Colour.GREEN) for worker in self.holds
        )

    @witness
    def all_busy(self) -> bool:
        return len(self.idle) == 1


class Choosing(Model):
    """Several results of one action, some equal."""

    log: Annotated[Seq[Annotated[int, Range(0, 3)]], Size(4)]

    @action
    def write(self, low: bool) -> None:
        require(len(self.log) < 4)
        if low:
            value = choose([0, 1, 1])
            self.log.append(value)
        else:
            other = choose(range(len(self.log), 4))
            self.log.append(other)

    @action
    def cut(self) -> None:
        length = choose(range(len(self.log) + 1))
        self.log.truncate(length)

    @invariant
    def not_one_two_three(self) -> bool:
        return self.log[1:] != [1, 2, 3]


class FailingAction(Model):
    """The third step of one branch stores what does not fit."""

    value: Annotated[int, Range(0, 9)]
    other: Annotated[int, Range(0, 9)]

    @action
    def grow(self, by: Annotated[int, Range(1, 3)]) -> None:
        self.value += by

    @action
    def turn(self) -> None:
        require(self.value > 0 and self.other == 0)
        self.value, self.other = 0, self.value


class FailingInvariant(FailingAction):
    """A property that cannot be evaluated, before any action fails."""

    @invariant
    def quotient(self) -> bool:
        return 10 // (self.other - 3) < 10


class FailingStepInvariant(FailingAction):
    @step_invariant
    def quotient(self, after: "FailingStepInvariant") -> bool:
        return 10 // (after.other + self.value - 4) < 10


class FailingConstraint(FailingAction):
    @constraint
    def quotient(self) -> bool:
        return 10 // (self.other - 2) < 10


class FailingInitially(FailingAction):
    @invariant
    def quotient(self) -> bool:
        return 10 // self.value < 10


class Wide(Model):
    """Two words a state, and enough states to grow."""

    size: Constant[int] = 12

    cells: Map[Annotated[int, Range(0, 2)], Annotated[int, Range(0, "size")]]
    padding: Map[Annotated[int, Range(0, 7)], Annotated[int, Range(0, 255)]]

    @action
    def add(self, cell: Annotated[int, Range(0, 2)], padding: Annotated[int, Range(0, 7)]) -> None:
        require(self.cells[cell] < self.size)
        self.cells[cell] += 1
        self.padding[padding] = (self.padding[padding] + self.cells[cell]) % 3

    @invariant
    def total(self) -> bool:
        return implies(self.cells[0] == self.cells[1], self.cells[0] + self.cells[2] <= 2 * self.size)


class Rounds(Model):
    """Counters that bound a search: which states it finds under a view depends on what the counters were."""

    limit: Constant[int] = 2

    at: Annotated[int, Range(0, 5)]
    used: Auxiliary[Annotated[int, Range(0, "limit")]]
    parity: bool
    slow: Auxiliary[bool]

    @init
    def start(self) -> None:
        slow = choose([True, False])
        self.slow = slow

    @action
    def spend(self) -> None:
        require(self.used < self.limit and self.at < 5)
        self.used += 1
        self.at += 1

    @action
    def walk(self, by: Annotated[int, Range(1, 2)]) -> None:
        require(self.at + by <= 5 and not (self.slow and by == 2))
        self.at += by
        self.parity = not self.parity

    @action
    def again(self) -> None:
        require(self.at == 5)
        self.at = 0

    @invariant
    def nothing_spent_at_the_end(self) -> bool:
        return implies(self.at == 5, self.used < 2)

    @step_invariant
    def spent_slowly(self, after: "Rounds") -> bool:
        return implies(self.slow, after.used <= self.used)

    @witness
    def fast(self) -> bool:
        return not self.slow


class FewRounds(Rounds):
    """A constraint on what a view leaves out."""

    @constraint
    def little_is_spent(self) -> bool:
        return self.used + self.at < 6 and not (self.at == 3 and self.used == 1)


class FailingRounds(Rounds):
    """An error on a step from a state that stands for others."""

    @step_invariant
    def quotient(self, after: "FailingRounds") -> bool:
        return 10 // (after.used * after.at - 3) < 10


class FailingRoundsInside(Rounds):
    """An error in a state that stands for others."""

    @invariant
    def quotient(self) -> bool:
        return 10 // (3 * self.used - self.at + 2) < 10


Server = Annotated[int, Domain("servers", symmetric=True)]


class Votes(Model):
    """Interchangeable servers; who was ever voted for is remembered, and changes nothing."""

    servers: Constant[int] = 3
    width: Constant[int] = 3

    voted: Map[Server, Server | None]
    ever: Auxiliary[Set[Server]]
    cut: Annotated[int, Range(0, 2)]
    latest: Auxiliary[Map[Server, Annotated[int, Range(0, "width")]]]

    @action
    def vote(
        self,
        server: Server,
        other: Server,
    ) -> None:
        require(self.voted[server] is None)
        self.voted[server] = other
        self.ever.add(other)
        self.latest[other] = min(self.latest[other] + 1, self.width)

    @action
    def forget(self, server: Server) -> None:
        require(self.voted[server] is not None and self.cut < 2)
        self.voted[server] = None
        self.cut += 1

    @invariant
    def nobody_won_twice(self) -> bool:
        return all(count < 3 for count in self.latest.values())


class WideVotes(Votes):
    """The same in several words, of which some are auxiliary altogether."""

    width = 2**40

    seen: Auxiliary[Set[Annotated[int, Range(0, 99)]]]
    spare: Map[Annotated[int, Range(0, 3)], Annotated[int, Range(0, 2**20)]]

    def vote(
        self,
        server: Server,
        other: Server,
    ) -> None:
        super().vote(server, other)
        self.seen.add(sum(self.latest.values()))
        self.spare[self.cut] = self.cut * 100_000 + 1


class Detour(Model):
    """Two ways to the same place, of which the second is the one that is forbidden."""

    at: Annotated[int, Range(0, 2)]
    lost: Auxiliary[bool]

    @action
    def straight(self) -> None:
        require(self.at == 0)
        self.at = 1

    @action
    def through_the_woods(self) -> None:
        require(self.at == 0)
        self.at, self.lost = 1, True

    @action
    def on(self) -> None:
        require(self.at == 1 and not self.lost)
        self.at = 2

    @invariant
    def never_lost(self) -> bool:
        return not self.lost

"""Specifications that declare identities interchangeable and tell them apart, each in another way."""

from typing import Annotated

from fencepost.model import (
    Bag,
    Constant,
    Domain,
    Map,
    Model,
    Range,
    Set,
    Size,
    Struct,
    action,
    constraint,
    init,
    invariant,
    require,
    step_invariant,
    witness,
)

Worker = Annotated[int, Domain("workers", symmetric=True)]
Task = Annotated[int, Domain("tasks", symmetric=True)]


class Job(Struct):
    worker: Worker
    task: Task


class Symmetric(Model):
    """Nothing here depends on who is who."""

    workers: Constant[int] = 3
    tasks: Constant[int] = 2

    idle: Set[Worker]
    boss: Worker | None
    has: Map[Worker, Task | None]
    jobs: Annotated[Bag[Job], Size(2)]
    count: Annotated[int, Range(0, 3)]

    @init
    def start(self) -> None:
        self.idle = self.members(Worker)

    @action
    def take(self, worker: Worker, task: Task) -> None:
        require(worker in self.idle and len(self.jobs) < 2)
        self.idle.remove(worker)
        self.has[worker] = task
        self.jobs.add(Job(worker, task))

    @action
    def elect(self, worker: Worker) -> None:
        require(self.boss is None)
        self.boss = worker

    @action
    def rest(self) -> None:
        self.count = min(len(self.idle), 3)

    @invariant
    def jobs_are_held(self) -> bool:
        return all(self.has[job.worker] == job.task for job in self.jobs)

    def first(self) -> int | None:
        """The worker who comes first; there is none among those who are interchangeable."""
        for worker in self.idle:
            return worker
        return None


class FirstElement(Symmetric):
    def elect(self, worker: Worker) -> None:
        require(self.boss is None)
        for one in self.idle:
            self.boss = one
            break


class LastElement(Symmetric):
    def elect(self, worker: Worker) -> None:
        for one in self.idle:
            self.boss = one


class IndexedList(Symmetric):
    def elect(self, worker: Worker) -> None:
        require(len(self.idle) > 1)
        self.boss = list(self.idle)[1]


class BuiltList(Symmetric):
    def elect(self, worker: Worker) -> None:
        found: list[int] = []
        for one in self.idle:
            found.append(one)
        require(len(found) > 0)
        self.boss = found[-1]


class CountedLoop(Symmetric):
    def elect(self, worker: Worker) -> None:
        before = 0
        for one in self.idle:
            if one == worker:
                self.boss, self.count = worker, before
            before = before + 1


class BrokenTie(Symmetric):
    """The one who has most, or the first of several."""

    def elect(self, worker: Worker) -> None:
        best = worker
        for one in self.has:
            if self.has[best] is None and self.has[one] is not None:
                best = one
        self.boss = best

    def rest(self) -> None:
        winner: int | None = None
        for job in self.jobs:
            if winner is None:
                winner = job.worker
        self.boss = winner


class OrderOfOneDomain(Symmetric):
    """Workers are alike, tasks are not."""

    def rest(self) -> None:
        for job in self.jobs:
            self.boss = job.worker
            for other in self.jobs:
                if other.worker == job.worker and other.task != job.task:
                    self.boss = None
        chosen: int | None = None
        for task in self.members(Task):
            chosen = task
        self.count = sum(1 for worker in self.has if self.has[worker] == chosen)


class DefaultIdentity(Symmetric):
    """A field that begins with the first worker."""

    leader: Worker


class InitialOrder(Symmetric):
    def start(self) -> None:
        for worker in self.members(Worker):
            self.boss = worker


class OrderedInvariant(Symmetric):
    @invariant
    def boss_is_not_first(self) -> bool:
        return self.boss is None or len(self.idle) < 2 or self.boss != self.first()


class Unlucky(Symmetric):
    """False for the fourth state that a search sees, and true where the run to it under other names ends."""

    @invariant
    def first_is_idle(self) -> bool:
        for worker in self.has:
            return worker in self.idle or self.boss not in self.idle or self.count < 3
        return True


class OrderedWitness(Symmetric):
    @witness
    def boss_is_first(self) -> bool:
        return self.boss is not None and self.boss == self.first()


class OrderedConstraint(Symmetric):
    @constraint
    def boss_is_first(self) -> bool:
        return self.boss is None or self.boss == self.first()


class OrderedStepInvariant(Symmetric):
    @step_invariant
    def first_is_not_elected(self, after: "OrderedStepInvariant") -> bool:
        return after.boss is None or after.boss != self.first()


class OrderedFailure(Symmetric):
    """An action that fails where one of them is the boss."""

    def rest(self) -> None:
        assert len(self.idle) < 2 or self.boss is None or self.boss != self.first()


class OrderedGuard(Symmetric):
    def elect(self, worker: Worker) -> None:
        require(self.boss is None and worker == self.first())
        self.boss = worker


class Late(Symmetric):
    """It takes some steps to get there."""

    workers = 4

    def rest(self) -> None:
        require(len(self.idle) == 2 and self.boss is not None and self.count == 0)
        self.count = 1

    @action
    def settle(self) -> None:
        require(self.count == 1)
        for one in self.idle:
            self.boss = one
            break


BROKEN: dict[type[Model], str] = {
    FirstElement: "elect",
    LastElement: "elect",
    IndexedList: "elect",
    BuiltList: "elect",
    CountedLoop: "elect",
    BrokenTie: "rest",
    OrderOfOneDomain: "rest",
    OrderedInvariant: "boss_is_not_first",
    Unlucky: "first_is_idle",
    OrderedWitness: "boss_is_first",
    OrderedConstraint: "boss_is_first",
    OrderedStepInvariant: "first_is_not_elected",
    OrderedFailure: "rest",
    OrderedGuard: "elect",
    Late: "settle",
}
"""What tells them apart, for each specification."""

"""Processes that crash and come back, with what their disks kept."""

from typing import Annotated, Generic, TypeVar

from .. import Constant, Model, Range, Set, action, choose, require

P = TypeVar("P", bound=int)


class Crashes(Model, Generic[P]):
    """Processes crash, so many times, and come back whenever they do.

    A specification says in `lose_memory` what does not survive, and asks `is_up` before a process does anything.
    """

    max_crashes: Annotated[Constant[int], Range(0, 16)] = 1

    down: Set[P]
    crashes: Annotated[int, Range(0, "max_crashes")]

    def is_up(self, process: P) -> bool:
        """Whether a process runs."""
        return process not in self.down

    def lose_memory(self, process: P) -> None:
        """What a crash does to the state of a process. Durable state is what this leaves alone."""
        raise NotImplementedError

    def go_down(self, process: P) -> None:
        """A crash of any kind."""
        require(self.is_up(process) and self.crashes < self.max_crashes)
        self.crashes += 1
        self.down.add(process)
        self.lose_memory(process)

    @action(fault=True, needs="max_crashes")
    def crash(self, process: P) -> None:
        """A process dies and loses its memory; its disk is as it was."""
        self.go_down(process)

    @action(needs="max_crashes")
    def come_back(self, process: P) -> None:
        """A process starts again."""
        require(not self.is_up(process))
        self.down.discard(process)


class LossyDisks(Crashes[P]):
    """Machines lose power: what was written and not flushed may be gone, the latest first.

    A specification says how long a log is, up to where it is flushed, and how it loses what follows an offset.
    """

    def written_offset(self, process: P) -> int:
        """The end of the log that a process has written."""
        raise NotImplementedError

    def flushed_offset(self, process: P) -> int:
        """The end of what is safely on disk."""
        raise NotImplementedError

    def lose_from(self, process: P, offset: int) -> None:
        """Drops what was written from an offset on."""
        raise NotImplementedError

    @action(fault=True, needs="max_crashes")
    def lose_power(self, process: P) -> None:
        """A process dies, and its disk keeps any part of what was not flushed, from the front."""
        kept = choose(range(self.flushed_offset(process), self.written_offset(process) + 1))
        self.go_down(process)
        self.lose_from(process, kept)


class EmptiedDisks(Crashes[P]):
    """A process may come back under its old identity with an empty disk."""

    def lose_disk(self, process: P) -> None:
        """What losing everything does to the state of a process."""
        raise NotImplementedError

    @action(fault=True, needs="max_crashes")
    def empty_disk(self, process: P) -> None:
        """A process dies, and its disk is replaced by a new one."""
        self.go_down(process)
        self.lose_disk(process)

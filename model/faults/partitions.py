"""Links between processes that fail and heal, one way or both."""

from typing import Annotated, Generic, TypeVar

from .. import Constant, Map, Model, Range, Set, action, require

P = TypeVar("P", bound=int)


class Partitions(Model, Generic[P]):
    """Which processes hear which others; a message between two that are cut off waits until the link heals.

    A specification asks `is_connected` where it receives. To leave a kind of failure out, set it to None in the class:
    `cut_one_way = None`.
    """

    max_cuts: Annotated[Constant[int], Range(0, 16)] = 1

    unheard_by: Map[P, Set[P]]
    """For every process, those that do not hear it."""
    cuts: Annotated[int, Range(0, "max_cuts")]

    def is_connected(self, source: P, target: P) -> bool:
        """Whether what a process sends reaches another."""
        return target not in self.unheard_by[source]

    def _count_cut(self) -> None:
        require(self.cuts < self.max_cuts)
        self.cuts += 1

    @action(process="network", fault=True, needs="max_cuts")
    def cut_one_way(self, source: P, target: P) -> None:
        """One process is no longer heard by another, which it still hears."""
        require(source != target and self.is_connected(source, target))
        self._count_cut()
        self.unheard_by[source].add(target)

    @action(process="network", fault=True, needs="max_cuts")
    def isolate(self, process: P) -> None:
        """A process neither hears any other nor is heard."""
        require(any(self.is_connected(process, other) for other in self.unheard_by if other != process))
        self._count_cut()
        for other in self.unheard_by:
            if other != process:
                self.unheard_by[process].add(other)
                self.unheard_by[other].add(process)

    @action(process="network", fault=True, needs="max_cuts")
    def heal(self) -> None:
        """All links work again."""
        require(any(len(others) > 0 for others in self.unheard_by.values()))
        for process in self.unheard_by:
            self.unheard_by[process].clear()

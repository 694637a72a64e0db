"""Small specifications, one for each way in which a check can end."""

from typing import Annotated

from fencepost.model import (
    Auxiliary,
    Constant,
    Domain,
    Map,
    Model,
    Range,
    Set,
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

Node = Annotated[int, Domain("nodes", symmetric=True)]


class Counter(Model):
    """Counts up to the top, one at a time."""

    top: Annotated[Constant[int], Range(1, 5000)] = 3

    at: Annotated[int, Range(0, "top")]

    @action
    def up(self) -> None:
        """One more."""
        require(self.at < self.top)
        self.at += 1

    @invariant
    def never_negative(self) -> bool:
        """It is never below zero."""
        return self.at >= 0

    @witness
    def reaches_the_top(self) -> bool:
        """It can reach the top."""
        return self.at == self.top


class Overrun(Counter):
    """Promises to stay below two, and does not."""

    @invariant
    def below_two(self) -> bool:
        """It stays below two."""
        return self.at < 2

    @step_invariant
    def steps_start_low(self, after: "Overrun") -> bool:
        """Only the first step may be taken."""
        return self.at < 1


class Vacuous(Counter):
    """Has a property about something that never happens."""

    @invariant
    def past_the_top_is_even(self) -> bool:
        """Past the top, all numbers are even."""
        return implies(self.at > self.top, self.at % 2 == 0)


class Unseen(Counter):
    """Waits for something that never happens."""

    @witness
    def past_the_top(self) -> bool:
        """It can pass the top."""
        return self.at > self.top


class Impossible(Counter):
    """Has an action that is never enabled."""

    @action
    def down_from_beyond(self) -> None:
        require(self.at > self.top)
        self.at -= 1


class Stuck(Counter):
    """Counts as a deadlock that the top is the end."""

    deadlock = True


class OutOfBounds(Counter):
    """Forgets the top."""

    @action
    def up(self) -> None:
        self.at += 1


class TwoWays(Counter):
    """Goes up on two ways, and remembers the one that is forbidden."""

    wrong: Auxiliary[bool]

    @action
    def up_the_wrong_way(self) -> None:
        require(self.at < self.top)
        self.at += 1
        self.wrong = True

    @invariant
    def never_wrong(self) -> bool:
        """Nobody goes the wrong way."""
        return not self.wrong

    @witness
    def wrong_at_the_top(self) -> bool:
        """The top can be reached the wrong way."""
        return self.wrong and self.at == self.top


class RightWayOnly(TwoWays):
    """The same with no witness of what a view hides."""

    wrong_at_the_top = None  # type: ignore[assignment]


class Everything(Overrun, Vacuous, Impossible):
    """All of that at once, with something to leave out."""

    wrong: Auxiliary[bool]


class NoAction(Model):
    at: Annotated[int, Range(0, 1)]


class Bounded(Counter):
    """Only the states below two are looked at."""

    @constraint
    def low(self) -> bool:
        """Below two."""
        return self.at < 2


class Exchange(Model):
    """Interchangeable nodes that are marked one by one, with a choice and a fault."""

    nodes: Constant[int] = 3
    careful: Constant[bool] = False

    marked: Set[Node]
    ticks: Map[Node, Annotated[int, Range(0, 1)]]

    @init
    def nobody(self) -> None:
        self.marked.clear()

    @action
    def mark(self, node: Node) -> None:
        require(node not in self.marked)
        tick = choose([0, 1])
        self.ticks[node] = tick
        self.marked.add(node)

    @action(process="environment", fault=True)
    def crash(self, node: Node) -> None:
        require(not self.careful)
        require(node in self.marked)
        self.marked.remove(node)

    @invariant
    def not_all(self) -> bool:
        """Somebody is left."""
        return len(self.marked) < self.nodes


class Wide(Model):
    """Far more states than anybody waits for."""

    size: Constant[int] = 12

    at: Map[Annotated[int, Domain("size")], Annotated[int, Range(0, 15)]]

    @action
    def up(self, place: Annotated[int, Domain("size")]) -> None:
        require(self.at[place] < 15)
        self.at[place] += 1

    @invariant
    def small(self) -> bool:
        return all(self.at[place] <= 15 for place in self.at)

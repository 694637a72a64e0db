"""Small specifications, right and wrong, for random runs."""

from typing import Annotated

from fencepost.model import (
    Constant,
    Domain,
    In,
    Map,
    Model,
    Range,
    Set,
    action,
    choose,
    constraint,
    init,
    invariant,
    require,
    step_invariant,
    witness,
)

Server = Annotated[int, Domain("servers", prefix="s")]
Count = Annotated[int, Range(0, "most")]


class Election(Model):
    """Servers vote more than once."""

    servers: Constant[int] = 3

    votes: Map[Server, Set[Server]]

    @action
    def vote(self, voter: Server, candidate: Server) -> None:
        self.votes[candidate].add(voter)

    @invariant
    def one_leader(self) -> bool:
        """At most one candidate has the votes of a majority."""
        return len([votes for votes in self.votes.values() if 2 * len(votes) > self.servers]) <= 1

    @witness
    def a_leader(self) -> bool:
        """Somebody can win."""
        return any(2 * len(votes) > self.servers for votes in self.votes.values())

    def votes_in_all(self) -> int:
        return sum(len(votes) for votes in self.votes.values())


class Counter(Model):
    """Counts, in steps that are chosen, with actions that have names of Hypothesis' and of ours."""

    most: Constant[int] = 9
    limit: Constant[int] = 99
    start_at: Constant[int] = 0
    stops: Constant[bool] = False
    jumps: Constant[bool] = False
    breaks: Constant[bool] = False

    n: Count
    seen: Set[Count]

    @init
    def somewhere(self, first: Count) -> None:
        require(first == self.start_at)
        n = choose(range(first, first + 1))
        self.n = n

    @action
    def start(self, target: bool) -> None:
        require(not self.stops and target and self.n < self.most)
        by = choose(range(1, 3))
        require(self.n + by <= self.most)
        self.n += by
        self.seen.add(self.n)

    @action(fault=True)
    def teardown(self, step: Annotated[Count, In("seen")]) -> None:
        require(not self.stops and self.n == 6)
        assert not self.breaks, "never at six"
        self.n = step

    @action(fault=True)
    def jump(self) -> None:
        require(self.jumps and self.n == 4)
        self.n = 0

    @constraint
    def within_the_limit(self) -> bool:
        return self.n <= self.limit

    @invariant
    def below_eight(self) -> bool:
        """Never more than seven."""
        return self.n < 8

    @step_invariant
    def rises(self, after: "Counter") -> bool:
        """Never less than before."""
        return self.n <= after.n


class Terminating(Counter):
    deadlock = True
    below_eight = None
    rises = None

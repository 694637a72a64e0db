"""Auxiliary fields: which fields are, what that changes, and what it does not."""

from __future__ import annotations

from typing import Annotated

from fencepost.model import Auxiliary, Constant, Domain, Map, Model, Range, Set, Specification, action, require
from lang.executions import assert_agreement

Server = Annotated[int, Domain("servers", symmetric=True)]
Count = Annotated[int, Range(0, "most")]
Spent = Auxiliary[Count]


class Elections(Model):
    """Counters, sets, maps and optionals are auxiliary; markers and bounds may stand in either order."""

    servers: Constant[int] = 2
    most: Constant[int] = 2

    leader: Server | None
    elections: Auxiliary[Count]
    restarts: Spent = 1
    leaders: Auxiliary[Set[Server]]
    terms: Annotated[Auxiliary[int], Range(0, 3)]
    votes: Auxiliary[Map[Server, Count]]
    first: Auxiliary[Server | None]

    @action
    def elect(self, server: Server) -> None:
        require(self.elections < self.most)
        self.elections += 1
        self.votes[server] += 1
        self.leaders.add(server)
        self.leader = server
        self.first = server if self.first is None else self.first


class Recounted(Elections):
    """A subclass says anew of some fields whether they are auxiliary."""

    elections: Count
    leader: Auxiliary[Server | None]


def test_fields_are_auxiliary_in_the_order_of_their_declaration() -> None:
    assert Specification(Elections).auxiliary == ("elections", "restarts", "leaders", "terms", "votes", "first")
    assert Specification(Recounted).auxiliary == ("leader", "restarts", "leaders", "terms", "votes", "first")


def test_types_defaults_and_executions_are_the_same() -> None:
    kinds = Specification(Elections).state_type.fields
    assert [str(kind) for _, kind in kinds] == [str(kind) for _, kind in Specification(Recounted).state_type.fields]
    assert Elections(most=3).restarts == 1
    assert assert_agreement(Elections) == assert_agreement(Recounted) > 5


def test_the_identity_is_everything_else() -> None:
    specification = Specification(Recounted)
    first, second, third = (specification.blank() for _ in range(3))
    first.leader, first.terms = 1, 3
    third.elections = 1
    assert specification.identity(first) == specification.identity(second) != specification.identity(third)
    assert len({specification.key(state) for state in (first, second, third)}) == 3

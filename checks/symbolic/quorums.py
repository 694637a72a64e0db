"""Why two quorums share a server, for any number of servers.

Proofs of specifications are for the constants they are given. That quorums intersect is not about states, and Z3 proves
it for clusters of any size: the servers are counted one after the other, and a relation between the counts is shown to
hold at the beginning and to be kept by every server, over unbounded integers.

The relation is |A| + |B| <= n + |A and B|: who is in both sets is counted twice on the left. So when |A| + |B| > n,
somebody is in both. Majorities of n//2 + 1 are of that size, and so are the quorums of flexible Raft (Howard, Malkhi
and Spiegelman, OPODIS 2016), whose sizes for elections and for replication have a sum above n.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .solver import load_z3


@dataclass(frozen=True)
class Lemma:
    """A statement about all sizes, and what Z3 says of its negation: "unsat" is a proof."""

    name: str
    words: str
    answer: str

    @property
    def is_proved(self) -> bool:
        """Whether it holds for all sizes."""
        return self.answer == "unsat"


def quorum_intersection(needed: int = 1) -> list[Lemma]:
    """The argument, lemma by lemma: majorities and flexible quorums have `needed` servers in common.

    With more than one needed the last two are false, which is the check on the check. Raises MissingExtra.
    """
    z3 = load_z3()
    servers, left, right, both = z3.Ints("servers left right both")
    in_left, in_right = z3.Bools("in_left in_right")
    related = left + right <= servers + both
    counted = (
        (servers, servers + 1),
        (left, left + z3.If(in_left, 1, 0)),
        (right, right + z3.If(in_right, 1, 0)),
        (both, both + z3.If(z3.And(in_left, in_right), 1, 0)),
    )
    nobody = [(one, z3.IntVal(0)) for one in (servers, left, right, both)]
    majority = servers / 2 + 1
    common = both >= needed
    statements: list[tuple[str, str, Any]] = [
        ("base", "the relation holds before anybody is counted", z3.substitute(related, *nobody)),
        ("step", "every server that is counted keeps it", z3.Implies(related, z3.substitute(related, *counted))),
        (
            "majorities",
            "two sets of n//2 + 1 servers have one in common",
            z3.Implies(z3.And(related, servers >= 0, left >= majority, right >= majority), common),
        ),
        (
            "flexible quorums",
            "so have two sets whose sizes have a sum above n",
            z3.Implies(z3.And(related, servers >= 0, left + right > servers), common),
        ),
    ]
    return [Lemma(name, words, _refuted(z3, statement)) for name, words, statement in statements]


def _refuted(z3: Any, statement: Any) -> str:
    solver = z3.Solver()
    solver.add(z3.Not(statement))
    return str(solver.check())

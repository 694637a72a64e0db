"""Entries of a log that say which servers form the cluster, for all models in which that changes.

A server goes by the latest one in its log, committed or not (section 4.1 of Ongaro's thesis; KIP-853).
"""

from typing import Any

from .. import Set, Struct
from .base import ServerId, Term, TermLog


class Configuration(Struct):
    """An entry that says who takes part."""

    epoch: Term


class Voters(Configuration):
    """These take part."""

    voters: Set[ServerId]


class InitCluster(Voters):
    """Those with whom the cluster began."""


class AddServer(Voters):
    """One more than before."""


class RemoveServer(Voters):
    """One less than before."""


def is_majority(servers: Set[ServerId], voters: Set[ServerId]) -> bool:
    """Whether servers are more than half of the voters."""
    return 2 * len(servers & voters) > len(voters)


def configuration_end(log: TermLog[Any]) -> int:
    """The end offset of the latest configuration in a log; 0 when there is none."""
    return max((offset + 1 for offset, entry in enumerate(log.records) if isinstance(entry, Configuration)), default=0)


def latest_voters(log: TermLog[Any]) -> Set[ServerId]:
    """Those who take part by the latest configuration in a log that changes one at a time; nobody without one."""
    for entry in reversed(log.records):
        if isinstance(entry, Voters):
            return entry.voters
    return Set()

"""What the kernel of random walks and Python agree on: how a worker's context is laid out in memory.

A context is an array of 64-bit words: a few numbered fields, then counters for every action and property.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from ..engine.shape import Shape


class Field(enum.IntEnum):
    """The fields at the start of a context. Addresses are of 64-bit words unless said otherwise."""

    SEED = 0
    BEGIN = 1  # the numbers of the walks to take, from
    END = 2  # … to
    DEPTH = 3  # steps that a walk takes at most
    BUDGET = 4  # no walk is begun when those before it took so many steps
    INITIAL = 5  # initial states
    INITIALS = 6  # how many there are
    TICKETS = 7  # numbers of actions, each as often as its weight says
    TICKET_COUNT = 8
    SWARM = 9  # of a hundred walks, so many are without some of the actions
    DECK = 10  # scratch: the tickets of one walk
    TRIED = 11  # scratch: for each action the last step at which it was tried
    ROOMS = 12  # scratch: room for the successors by one action, twice
    ACTIONS = 13  # scratch: 32-bit numbers of actions
    STOPPING = 14  # the properties whose failure ends everything, as a mask
    DEADLOCK_STOPS = 15  # whether a deadlock does
    ROWS = 16  # fingerprints that were met, each with the number of its walk
    LIMIT = 17  # only fingerprints below this are kept
    PATH = 18  # 0, or where to write each state with how it came about
    # What comes out.
    ROW_COUNT = 19
    WALKS = 20  # walks taken, the last one included
    STEPS = 21  # steps taken in all of them
    LONGEST = 22  # steps of the longest
    LAST = 23  # steps of the last one
    STATUS = 24  # 0, or what a kernel returned for an error in the specification
    STOPPED = 25  # whether the last walk ended everything, by an error, a violation or a deadlock
    SEEN = 26  # properties that failed, or witnesses that were seen, as a mask
    DEADLOCK_WALK = 27  # the first walk that ended in a deadlock, plus one
    DEADLOCK_STEPS = 28  # … after so many steps


class End(enum.IntEnum):
    """Why a walk ended."""

    DEPTH = 0  # it took as many steps as it may
    CONSTRAINT = 1  # it left the states within the constraints
    DEADLOCK = 2  # no action was possible
    STUCK = 3  # only actions that are switched off were possible
    STOPPED = 4  # an error in the specification, or a violation after which nothing else is looked at


ENDS = 32
"""Where the counters begin: first how many walks ended in each way."""


@dataclass(frozen=True)
class WalkShape:
    """The sections of counters in a context, for a model."""

    model: Shape

    @property
    def fired(self) -> int:
        return ENDS + len(End)

    @property
    def premises(self) -> int:
        return self.fired + self.model.actions

    @property
    def failures(self) -> int:
        return self.premises + self.model.properties

    @property
    def first_walk(self) -> int:
        """For each property the walk in which it failed first …"""
        return self.failures + self.model.properties

    @property
    def first_step(self) -> int:
        """… and after how many steps of it."""
        return self.first_walk + self.model.properties

    @property
    def context_words(self) -> int:
        """Size of a context, in whole cache lines and one more."""
        return (self.first_step + self.model.properties + 15) // 8 * 8

    @property
    def path_words(self) -> int:
        """Words of a row of a path: the state, the action that led to it, and which of its successors it was."""
        return self.model.words + 2

    @property
    def room_words(self) -> int:
        """Words that hold the successors of a state by one action."""
        return (max(self.model.max_successors, 1) * self.model.words + 7) // 8 * 8

"""Two-phase commit: all resource managers commit a transaction, or none does. The example to begin with.

From Gray and Lamport, "Consensus on Transaction Commit" (2006), section 3, in the form of Stateright's `2pc` example.
A resource manager prepares and says so; once all have, the transaction manager decides to commit, and until then it may
decide to abort. Messages are never lost, but may be read late, twice or never.

Promises that no two resource managers ever end up apart, and that both outcomes are possible. It does not promise an
outcome: if the transaction manager never decides, everybody waits.
"""

from enum import Enum
from typing import Annotated

from . import Constant, Domain, Map, Model, Range, Set, Struct, action, implies, invariant, require, witness

#: A participant that holds a part of the transaction's data. All are alike.
ResourceManager = Annotated[int, Domain("resource_managers", symmetric=True, prefix="r")]


class Progress(Enum):
    """How far a resource manager has come."""

    WORKING = "working"
    PREPARED = "prepared"
    COMMITTED = "committed"
    ABORTED = "aborted"


class Decision(Enum):
    """What the transaction manager has decided."""

    NONE = "none"
    COMMIT = "commit"
    ABORT = "abort"


class Kind(Enum):
    """What a message says."""

    PREPARED = "prepared"
    COMMIT = "commit"
    ABORT = "abort"


class Message(Struct):
    """`PREPARED` comes from the resource manager it names; the decisions are for everybody and name none."""

    kind: Kind
    sender: ResourceManager | None = None


class TwoPhaseCommit(Model):
    """One transaction manager, several resource managers, one transaction."""

    resource_managers: Annotated[Constant[int], Range(1, 9)] = 3

    progress: Map[ResourceManager, Progress]
    decision: Decision
    heard_from: Set[ResourceManager]
    messages: Set[Message]

    # First phase: is everybody ready?

    @action
    def prepare(self, manager: ResourceManager) -> None:
        """A resource manager promises that it can commit."""
        require(self.progress[manager] == Progress.WORKING)
        self.progress[manager] = Progress.PREPARED
        self.messages.add(Message(Kind.PREPARED, manager))

    @action
    def choose_to_abort(self, manager: ResourceManager) -> None:
        """A resource manager that has promised nothing yet may give up on its own."""
        require(self.progress[manager] == Progress.WORKING)
        self.progress[manager] = Progress.ABORTED

    @action(process="transaction manager")
    def hear_prepared(self, manager: ResourceManager) -> None:
        """The transaction manager learns that a resource manager is ready."""
        require(self.decision == Decision.NONE)
        require(Message(Kind.PREPARED, manager) in self.messages)
        self.heard_from.add(manager)

    # Second phase: the decision.

    @action(process="transaction manager")
    def decide_to_commit(self) -> None:
        """Everybody is ready."""
        require(self.decision == Decision.NONE)
        require(self.everybody_is_ready())
        self.decision = Decision.COMMIT
        self.messages.add(Message(Kind.COMMIT))

    @action(process="transaction manager")
    def decide_to_abort(self) -> None:
        """The transaction manager may lose patience at any time before it has decided."""
        require(self.decision == Decision.NONE)
        self.decision = Decision.ABORT
        self.messages.add(Message(Kind.ABORT))

    @action
    def hear_commit(self, manager: ResourceManager) -> None:
        """A resource manager does as decided."""
        require(Message(Kind.COMMIT) in self.messages)
        self.progress[manager] = Progress.COMMITTED

    @action
    def hear_abort(self, manager: ResourceManager) -> None:
        """A resource manager does as decided."""
        require(Message(Kind.ABORT) in self.messages)
        self.progress[manager] = Progress.ABORTED

    def everybody_is_ready(self) -> bool:
        """Whether the transaction manager has heard from every resource manager."""
        return all(manager in self.heard_from for manager in self.progress)

    @invariant
    def consistent(self) -> bool:
        """No resource manager has aborted what another has committed."""
        return not (self.any_is(Progress.ABORTED) and self.any_is(Progress.COMMITTED))

    # Why it is: what is true all along, so that `fencepost prove two-phase-commit --induction` finds a proof.

    @invariant(helper=True)
    def announced_as_decided(self) -> bool:
        """Nothing is announced but the decision."""
        return implies(Message(Kind.COMMIT) in self.messages, self.decision == Decision.COMMIT) and implies(
            Message(Kind.ABORT) in self.messages, self.decision == Decision.ABORT
        )

    @invariant(helper=True)
    def committed_as_decided(self) -> bool:
        """Nobody commits before that is decided."""
        return implies(self.any_is(Progress.COMMITTED), self.decision == Decision.COMMIT)

    @invariant(helper=True)
    def decided_when_all_were_ready(self) -> bool:
        """To commit is decided only when everybody was heard."""
        return implies(self.decision == Decision.COMMIT, self.everybody_is_ready())

    @invariant(helper=True)
    def heard_what_was_promised(self) -> bool:
        """Who was heard has promised."""
        return all(Message(Kind.PREPARED, manager) in self.messages for manager in self.heard_from)

    @invariant(helper=True)
    def promises_are_kept(self) -> bool:
        """Who has promised has no work left, and aborts only when told to."""
        return all(
            self.progress[manager] != Progress.WORKING
            and implies(self.progress[manager] == Progress.ABORTED, self.decision == Decision.ABORT)
            for manager in self.progress
            if Message(Kind.PREPARED, manager) in self.messages
        )

    @witness
    def abort_agreement(self) -> bool:
        """All resource managers can abort."""
        return all(self.progress[manager] == Progress.ABORTED for manager in self.progress)

    @witness
    def commit_agreement(self) -> bool:
        """All resource managers can commit."""
        return all(self.progress[manager] == Progress.COMMITTED for manager in self.progress)

    def any_is(self, progress: Progress) -> bool:
        """Whether any resource manager has come this far."""
        return any(self.progress[manager] == progress for manager in self.progress)

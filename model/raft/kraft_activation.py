"""KRaft with the controller's state machine on top: it is active once it has what was committed before its epoch.

Every server applies what is committed, entry by entry. A leader is told that it leads only when it has applied an entry
of its own epoch (KAFKA-17333): the first one, which any leader may write and which stands for Kafka's leader-change
record. Only then does its controller write, and what it writes it applies at once. One that leads no longer goes back
to what is committed (KAFKA-17608).

Sources: `KafkaRaftClient.ListenerContext`, `QuorumController` of Apache Kafka.
"""

from typing import Generic, TypeVar

from .. import action, implies, invariant, require
from ..log import Offset
from .base import LastTerm, ServerId, Value
from .kraft_established import RestartingCommitted
from .kraft_restart import RestartingVoter
from .kraft_server import Role


class ActivatingVoter(RestartingVoter):
    """A voter with a state machine, which a restart empties. An active epoch of 0 says that it does not lead."""

    applied_offset: Offset
    active_epoch: LastTerm

    @property
    def is_active(self) -> bool:
        """Whether the state machine takes itself to lead the current epoch."""
        return self.active_epoch == self.epoch and self.role in (Role.LEADER, Role.RESIGNED)

    @property
    def has_written(self) -> bool:
        """Whether there is an entry of the current epoch."""
        return self.log.end_of_epochs_up_to(self.epoch - 1) < self.log.end_offset

    @property
    def may_activate(self) -> bool:
        """Whether the state machine may be told that it leads."""
        return self.role == Role.LEADER and self.log.end_of_epochs_up_to(self.epoch - 1) < self.applied_offset

    def forget(self) -> None:
        super().forget()
        self.applied_offset = 0
        self.active_epoch = 0

    def renounce(self) -> None:
        """Goes back to what is committed: nobody has promised the rest."""
        self.active_epoch = 0
        self.applied_offset = min(self.applied_offset, self.high_watermark)


A = TypeVar("A", bound=ActivatingVoter)


class ActivatingQuorum(RestartingCommitted[A], Generic[A]):
    """A quorum whose leaders run a controller."""

    def client_request(self, server: ServerId, value: Value) -> None:
        me = self.server[server]
        require(me.is_active or not me.has_written)
        super().client_request(server, value)
        if me.is_active:
            me.applied_offset = me.log.end_offset

    @action
    def apply_entry(self, server: ServerId) -> None:
        """The state machine takes the next committed entry."""
        me = self.server[server]
        require(me.active_epoch == 0 or me.is_active)
        require(me.applied_offset < me.high_watermark)
        me.applied_offset += 1

    @action
    def activate(self, server: ServerId) -> None:
        """The state machine is told that it leads."""
        me = self.server[server]
        require(me.active_epoch == 0 and me.may_activate)
        me.active_epoch = me.epoch

    @action
    def renounce(self, server: ServerId) -> None:
        """The state machine is told that it leads no longer."""
        me = self.server[server]
        require(me.active_epoch != 0 and not me.is_active)
        me.renounce()

    @invariant
    def active_controller_is_caught_up(self) -> bool:
        """The controller of the newest epoch has applied every acknowledged value."""
        return all(
            implies(
                self.acknowledged[value] is True,
                any(entry.value == value for entry in me.log.records[: me.applied_offset]),
            )
            for me in self.server.values()
            if me.is_active and all(other.epoch <= me.epoch for other in self.server.values())
            for value in self.acknowledged
        )

    @invariant
    def standby_has_applied_committed_entries_only(self) -> bool:
        """What a state machine that does not lead has applied was committed, whatever it knows of that now."""
        return all(
            implies(me.active_epoch == 0, self.acknowledged[entry.value] is True)
            for me in self.server.values()
            for entry in me.log.records[: me.applied_offset]
        )


class KRaftActivation(ActivatingQuorum[ActivatingVoter]):
    """KRaft with a controller that is told that it leads once it has caught up."""

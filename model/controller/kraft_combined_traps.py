"""What the abstract metadata log rests on: rules of the controller and of brokers taken out one at a time."""

from .. import require
from ..kafka.messages import BrokerId
from ..raft.base import ServerId
from ..raft.kraft_server import Role
from .kraft_combined import Combined
from .kraft_controller import Controller


class EagerController(Controller):
    """A controller that decides as soon as it is elected, on what it has in memory."""

    @property
    def may_activate(self) -> bool:
        return self.role == Role.LEADER


class EagerTakeover(Combined[EagerController]):
    """KAFKA-17333: a controller decides on metadata that lack committed decisions."""


class HastyController(EagerController):
    """A controller that decides as soon as it is elected, on all of its log."""

    def activate(self) -> None:
        self.image.replay(self.log, self.log.end_offset)
        self.active_epoch = self.epoch


class HastyTakeover(Combined[HastyController]):
    """Decisions that one controller has dropped come back with the next."""


class KeepingController(Controller):
    """A controller that keeps what it had decided when it is deposed."""

    def renounce(self) -> None:
        self.active_epoch = 0


class KeptDecisions(Combined[KeepingController]):
    """KAFKA-17608: a controller that was deposed has in memory what was never committed."""


class UncommittedReplay(Combined[Controller]):
    """A broker replays everything that a server has."""

    def apply_metadata(self, broker: BrokerId, server: ServerId) -> None:
        me, source = self.image[broker], self.server[server]
        require(source.changes_below(me.position) < source.changes)
        me.replay(source.log, source.log.end_offset)

"""The KRaft quorum: Kafka's Raft, in which followers fetch from the leader (KIP-595).

State, steps and their granularity are those of `KRaft` in Vanlightly/raft-tlaplus, pull-raft, which was read off the
implementation (`KafkaRaftClient`, `QuorumState`):

* an election timeout and its vote requests are one step, and so are winning and telling the others (BeginQuorumEpoch);
* a server has one fetch in flight, and a fetch response carries one entry at most;
* vote and begin-quorum requests are sent only once, and so is a fetch response: a leader does not answer twice alike;
* what the implementation refuses with an `IllegalStateException` is a role of its own, with epoch 0.

Left out are EndQuorumEpoch, which only hastens elections, snapshots, observers, and the leader-change record at the
start of an epoch. The epoch cache is looked up in the log. Kafka's epoch is Raft's term, and its high watermark the
commit offset.
"""

from typing import Annotated, Generic, TypeVar

from .. import Constant, In, Range, Set, action, implies, init, invariant, require
from ..faults.network import RememberingNetwork
from .base import Entry, ServerId
from .kraft_quorum import Quorum
from .kraft_server import AnyMessage, BeginQuorumRequest, E, Error, FetchRequest, FetchResponse, Message, Role, Server


class BeginQuorumResponse(Message):
    """The answer to BeginQuorumEpoch, which nobody waits for."""

    error: Error | None


class AnyVoter(Server[E], Generic[E]):
    """One server. All are voters."""

    @property
    def voters(self) -> Set[ServerId]:
        return Set(self.fetched_offset)

    def restart(self, me: int) -> None:
        """Comes back with what is durable, as a follower of nobody."""
        self.role = Role.FOLLOWER
        self.leader = None
        self.forget()

    def is_settled_by(self, me: int, leader: int | None, epoch: int, is_error: bool) -> bool:
        """A voter that did not know the leader of its epoch follows it then, and leaves it at that."""
        if super().is_settled_by(me, leader, epoch, is_error):
            return True
        is_news = leader is not None and self.leader is None
        self.hear_of(leader)
        return is_news

    def begin_quorum_response(self, request: BeginQuorumRequest) -> BeginQuorumResponse:
        """Follows the new leader, unless a newer epoch is known."""
        me, source = request.target, request.source
        if request.epoch < self.epoch:
            return BeginQuorumResponse(me, source, self.epoch, Error.FENCED_LEADER_EPOCH)
        self.on_begin_quorum(request)
        return BeginQuorumResponse(me, source, request.epoch, None)

    def on_fetch(self, request: FetchRequest) -> FetchResponse[E]:
        """Takes the fetch for an acknowledgement of all before it, and answers with the next entry, if there is one."""
        self.fetched_offset[request.source] = request.offset
        self.high_watermark = self.committable_offset(request.target)
        return self.fetch_response(request, self.high_watermark)


class Voter(AnyVoter[Entry]):
    """One server, with the entries of clients."""


X = TypeVar("X", bound=Message)
V = TypeVar("V", bound=Voter)


class VoterQuorum(Quorum[Entry, BeginQuorumResponse | X, V], Generic[X, V]):
    """A quorum of voters V, with messages X beside those of KRaft."""

    log_size: Annotated[Constant[int], Range("values", "values")] = 1
    max_in_flight = 6

    def command(self, epoch: int, value: int) -> Entry:
        return Entry(epoch, value)

    @init
    def start(self) -> None:
        """Every server begins in epoch 1."""
        for server in self.server.values():
            server.epoch = 1

    @action(fault=True, needs="max_restarts")
    def restart(self, server: ServerId) -> None:
        """`Restart`."""
        require(self.restarts < self.max_restarts)
        self.server[server].restart(server)
        self.restarts += 1

    @action(process="message.target")
    def accept_fetch_request(self, message: Annotated[FetchRequest, In("messages")]) -> None:
        """`AcceptFetchRequest`."""
        me = self.server[message.target]
        require(me.can_serve(message) and me.has_prefix_of(message))
        self.receive(message)
        before = me.high_watermark
        self.send_once(me.on_fetch(message))
        self.acknowledge(me.log.records[before : me.high_watermark])

    @action(process="message.target")
    def handle_begin_quorum_request(self, message: Annotated[BeginQuorumRequest, In("messages")]) -> None:
        """`HandleBeginQuorumRequest`."""
        self.receive(message)
        self.send(self.server[message.target].begin_quorum_response(message))

    @invariant
    def high_watermark_within_log(self) -> bool:
        """No server lacks what it knows to be committed."""
        return all(
            implies(server.high_watermark > 0, server.high_watermark <= server.log.end_offset)
            for server in self.server.values()
        )


class KRaft(VoterQuorum[BeginQuorumResponse, Voter], RememberingNetwork[AnyMessage[Entry] | BeginQuorumResponse]):
    """Raft with followers fetching, as in Kafka's controller quorum."""

    max_sent = 24

"""The KRaft quorum with observers, identities that end with the disk, and voters that join and leave (KIP-853).

State, steps and their granularity are those of `KRaftWithReconfig` in Vanlightly/raft-tlaplus, pull-raft, the design of
2022 on which KIP-853 is built. It differs from `KRaft` there in this:

* the cluster is in operation: its first voters have the first configuration, committed, in their logs, and one leads;
* a server is a voter by the latest configuration in its log, committed or not, and an observer otherwise: it fetches,
  and votes for candidates who take it for a voter;
* an observer that knows the leader asks it to be made a voter, and somebody asks the leader to remove one; a leader
  makes one change at a time, and the first one after it has committed an entry of its epoch;
* a leader that removes itself leads on, without counting itself, until that is committed, and then leaves;
* a leader that restarts resigns, and other servers go on as what they were; begin-quorum requests are not answered.

A server is the identity of a disk, and what is published as the host in that identity is a field. There are so many
identities as can be spawned, all alike: which of those not in use is next makes no difference, and where it is the only
one left, counts are the published ones. Entries have no consecutive number and do not say who was added or removed: the
log shows both.

As published, too: the number of additions has no limit but that a server asks a leader once an epoch;
`max_add_reconfigs` of 0 forbids them. A refusal to join changes nothing, since its error is looked for in the wrong
field. A server that loses its disk is left out: that step asks for a state "Voter", which no server is ever in.
"""

from collections.abc import Sequence
from enum import Enum
from typing import Annotated

from .. import (
    Auxiliary,
    Constant,
    Domain,
    In,
    Map,
    Range,
    Set,
    action,
    init,
    invariant,
    replace,
    require,
)
from ..faults.network import RememberingNetwork
from .base import Entry, ServerId, Term, Value
from .configurations import AddServer, InitCluster, RemoveServer, configuration_end, latest_voters
from .kraft_quorum import Quorum
from .kraft_server import (
    AnyMessage,
    BeginQuorumRequest,
    DivergingFetchResponse,
    FetchRequest,
    FetchResponse,
    Message,
    Role,
    Server,
    VoteResponse,
)

#: A machine. All are alike.
HostId = Annotated[int, Domain("hosts", symmetric=True, prefix="h")]


AnyEntry = Entry | InitCluster | AddServer | RemoveServer


class JoinError(Enum):
    """Why an observer is not made a voter. A leader that cannot do it yet does not answer."""

    NOT_LEADER = "not leader"
    ALREADY_MEMBER = "already member"


class JoinRequest(Message):
    """An observer wants to be a voter."""


class JoinResponse(Message):
    """The answer to an observer: its request is in the log, or refused."""

    leader: ServerId | None
    error: JoinError | None


class Member(Server[AnyEntry]):
    """One server, if its identity is in use: otherwise it has no host.

    Durable are the role, unless the server leads, the leader, epoch, vote and log, and whether its configuration is
    known to be committed.
    """

    host: HostId | None
    has_committed_configuration: bool

    @property
    def voters(self) -> Set[ServerId]:
        return latest_voters(self.log)

    # Life.

    def found(self, host: int, first: AnyEntry, role: Role, leader: int | None) -> None:
        """Begins as a voter of a new cluster."""
        self.host = host
        self.epoch = 1
        self.role = role
        self.leader = leader
        self.log.append(first)
        self.high_watermark = 1
        self.has_committed_configuration = True
        for peer in self.fetched_offset:
            self.fetched_offset[peer] = int(peer in self.voters)

    def restart(self, me: int) -> None:
        """Comes back with what is durable. A leader does not know whether it still leads, and resigns."""
        if self.role == Role.LEADER:
            self.role = Role.RESIGNED if me in self.voters else Role.UNATTACHED
            self.leader = None
        self.forget()

    def leave(self) -> None:
        """Is a leader no more, and an observer."""
        self.role = Role.UNATTACHED
        self.leader = None
        self.forget()

    def agrees_on_leader(self, me: int, leader: int | None, epoch: int) -> bool:
        """As before; but others may not know yet that a leader of this epoch has resigned or left."""
        has_stopped = self.epoch == epoch and (self.role == Role.RESIGNED or me not in self.voters)
        return (leader == me and has_stopped) or super().agrees_on_leader(me, leader, epoch)

    # Replication.

    def can_fetch_from(self, me: int, peer: int) -> bool:
        """Whom this server fetches from: an observer that knows no leader tries the voters it knows of."""
        is_lost = self.role == Role.UNATTACHED and me not in self.voters
        return super().can_fetch_from(me, peer) or (is_lost and peer in self.voters)

    def on_fetch(self, request: FetchRequest) -> FetchResponse[AnyEntry]:
        """Takes the fetch of a voter for an acknowledgement of all before it, and answers with the next entry."""
        self.fetched_offset[request.source] = request.offset
        end_offset = self.committable_offset(request.target)
        if end_offset > self.high_watermark:
            self.high_watermark = end_offset
            self.has_committed_configuration = end_offset >= configuration_end(self.log)
        return self.fetch_response(request, end_offset)

    def is_removed_by(self, me: int, entries: Sequence[AnyEntry]) -> bool:
        """Whether one of some entries removes this server."""
        return any(isinstance(entry, RemoveServer) and me not in entry.voters for entry in entries)

    def on_fetched(self, response: FetchResponse[AnyEntry]) -> None:
        """Appends what was fetched, and goes by the configuration that the log has then."""
        was_voter = response.target in self.voters
        super().on_fetched(response)
        self.switch_configuration(response.target, was_voter, response.high_watermark)

    def on_diverged(self, response: DivergingFetchResponse) -> None:
        """Truncates to what the leader can have, and goes by the configuration that the log has then."""
        was_voter = response.target in self.voters
        super().on_diverged(response)
        self.switch_configuration(response.target, was_voter, response.high_watermark)

    def switch_configuration(self, me: int, was_voter: bool, high_watermark: int) -> None:
        """Is a follower when it has become a voter or an observer."""
        self.has_committed_configuration = high_watermark >= configuration_end(self.log)
        if was_voter != (me in self.voters):
            self.role = Role.FOLLOWER

    # Changes of the configuration.

    def may_reconfigure(self) -> bool:
        """Whether a leader may begin a change: one at a time, and not before it has committed an entry of its epoch."""
        has_committed_in_own_epoch = self.log.has_epoch_below(self.high_watermark, self.epoch)
        return self.role == Role.LEADER and self.has_committed_configuration and has_committed_in_own_epoch

    def reconfigure(self, entry: AnyEntry) -> None:
        """Appends a configuration. It counts from now on."""
        self.log.append(entry)
        self.has_committed_configuration = False

    def on_join(self, request: JoinRequest) -> JoinResponse:
        """Adds a voter."""
        self.reconfigure(AddServer(self.epoch, self.voters | {request.source}))
        return JoinResponse(request.target, request.source, self.epoch, self.leader, None)

    def refuses(self, request: JoinRequest) -> bool:
        """Whether there is no hope that an observer is added here."""
        return self.role != Role.LEADER or request.source in self.voters

    def on_join_refused(self, request: JoinRequest) -> JoinResponse:
        """Tells why, and who leads, if this server knows."""
        error = JoinError.NOT_LEADER if self.role != Role.LEADER else JoinError.ALREADY_MEMBER
        return JoinResponse(request.target, request.source, self.epoch, self.leader, error)


class KRaftReconfig(
    Quorum[AnyEntry, JoinRequest | JoinResponse, Member],
    RememberingNetwork[AnyMessage[AnyEntry] | JoinRequest | JoinResponse],
):
    """Raft with followers fetching, and with voters that join and leave one at a time."""

    hosts: Annotated[Constant[int], Range(1, 5)] = 2
    init_cluster_size: Annotated[Constant[int], Range(1, "min(hosts, max_spawned_servers)")] = 2
    min_cluster_size: Annotated[Constant[int], Range(0, 5)] = 1
    max_cluster_size: Annotated[Constant[int], Range(1, 5)] = 3
    max_values_per_epoch: Annotated[Constant[int], Range(0, 4)] = 1
    max_add_reconfigs: Annotated[Constant[int], Range(0, 4)] = 0
    max_remove_reconfigs: Annotated[Constant[int], Range(0, 4)] = 0
    max_spawned_servers: Annotated[Constant[int], Range(1, 5)] = 2
    servers: Annotated[Constant[int], Range("max_spawned_servers", "max_spawned_servers")] = 2
    max_elections = 1
    max_in_flight = 3
    max_sent = 22

    # A majority of all servers is nothing special where not all are voters.
    committed_entries_reach_majority = None  # type: ignore[assignment]

    submitted: Auxiliary[Map[Term, Annotated[int, Range(0, "max_values_per_epoch")]]]
    removals: Auxiliary[Annotated[int, Range(0, "max_remove_reconfigs")]]

    @init
    def found_cluster(self) -> None:
        """The first servers are the voters, each on its host, and the first of them leads: all are alike."""
        voters: Set[ServerId] = Set()
        leader: ServerId | None = None
        for server in self.server:
            if len(voters) < self.init_cluster_size:
                voters.add(server)
            if leader is None:
                leader = server
        first = InitCluster(1, voters)
        for host in self.members(HostId):
            for server in self.server:
                if server in voters and self.server[server].host is None:
                    role = Role.LEADER if server == leader else Role.FOLLOWER
                    self.server[server].found(host, first, role, leader)
                    break

    @action(fault=True, needs="max_restarts")
    def restart(self, server: ServerId) -> None:
        """`RestartWithState`."""
        me = self.server[server]
        require(self.restarts < self.max_restarts and me.host is not None)
        me.restart(server)
        self.restarts += 1

    def command(self, epoch: int, value: int) -> AnyEntry:
        return Entry(epoch, value)

    def takes_part(self, server: ServerId) -> bool:
        """Whether a server takes itself for a voter, who stands for election and hears of its outcome."""
        return server in self.server[server].voters

    def request_vote(self, server: ServerId) -> None:
        """An election or fetch timeout of a voter. `RequestVote`."""
        require(self.takes_part(server))
        super().request_vote(server)

    def handle_vote_response(self, message: Annotated[VoteResponse, In("messages")]) -> None:
        """`HandleRequestVoteResponse`."""
        require(self.takes_part(message.target))
        super().handle_vote_response(message)

    def client_request(self, server: ServerId, value: Value) -> None:
        """`ClientRequest`."""
        epoch = self.server[server].epoch
        super().client_request(server, value)  # which requires a leader: only its epoch is counted
        require(self.submitted[epoch] < self.max_values_per_epoch)
        self.submitted[epoch] += 1

    @action(process="message.target")
    def handle_begin_quorum_request(self, message: Annotated[BeginQuorumRequest, In("messages")]) -> None:
        """A stale request, or one to an observer, is not received. `AcceptBeginQuorumRequest`."""
        me = self.server[message.target]
        require(message.epoch >= me.epoch and self.takes_part(message.target))
        self.receive(message)
        me.on_begin_quorum(message)

    @action(process="message.target")
    def accept_fetch_request_from_voter(self, message: Annotated[FetchRequest, In("messages")]) -> None:
        """Also from one that the leader takes for none. `AcceptFetchRequestFromVoter`."""
        me = self.server[message.target]
        require(not message.is_observer and me.can_serve(message) and me.has_prefix_of(message))
        self.receive(message)
        before = me.high_watermark
        response = me.on_fetch(message)
        committed = me.log.records[before : me.high_watermark]
        self.acknowledge(committed)
        if me.is_removed_by(message.target, committed):
            me.leave()
            response = replace(response, leader=None)
        self.send_once(response)

    @action(process="message.target")
    def accept_fetch_request_from_observer(self, message: Annotated[FetchRequest, In("messages")]) -> None:
        """`AcceptFetchRequestFromObserver`."""
        me = self.server[message.target]
        require(message.is_observer and me.can_serve(message) and me.has_prefix_of(message))
        self.receive(message)
        self.send_once(me.fetch_response(message, me.high_watermark))

    @action
    def start_new_server(self, server: ServerId, host: HostId, leader: ServerId) -> None:
        """A server with an empty disk fetches from a leader, whom it knows by other means. `StartNewServer`."""
        me = self.server[server]
        require(me.host is None and self.server[leader].role == Role.LEADER)
        me.host = host
        request = me.fetch_request(server, leader)
        me.pending_fetch = request
        self.send(request)

    @action
    def send_join_request(self, server: ServerId, leader: ServerId) -> None:
        """`SendJoinRequest`."""
        me = self.server[server]
        require(self.max_add_reconfigs > 0 and server != leader and me.leader == leader and server not in me.voters)
        self.send_once(JoinRequest(server, leader, me.epoch))

    @action(process="message.target")
    def accept_join_request(self, message: Annotated[JoinRequest, In("messages")]) -> None:
        """`AcceptJoinRequest`."""
        me = self.server[message.target]
        require(not me.refuses(message) and me.may_reconfigure() and len(me.voters) < self.max_cluster_size)
        self.receive(message)
        self.send(me.on_join(message))

    @action(process="message.target")
    def refuse_join_request(self, message: Annotated[JoinRequest, In("messages")]) -> None:
        """`RejectJoinRequest`."""
        me = self.server[message.target]
        require(me.refuses(message))
        self.receive(message)
        self.send(me.on_join_refused(message))

    @action(process="message.target")
    def handle_refused_join_response(self, message: Annotated[JoinResponse, In("messages")]) -> None:
        """`HandleRejectJoinResponse`."""
        require(message.error is not None and message.target not in self.server[message.target].voters)
        self.receive(message)

    @action
    def handle_remove_request(self, server: ServerId, removed: ServerId) -> None:
        """Somebody asks a leader to remove a voter, perhaps itself. `HandleRemoveRequest`."""
        me = self.server[server]
        require(self.removals < self.max_remove_reconfigs and len(me.voters) > self.min_cluster_size)
        require(removed in me.voters and me.may_reconfigure())
        me.reconfigure(RemoveServer(me.epoch, me.voters - {removed}))
        self.removals += 1

    @invariant
    def states_match_roles(self) -> bool:
        """An observer is no candidate and not resigned; who is unattached knows no leader. `StatesMatchRoles`."""
        return all(
            (server in me.voters or me.role in (Role.LEADER, Role.FOLLOWER, Role.UNATTACHED, Role.VOTED))
            and (me.role != Role.UNATTACHED or me.leader is None)
            for server, me in self.server.items()
        )

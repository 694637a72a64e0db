"""Raft as published by Ongaro and Ousterhout (USENIX ATC 2014; Ongaro's thesis, 2014).

State, steps and their granularity are those of `Raft` in Vanlightly/raft-tlaplus, standard-raft. Beside what the models
with a pushing leader share:

* a leader waits for the answer to a request before it sends that peer the next;
* answers, and requests with an entry, can be sent again;
* a follower drops all that follows the previous entry of a request, even if that is what the request brings.
"""

from typing import Any, Generic, Never, TypeVar

from .. import Map, require
from .base import Entry, R, ServerId
from .push import PushRaft, X
from .server import AnyMessage, AppendRequest, AppendResponse, Server, VoteRequest


class WaitingServer(Server[R]):
    """A server that leads with one request to each peer under way at a time."""

    is_waiting: Map[ServerId, bool]

    def restart(self) -> None:
        super().restart()
        self.stop_waiting()

    def become_leader(self) -> None:
        super().become_leader()
        self.stop_waiting()

    def stop_waiting(self) -> None:
        """Expects no answer of anybody."""
        for peer in self.is_waiting:
            self.is_waiting[peer] = False

    def take_over(self, request: AppendRequest[R]) -> None:
        """Puts what a request has in place of all that follows the previous entry."""
        self.log.truncate(request.offset)
        for entry in request.entries:
            self.log.append(entry)

    def on_append_response(self, response: AppendResponse) -> None:
        super().on_append_response(response)
        self.is_waiting[response.source] = False


W = TypeVar("W", bound=WaitingServer[Any])


class WaitingRaft(PushRaft[R, X, W], Generic[R, X, W]):
    """Raft with leaders that wait for answers."""

    def may_repeat(self, message: AnyMessage[R] | X) -> bool:
        """Answers may be repeated, and requests with an entry."""
        if isinstance(message, AppendRequest):
            return len(message.entries) > 0
        return not isinstance(message, VoteRequest)

    def append_entries(self, server: ServerId, peer: ServerId) -> None:
        me = self.server[server]
        require(not me.is_waiting[peer])
        super().append_entries(server, peer)
        me.is_waiting[peer] = True


class Raft(WaitingRaft[Entry, Never, WaitingServer[Entry]]):
    """Raft as in the paper."""

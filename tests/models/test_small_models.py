"""Two-phase commit, the asynchronous in-sync set and the logs below: published counts, and guards that are needed."""

import pytest

from fencepost.model import Set, Specification, require
from fencepost.model.log import Offset
from fencepost.model.replication.async_isr import AsyncIsr, IsrAtVersion
from fencepost.model.replication.finite_replicated_log import FiniteReplicatedLog
from fencepost.model.replication.id_sequence import IdSequence
from fencepost.model.replication.state import Broker
from fencepost.model.two_phase_commit import Decision, Progress, ResourceManager, TwoPhaseCommit


def ids(value):
    return value.__name__ if isinstance(value, type) else None


@pytest.mark.parametrize(
    ("model", "constants", "distinct", "generated", "depth"),
    [
        (IdSequence, {"max_id": 3}, 5, 5, 5),
        (FiniteReplicatedLog, {"replicas": 2, "log_records": 2, "log_size": 2}, 49, 295, 5),
        (FiniteReplicatedLog, {"replicas": 3, "log_records": 2, "log_size": 2}, 343, 3_382, 7),
        (AsyncIsr, {"replicas": 2, "max_offset": 1, "max_version": 2}, 42, 148, 10),
        (AsyncIsr, {"replicas": 2, "max_offset": 2, "max_version": 2}, 84, 307, 12),
        (AsyncIsr, {"replicas": 2, "max_offset": 2, "max_version": 3}, 168, 577, 15),
        (AsyncIsr, {"replicas": 3, "max_offset": 1, "max_version": 2}, 1_460, 7_865, 14),
    ],
    ids=ids,
)
def test_published_counts(model, constants, distinct, generated, depth, search):
    found = search(model, **constants)
    # TLC counts the initial state as generated.
    assert (found.distinct, found.generated.total() + 1, found.depth) == (distinct, generated, depth)
    assert found.violated == {}


@pytest.mark.parametrize("managers", [1, 2, 3])
def test_two_phase_commit(managers, search):
    found = search(TwoPhaseCommit, resource_managers=managers)
    assert found.distinct == by_hand(managers)
    assert found.violated == {}
    # Everybody prepares and is heard, the decision, everybody hears it; or the decision, and everybody hears it.
    assert found.witnessed == {"commit_agreement": 3 * managers + 2, "abort_agreement": managers + 1}


def by_hand(managers):
    """How many states there are: given the decision, every resource manager goes its own way.

    Undecided, it is working, has given up, is prepared, or is prepared and heard. After an abort it is one of these, or
    has heard of the abort when it was prepared, be it heard or not. After a commit it was heard, and has heard or not.
    """
    return 4**managers + 6**managers + 2**managers


def test_by_hand_is_what_stateright_gives():
    assert (by_hand(3), by_hand(5)) == (288, 8_832)


def test_two_phase_commit_in_one_word():
    assert Specification(TwoPhaseCommit, {"resource_managers": 9}).state_type.width == 59


class ImpatientManager(TwoPhaseCommit):
    def everybody_is_ready(self) -> bool:
        return len(self.heard_from) > 0


class ForgetfulManager(TwoPhaseCommit):
    def choose_to_abort(self, manager: ResourceManager) -> None:
        require(self.decision == Decision.NONE)
        self.progress[manager] = Progress.ABORTED


@pytest.mark.parametrize("broken", [ImpatientManager, ForgetfulManager], ids=ids)
def test_two_phase_commit_needs_its_promises(broken, search):
    assert "consistent" in search(broken, until="consistent", resource_managers=2).violated


class PendingSetForgotten(AsyncIsr):
    @property
    def maximal_isr(self) -> Set[Broker]:
        return self.leader.isr


class StaleRequestAccepted(AsyncIsr):
    def is_current(self, request: IsrAtVersion) -> bool:
        return request.version <= self.controller.version


class JoinBehindHighWatermark(AsyncIsr):
    def may_join_isr(self, broker: Broker) -> bool:
        return True


@pytest.mark.parametrize(
    ("broken", "name", "states"),
    [
        (PendingSetForgotten, "valid_high_watermark", 6),
        (StaleRequestAccepted, "valid_high_watermark", 9),
        (JoinBehindHighWatermark, "high_watermark_never_moves_back", 5),
    ],
    ids=ids,
)
def test_async_isr_needs_its_guards(broken, name, states, search):
    found = search(broken, until=name, replicas=2, max_offset=1, max_version=2)
    assert found.violated[name] == states


class TruncateInTheMiddle(FiniteReplicatedLog):
    def truncate(self, replica: Broker, offset: Offset) -> None:
        """Drops the first records instead of the last ones."""
        require(0 < offset < len(self.logs[replica]))
        self.logs[replica] = self.logs[replica][offset:]


class IdsInPairs(IdSequence):
    def take_next_id(self) -> None:
        self.next_id = min(self.next_id + 2, self.max_id + 1)


@pytest.mark.parametrize(
    ("broken", "name"),
    [(TruncateInTheMiddle, "logs_change_at_their_end"), (IdsInPairs, "ids_increase_by_one")],
    ids=ids,
)
def test_logs_and_ids_need_their_rules(broken, name, search):
    assert name in search(broken, until=name).violated

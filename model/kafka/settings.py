"""What an operator can set, and the rules of newer versions of Kafka, which a model can leave out one at a time."""

from typing import Annotated

from .. import Range, Set, Struct
from .messages import BrokerId, TopicId


class TopicSettings(Struct):
    """What an operator can set for a topic."""

    min_insync_replicas: Annotated[int, Range(1, "brokers")]
    unclean_leader_election: bool


class Settings(Struct):
    """What an operator can set: for the first topic, for all others, and for the whole cluster."""

    first: TopicSettings
    others: TopicSettings
    eligible_leader_replicas: bool
    last_known_leader_election: bool

    def of(self, topic: TopicId) -> TopicSettings:
        """What is set for a topic."""
        return self.first if topic == 0 else self.others

    def needed(self, topic: TopicId, replicas: Set[BrokerId]) -> int:
        """How many in-sync replicas a partition of a topic needs to commit anything."""
        return min(self.of(topic).min_insync_replicas, len(replicas))


class Rules(Struct):
    """The rules as Kafka has them, all but the last: where each comes from, and what breaks, is in docs/kafka.md."""

    strict_min_isr: bool = True
    truncates_on_fetch: bool = True
    fences_fetches: bool = True
    ignores_late_responses: bool = True
    counts_pending_members: bool = True
    waits_for_epoch_start: bool = True
    ignores_diverging_positions: bool = True
    checks_partition_epoch: bool = True
    checks_member_epochs: bool = True
    refuses_inactive_members: bool = True
    forgets_positions: bool = False

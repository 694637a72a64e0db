"""Runs that pictures and formats are tried on."""

from fencepost.model.replication.truncate_to_high_watermark import TruncateToHighWatermark
from fencepost.traces.trace import Trace
from models.walks import Failing, Pinging, Sharded, walk


def truncation() -> Trace:
    """The shortest way to lose a record by truncating to the high watermark."""
    return walk(
        TruncateToHighWatermark,
        "controller: controller_elect_leader(broker=b1",
        "controller: controller_shrink_isr(broker=b2",
        "b1: become_leader(leader=b1, request=LeaderAndIsr(leader_epoch=0",
        "b1: leader_write(",
        "b2: become_follower(follower=b2, request=LeaderAndIsr(leader_epoch=0",
        "b2: follower_fetch(",
        "b1: leader_increment_high_watermark(",
        "b2: become_follower(follower=b2, request=LeaderAndIsr(leader_epoch=1",
        replicas=2,
        property_name="weak_isr",
    )


def pinging() -> Trace:
    """Messages that arrive, are lost, are copied, go to their sender, and stay in flight."""
    return walk(
        Pinging,
        "n1: ping(source=n1, target=n2, number=0",
        "n1: ping(source=n1, target=n3, number=1",
        "network: lose_message(",
        "n3: ping(source=n3, target=n3, number=2",
        "network: duplicate_message(",
        "n3: answer(message=Ping(source=n3",
        "n3: take(",
        "n2: ping(source=n2, target=n1, number=3",
    )


def failing() -> Trace:
    """A node that is cut off, and another that crashes and comes back."""
    return walk(
        Failing,
        "n1: think(",
        "network: isolate(process=n2",
        "n2: think(",
        "n3: crash(",
        "n1: think(",
        "network: heal(",
        "n3: come_back(",
        "n3: think(",
    )


def sharded(**constants: int) -> Trace:
    """Two shards with leaders of their own, one of which crashes."""
    return walk(
        Sharded,
        "n1: lead(node=n1, shard=s1",
        "n2: lead(node=n2, shard=s2",
        "n1: write(node=n1, shard=s1",
        "n2: take(",
        "n2: write(node=n2, shard=s2",
        "n1: commit(node=n1, shard=s1",
        "n1: lead(node=n1, shard=s2",
        "n1: crash(",
        **constants,
    )

"""What is recognised in the states of a run: leaders, epochs and logs, of one partition or of several."""

from fencepost.traces.lanes import Process, Replica, lanes
from models import runs
from models.walks import Sharded, walk

FIRST = "Entry(number=0, epoch=1)"


def known(process: Process) -> list[tuple[object, ...]]:
    return [
        (one.label, one.leads, one.epoch, [cell.text for cell in one.log or ()], one.high_watermark, one.in_sync)
        for one in process.replicas
    ]


def test_each_partition_has_its_leader_epoch_and_log():
    one, two = lanes(runs.sharded())
    assert one.labels == two.labels == ("s1", "s2")
    assert known(one.states[-2]) == [("s1", True, 1, [FIRST], 1, "{n1}"), ("s2", True, 1, [], 0, "{n1}")]
    assert known(one.states[-1]) == [("s1", False, 1, [], 0, "{n1}"), ("s2", False, 1, [], 0, "{n1}")]
    assert known(two.states[-1]) == [("s1", False, 1, [FIRST], 0, "{}"), ("s2", True, 1, [FIRST], 0, "{n2}")]
    assert [state.down for state in one.states] == [False] * 8 + [True]


def test_the_only_partition_has_no_label():
    one, _ = lanes(walk(Sharded, "n1: lead(node=n1, shard=s1", shards=1))
    assert one.labels == ("",)
    assert known(one.states[-1]) == [("", True, 1, [], 0, "{n1}")]


def test_what_is_not_known_is_blank():
    one, *_ = lanes(runs.pinging())
    assert one.labels == ()
    assert one.states[-1].replica("s1") == Replica("s1")

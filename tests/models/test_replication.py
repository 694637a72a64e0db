"""The versions of the replication protocol against the counts that TLC gives for the published specifications."""

import pytest

from fencepost.model import Specification
from fencepost.model.replication.kip_101 import Kip101
from fencepost.model.replication.kip_279 import Kip279
from fencepost.model.replication.kip_320 import Kip320
from fencepost.model.replication.kip_320_first_try import Kip320FirstTry
from fencepost.model.replication.truncate_to_high_watermark import TruncateToHighWatermark

VERSIONS = [TruncateToHighWatermark, Kip101, Kip279, Kip320FirstTry, Kip320]

ACTIONS = [
    "become_follower",
    "become_leader",
    "controller_elect_leader",
    "controller_shrink_isr",
    "follower_fetch",
    "leader_expand_isr",
    "leader_increment_high_watermark",
    "leader_shrink_isr",
    "leader_write",
    "follower_truncate",
]

# Two replicas, two records, two leader epochs: new states on each level, and new and generated states of each action.
# TLC generates a state once for every way its formula gives it. Where two alternatives of the formula overlap it has
# a higher number, in the comment; the states are the same.
PUBLISHED = {
    TruncateToHighWatermark: (
        [1, 4, 14, 30, 44, 66, 100, 138, 168, 196, 198, 144, 82, 46, 16, 4],
        "296:528 44:196 12:44 22:136 314:428 86:334 376:492 24:192 76:340 0:0",
    ),
    Kip101: (
        [1, 4, 14, 30, 44, 66, 100, 138, 166, 190, 192, 132, 70, 26, 4],
        "280:490 44:188 12:44 22:136 274:350 86:320 356:472 24:154 78:328 0:0",
    ),
    Kip279: (
        [1, 4, 14, 30, 44, 66, 100, 138, 166, 190, 192, 132, 70, 26, 4],
        "282:528 44:188 12:44 22:136 274:350 86:320 356:472 24:154 76:328 0:0",  # 760: an empty log matches both ways.
    ),
    Kip320FirstTry: (
        [1, 4, 14, 30, 44, 66, 100, 136, 158, 184, 182, 134, 80, 28, 4],
        "282:504 44:188 12:44 22:136 250:322 90:258 328:456 24:130 76:324 36:36",
    ),
    Kip320: (
        [1, 4, 12, 18, 38, 60, 86, 118, 132, 152, 144, 102, 62, 24, 4],
        "194:286 64:104 12:42 22:132 188:242 60:192 306:400 24:112 86:290 0:0",  # 130: not following, and behind.
    ),
}

VIOLATED = {
    TruncateToHighWatermark: {
        "weak_isr": 9,
        "strong_isr": 10,
        "visible_records_are_on_every_candidate": 10,
        "visible_records_are_never_lost": 10,
        "high_watermark_within_in_sync_logs": 10,
    },
}


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.__name__)
def test_two_replicas(version, search):
    found = search(version, replicas=2, log_size=2, max_records=2, max_leader_epoch=1)
    levels, counts = PUBLISHED[version]
    assert found.levels == levels
    assert " ".join(f"{found.new[name]}:{found.generated[name]}" for name in ACTIONS) == counts
    assert found.violated == VIOLATED.get(version, {})
    assert found.witnessed == {"high_watermark_can_move_back": 9}


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.__name__)
def test_three_replicas_and_three_records_fit_two_words(version):
    constants = {"replicas": 3, "log_size": 3, "max_records": 3, "max_leader_epoch": 2}
    assert Specification(version, constants).state_type.width == 103


@pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.__name__)
def test_replicas_are_interchangeable(version):
    assert [domain.name for domain in Specification(version).symmetric_domains] == ["replicas"]

"""U115: a trace that shows nothing cannot be made smaller."""

import dataclasses

import pytest

from fencepost.model import Specification
from fencepost.model.errors import NothingToShrink
from fencepost.model.replication.truncate_to_high_watermark import TruncateToHighWatermark
from fencepost.traces.shrink import shrink
from models import runs

SPECIFICATION = Specification(TruncateToHighWatermark, {"replicas": 2}, ["weak_isr"])


def test_no_property():
    trace = dataclasses.replace(runs.truncation(), property_name="", kind="")
    with pytest.raises(NothingToShrink, match="records no property of TruncateToHighWatermark"):
        shrink(trace, SPECIFICATION)


def test_not_shown():
    trace = runs.truncation()
    with pytest.raises(NothingToShrink, match="the run does not show weak_isr") as raised:
        shrink(dataclasses.replace(trace, steps=trace.steps[:-1]), SPECIFICATION)
    assert raised.value.hint == "fencepost replay says where it stops"

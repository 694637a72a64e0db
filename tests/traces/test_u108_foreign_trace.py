"""U108: traces of another specification, or of other constants."""

import pytest

from fencepost.model import Specification, errors
from fencepost.traces import itf
from fencepost.traces.trace import Trace


def test_a_trace_of_another_specification_is_foreign(everything: Specification, everything_trace: Trace) -> None:
    file = itf.parse('{"vars": ["hw"], "states": [{"hw": {"#bigint": "0"}}]}')
    with pytest.raises(errors.ForeignTrace, match="hw"):
        itf.read(file, everything)
    text = itf.write(everything_trace)
    with pytest.raises(errors.ForeignTrace, match="other constants") as caught:
        itf.read(itf.parse(text), Specification(everything.source, {"wild": False}))
    assert str(caught.value).endswith("\n  name the specification it belongs to with --model")

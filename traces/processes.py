"""Who takes part in a run, in an order that does not depend on what happens in it."""

from __future__ import annotations

import re

from .trace import Trace, TraceStep

#: Who takes the steps that nobody in particular takes.
ENVIRONMENT = "environment"


def actor(step: TraceStep) -> str:
    """The process that takes a step."""
    return step.process or ENVIRONMENT


def processes(trace: Trace) -> tuple[str, ...]:
    """Everyone who takes a step or is the source or target of a message; members of a group such as b1, b2 first."""
    found = {actor(step) for step in trace.steps[1:]}
    found |= {name for message in trace.messages for name in (message.source, message.target) if name}
    return tuple(sorted(found, key=_place))


def _place(name: str) -> tuple[bool, list[tuple[str, int]], str]:
    """Names that end in a number come first, and n2 comes before n10."""
    parts = [(word, int(number or 0)) for word, number in re.findall(r"([^0-9]*)([0-9]{0,18})", name)]
    return re.search(r"[0-9]\Z", name) is None, parts, name

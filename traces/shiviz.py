r"""A trace as a log for ShiViz (DistributedClocks/shiviz): one event a step, with vector clocks.

The first line is the expression that the log is parsed by, the second would divide executions. Then each event takes
two lines: host and clock first, number and description of the step below. In that order no description can be taken
for an event, whatever it says.

A step knows what its process knew before, and what the sender of each message it takes knew when it sent it. A copy
that a fault made comes from the fault, which took it from the original. Processes that read each other's state without
a message are not ordered by it.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

from .escaping import printable
from .messages import Message
from .processes import ENVIRONMENT, actor, processes
from .text import conclusion, headline
from .trace import Trace

PARSER = r"(?<host>\S+) (?<clock>{.*})\n(?<step>\d+) (?<event>.*)"
Clock = dict[str, int]


def write(trace: Trace) -> str:
    """The trace as a log with its parser expression."""
    hosts = _hosts((*processes(trace), ENVIRONMENT))
    shows = conclusion(trace)
    lines = [PARSER, ""]
    for number, clock in _clocks(trace):
        step = trace.steps[number]
        host = hosts[actor(step)]
        event = headline(step, first=number == 0).removeprefix(f"{step.process}: ")
        if number == trace.states - 1:
            event += f" [{shows}]" if shows else ""
            event += f" [loop to {trace.loop + 1}]" if trace.loop is not None else ""
        written = {hosts[name]: count for name, count in clock.items()}
        lines += [f"{host} {json.dumps(written, ensure_ascii=False)}", f"{number + 1} {printable(event)}"]
    return "\n".join([*lines, ""])


def _clocks(trace: Trace) -> Iterator[tuple[int, Clock]]:
    """The number of each step and its clock. The initial state is an event only if nothing else happens."""
    if trace.states == 1:
        yield 0, {actor(trace.steps[0]): 1}
    clocks: dict[str, Clock] = {}
    sent: dict[int, Clock] = {0: {}}
    heard = _heard(trace)
    for number, step in enumerate(trace.steps[1:], start=1):
        process = actor(step)
        own = clocks.get(process, {}).get(process, 0) + 1
        clock = dict(clocks.get(process, {}))
        for origin in heard[number]:
            for name, count in sent[origin].items():
                clock[name] = max(clock.get(name, 0), count)
        clocks[process] = sent[number] = {process: own} | clock | {process: own}
        yield number, sent[number]


def _heard(trace: Trace) -> defaultdict[int, list[int]]:
    """For each step, the steps that sent the messages it took; for a copying fault, the one that sent the original."""
    heard: defaultdict[int, list[int]] = defaultdict(list)
    originals: dict[tuple[str, str], Message] = {}
    for message in trace.messages:
        for number in (*message.received, *(() if message.lost is None else (message.lost,))):
            heard[number].append(message.sent)
        if message.duplicated:
            heard[message.sent].append(originals[message.source, message.text].sent)
        else:
            originals[message.source, message.text] = message
    return heard


def _hosts(names: tuple[str, ...]) -> dict[str, str]:
    """A name for each process that has no blanks and is no one else's."""
    hosts: dict[str, str] = {}
    for name in names:
        host = base = "".join("_" if one.isspace() or not one.isprintable() else one for one in name)
        number = 2
        while host in hosts.values():
            host, number = f"{base}_{number}", number + 1
        hosts.setdefault(name, host)
    return hosts

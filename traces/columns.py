"""A run side by side, for terminals: a column a process, one more for what belongs to none, a row a step.

Marks say what something is, without colour: `*` a step, `!` a fault, `>` a message sent, `<` received, `x` lost; and
what changed stands under the step, in the column of the process whose part of the state it is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from . import text
from .escaping import printable
from .fitting import columns, wrapped
from .lanes import lanes
from .messages import Message, argument_words
from .trace import Trace, TraceStep

WIDTH = 150
NARROWEST = 18
_MOST_LINES = 4


def write(trace: Trace, *, width: int = WIDTH) -> str:
    """The run in at most so many columns; as `text.write` has it where that leaves no room for every process."""
    names = [lane.name for lane in lanes(trace) if lane.active]
    number = len(str(trace.states)) + 1
    room = (width - number) // (len(names) + 1) - 2
    if not names or room < NARROWEST:
        return text.write(trace)
    sides = [*names, ""]
    rule = "-" * (number + (room + 2) * len(sides))
    known = frozenset(message.text for message in trace.messages)
    lines = [*wrapped(text.title(trace), width, _MOST_LINES), "", _row("", [*names, "shared"], number, room), rule]
    for index, step in enumerate(trace.steps):
        cells = defaultdict[str, list[str]](list)
        for side, words in _said(trace, step, index, names, known):
            cells[side] += wrapped(words, room, _MOST_LINES)
        for line in range(max(map(len, cells.values()), default=1)):
            row = [cells[side][line] if line < len(cells[side]) else "" for side in sides]
            lines.append(_row(str(index + 1) if line == 0 else "", row, number, room))
    return "".join(f"{printable(line)}\n" for line in [*lines, rule])


def _row(head: str, cells: list[str], number: int, room: int) -> str:
    line = head.rjust(number)
    for cell in cells:
        line += "  " + cell + " " * (room - columns(cell))
    return line.rstrip()


def _said(
    trace: Trace, step: TraceStep, index: int, names: list[str], known: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """What a row says in which column; the empty one is what is shared. Messages that are known have marks already."""
    side = step.process if step.process in names else ""
    who = f"{step.process}: " if step.process and not side else ""
    if index == 0:
        yield "", f"* {step.call}" if step.action else f"* {step.beginning}"
        return
    yield side, f"{'!' if step.fault else '*'} {who}{step.action or 'a step'}"
    arguments = [argument_words(one) for one in step.arguments if one.text != step.process]
    if any(arguments):
        yield side, f"({', '.join(filter(None, arguments))})"
    for choice in step.choices:
        yield side, f"  choosing {choice}"
    for message in trace.messages:
        yield from _passed(message, index, side)
    for change in step.changes:
        if known.isdisjoint((change.before, change.after)):
            owner, path = _owner(change.path, names)
            yield owner, f"{path}{change.show().removeprefix(change.path)}"


def _passed(message: Message, index: int, side: str) -> Iterator[tuple[str, str]]:
    if message.sent == index:
        to = f" to {message.target}" if message.target else ""
        yield side, f"> {message.name}{to}{' (a copy)' if message.duplicated else ''}"
    if index in message.received:
        yield side, f"< {message.name}{f' from {message.source}' if message.source else ''}"
    if message.lost == index:
        yield side, f"x {message.name} to {message.target}"


def _owner(path: str, names: list[str]) -> tuple[str, str]:
    """The process whose part of the state a path leads to, and the rest of the path."""
    found = re.match(r"\w+\[([^\]]+)\]\.?(.*)", path)
    if found is None or found[1] not in names:
        return "", path
    return found[1], found[2] or path

"""A trace as a Mermaid sequence diagram, which GitHub draws in Markdown, in issues and in the summaries of jobs.

A message is an arrow where it is taken, and says in which step it was sent; a cross is a lost one, and a dashed arrow a
copy that a fault made. Notes are the steps, with what they changed; messages that come and go are left to the arrows.

Everything that could be syntax is written by its number, `#59;` for a semicolon. Mermaid draws no more than 50,000
characters: of a longer run the middle is left out, and a note says how much.
"""

from __future__ import annotations

import re
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from .difference import Change
from .escaping import printable, shortened
from .lanes import lanes
from .messages import Message
from .processes import actor, processes
from .text import conclusion, headline
from .trace import Trace, TraceStep

MAX_CHARACTERS = 50_000
_LINE, _LONGEST_TEXT, _LONGEST_NAME = 40, 400, 40
#: As many changes of a step are in its note, times the partitions that a process has.
_CHANGES = 8
_IN_FLIGHT = 10
#: Everything but letters, digits and what is plain text in every place where text stands; blanks at the ends.
_SYNTAX = re.compile(r"[^\w .,()\[\]{}=+/'|!?\u2192-]|^ | $")
_END = re.compile(r"\bend\b", re.IGNORECASE)
_INDENT = "    "
#: Room for what surrounds the steps.
_FRAME = 500


class _Block(NamedTuple):
    """The lines of a step, its number in the trace, and who is in them."""

    number: int
    lines: tuple[str, ...]
    lanes: frozenset[str] = frozenset()


def write(trace: Trace) -> str:
    """The trace as a diagram of at most MAX_CHARACTERS."""
    diagram = _Diagram(trace)
    title, shows = "<br/>".join(map(_text, _title(trace))), _text(conclusion(trace))
    head, tail = diagram.kept(MAX_CHARACTERS - len(title) - len(shows) - _FRAME)
    shown = frozenset[str]().union(*(block.lanes for block in (*head, *tail)))
    names = [name for name in diagram.lanes if name in shown] or list(diagram.lanes)[:1]
    ends = dict.fromkeys(diagram.lanes[name] for name in (names[0], names[-1]))
    everyone = f"Note over {','.join(ends)}"
    cut = diagram.count - len(head) - len(tail)
    if cut:
        head.append(_Block(len(head) + 1, (f"{everyone}: {cut:,} of {trace.states:,} states are left out here",)))
    lines = [*map(diagram.participant, names), f"{everyone}: {title}", *_steps([*head, *tail], trace)]
    if trace.loop is not None:
        lines.append(f"{everyone}: and back to state {trace.loop + 1}")
    if shows:
        lines += ["rect rgba(255, 0, 0, 0.2)", f"{everyone}: {shows}", "end"]
    return "\n".join(["sequenceDiagram", *(f"{_INDENT}{line}" for line in lines), ""])


def _title(trace: Trace) -> tuple[str, str]:
    constants = ", ".join(f"{name}={value}" for name, value in trace.constants.items())
    return f"{trace.model}{f' ({constants})' if constants else ''}", f"1 {headline(trace.steps[0], first=True)}"


def _steps(blocks: list[_Block], trace: Trace) -> Iterator[str]:
    """The lines of steps, those of a cycle in a frame."""
    is_open = False
    for block in blocks:
        if trace.loop is not None and block.number > trace.loop and not is_open:
            is_open = True
            yield "loop for ever"
        yield from block.lines
    if is_open:
        yield "end"


class _Diagram:
    """The blocks of a diagram, one a step and one for what is in flight at the end, each made when it is asked for."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.lanes = {name: f"p{number}" for number, name in enumerate(processes(trace) or ("state",), start=1)}
        self.taken: defaultdict[int, list[Message]] = defaultdict(list)
        self.moved: defaultdict[int, set[str]] = defaultdict(set)
        for message in trace.messages:
            self.moved[message.sent].add(message.text)
            for number in (*message.received, *(() if message.lost is None else (message.lost,))):
                self.taken[number].append(message)
                self.moved[number].add(message.text)
        self.count = trace.states
        self.changes = _CHANGES * max([1, *(len(lane.labels) for lane in lanes(trace, self.count - 1))])

    def participant(self, name: str) -> str:
        """The line that declares a lane."""
        return f"participant {self.lanes[name]} as {_escaped(shortened(printable(name), _LONGEST_NAME))}"

    def kept(self, room: int) -> tuple[list[_Block], list[_Block]]:
        """All steps, or those that fit a quarter of the room from the beginning, and others from the end."""
        steps, end = range(1, self.count), self._in_flight()
        room -= self._size(end, set())
        head = self._fitting(steps, room)
        if len(head) == len(steps):
            return head, [end]
        head = self._fitting(steps, room // 4)
        return head, [*self._fitting(steps[: len(head) - 1 : -1], room - room // 4)[::-1], end]

    def _fitting(self, steps: range, room: int) -> list[_Block]:
        """The first steps that there is room for, and for those who are in them."""
        kept: list[_Block] = []
        seen: set[str] = set()
        for number in steps:
            block = self._block(number)
            room -= self._size(block, seen)
            if room < 0:
                break
            kept.append(block)
            seen |= block.lanes
        return kept

    def _size(self, block: _Block, seen: set[str]) -> int:
        lines = (*block.lines, *map(self.participant, block.lanes - seen))
        return sum(len(line) + len(_INDENT) + 1 for line in lines)

    def _block(self, number: int) -> _Block:
        """A step: the messages it takes, then what is done and what that changes."""
        step, messages = self.trace.steps[number], self.taken[number]
        who = actor(step)
        arrows = [self._arrow(message, number, who) for message in messages]
        ends = {name for message in messages for name in (message.source, message.target) if name}
        note = _note(step, number, {message.text for message in messages}, self.moved[number], self.changes)
        return _Block(number, (*arrows, f"Note over {self.lanes[who]}: {note}"), frozenset({who, *ends}))

    def _arrow(self, message: Message, number: int, who: str) -> str:
        """A message that is taken by a process, or lost."""
        origin = f"sent in {message.sent + 1}" if message.sent else "there from the start"
        origin = f"copy, made in {message.sent + 1}" if message.duplicated else origin
        source = self.lanes[message.source or who]
        if message.lost == number:
            return f"{source}-x{self.lanes[message.target or who]}: {_text(f'lost: {message.text}')}<br/>{origin}"
        arrow = "-->>" if message.duplicated else "->>"
        return f"{source}{arrow}{self.lanes[who]}: {_text(message.text)}<br/>{origin}"

    def _in_flight(self) -> _Block:
        """The messages that nobody has taken at the end."""
        left = [one for one in self.trace.messages if one.in_flight and self.trace.loop is None]
        shown = [one for one in left if one.source and one.target][:_IN_FLIGHT]
        lines = [
            f"{self.lanes[one.source]}-){self.lanes[one.target]}: "
            f"{_text(one.text)}<br/>sent in {one.sent + 1}, still in flight"
            for one in shown
        ]
        if len(left) > len(shown):
            lines.append(f"Note over p1: and {len(left) - len(shown):,} more messages are in flight")
        lanes = {name for one in shown for name in (one.source, one.target)}
        return _Block(self.count, tuple(lines), frozenset(lanes | set(list(self.lanes)[:1] if left else ())))


def _note(step: TraceStep, number: int, taken: set[str], moved: set[str], most: int) -> str:
    """What was done and what it changed; arguments that are a message are named only, since its arrow says more."""
    arguments = ", ".join(one.name if one.text in taken else f"{one.name}={one.text}" for one in step.arguments)
    chosen = f", choosing {', '.join(step.choices)}" if step.choices else ""
    call = f"{step.action}({arguments})" if step.action else "a step"
    changes = [change.show("\u2192") for change in step.changes if not _is_move(change, moved)]
    if len(changes) > most:
        changes[most:] = [f"and {len(changes) - most} more changes"]
    lines = (f"{number + 1} {call}{chosen}{' (fault)' if step.fault else ''}", *changes)
    return "<br/>".join(map(_text, lines))


def _is_move(change: Change, moved: set[str]) -> bool:
    """Whether the change is that a message came or went."""
    return (change.before is None and change.after in moved) or (change.after is None and change.before in moved)


def _text(text: str) -> str:
    """Text of a note or an arrow, in lines that are not too long."""
    wrapped = textwrap.wrap(shortened(printable(text), _LONGEST_TEXT), _LINE, break_on_hyphens=False)
    return "<br/>".join(map(_escaped, wrapped))


def _escaped(text: str) -> str:
    """Text without syntax: nothing that ends a statement or a code block, begins an entity, an element or a formula."""
    numbered = _SYNTAX.sub(lambda found: f"#{ord(found[0])};", text)
    return _END.sub(lambda found: f"#{ord(found[0][0])};{found[0][1:]}", numbered)

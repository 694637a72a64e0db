"""A run as a space-time diagram in SVG: time runs downwards, processes have lanes, messages are arrows between them.

A row is a step. Beside its number stands who did what; in the lanes, what that changed: leadership, the log as cells
with their epochs, the high watermark as a bar. What was added is outlined, what was removed is crossed out. A message
that a fault loses ends in a cross, one that is still in flight in a dashed stub. A dashed level line joins processes
that a step involves without a message. `lanes.py` says what is recognised, and how.

While a process leads, its line is a band in the colour of the epoch. Where it has several partitions, each that it
leads has a band of its own beside the line, and what a step changed stands behind the label of its partition.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from ..model.lang import types
from . import marks, svg
from .fitting import cut, wrapped
from .geometry import Box, Point, curve, overlap, path
from .lanes import Process, Replica, lanes
from .marks import CELL, CELL_HEIGHT, DARK, STYLE
from .messages import argument_words
from .notes import LINE, Note, notes
from .sides import NARROWEST, Side, short
from .svg import element, text
from .text import conclusion

if TYPE_CHECKING:
    from .messages import Message
    from .trace import Trace, TraceStep

MAX_STEPS = 300
MAX_LANES = 12

_GUTTER, _MARGIN, _HEAD = 312, 16, 76
_CALL_COLUMNS = 36


def write(trace: Trace) -> str:
    """The diagram as an SVG file, light or dark as the reader's system is. Of a long run the end is shown."""
    style = f"{STYLE}@media (prefers-color-scheme: dark) {{{DARK}}}".replace("FONT", svg.FONT)
    return Diagram(trace).svg(element("style", style))


@dataclass
class _Row:
    """A step: where it is, what it says at the side, and what it says in each lane."""

    number: int
    step: TraceStep
    call: list[str]
    notes: dict[int, list[Note]]
    top: float = 0.0
    height: float = 0.0

    @property
    def y(self) -> float:
        """The height at which the step happens."""
        return self.top + 15


@dataclass(frozen=True)
class _Stroke:
    """The line of a message: its points, what its head is, and whether it only leaves (it is still in flight)."""

    message: Message
    points: list[Point]
    head: str
    stub: bool = False


class Diagram:
    """The layout of a diagram, then its parts from the back to the front."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.first = max(trace.states - MAX_STEPS, 0)
        every = lanes(trace, self.first)
        busy = [lane for lane in every if lane.active] or list(every)
        self.lanes = busy[:MAX_LANES]
        self.left_out = len(every) - len(self.lanes)
        self.index = {lane.name: number for number, lane in enumerate(self.lanes)}
        self.boxes: list[Box] = []
        self.words: list[Box] = []
        self.sides = [Side(lane) for lane in self.lanes]
        self.labels = {label for side in self.sides for label in side.labels}
        self.widths = self._widths()
        self.width = _GUTTER + sum(self.widths) + _MARGIN
        self.rows = [self._row(number) for number in range(self.first, trace.states)]
        top = float(_HEAD + self._head_lines() * LINE)
        self.top = top
        for row in self.rows:
            row.top, row.height = top, self._height(row)
            top += row.height
        self.bottom = top
        self.height = top + 58
        for index, side in enumerate(self.sides):
            x = self.x(index)
            self.boxes.append((x - 6, 0.0, x + side.words - 6, top))

    # Layout.

    def _widths(self) -> list[float]:
        """How wide the lanes are: all alike, except where partitions make some much wider than others."""
        widths = [side.width for side in self.sides] or [NARROWEST]
        return widths if self.labels else [max(widths)] * len(widths)

    def _head_lines(self) -> int:
        return len(self._subtitle())

    def _subtitle(self) -> list[str]:
        constants = ", ".join(f"{name}={_constant(value)}" for name, value in self.trace.constants.items())
        parts = [constants] if constants else []
        if self.first:
            parts.append(f"states 1 to {self.first} are not shown")
        if self.left_out:
            parts.append(f"{self.left_out} process{'es are' if self.left_out > 1 else ' is'} not shown")
        most = int((self.width - 2 * _MARGIN) / (10.5 * svg.ADVANCE))
        return [line for part in parts for line in wrapped(part, most, 3)]

    def _row(self, number: int) -> _Row:
        step = self.trace.steps[number]
        if number == 0:
            call = wrapped(step.beginning, _CALL_COLUMNS, 2)
        else:
            name = f"{step.process}: {step.action}" if step.process else step.action
            call = wrapped(name or "a step", _CALL_COLUMNS, 2)
        arguments = [argument_words(one) for one in step.arguments if one.text != step.process]
        if arguments:
            call += wrapped(", ".join(filter(None, arguments)), _CALL_COLUMNS + 4, 2)
        if step.choices:
            call += wrapped(f"choosing {', '.join(step.choices)}", _CALL_COLUMNS + 4, 1)
        found = {index: notes(lane, number, self.first) for index, lane in enumerate(self.lanes)}
        return _Row(number, step, call, {index: one for index, one in found.items() if one})

    def _height(self, row: _Row) -> float:
        lanes_ = max((sum(one.height for one in notes_) for notes_ in row.notes.values()), default=0.0)
        return max(22 + len(row.call) * LINE, 30 + lanes_, 40.0)

    def x(self, lane: int) -> float:
        """Where a lane is."""
        return _GUTTER + sum(self.widths[:lane]) + 18

    # Drawing.

    def svg(self, *first: str, **attributes: object) -> str:
        """The picture. `first` are elements to begin with, such as a style."""
        words = _headline(self.trace)
        parts = [
            *first,
            svg.title(words),
            element("desc", escape(svg.plain(_described(self.trace)))),
            element("rect", class_="paper", width=self.width, height=self.height),
            *self._head(words),
            *self._backs(),
            *self._lane_lines(),
        ]
        rows = [part for row in self.rows for part in self._front(row)]
        strokes = list(self._strokes())
        labels = [self._label(one) for one in strokes]
        parts += [*map(self._drawn, strokes), *rows, *labels, *self._verdict()]
        view = f"0 0 {self.width:.0f} {self.height:.0f}"
        return element(
            "svg", "\n", "\n".join(parts), "\n", xmlns="http://www.w3.org/2000/svg", class_="run", viewBox=view,
            width=f"{self.width:.0f}", height=f"{self.height:.0f}", role="img", **attributes,
        )  # fmt: skip

    def _head(self, words: str) -> Iterator[str]:
        yield text(cut(words, int((self.width - 32) / (14 * svg.ADVANCE))), _MARGIN, 26, "bold", font_size=14)
        for number, line in enumerate(self._subtitle()):
            yield text(line, _MARGIN, 44 + number * LINE, "small dim")
        for index, lane in enumerate(self.lanes):
            name = cut(lane.name, int((self.widths[index] - 24) / (12 * svg.ADVANCE)))
            wide = svg.width(name, 12) + 16
            yield element("rect", class_="head", x=self.x(index) - 10, y=self.top - 26, width=wide, height=20, rx=4)
            yield text(name, self.x(index) - 2, self.top - 12, "bold")

    def _backs(self) -> Iterator[str]:
        """Behind all: the rows, darker where links between processes are cut."""
        for row in self.rows:
            words = f"{row.number + 1}. {' '.join(row.call)}"
            area = {"y": row.top, "width": self.width, "height": row.height}
            if any(lane.states[row.number].unheard_by for lane in self.lanes):
                yield element("rect", class_="cut", x=_GUTTER - 6, **{**area, "width": self.width - _GUTTER})
            yield element("rect", svg.title(words), class_="row", x=0, data_state=row.number, **area)
            yield element("line", class_="rule", x1=_MARGIN, x2=self.width - _MARGIN, y1=row.top, y2=row.top)

    def _lane_lines(self) -> Iterator[str]:
        for index, lane in enumerate(self.lanes):
            x = self.x(index)
            for above, row in zip([None, *self.rows[:-1]], self.rows, strict=True):
                before = lane.states[above.number] if above else Process()
                after = lane.states[row.number]
                for state, y1, y2 in ((before, row.top, row.y), (after, row.y, row.top + row.height)):
                    class_ = "lane down" if state.down else "lane"
                    yield element("line", class_=class_, x1=x, x2=x, y1=y1, y2=y2)
                    for replica in state.replicas:
                        if replica.leads and (above is not None or y1 == row.y):
                            yield from self._band(index, replica, y1, y2, named=y1 == row.y)

    def _band(self, index: int, replica: Replica, y1: float, y2: float, *, named: bool) -> Iterator[str]:
        """Where a process leads. Of several partitions it says which, and in what epoch."""
        fill, stroke = marks.colours(replica.epoch)
        left, wide = self.sides[index].band(replica.label)
        x = self.x(index) + left
        yield element("rect", x=x, y=y1, width=wide, height=y2 - y1, fill=fill)
        yield element("path", d=f"M{x:.1f} {y1:.1f}V{y2:.1f}M{x + wide:.1f} {y1:.1f}V{y2:.1f}", stroke=stroke)
        if named and replica.label:
            words = [short(replica.label), *([] if replica.epoch is None else [f"e{replica.epoch}"])]
            for number, line in enumerate(words):
                y = y1 + 12 + number * 11
                yield text(line, x + wide / 2, y, "small ink", text_anchor="middle")
                self._taken((x, y - 9, x + wide, y + 2))

    def _front(self, row: _Row) -> Iterator[str]:
        """What stands in a row: its number and call, the event in its lane, and what it changed."""
        step = row.step
        fault = " fault" if step.fault else ""
        yield text(str(row.number + 1), _MARGIN, row.y + 4, "dim")
        names = 1 if row.number == 0 else len(wrapped(f"{step.process}: {step.action}", _CALL_COLUMNS, 2))
        for number, line in enumerate(row.call):
            class_ = f"bold{fault}" if number < names else "small dim"
            yield text(line, _MARGIN + 26, row.y + 4 + number * LINE, class_)
        if row.number:
            yield from self._event(row)
        for index, found in row.notes.items():
            yield from self._shown(index, row, found)

    def _event(self, row: _Row) -> Iterator[str]:
        step = row.step
        own = self.index.get(step.process)
        if own is None:
            yield element("line", class_="link", x1=_GUTTER - 4, x2=self.width - _MARGIN, y1=row.y, y2=row.y)
            if step.fault:
                yield marks.diamond(_GUTTER - 4, row.y)
            return
        for name in self._involved(row):
            other = self.index.get(name)
            if other is not None and other != own:
                yield element("line", class_="link", x1=self.x(other), x2=self.x(own), y1=row.y, y2=row.y)
                yield element("circle", class_="head", cx=self.x(other), cy=row.y, r=3.5)
        x = self.x(own)
        yield marks.diamond(x, row.y) if step.fault else element("circle", class_="event", cx=x, cy=row.y, r=5)
        self.boxes.append((x - 7, row.y - 7, x + 7, row.y + 7))

    def _involved(self, row: _Row) -> Iterable[str]:
        """Who has to do with a step besides the one that takes it: who sends something in it, or is named in it."""
        senders = {message.source for message in self.trace.messages if message.sent == row.number} - {""}
        told = senders or any(row.number in message.received for message in self.trace.messages)
        return sorted(senders) if told else _named(row.step)

    def _shown(self, index: int, row: _Row, found: list[Note]) -> Iterator[str]:
        side, width = self.sides[index], self.widths[index]
        y = row.y + (-4 if self._leaves_to_the_right(index, row) else 20)
        for note in found:
            x = self.x(index) + side.words + (side.indent if note.label else 0)
            top = max(y + len(note.lines) * LINE - (5 if note.label else 8), row.y + 12)
            if note.label:
                middle = y - 4 if note.lines else top + CELL_HEIGHT / 2
                yield from self._tag(index, middle, note)
            most = int((self.x(index) + width - 8 - x) / (10.5 * svg.ADVANCE))
            for line, class_ in note.lines:
                words = cut(line, most)
                yield text(words, x, y, f"small {class_}".rstrip())
                self._taken((x, y - 10, x + svg.width(words, 10.5), y + 3))
                y += LINE
            if note.log:
                yield from self._log(x, top, note, side.cells(width))
                y = top + CELL_HEIGHT + 15
            y += 5

    def _tag(self, index: int, middle: float, note: Note) -> Iterator[str]:
        side = self.sides[index]
        left, wide = self.x(index) + side.words, side.slot + 2
        yield from marks.tag(left, middle, wide, note.after, short(note.label))
        self._taken((left, middle - 8, left + wide, middle + 8))

    def _leaves_to_the_right(self, index: int, row: _Row) -> bool:
        """Whether messages leave to the right here, and none comes from there: then words stand above the arrow."""
        messages = self.trace.messages
        away = [self.index.get(one.target, -1) for one in messages if one.sent == row.number]
        back = [self.index.get(one.source, -1) for one in messages if row.number in one.received]
        own = self.lanes[index].name == row.step.process
        return own and any(other > index for other in away) and all(other < index for other in back)

    def _log(self, x: float, y: float, note: Note, cells: int) -> Iterator[str]:
        """A log: its cells, those that were dropped, the high watermark, and both ends in words."""
        log, old = note.after.log or (), note.before.log or ()
        kept = 0
        while kept < min(len(log), len(old)) and log[kept] == old[kept]:
            kept += 1
        fresh = old is note.before.log
        shown = log[:cells]
        for offset, cell in enumerate(shown):
            yield from marks.cell(x + offset * CELL, y, cell, added=fresh and offset >= kept)
        for offset in range(max(len(log), kept), min(len(old), cells)):
            yield from marks.gone(x + offset * CELL, y, old[offset])
        watermark = note.after.high_watermark
        words = f"end {len(log)}" if log else "empty"
        if watermark is not None:
            words = f"hw {watermark}, {words}"
            at = x + min(watermark, cells) * CELL
            yield element("line", class_="watermark", x1=at, x2=at, y1=y - 4, y2=y + CELL_HEIGHT + 4)
        wide = max(len(shown), min(len(old), cells)) * CELL
        if note.label:
            words = f"… {words}" if len(log) > len(shown) else words
            yield text(words, x + wide + 8, y + CELL_HEIGHT / 2 + 4, "small dim")
            self._taken((x - 2, y - 4, x + wide + 8 + svg.width(words, 10.5), y + CELL_HEIGHT + 4))
            return
        if len(log) > len(shown):
            words += f", {len(log) - len(shown)} not shown"
        yield text(words, x, y + CELL_HEIGHT + 13, "small dim")
        self._taken((x - 2, y - 4, x + max(wide, CELL, svg.width(words, 10.5)), y + CELL_HEIGHT + 16))

    def _taken(self, box: Box) -> None:
        """Notes the place of words: names of messages stand elsewhere, and lines leave a gap."""
        self.boxes.append(box)
        self.words.append(box)

    def _strokes(self) -> Iterator[_Stroke]:
        for message in self.trace.messages:
            if message.sent < self.first or message.source not in self.index:
                continue
            start = self.x(self.index[message.source]), self._at(message.sent)
            for receiver, number in self._receipts(message):
                yield self._arrow(message, start, (self.x(self.index[receiver]), self._at(number)))
            target = self.index.get(message.target)
            if target is not None and not message.received:
                yield self._unreceived(message, start, self.x(target))

    def _at(self, number: int) -> float:
        return self.rows[number - self.first].y

    def _receipts(self, message: Message) -> Iterator[tuple[str, int]]:
        """The first step in which each process has the message."""
        seen = set()
        for number in message.received:
            receiver = self.trace.steps[number].process
            if receiver in self.index and receiver not in seen:
                seen.add(receiver)
                yield receiver, number

    def _arrow(self, message: Message, start: Point, end: Point) -> _Stroke:
        (x1, y1), (x2, y2) = start, end
        if x1 == x2:
            side = x1 + 40
            points = curve((x1 + 5, y1 + 3), (side, y1 + 8), (side, y2 - 8), (x2 + 8, y2 - 3))
            return _Stroke(message, points, marks.tip(side, y2 - 12, x2 + 6, y2 - 2))
        return _Stroke(message, [start, end], marks.tip(x1, y1, x2, y2, 6))

    def _unreceived(self, message: Message, start: Point, target: float) -> _Stroke:
        """A message that a fault lost, to where it was lost; or one in flight, a little way."""
        x1, y1 = start
        side = 1 if target >= x1 else -1
        if message.lost is None:
            return _Stroke(message, [start, (x1 + side * 46, y1 + 16)], "", stub=True)
        end = (x1 + (target - x1) * 0.6 if target != x1 else x1 + 40, self._at(message.lost))
        d = f"M{end[0] - 5:.1f} {end[1] - 5:.1f}l10 10m0 -10l-10 10"
        return _Stroke(message, [start, end], element("path", class_="cross", d=d))

    def _drawn(self, stroke: _Stroke) -> str:
        message = stroke.message
        copy = " (a copy)" if message.duplicated else ""
        fate = "" if message.received else ", lost" if message.lost is not None else ", in flight"
        d = path(stroke.points, self.words)
        line = element("path", class_="arrow stub" if stroke.stub else "arrow", d=d)
        return element("g", svg.title(f"{message.text}{copy}{fate}"), line, stroke.head)

    def _label(self, stroke: _Stroke) -> str:
        """The name of a message beside its line, where nothing else stands if there is such a place."""
        message = stroke.message
        epoch = "" if message.epoch is None else f" e{message.epoch}"
        label = next((f" {short(one)}" for one in message.identities if one in self.labels), "")
        name = f"{cut(message.name, 22) or 'message'}{label}{epoch}"
        wide = svg.width(name, 10.5)
        best: tuple[float, Box] | None = None
        for x, y in [*_places(stroke, wide), *(self._beside(stroke, wide) if self.labels else ())]:
            left = min(max(x, _GUTTER - 4), self.width - wide - 4)
            box = (left, y - 9, left + wide, y + 2)
            shared = sum(overlap(box, other) for other in self.boxes)
            if best is None or shared < best[0]:
                best = shared, box
        assert best is not None
        self._taken(best[1])
        return text(name, best[1][0], best[1][3] - 2, "small")

    def _beside(self, stroke: _Stroke, wide: float) -> Iterator[Point]:
        """More places for the name of a message, where bands leave few: to the right and to the left of its line."""
        (x1, y1), (x2, y2) = stroke.points[0], stroke.points[-1]
        own = self.index[stroke.message.source]
        for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8, 0.1, 0.9):
            x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share + 4
            yield max(x + 8, self.x(own) + self.sides[own].words), y
            yield x - wide - 8, y

    def _verdict(self) -> Iterator[str]:
        words = _ending(self.trace)
        if words:
            class_ = "verdict" if self.trace.verdict == "violated" else "holds"
            yield element(
                "rect", class_=class_, x=_MARGIN, y=self.bottom + 10, width=self.width - 2 * _MARGIN, height=30, rx=5
            )
            most = int((self.width - 60) / (12 * svg.ADVANCE))
            yield text(cut(words, most), _MARGIN + 12, self.bottom + 29, "bold")


def _places(stroke: _Stroke, wide: float) -> Iterator[Point]:
    """Where the name of a message may stand, the best place first."""
    (x1, y1), (x2, y2) = stroke.points[0], stroke.points[-1]
    if stroke.stub:
        yield (x2 + 3 if x2 > x1 else x2 - wide - 3), y2 + 4
        yield (x1 + 8 if x2 > x1 else x1 - wide - 8), y2 + 12
    if len(stroke.points) > 2:
        yield max(x for x, _ in stroke.points) + 5, (y1 + y2) / 2 + 4
    for share in (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78, 0.86):
        for lift in (-4, 12):
            yield x1 + (x2 - x1) * share - wide / 2, y1 + (y2 - y1) * share + lift


def _named(step: TraceStep) -> Iterator[str]:
    """The identities among the arguments of a step, and in sets of them."""
    for argument in step.arguments:
        kind = argument.type
        if isinstance(kind, types.Domain):
            yield argument.text
        elif isinstance(kind, types.Set | types.Seq) and isinstance(kind.element, types.Domain):
            yield from map(kind.element.show, argument.value)


def _constant(value: int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _headline(trace: Trace) -> str:
    return f"{trace.model}: {_ending(trace) or 'a run'}"


def _ending(trace: Trace) -> str:
    """What a run shows, and where; empty when nothing is recorded."""
    shows = conclusion(trace)
    return f"{shows} in state {trace.states}" if shows else ""


def _described(trace: Trace) -> str:
    """The run in words, for those who do not see the picture."""
    steps = (f"{number + 1}. {step.process}: {step.call}" for number, step in enumerate(trace.steps) if number)
    return "; ".join(steps)

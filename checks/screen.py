"""Printing lines: with colours on a terminal, as plain ASCII anywhere else or when NO_COLOR is set.

A line is a list of segments of text, each with a style. On a terminal, lines that are longer than it is wide are
broken between words.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TextIO

from .cli import complain
from .outcome import Progress, size_text

Segment = tuple[str, str]
Line = list[Segment]

_INDENT = "  "
_HANG = 4


class Glyphs(NamedTuple):
    """The characters that differ between a terminal with Unicode and everything else."""

    arrow: str
    rule: str


ASCII, UNICODE = Glyphs("->", "-"), Glyphs("\u2192", "\u2500")


def duration(seconds: float) -> str:
    """A time as people read it."""
    if seconds < 60:
        return f"{seconds:.2f} s"
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}m {rest:02}s" if minutes < 60 else f"{minutes // 60}h {minutes % 60:02}m"


def wrapped(line: Line, width: int) -> Iterator[Line]:
    """A line in pieces that are not wider, as far as its words allow; all but the first are indented further."""
    text = "".join(part for part, _ in line).rstrip()
    indent = min(len(text) - len(text.lstrip()) + _HANG, width // 2)
    start, room = 0, width
    while len(text) - start > room:
        first = start + len(text[start:]) - len(text[start:].lstrip())
        end = text.rfind(" ", first + 1, start + room + 1)
        end = text.find(" ", start + room) if end < 0 else end
        if end < 0:
            break
        yield [*([(" " * indent, "")] if start else []), *_slice(line, start, end)]
        start, room = len(text) - len(text[end:].lstrip()), width - indent
    yield [*([(" " * indent, "")] if start else []), *_slice(line, start, len(text))]


def _slice(line: Line, start: int, end: int) -> Iterator[Segment]:
    """The characters of a line from one place to another."""
    at = 0
    for part, style in line:
        piece = part[max(start - at, 0) : max(end - at, 0)]
        if piece:
            yield piece, style
        at += len(part)


class Screen:
    """Prints lines to a stream. A reader that goes away (`| head`) is no error."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream if stream is not None else sys.stdout
        if isinstance(self.stream, io.TextIOWrapper):
            self.stream.reconfigure(errors="backslashreplace")
        self.is_terminal = self.stream.isatty()
        encoding = (getattr(self.stream, "encoding", None) or "ascii").lower()
        self.glyphs = UNICODE if self.is_terminal and encoding.startswith("utf") else ASCII
        self.width = shutil.get_terminal_size().columns if self.is_terminal else None
        self._console: Any = None
        self._closed = False
        if self.is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb":
            from rich.console import Console

            self._console = Console(file=self.stream, highlight=False, soft_wrap=True)

    def print(self, lines: Iterable[Line]) -> None:
        """Prints lines, styled where the stream can show it."""
        for line in lines:
            for part in [line] if self.width is None else wrapped(line, self.width):
                self._write(part)
        self._flush()

    def write(self, found: str) -> None:
        """Prints text as it is."""
        for line in found.split("\n"):
            self._write([(line, "")])
        self._flush()

    def _write(self, line: Line) -> None:
        if self._closed:
            return
        try:
            if self._console is None:
                self.stream.write("".join(part for part, _ in line).rstrip() + "\n")
            else:
                from rich.text import Text

                self._console.print(Text.assemble(*line), end="\n")
        except OSError as error:
            self._close(error)

    def _flush(self) -> None:
        try:
            if not self._closed:
                self.stream.flush()
        except OSError as error:
            self._close(error)

    def _close(self, error: OSError) -> None:
        """Nobody reads any more, or it cannot be kept: the rest, and what Python flushes at its end, goes nowhere."""
        self._closed = True
        if not isinstance(error, BrokenPipeError):
            complain(f"standard output: {error.strerror or error}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())


class ProgressLine:
    """One line on a terminal that is written over while a search runs; nothing anywhere else."""

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self.stream = stream if stream is not None else sys.stderr
        self.enabled = not quiet and self.stream.isatty() and os.environ.get("TERM") != "dumb"
        self._shown = False

    def show(self, name: str, found: Progress, total: int | None = None) -> None:
        """Shows where a search is, and how long it will take if the number of distinct states is known beforehand."""
        if not self.enabled:
            return
        parts = [f"{name}: {found.phase}"]
        if found.depth:
            share = f" ({found.distinct / total:.0%})" if total else ""
            left = (total - found.distinct) / found.rate if total and found.rate else 0.0
            parts += [
                f"depth {found.depth}",
                f"frontier {found.frontier:,} ({found.expanded / max(found.frontier, 1):.0%})",
                f"distinct {found.distinct:,}{share}",
                f"generated {found.generated:,}",
                f"{found.rate:,.0f} states/s",
                *([size_text(found.memory)] if found.memory else []),
                f"{duration(found.seconds)}{f', about {duration(left)} left' if left > 0 else ''}",
            ]
        self.write(_INDENT.join(parts))

    def write(self, line: str) -> None:
        """Shows a line as it is, as far as there is room."""
        if not self.enabled:
            return
        width = shutil.get_terminal_size().columns - 1
        self.stream.write(f"\r{line[:width]}\x1b[K")
        self.stream.flush()
        self._shown = True

    def clear(self) -> None:
        """Takes the line away."""
        if self._shown:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
            self._shown = False

"""What a space-time diagram is made of: its colours, cells of logs, marks of events, heads of arrows."""

from __future__ import annotations

from collections.abc import Iterator

from . import svg
from .fitting import cut
from .lanes import Cell, Replica
from .svg import element, text

CELL, CELL_HEIGHT = 34, 26

#: Fills and strokes of epochs, in turn: told apart by those who do not see all colours, and numbered besides.
_FILLS = ("#cfe3f5", "#fde2b8", "#cdebd8", "#f3d1e3", "#eee9a6", "#ddd6f3", "#f9d3c8", "#dbe0e4")
_STROKES = ("#2f6fab", "#b87300", "#23855a", "#b0447f", "#857b00", "#6a55b5", "#c0482c", "#5d6b75")

STYLE = """
svg.run { background: #ffffff; font-family: FONT; font-size: 12px; }
.run text { fill: #1b1f24; }
.run .small { font-size: 10.5px; }
.run .dim { fill: #57606a; }
.run .bold { font-weight: 600; }
.run .fault { fill: #b3261e; }
.run .paper { fill: #ffffff; }
.run .head { fill: #f3f5f7; stroke: #8c959f; }
.run .row { fill: transparent; }
.run .rule { stroke: #e4e8ec; }
.run .lane { stroke: #8c959f; stroke-width: 1.5; }
.run .down { stroke-dasharray: 2 5; }
.run .link { stroke: #57606a; stroke-dasharray: 4 3; }
.run .arrow { stroke: #3d444d; stroke-width: 1.4; fill: none; }
.run .tip { fill: #3d444d; }
.run .stub { stroke-dasharray: 3 3; }
.run .event { fill: #1b1f24; }
.run .mark { fill: #b3261e; stroke: #b3261e; stroke-width: 2; }
.run .cell { stroke: #8c959f; }
.run .added { stroke: #1b1f24; stroke-width: 2.2; }
.run .gone { fill: none; stroke: #8c959f; stroke-dasharray: 3 2; }
.run .cross { stroke: #b3261e; stroke-width: 1.6; }
.run .watermark { stroke: #1b1f24; stroke-width: 2.6; }
.run .ink { fill: #1b1f24; }
.run .cut { fill: #b3261e; opacity: 0.08; }
.run .verdict { fill: #fff1f0; stroke: #b3261e; }
.run .holds { fill: #eefaf1; stroke: #23855a; }
"""

DARK = """
svg.run { background: #0d1117; }
.run text { fill: #e6edf3; }
.run .dim { fill: #9198a1; }
.run .fault { fill: #ff8a80; }
.run .paper { fill: #0d1117; }
.run .head { fill: #1c2128; stroke: #6e7681; }
.run .rule { stroke: #21262d; }
.run .lane { stroke: #6e7681; }
.run .link { stroke: #9198a1; }
.run .arrow { stroke: #b1bac4; }
.run .tip { fill: #b1bac4; }
.run .event { fill: #e6edf3; }
.run .mark { fill: #ff8a80; stroke: #ff8a80; }
.run .added { stroke: #e6edf3; }
.run .cross { stroke: #ff8a80; }
.run .watermark { stroke: #e6edf3; }
.run text.ink { fill: #1b1f24; }
.run .verdict { fill: #2a1313; stroke: #ff8a80; }
.run .holds { fill: #10251a; stroke: #57ab5a; }
"""


def cell(x: float, y: float, cell: Cell, *, added: bool) -> Iterator[str]:
    """A record in a log: what it is, over its epoch; outlined if it was added."""
    fill, _ = colours(cell.epoch)
    class_ = "cell added" if added else "cell"
    inset = 1.5 if added else 0.5
    box = {"x": x + inset, "y": y + inset, "width": CELL - 2 * inset, "height": CELL_HEIGHT - 2 * inset}
    yield element("rect", svg.title(cell.text), class_=class_, fill=fill, **box)
    middle = x + CELL / 2
    yield text(cut(cell.short, 4), middle, y + 12, "small ink", text_anchor="middle")
    if cell.epoch is not None:
        yield text(f"e{cell.epoch}", middle, y + 22, "ink", text_anchor="middle", font_size=9)


def gone(x: float, y: float, cell: Cell) -> Iterator[str]:
    """Where a record was that was removed."""
    box = {"x": x + 1, "y": y + 1, "width": CELL - 2, "height": CELL_HEIGHT - 2}
    yield element("rect", svg.title(f"removed: {cell.text}"), class_="gone", **box)
    yield text(cut(cell.short, 4), x + CELL / 2, y + 12, "small dim", text_anchor="middle")
    d = f"M{x + 4:.1f} {y + 4:.1f}L{x + CELL - 4:.1f} {y + CELL_HEIGHT - 4:.1f}"
    yield element("path", class_="cross", d=d)


def tag(x: float, y: float, wide: float, replica: Replica, label: str) -> Iterator[str]:
    """The label of a partition, in the colour of the epoch while the process leads it."""
    fill, stroke = colours(replica.epoch) if replica.leads else (None, None)
    class_ = None if replica.leads else "head"
    yield element("rect", class_=class_, fill=fill, stroke=stroke, x=x, y=y - 8, width=wide, height=16, rx=3)
    yield text(label, x + wide / 2, y + 4, "small ink" if replica.leads else "small", text_anchor="middle")


def diamond(x: float, y: float) -> str:
    """The mark of a fault."""
    return element("path", class_="mark", d=f"M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z")


def tip(x1: float, y1: float, x2: float, y2: float, short: float = 0.0) -> str:
    """The head of an arrow, ending so far before its end."""
    length = max(((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5, 1e-6)
    dx, dy = (x2 - x1) / length, (y2 - y1) / length
    x, y = x2 - dx * short, y2 - dy * short
    left = x - dx * 9 - dy * 4, y - dy * 9 + dx * 4
    right = x - dx * 9 + dy * 4, y - dy * 9 - dx * 4
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in ((x, y), left, right))
    return element("polygon", class_="tip", points=points)


def colours(epoch: int | None) -> tuple[str, str]:
    """The fill and the stroke of an epoch."""
    number = 7 if epoch is None else epoch % 7
    return _FILLS[number], _STROKES[number]

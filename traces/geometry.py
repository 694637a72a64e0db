"""Lines and boxes of a drawing: where they overlap, and lines with gaps where words stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

Point = tuple[float, float]
#: Left, top, right, bottom.
Box = tuple[float, float, float, float]


def overlap(one: Box, other: Box) -> float:
    """The area that two boxes share."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return wide * high if wide > 0 and high > 0 else 0.0


def curve(start: Point, one: Point, two: Point, end: Point, pieces: int = 12) -> list[Point]:
    """Points along a cubic Bézier curve."""
    points: list[Point] = []
    for number in range(pieces + 1):
        t = number / pieces
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
        weighted = list(zip(weights, (start, one, two, end), strict=True))
        points.append((sum(weight * x for weight, (x, _) in weighted), sum(weight * y for weight, (_, y) in weighted)))
    return points


def path(points: Sequence[Point], boxes: Iterable[Box]) -> str:
    """The path of a line through points, as SVG has it, with gaps where it would run through boxes."""
    boxes = list(boxes)
    written: list[str] = []
    at: Point | None = None
    for (x1, y1), (x2, y2) in pairwise(points):
        for first, last in _outside((x1, y1), (x2, y2), boxes):
            start = x1 + (x2 - x1) * first, y1 + (y2 - y1) * first
            if at is None or abs(at[0] - start[0]) + abs(at[1] - start[1]) > 0.01:
                written.append(f"M{start[0]:.1f} {start[1]:.1f}")
            at = x1 + (x2 - x1) * last, y1 + (y2 - y1) * last
            written.append(f"L{at[0]:.1f} {at[1]:.1f}")
    return "".join(written)


def _outside(start: Point, end: Point, boxes: list[Box]) -> list[tuple[float, float]]:
    """The parts of a segment that are in no box, as shares of its length."""
    inside = sorted(found for box in boxes if (found := _inside(start, end, box)) is not None)
    parts: list[tuple[float, float]] = []
    at = 0.0
    for first, last in inside:
        if first > at:
            parts.append((at, first))
        at = max(at, last)
    return [*parts, (at, 1.0)] if at < 1 else parts


def _inside(start: Point, end: Point, box: Box) -> tuple[float, float] | None:
    """The part of a segment that is in a box, by the method of Liang and Barsky."""
    first, last = 0.0, 1.0
    for axis in (0, 1):
        length = end[axis] - start[axis]
        low, high = box[axis] - start[axis], box[axis + 2] - start[axis]
        if length == 0:
            if low > 0 or high < 0:
                return None
            continue
        near, far = sorted((low / length, high / length))
        first, last = max(first, near), min(last, far)
    return (first, last) if first < last else None

"""How many columns text takes in a font of one width, and text that is cut or wrapped to fit."""

from __future__ import annotations

import unicodedata


def columns(content: str) -> int:
    """How many character widths a text takes: two for each wide character."""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in content
    )


def cut(content: str, most: int) -> str:
    """A text in at most so many character widths, with an ellipsis for what is left out."""
    if columns(content) <= most:
        return content
    kept = ""
    for one in content:
        if columns(kept + one) >= most:
            break
        kept += one
    return f"{kept}…"


def wrapped(content: str, most: int, lines: int) -> list[str]:
    """A text in at most so many lines, broken after spaces and commas where that is possible."""
    found: list[str] = []
    rest = content.strip()
    while rest and len(found) < lines - 1 and columns(rest) > most:
        head = cut(rest, most + 1).removesuffix("…")
        at = max(head.rfind(" "), head.rfind(",")) + 1
        head = head[:at] if at > len(head) // 2 else head
        found.append(head.rstrip())
        rest = rest[len(head) :].lstrip()
    return [*found, cut(rest, most)] if rest else found

"""Elements of SVG as text, escaped, and how much room text takes.

Text is set in a monospaced font, so that its width is known without the font.
"""

from __future__ import annotations

import re
import unicodedata
from xml.sax.saxutils import escape, quoteattr

FONT = "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"
#: The width of a character, as a share of the font's size.
ADVANCE = 0.605

#: What XML has no place for.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain(text: str) -> str:
    """Text without characters that XML does not allow; each becomes a replacement character."""
    return _FORBIDDEN.sub("\ufffd", text)


def element(name: str, *children: str, **attributes: object) -> str:
    """An element; children are elements already. Underscores in names stand for hyphens: `class_`, `text_anchor`."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_number(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{''.join(children)}</{name}>" if children else f"<{name}{written}/>"


def text(content: str, x: float, y: float, class_: str = "", **attributes: object) -> str:
    """A line of text."""
    return element("text", escape(plain(content)), x=x, y=y, class_=class_ or None, **attributes)


def title(content: str) -> str:
    """What a pointer that rests on the parent shows, and a screen reader says."""
    return element("title", escape(plain(content)))


def _number(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return plain(str(value))


def columns(content: str) -> int:
    """How many character widths a text takes: two for each wide character."""
    return sum(
        0 if unicodedata.combining(one) else 2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in content
    )


def width(content: str, size: float) -> float:
    """The width of a text in a font of a size, in pixels."""
    return columns(content) * ADVANCE * size


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

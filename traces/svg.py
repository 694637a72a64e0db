"""Elements of SVG as text, escaped, and how much room text takes.

Text is set in a monospaced font, so that its width is known without the font.
"""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from .fitting import columns

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


def width(content: str, size: float) -> float:
    """The width of a text in a font of a size, in pixels."""
    return columns(content) * ADVANCE * size

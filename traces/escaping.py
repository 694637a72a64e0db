"""Names and values as text that stays where it is put: on one line, without anything invisible.

A trace can hold any text: names come from specifications, and from files that other people wrote.
"""

from __future__ import annotations

_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def printable(text: str) -> str:
    """The text with control characters, line separators, marks of direction and lone surrogates written as escapes."""
    if text.isprintable():
        return text
    return "".join(one if one.isprintable() else _ESCAPES.get(one) or _numbered(ord(one)) for one in text)


def _numbered(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def shortened(text: str, length: int) -> str:
    """The beginning of a long text, with dots where it was cut."""
    return text if len(text) <= length else f"{text[: length - 3]}..."

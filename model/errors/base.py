"""What errors have in common: exit codes, places in a source, the text, and how names are suggested."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

_MOST_NAMES = 12

EXIT_AS_EXPECTED = 0
EXIT_NOT_AS_EXPECTED = 1
EXIT_INCONCLUSIVE = 2
EXIT_SPECIFICATION = 3
EXIT_USAGE = 4
#: For a mistake in Fencepost itself.
EXIT_INTERNAL = 70


@dataclass(frozen=True)
class Location:
    """A place in a source file: line and columns count from 1, `text` is the whole source line."""

    file: str
    line: int
    column: int = 1
    end_column: int = 1
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    def excerpt(self) -> str:
        """The source line with a caret under the offending part; empty when the source is unknown."""
        if not self.text:
            return ""
        stripped = self.text.lstrip()
        indent = len(self.text) - len(stripped)
        start = max(self.column - 1 - indent, 0)
        length = max(min(self.end_column - self.column, len(stripped) - start), 1)
        return f"    {stripped}\n    {' ' * start}{'^' * length}"


class FencepostError(Exception):
    """The root of all errors a user can cause. `hint` is what to do next."""

    code: ClassVar[str] = "F000"
    exit_code: ClassVar[int] = EXIT_USAGE
    advice: ClassVar[str] = ""
    """The hint of errors that come without one."""

    def __init__(self, what: str, *, at: Location | None = None, hint: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.at = at
        self.hint = hint or self.advice
        self.context: list[str] = []

    def __str__(self) -> str:
        lines = [f"{self.at}: error {self.code}: {self.what}" if self.at else f"error {self.code}: {self.what}"]
        if self.at and self.at.excerpt():
            lines.append(self.at.excerpt())
        lines += [f"  {note}" for note in self.context]
        if self.hint:
            lines.append(f"  {self.hint}")
        return "\n".join(lines)


class SpecificationError(FencepostError):
    """Something in a specification is wrong: its declarations, its code, or what it does when it runs."""

    code = "S000"
    exit_code = EXIT_SPECIFICATION


def closest(name: str, known: list[str]) -> str:
    """The name most like a misspelt one; empty when none is."""
    import difflib

    return next(iter(difflib.get_close_matches(name, known, n=1)), "")


def nearest(name: str, known: list[str]) -> str:
    """`did you mean X?` for a misspelt name, or the list of what there is."""
    close = closest(name, known)
    if close:
        return f"did you mean {close}?"
    names = sorted(set(known))
    if len(names) > _MOST_NAMES:
        names[_MOST_NAMES:] = [f"and {len(names) - _MOST_NAMES} more"]
    return "there is: " + ", ".join(names) if names else "there is none"


def with_article(noun: str) -> str:
    """A noun with "a" or "an"."""
    return f"{'an' if noun[0] in 'aeiouAEIOU' else 'a'} {noun}"

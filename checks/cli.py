"""The `fencepost` command: what surrounds every command. Commands themselves are in `commands.py`.

Nobody sees a stack trace here: a mistake is reported in a few lines on stderr with what to do about it, and with the
exit codes of `report.py`. Ctrl-C (and SIGTERM, which is how CI takes time away) stops a search and keeps its result.
Imports are late, so that an interruption finds this module in charge as early as possible.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Any

#: With this in the environment, errors in Fencepost itself are raised.
DEBUG = "FENCEPOST_DEBUG"


class Interrupts:
    """What Ctrl-C does: it interrupts, except where a result is being completed; there the second one does."""

    def __init__(self) -> None:
        self.requested = False
        self._deferring = False
        self._saved: dict[int, Any] = {}

    def __enter__(self) -> Interrupts:
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(ValueError):  # outside the main thread signals are somebody else's business
                self._saved[number] = signal.signal(number, self._handle)
        return self

    def __exit__(self, *unused: object) -> None:
        for number, handler in self._saved.items():
            signal.signal(number, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if number != signal.SIGINT:
            signal.raise_signal(signal.SIGINT)
            return
        first, self.requested = not self.requested, True
        if not (self._deferring and first):
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def deferred(self) -> Iterator[None]:
        """While results are completed, the first Ctrl-C is only noted, in `requested`."""
        self._deferring = True
        try:
            yield
        finally:
            self._deferring = False

    @contextlib.contextmanager
    def handed_over(self) -> Iterator[None]:
        """While an engine runs, Ctrl-C is its business: it knows when it can stop and keep what it has found."""
        if signal.SIGINT in self._saved:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            yield
        finally:
            if signal.SIGINT in self._saved:
                signal.signal(signal.SIGINT, self._handle)


#: The interrupts of the process; commands defer them.
interrupts = Interrupts()


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit code."""
    try:
        with interrupts:
            interrupts.requested = False
            code = _run(sys.argv[1:] if arguments is None else list(arguments))
    except KeyboardInterrupt:
        code = _interrupted()
    if arguments is None:
        # The process ends; an interruption from here on has nothing left to interrupt.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if interrupts.requested:
            _leave(code)
    return code


def _leave(code: int) -> None:
    """Ends the process at once, whatever threads are still at work.

    CPython would end it with the signal instead of the exit code if the interruption came inside `exec` of a text, as
    it runs when modules are imported.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _run(arguments: list[str]) -> int:
    from ..model import errors

    try:
        from .commands import run

        return run(arguments)
    except KeyboardInterrupt:
        return _interrupted()
    except errors.FencepostError as error:
        complain(str(error))
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return errors.EXIT_AS_EXPECTED
    except MemoryError:
        complain("no memory left")
        return errors.EXIT_INCONCLUSIVE
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        complain(internal(error))
        return errors.EXIT_INTERNAL


def internal(error: Exception) -> str:
    """What is said about an error in Fencepost itself."""
    import traceback

    what = f"internal error: {type(error).__name__}: {error}".rstrip(": ")
    *_, last = traceback.extract_tb(error.__traceback__)
    place = f"{os.path.basename(last.filename)}:{last.lineno}"
    return f"{what}\n  {place}. This is a mistake in Fencepost; {DEBUG}=1 shows where. Please report it."


def _interrupted() -> int:
    from ..model import errors

    interrupts.requested = True
    complain("interrupted")
    return errors.EXIT_INCONCLUSIVE


def complain(text: str) -> None:
    """Prints to stderr, whatever its encoding."""
    with contextlib.suppress(OSError):
        encoding = sys.stderr.encoding or "ascii"
        print(text.encode(encoding, "backslashreplace").decode(encoding), file=sys.stderr, flush=True)

"""The clock and the keyboard of a search: when to report progress, and whether the user wants it to end."""

from __future__ import annotations

import signal
import threading
import time
from collections import deque
from types import FrameType, TracebackType
from typing import Any

from ..outcome import Progress, ProgressCallback

REPORT_SECONDS = 0.2
WINDOW_SECONDS = 4.0


class Interruption:
    """While it is entered, the first Ctrl-C only sets `requested`; a second one interrupts as usual.

    Native code must not be left in the middle of a round. Signals reach the main thread only; in any other thread this
    does nothing.
    """

    def __init__(self) -> None:
        self.requested = False
        self._before: Any = None

    def __enter__(self) -> Interruption:
        if threading.current_thread() is threading.main_thread():
            self._before = signal.getsignal(signal.SIGINT)
            if self._before is signal.default_int_handler:
                signal.signal(signal.SIGINT, self._request)
            else:
                self._before = None
        return self

    def _request(self, number: int, frame: FrameType | None) -> None:
        self.requested = True
        self._restore()

    def _restore(self) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
            self._before = None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._restore()


class Pace:
    """How long a search has been running, and how fast it went in the last few seconds."""

    def __init__(self, callback: ProgressCallback | None) -> None:
        self._callback = callback
        self._started = self._reported = time.perf_counter()
        self._window: deque[tuple[float, int]] = deque([(self._started, 0)])

    def elapsed(self, now: float) -> float:
        return now - self._started

    def due(self, now: float) -> bool:
        """Whether it is time for a report."""
        return self._callback is not None and now - self._reported >= REPORT_SECONDS

    def rate(self, now: float, distinct: int) -> float:
        """New states a second over the window that ends now."""
        self._window.append((now, distinct))
        while len(self._window) > 2 and now - self._window[1][0] >= WINDOW_SECONDS:
            self._window.popleft()
        then, before = self._window[0]
        return (distinct - before) / max(now - then, 1e-6)

    def report(self, progress: Progress) -> bool:
        """Reports; whether to go on. A callback ends the search by raising KeyboardInterrupt."""
        assert self._callback is not None
        self._reported = time.perf_counter()
        try:
            self._callback(progress)
        except KeyboardInterrupt:
            return False
        return True

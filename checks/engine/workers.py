"""Threads that run native code at the same time: a call through ctypes lets go of the interpreter."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from queue import SimpleQueue
from types import TracebackType

Task = Callable[[], object]


class Workers:
    """A fixed number of workers, the calling thread being the first. Use it in a `with` statement.

    Where the system does not give as many threads, `count` is smaller from then on.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._inboxes: list[SimpleQueue[Task | None]] = [SimpleQueue() for _ in range(count - 1)]
        self._done: SimpleQueue[BaseException | None] = SimpleQueue()
        self._threads = [threading.Thread(target=self._serve, args=(inbox,), daemon=True) for inbox in self._inboxes]

    def __enter__(self) -> Workers:
        for number, thread in enumerate(self._threads):
            try:
                thread.start()
            except RuntimeError:
                self.count = number + 1
                del self._inboxes[number:], self._threads[number:]
                break
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for inbox in self._inboxes:
            inbox.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self, inbox: SimpleQueue[Task | None]) -> None:
        while (task := inbox.get()) is not None:
            try:
                task()
                self._done.put(None)
            except BaseException as error:  # noqa: BLE001  # raised again where the tasks were given
                self._done.put(error)

    def run(self, tasks: Sequence[Task]) -> None:
        """Runs the tasks at the same time, at most one a worker, and returns when all have ended."""
        for inbox, task in zip(self._inboxes, tasks[1:], strict=False):
            inbox.put(task)
        errors: list[BaseException | None] = []
        try:
            if tasks:
                tasks[0]()
        finally:
            errors = [self._done.get() for _ in tasks[1:]]
        for error in errors:
            if error is not None:
                raise error

"""One search for all tests of a configuration, in whichever process of pytest-xdist they run."""

from __future__ import annotations

import fcntl
import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path

from ...model import errors
from ..outcome import Outcome


def shared(folder: Path | None, key: str, search: Callable[[], Outcome]) -> Outcome:
    """What the search finds. The first process that asks for a key runs it, and others wait and read what it found.

    The folder belongs to this test session and is private to its user; without one, every process searches. Raises
    the errors.FencepostError in which the search ended.
    """
    if folder is None or not folder.is_dir():
        return search()
    file = folder / hashlib.sha256(key.encode()).hexdigest()
    found: Outcome | errors.FencepostError
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # released when the file is closed, or its process dies
        if file.exists():
            found = pickle.loads(file.read_bytes())
        else:
            try:
                found = search()
            except errors.FencepostError as error:
                found = error
            file.write_bytes(pickle.dumps(found))
    if isinstance(found, errors.FencepostError):
        raise found
    return found

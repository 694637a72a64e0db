"""Compiled objects on disk, so that a model is compiled once.

An entry is a file named by the hash of everything that determines it; inside stands a checksum of the rest, so a
damaged entry is found out and compiled again. Writing is atomic, and several processes may use a folder at once. A
folder that cannot be read or written only means that nothing is kept.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
import time
from pathlib import Path

_MAGIC = b"fencepost object 1\n"
_LIMIT = 256


def cache_folder() -> Path:
    """Where compiled objects are kept: $FENCEPOST_CACHE, or the platform's folder for such things."""
    given = os.environ.get("FENCEPOST_CACHE")
    if given:
        return Path(given)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "fencepost"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "fencepost"


def entry_path(key: str) -> Path:
    """The file of a key."""
    return cache_folder() / "objects" / f"{key}.o"


def read(key: str) -> bytes | None:
    """The object that was stored under a key; None when there is none, or it is damaged."""
    try:
        path = entry_path(key)
        content = path.read_bytes()
    except (OSError, RuntimeError):
        return None
    head = len(_MAGIC) + 32
    body = content[head:]
    if content[:head] != _MAGIC + hashlib.sha256(body).digest():
        return None
    with contextlib.suppress(OSError):
        os.utime(path)
    return body


def write(key: str, content: bytes) -> str:
    """Stores an object under a key; empty, or a note that says why it could not be stored."""
    temporary = path = None
    try:
        path = entry_path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(_MAGIC + hashlib.sha256(content).digest() + content)
        os.replace(temporary, path)
        temporary = None
        _forget_oldest(path.parent)
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or error
        where = f" in {path.parent}" if path is not None else ""
        return f"Compiled models are not kept{where}: {reason}. FENCEPOST_CACHE names another folder."
    finally:
        if temporary is not None:
            _unlink(Path(temporary))
    return ""


def _forget_oldest(folder: Path) -> None:
    """Keeps the entries that were used last, and no temporary files of processes that ended too early."""
    entries = sorted(folder.glob("*.o"), key=_used, reverse=True)
    abandoned = [path for path in folder.glob(".*.tmp") if _used(path) < time.time() - 3600]
    for path in [*entries[_LIMIT:], *abandoned]:
        _unlink(path)


def _used(path: Path) -> float:
    """When an entry was last used."""
    try:
        return path.stat().st_mtime
    except OSError:
        return time.time()


def _unlink(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()


def _source_hash() -> str:
    folder = Path(__file__).parent
    model = folder.parent.parent / "model" / "lang"
    sources = [
        *folder.glob("*.py"),
        *(folder.parent / "engine").glob("*.py"),
        *(folder.parent / "walks").glob("*.py"),
        *(model / f"{name}.py" for name in ("scalars", "types")),
        *(model / "ir").glob("*.py"),
    ]
    digest = hashlib.sha256()
    for path in sorted(sources):
        try:
            text = path.read_bytes()
        except OSError:
            continue
        digest.update(f"{path.parent.name}/{path.name} {len(text)}\n".encode() + text)
    return digest.hexdigest()


#: A hash of the source text that makes kernels and engines, as it was when this module was imported: a change of it
#: makes every entry stale.
SOURCE_HASH = _source_hash()

"""Memory for states, keys and parents: zeroed, on large pages where there are any, and within the machine's limits."""

from __future__ import annotations

import mmap
import os
import platform
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.int64]

LARGE_PAGE = 1 << 21
PHYSICAL_SHARE = 0.85
"""How much of the machine's memory a search may use at most, together with everything else on the machine."""


def allocate(count: int, kind: Any = np.int64) -> npt.NDArray[Any]:
    """A zeroed array that starts at a page. Raises MemoryError."""
    return _map(count, kind, 0)


def reserve(least: int, most: int) -> Words:
    """An array of as many words as possible, from `least` to `most`, that takes memory only where it is touched.

    Raises MemoryError. Where systems or users forbid to reserve more than is used, it is shorter, and leaves most of
    the addresses to others: what is reserved counts there as if it were used.
    """
    flag = 0
    if sys.platform == "linux" and platform.machine() in ("x86_64", "aarch64"):
        flag = getattr(mmap, "MAP_NORESERVE", 0x4000)
    count = max(least, most)
    while count > least:
        try:
            found = _map(count, np.int64, flag)
        except MemoryError:
            count = max(count // 4, least)
            continue
        if count >= most:
            return found
        del found
        count = max(count // 4, least)
        break
    return _map(count, np.int64, flag)


def _map(count: int, kind: Any, flag: int) -> npt.NDArray[Any]:
    size = max(count * np.dtype(kind).itemsize, 1)
    large = size >= LARGE_PAGE
    try:
        # Private: what is shared between processes would not get large pages.
        flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | flag
        region = mmap.mmap(-1, size + LARGE_PAGE if large else size, flags=flags)
    except (OSError, OverflowError) as error:
        raise MemoryError(f"no memory for {size} bytes") from error
    if not large:
        return np.frombuffer(region, dtype=kind, count=count)
    bytes_ = np.frombuffer(region, dtype=np.uint8)
    start = -address(bytes_) % LARGE_PAGE
    if hasattr(mmap, "MADV_HUGEPAGE"):
        region.madvise(mmap.MADV_HUGEPAGE)
    return bytes_[start : start + size].view(kind)


def address(array: npt.NDArray[Any]) -> int:
    """Where an array begins in memory."""
    return int(array.__array_interface__["data"][0])


def default_limit() -> int | None:
    """Bytes a search may use when nothing else is said: most of what is free; None where that is not known."""
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return None
    used = total - _available(total)
    for limit, usage in _control_groups():
        if limit < total:
            total, used = limit, usage
    return max(int(total * PHYSICAL_SHARE) - used, 64 << 20)


def _available(total: int) -> int:
    """Memory that could be had without swapping; all of it where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return total
    fields = dict(line.split(":", 1) for line in lines if ":" in line)
    return int(fields["MemAvailable"].split()[0]) * 1024 if "MemAvailable" in fields else total


def _control_groups() -> list[tuple[int, int]]:
    """Limit and usage of the control group of this process, as containers have it."""
    found = []
    for limit, usage in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        try:
            found.append((int(Path(limit).read_text()), int(Path(usage).read_text())))
        except (OSError, ValueError):
            continue
    return found

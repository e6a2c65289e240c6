"""How much memory there is, how much has been held, and what says that it did not suffice."""

from __future__ import annotations

import sys
from pathlib import Path

# Of a container: limit, what is in use, and the name in memory.stat of what can be given back.
_GROUPS = (
    ("memory.max", "memory.current", "inactive_file"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "total_inactive_file"),
)


class OutOfMemory(RuntimeError):
    """A batch did not fit into memory; fewer rows may."""


def ran_out(error: BaseException) -> bool:
    """Tell whether an error says that the memory did not suffice, on whatever device."""
    words = ("out of memory", "can't allocate memory")
    return isinstance(error, MemoryError | RuntimeError) and (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or any(word in str(error) for word in words)
    )


def room(root: Path = Path("/")) -> int | None:
    """Return how many bytes can still be taken; None where the system does not say.

    In a container it is what its limit leaves, which the system's own figure does not know of.
    """
    found = [_meminfo(root / "proc/meminfo")]
    found += [_group(root / "sys/fs/cgroup", *names) for names in _GROUPS]
    known = [free for free in found if free is not None]
    return min(known) if known else None


def peak() -> int | None:
    """Return the most memory this process has held, in bytes; None where nobody counts."""
    try:
        import resource
    except ImportError:  # Windows
        return None
    if not hasattr(resource, "getrusage"):  # in a browser an empty module of that name stands there
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _meminfo(path: Path) -> int | None:
    for line in _text(path).splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return None


def _group(folder: Path, limit: str, used: str, inactive: str) -> int | None:
    most, now = _text(folder / limit).strip(), _text(folder / used).strip()
    if not most.isdigit() or not now.isdigit():  # no such group, or "max": none is set
        return None
    lines = _text((folder / used).with_name("memory.stat")).splitlines()
    stat = dict(line.split(maxsplit=1) for line in lines)
    return max(0, int(most) - int(now) + int(stat.get(inactive, 0)))


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # not this system's way of saying it
        return ""

"""What is in a store, as a frame and in words."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from jupyter_distill.targets._kept import ABOUT, files, read, read_about
from jupyter_distill.targets._piece import Unreadable

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = [
    *("folder", "teacher", "fingerprint", "task", "kind", "classes"),
    *("rows", "of", "files", "unreadable", "bytes", "changed"),
]


def stock(path: Path) -> pd.DataFrame:
    """Return what lies in a store, one line per folder, the latest last."""
    import pandas as pd

    lines = [_line(about.parent) for about in path.glob(f"*/{ABOUT}")]
    return pd.DataFrame(lines, columns=_COLUMNS).sort_values("changed", ignore_index=True)


def in_words(path: Path, stock: pd.DataFrame) -> str:
    """Return the same as text."""
    sets, size = _several(len(stock), "set"), _size(stock["bytes"].sum())
    lines = [f"<Store {str(path)!r}: {sets} of rows, {size}>"]
    for one in stock.to_dict("records"):
        unreadable = f", {one['unreadable']} of them unreadable" if one["unreadable"] else ""
        lines.append(
            f"{one['teacher']} ({one['fingerprint'][:8]}): {one['rows']:,} of {one['of']:,} rows, "
            f"{_several(one['files'], 'file')}{unreadable}, {_size(one['bytes'])}, "
            f"{one['changed']:%Y-%m-%d %H:%M}"
        )
    return "\n".join(lines)


def _line(folder: Path) -> dict[str, Any]:
    known = read_about(folder) or {"of": {}, "rows": 0}
    rows, good, bad = [np.arange(0)], 0, 0
    for path in files(folder):
        try:
            rows += [places for places, _, _ in read(path)]
            good += 1
        except (Unreadable, OSError):
            bad += 1
    there = [one.stat() for one in folder.iterdir()]
    unfinished = list(folder.glob(".rows-*"))
    return {
        "folder": folder.name,
        "teacher": known.get("teacher", "unknown"),
        "fingerprint": known["of"].get("teacher", "unknown"),
        **{name: known.get(name) for name in ("task", "kind", "classes")},
        "rows": len(np.unique(np.concatenate(rows))),
        "of": known["rows"],
        "files": good + bad + len(unfinished),
        "unreadable": bad + len(unfinished),
        "bytes": sum(one.st_size for one in there),
        "changed": datetime.fromtimestamp(max(one.st_mtime for one in there)).astimezone(),
    }


def _several(n: int, what: str) -> str:
    return f"{n} {what}{'s' * (n != 1)}"


def _size(n: float) -> str:
    power = min(3, max(0, len(str(int(n))) - 1) // 3)
    return f"{n / 1000**power:.4g} {('bytes', 'kB', 'MB', 'GB')[power]}"

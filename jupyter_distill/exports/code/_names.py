"""Names of columns as names that a programming language takes."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Iterable

TAKEN = frozenset({*keyword.kwlist, *keyword.softkwlist, *dir(builtins), "row", "math"})


def identifiers(names: dict[int, str], taken: Iterable[str] = ()) -> dict[int, str]:
    """Return a short name for each column that is plain ASCII and no other's.

    Parameters
    ----------
    names : dict of int to str
        The columns' own names.
    taken : iterable of str
        Names that are used for something else.
    """
    used = {*TAKEN, *taken}
    found = {}
    for j, name in names.items():
        base = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").lower()[:40]
        base = base if base and not base[0].isdigit() else f"x{j}"
        short, number = base, 2
        while short in used or short.startswith("_"):
            short, number = f"{base}_{number}", number + 1
        used.add(short)
        found[j] = short
    return found


def one_line(text: str) -> str:
    """Return a text as a comment can hold it: nothing in it ends the line."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)

"""A place below a cell where something shows for a while, and nothing stays."""

from __future__ import annotations

import uuid
from typing import Any

from IPython import get_ipython
from IPython.display import display

# What is left of it: text that no front end gives any room.
NOTHING = {"text/plain": ""}
# Places that are empty again, of the cell that ran last: the next thing it shows takes one of them.
_empty: dict[Any, list[str]] = {}


class Slot:
    """Shows something below the running cell until it is emptied.

    Parameters
    ----------
    shown : object
        What IPython can display.
    """

    def __init__(self, shown: Any) -> None:
        self._cell = _cell()
        free = _empty.get(self._cell, [])
        again = bool(free)
        self._id = free.pop() if again else uuid.uuid4().hex
        display(shown, display_id=self._id, update=again)

    def empty(self) -> None:
        """Leave nothing, neither on the screen nor in the file."""
        if self._cell is None:  # no notebook: what was printed is printed
            return
        display(NOTHING, raw=True, display_id=self._id, update=True)
        if self._cell != _cell():
            return  # another cell runs: below it this place is not
        if self._cell not in _empty:
            _empty.clear()
            _empty[self._cell] = []
        _empty[self._cell].append(self._id)


def _cell() -> Any:
    """Return what tells the running cell, and where its output goes, from others; None: no cell."""
    shell: Any = get_ipython()
    if shell is None:
        return None
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    # a kernel that does not say which message it answers counts its cells all the same
    message = parent.get("header", {}).get("msg_id", shell.execution_count)
    return message, id(shell.display_pub)

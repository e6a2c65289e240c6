"""Bars of progress: they leave nothing behind, and do without threads where none can start."""

from __future__ import annotations

from typing import Any

from tqdm.auto import tqdm

from jupyter_distill._late import late
from jupyter_distill._threads import can_start

__all__ = ["Bar"]

if not can_start():
    # Its thread only redraws bars that stand still; to be told that there is none helps nobody.
    tqdm.monitor_interval = 0


class Bar(tqdm):  # type: ignore[misc]  # tqdm says no types
    """A bar that shows after half a second, and is gone when it ends, early or by an error too.

    In a notebook tqdm would leave a red one that ended early, and in the file, whatever became of
    the bar, the text of the moment at which it was shown.

    Parameters
    ----------
    *of, **options
        As tqdm takes them. Close it, or use it in a ``with``.
    """

    container: Any
    displayed: bool
    _slot: Any = None

    def __init__(self, *of: Any, **options: Any) -> None:
        super().__init__(*of, **options, delay=0.5, leave=False)

    def display(self, *said: Any, **how: Any) -> Any:
        """Draw the bar; in a notebook in a place that can be emptied again."""
        if not hasattr(self, "container"):
            return super().display(*said, **how)
        due = how.pop("check_delay", True) and not self.displayed
        super().display(*said, **how, check_delay=False)
        if due:
            self.displayed = True
            self._slot = late("jupyter_distill.widgets._slot:Slot")(self.container)
        return None

    def close(self) -> None:
        """Take the bar away."""
        super().close()
        if self._slot is not None:
            slot, self._slot = self._slot, None
            self.container.close()
            slot.empty()

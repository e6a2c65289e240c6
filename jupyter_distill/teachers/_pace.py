"""How many rows to ask about at once: as many as pay, take about a second, and fit."""

from __future__ import annotations

import sys

from jupyter_distill.teachers import _memory

START = 16  # rows; with fewer, networks add up in another order than with many
SECONDS = 1.0  # per batch: little to lose, and long against all that is done beside asking
GROWTH = 4
# Below, a batch may always grow: so the clock has no say in how a quick teacher is asked, whose
# answers to the last bit may depend on it.
BRIEF = 0.1
RISE = 1.05  # by how much more rows per second pay for a larger batch
SHARE = 0.5  # of the memory there is, that a batch may be expected to take


class Pace:
    """The size of the next batch, by what the last ones took.

    Parameters
    ----------
    size : int, optional
        Rows per batch as somebody has said: it holds, as long as it fits. Unless given, batches
        start small and grow until one takes about a second or more rows are no faster.
    fits : int
        Rows that fit into memory, as far as is known.

    Attributes
    ----------
    size : int
        Rows of the next batch.
    """

    def __init__(self, size: int | None = None, fits: int = sys.maxsize) -> None:
        self._fits = fits
        self.size = min(START if size is None else size, fits)
        self._grows = size is None
        self._best = (0.0, self.size)  # rows per second, and in batches of how many
        self._before = _memory.peak() if self._grows else None

    def took(self, rows: int, seconds: float) -> None:
        """Learn from a batch that was answered."""
        if not self._grows or rows < self.size:  # what was left over says little
            return
        rate = rows / max(seconds, 1e-9)
        if seconds > GROWTH * SECONDS:
            self.size, self._best = max(1, int(rate * SECONDS)), (0.0, 1)
            return
        before, self._best = self._best, max(self._best, (rate, rows))
        if seconds > SECONDS / 2:
            return
        if seconds > BRIEF and rate < RISE * before[0]:
            self._grows = False
            self.size = rows if before[0] < RISE * rate else before[1]
            return
        factor = min(GROWTH, SECONDS / max(seconds, 1e-9))
        if self._has_room(factor):
            self.size = min(int(rows * factor), self._fits)
        else:
            self._grows = False

    def halve(self, rows: int) -> int:
        """Learn that so many rows do not fit into memory; return how many are tried then."""
        self._fits = max(1, rows // 2)
        self.size, self._grows = min(self.size, self._fits), False
        return self._fits

    def _has_room(self, factor: float) -> bool:
        """Whether a batch so many times as large can be expected to fit.

        What the batches so far have added to the most that was ever held is taken for what one of
        them needs; where they added nothing, as much has been held before.
        """
        now, free = _memory.peak(), _memory.room()
        if now is None or self._before is None or free is None:
            return True
        return (now - self._before) * factor <= SHARE * free

"""How many rows to ask about at once: as many as pay, take about a second, and fit."""

from __future__ import annotations

import sys

from jupyter_distill.teachers import _memory

START = 16  # rows; with fewer, networks add up in another order than with many
SECONDS = 1.0  # per batch: little to lose, and long against all that is done beside asking
GROWTH = 4
# Below, a batch may always grow, as what is done beside asking counts: so the clock has no say in
# how a quick teacher is asked, whose answers to the last bit may depend on it.
BRIEF = 0.02
RISE = 1.05  # by how much more rows per second pay for a larger batch
EVEN = 1.1  # by how much fewer a smaller one may have and be taken: two tries vary so much
LONG = 0.005  # seconds of a batch beside which what else is done for it hardly counts
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
        self._said = size is not None
        self._seen: dict[int, tuple[int, float]] = {}  # by size: how often, and seconds in all
        self._before = None if self._said else _memory.peak()

    def took(self, rows: int, seconds: float) -> None:
        """Learn from a batch that was answered."""
        if self._said or rows < self.size:  # what was left over says little
            return
        if seconds > GROWTH * SECONDS:
            self._seen.clear()
            self.size = max(1, int(rows * SECONDS / seconds))
            return
        times, taken = self._seen.get(rows, (0, 0.0))
        self._seen[rows] = times + 1, taken + max(seconds, 1e-9)
        factor = min(GROWTH, SECONDS / max(seconds, 1e-9))
        if rows == max(self._seen):
            if factor >= 2 and self._pays(rows, seconds) and self._has_room(factor):
                self.size = min(int(rows * factor), self._fits)
                return
            if times == 0:  # once may be chance
                return
        once = [size for size, (times, _) in self._seen.items() if times == 1]
        if once and GROWTH * max(once) >= max(self._seen):  # the one that the largest is held to
            self.size = max(once)
            return
        rates = self._rates()
        best = max(rates.values())
        even = [size for size, rate in rates.items() if EVEN * rate >= best]
        # beyond the short ones a larger batch saves nothing, and may fall out of a cache
        self.size = min((size for size in even if size >= LONG * rates[size]), default=max(even))

    def halve(self, rows: int) -> int:
        """Learn that so many rows do not fit into memory; return how many are tried then."""
        self._fits = max(1, rows // 2)
        self._seen = {size: seen for size, seen in self._seen.items() if size <= self._fits}
        self.size = min(self.size, self._fits)
        return self._fits

    def _rates(self) -> dict[int, float]:
        """Return rows per second by size."""
        return {size: size * times / taken for size, (times, taken) in self._seen.items()}

    def _pays(self, rows: int, seconds: float) -> bool:
        """Whether a larger batch may be faster still than the largest that was tried."""
        if seconds <= BRIEF:
            return True
        rates = self._rates()
        before = max((rate for size, rate in rates.items() if size < rows), default=0.0)
        return self._seen[rows][0] > 1 and rates[rows] > RISE * before

    def _has_room(self, factor: float) -> bool:
        """Whether a batch so many times as large can be expected to fit.

        What the batches so far have added to the most that was ever held is taken for what one of
        them needs; where they added nothing, as much has been held before.
        """
        now, free = _memory.peak(), _memory.room()
        if now is None or self._before is None or free is None:
            return True
        return (now - self._before) * factor <= SHARE * free

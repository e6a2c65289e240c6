"""Progress of long work, and an interrupt that keeps what is done."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from typing import TypeVar

from tqdm.auto import tqdm

Item = TypeVar("Item")


class InterruptedWarning(UserWarning):
    """Work was stopped by the person; the result holds what was done until then."""


class Progress:
    """Shows the stages of a run, and collects what was cut short by an interrupt.

    Parameters
    ----------
    show : bool
        Whether to draw bars. Stages shorter than half a second draw none.
    """

    def __init__(self, show: bool) -> None:
        self.show = show
        self.notes: list[str] = []

    def bar(self, stage: str, total: int, unit: str) -> tqdm[None]:
        """Return a bar to be updated by hand."""
        return tqdm(
            desc=stage, total=total, unit=f" {unit}", disable=not self.show, delay=0.5, leave=False
        )

    def each(self, items: Iterable[Item], stage: str, unit: str) -> Iterator[Item]:
        """Go over items with a bar; the bar ends however the loop ends."""
        listed = list(items)
        with self.bar(stage, len(listed), unit) as bar:
            for item in listed:
                yield item
                bar.update()

    def interrupted(self, kept: str) -> None:
        """Say, at once and in the result, what an interrupt left."""
        note = f"Interrupted: {kept}"
        self.notes.append(note)
        warnings.warn(note, InterruptedWarning, stacklevel=4)

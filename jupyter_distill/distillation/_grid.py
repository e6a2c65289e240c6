"""Students of every size at every temperature, made beforehand for where nothing can be fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from jupyter_distill._validation import Refusal, check_number, expected, some
from jupyter_distill.distillation._calibrate import GRID
from jupyter_distill.distillation._plan import no_temperature
from jupyter_distill.distillation._quick import FAST, brief
from jupyter_distill.distillation._rungs import Rung, climb
from jupyter_distill.distillation._sweep import reached
from jupyter_distill.distillation._work import Work
from jupyter_distill.students import Student

if TYPE_CHECKING:
    from jupyter_distill.distillation._distillation import Distillation

Key = tuple[float | None, int]
NEAR = 0.005  # T that differ by less, in logs, are one


@dataclass(frozen=True, eq=False, repr=False)
class Grid:
    """A student for every temperature and size, each measured on held-out rows.

    Attributes
    ----------
    family : str
        Whose students they are.
    temperatures : tuple of float or None
        T, ascending; None alone of a regression.
    sizes : tuple of int
        Sizes, ascending.
    rungs : mapping of (T, size) to Rung
        The students; a size at which the data allow no larger one has the student of a smaller.
    searched : frozenset of (T, size)
        Those that were distilled in earnest; the others are quick fits.
    notes : tuple of str
        What was left out, and why.
    """

    family: str
    temperatures: tuple[float | None, ...]
    sizes: tuple[int, ...]
    rungs: Mapping[Key, Rung]
    searched: frozenset[Key]
    notes: tuple[str, ...] = ()

    def at(self, temperature: float | None, size: int) -> Rung | None:
        """Return the rung of a temperature and a size; None where there is none."""
        for T in self.temperatures:
            if temperature is None or T is None:
                same = temperature == T
            else:
                same = abs(np.log(temperature / T)) < NEAR
            if same:
                return self.rungs.get((T, size))
        return None

    def frame(self) -> pd.DataFrame:
        """Return one row per student: temperature, size, what it reached, fidelity, how fitted."""
        return pd.DataFrame(
            [
                {
                    "temperature": np.nan if T is None else T,
                    "size": size,
                    "reached": reached(rung.student),
                    **rung.measures(),
                    "searched": (T, size) in self.searched,
                }
                for (T, size), rung in sorted(
                    self.rungs.items(), key=lambda one: (one[0][0] or 0.0, one[0][1])
                )
            ]
        )

    def describe(self) -> str:
        """Return how many students there are, and what was left out."""
        head = (
            f"{len(self.rungs)} students ({self.family}): {len(self.temperatures)} temperatures "
            f"x {len(self.sizes)} sizes, {len(self.searched)} distilled in earnest, the others "
            "fitted quickly"
        )
        return "\n".join([head, *(f"- {note}" for note in self.notes)])

    def __repr__(self) -> str:
        return self.describe()


def grid(
    d: Distillation, temperatures: Sequence[float] | None = None, *, progress: bool = True
) -> Grid:
    """Fit the chosen family at every temperature and size, briefly; see `Distillation.grid`."""
    course, family = d.course, d.family
    own = {(rung.temperature, rung.size): rung for rung in d.ladder.of(family)}
    if d.is_quick:
        own.pop((d.temperature, d.size))
    # those beyond which the data allow no larger student have no rung
    sizes = tuple(rung.size for rung in d.ladder.of(family))
    notes: list[str] = []
    wanted = _wanted(d, temperatures, notes)
    work = Work(progress)
    rungs: dict[Key, Rung] = {}
    done: list[dict[int, Student]] = []
    try:
        calls = [(course, T, sizes) for T in wanted]
        with closing(work.each(brief, calls, "students of every temperature", "fits")) as found:
            done.extend(found)
    except KeyboardInterrupt:
        work.interrupted(f"the grid holds {len(done)} of {len(wanted)} temperatures.")
    for T, students in zip(wanted, done, strict=False):
        measured = climb(family, students, dict.fromkeys(sizes, T), 0, *d.held_out, d.random_state)
        rungs |= {(T, rung.size): rung for rung in measured}
    # those of the ladder stand before those that are fitted briefly
    own = {(_same(T, [*wanted]), size): rung for (T, size), rung in own.items()}
    rungs |= own
    searched = set(own)
    found_at = sorted({T for T, _ in rungs}, key=lambda T: T or 0.0)
    for at in found_at:
        last: int | None = None
        for size in sizes:
            if (at, size) not in rungs and last is not None:
                rungs[at, size] = rungs[at, last]
                if (at, last) in searched:
                    searched.add((at, size))
            if (at, size) in rungs:
                last = size
    made = Grid(family, tuple(found_at), sizes, rungs, frozenset(searched), (*notes, *work.notes))
    d.__dict__["_grid"] = made  # a view that is opened later takes it
    return made


def _wanted(
    d: Distillation, temperatures: Sequence[float] | None, notes: list[str]
) -> tuple[float, ...]:
    """Return the temperatures at which students are fitted, ascending."""
    if d.temperature is None:
        if temperatures is not None:
            raise Refusal(no_temperature(temperatures))
        return ()
    if temperatures is not None:
        asked = [float(check_number("temperatures", T, above=0)) for T in temperatures]
        if not asked:
            raise ValueError(expected("at least one temperature", got="none"))
        return tuple(sorted(set(asked)))
    if d.family not in FAST:
        notes.append(
            f"Of this family the ladder alone is here: at another temperature it takes long to "
            f"fit, where {some(FAST)} do not. Ask for some: d.grid(temperatures=(1, 2))."
        )
        return ()
    return d.calibration.temperatures if d.calibration is not None else GRID


def _same(T: float | None, among: Sequence[float]) -> float | None:
    """Return the one of some temperatures that is as good as T; else T itself."""
    near = [other for other in among if T is not None and abs(np.log(other / T)) < NEAR]
    return near[0] if near else T


def known_grid(d: Distillation) -> Grid | None:
    """Return the grid that was made of a distillation; None if none was asked for."""
    made: Any = d.__dict__.get("_grid")
    return made if isinstance(made, Grid) else None

"""The student and the same student fitted to the truth, each refitted, on rows that are moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._softmax import softmax
from jupyter_distill.audits._moves import Grid, Places, moved_values
from jupyter_distill.audits._refits import Refit, _refit, refits
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation, Resamples, Work, at_temperature
from jupyter_distill.explanation import Explanation

Floats = NDArray[np.float64]

ROOM = 40_000  # moved rows times classes, to bound the memory that all refits take
LEAST = 20  # rows that are moved however many columns there are


@dataclass(frozen=True, eq=False)
class Said:
    """What students of one kind say of the rows and of the moved rows.

    Attributes
    ----------
    own : ndarray of shape (m, n, K)
        By student and row: probabilities, or numbers (K is 1).
    lines : mapping of int to ndarray of shape (m, v, n, K)
        By column: through its values.
    """

    own: Floats
    lines: Mapping[int, Floats]

    @classmethod
    def of(cls, outputs: Sequence[Floats], n: int, grids: Mapping[int, Grid]) -> Said:
        """Take outputs of `shown` apart."""
        out = np.array(outputs)
        p = out[..., None] if out.ndim == 2 else softmax(out.reshape(-1, out.shape[-1]))
        p = p.reshape(len(out), out.shape[1], -1)
        lines, at = {}, n
        for feature, grid in grids.items():
            end = at + n * len(grid)
            lines[feature] = p[:, at:end].reshape(len(p), len(grid), n, -1)
            at = end
        return cls(p[:, :n], lines)

    def effects(self, grids: Mapping[int, Grid]) -> Floats:
        """Return how far each column moves the answers of each student, shape (m, columns).

        The mean move when the value is replaced by that of another row; of several classes half
        of the sum over them.
        """
        found = []
        for feature, grid in grids.items():
            apart = np.abs(self.lines[feature] - self.own[:, None]).sum(3)
            found.append(np.einsum("v,mvn->m", grid.weights, apart) / apart.shape[2])
        return np.array(found).T / (1 if self.own.shape[2] == 1 else 2)

    def means(self, feature: int) -> Floats:
        """Return partial dependence about its mean, shape (m, v, K)."""
        line = self.lines[feature].mean(2)
        return np.asarray(line - line.mean(1, keepdims=True))


def shown(table: Table, rows: Places, grids: Mapping[int, Grid]) -> Table:
    """Return rows, and behind them the same moved through every column."""
    tables = [table.take(rows), *(moved_values(table, rows, grid) for grid in grids.values())]
    values = np.concatenate([one.values for one in tables])
    return Table(table.columns, values, tables[0].native).bare()


def room(n: int, grids: Mapping[int, Grid], classes: int) -> int:
    """Return how many rows may be moved."""
    each = (1 + sum(len(grid) for grid in grids.values())) * classes
    return max(min(n, ROOM // each), LEAST)


def both(
    d: Distillation, rows: Table, resamples: int, seed: int | None, work: Work
) -> tuple[list[Refit], list[Refit]]:
    """Refit the student, and the same student to the truth, both to the same resamples.

    What other rows would have changed in both alike is so no difference between them.

    Raises
    ------
    KeyboardInterrupt
        If the person stops it before two of each are done.
    """
    seeds = np.random.SeedSequence(seed).spawn(resamples)
    drawn = Resamples(d)
    ours = refits(d, rows, seeds, work, drawn)
    return ours, _to_truth(d, rows, [drawn.times(one) for one in seeds[: len(ours)]], work)


def _to_truth(
    d: Distillation, rows: Table, resamples: Sequence[NDArray[np.intp]], work: Work
) -> list[Refit]:
    learnt = d.targets.take(d.rows.learnt)
    base = np.ones(learnt.n_rows) if learnt.weights is None else learnt.weights
    prepared = d.template.prepare(d.table.take(d.rows.learnt).bare(), learnt.weights)
    twin = at_temperature(d.template, None if d.temperature is None else 1.0)
    twin.set_params(alpha=1.0)

    def calls() -> Iterator[tuple[object, ...]]:
        for times in resamples:
            again = replace(learnt, weights=base * times)
            yield twin, prepared, again, (d.size,), d.size, rows

    done: list[Refit] = []
    try:
        with closing(work.each(_refit, list(calls()), "refitting to the truth", "refits")) as found:
            done.extend(found)
    except KeyboardInterrupt:
        if len(done) < 2:
            raise
        work.interrupted(f"{len(done)} of {len(resamples)} refits to the truth were done.")
    return done


def explanations(found: Sequence[Refit]) -> list[Explanation]:
    """Return what refits say."""
    return [one.explanation for one in found]

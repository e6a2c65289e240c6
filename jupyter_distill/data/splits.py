"""Which rows the student learns from, which choose its settings, and which nobody trains on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from jupyter_distill._validation import expected

# Of every five rows three are learnt from, one chooses temperature and size, one only measures.
DEAL = (0, 0, 0, 1, 2)
SMALLEST = 10  # below this a part would hold a single row


@dataclass(frozen=True, eq=False)
class Rows:
    """Positions of rows in the owner's data, in three parts that do not overlap.

    Attributes
    ----------
    train : ndarray of int
        Rows that the student is grown on while its settings are chosen.
    validation : ndarray of int
        Rows that choose temperature and size; the final student learns from them too.
    held_out : ndarray of int
        Rows that no student was trained on or chosen by: every fidelity is measured there.
    unseen : bool
        Whether the teacher did not see the held-out rows either, as their owner says.
    """

    train: NDArray[np.intp]
    validation: NDArray[np.intp]
    held_out: NDArray[np.intp]
    unseen: bool = False

    @property
    def learnt(self) -> NDArray[np.intp]:
        """Rows of the final fit: train and validation."""
        return np.sort(np.concatenate([self.train, self.validation]))


def split_rows(strata: NDArray[np.intp], random_state: int | None) -> Rows:
    """Split rows 60 : 20 : 20 at random, with each stratum in proportion.

    Parameters
    ----------
    strata : ndarray of int, shape (n,)
        A code per row: the class that the teacher names, or the bin of its number.
    random_state : int or None
        Seed.

    Raises
    ------
    ValueError
        If there are fewer than 10 rows.
    """
    n = len(strata)
    check_rows(n)
    rng = np.random.default_rng(random_state)
    # Dealing fives along an order by stratum keeps each stratum in proportion, however rare.
    order = np.lexsort((rng.random(n), strata))
    fives = rng.permuted(np.tile(DEAL, (-(-n // len(DEAL)), 1)), axis=1).ravel()
    part = np.empty(n, dtype=np.intp)
    part[order] = fives[:n]
    train, validation, held_out = (np.flatnonzero(part == k) for k in range(3))
    return Rows(train, validation, held_out)


def check_rows(n: int) -> None:
    """Refuse rows that are too few to split."""
    if n < SMALLEST:
        raise ValueError(
            expected(
                f"at least {SMALLEST} rows to split into train, validation and held-out",
                got=f"{n}",
                remedy="Give more rows.",
            )
        )

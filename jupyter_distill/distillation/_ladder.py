"""The ladder: every family and size that was piloted, measured on held-out rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill._late import late
from jupyter_distill._validation import Refusal, check_choice, expected, some
from jupyter_distill.distillation._rungs import Rung
from jupyter_distill.students import check_size


@dataclass(frozen=True, eq=False)
class Ladder:
    """Rungs from the smallest to the largest student of each family, one of them chosen.

    Iterate over it, index it by position, or turn it into a data frame with :meth:`frame`.

    Attributes
    ----------
    rungs : tuple of Rung
        One per family and size, but none for a size at which the data allow no larger student.
    family : str
        Family of the chosen rung.
    chosen : int
        Its size.
    piloted : mapping of str to tuple of int
        Sizes that were piloted, by family.
    usual : mapping of str to int
        The size that was chosen in each family.
    knees : mapping of str to int or None
        The smallest size that is about as faithful as the best, on validation rows, by family.
    """

    rungs: tuple[Rung, ...]
    family: str
    chosen: int
    piloted: Mapping[str, tuple[int, ...]]
    usual: Mapping[str, int]
    knees: Mapping[str, int | None]
    adopt: Callable[[Rung], Any] | None = field(default=None, repr=False)

    def __iter__(self) -> Iterator[Rung]:
        return iter(self.rungs)

    def __len__(self) -> int:
        return len(self.rungs)

    def __getitem__(self, position: int) -> Rung:
        return self.rungs[position]

    @property
    def sizes(self) -> tuple[int, ...]:
        """All sizes of the chosen family that were piloted."""
        return self.piloted[self.family]

    @property
    def families(self) -> tuple[str, ...]:
        """The families that were piloted."""
        return tuple(self.piloted)

    def of(self, family: str) -> tuple[Rung, ...]:
        """Return the rungs of one family."""
        return tuple(rung for rung in self.rungs if rung.family == family)

    def rung(self, size: int | None = None, family: str | None = None) -> Rung:
        """Return the rung of a size, or name the sizes that there are.

        Parameters
        ----------
        size : int, optional
            Its size; the one that was chosen in the family unless given.
        family : str, optional
            Its family; that of the chosen rung unless given.
        """
        family = self.family if family is None else family
        if isinstance(family, str) and family not in self.piloted:
            named = [*self.families, family]
            remedy = f"Pilot it too: distil with student={named!r}."
            what = f"family to be one of {some(self.families)}, which were piloted"
            raise Refusal(expected(what, got=repr(family), remedy=remedy))
        check_choice("family", family, self.families)
        if size is None:
            size = self.chosen if family == self.family else self.usual[family]
        rungs = self.of(family)
        for rung in rungs:
            if rung.size == size:
                return rung
        sizes = some([rung.size for rung in rungs], 20)
        remedy = f"Distil again with size={check_size(rungs[0].student, size)}."
        if size in self.piloted[family] and min(r.size for r in rungs) < size:
            same = max(rung.size for rung in rungs if rung.size < size)
            remedy = f"Take size={same}: its student is the one of {size} too."
        raise Refusal(expected(f"size to be one of {sizes}", got=repr(size), remedy=remedy))

    def select(self, size: int | None = None, family: str | None = None) -> Any:
        """Return the distillation with another rung adopted; nothing is fitted again.

        Parameters
        ----------
        size : int, optional
            Its size; the one that was chosen in the family unless given.
        family : str, optional
            Its family; that of the chosen rung unless given.

        Returns
        -------
        Distillation
            A new one; that of this ladder stays as it is.

        Raises
        ------
        ValueError
            If there is no such rung; the message says what there is and how to have it.
        """
        rung = self.rung(size, family)
        assert self.adopt is not None  # a distillation binds its ladder
        return self.adopt(rung)

    def knee(self, family: str) -> int | None:
        """Return the size of the rung at a family's knee; None if sizes were not compared.

        That is a smaller one where the student of the knee is the same, so that both share a rung.
        """
        found = self.knees[family]
        if found not in self.piloted[family]:  # not compared, or an interrupt left it unfitted
            return None
        return max((rung.size for rung in self.of(family) if rung.size <= found), default=None)

    def frame(self) -> pd.DataFrame:
        """Return one row per rung: what there is to read, and how faithful it is."""
        knees = {family: self.knee(family) for family in self.families}
        frame = pd.DataFrame(
            [
                {
                    "family": r.family,
                    "size": r.size,
                    "temperature": np.nan if r.temperature is None else r.temperature,
                    "statements": r.student.complexity_.statements,
                    **r.student.complexity_.to_dict(),
                    **r.measures(),
                    "knee": r.size == knees[r.family],
                    "chosen": (r.family, r.size) == (self.family, self.chosen),
                }
                for r in self
            ]
        )
        if len(self.families) > 1:  # what one family has and another has not
            counts = [c for c in frame if frame[c].isna().any() and c in _COUNTS]
            frame[counts] = frame[counts].astype("Int64")
        return frame.drop(columns=[c for c in ("temperature",) if frame[c].isna().all()])

    def chart(self) -> Any:
        """Return an Altair chart of fidelity by size, with intervals, chosen size and knee marked.

        Of several families it is by what there is to read, one line each. It shows itself in
        JupyterLab and Notebook 7 without a network. Needs the extra ``charts``.
        """
        return late("jupyter_distill.exports.vega:ladder_chart")(self)

    def __repr__(self) -> str:
        return self.frame().to_string(index=False, float_format=lambda v: f"{v:.4f}")

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.ladder:alone")(self)
        return html


_COUNTS = ("leaves", "depth", "rules", "conditions", "coefficients", "terms", "units", "weights")

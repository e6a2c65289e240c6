"""A region of disagreement, and all of them, as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._late import late
from jupyter_distill._paired import LEVEL
from jupyter_distill._shares import percent
from jupyter_distill._validation import check_number, did_you_mean, expected, some
from jupyter_distill.audits._intervals import Interval
from jupyter_distill.audits._text import left
from jupyter_distill.explanation.limits import Limit
from jupyter_distill.findings import Findings

Positions = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Region:
    """Rows that a rule holds for, among which teacher and student part more often.

    Attributes
    ----------
    number : int
        Its place, from 0.
    rule : str
        In the owner's words.
    limits : tuple of Limit
        The same as data.
    positions : ndarray of int
        All rows of the table in it, also those it was found on.
    of_rows : int
        How many rows the table has.
    rows : int
        Measured rows in it.
    share : float
        Of all measured rows.
    rate : Interval
        Share of these rows for which the two name different classes, with Wilson's 95 % interval;
        of a regression root mean squared difference (normal interval, NaN below 5 rows).
    elsewhere : float
        The same in all other rows.
    lift : float
        `rate` against that of all rows.
    p : float
        How likely chance alone makes the rate so much higher than elsewhere, adjusted for the
        number of regions.
    known : int
        Rows in it where the two part and the truth is known; of a regression, all with a truth.
    teacher_right, student_right, neither : Interval
        Share of these for which each is right (Wilson); of a regression, is nearer to the truth.
    pair : tuple (teacher, student, rows) or None
        The two answers most often met where they part; None in a regression.
    """

    number: int
    rule: str
    limits: tuple[Limit, ...]
    positions: Positions
    of_rows: int
    rows: int
    share: float
    rate: Interval
    elsewhere: float
    lift: float
    p: float
    known: int
    teacher_right: Interval
    student_right: Interval
    neither: Interval
    pair: tuple[str, str, int] | None

    @property
    def clear(self) -> bool:
        """Whether the rate is higher than elsewhere beyond chance."""
        return self.p < LEVEL


@dataclass(frozen=True, eq=False)
class Regions:
    """Regions of disagreement, the one first that is surely worst.

    Attributes
    ----------
    teacher, student : str
        What is compared.
    regression : bool
        Whether they give numbers.
    regions : tuple of Region
        Found on some rows, measured on others, so that no rate flatters the finding.
    rate : float
        Share of all measured rows where the two part; of a regression, RMSE.
    rows, found_on : int
        Measured rows, and those that the tree was grown on.
    which : str
        What the measured rows are called.
    findings : Findings
        ``disagreement-region``, where there is one.
    notes : tuple of str
        What else is to be known.
    """

    teacher: str
    student: str
    regression: bool
    regions: tuple[Region, ...]
    rate: float
    rows: int
    found_on: int
    which: str
    findings: Findings
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.regions)

    def __iter__(self) -> Iterator[Region]:
        return iter(self.regions)

    def __getitem__(self, number: int) -> Region:
        number = int(check_number("region", number, low=0, integer=True))
        if number >= len(self):
            raise IndexError(
                expected(
                    f"a region from 0 to {len(self) - 1}" if len(self) else "a region",
                    got=f"{number}" if len(self) else "none: disagreement is spread evenly",
                )
            )
        return self.regions[number]

    def called(self, rule: str) -> Region:
        """Return the region of a rule.

        Raises
        ------
        KeyError
            If no region has it; the message lists them.
        """
        rules = [one.rule for one in self]
        if rule not in rules:
            raise KeyError(
                expected(
                    f"the rule of a region: {some(rules, 10) or 'there is none'}", got=repr(rule)
                )
                + did_you_mean(rule, rules)
            )
        return self.regions[rules.index(rule)]

    @property
    def value(self) -> float:
        """Rate of the first region; that of all rows where there is none."""
        return self.regions[0].rate.value if self.regions else self.rate

    @property
    def clear(self) -> tuple[Region, ...]:
        """The regions whose rate is higher than elsewhere beyond chance."""
        return tuple(one for one in self if one.clear)

    def frame(self) -> pd.DataFrame:
        """Return one row per region; columns are the fields of :class:`Region`."""
        rows = []
        for one in self:
            row: dict[str, Any] = {"region": one.number, "rule": one.rule}
            row |= {"rows": one.rows, "share": one.share}
            row |= _ends("rate", one.rate)
            row |= {"elsewhere": one.elsewhere, "lift": one.lift, "p": one.p, "known": one.known}
            for name in ("teacher_right", "student_right", "neither"):
                row |= _ends(name, getattr(one, name))
            if not self.regression:
                said = one.pair or ("", "", 0)
                row |= {"teacher_says": said[0], "student_says": said[1], "pair_rows": said[2]}
            rows.append(row)
        return pd.DataFrame(rows)

    def describe(self) -> str:
        """Name the regions that are clear, or say that disagreement is spread evenly."""
        parted = f"part in {percent(self.rate)} of"
        if self.regression:
            parted = f"are apart by {self.rate:.4g} (RMSE) on"
        head = (
            f"{self.student} and {self.teacher} {parted} {self.rows:,} {self.which}; "
            f"regions were sought on {self.found_on:,} other rows"
        )
        if not self.clear:
            said = "No region stands out beyond chance: disagreement is spread evenly."
            return "\n".join([head, said, *self.notes])
        lines = pd.DataFrame(
            [
                [
                    f"{one.number}: {one.rule}",
                    f"{one.rows:,}",
                    one.rate.text(),
                    f"{one.elsewhere:.3f}",
                    right_text(one, self.regression),
                ]
                for one in self.clear
            ],
            columns=[
                "region",
                "rows",
                "RMSE [95 %]" if self.regression else "rate [95 %]",
                "elsewhere",
                "nearer to the truth" if self.regression else "who is right where they part",
            ],
        )
        return "\n".join([head, left(lines), *self.notes])

    def __repr__(self) -> str:
        return self.describe()

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.audit:alone")(self)
        return html


def right_text(one: Region, numbers: bool) -> str:
    if not one.known:
        return "truth not known"
    said = f"teacher {percent(one.teacher_right.value)}, student {percent(one.student_right.value)}"
    if not numbers and one.neither.value > 0:
        said += f", neither {percent(one.neither.value)}"
    return f"{said} of {one.known:,}"


def _ends(name: str, interval: Interval) -> dict[str, float]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), interval, strict=True))

"""Where do teacher and student part? A small tree over the rows where they do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._paired import LEVEL, chance
from jupyter_distill._validation import check_choice, check_number, did_you_mean, expected, some
from jupyter_distill._wilson import wilson
from jupyter_distill.audits._beside import of_a_sample
from jupyter_distill.audits._intervals import Interval
from jupyter_distill.audits._measured import UNKNOWN
from jupyter_distill.audits._parting import Parting
from jupyter_distill.audits._segment_counts import adjusted
from jupyter_distill.audits._text import left
from jupyter_distill.data import Table
from jupyter_distill.distillation import Distillation
from jupyter_distill.explanation.limits import Limit
from jupyter_distill.findings import Finding, Findings
from jupyter_distill.students.tree import TreeRegressionStudent
from jupyter_distill.targets import Predictions

Positions = NDArray[np.intp]
Floats = NDArray[np.float64]

LEAVES = 2  # of the tree for each region: the other ones are where the models agree
SIZES = (2, 3, 4, 6, 8)
LEAST, SHARE = 10, 0.02  # rows of a region, and of all rows, at least
MATTERS, TIMES = 0.05, 1.5  # points, and times the others' rate, from which on it is a finding


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
        of a regression root mean squared difference (normal interval).
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
        parted = f"part in {self.rate:.1%} of"
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
                    _right(one, self.regression),
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


def regions(d: Distillation, max_regions: int = 6, rows: str = "held_out") -> Regions:
    """Seek regions where teacher and student part, on rows other than they are measured on."""
    most = int(check_number("max_regions", max_regions, low=1, integer=True))
    check_choice("rows", rows, ("held_out", "all"))
    found_on, measured, which = d.rows.learnt, d.rows.held_out, "held-out rows"
    if rows == "all":  # one half to seek on, the other one to measure
        order = np.random.default_rng(d.random_state).permutation(d.table.n_rows)
        found_on, measured = (np.sort(part) for part in np.array_split(order, 2))
        which = "rows, half of all"
    parting = Parting.of(d)
    leaves = _leaves(d, parting.sought[found_on], found_on, most)
    made = []
    for rule, limits, positions in leaves:
        inside = np.isin(measured, positions)
        if inside.any() and not inside.all():
            made.append((rule, limits, positions, inside))
    p = adjusted(np.array([parting.chance(measured, one[-1]) for one in made]))
    whole = parting.rate(measured)
    found = []
    for (rule, limits, positions, inside), likely in zip(made, p, strict=True):
        own = measured[inside]
        rate = parting.rate(own)
        who = parting.right(own)
        found.append(
            Region(
                number=0,
                rule=rule,
                limits=limits,
                positions=positions,
                of_rows=d.table.n_rows,
                rows=len(own),
                share=len(own) / len(measured),
                rate=rate,
                elsewhere=parting.rate(measured[~inside]).value,
                lift=rate.value / whole.value if whole.value else float("nan"),
                p=float(likely),
                known=who[0],
                teacher_right=_of(who[1], who[0]),
                student_right=_of(who[2], who[0]),
                neither=_of(who[0] - who[1] - who[2], who[0]),
                pair=parting.pair(own),
            )
        )
    found.sort(key=lambda one: (not one.clear, -one.rate.low))
    numbered = tuple(_numbered(one, k) for k, one in enumerate(found))
    return Regions(
        teacher=d.teacher.name,
        student=d.title,
        regression=parting.numbers,
        regions=numbered,
        rate=whole.value,
        rows=len(measured),
        found_on=len(found_on),
        which=which,
        findings=Findings.ordered(_found(numbered, parting.numbers, which)),
        notes=of_a_sample(d),
    )


def _leaves(
    d: Distillation, apart: Floats, found_on: Positions, most: int
) -> list[tuple[str, tuple[Limit, ...], Positions]]:
    """Return rule, limits and rows of the leaves in which most of the disagreement is."""
    table = d.table.take(found_on)
    seed = d.random_state or 0
    size = _size(table, apart, LEAVES * most, seed)
    if size < 2:
        return []
    tree = _tree(size, len(found_on), seed).fit_soft(table, Predictions(apart))
    said = tree.explain()
    leaf = tree.nodes_.apply(d.table.values)
    # by how much more than its share of the disagreement each has
    excess = said.support * (said.teacher[:, 0] - apart.mean())
    leaves = [k for k in np.argsort(-excess, kind="stable") if said.left[k] < 0 and excess[k] > 0]
    return [
        (
            said.rule(int(k), in_full=True),
            tuple(said.limits(int(k)).values()),
            np.flatnonzero(leaf == k),
        )
        for k in leaves[:most]
        if k > 0
    ]


def _tree(size: int, rows: int, seed: int) -> TreeRegressionStudent:
    least = max(LEAST, SHARE * rows)
    # a longer search finds more of what is so on these rows alone
    return TreeRegressionStudent(
        size=size, alpha=0.0, min_rows=least, quality="greedy", random_state=seed
    )


def _size(table: Table, apart: Floats, most: int, seed: int) -> int:
    """Return the fewest leaves that tell of other rows as much, but for chance, as any size does.

    Every fourth row is left out to learn it; 1 where no tree tells anything.
    """
    order = np.random.default_rng(seed).permutation(len(apart))
    out, kept = np.split(order, [len(order) // 4])
    if not (np.ptp(apart[kept]) > 0 and len(out)):
        return 1
    sizes = [size for size in SIZES if size < most] + [max(2, most)]
    trees = _tree(max(sizes), len(kept), seed).sweep(
        table.take(kept), Predictions(apart[kept]), sizes
    )
    off = [(apart[out] - apart[kept].mean()) ** 2]
    off += [(apart[out] - tree.output(table.take(out))) ** 2 for tree in trees]
    best = min(off, key=lambda one: float(one.mean()))
    for size, one in zip([1, *sizes], off, strict=True):
        if float((one - best).mean()) <= 2 * float((one - best).std()) / np.sqrt(len(out)):
            return size
    return 1


def _numbered(one: Region, number: int) -> Region:
    return Region(**{**vars(one), "number": number})


def _of(hits: int, n: int) -> Interval:
    return Interval(hits / n, *wilson(hits / n, n)) if n else UNKNOWN


def _ends(name: str, interval: Interval) -> dict[str, float]:
    return dict(zip((name, f"{name}_low", f"{name}_high"), interval, strict=True))


def _right(one: Region, numbers: bool) -> str:
    if not one.known:
        return "truth not known"
    said = f"teacher {one.teacher_right.value:.0%}, student {one.student_right.value:.0%}"
    if not numbers and one.neither.value > 0:
        said += f", neither {one.neither.value:.0%}"
    return f"{said} of {one.known:,}"


def _found(found: tuple[Region, ...], numbers: bool, where: str) -> Iterator[Finding]:
    matter = [
        one
        for one in found
        if one.clear
        and one.rate.value >= TIMES * one.elsewhere
        and (numbers or one.rate.value - one.elsewhere >= MATTERS)
    ]
    for one in matter[:1]:
        if numbers:
            said = f"are apart by {one.rate.text()} (RMSE), elsewhere by {one.elsewhere:.3g}"
        else:
            said = f"part in {one.rate.value:.1%} of the cases (95 % interval {one.rate.low:.1%} "
            said += f"to {one.rate.high:.1%}), elsewhere in {one.elsewhere:.1%}"
        right = ""
        if one.known and not numbers:
            right = f"; of {one.known:,} of these with a truth the teacher is right for "
            right += f"{one.teacher_right.value:.0%}, the student for {one.student_right.value:.0%}"
        yield Finding(
            "disagreement-region",
            f"Where {one.rule} ({one.rows:,} {where}), teacher and student {said} "
            f"({chance(one.p)}){right}.",
            {
                "region": one.number,
                "rule": one.rule,
                "rows": one.rows,
                "rate": one.rate.value,
                "rate from": one.rate.low,
                "rate to": one.rate.high,
                "elsewhere": one.elsewhere,
                "p": one.p,
                "such regions": len(matter),
            },
            f"Look at these rows, d.disagreements(region={one.number}): do not rely on the student "
            "there, or take a larger size (d.ladder).",
            pd.DataFrame([{"rule": m.rule, "rows": m.rows, "rate": m.rate.value} for m in matter]),
        )

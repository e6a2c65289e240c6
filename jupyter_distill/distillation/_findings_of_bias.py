"""Findings of a teacher that errs on one side: of a class, or of a group of rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from jupyter_distill.data import Table
from jupyter_distill.distillation._paired import LEVEL, above_zero, chance
from jupyter_distill.findings import Finding
from jupyter_distill.targets import Predictions, SoftTargets

if TYPE_CHECKING:
    from jupyter_distill.distillation._distillation import Distillation

Group = tuple[str, NDArray[np.bool_]]

FACTOR = 1.5  # a class that is named by half as often again as it is there, or two thirds as often
LESS = 0.05  # points of accuracy by which a group is worse off
LARGE = 0.2  # mean error, in standard deviations of y
ENOUGH = 30  # rows of a group below which nothing is said of it


def of_bias(d: Distillation) -> Iterator[Finding]:
    """Yield what the teacher gets wrong on one side, of rows that are held out."""
    table, targets = d.held_out
    if isinstance(targets, Predictions):
        if targets.truth is not None:
            yield from _off(table, targets.values - targets.truth, targets.truth)
    elif targets.labels is not None:
        yield from _shares(targets, targets.labels)
        yield from _worse(table, targets.predicted == targets.labels)


def _shares(targets: SoftTargets, labels: NDArray[np.intp]) -> Iterator[Finding]:
    """Compare how often each class is named with how often it is there, row by row."""
    k, n = targets.n_classes, targets.n_rows
    named, there = (np.bincount(c, minlength=k) for c in (targets.predicted, labels))
    both = np.bincount(labels[targets.predicted == labels], minlength=k)
    found = []
    for c in np.flatnonzero(named + there):
        low, high = sorted((int(named[c]), int(there[c])))
        more, fewer = int(named[c] - both[c]), int(there[c] - both[c])
        if high < FACTOR * low or more == fewer:
            continue
        p = float(stats.binomtest(more, more + fewer).pvalue)
        if p * k < LEVEL / 2:  # the other half is for groups
            found.append((high / max(low, 0.5), p, c))
    if not found:
        return
    _, p, c = max(found, key=lambda one: one[0])
    name, given = str(targets.classes[c]), float(targets.at(1.0)[:, c].mean())
    share = there[c] / n
    # named as the likelier class alone, a rare class is named seldom by honest probabilities
    honest = 1 / FACTOR < given / max(share, 1 / n) < FACTOR
    remedy = (
        "Its probabilities are in line with the labels: read these and not only the class named."
        if honest
        else "Its probabilities are off too: look whether it was trained on weighted or other rows."
    )
    yield Finding(
        "biased-teacher",
        f"The teacher names {name!r} for {named[c] / n:.1%} of {n:,} held-out rows; by their "
        f"labels {share:.1%} are ({chance(p)}).",
        {
            "class": name,
            "named": int(named[c]),
            "labelled": int(there[c]),
            "mean probability": given,
            "p": p,
            "classes looked at": k,
            "classes found": len(found),
        },
        remedy,
    )


def _worse(table: Table, right: NDArray[np.bool_]) -> Iterator[Finding]:
    """Compare how often the teacher is right in a group and elsewhere."""
    groups = [g for g in _groups(table) if (~g[1]).sum() >= ENOUGH]
    found = []
    for name, group in groups:
        here, elsewhere = float(right[group].mean()), float(right[~group].mean())
        if elsewhere - here < LESS:
            continue
        counts = [[int((right[m] == v).sum()) for v in (True, False)] for m in (group, ~group)]
        p = float(stats.fisher_exact(counts, alternative="less")[1])
        if p * len(groups) < LEVEL / 2:
            found.append((here - elsewhere, name, group, p))
    if not found:
        return
    _, name, group, p = min(found, key=lambda one: one[0])
    here, elsewhere = float(right[group].mean()), float(right[~group].mean())
    yield Finding(
        "biased-teacher",
        f"The teacher is right for {here:.1%} of the {int(group.sum()):,} held-out rows with "
        f"{name}, and for {elsewhere:.1%} of the others ({chance(p)}).",
        {
            "group": name,
            "rows": int(group.sum()),
            "accuracy": here,
            "accuracy elsewhere": elsewhere,
            "p": p,
            "groups looked at": len(groups),
            "groups found": len(found),
        },
        "A student copies this: trust neither there, train the teacher on more such rows, or give "
        "the labels more weight (alpha).",
    )


def _off(table: Table, error: NDArray[np.float64], truth: NDArray[np.float64]) -> Iterator[Finding]:
    """Look whether the mean error is clearly not 0, over all rows or in a group."""
    spread = float(truth.std())
    groups = [("", np.ones(len(error), dtype=bool)), *_groups(table)]
    found = []
    for name, group in groups:
        mean = float(error[group].mean())
        if len(error[group]) < ENOUGH or abs(mean) < LARGE * spread or mean == 0:
            continue
        # of skewed errors a group that is low in the mean varies too little by chance as well
        p = min(1.0, 2 * above_zero(np.sign(mean) * error[group], least=float(error.std(ddof=1))))
        if p * len(groups) < LEVEL:
            found.append((-abs(mean), name, group, p))
    if not found:
        return
    # all rows come first: a group tells nothing that they do not
    _, name, group, p = next((f for f in found if not f[1]), min(found, key=lambda one: one[0]))
    mean, rows = float(error[group].mean()), int(group.sum())
    where = f"the {rows:,} held-out rows with {name}" if name else f"all {rows:,} held-out rows"
    yield Finding(
        "biased-teacher",
        f"Over {where} the teacher is {abs(mean):.3g} too {'high' if mean > 0 else 'low'} in the "
        f"mean, {abs(mean) / spread:.0%} of the standard deviation of y ({chance(p)}).",
        {
            "group": name or "all rows",
            "rows": rows,
            "mean error": mean,
            "standard deviation of y": spread,
            "p": p,
            "groups looked at": len(groups),
            "groups found": len(found),
        },
        "A student copies this: look at the units and rows that the teacher was trained on, or "
        "give the truth more weight (alpha).",
    )


def _groups(table: Table) -> list[Group]:
    """Return the values of categories and booleans that enough rows have, and what is missing."""
    found = []
    for j, column in enumerate(table.columns):
        if column.kind == "numeric":
            continue
        values = table.values[:, j]
        codes = np.where(np.isnan(values), np.inf, values)
        for code in np.unique(codes):
            group = codes == code
            if group.sum() >= ENOUGH:
                text = column.text(float("nan") if np.isinf(code) else float(code))
                found.append((f"{column.name} = {text}", group))
    return found

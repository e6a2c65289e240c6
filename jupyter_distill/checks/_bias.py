"""Findings of a teacher that errs on one side: of a class, or of a group of rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from jupyter_distill._paired import LEVEL, above_zero, chance
from jupyter_distill._shares import percent
from jupyter_distill.checks._subject import Looked, Subject
from jupyter_distill.data import Table
from jupyter_distill.findings import Finding
from jupyter_distill.targets import Predictions, SoftTargets

Group = tuple[str, NDArray[np.bool_]]

FACTOR = 1.5  # a class that is named by half as often again as it is there, or two thirds as often
LESS = 0.05  # points of accuracy by which a group is worse off
LARGE = 0.2  # mean error, in standard deviations of y
ENOUGH = 30  # rows of a group below which nothing is said of it


def bias(subject: Subject, sensitive: Sequence[Group] = ()) -> Looked:
    """Look at what the teacher gets wrong on one side, of rows that it is measured on.

    Parameters
    ----------
    subject : Subject
        What to look at; the values of its categories and booleans are groups.
    sensitive : sequence of (name, mask)
        More groups, of ``subject.scored``.
    """
    if subject.scored is None:
        return Looked()
    table, targets = subject.scored
    groups = {**dict(_groups(table)), **dict(sensitive)}
    enough = [(name, group) for name, group in groups.items() if group.sum() >= ENOUGH]
    if isinstance(targets, Predictions):
        assert targets.truth is not None
        error = targets.values - targets.truth
        return Looked(list(_off(enough, error, targets.truth, subject.where)))
    assert targets.labels is not None
    right = targets.predicted == targets.labels
    named = _shares(targets, targets.labels, subject.where)
    return Looked([*named, *_worse(enough, right, subject.where)])


def _shares(targets: SoftTargets, labels: NDArray[np.intp], where: str) -> Iterator[Finding]:
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
        f"The teacher names {name!r} for {percent(named[c] / n)} of {n:,} {where}; by their "
        f"labels {percent(share)} are ({chance(p)}).",
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
        pd.DataFrame(
            {
                "class": [str(name) for name in targets.classes.tolist()],
                "named": named / n,
                "labelled": there / n,
                "mean probability": targets.at(1.0).mean(0),
            }
        ),
    )


def _worse(groups: list[Group], right: NDArray[np.bool_], where: str) -> Iterator[Finding]:
    """Compare how often the teacher is right in a group and elsewhere."""
    groups = [g for g in groups if (~g[1]).sum() >= ENOUGH]
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
        f"The teacher is right for {percent(here)} of the {int(group.sum()):,} {where} with "
        f"{name}, and for {percent(elsewhere)} of the others ({chance(p)}).",
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
        _by_group(groups, right, "accuracy"),
    )


def _off(
    groups: list[Group], error: NDArray[np.float64], truth: NDArray[np.float64], where: str
) -> Iterator[Finding]:
    """Look whether the mean error is clearly not 0, over all rows or in a group."""
    spread = float(truth.std())
    groups = [("", np.ones(len(error), dtype=bool)), *groups]
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
    over = f"the {rows:,} {where} with {name}" if name else f"all {rows:,} {where}"
    yield Finding(
        "biased-teacher",
        f"Over {over} the teacher is {abs(mean):.3g} too {'high' if mean > 0 else 'low'} in the "
        f"mean, {percent(abs(mean) / spread)} of the standard deviation of y ({chance(p)}).",
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
        _by_group(groups, error, "mean error"),
    )


def _by_group(
    groups: list[Group], values: NDArray[np.float64] | NDArray[np.bool_], name: str
) -> pd.DataFrame:
    """Return the mean of some values in every group and elsewhere."""
    with np.errstate(invalid="ignore"):
        rows = [
            {
                "group": group or "all rows",
                "rows": int(mask.sum()),
                name: float(values[mask].mean()),
                f"{name} elsewhere": float(values[~mask].mean()) if (~mask).any() else np.nan,
            }
            for group, mask in groups
        ]
    return pd.DataFrame(rows)


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

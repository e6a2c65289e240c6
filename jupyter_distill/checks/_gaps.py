"""Findings of missing values: columns with hardly any value, and gaps that tell y."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from jupyter_distill._paired import LEVEL, chance
from jupyter_distill._shares import percent
from jupyter_distill._validation import some
from jupyter_distill.checks._subject import Looked, Subject, truth_of
from jupyter_distill.findings import Finding
from jupyter_distill.targets import SoftTargets

MOSTLY = 0.5  # share of rows without a value from which a column is named
APART = 0.2  # how much more often values are missing in one class than in the others
LARGE = 0.5  # difference of the means of y, in its standard deviations
ENOUGH = 10  # rows with a gap, and rows without, that it takes


def gaps(subject: Subject) -> Looked:
    """Look at where values are missing, and whether that alone tells y."""
    table, targets = subject.table.take(subject.own), subject.targets.take(subject.own)
    missing = np.isnan(table.values)
    frame = pd.DataFrame(
        {"column": table.names, "rows": missing.sum(0), "missing": missing.mean(0)}
    )
    known = targets.known
    if known is not None and known.any():
        targets, missing = targets.take(known), missing[known]
        if isinstance(targets, SoftTargets):
            frame = frame.join(_by_class(missing, truth_of(targets), targets))
        else:
            frame = frame.join(_by_number(missing, truth_of(targets)))
    frame = frame[frame["rows"] > 0].reset_index(drop=True)
    return Looked([*_telling(frame, targets), *_mostly(frame, table.n_rows)], {"missing": frame})


def _by_class(
    missing: NDArray[np.bool_], labels: NDArray[np.intp], targets: SoftTargets
) -> pd.DataFrame:
    """Return for every column the share that is missing by class, and how sure they differ."""
    counts = np.bincount(labels, minlength=targets.n_classes)
    gaps = np.stack(
        [np.bincount(labels, weights=m, minlength=targets.n_classes) for m in missing.T]
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = gaps / counts
        others = (gaps.sum(1, keepdims=True) - gaps) / (counts.sum() - counts)
    there = np.flatnonzero(counts >= ENOUGH)
    names = [f"missing of {name!r}" for name in targets.classes.tolist()]
    found = pd.DataFrame(shares, columns=names)
    if len(there):
        every, apart = np.arange(len(gaps)), np.abs(shares - others)[:, there]
        # of two classes as far apart the one with more gaps
        k = there[(apart + 1e-9 * (shares > others)[:, there]).argmax(1)]
        found["class"] = [str(name) for name in targets.classes[k].tolist()]
        found["in it"], found["elsewhere"] = shares[every, k], others[every, k]
    found["apart"] = np.abs(found["in it"] - found["elsewhere"]) if len(there) else 0.0
    found["p"] = [_unequal(g[there], counts[there]) for g in gaps]
    return found


def _unequal(gaps: NDArray[np.float64], rows: NDArray[np.intp]) -> float:
    """Return how likely chance alone makes gaps so unequal among classes."""
    with_, without = gaps.sum(), rows.sum() - gaps.sum()
    if len(rows) < 2 or min(with_, without) < ENOUGH:
        return float("nan")
    counts = np.stack([gaps, rows - gaps])
    if len(rows) == 2:
        return float(stats.fisher_exact(counts)[1])
    return float(stats.chi2_contingency(counts).pvalue)


def _by_number(missing: NDArray[np.bool_], truth: NDArray[np.float64]) -> pd.DataFrame:
    """Return for every column how far y differs where it is missing."""
    spread = float(truth.std()) or 1.0
    rows = []
    for gap in missing.T:
        row = {
            "mean y where missing": np.nan,
            "mean y elsewhere": np.nan,
            "apart": 0.0,
            "p": np.nan,
        }
        if min(gap.sum(), (~gap).sum()) >= ENOUGH:
            here, elsewhere = float(truth[gap].mean()), float(truth[~gap].mean())
            row["mean y where missing"], row["mean y elsewhere"] = here, elsewhere
            row["apart"] = abs(here - elsewhere) / spread
            row["p"] = float(stats.mannwhitneyu(truth[gap], truth[~gap]).pvalue)
        rows.append(row)
    return pd.DataFrame(rows)


def _telling(frame: pd.DataFrame, targets: object) -> Iterator[Finding]:
    if "p" not in frame:
        return
    classes = isinstance(targets, SoftTargets)
    tried = int(frame["p"].notna().sum())
    found = frame[(frame["p"] * tried < LEVEL) & (frame["apart"] >= (APART if classes else LARGE))]
    if not len(found):
        return
    worst = found.sort_values("apart", ascending=False)
    top, p = worst.iloc[0], float(worst["p"].iloc[0])
    if classes:
        how = f"{percent(top['in it'])} of those of {top['class']!r}, "
        how += f"{percent(top['elsewhere'])} of others"
    else:
        how = f"where y is {top['apart']:.2g} standard deviations from what it is elsewhere"
    yield Finding(
        "telling-gaps",
        f"Where values are missing tells y, in {some(worst['column'])}: {top['column']!r} is "
        f"missing for {percent(top['missing'])} of the rows: {how} ({chance(p)}).",
        {
            "column": str(top["column"]),
            "missing": float(top["missing"]),
            "apart": float(top["apart"]),
            "p": p,
            "columns looked at": tried,
            "columns found": len(found),
        },
        "Look why: if a value is filled in once y is known, the column tells what nobody knows "
        "beforehand. If the gaps are honest, say so to whoever reads the student's rules.",
        worst.reset_index(drop=True),
    )


def _mostly(frame: pd.DataFrame, rows: int) -> Iterator[Finding]:
    found = frame[frame["missing"] >= MOSTLY]
    if len(found):
        least = found.sort_values("missing", ascending=False)
        yield Finding(
            "gaps",
            f"{len(found)} column{'s are' if len(found) > 1 else ' is'} missing for half of the "
            f"rows or more: {some(least['column'])}.",
            {"columns": len(found), "rows": rows, "missing": float(least["missing"].iloc[0])},
            "Look whether they were read right; else leave them out.",
            least.reset_index(drop=True),
        )

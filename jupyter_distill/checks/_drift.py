"""Findings of test rows that are unlike X: column by column, and as a whole."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from jupyter_distill._paired import LEVEL, chance, holm
from jupyter_distill._validation import some
from jupyter_distill.checks._forest import levels_of, places
from jupyter_distill.checks._subject import Looked, Subject, truth_of
from jupyter_distill.data import Column, Kind
from jupyter_distill.findings import Finding
from jupyter_distill.targets import SoftTargets

APART = 0.1  # distance of two distributions that matters: largest difference of shares
TOLD_APART = 0.6  # AUC from which a model is said to tell test rows from others
ENOUGH = 30  # rows on either side below which nothing is compared
IN_CELL = 10  # rows of a category below which it is counted with others
MOST, TREES, LEAF = 5_000, 50, 5
TRUTH = "(y)"

Floats = NDArray[np.float64]


def drift(subject: Subject) -> Looked:
    """Compare every column of the test rows, and their truth, with X."""
    frame = _columns(subject)
    return Looked([] if frame is None else list(_drifted(frame)), _parts(frame))


def drift_and_whole(subject: Subject, seed: int | None) -> Looked:
    """Compare them column by column, and by a model that has to tell them apart."""
    frame = _columns(subject)
    if frame is None:
        return Looked()
    area, p = _told_apart(subject, seed)
    whole = {"column": "(all together)", "measure": "AUC", "distance": area, "p": p}
    whole["drifted"] = bool(area >= TOLD_APART and p < LEVEL / 2)
    frame = pd.concat([frame, pd.DataFrame([whole])], ignore_index=True)
    return Looked(list(_drifted(frame)), _parts(frame))


def _parts(frame: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    return {} if frame is None else {"drift": frame}


def _columns(subject: Subject) -> pd.DataFrame | None:
    """Return a row per column; None where there are no test rows, or too few."""
    if not subject.unseen or min(len(subject.own), len(subject.measured)) < ENOUGH:
        return None
    rows = []
    for j, column in enumerate(subject.table.columns):
        values = subject.table.values[:, j]
        here, there = values[subject.own], values[subject.measured]
        rows += [{"column": column.name, **test} for test in _compared(column, here, there)]
    targets = subject.targets
    if targets.known is not None:
        known = targets.known
        kind: Kind = "category" if isinstance(targets, SoftTargets) else "numeric"
        truth = truth_of(targets).astype(np.float64)
        sides = [truth[part[known[part]]] for part in (subject.own, subject.measured)]
        if min(map(len, sides)) >= ENOUGH:
            rows += [{"column": TRUTH, **test} for test in _compared(Column(TRUTH, kind), *sides)]
    frame = pd.DataFrame(rows)
    adjusted = holm(frame["p"].to_numpy())
    frame["p"] = adjusted
    frame["drifted"] = (adjusted < LEVEL / 2) & (frame["distance"] >= APART)
    return frame.sort_values("distance", ascending=False, kind="stable").reset_index(drop=True)


def _compared(column: Column, here: Floats, there: Floats) -> Iterator[dict[str, object]]:
    """Yield how far one column is apart: of numbers their values, and how many are missing."""
    gaps = [np.isnan(side) for side in (here, there)]
    if column.kind == "numeric":
        if any(gap.any() for gap in gaps):
            yield {"measure": "missing", **_shares(gaps[0] * 1.0, gaps[1] * 1.0)}
        known = [side[~gap] for side, gap in zip((here, there), gaps, strict=True)]
        if min(map(len, known)) >= ENOUGH:
            found = stats.ks_2samp(*known, method="asymp")
            yield {
                "measure": "Kolmogorov-Smirnov",
                "distance": float(found.statistic),
                "p": float(found.pvalue),
            }
        return
    yield {"measure": "shares", **_shares(*(np.where(np.isnan(s), -2.0, s) for s in (here, there)))}


def _shares(here: Floats, there: Floats) -> dict[str, float]:
    """Return the total variation distance of two samples of codes, and chi-square's p."""
    levels, codes = np.unique(np.concatenate([here, there]), return_inverse=True)
    counts = np.stack(
        [
            np.bincount(part, minlength=len(levels))
            for part in (codes[: len(here)], codes[len(here) :])
        ]
    )
    least = IN_CELL * counts.sum() / counts.sum(1).min()  # ten of them expected on the smaller side
    rare = counts.sum(0) < least
    if rare.sum() > 1:
        counts = np.column_stack([counts[:, ~rare], counts[:, rare].sum(1)])
    apart = float(np.abs(np.diff(counts / counts.sum(1, keepdims=True), axis=0)).sum() / 2)
    if counts.shape[1] < 2:
        return {"distance": 0.0, "p": 1.0}
    if counts.shape[1] == 2:
        return {"distance": apart, "p": float(stats.fisher_exact(counts)[1])}
    return {"distance": apart, "p": float(stats.chi2_contingency(counts).pvalue)}


def _told_apart(subject: Subject, seed: int | None) -> tuple[float, float]:
    """Return how well a forest tells test rows from others, as AUC, and p.

    It learns from one half of the rows and is measured on the other, and the other way round: p is
    twice the lesser of the two.

    References
    ----------
    D. Lopez-Paz, M. Oquab: Revisiting Classifier Two-Sample Tests. ICLR 2017.
    """
    from sklearn.ensemble import RandomForestClassifier

    rng = np.random.default_rng(seed)
    sides = [
        rng.permutation(part)[: min(MOST, 4 * len(other))]
        for part, other in (
            (subject.own, subject.measured),
            (subject.measured, subject.own),
        )
    ]
    rows = np.concatenate(sides)
    test = np.repeat([0, 1], [len(side) for side in sides])
    half = np.concatenate([np.arange(len(side)) % 2 for side in sides]) == 0
    values = subject.table.values[rows]
    ranks = places(values, levels_of(values))
    areas, ps = [], []
    for learnt in (half, ~half):
        model = RandomForestClassifier(TREES, min_samples_leaf=LEAF, random_state=seed)
        says = model.fit(ranks[learnt], test[learnt]).predict_proba(ranks[~learnt])[:, 1]
        kind = test[~learnt]
        found = stats.mannwhitneyu(says[kind == 1], says[kind == 0], alternative="greater")
        areas.append(float(found.statistic) / float((kind == 1).sum() * (kind == 0).sum()))
        ps.append(float(found.pvalue))
    return float(np.mean(areas)), min(1.0, 2 * min(ps))


def _drifted(frame: pd.DataFrame) -> Iterator[Finding]:
    found = frame[frame["drifted"]]
    if not len(found):
        return
    single = found[found["measure"] != "AUC"]
    whole = frame[frame["measure"] == "AUC"]
    evidence: dict[str, int | float | str] = {
        "columns looked at": int(frame["column"].nunique() - len(whole)),
        "columns found": int(single["column"].nunique()),
    }
    said = []
    if len(single):
        top = single.iloc[0]
        name = str(top["column"])
        evidence |= {"furthest": name, "distance": float(top["distance"]), "p": float(top["p"])}
        listed = some(dict.fromkeys(single["column"].replace(TRUTH, "the truth")))
        furthest = "the truth" if name == TRUTH else repr(name)
        said.append(
            f"in {listed} (furthest {furthest}: {top['measure']} distance {top['distance']:.2f}, "
            f"{chance(float(top['p']))} after Holm)"
        )
    if len(whole):
        area, p = float(whole["distance"].iloc[0]), float(whole["p"].iloc[0])
        evidence |= {"AUC of telling them apart": area, "its p": p}
        if bool(whole["drifted"].iloc[0]):
            said.append(f"as a model can tell one from the other with AUC {area:.2f} ({chance(p)})")
    yield Finding(
        "drifted-rows",
        f"The test rows are unlike those of X: {', and '.join(said)}.",
        evidence,
        "Ask where both come from: what is measured on the test rows holds for rows like these, "
        "and a student learns from rows like X.",
        found.reset_index(drop=True),
    )

"""How a teacher treats groups of people: how often it is right, and what it names (fairlearn)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from jupyter_distill._optional import require
from jupyter_distill._paired import LEVEL, chance
from jupyter_distill._shares import percent
from jupyter_distill._wilson import wilson
from jupyter_distill.checks._bias import ENOUGH
from jupyter_distill.checks._sensitive import Attribute
from jupyter_distill.checks._subject import Looked
from jupyter_distill.findings import Finding
from jupyter_distill.targets import Predictions, SoftTargets, Targets

FOUR_FIFTHS = 0.8  # share of another group's share below which a class is named unequally often
POINTS = 0.05  # and by how much less, so that hardly any of hardly any is not an alarm

Metrics = dict[str, Callable[..., Any]]


def groups(targets: Targets, attributes: Sequence[Attribute], where: str) -> Looked:
    """Measure every group, and look whether classes are named for some less often than for others.

    Parameters
    ----------
    targets : SoftTargets or Predictions
        Answers to the measured rows, with the truth where it is known.
    attributes : sequence of Attribute
        The groups of these rows.
    where : str
        What the rows are called.
    """
    fairlearn = require("fairlearn.metrics", extra="audit", feature="Looking at sensitive groups")
    metrics = _metrics(targets, fairlearn)
    answers, truth = _answers(targets)
    tables, spans = [], []
    for one in attributes:
        measured = fairlearn.MetricFrame(
            metrics=metrics, y_true=truth, y_pred=answers, sensitive_features=one.groups
        )
        tables.append(_table(measured.by_group, one))
        spans.append(_spans(tables[-1], one))
    table, span = (pd.concat(parts, ignore_index=True) for parts in (tables, spans))
    found = list(_small(table, where))
    if isinstance(targets, SoftTargets):
        found += _unequal(targets, attributes, where, table)
    return Looked(found, {"groups": table, "group_differences": span})


def _answers(targets: Targets) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return answers and truth; where the truth is not known the answers stand for it."""
    if isinstance(targets, Predictions):
        return targets.values, targets.values if targets.truth is None else targets.truth
    labels = targets.predicted if targets.labels is None else targets.labels
    return targets.predicted, labels


def _metrics(targets: Targets, fairlearn: Any) -> Metrics:
    """Return what is measured of every group, by name."""
    metrics: Metrics = {"rows": fairlearn.count}
    known = targets.known is not None
    if isinstance(targets, Predictions):
        metrics["mean answer"] = lambda y_true, y_pred: float(np.mean(y_pred))
        if known:
            metrics["mean truth"] = lambda y_true, y_pred: float(np.mean(y_true))
            metrics["mean error"] = lambda y_true, y_pred: float(np.mean(y_pred - y_true))
            metrics["RMSE"] = lambda y_true, y_pred: float(np.sqrt(np.mean((y_pred - y_true) ** 2)))
        return metrics
    if known:
        metrics["accuracy"] = lambda y_true, y_pred: float(np.mean(y_true == y_pred))
    for k, name in enumerate(map(str, targets.classes.tolist())):
        metrics[f"named {name!r}"] = partial(fairlearn.selection_rate, pos_label=k)
        if known:
            metrics[f"labelled {name!r}"] = partial(_share, k=k)
            metrics[f"right of {name!r}"] = partial(_right_of, k=k)
    return metrics


def _share(y_true: Any, y_pred: Any, *, k: int) -> float:
    return float(np.mean(y_true == k))


def _right_of(y_true: Any, y_pred: Any, *, k: int) -> float:
    """Return the share of the rows of a class that get it; NaN where there is none."""
    own = np.asarray(y_pred)[np.asarray(y_true) == k]
    return float(np.mean(own == k)) if len(own) else float("nan")


def _table(by_group: pd.DataFrame, one: Attribute) -> pd.DataFrame:
    """Return a row per group, the accuracy with its 95 % interval."""
    table = by_group.reset_index(names="group")
    table["rows"] = table["rows"].astype(int)
    table.insert(0, "attribute", one.name)
    table.insert(3, "enough", table["rows"] >= ENOUGH)
    if "accuracy" in table:
        place = table.columns.tolist().index("accuracy")
        ends = [wilson(a, n) for a, n in zip(table["accuracy"], table["rows"], strict=True)]
        table.insert(place + 1, "accuracy_low", [low for low, _ in ends])
        table.insert(place + 2, "accuracy_high", [high for _, high in ends])
    return table


def _spans(table: pd.DataFrame, one: Attribute) -> pd.DataFrame:
    """Return by measure how far the groups with enough rows are apart."""
    enough = table[table["enough"]]
    rows = []
    skipped = {"attribute", "group", "rows", "enough", "accuracy_low", "accuracy_high"}
    for measure in [name for name in table.columns if name not in skipped]:
        values = enough.set_index("group")[measure].dropna()
        if len(values) > 1:
            low, high = float(values.min()), float(values.max())
            rows.append(
                {
                    "attribute": one.name,
                    "measure": measure,
                    "least": values.idxmin(),
                    "most": values.idxmax(),
                    "difference": high - low,
                    "ratio": low / high if high > 0 <= low else np.nan,
                }
            )
    names = ["attribute", "measure", "least", "most", "difference", "ratio"]
    return pd.DataFrame(rows, columns=names)


def _small(table: pd.DataFrame, where: str) -> Iterator[Finding]:
    """Name the groups with too few rows to say anything of."""
    small = table[~table["enough"]].sort_values("rows", kind="stable")
    if len(small):
        listed = [f"{row.group!r} ({row.rows})" for row in small.head(5).itertuples()]
        more = f" and {len(small) - 5} more" if len(small) > 5 else ""
        yield Finding(
            "small-groups",
            f"{len(small)} of {len(table)} groups have fewer than {ENOUGH} {where}, so that "
            f"nothing can be said of them: {', '.join(listed)}{more}.",
            {"groups": len(table), "small": len(small), "fewest rows": int(small["rows"].min())},
            "Give more rows of these people, or coarser groups.",
            small[["attribute", "group", "rows"]].reset_index(drop=True),
        )


def _unequal(
    targets: SoftTargets, attributes: Sequence[Attribute], where: str, table: pd.DataFrame
) -> Iterator[Finding]:
    """Look whether a class is named for a group at less than four fifths of its share elsewhere.

    References
    ----------
    Uniform Guidelines on Employee Selection Procedures, 29 CFR 1607.4 D (four fifths), 1978.
    """
    named, labels = targets.predicted, targets.labels
    tries, found = 0, []
    for one in attributes:
        for name, group in one.masks():
            if min(group.sum(), (~group).sum()) < ENOUGH:
                continue
            for k in range(targets.n_classes):
                tries += 1
                given = named == k
                here, elsewhere = float(given[group].mean()), float(given[~group].mean())
                if here >= FOUR_FIFTHS * elsewhere or elsewhere - here < POINTS:
                    continue
                counts = [
                    [int((given[m] == v).sum()) for v in (True, False)] for m in (group, ~group)
                ]
                p = float(stats.fisher_exact(counts, alternative="less")[1])
                found.append((here / elsewhere, p, name, k, group))
    found = [one for one in found if one[1] * tries < LEVEL]
    if not found:
        return
    ratio, p, name, k, group = min(found, key=lambda one: one[0])
    given = named == k
    of = str(targets.classes[k])
    here, elsewhere = float(given[group].mean()), float(given[~group].mean())
    evidence: dict[str, Any] = {
        "group": name,
        "class": of,
        "rows": int(group.sum()),
        "named": here,
        "named elsewhere": elsewhere,
        "ratio": ratio,
        "p": p,
        "groups and classes looked at": tries,
        "found": len(found),
    }
    beside = ""
    if labels is not None:
        there = [float((labels[m] == k).mean()) for m in (group, ~group)]
        evidence |= {"labelled": there[0], "labelled elsewhere": there[1]}
        beside = f", where the labels say {percent(there[0])} and {percent(there[1])}"
    yield Finding(
        "unequal-shares",
        f"The teacher names {of!r} for {percent(here)} of the {int(group.sum()):,} {where} with "
        f"{name}, and for {percent(elsewhere)} of the others ({chance(p)}){beside}.",
        evidence,
        "A student copies this. Decide whether the difference is one that may be made; if not, "
        "train the teacher anew (fairlearn has methods), as leaving the column out seldom helps.",
        table,
    )

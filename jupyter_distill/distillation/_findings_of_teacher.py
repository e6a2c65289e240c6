"""Findings of the teacher: nothing to learn from it, or less than from the labels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from jupyter_distill._softmax import softmax
from jupyter_distill._validation import some
from jupyter_distill.distillation._paired import (
    LEVEL,
    MATTERS,
    above_zero,
    chance,
    right_more_often,
)
from jupyter_distill.findings import Finding
from jupyter_distill.targets import Predictions, SoftTargets

if TYPE_CHECKING:
    from jupyter_distill.distillation._distillation import Distillation

ORDER = "Look whether its rows, columns or {} are in another order than X and y{}."
INSTEAD = (
    "Learn from the labels instead (d.labels_only is that student), or train the teacher better."
)


def of_teacher(d: Distillation) -> Iterator[Finding]:
    """Yield what is to be said of the teacher as a whole."""
    constant = _constant(d.targets)
    if constant:
        yield Finding(
            "constant-teacher",
            f"The teacher gives every row the same {constant}: there is nothing to learn from it.",
            {"rows": d.table.n_rows, "different answers": 1},
            "Look whether it gets the columns and the units that it was trained on.",
        )
    elif isinstance(d.targets, SoftTargets):
        yield from _silent(d.targets)
    if isinstance(d.targets, Predictions):
        yield from _weak_numbers(d, d.targets)
    else:
        yield from _weak_classes(d, d.targets)


def _constant(targets: SoftTargets | Predictions) -> str:
    """Return what is the same for every row, if anything."""
    if isinstance(targets, Predictions):
        return "number" if np.ptp(targets.values) == 0 else ""
    differ = float(np.ptp(targets.logits - targets.logits[:1], axis=0).max())
    return "answer" if differ < 1e-9 else ""


def _silent(targets: SoftTargets) -> Iterator[Finding]:
    said = np.bincount(targets.predicted, minlength=targets.n_classes)
    silent = np.flatnonzero(said == 0)
    if len(silent):
        names = some([str(targets.classes[k]) for k in silent])
        yield Finding(
            "class-never-taught",
            f"The teacher never answers {names} on these rows.",
            {
                "classes": names,
                "rows": targets.n_rows,
                "highest probability": float(targets.at(1.0)[:, silent].max()),
            },
            "Give rows for which it does, if there are any: a student cannot learn when.",
        )


def _weak_classes(d: Distillation, answered: SoftTargets) -> Iterator[Finding]:
    table, targets = d.held_out
    if targets.labels is None or answered.labels is None:
        return
    labels, n = targets.labels, targets.n_rows
    right = targets.predicted == labels
    share = float(right.mean())
    counts = np.bincount(answered.labels[d.rows.learnt], minlength=targets.n_classes)
    common = int(counts.argmax())
    always = labels == common
    constant = float(always.mean())
    evidence: dict[str, Any] = {"accuracy of the teacher": share, "held-out rows": n}
    if share <= constant:
        p = right_more_often(always, right)
        goes_with = _goes_with(targets.predicted, labels)
        if p < LEVEL or not (goes_with or _tells(targets, labels, counts)):
            remedy = ORDER.format("classes", "")
            if goes_with:
                remedy = (
                    "If it was trained to name rare classes more often, read its fidelity per "
                    f"class. If not: {remedy[0].lower()}{remedy[1:]}"
                )
            yield Finding(
                "weak-teacher",
                f"The teacher is right for {share:.1%} of {n:,} held-out labels, but always "
                f"answering {str(targets.classes[common])!r} would be for {constant:.1%}.",
                {**evidence, "accuracy of the most common label": constant},
                remedy,
            )
            return
    wrong = int((~right).sum())
    if wrong < MATTERS * n or 0.5**wrong >= LEVEL:
        return  # nobody could be clearly better: no student need be fitted to know
    assert d.labels_only is not None
    alone = d.labels_only.output(table).argmax(1) == labels
    p = right_more_often(alone, right)
    if alone.mean() >= share + MATTERS and p < LEVEL:
        yield Finding(
            "weak-teacher",
            f"The teacher is right for {share:.1%} of {n:,} held-out labels; the same student "
            f"fitted to the labels alone is for {alone.mean():.1%} ({chance(p)}).",
            {**evidence, "accuracy of labels only": float(alone.mean()), "p": p},
            INSTEAD,
        )


def _goes_with(named: NDArray[np.intp], labels: NDArray[np.intp]) -> bool:
    """Return whether answers meet labels clearly more often than if they were dealt anew.

    Mean and variance are those over all permutations of the labels.
    """
    n = len(labels)
    k = int(max(named.max(), labels.max())) + 1
    a, b = (np.bincount(codes, minlength=k).astype(np.float64) for codes in (named, labels))
    met, products = int((named == labels).sum()), a * b
    mean = products.sum() / n
    # of two rows at a time: both of one class, or of two
    pairs = (products * (a - 1) * (b - 1)).sum() + products.sum() ** 2 - (products**2).sum()
    variance = pairs / (n * max(n - 1, 1)) + mean - mean**2
    if variance <= 0:
        return False
    return bool(stats.norm.sf((met - mean) / np.sqrt(variance)) < LEVEL)


def _tells(targets: SoftTargets, labels: NDArray[np.intp], counts: NDArray[np.intp]) -> bool:
    """Return whether the teacher's probabilities say more of the labels than their shares do."""
    shares = (counts + 0.5) / (counts + 0.5).sum()
    p = softmax(targets.logits)[np.arange(len(labels)), labels]
    return bool(np.log(np.maximum(p, 1e-12)).mean() > np.log(shares[labels]).mean())


def _weak_numbers(d: Distillation, answered: Predictions) -> Iterator[Finding]:
    table, targets = d.held_out
    if targets.truth is None or answered.truth is None:
        return
    truth, n = targets.truth, targets.n_rows
    of_mean = (truth - answered.truth[d.rows.learnt].mean()) ** 2
    if of_mean.mean() == 0:
        return
    wrong = (truth - targets.values) ** 2
    r2 = float(1 - wrong.mean() / of_mean.mean())
    if r2 <= 0:
        yield Finding(
            "weak-teacher",
            f"The teacher explains less of y than y's own mean does (R2 {r2:.3f} on {n:,} held-out "
            "rows).",
            {"R2 of the teacher": r2, "held-out rows": n},
            ORDER.format("numbers", ", or whether y is in another unit"),
        )
        return
    if r2 > 1 - MATTERS:
        return  # nobody could be clearly better: no student need be fitted to know
    assert d.labels_only is not None
    off = (truth - d.labels_only.output(table)) ** 2
    alone = float(1 - off.mean() / of_mean.mean())
    p = above_zero(wrong - off)
    if alone >= r2 + MATTERS and p < LEVEL:
        yield Finding(
            "weak-teacher",
            f"The teacher explains y with R2 {r2:.3f} on {n:,} held-out rows; the same student "
            f"fitted to y alone with {alone:.3f} ({chance(p)}).",
            {"R2 of the teacher": r2, "R2 of labels only": alone, "p": p, "held-out rows": n},
            INSTEAD,
        )

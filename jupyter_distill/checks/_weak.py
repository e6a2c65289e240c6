"""A teacher of which there is less to learn than from the labels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from jupyter_distill._paired import (
    LEVEL,
    MATTERS,
    above_zero,
    chance,
    right_more_often,
)
from jupyter_distill._shares import percent
from jupyter_distill._softmax import softmax
from jupyter_distill.checks._subject import Subject
from jupyter_distill.findings import Finding
from jupyter_distill.targets import Predictions, SoftTargets

ENOUGH = 30  # rows from which on answers that do not go with the labels are no matter of chance
ORDER = "Look whether its rows, columns or {} are in another order than X and y{}."


class Rival(NamedTuple):
    """A model that was fitted to the truth alone.

    Attributes
    ----------
    name : str
        What it is, e.g. ``"the same student"``.
    output : callable
        Gives its logits (or numbers) for the rows of ``subject.scored``; only called where they
        can make a difference, as it may have to be fitted first.
    remedy : str
        What to do where it is better than the teacher.
    matters : float
        Points of accuracy, or of R2, by which it has to be better.
    """

    name: str
    output: Callable[[], NDArray[np.float64]]
    remedy: str
    matters: float = MATTERS


def weak(subject: Subject, rival: Rival) -> Iterator[Finding]:
    """Yield whether the teacher is worse than a constant, or than a rival."""
    if subject.scored is None:
        return
    answered, targets = subject.targets.take(subject.learnt), subject.scored[1]
    if isinstance(targets, Predictions) and isinstance(answered, Predictions):
        yield from _weak_numbers(subject, targets, answered, rival)
    elif isinstance(targets, SoftTargets) and isinstance(answered, SoftTargets):
        yield from _weak_classes(subject, targets, answered, rival)


def _weak_classes(
    subject: Subject, targets: SoftTargets, answered: SoftTargets, rival: Rival
) -> Iterator[Finding]:
    labels, n, where = targets.labels, targets.n_rows, subject.where
    if labels is None or answered.labels is None:
        return
    right = targets.predicted == labels
    share = float(right.mean())
    counts = np.bincount(answered.labels[answered.labels >= 0], minlength=targets.n_classes)
    common = int(counts.argmax())
    always = labels == common
    constant = float(always.mean())
    evidence: dict[str, Any] = {"accuracy of the teacher": share, where: n}
    if share <= constant:
        p = right_more_often(always, right)
        goes_with = _goes_with(targets.predicted, labels)
        silent = n >= ENOUGH and not (goes_with or _tells(targets, labels, counts))
        if p < LEVEL or silent:
            remedy = ORDER.format("classes", "")
            if goes_with:
                remedy = (
                    "If it was trained to name rare classes more often, read its fidelity per "
                    f"class. If not: {remedy[0].lower()}{remedy[1:]}"
                )
            yield Finding(
                "weak-teacher",
                f"The teacher is right for {percent(share)} of {n:,} {where} by their labels, but "
                f"always answering {str(targets.classes[common])!r} would be for "
                f"{percent(constant)}.",
                {**evidence, "accuracy of the most common label": constant},
                remedy,
            )
            return
    wrong = int((~right).sum())
    if wrong < rival.matters * n or 0.5**wrong >= LEVEL:
        return  # nobody could be clearly better: no rival need be fitted to know
    alone = rival.output().argmax(1) == labels
    p = right_more_often(alone, right)
    if alone.mean() >= share + rival.matters and p < LEVEL:
        yield Finding(
            "weak-teacher",
            f"The teacher is right for {percent(share)} of {n:,} {where} by their labels; "
            f"{rival.name} fitted to the labels alone is for {percent(alone.mean())} "
            f"({chance(p)}).",
            {**evidence, "accuracy of labels only": float(alone.mean()), "p": p},
            rival.remedy,
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


def _weak_numbers(
    subject: Subject, targets: Predictions, answered: Predictions, rival: Rival
) -> Iterator[Finding]:
    truth, n, where = targets.truth, targets.n_rows, subject.where
    if truth is None or answered.truth is None:
        return
    of_mean = (truth - np.nanmean(answered.truth)) ** 2
    if of_mean.mean() == 0:
        return
    wrong = (truth - targets.values) ** 2
    r2 = float(1 - wrong.mean() / of_mean.mean())
    if r2 <= 0:
        yield Finding(
            "weak-teacher",
            f"The teacher explains less of y than y's own mean does (R2 {r2:.3f} on {n:,} "
            f"{where}).",
            {"R2 of the teacher": r2, where: n},
            ORDER.format("numbers", ", or whether y is in another unit"),
        )
        return
    if r2 > 1 - rival.matters:
        return  # nobody could be clearly better: no rival need be fitted to know
    off = (truth - rival.output()) ** 2
    alone = float(1 - off.mean() / of_mean.mean())
    p = above_zero(wrong - off)
    if alone >= r2 + rival.matters and p < LEVEL:
        yield Finding(
            "weak-teacher",
            f"The teacher explains y with R2 {r2:.3f} on {n:,} {where}; {rival.name} fitted to y "
            f"alone with {alone:.3f} ({chance(p)}).",
            {"R2 of the teacher": r2, "R2 of labels only": alone, "p": p, where: n},
            rival.remedy,
        )

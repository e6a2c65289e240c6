"""Findings of the answers alone: all the same, mere labels, few, or never one of the classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill._shares import percent
from jupyter_distill._softmax import log_softmax
from jupyter_distill._validation import some
from jupyter_distill.checks._rows import codes_of_rows
from jupyter_distill.checks._subject import Looked, Subject
from jupyter_distill.findings import Finding
from jupyter_distill.targets import Predictions, SoftTargets, Targets

SAME = 1e-9  # logits that differ by less are taken for the same
HARD = 1e-4  # what all other classes get together where an answer is a mere label
NEARLY_ALL = 0.99  # share of rows that must be so
FEW, FEW_SHARE = 20, 0.05  # different answers, and their share of the different rows
WARM = 4.0  # the highest temperature that distill() tries by itself


def answers(subject: Subject) -> Looked:
    """Look at what the teacher says, whatever the truth is."""
    targets = subject.targets
    measured = _measured(subject)
    found = list(_constant(targets))
    if not found:
        if isinstance(targets, SoftTargets):
            found += _silent(targets)
            found += _hard(targets, measured)
        if not any(one.code == "hard-labels" for one in found):
            found += _few(measured)
    frame = pd.DataFrame({"measure": list(measured), "value": list(measured.values())})
    return Looked(found, {"answers": frame})


def _measured(subject: Subject) -> dict[str, float]:
    targets = subject.targets
    rows = len(np.unique(codes_of_rows(subject.table.values)))
    if isinstance(targets, Predictions):
        scale = float(np.abs(targets.values).max()) or 1.0
        distinct = len(np.unique(np.round(targets.values / scale, 9)))
        return {
            "rows": targets.n_rows,
            "different rows": rows,
            "different answers": distinct,
            "standard deviation": float(targets.values.std()),
        }
    # answers are the same up to a number that is added to all logits of a row
    centred = targets.logits - targets.logits.max(1, keepdims=True)
    distinct = len(np.unique(codes_of_rows(np.round(centred, 9))))
    logs, warm = log_softmax(targets.logits), log_softmax(targets.logits, WARM)
    others = 1 - np.exp(logs.max(1))
    return {
        "rows": targets.n_rows,
        "different rows": rows,
        "different answers": distinct,
        "entropy": float(-(np.exp(logs) * logs).sum(1).mean()),
        f"entropy at T = {WARM:g}": float(-(np.exp(warm) * warm).sum(1).mean()),
        "given to other classes": float(others.mean()),
        "rows that are mere labels": float((others < HARD).mean()),
    }


def _constant(targets: Targets) -> Iterator[Finding]:
    if isinstance(targets, Predictions):
        what = "number" if np.ptp(targets.values) == 0 else ""
    else:
        differ = float(np.ptp(targets.logits - targets.logits[:1], axis=0).max())
        what = "answer" if differ < SAME else ""
    if what:
        yield Finding(
            "constant-teacher",
            f"The teacher gives every row the same {what}: there is nothing to learn from it.",
            {"rows": targets.n_rows, "different answers": 1},
            "Look whether it gets the columns and the units that it was trained on.",
        )


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


def _hard(targets: SoftTargets, measured: dict[str, float]) -> Iterator[Finding]:
    """Say whether answers tell nothing but a class: sure of it, or the same for all its rows."""
    evidence: dict[str, Any] = {
        name: measured[name]
        for name in (
            *("rows", "different answers", "entropy", f"entropy at T = {WARM:g}"),
            "given to other classes",
        )
    }
    sure = measured["rows that are mere labels"]
    named = len(np.unique(targets.predicted))
    if sure >= NEARLY_ALL:
        sentence = (
            f"The teacher gives mere labels: for {percent(sure)} of {targets.n_rows:,} rows all "
            f"other classes together get less than {HARD:g}, so that beside the class there is "
            "next to nothing to learn."
        )
    elif measured["different answers"] <= named < measured["different rows"]:
        sentence = (
            f"The teacher gives mere labels: {named} different answers for "
            f"{int(measured['different rows']):,} different rows, one for each class that it names."
        )
    else:
        return
    yield Finding(
        "hard-labels",
        sentence,
        evidence,
        "Give the model's probabilities or logits if it has any (predict_proba, the last layer), "
        "or a teacher that is less certain, e.g. a forest in place of one full-grown tree.",
    )


def _few(measured: dict[str, float]) -> Iterator[Finding]:
    answers, rows = int(measured["different answers"]), int(measured["different rows"])
    if answers < FEW and answers <= FEW_SHARE * rows:
        yield Finding(
            "few-answers",
            f"The teacher gives only {answers} different answers to {rows:,} different rows.",
            {"different answers": answers, "different rows": rows},
            "If it is that simple, read it itself. If not, look whether its answers are rounded, "
            "or most of its columns missing.",
        )

"""Findings of a teacher that says different things of the same row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._softmax import softmax
from jupyter_distill.checks._rows import codes_of_rows
from jupyter_distill.checks._subject import Looked, Positions, Subject
from jupyter_distill.findings import Finding
from jupyter_distill.targets import Predictions
from jupyter_distill.teachers import Noise, Teacher, take_rows

AGAIN = 100  # rows that are asked about once more
APART = 0.01  # distance of two answers beyond what sums in another order may do
TOLD = 0.01  # share of the rows of X from which it is worth a word that X cannot tell them apart
MEND = (
    "Put it into the mode for answering (e.g. model.eval()), fix its seed, and look whether it "
    "keeps something from one call to the next."
)

Floats = NDArray[np.float64]


def steady(
    subject: Subject,
    teacher: Teacher,
    inputs: Any,
    ask_again: int | None,
    noise: Noise | None,
    seed: int | None,
) -> Looked:
    """Compare answers to rows that are the same, and ask about some rows of X once more.

    Parameters
    ----------
    subject : Subject
        The answers that were given.
    teacher : Teacher
        Who gave them.
    inputs : rows or None
        What it sees beside X; None where it sees X itself.
    ask_again : int or None
        How many rows to ask about once more; None: some, but none of a teacher that may be far
        away or cost money.
    noise : Noise or None
        What was found while it was asked.
    seed : int or None
        Seed of the rows that are drawn.
    """
    if ask_again is None:
        ask_again = 0 if teacher.remote else AGAIN
    said = _plain(subject)
    codes = codes_of_rows(subject.table.values)
    same = _among_the_same(said, codes, subject)
    rows = [{"compared": "rows that are the same in X", **_figures(same)}]
    found: list[Finding] = []
    if noise is not None:
        found.append(_noisy(noise))
    elif inputs is None:
        found += _unsteady(same, "to rows that are the same in every column")
    if inputs is not None:
        found += _indistinct(same, len(codes))
    if ask_again:
        drawn = np.random.default_rng(seed).permutation(subject.own)[:ask_again]
        again = _asked_again(said, subject, teacher, inputs, drawn)
        rows.append({"compared": "rows asked about twice", **_figures(again)})
        if not any(one.code == "unsteady-teacher" for one in found):
            found += _unsteady(
                again, "when it is asked about the same rows again, with others beside them"
            )
    return Looked(found, {"steadiness": pd.DataFrame(rows)})


def _noisy(noise: Noise) -> Finding:
    return Finding(
        "unsteady-teacher",
        f"The teacher gives different answers when it is asked the same question again: "
        f"{noise.different} of {noise.rows} rows are apart, by up to {noise.largest:.2g}. "
        "distill() refuses it, and every figure here is of one answer of many.",
        {"rows": noise.rows, "different": noise.different, "largest distance": noise.largest},
        MEND,
    )


def _plain(subject: Subject) -> Floats:
    """Return answers in a form whose difference is their distance, shape (n, m)."""
    targets = subject.targets
    if isinstance(targets, Predictions):
        return (targets.values / (float(targets.values.std()) or 1.0))[:, None]
    return targets.at(1.0) / 2  # so that differences add up to the total variation


def _among_the_same(said: Floats, codes: NDArray[np.intp], subject: Subject) -> pd.DataFrame:
    """Return how far each row's answer is from the mean answer to rows like it."""
    counts = np.bincount(codes)
    rows = np.flatnonzero(counts[codes] > 1)
    groups = pd.factorize(codes[rows])[0]
    size = np.bincount(groups)[:, None] if len(rows) else np.ones((0, 1))
    mean = np.zeros((len(size), said.shape[1]))
    np.add.at(mean, groups, said[rows])
    apart = np.abs(said[rows] - (mean / size)[groups]).sum(1)
    return pd.DataFrame({"row": subject.called(rows), "group": groups, "apart": apart})


def _asked_again(
    said: Floats, subject: Subject, teacher: Teacher, inputs: Any, rows: Positions
) -> pd.DataFrame:
    X = subject.table.native_rows(rows) if inputs is None else take_rows(inputs, rows)
    targets = subject.targets
    if isinstance(targets, Predictions):
        anew = (teacher.predictions(X) / (float(targets.values.std()) or 1.0))[:, None]
    else:
        anew = softmax(teacher.logits(X)) / 2
    apart = np.abs(said[rows] - anew).sum(1)
    return pd.DataFrame({"row": subject.called(rows), "apart": apart})


def _figures(compared: pd.DataFrame) -> dict[str, float]:
    apart = compared["apart"]
    return {
        "rows": len(compared),
        "different": int((apart > APART).sum()),
        "mean distance": float(apart.mean()) if len(compared) else np.nan,
        "largest distance": float(apart.max()) if len(compared) else np.nan,
    }


def _unsteady(compared: pd.DataFrame, when: str) -> Iterator[Finding]:
    figures = _figures(compared)
    if figures["different"] == 0:
        return
    detail = compared[compared["apart"] > APART].sort_values("apart", ascending=False)
    yield Finding(
        "unsteady-teacher",
        f"The teacher gives different answers {when}: {int(figures['different']):,} of "
        f"{int(figures['rows']):,} are apart, by up to {figures['largest distance']:.2g}.",
        figures,
        MEND,
        detail.reset_index(drop=True),
    )


def _indistinct(compared: pd.DataFrame, rows: int) -> Iterator[Finding]:
    figures = _figures(compared)
    if figures["different"] < TOLD * rows:
        return
    detail = compared[compared["apart"] > APART].sort_values("apart", ascending=False)
    yield Finding(
        "indistinct-rows",
        f"{int(figures['different']):,} of {rows:,} rows are the same as another in every column "
        "of X and get another answer, as the teacher sees more than X: no student can tell them "
        "apart.",
        {**figures, "rows in all": rows},
        "Give X the columns that tell them apart; else the fidelity of any student has its limit "
        "there.",
        detail.reset_index(drop=True),
    )

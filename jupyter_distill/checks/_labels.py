"""Findings of the labels: classes with hardly a row, and labels that are probably wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._paired import chance
from jupyter_distill._shares import percent, percents
from jupyter_distill._softmax import log_softmax, softmax
from jupyter_distill._validation import some
from jupyter_distill.checks._confident import confident_joint, suspects
from jupyter_distill.checks._lapse import Lapse, lapse
from jupyter_distill.checks._subject import Looked, Positions, Subject
from jupyter_distill.findings import Finding
from jupyter_distill.targets import SoftTargets

Floats = NDArray[np.float64]

RARE = 20  # rows below which nothing can be measured of a class
WRONG = 0.03  # share of labels that must be wrong for it to be said
CLEAR = 0.003  # stricter than elsewhere: no model of the labels is quite right
ENOUGH = 100  # rows below which the share is not to be estimated
LEAST_P = 1e-3  # no answer is taken for surer: votes of trees are not


def rare(subject: Subject) -> Looked:
    """Look for classes with too few rows in X."""
    targets = subject.targets
    if not isinstance(targets, SoftTargets) or targets.labels is None:
        return Looked()
    labels = targets.labels[subject.own]
    rows = np.bincount(labels[labels >= 0], minlength=targets.n_classes)
    names = [str(name) for name in targets.classes.tolist()]
    frame = pd.DataFrame({"class": names, "rows": rows, "share": rows / max(1, rows.sum())})
    few = frame[frame["rows"] < RARE].sort_values("rows")
    found = []
    if len(few):
        listed = ", ".join(f"{row.rows} of {row._1!r}" for row in few.head(5).itertuples())
        found.append(
            Finding(
                "rare-class",
                f"{len(few)} of {len(frame)} classes {'has' if len(few) == 1 else 'have'} fewer "
                f"than {RARE} rows in X: {listed}.",
                {"classes": len(frame), "rare": len(few), "rows of the rarest": int(rows.min())},
                "Give more rows of them, or join classes: what is said of so few is chance.",
                few.reset_index(drop=True),
            )
        )
    return Looked(found, {"classes": frame})


def mislabelled(
    targets: SoftTargets, rows: Positions, models: Sequence[Floats], of: str, by: str
) -> Looked:
    """Look for labels that are probably wrong.

    Parameters
    ----------
    targets : SoftTargets
        Rows whose label is known.
    rows : ndarray of int, shape (n,)
        What the owner calls them: positions in X, or among the test rows.
    models : sequence of ndarray of shape (n, K)
        Logits of models that did not learn from the row. Those of a model to the rows that it was
        taught with their wrong labels hide them.
    of : {"X", "test"}
        Which rows these are.
    by : str
        Whose answers these are.
    """
    labels = targets.labels
    assert labels is not None
    logs = [np.maximum(log_softmax(z), np.log(LEAST_P)) for z in models]
    names = np.array([str(name) for name in targets.classes.tolist()], dtype=object)
    p = np.mean([softmax(z) for z in logs], axis=0)
    frame = suspects(p, labels)
    frame["row"] = rows[frame["row"]]
    frame["label"], frame["seems"] = names[frame["label"]], names[frame["seems"]]
    frame.insert(0, "of", of)
    counts = confident_joint(p, labels)
    joint = pd.DataFrame(
        {
            "of": of,
            "label": np.repeat(names, len(names)),
            "seems": np.tile(names, len(names)),
            "rows": counts.ravel(),
        }
    )
    found, parts = [], {"labels": frame, "label_joint": joint}
    present = np.unique(labels)
    if len(labels) >= ENOUGH and len(present) > 1:
        codes = np.searchsorted(present, labels)
        share = lapse([z[:, present] for z in logs], codes)
        found = list(_wrong(share, frame, len(labels), of, by))
        parts["label_noise"] = pd.DataFrame(
            [{"of": of, "labels": len(labels), **share._asdict(), "told by": by}]
        )
    return Looked(found, parts)


def _wrong(found: Lapse, frame: pd.DataFrame, n: int, of: str, by: str) -> Iterator[Finding]:
    if found.share < WRONG or found.p >= CLEAR:
        return
    where = "X" if of == "X" else "the test rows"
    shown = f", e.g. rows {some(frame['row'].head(3).tolist())}" if len(frame) else ""
    yield Finding(
        "mislabelled-rows",
        f"About {percent(found.share)} of {n:,} labels of {where} look wrong (95 % interval "
        f"{percents(found.low, found.high)}, {chance(found.p)}) to {by}: even rows that could "
        f"hardly be clearer have another label{shown}.",
        {
            "labels": n,
            "wrong": found.share,
            "from": found.low,
            "to": found.high,
            "p": found.p,
            "rows to look at": len(frame),
        },
        "Look at these rows, the surest first, and mend or drop what is wrong: a teacher that was "
        "taught with it copies it, and every accuracy measured on it is too low. If all of them "
        "are right, y is chance to that extent, and no model can do better.",
        frame,
    )

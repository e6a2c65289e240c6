"""How good a teacher is on the rows it is measured on, in figures with intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill import _resample as resample
from jupyter_distill._softmax import log_softmax
from jupyter_distill._wilson import Z, wilson
from jupyter_distill.checks import _reliability as reliability
from jupyter_distill.checks._subject import Looked, Subject, truth_of
from jupyter_distill.findings import Finding
from jupyter_distill.targets import Predictions, SoftTargets

FEW = 100  # rows below which an interval is too wide to judge by
DRAWS = 200_000  # rows times draws, for what classwise ECE comes to by chance

Floats = NDArray[np.float64]


def accuracy(subject: Subject, seed: int | None) -> Looked:
    """Measure the teacher against the truth."""
    if subject.scored is None:
        return Looked()
    targets = subject.scored[1]
    if isinstance(targets, Predictions):
        parts = {"accuracy": _of_numbers(targets, seed)}
    else:
        parts = _of_classes(targets, seed)
    return Looked(_few(subject, targets.n_rows, parts["accuracy"]), parts)


def _few(subject: Subject, n: int, figures: pd.DataFrame) -> list[Finding]:
    if n >= FEW:
        return []
    measure, value, low, high = figures.iloc[0][["measure", "value", "low", "high"]]
    return [
        Finding(
            "few-rows",
            f"The teacher is measured on only {n} {subject.where}: read the intervals, not the "
            f"figures. Its {measure} is {value:.3f}, and may be {low:.3f} or {high:.3f}.",
            {subject.where: n, f"{measure} from": float(low), f"{measure} to": float(high)},
            "Give more rows whose truth is known.",
        )
    ]


def _of_numbers(targets: Predictions, seed: int | None) -> pd.DataFrame:
    said, truth = targets.values, truth_of(targets)
    columns = np.column_stack(
        [resample.r2_columns(said, truth), np.abs(truth - said), said - truth]
    )
    means = resample.resampled_means(columns, seed)
    measures = {
        "R2": resample.r2,
        "RMSE": lambda m: np.sqrt(np.maximum(m[..., 0], 0.0)),
        "MAE": lambda m: m[..., 3],
        "mean error": lambda m: m[..., 4],
    }
    rows = [(name, *resample.interval(columns, means, f)) for name, f in measures.items()]
    return pd.DataFrame(rows, columns=["measure", "value", "low", "high"])


def _of_classes(targets: SoftTargets, seed: int | None) -> dict[str, pd.DataFrame]:
    labels, named = truth_of(targets), targets.predicted
    names = [str(name) for name in targets.classes.tolist()]
    counts = np.zeros((len(names), len(names)), dtype=int)
    np.add.at(counts, (labels, named), 1)
    confusion = pd.DataFrame(
        {
            "label": np.repeat(names, len(names)),
            "teacher": np.tile(names, len(names)),
            "rows": counts.ravel(),
        }
    )
    right = float((named == labels).mean())
    rows = [("accuracy", right, *wilson(right, len(labels))), _balanced(counts)]
    return {
        "accuracy": pd.DataFrame(rows, columns=["measure", "value", "low", "high"]),
        "calibration": _calibration(targets, seed),
        "per_class": _per_class(targets, names, counts),
        "confusion": confusion,
    }


def _balanced(counts: NDArray[np.int_]) -> tuple[str, float, float, float]:
    """Return the mean share of each class that is right; its interval from those of the classes."""
    rows = counts.sum(1)
    there = rows > 0
    n, share = rows[there], counts.diagonal()[there] / rows[there]
    # a class of which all rows are right, or none, is not for that known for sure (Agresti, Coull)
    smooth = (share * n + 2) / (n + 4)
    half = Z * float(np.sqrt((smooth * (1 - smooth) / (n + 4)).sum())) / len(n)
    value = float(share.mean())
    return "balanced accuracy", value, max(0.0, value - half), min(1.0, value + half)


def _per_class(targets: SoftTargets, names: list[str], counts: NDArray[np.int_]) -> pd.DataFrame:
    labelled, named, right = counts.sum(1), counts.sum(0), counts.diagonal()
    ends = [
        wilson(a / n, int(n)) if n else (np.nan, np.nan)
        for a, n in zip(right, labelled, strict=True)
    ]
    with np.errstate(invalid="ignore"):
        return pd.DataFrame(
            {
                "class": names,
                "labelled": labelled,
                "named": named,
                "recall": right / labelled,
                "recall_low": [low for low, _ in ends],
                "recall_high": [high for _, high in ends],
                "precision": right / named,
                "mean probability": targets.at(1.0).mean(0),
                "classwise ECE": reliability.classwise_ece(targets, truth_of(targets)),
            }
        )


def _calibration(targets: SoftTargets, seed: int | None) -> pd.DataFrame:
    """Return calibration in figures, beside what they come to where probabilities are right."""
    labels, n = truth_of(targets), targets.n_rows
    p, logs, rows = targets.at(1.0), log_softmax(targets.logits), np.arange(targets.n_rows)
    scores, right = p.max(1), targets.predicted == labels
    place = reliability.bins(scores)
    error = reliability.ece(scores, right, place)
    drawn = reliability.ece_by_chance(scores, place, seed)
    by_class = float(reliability.classwise_ece(targets, labels).mean())
    brier = ((p - np.eye(targets.n_classes)[labels]) ** 2).sum(1)
    loss = -logs[rows, labels]
    best, low, high, least = reliability.likeliest_temperature(targets, labels)
    figures = [
        ("ECE", error, np.nan, np.nan, float(drawn.mean())),
        ("classwise ECE", by_class, np.nan, np.nan, _classwise_by_chance(targets, seed)),
        ("Brier score", *_mean(brier), float((1 - (p**2).sum(1)).mean())),
        ("log loss", *_mean(loss), float(-(p * logs).sum(1).mean())),
        ("likeliest temperature", best, low, high, 1.0),
        ("log loss at that temperature", least, np.nan, np.nan, np.nan),
    ]
    frame = pd.DataFrame(figures, columns=["measure", "value", "low", "high", "if calibrated"])
    frame["p"] = np.nan
    frame.loc[0, "p"] = float((1 + (drawn >= error).sum()) / (1 + len(drawn)))
    frame["rows"] = n
    return frame


def _classwise_by_chance(targets: SoftTargets, seed: int | None) -> float:
    """Return mean classwise ECE of labels drawn from the probabilities."""
    rng = np.random.default_rng(seed)
    above = targets.at(1.0).cumsum(1)
    draws = int(np.clip(DRAWS // targets.n_rows, 3, 50))
    drawn = []
    for _ in range(draws):
        labels = (rng.random((targets.n_rows, 1)) * above[:, -1:] > above).sum(1)
        drawn.append(reliability.classwise_ece(targets, labels).mean())
    return float(np.mean(drawn))


def _mean(values: Floats) -> tuple[float, float, float]:
    """Return a mean and its 95 % interval, that of a normal mean."""
    mean = float(values.mean())
    if len(values) < 2:
        return mean, np.nan, np.nan
    half = Z * float(values.std(ddof=1)) / float(np.sqrt(len(values)))
    return mean, mean - half, mean + half

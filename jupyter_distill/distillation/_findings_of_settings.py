"""Findings of what was given: how many rows, which temperature and alpha."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from jupyter_distill._shares import percent
from jupyter_distill._softmax import softmax
from jupyter_distill.distillation._alpha import CLEAR, USUAL
from jupyter_distill.findings import Finding
from jupyter_distill.targets import SoftTargets

if TYPE_CHECKING:
    from jupyter_distill.distillation._distillation import Distillation

FEW = 100  # held-out rows below which an interval is too wide to compare by
CERTAIN = 0.99


def of_settings(d: Distillation) -> Iterator[Finding]:
    """Yield what the rows, the temperature and alpha call for."""
    n = len(d.rows.held_out)
    if n < FEW and d.population is None:  # else all rows are measured on
        rung = d.rung
        rows = "1 row is" if n == 1 else f"{n} rows are"
        ends = {"fidelity from": rung.low, "fidelity to": rung.high}
        yield Finding(
            "few-rows",
            f"Only {rows} held out: read the intervals, not the figures.",
            {"held-out rows": n, **({} if np.isnan(rung.fidelity) else ends)},
            "Give more rows, or rows to measure on alone: test=(X_test, y_test).",
        )
    yield from _sampled(d)
    if isinstance(d.targets, SoftTargets):
        learnt = d.targets.take(d.rows.learnt)
        if d.calibration is not None:
            yield from _indifferent(d)
        elif not (d.course.standardised or d.course.unseen):
            yield from _fixed(d, learnt)
    yield from _indifferent_alpha(d)


def _sampled(d: Distillation) -> Iterator[Finding]:
    """Yield what the rows are that were learnt from, where these are not all."""
    sample = d.sample
    if sample is None or sample.rows == sample.of:
        return
    left = {f"fidelity that more would gain ({one.family})": one.fidelity for one in sample.left}
    remedy = "d.fidelity() is measured on all other rows."
    if not sample.enough:
        remedy = f"Try more: sample={2 * sample.rows}. {remedy}"
    yield Finding(
        "sampled", sample.describe(), {"rows": sample.rows, "of": sample.of, **left}, remedy
    )


def _fixed(d: Distillation, targets: SoftTargets) -> Iterator[Finding]:
    assert d.temperature is not None
    now, plain = targets.at(d.temperature).max(1), targets.at(1.0).max(1)
    rest, rest_plain = float(1 - now.mean()), float(1 - plain.mean())
    sure, sure_plain = float((now > CERTAIN).mean()), float((plain > CERTAIN).mean())
    beside = ""
    if d.temperature != 1:
        beside = f" (at T = 1: {percent(rest_plain)} and {percent(sure_plain)})"
    yield Finding(
        "fixed-temperature",
        f"T = {d.temperature:g} was set by hand and no other was tried: there the teacher gives "
        f"{percent(rest)} to classes that it does not name, and is nearly certain for "
        f"{percent(sure)} of the rows{beside}.",
        {
            "T": d.temperature,
            "given to other classes": rest,
            "given to other classes at T = 1": rest_plain,
            "entropy": _entropy(targets, d.temperature),
            "entropy at T = 1": _entropy(targets, 1.0),
            f"rows above {CERTAIN:g}": sure,
            f"rows above {CERTAIN:g} at T = 1": sure_plain,
        },
        'Have it searched for: temperature="auto".',
    )


def _entropy(targets: SoftTargets, temperature: float) -> float:
    """Return the mean entropy of the teacher's answers, in nats."""
    p = softmax(targets.logits / temperature)
    return float(-(p * np.log(np.maximum(p, 1e-300))).sum(1).mean())


def _indifferent(d: Distillation) -> Iterator[Finding]:
    calibration = d.calibration
    if calibration is None or len(calibration.temperatures) < 2 or calibration.matters(d.size):
        return
    if d.temperature != calibration.best_temperature(d.size):
        return  # another one was taken by hand since
    path = calibration.path(d.size)
    worst = path.iloc[int(path["behind_best"].to_numpy().argmax())]
    yield Finding(
        "temperature-does-not-matter",
        "Temperature makes no measurable difference for this teacher.",
        {
            "temperatures": len(path),
            "largest difference in KL": float(worst["behind_best"]),
            "its standard error": float(worst["se"]),
            "standard errors that would matter": calibration.clear,
            "at T": float(worst["temperature"]),
        },
        "Nothing need be done: the one nearest to 1 was taken.",
    )


def _indifferent_alpha(d: Distillation) -> Iterator[Finding]:
    tried = d.course.alphas
    if tried is None or len(tried.alphas) < 2 or tried.matters:
        return
    classes = d.task == "classification"
    path = tried.frame(classes=classes)
    evidence: dict[str, float] = {"alphas": len(path)}
    for whose, end in (("the teacher", ""), ("the truth", "_truth")):
        behind = path[f"behind_best{end}"].to_numpy()
        worst = path.iloc[int(behind.argmax())]
        measure = ("log loss" if end else "KL") if classes else "RMSE"
        name = f"largest difference in {measure} to {whose}"
        evidence[name] = float(worst[f"behind_best{end}"])
        evidence[f"standard error of that to {whose}"] = float(worst[f"se{end}"])
    yield Finding(
        "alpha-does-not-matter",
        "The weight of the ground truth makes no measurable difference here, for the teacher or "
        "for the truth.",
        {**evidence, "standard errors that would matter": CLEAR},
        f"Nothing need be done: the one nearest to {USUAL:g} was taken.",
    )

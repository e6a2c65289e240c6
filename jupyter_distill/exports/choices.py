"""What was chosen, and among what: the sections of a report on size, temperature and alpha."""

from __future__ import annotations

from typing import Any

import pandas as pd

from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import charts, html, overview, payload
from jupyter_distill.exports.html import escape

# What the ladder measures besides the fidelity.
MEASURED = {"kl": "KL, nats", "accuracy": "accuracy", "rmse": "RMSE", "r2_truth": "R2 to the truth"}


def section(title: str, inside: str, about: str = "") -> str:
    """Return a section of a report: its title, a sentence about it, and what it shows."""
    said = f'<p class="dim">{escape(about)}</p>' if about else ""
    return f"<section><h2>{escape(title)}</h2>{said}{inside}</section>"


def size(d: Distillation) -> str:
    """Return the ladder: drawn, the chosen family in full, and the rungs of the others."""
    frame = d.ladder.frame()
    mine = frame["family"] == d.family
    shown = [charts.ladder_chart(d.ladder), _own(d, frame[mine])]
    if not mine.all():
        shown.append(_others(d, frame[~mine]))
    about = (
        "A smaller student is easier to read and copies less well; this is what each size costs."
    )
    if len(d.ladder.families) > 1:
        about += " Families are compared by how many things there are to read in them one by one."
    return section(
        "Size",
        f'<div class="cards">{"".join(f"<div>{part}</div>" for part in shown)}</div>',
        about,
    )


def temperature(d: Distillation) -> str:
    """Return what the temperature did; nothing of a regression, which has none."""
    if d.temperature is None:
        return ""
    inside = overview.soft_targets(d, d.temperature)
    return section("Temperature", inside, _said_of_temperature(d, d.temperature))


def alpha(d: Distillation) -> str:
    """Return what the weight of the ground truth did; nothing where it was not searched for."""
    tried = d.course.alphas
    if tried is None:
        return ""
    why = "No value that was tried is measurably better than another, for the teacher or the truth."
    if tried.matters:
        why = "Of the values that cost no measurable fidelity it is the one best for the truth."
    panels = charts.alpha_chart(tried, classes=d.task == "classification")
    return section(
        "Alpha",
        f'<div class="cards">{panels}</div>',
        f"The ground truth weighs {d.alpha:g} in what the student learns from. {why}",
    )


def _own(d: Distillation, frame: pd.DataFrame) -> str:
    data: dict[str, Any] = {"size": frame["size"]}
    for name in d.student.complexity_.to_dict():
        data[name] = frame[name].astype(int)
    data.update(_fidelity(d, frame))
    for name, title in MEASURED.items():
        if name in frame and not frame[name].isna().all():
            data[title] = frame[name]
    data[""] = _marks(frame)
    of = f" of {d.family}" if len(d.ladder.families) > 1 else ""
    return html.table(
        pd.DataFrame(data),
        caption=f"Every size{of} that was piloted, on held-out rows",
        digits={title: 3 for name, title in MEASURED.items() if name != "rmse"},
    )


def _others(d: Distillation, frame: pd.DataFrame) -> str:
    data: dict[str, Any] = {
        "family": frame["family"],
        "size": frame["size"],
        "things to read": frame["statements"],
        **_fidelity(d, frame),
        "": _marks(frame),
    }
    return html.table(pd.DataFrame(data), caption="The other families")


def _fidelity(d: Distillation, frame: pd.DataFrame) -> dict[str, list[str]]:
    name, title = ("r2", "R2") if d.task == "regression" else ("fidelity", "fidelity")
    cells = list(map(html.interval, frame[name], frame["low"], frame["high"]))
    return {f"{title} [95 %]": cells}


def _marks(frame: pd.DataFrame) -> list[str]:
    return [
        ", ".join(word for word in ("chosen", "knee") if marked[word])
        for marked in frame[["chosen", "knee"]].to_dict("records")
    ]


def _said_of_temperature(d: Distillation, T: float) -> str:
    best = payload.calibrated(d.temperature_path, T)
    if d.calibration is None:
        if d.course.standardised:
            return f"The soft targets were softened at T = {T:.3g}, the spread of the logits."
        if d.course.unseen:
            return f"The soft targets were softened at T = {T:g}; no other was tried."
        return f"The temperature was set to {T:g} by hand."
    if best != T:
        return (
            f"The soft targets were softened at T = {T:g}, set by hand; on validation "
            f"rows the student came closest to its teacher at T = {best:g}."
        )
    if not d.calibration.matters(d.size):
        return (
            f"The soft targets were softened at T = {best:g}: on validation rows no temperature "
            "brought the student measurably closer to its teacher than another."
        )
    return (
        f"The soft targets were softened at T = {best:g}, the temperature at which the student "
        "came closest to its teacher on validation rows."
    )

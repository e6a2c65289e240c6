"""What the line charts show, as tidy data: one row a point, with what is said beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from jupyter_distill._shares import percent
from jupyter_distill.distillation import AlphaPath, Ladder, NumberRung

READ = "things to read: conditions, coefficients, terms, weights"


@dataclass(frozen=True, eq=False)
class Curve:
    """Measured lines with an interval at every point, one point chosen.

    Attributes
    ----------
    frame : DataFrame
        One row a point: the columns that `x`, `y` and `by` name, ``low``, ``high``, ``chosen``
        and ``knee``, and whatever else is known of it.
    x, y : str
        Columns that are drawn across and upwards.
    by : str or None
        Column that tells lines apart; None of a single line.
    title, across, about : str
        What is measured, against what, and what else is to be known.
    mark : str
        What the chosen point is called.
    logarithmic, share : bool
        Whether the axis across is one, and whether what is measured is written as percent.
    ticks : sequence of float
        Numbers on the axis across.
    rings : bool
        Whether knees are marked.
    beside : sequence of (str, float)
        Baselines: what they are called, and what was measured of them.
    """

    frame: pd.DataFrame
    x: str
    y: str
    title: str
    across: str
    mark: str
    about: str
    ticks: Sequence[float]
    by: str | None = None
    logarithmic: bool = True
    share: bool = False
    rings: bool = False
    beside: Sequence[tuple[str, float]] = ()

    @property
    def lines(self) -> list[tuple[str, pd.DataFrame]]:
        """The points of each line by its name, in the order of their colours."""
        if self.by is None:
            return [("", self.frame)]
        return [(str(name), of) for name, of in self.frame.groupby(self.by, sort=False)]

    @property
    def chosen(self) -> pd.Series:
        """The chosen point."""
        return self.frame.loc[self.frame["chosen"]].iloc[0]

    def write(self, value: float) -> str:
        """Write what was measured."""
        if self.share:
            return percent(value)
        return f"{value:.3g}"

    def tick(self, value: float) -> str:
        """Write a round number of the axis upwards."""
        return f"{100 * value:.4g}\N{NO-BREAK SPACE}%" if self.share else f"{value:.4g}"

    def said(self, point: pd.Series) -> str:
        """Write what was measured at a point, with its interval."""
        value, low, high = (self.write(point[name]) for name in (self.y, "low", "high"))
        return value if value == low == high else f"{value} ({low} to {high})"


def ladder_curve(ladder: Ladder) -> Curve:
    """Return the fidelity of what was piloted: by size, of several families by things to read."""
    frame = ladder.frame()
    frame = frame.rename(columns={"r2": "fidelity"})
    rung = ladder.rung()
    numbers = isinstance(rung, NumberRung)
    y, title = "fidelity", "Fidelity on held-out rows"
    intervals = "Bands: 95 % intervals." if len(ladder.families) > 1 else "Band: 95 % interval."
    if numbers:
        title = "R2 to the teacher on held-out rows"
    if numbers and frame["fidelity"].isna().all():
        y, title = "rmse", "RMSE to the teacher on held-out rows"
        intervals = "R2 has no scale here: the teacher says one number of all these rows."
        frame = frame.assign(low=frame["rmse"], high=frame["rmse"])
    frame = frame[["family", "size", "statements", y, "low", "high", "knee", "chosen"]]
    if len(ladder.families) > 1:
        about = [intervals]
        if frame["knee"].any():
            about.append(
                "Rings, the knees: the smallest of each family about as faithful as its best, "
                "on validation rows."
            )
        order = {name: place for place, name in enumerate(ladder.families)}
        frame = frame.sort_values(
            ["family", "statements", "size"],
            key=lambda column: column.map(order) if column.name == "family" else column,
        )
        return Curve(
            frame.reset_index(drop=True),
            x="statements",
            y=y,
            by="family",
            title=title,
            across=READ,
            mark=f"chosen: {rung.student.title_}",
            about=" ".join(about),
            ticks=_round(frame["statements"].min(), frame["statements"].max()),
            share=not numbers,
            rings=bool(frame["knee"].any()),
        )
    rings = bool((frame["knee"] & ~frame["chosen"]).any())
    ring = (
        " Ring, the knee: the smallest about as faithful as the best, on validation rows."
        if rings
        else ""
    )
    return Curve(
        frame.reset_index(drop=True),
        x="size",
        y=y,
        title=title,
        across=rung.student.UNIT,
        mark=f"chosen: {ladder.chosen}",
        about=f"{intervals}{ring}",
        ticks=frame["size"].tolist(),
        share=not numbers,
        rings=rings,
    )


def temperature_curve(path: pd.DataFrame, matters: bool) -> Curve:
    """Return the divergence of the student from its teacher by the temperature it learnt at."""
    path = path.sort_values("temperature").reset_index(drop=True)
    chosen = float(path.loc[path["chosen"].astype(bool), "temperature"].iloc[0])
    frame = path.astype({"chosen": bool})
    return Curve(
        _banded(frame, "kl", "se"),
        x="temperature",
        y="kl",
        title="KL(teacher || student) on validation rows, nats",
        across="temperature T of the soft targets",
        mark=f"T = {chosen:g}",
        about=_difference("T", 1, matters),
        ticks=frame["temperature"].tolist(),
    )


def alpha_curves(path: AlphaPath, *, classes: bool) -> tuple[Curve, Curve]:
    """Return how far the student is from its teacher, and from the truth, by alpha."""
    frame = path.frame(classes=classes)
    if classes:
        named = {
            ("kl", "se"): "KL(teacher || student) on validation rows, nats",
            ("log_loss", "se_truth"): "Log loss against the truth, nats",
        }
    else:
        named = {
            ("rmse", "se"): "RMSE to the teacher on validation rows",
            ("rmse_truth", "se_truth"): "RMSE to the truth",
        }
    curves = []
    for (column, error), title in named.items():
        curves.append(
            Curve(
                _banded(frame, column, error),
                x="alpha",
                y=column,
                title=title,
                across="alpha, weight of the ground truth",
                mark=f"alpha = {path.best:g}",
                about=_difference("alpha", 0.1, path.matters),
                ticks=list(path.alphas),
                logarithmic=False,
            )
        )
    first, second = curves
    return first, second


def _banded(frame: pd.DataFrame, column: str, error: str) -> pd.DataFrame:
    return frame.assign(
        low=frame[column] - frame[error], high=frame[column] + frame[error], knee=False
    )


def _difference(name: str, usual: float, matters: bool) -> str:
    band = "Band: one standard error of the difference to the best."
    if matters:
        return band
    return (
        f"{name} makes no measurable difference here: the one nearest to {usual:g} is taken. {band}"
    )


def _round(low: float, high: float) -> list[float]:
    """Return round numbers for a logarithmic axis from `low` to `high`, at most about ten."""
    for steps in ((1, 2, 5), (1, 3), (1,)):
        found = [float(m * 10**k) for k in range(10) for m in steps if low <= m * 10**k <= high]
        if len(found) <= 10:
            break
    return found if len(found) > 1 else sorted({float(low), float(high)})

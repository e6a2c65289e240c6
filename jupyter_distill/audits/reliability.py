"""Whether the student's probabilities, or its numbers, can be taken at their word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._late import late
from jupyter_distill._paired import LEVEL, chance
from jupyter_distill._resample import FEW
from jupyter_distill._shares import percent
from jupyter_distill._softmax import softmax
from jupyter_distill._wilson import Z
from jupyter_distill.audits._intervals import Interval
from jupyter_distill.audits._measured import Counted, intervals, mean, to_labels
from jupyter_distill.audits._models import STUDENT, TEACHER, Models, of_a_sample
from jupyter_distill.audits._part import Part
from jupyter_distill.audits._text import left
from jupyter_distill.checks import _reliability as curves
from jupyter_distill.checks._calibration import ENOUGH, OFF, SEED, STEEP, by_decile
from jupyter_distill.distillation import Distillation
from jupyter_distill.findings import Finding, Findings
from jupyter_distill.targets import Predictions

Floats = NDArray[np.float64]

TRUTH = "truth"


@dataclass(frozen=True, eq=False)
class Reliability:
    """How far what models say is from what happens on average.

    Attributes
    ----------
    teacher, student : str
        Whose.
    regression : bool
        Whether they give numbers.
    rows, known : int
        Rows, and those of which the truth is known.
    which : str
        What the rows are called.
    table : data frame
        See :meth:`frame`.
    curves : data frame
        See :meth:`curve`.
    findings : Findings
        ``miscalibrated-student``, where it is.
    notes : tuple of str
        What could not be measured.
    """

    teacher: str
    student: str
    regression: bool
    rows: int
    known: int
    which: str
    table: pd.DataFrame
    curves: pd.DataFrame
    findings: Findings
    notes: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """ECE of the student against the truth (of a regression the slope), else the teacher."""
        return float(self.table["value"].iloc[0])

    def frame(self) -> pd.DataFrame:
        """Return one row per model and measure, with its 95 % interval (accuracy: Wilson's).

        Columns: ``model``, ``against`` (``"truth"`` or ``"teacher"``), ``measure``, ``value``,
        ``low``, ``high``. Measures against the truth: ``ECE`` of the class that is named, over 15
        bins of as many rows; ``ECE by chance``, what it would be were the probabilities right, and
        ``p``, how often chance alone makes it as large; ``classwise ECE``, the mean over classes;
        ``confidence`` and ``accuracy``, ``Brier`` and ``log loss``. Against the teacher: ``ECE``,
        how far the student's probability of the class it names is from the teacher's by bin, and
        the mean of either. Of a regression: ``slope`` of the truth (or the teacher) on what is
        said, 1 where that is right, and ``bias``, the mean of said less true.
        """
        return self.table.copy()

    def curve(self, model: str | None = None, against: str | None = None) -> pd.DataFrame:
        """Return the reliability curve: by bin ``rows``, what was ``said``, what ``happened``.

        Parameters
        ----------
        model, against : str, optional
            Of one model, against one of ``"truth"`` and ``"teacher"``; of all unless given.

        Returns
        -------
        data frame
            ``low`` and ``high`` are the 95 % interval of ``happened``: the share of rows for which
            the model is right, or the mean probability that the teacher gives to the same class,
            NaN in a bin of fewer than 5 rows. Of a regression, bins are tenths of what was said,
            and ``happened`` is a mean.
        """
        found = self.curves
        for name, wanted in (("model", model), ("against", against)):
            if wanted is not None:
                found = found[found[name] == wanted]
        return found.reset_index(drop=True)

    def chart(self) -> Any:
        """Return an Altair chart of the curves; it shows itself without a network.

        Both models against the truth, and the student against its teacher, as far as they were
        measured. Needs the extra ``charts``; its data is :meth:`curve`.
        """
        return late("jupyter_distill.exports.vega_audits:reliability_chart")(self)

    def describe(self) -> str:
        """Return the measures as text."""
        head = f"Calibration of {self.student} and {self.teacher}, {self.rows:,} {self.which}"
        parts = [head]
        for against, of in self.table.groupby("against", sort=False):
            models = list(dict.fromkeys(of["model"]))
            said = {
                (m, w): Interval(v, low, high).text() if low == low else f"{v:.3f}"
                for m, w, v, low, high in zip(
                    of["measure"], of["model"], of["value"], of["low"], of["high"], strict=True
                )
            }
            lines = [
                [name, *(said.get((name, model), "") for model in models)]
                for name in dict.fromkeys(of["measure"])
            ]
            known = f", known for {self.known:,}" if against == TRUTH else ""
            table = pd.DataFrame(lines, columns=["[95 %]", *models])
            parts.append(f"against the {against}{known}:\n{left(table)}")
        found = [repr(self.findings)] if self.findings else []
        return "\n\n".join([*parts, *found, *self.notes])

    def __repr__(self) -> str:
        return self.describe()

    def _repr_html_(self) -> str:
        html: str = late("jupyter_distill.exports.audit:alone")(self)
        return html


def reliability(d: Distillation, rows: str = "held_out") -> Reliability:
    """Measure how a distillation's models are calibrated on held-out rows, or on all."""
    beside = Models.of(d, rows)
    targets, known = beside.targets, beside.known
    numbers = isinstance(targets, Predictions)
    own = targets.values if numbers else targets.logits
    models = {k: v for k, v in list(beside.models.items())[:-1]}  # not who always says the same
    table: list[list[Any]] = []
    drawn: list[pd.DataFrame] = []
    notes = list(of_a_sample(d))

    def add(model: str, against: str, measured: dict[str, Interval], curve: pd.DataFrame) -> None:
        table.extend([model, against, name, *one] for name, one in measured.items())
        drawn.append(curve.assign(model=model, against=against))

    seed = d.random_state
    if known.any():
        truth = (targets.truth if numbers else targets.labels)[known]
        for model, said in {**models, TEACHER: own}.items():
            measure = _numbers if numbers else _to_truth
            add(model, TRUTH, *measure(said[known], truth, seed))
    else:
        notes.append("The truth is not known of these rows: only the teacher is measured against.")
    for model, said in models.items():
        if numbers:
            add(model, TEACHER, *_numbers(said, own, seed))
        else:
            add(model, TEACHER, *_to_teacher(said, softmax(own), seed))
    frame = pd.DataFrame(table, columns=["model", "against", "measure", "value", "low", "high"])
    curve = pd.concat(drawn, ignore_index=True)
    front = ["model", "against"]
    found = _found(frame, curve, int(known.sum()), beside.which, numbers)
    return Reliability(
        teacher=d.teacher.name,
        student=d.title,
        regression=numbers,
        rows=targets.n_rows,
        known=int(known.sum()),
        which=beside.which,
        table=frame,
        curves=curve[[*front, *(c for c in curve.columns if c not in front)]],
        findings=Findings.ordered(found),
        notes=tuple(notes),
    )


Measured = tuple[dict[str, Interval], pd.DataFrame]


def _to_truth(z: Floats, labels: NDArray[np.intp], seed: int | None) -> Measured:
    p, k = softmax(z), z.shape[1]
    scores, right = p.max(1), z.argmax(1) == labels
    place = curves.bins(scores)
    by_class = [_off(p[:, c], labels == c) for c in range(k)]
    ends = np.cumsum([0, *(one.shape[1] for one in by_class)])

    def classwise(m: Floats) -> Floats:
        parts = [np.abs(m[..., a:b]).sum(-1) for a, b in zip(ends[:-1], ends[1:], strict=True)]
        return np.asarray(np.mean(parts, axis=0))

    of = to_labels(z, labels)
    counted = {
        "ECE": of["ECE"],
        "classwise ECE": Counted(np.hstack(by_class), classwise, folded=True),
        "confidence": mean(scores),
        "accuracy": of["accuracy"],
        "Brier": of["Brier"],
        "log loss": of["log loss"],
    }
    found = intervals(counted, seed)
    drawn = curves.ece_by_chance(scores, place, SEED)
    low, high = np.quantile(drawn, [0.025, 0.975])
    usual = Interval(float(drawn.mean()), float(low), float(high))
    nothing = float("nan")
    p_value = float((1 + (drawn >= found["ECE"].value).sum()) / (1 + len(drawn)))
    found = {"ECE": found["ECE"], "ECE by chance": usual, **found}
    return {**found, "p": Interval(p_value, nothing, nothing)}, curves.reliability(scores, right)


def _to_teacher(z: Floats, q: Floats, seed: int | None) -> Measured:
    """Compare the probability of the class that is named with the teacher's of the same class."""
    p, rows = softmax(z), np.arange(len(z))
    scores, theirs = p.max(1), q[rows, z.argmax(1)]
    found = intervals(
        {
            "ECE": Counted(_off(scores, theirs), lambda m: np.abs(m).sum(-1), folded=True),
            "confidence": mean(scores),
            "teacher's probability": mean(theirs),
        },
        seed,
    )
    place = curves.bins(scores)
    of = [np.flatnonzero(place == b) for b in range(int(place.max()) + 1)]
    happened = np.array([theirs[one].mean() for one in of])
    half = np.array([_half(theirs[one]) for one in of])
    return found, pd.DataFrame(
        {
            "rows": [len(one) for one in of],
            "said": [scores[one].mean() for one in of],
            "happened": happened,
            "low": np.maximum(happened - half, 0.0),
            "high": np.minimum(happened + half, 1.0),
        }
    )


def _half(values: Floats) -> float:
    """Return half of the normal interval of a mean; NaN where too few rows tell no spread."""
    n = len(values)
    return float(Z * values.std(ddof=1) / np.sqrt(n)) if n >= FEW else float("nan")


def _off(scores: Floats, happened: NDArray[Any]) -> Floats:
    """Return by how much each row is off, in the column of its bin."""
    place = curves.bins(scores)
    off = np.zeros((len(scores), int(place.max()) + 1))
    off[np.arange(len(scores)), place] = scores - happened
    return off


def _numbers(said: Floats, target: Floats, seed: int | None) -> Measured:
    x, y = said - said.mean(), target - target.mean()
    products = np.column_stack([x, y, x * x, x * y])

    def slope(m: Floats) -> Floats:
        spread = m[..., 2] - m[..., 0] ** 2
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(spread > 0, (m[..., 3] - m[..., 0] * m[..., 1]) / spread, np.nan)

    counted = {
        "slope": Counted(products, slope) if np.ptp(said) > 0 else None,
        "bias": mean(said - target),
    }
    curve = by_decile(said, target)
    curve = curve.assign(low=curve["said"] - curve["high"], high=curve["said"] - curve["low"])
    curve = curve.rename(columns={"true": "happened"})
    return intervals(counted, seed), curve[["rows", "said", "happened", "low", "high"]]


def _found(
    frame: pd.DataFrame, curve: pd.DataFrame, known: int, where: str, numbers: bool
) -> Iterator[Finding]:
    """Say where the student is off beyond chance, and whether its teacher is as well."""
    if known < ENOUGH:
        return
    of = {
        (m, n): Interval(value, low, high)
        for m, a, n, value, low, high in frame.itertuples(index=False)
        if a == TRUTH
    }
    drawn = curve[(curve["model"] == STUDENT) & (curve["against"] == TRUTH)]
    drawn = drawn.drop(columns=["model", "against"]).reset_index(drop=True)
    if numbers:
        slope, theirs = of[STUDENT, "slope"], of[TEACHER, "slope"]
        if np.isnan(slope.value) or abs(slope.value - 1) < STEEP or slope.low <= 1 <= slope.high:
            return
        how = "too extreme" if slope.value < 1 else "too cautious"
        yield Finding(
            "miscalibrated-student",
            f"The student's numbers are {how}: on {known:,} {where} the truth rises by "
            f"{slope.value:.2f} (95 % interval {slope.low:.2f} to {slope.high:.2f}) where they "
            f"rise by 1; of the teacher it is {theirs.value:.2f}.",
            {
                "slope": slope.value,
                "slope from": slope.low,
                "slope to": slope.high,
                "slope of the teacher": theirs.value,
                where: known,
            },
            _mend(
                abs(theirs.value - 1) >= STEEP and not theirs.low <= 1 <= theirs.high, numbers=True
            ),
            drawn,
        )
        return
    error, usual, p = (of[STUDENT, name].value for name in ("ECE", "ECE by chance", "p"))
    if error - usual < OFF or p >= LEVEL:
        return
    said, right = of[STUDENT, "confidence"].value, of[STUDENT, "accuracy"].value
    off = of[TEACHER, "ECE"].value
    way = "surer than it is right" if said > right else "less sure than it is right"
    if abs(said - right) < error / 2:
        way = "surer than it is right of some rows, and less sure of others"
    yield Finding(
        "miscalibrated-student",
        f"The student is {way}: on {known:,} {where} it says {percent(said)} of the class that it "
        f"names, which is right for {percent(right)}; by bin it is off by {percent(error)}, where "
        f"chance alone would make it {percent(usual)} ({chance(p)}), and the teacher is by "
        f"{percent(off)}.",
        {
            "ECE": error,
            "ECE by chance": usual,
            "p": p,
            "mean confidence": said,
            "accuracy": right,
            "ECE of the teacher": off,
            where: known,
        },
        _mend(of[TEACHER, "p"].value < LEVEL),
        drawn,
    )


def _mend(inherited: bool, numbers: bool = False) -> str:
    if inherited:
        return (
            "Its teacher is off as well: calibrate the teacher on rows that it did not see and "
            "distil the result, or give the truth more weight (alpha)."
        )
    if numbers:
        return (
            "Give the truth more weight (alpha), take a larger size (d.ladder), or say by how much "
            "its numbers are off."
        )
    return (
        "Give the truth more weight (alpha), take another temperature (d.temperature_path), or do "
        "not show the student's probabilities as such."
    )


PART = Part(
    30,
    "Can its probabilities be taken at their word?",
    lambda d, scope, _: reliability(d, scope.rows),
)

"""Where is the student less faithful? Every category, quarter of a number, and pair of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jupyter_distill._paired import LEVEL, chance
from jupyter_distill._validation import check_choice, check_number, expected
from jupyter_distill._wilson import Z, wilson
from jupyter_distill.audits._beside import LABELS_ONLY, STUDENT, Beside, of_a_sample
from jupyter_distill.audits._levels import Levels, levels
from jupyter_distill.audits._segment_counts import Counts, adjusted, count, larger_mean, more_often
from jupyter_distill.audits._text import left
from jupyter_distill.distillation import Distillation
from jupyter_distill.findings import Finding, Findings
from jupyter_distill.targets import KL, Predictions

Floats = NDArray[np.float64]

MEASURES = ("agreement", "kl", "accuracy")
NUMBERS = ("rmse",)
PAIRED = 60  # columns beyond which pairs are of those alone whose own segments differ most
SHOWN, NAMED = 10, 5
MATTERS = 0.05  # of agreement or accuracy: less is not worth a finding, however certain
TIMES = 1.25  # and how many times the KL or RMSE of the others
SIMPLER = 0.01  # how sure it has to be that a pair is worse than either part of it


@dataclass(frozen=True, eq=False)
class Segments:
    """All segments, the surely worst one first.

    Attributes
    ----------
    teacher, student : str
        What is compared.
    measure : {"agreement", "kl", "accuracy", "rmse"}
        What they are ordered by.
    whole : float
        Of all rows.
    rows : int
        How many these are.
    which : str
        What they are called.
    table : data frame
        See :meth:`frame`.
    distinct : tuple of int
        Places in it of the segments that are worse than the other rows beyond chance, each once:
        none that is so only because another one is.
    findings : Findings
        ``weak-segment``, where there is one.
    notes : tuple of str
        What was not looked at.
    """

    teacher: str
    student: str
    measure: str
    whole: float
    rows: int
    which: str
    table: pd.DataFrame
    distinct: tuple[int, ...]
    findings: Findings
    notes: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """The measure in the first segment; NaN where there is none."""
        return float(self.table[self.measure].iloc[0]) if len(self.table) else float("nan")

    @property
    def worst(self) -> pd.DataFrame:
        """The segments of `distinct`."""
        return self.table.iloc[list(self.distinct)]

    def frame(self) -> pd.DataFrame:
        """Return one row per segment, the one first whose interval ends the worst.

        Columns: ``segment`` in the owner's words; ``columns``, one or two; ``rows``, ``share`` of
        all; ``agreement`` with 95 % interval (Wilson), ``kl`` in nats (normal interval); where the
        truth is known ``known`` rows and the ``accuracy`` of the student (Wilson), of the
        ``teacher_accuracy`` and of the ``labels_only_accuracy``. Of a regression ``rmse`` with its
        interval (normal), ``ratio`` to that of all rows, ``mean_error`` (student less teacher) and
        ``truth_rmse`` with ``teacher_truth_rmse``. Then the measure in all other rows ``rest``,
        the ``difference`` to it, ``p`` (how likely chance alone makes the segment so much worse)
        and ``p_adjusted`` for the number of segments.
        """
        return self.table.copy()

    def describe(self) -> str:
        """Name the segments that are worse beyond chance, or say that there is none."""
        head = (
            f"{_NAMES[self.measure]} of {self.student} to {self.teacher} by segment of "
            f"{self.rows:,} {self.which}: {self.whole:.3g} on the whole, {len(self.table):,} "
            "segments"
        )
        if self.measure == "accuracy":
            head = head.replace(f" to {self.teacher}", "")
        worst = self.worst.head(SHOWN)
        if not len(worst):
            said = "No segment is worse than the other rows beyond what chance makes of so many."
            return "\n".join([head, said, *self.notes])
        lines = pd.DataFrame(
            {
                "worse than the others": worst["segment"],
                "rows": [f"{n:,}" for n in worst["rows"]],
                f"{self.measure} [95 %]": [
                    f"{row[self.measure]:.3g} [{row[self.measure + '_low']:.3g}, "
                    f"{row[self.measure + '_high']:.3g}]"
                    for _, row in worst.iterrows()
                ],
                "others": [f"{rest:.3g}" for rest in worst["rest"]],
                "p, adjusted": [f"{p:.2g}" for p in worst["p_adjusted"]],
            }
        )
        more = len(self.distinct) - len(worst)
        return "\n".join([head, left(lines), *([f"and {more} more"] if more else []), *self.notes])

    def __repr__(self) -> str:
        return self.describe()


_NAMES = {"agreement": "Agreement", "kl": "KL", "accuracy": "Accuracy", "rmse": "RMSE"}


@dataclass(frozen=True, eq=False)
class _Measured:
    """What every row has, by name, and how a measure is read from its sums."""

    of: dict[str, Floats]
    known: NDArray[np.bool_]
    numbers: bool
    sums: dict[str, Floats] = field(default_factory=dict)


def segments(
    d: Distillation,
    rows: str = "held_out",
    pairs: bool = True,
    least: int = 30,
    measure: str | None = None,
    top: int | None = None,
) -> Segments:
    """Measure a distillation's student in every segment of its rows."""
    numbers = isinstance(d.targets, Predictions)
    choices = NUMBERS if numbers else MEASURES
    measure = choices[0] if measure is None else check_choice("measure", measure, choices)
    least = int(check_number("least", least, low=2, integer=True))
    if top is not None:
        top = int(check_number("top", top, low=1, integer=True))
    beside = Beside.of(d, rows)
    if measure == "accuracy" and not beside.known.any():
        raise ValueError(
            expected(
                "the truth, for measure='accuracy'",
                got="none of these rows",
                remedy="Distil with y, or take measure='agreement'.",
            )
        )
    measured = _of_numbers(beside) if numbers else _of_classes(beside)
    columns = levels(beside.table, d.table.values[d.rows.learnt])
    counted, notes = _counted(columns, measured, measure, least, pairs)
    table = _table(columns, counted, measured, measure)
    order = _worst_first(table, measure)
    table = table.iloc[order].reset_index(drop=True)
    first, second = counted.first[order], counted.second[order]
    distinct = _distinct(table, columns, first, second, measured, measure)
    whole = _whole(measured, measure)
    found = _found(table.iloc[distinct], measure, whole, beside.which)
    if top is not None:
        notes = (*notes, *([f"The first {top} of {len(table):,}."] if len(table) > top else []))
        table, distinct = table.head(top), [k for k in distinct if k < top]
    return Segments(
        teacher=d.teacher.name,
        student=d.title,
        measure=measure,
        whole=whole,
        rows=len(beside.table),
        which=beside.which,
        table=table,
        distinct=tuple(distinct),
        findings=Findings.ordered(found),
        notes=(*of_a_sample(d), *notes),
    )


def _of_classes(beside: Beside) -> _Measured:
    targets, z, known = beside.targets, beside.models[STUDENT], beside.known
    kl = KL.per_row(z, targets)
    of = {"parts": (z.argmax(1) != targets.predicted).astype(float), "kl": kl, "kl2": kl**2}
    if known.any():
        who = {"": z.argmax(1), "teacher_": targets.predicted}
        if LABELS_ONLY in beside.models:
            who["labels_only_"] = beside.models[LABELS_ONLY].argmax(1)
        of["known"] = known.astype(float)
        of |= {f"{name}wrong": known * (said != targets.labels) for name, said in who.items()}
    return _Measured(of, known, False)


def _of_numbers(beside: Beside) -> _Measured:
    targets, said, known = beside.targets, beside.models[STUDENT], beside.known
    off = said - targets.values
    of = {"off": off, "off2": off**2, "off4": off**4}
    if known.any():
        truth = np.where(known, targets.truth, 0.0)
        of["known"] = known.astype(float)
        of["wrong2"] = known * (said - truth) ** 2
        of["teacher_wrong2"] = known * (targets.values - truth) ** 2
    return _Measured(of, known, True)


def _counted(
    columns: list[Levels], measured: _Measured, measure: str, least: int, pairs: bool
) -> tuple[Counts, tuple[str, ...]]:
    of = np.column_stack(list(measured.of.values())).astype(np.float64)
    paired = list(range(len(columns))) if pairs else []
    notes: tuple[str, ...] = ()
    if len(paired) > PAIRED:
        alone = count(columns, of, least, [])
        p = _chances(alone, measured, measure)
        least_p = {j: p[alone.first[:, 0] == j].min(initial=1.0) for j in paired}
        paired = sorted(sorted(paired, key=lambda j: (least_p[j], j))[:PAIRED])
        notes = (
            f"Pairs are of the {PAIRED} columns (of {len(columns)}) whose own segments differ "
            "most from the other rows.",
        )
    return count(columns, of, least, paired), notes


def _chances(counted: Counts, measured: _Measured, measure: str) -> Floats:
    """Return how likely chance alone makes each segment so much worse than the other rows."""
    place = {name: i for i, name in enumerate(measured.of)}
    total = {name: float(np.sum(values)) for name, values in measured.of.items()}
    n = float(len(next(iter(measured.of.values()))))
    rows = counted.rows

    def sums(name: str) -> Floats:
        return counted.sums[:, place[name]]

    if measure == "agreement":
        return more_often(sums("parts"), rows, total["parts"], n)
    if measure == "accuracy":
        return more_often(sums("wrong"), sums("known"), total["wrong"], total["known"])
    one, two = ("kl", "kl2") if measure == "kl" else ("off2", "off4")
    return larger_mean(rows, sums(one), sums(two), np.array([n, total[one], total[two]]))


def _table(
    columns: list[Levels], counted: Counts, measured: _Measured, measure: str
) -> pd.DataFrame:
    rows, of = counted.rows, dict(zip(measured.of, counted.sums.T, strict=True))
    total = {name: float(np.sum(values)) for name, values in measured.of.items()}
    n = len(measured.known)
    data: dict[str, Any] = {
        "segment": [
            " and ".join(columns[j].names[k] for j, k in (one, other) if j >= 0)
            for one, other in zip(counted.first, counted.second, strict=True)
        ],
        "columns": np.where(counted.second[:, 0] < 0, 1, 2),
        "rows": rows.astype(int),
        "share": rows / n,
    }
    with np.errstate(invalid="ignore", divide="ignore"):
        if measured.numbers:
            data |= _root(of["off2"] / rows, of["off4"] / rows, rows)
            data["ratio"] = data["rmse"] / np.sqrt(total["off2"] / n)
            data["mean_error"] = of["off"] / rows
            if "known" in of:
                data["truth_rmse"] = np.sqrt(of["wrong2"] / of["known"])
                data["teacher_truth_rmse"] = np.sqrt(of["teacher_wrong2"] / of["known"])
        else:
            data |= _share("agreement", rows - of["parts"], rows)
            mean = of["kl"] / rows
            half = Z * np.sqrt(np.maximum(of["kl2"] / rows - mean**2, 0.0) / rows)
            data |= {"kl": mean, "kl_low": np.maximum(mean - half, 0.0), "kl_high": mean + half}
            if "known" in of:
                data["known"] = of["known"].astype(int)
                data |= _share("accuracy", of["known"] - of["wrong"], of["known"])
                for name in ("teacher_", "labels_only_"):
                    if f"{name}wrong" in of:
                        data[f"{name}accuracy"] = 1 - of[f"{name}wrong"] / of["known"]
        data["rest"] = _read(measure, {k: total[k] - v for k, v in of.items()}, n - rows)
    data["difference"] = data[measure] - data["rest"]
    data["p"] = _chances(counted, measured, measure)
    data["p_adjusted"] = adjusted(data["p"])
    return pd.DataFrame(data)


def _read(measure: str, of: dict[str, Any], rows: Any) -> Any:
    """Return a measure of sums over rows."""
    if measure == "agreement":
        return 1 - of["parts"] / rows
    if measure == "accuracy":
        return 1 - of["wrong"] / of["known"]
    return of["kl"] / rows if measure == "kl" else np.sqrt(np.maximum(of["off2"], 0.0) / rows)


def _whole(measured: _Measured, measure: str) -> float:
    total = {name: float(np.sum(values)) for name, values in measured.of.items()}
    return float(_read(measure, total, len(measured.known)))


def _share(name: str, hits: Floats, rows: Floats) -> dict[str, Floats]:
    shares = hits / rows
    ends = [
        wilson(float(s), int(n)) if n else (np.nan, np.nan)
        for s, n in zip(shares, rows, strict=True)
    ]
    low, high = np.array(ends).reshape(-1, 2).T
    return {name: shares, f"{name}_low": low, f"{name}_high": high}


def _root(mean: Floats, squares: Floats, rows: Floats) -> dict[str, Floats]:
    half = Z * np.sqrt(np.maximum(squares - mean**2, 0.0) / rows)
    low, high = np.sqrt(np.maximum(mean - half, 0.0)), np.sqrt(mean + half)
    return {"rmse": np.sqrt(mean), "rmse_low": low, "rmse_high": high}


def _worst_first(table: pd.DataFrame, measure: str) -> NDArray[np.intp]:
    """Order by the end of the interval at which a segment is the least bad."""
    if measure in ("kl", "rmse"):
        ends, value = -table[f"{measure}_low"], -table[measure]
    else:
        ends, value = table[f"{measure}_high"], table[measure]
    keys = [np.nan_to_num(one.to_numpy(dtype=float), nan=np.inf) for one in (value, ends)]
    return np.lexsort((table["columns"].to_numpy(), *keys))


def _distinct(
    table: pd.DataFrame,
    columns: list[Levels],
    first: NDArray[np.intp],
    second: NDArray[np.intp],
    measured: _Measured,
    measure: str,
) -> list[int]:
    """Return the segments that are surely worse, without those that only share the rows of others.

    Of a pair that is no worse than a part of it that part is taken; rows of a segment that was
    taken are left out when the next one is looked at.
    """
    sure = np.flatnonzero(table["p_adjusted"].to_numpy() < LEVEL)
    singles = {tuple(one): k for k, one in enumerate(first.tolist()) if second[k, 0] < 0}
    alive = np.ones(len(measured.known), dtype=bool)
    of = np.column_stack(list(measured.of.values())).astype(np.float64)

    def holds(k: int) -> NDArray[np.bool_]:
        ends = [first[k], second[k]]
        parts = [columns[j].place == level for j, level in ends if j >= 0]
        return np.asarray(np.logical_and.reduce(parts))

    def worse(inside: NDArray[np.bool_], among: NDArray[np.bool_]) -> float:
        inside = inside & among
        if not inside.any() or inside.sum() == among.sum():
            return 1.0
        none = np.zeros((1, 2), dtype=np.intp)
        own = Counts(none, none, np.array([float(inside.sum())]), of[inside].sum(0)[None])
        some = {name: values[among] for name, values in measured.of.items()}
        return float(
            _chances(own, _Measured(some, measured.known[among], measured.numbers), measure)[0]
        )

    taken: list[int] = []
    for k in sure[: 20 * SHOWN].tolist():
        if len(taken) >= SHOWN:
            break
        inside = holds(k)
        if second[k, 0] >= 0:
            for one in (first[k], second[k]):
                part = singles.get(tuple(one.tolist()))
                simpler = part is not None and table["p_adjusted"].iloc[part] < LEVEL
                if part is not None and simpler and worse(inside, holds(part)) > SIMPLER:
                    k, inside = part, holds(part)
        if k not in taken and worse(inside, alive) < SIMPLER:
            taken.append(k)
            alive &= ~inside
    return sorted(taken)


def _found(worst: pd.DataFrame, measure: str, whole: float, where: str) -> list[Finding]:
    if measure in ("kl", "rmse"):
        worst = worst[worst[measure] >= TIMES * worst["rest"]]
    else:
        worst = worst[worst["difference"] <= -MATTERS]
    if not len(worst):
        return []
    one = worst.iloc[0]
    name = {"agreement": "names its teacher's class", "accuracy": "is right"}.get(measure)
    if name:
        said = f"{name} in {one[measure]:.1%} of the {one['rows']:,} {where} with "
        said += f"{one['segment']}, and in {one['rest']:.1%} of the others"
    else:
        said = f"is off by {one[measure]:.3g} ({_NAMES[measure]}) in the {one['rows']:,} {where} "
        said += f"with {one['segment']}, and by {one['rest']:.3g} in the others"
    others = [f"{text}" for text in worst["segment"].iloc[1:NAMED]]
    more = f" Weak as well: {'; '.join(others)}." if others else ""
    return [
        Finding(
            "weak-segment",
            f"The student {said} ({chance(float(one['p_adjusted']))} for so many segments).{more}",
            {
                "segment": str(one["segment"]),
                "rows": int(one["rows"]),
                measure: float(one[measure]),
                "others": float(one["rest"]),
                "whole": whole,
                "p, adjusted": float(one["p_adjusted"]),
                "weak segments": len(worst),
            },
            "Look at the teacher itself there, or take a larger size (d.ladder), or more rows of "
            "this kind.",
            worst.reset_index(drop=True),
        )
    ]

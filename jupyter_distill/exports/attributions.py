"""Reasons of teacher and student as drawings: by column, how far they agree, and of one row."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jupyter_distill._shares import percent
from jupyter_distill.audits.attributions import Attributions
from jupyter_distill.audits.attributions._alike import measures
from jupyter_distill.audits.attributions._row import RowReasons
from jupyter_distill.exports import marks, twin_bars
from jupyter_distill.exports.forest import Forest, Line, Mark, forest
from jupyter_distill.exports.html import escape, number
from jupyter_distill.exports.marks import INK, STUDENT, TEACHER
from jupyter_distill.exports.twin_bars import MOST, Bars, Pair

AGREEMENT = {
    "rank_correlation": "rank correlation of the columns",
    "sign_agreement": "sign agreement, where both use a column",
    "feature_agreement": "of the teacher's first {}, shared",
}
WHAT = {
    "shap": "mean |SHAP value|",
    "lime": "mean |LIME weight|",
    "surrogate": "mean |local weight|",
}
AGREE = 450  # width


def attributions(found: Attributions) -> str:
    """Draw the share of each column in both models, and how far these agree row by row."""
    beside = ""
    if found.teacher is not None:
        beside = f"<div>{_agreement(found)}</div>"
    row = _least_alike(found)
    return f'<div class="cards"><div>{_shares(found)}</div>{beside}</div>{row}'


def row_reasons(found: RowReasons) -> str:
    """Draw what each column adds to the score of one row, in both models."""
    frame = found.table
    shown = frame.head(MOST)
    pairs = [
        Pair(
            label=f"{column} = {_cell(value)}",
            values={who: float(of[who].iloc[k]) for who, of in _by_model(shown).items()},
            errors={
                who: float(of[f"{who}_error"].iloc[k])
                for who, of in _by_model(shown).items()
                if f"{who}_error" in shown
            },
        )
        for k, (column, value) in enumerate(zip(shown["column"], shown["value"], strict=True))
    ]
    more = len(frame) - len(shown)
    foot = f"{more} more in .frame(). " if more else ""
    if any(f"{who}_error" in frame for who in (TEACHER, STUDENT)):
        foot += "Lines: one standard error on either side."
    return twin_bars.twin_bars(
        Bars(
            title=f"Row {found.row}: what each column adds to the {found.words}",
            pairs=pairs,
            head="column",
            share=False,
            legend=_legend(found.teacher, found.student),
            foot=foot,
        )
    )


def _cell(value: object) -> str:
    return number(float(value)) if isinstance(value, float | np.floating) else str(value)


def _by_model(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {who: frame for who in (TEACHER, STUDENT) if who in frame}


def _legend(teacher: str | None, student: str) -> list[tuple[marks.Shape, str, str]]:
    of_student: list[tuple[marks.Shape, str, str]] = [("bar", INK[STUDENT], f"student: {student}")]
    return (
        of_student
        if teacher is None
        else [
            ("box", INK[TEACHER], f"teacher: {teacher}"),
            *of_student,
        ]
    )


def _shares(found: Attributions) -> str:
    frame = found.frame()
    shown = frame.head(MOST)
    whose = [who for who in (TEACHER, STUDENT) if f"{who}_share" in frame]
    pairs = [
        Pair(
            label=str(row["column"]),
            values={who: float(row[f"{who}_share"]) for who in whose},
            note=_note(row),
            warned=bool(row["ignored"]),
        )
        for _, row in shown.iterrows()
    ]
    more = len(frame) - len(shown)
    foot = ""
    if more:
        rest = ", ".join(
            f"{who} {percent(frame[f'{who}_share'].iloc[MOST:].sum())}" for who in whose
        )
        foot = f"{more} more in .frame(), all together: {rest}."
    return twin_bars.twin_bars(
        Bars(
            title=f"Share of each column in the reasons of {len(found.index):,} rows: "
            f"{WHAT[found.method]}",
            pairs=pairs,
            head="column",
            share=True,
            legend=_legend(
                None if found.teacher is None else found.teacher.model, found.student.model
            ),
            foot=foot,
        )
    )


def _note(row: pd.Series) -> str:
    if row["ignored"]:
        return "ignored"
    return "" if row["used"] else "not used"


def _agreement(found: Attributions) -> str:
    table = found.agreement()
    again = found.again is not None
    lines = []
    for key, words in AGREEMENT.items():
        for _, row in table[table["measure"].str.partition("@")[0] == key].iterrows():
            label = words.format(str(row["measure"]).partition("@")[2])
            own = Mark(row["value"], row["low"], row["high"], "dot", INK[STUDENT], "both")
            floor = Mark(
                row["floor"], row["floor_low"], row["floor_high"], "diamond", INK[TEACHER],
                "teacher with itself",
            )  # fmt: skip
            less = "below the floor" if row["below_floor"] else ""
            figure = "\N{EN DASH}" if np.isnan(row["value"]) else f"{row['value']:.2f}"
            lines.append(Line(label, (own, floor) if again else (own,), (figure,), less))
    legend: list[tuple[marks.Shape, str, str]] = [("dot", INK[STUDENT], "student with teacher")]
    if again:
        floor_words = "teacher with itself: the noise floor"
        legend.append(("diamond", INK[TEACHER], floor_words))
    return forest(
        Forest(
            title="How far both agree in their reasons, mean over the rows",
            lines=lines,
            heads=("1 is all alike", "agreement"),
            legend=legend,
            foot="Lines: 95 % intervals. "
            + ("No student agrees with a teacher more than it does with itself." if again else ""),
            wide=AGREE,
            room=170,
            ends=(0.0, 1.0),
        )
    )


def _least_alike(found: Attributions) -> str:
    """Return the row whose reasons differ most, folded."""
    if found.teacher is None:
        return ""
    one, other = (of.of_scores(found.decided) for of in (found.teacher, found.student))
    alike = measures(one, other)["rank_correlation"]
    if np.isnan(alike).all():
        return ""
    place = int(np.nanargmin(alike))
    row = found.row(found.index.tolist()[place])
    words = f"One row: {row.row}, in whose reasons the two agree least ({alike[place]:.2f})"
    return f"<details><summary>{escape(words)}</summary>{row_reasons(row)}</details>"

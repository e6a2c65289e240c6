"""The fidelity card as HTML: one large number, its interval, and what it has to beat."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from jupyter_distill._shares import percent
from jupyter_distill.audits import _numbers as numbers
from jupyter_distill.audits._intervals import Interval
from jupyter_distill.audits._models import STUDENT
from jupyter_distill.audits._numbers import NumberFidelity
from jupyter_distill.audits.fidelity import EXPLAINED, Fidelity
from jupyter_distill.exports import html
from jupyter_distill.exports.html import count, escape

Card = Fidelity | NumberFidelity


def headline(card: Card) -> str:
    """Return the fidelity beside its baselines, as bars with their 95 % intervals."""
    own = card.overall.fidelity
    of_numbers = isinstance(card, NumberFidelity)
    write = _r2 if of_numbers else percent
    what = "R\N{SUPERSCRIPT TWO} to the teacher" if of_numbers else "fidelity"
    explained = numbers.EXPLAINED if of_numbers else EXPLAINED
    lines = "".join(
        _bar(score.model, explained[score.model], score.fidelity, write)
        for score in (card.overall, *card.baselines)
    )
    beside = ""
    if isinstance(card, NumberFidelity):
        rmse, mae = (numbers.said(getattr(card.overall, name), name) for name in ("rmse", "mae"))
        beside = (
            f'<div class="dim">RMSE {escape(rmse)}, MAE {escape(mae)}, in the unit of the target'
            "</div>"
        )
    return (
        '<div class="cards"><div>'
        f'<div class="big">{escape(write(own.value))}</div>'
        f"<div>{what} on {count(card.rows)} {card.which}</div>"
        f'<div class="dim">95 % interval {escape(write(own.low))} to {escape(write(own.high))}'
        f"</div>{beside}</div>"
        f'<div style="flex:1 1 340px;max-width:520px">{lines}</div></div>'
    )


def _r2(value: float) -> str:
    return "\N{EN DASH}" if np.isnan(value) else f"{round(value, 3) + 0.0:.3f}"


def _bar(model: str, explained: str, interval: Interval, write: Callable[[float], str]) -> str:
    """Draw one model on a scale from 0 to 1: a dot, and its interval as a line."""
    value, low, high = interval
    ink = "var(--jd-accent)" if model == STUDENT else "var(--jd-dim)"
    name = "this student" if model == STUDENT else model
    said = f"{explained}: {write(value)}, {write(low)} to {write(high)}"
    written = escape(write(value))
    # R2 may be below 0, which this scale does not show
    value, low, high = (min(max(float(np.nan_to_num(v)), 0.0), 1.0) for v in interval)
    return (
        f'<div title="{escape(said)}" style="display:flex;gap:12px;align-items:center">'
        f'<span style="flex:0 0 150px">{escape(name)}</span>'
        '<span style="flex:1;position:relative;height:12px" aria-hidden="true">'
        '<span style="position:absolute;left:0;right:0;top:5.5px;height:1px;'
        'background:var(--jd-line)"></span>'
        f'<span style="position:absolute;left:{100 * low:.1f}%;right:{100 * (1 - high):.1f}%;'
        f'top:4px;height:4px;background:{ink};opacity:.35"></span>'
        f'<span style="position:absolute;left:calc({100 * value:.1f}% - 4px);top:2px;width:8px;'
        f'height:8px;border-radius:4px;background:{ink}"></span></span>'
        f'<span class="num" style="flex:0 0 52px">{written}</span></div>'
    )


def details(card: Card) -> str:
    """Return every figure of the card: by model, and by class that the teacher names."""
    if isinstance(card, NumberFidelity):
        captions = (
            f"Against the teacher, on {card.which}, in the unit of the target",
            "Against the true values, on the same rows",
        )
        tables = card.texts({**numbers.EXPLAINED, "teacher": "the teacher"})
        pairs = zip(tables, captions, strict=False)
        return "".join(html.table(table, caption=caption) for table, caption in pairs)
    models = pd.DataFrame(
        {
            "model": [EXPLAINED[s.model] for s in (card.overall, *card.baselines)],
            "agreement [95 %]": [s.agreement.text() for s in (card.overall, *card.baselines)],
            "KL, nats [95 %]": [s.kl.text() for s in (card.overall, *card.baselines)],
            "accuracy [95 %]": [s.accuracy.text() for s in (card.overall, *card.baselines)],
        }
    )
    if np.isnan(card.teacher_accuracy.value):
        models = models.drop(columns="accuracy [95 %]")
    else:
        models.loc[len(models)] = ["the teacher", "", "", card.teacher_accuracy.text()]
    classes = pd.DataFrame(
        {
            "teacher says": [s.of_class for s in card.per_class],
            "rows": [s.rows for s in card.per_class],
            "agreement [95 %]": [s.agreement.text() for s in card.per_class],
            "KL, nats [95 %]": [s.kl.text() for s in card.per_class],
            "precision": [s.precision for s in card.per_class],
        }
    )
    names = [s.of_class for s in card.per_class]
    return html.table(
        models, caption=f"Agreement with the teacher on {card.which}, beside two baselines"
    ) + html.table(
        classes,
        caption="The student, by the class that the teacher names",
        classes=names,
        class_columns=["teacher says"],
        digits={"precision": 3},
    )

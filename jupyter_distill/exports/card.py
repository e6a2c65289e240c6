"""The fidelity card as HTML: one large number, its interval, and what it has to beat."""

from __future__ import annotations

import numpy as np
import pandas as pd

from jupyter_distill.audits.fidelity import EXPLAINED, STUDENT, Fidelity, Score
from jupyter_distill.exports import html
from jupyter_distill.exports.html import count, escape, percent, share_html


def headline(card: Fidelity) -> str:
    """Return the fidelity beside its baselines, as bars with their 95 % intervals."""
    own = card.overall.agreement
    lines = "".join(_bar(score) for score in (card.overall, *card.baselines))
    return (
        '<div class="cards"><div>'
        f'<div class="big">{share_html(own.value)}</div>'
        f"<div>fidelity on {count(card.rows)} held-out rows</div>"
        f'<div class="dim">95 % interval {share_html(own.low)} to {share_html(own.high)}</div>'
        "</div>"
        f'<div style="flex:1 1 340px;max-width:520px">{lines}</div></div>'
    )


def _bar(score: Score) -> str:
    """Draw one model on a scale from 0 to 100 %: a dot, and its interval as a line."""
    value, low, high = score.agreement
    ink = "var(--jd-accent)" if score.model == STUDENT else "var(--jd-dim)"
    name = "this student" if score.model == STUDENT else score.model
    said = f"{EXPLAINED[score.model]}: {percent(value)}, {percent(low)} to {percent(high)}"
    return (
        f'<div title="{escape(said)}" style="display:flex;gap:12px;align-items:center">'
        f'<span style="flex:0 0 130px">{escape(name)}</span>'
        '<span style="flex:1;position:relative;height:12px" aria-hidden="true">'
        '<span style="position:absolute;left:0;right:0;top:5.5px;height:1px;'
        'background:var(--jd-line)"></span>'
        f'<span style="position:absolute;left:{100 * low:.1f}%;right:{100 * (1 - high):.1f}%;'
        f'top:4px;height:4px;background:{ink};opacity:.35"></span>'
        f'<span style="position:absolute;left:calc({100 * value:.1f}% - 4px);top:2px;width:8px;'
        f'height:8px;border-radius:4px;background:{ink}"></span></span>'
        f'<span class="num" style="flex:0 0 52px">{share_html(value)}</span></div>'
    )


def details(card: Fidelity) -> str:
    """Return every figure of the card: by model, and by class that the teacher names."""
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
        models, caption="Agreement with the teacher on held-out rows, beside two baselines"
    ) + html.table(
        classes,
        caption="The student, by the class that the teacher names",
        classes=names,
        class_columns=["teacher says"],
        digits={"precision": 3},
    )

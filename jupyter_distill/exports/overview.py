"""A distillation as HTML without scripts: what a cell shows where the live view cannot run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill._shares import percent
from jupyter_distill._validation import expected
from jupyter_distill.distillation import Distillation
from jupyter_distill.explanation import (
    Explanation,
    NetExplanation,
    RuleExplanation,
    ShapeExplanation,
    TermExplanation,
    TreeExplanation,
)
from jupyter_distill.exports import card as cards
from jupyter_distill.exports import charts, html, svg
from jupyter_distill.exports.html import count, escape
from jupyter_distill.exports.net import net
from jupyter_distill.exports.rows import RowIndex
from jupyter_distill.exports.rules import rules
from jupyter_distill.exports.shapes import shapes
from jupyter_distill.exports.terms import terms

# Columns of a wide table that are shown before the reader is sent to the data frame.
MOST_COLUMNS = 16
# Explanations that have a picture; one that somebody wrote has none.
DRAWN = (TreeExplanation, RuleExplanation, ShapeExplanation, NetExplanation, TermExplanation)


def overview(d: Distillation, explanation: Explanation, rows: RowIndex, card: cards.Card) -> str:
    """Return head, fidelity, notes and findings, student, and the rows where the models part."""
    return f"{above(d, explanation, card)}{worst(rows, 10)}"


def above(d: Distillation, explanation: Explanation, card: cards.Card) -> str:
    """Return the overview down to the student, for where the rows are shown by themselves."""
    head = f"<p>{heading(d)}</p>{cards.headline(card)}"
    known = f"{html.notes(d.notes)}{html.findings(d.findings)}"
    return f"{head}{known}{student(explanation)}"


def heading(d: Distillation) -> str:
    """Return one line: who was distilled into what."""
    settings = [f"{name} = {value:g}" for name, value in d.settings.items()]
    facts = [d.title, *settings, f"{count(d.table.n_rows)} rows"]
    return (
        f"<strong>{escape(d.teacher.name)}</strong> distilled into "
        f"<strong>{escape(facts[0])}</strong> "
        f'<span class="dim">{escape(", ".join(facts[1:]))}</span>'
    )


def alone(explanation: Explanation) -> str | None:
    """Return what a student says in its frame, for a cell of its own; None if it has no picture."""
    return html.framed(student(explanation)) if isinstance(explanation, DRAWN) else None


def student(explanation: Explanation) -> str:
    """Return what the student says: rules as a table, anything else drawn."""
    if isinstance(explanation, TreeExplanation):
        return tree(explanation)
    if isinstance(explanation, ShapeExplanation):
        return shapes(explanation)
    if isinstance(explanation, NetExplanation):
        return net(explanation)
    if isinstance(explanation, TermExplanation):
        return terms(explanation)
    if not isinstance(explanation, RuleExplanation):
        raise TypeError(
            expected("an explanation that can be drawn", got=type(explanation).__name__)
        )
    return rules(explanation)


def tree(explanation: TreeExplanation) -> str:
    """Return the tree in a frame that scrolls sideways where a cell is narrow."""
    drawing = svg.tree_svg(explanation)
    label = 'role="region" aria-label="The student" tabindex="0"'
    return f'<div class="scroll" {label}>{drawing}</div>'


def worst(rows: RowIndex, most: int) -> str:
    """Return the first disagreements as a table, with what is left out said in its caption."""
    scope = rows.scopes["disagreements"]
    if not len(scope):
        return f"<p>Teacher and student agree on all {count(rows.table.n_rows)} rows.</p>"
    shown = scope[:most]
    data: dict[str, Any] = {"row": shown}
    fields = rows.fields[:MOST_COLUMNS]
    for field, cells in zip(fields, rows.cells(shown), strict=False):
        numeric = not field.coded
        values = [np.nan if v is None else v for v in cells] if numeric else cells
        name = field.title
        while name in data:
            name = f"{name} (feature)"
        data[name] = values
    classes = [field for field in fields if field.kind == "class"]
    n = rows.table.n_rows
    if not classes:
        caption = (
            f"The {len(shown)} of {count(n)} rows where student and teacher are furthest apart, "
            "also among those it learnt from"
        )
    else:
        caption = (
            f"{count(len(scope))} of {count(n)} rows where the student parts from its teacher "
            f"({percent(len(scope) / n)}), of all rows, also those it learnt from"
        )
        if len(shown) < len(scope):
            caption += f"; the {len(shown)} for which the teacher is surest"
    if len(fields) < len(rows.fields):
        caption += f"; the first {len(fields)} of {len(rows.fields)} columns"
    return html.table(
        pd.DataFrame(data),
        caption=caption,
        classes=classes[0].texts if classes else (),
        class_columns=[field.title for field in classes],
        digits={field.title: 3 for field in fields if classes and field.kind == "measure"},
    )


def soft_targets(d: Distillation, temperature: float) -> str:
    """Return the mean soft targets at T = 1 and at the chosen T, beside the curve of T."""
    targets, tried = d.targets, d.calibration
    names = [str(c) for c in targets.classes]
    at = dict.fromkeys((1.0, float(temperature)))
    mixes = "".join(
        html.bars(names, targets.at(t).mean(0).tolist(), title=f"Mean soft targets at T = {t:g}")
        for t in at
    )
    chart = ""
    if tried is not None and len(tried.temperatures) > 1:
        chart = charts.temperature_chart(d.temperature_path, tried.matters(d.size))
    return f'<div class="cards"><div>{chart}</div><div>{mixes}</div></div>'

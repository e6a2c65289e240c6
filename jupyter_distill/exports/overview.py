"""A distillation as HTML without scripts: what a cell shows where the live view cannot run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill.audits.fidelity import Fidelity
from jupyter_distill.distillation import Distillation
from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.exports import card as cards
from jupyter_distill.exports import charts, html, svg
from jupyter_distill.exports.html import count, escape, percent
from jupyter_distill.exports.rows import RowIndex
from jupyter_distill.targets import SoftTargets

# Columns of a wide table that are shown before the reader is sent to the data frame.
MOST_COLUMNS = 16


def overview(d: Distillation, explanation: TreeExplanation, rows: RowIndex, card: Fidelity) -> str:
    """Return head, fidelity, notes, tree, and the rows where the models part."""
    head = f"<p>{heading(d)}</p>{cards.headline(card)}{html.notes(d.notes)}"
    return f"{head}{tree(explanation)}{worst(rows, 10)}"


def heading(d: Distillation) -> str:
    """Return one line: who was distilled into what."""
    facts = [
        d.title,
        f"T = {d.temperature:g}",
        f"alpha = {d.alpha:g}",
        f"{count(d.table.n_rows)} rows",
    ]
    return (
        f"<strong>{escape(d.teacher.name)}</strong> distilled into "
        f"<strong>{escape(facts[0])}</strong> "
        f'<span class="dim">{escape(", ".join(facts[1:]))}</span>'
    )


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
    caption = (
        f"{count(len(scope))} of {count(rows.table.n_rows)} rows where the student parts from its "
        f"teacher ({percent(len(scope) / rows.table.n_rows)}), of all rows, "
        "also those it learnt from"
    )
    if len(shown) < len(scope):
        caption += f"; the {len(shown)} for which the teacher is surest"
    if len(fields) < len(rows.fields):
        caption += f"; the first {len(fields)} of {len(rows.fields)} columns"
    classes = [field for field in fields if field.kind == "class"]
    return html.table(
        pd.DataFrame(data),
        caption=caption,
        classes=classes[0].texts,
        class_columns=[field.title for field in classes],
        digits={field.title: 3 for field in fields if field.kind == "measure"},
    )


def soft_targets(targets: SoftTargets, temperature: float, path: pd.DataFrame) -> str:
    """Return the mean soft targets at T = 1 and at the chosen T, beside the curve of T."""
    names = [str(c) for c in targets.classes]
    at = dict.fromkeys((1.0, float(temperature)))
    mixes = "".join(
        html.bars(names, targets.at(t).mean(0).tolist(), title=f"Mean soft targets at T = {t:g}")
        for t in at
    )
    chart = charts.temperature_chart(path) if len(path) > 1 else ""
    return f'<div class="cards"><div>{chart}</div><div>{mixes}</div></div>'

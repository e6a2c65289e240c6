"""What the browser is given of an audit: its findings, its parts, and what is still to be asked."""

from __future__ import annotations

from typing import Any

import pandas as pd

from jupyter_distill.audits.attributions import METHODS
from jupyter_distill.audits.attributions._attributions import ROWS
from jupyter_distill.audits.attributions._cost import usual
from jupyter_distill.audits.attributions._score_scale import scale_of
from jupyter_distill.audits.audit import FINDINGS, Audit
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import audit as drawn
from jupyter_distill.exports import theme
from jupyter_distill.exports.attribution_state import TITLES
from jupyter_distill.exports.html import count, table
from jupyter_distill.exports.texts import texts

State = dict[str, Any]

REASONS = "attributions"  # name of the part that this view draws itself
NAMES = {FINDINGS: "Findings", REASONS: "Reasons"}
MOST = 50  # rows of a finding's table


def about(audited: Audit | None, d: Distillation | None) -> State:
    """Return the head of the view, its parts, and what the methods not yet asked would cost.

    Parameters
    ----------
    audited : Audit or None
        None where reasons alone are shown.
    d : Distillation or None
        What can be asked; None: nothing.
    """
    found = {} if audited is None else _audited(audited)
    return {
        **found,
        "costs": {} if d is None else costs(d),
        "alone": d is not None and bool(d.silence),
        "style": theme.page() + theme.drawing(),
    }


def names_of(audited: Audit | None) -> list[str]:
    """Return the names of the parts of the view, those that were not done too."""
    return [REASONS] if audited is None else [FINDINGS, *audited.titles]


def costs(d: Distillation) -> dict[str, str]:
    """Say of every method what it asks of the teacher, at most."""
    return {method: cost(d, method) for method in METHODS}


def cost(d: Distillation, method: str) -> str:
    """Say what explaining by a method asks of the teacher, at most, or why it cannot be asked."""
    if d.silence:
        return f"Only the student can be explained, and not {d.teacher.name}: {d.silence}."
    most, _ = usual(d, method, scale_of(d, "auto")[0], 1, 100)
    told = (
        f"Up to {ROWS[method]} rows are explained by {TITLES[method]}, for which {d.teacher.name} "
        f"is asked about {count(most)} rows at most."
    )
    if d.teacher.remote:
        told += f" {d.teacher.name} may be a service that costs."
    return told


def panel(audited: Audit, part: str) -> str:
    """Return what a part found, as HTML without scripts; nothing of a part not drawn so."""
    if part not in audited.parts or part == REASONS:
        return ""
    return drawn.one(audited.parts[part], f"view.audit.frame({part!r})")


def panels(audited: Audit) -> dict[str, str]:
    """Return all of them, for a page that has nobody to ask."""
    drawings = {name: panel(audited, name) for name in audited.parts}
    return {name: text for name, text in drawings.items() if text}


def asking(costs_of: dict[str, str]) -> str:
    """Return what can be asked as a table: a view that has no reasons yet, without scripts."""
    frame = pd.DataFrame(
        {"method": [TITLES[name] for name in costs_of], "what it asks": list(costs_of.values())}
    )
    return table(frame, caption="Nothing was explained yet: view.explain(method) does it")


def _audited(audited: Audit) -> State:
    return {
        "title": audited.subject,
        "headline": audited.headline.removeprefix(f"{audited.subject}: "),
        "notes": list(audited.notes),
        "nothing": repr(audited.findings),
        "findings": [
            {
                "code": one.code,
                "severity": one.severity,
                "sentence": one.sentence,
                "remedy": one.remedy,
                "table": _evidence(one.table),
            }
            for one in audited.findings
        ],
        "parts": [_part(audited, name) for name in names_of(audited)],
    }


def _part(audited: Audit, name: str) -> State:
    return {
        "name": name,
        "tab": NAMES.get(name, name[0].upper() + name[1:].replace("_", " ")),
        "asks": audited.titles.get(name, ""),
        "skipped": audited.skipped.get(name, ""),
    }


def _evidence(frame: pd.DataFrame) -> State:
    shown = texts(frame.head(MOST))
    # a column of texts keeps what is missing, which JSON has no word for
    shown = shown.astype(object).where(shown.notna(), "").astype(str)
    return {
        "columns": [str(name) for name in shown.columns],
        "rows": shown.to_numpy().tolist(),
        "more": max(len(frame) - MOST, 0),
    }

"""Whether a student can be trusted, from what is known already: no audit is run for it."""

from __future__ import annotations

import pandas as pd

from jupyter_distill.audits._part import parts
from jupyter_distill.distillation import Distillation
from jupyter_distill.exports import card as cards
from jupyter_distill.exports import html, theme
from jupyter_distill.exports.html import count, escape
from jupyter_distill.exports.kept import kept

# Parts of an audit that the fidelity card answers.
ANSWERED = ("fidelity",)


def trust(d: Distillation, card: cards.Card) -> str:
    """Return findings, fidelity, constraints, and what was measured and what was not."""
    return fragment(
        _section("Findings", _findings(d))
        + _section("Fidelity", cards.details(card))
        + _section("Constraints", _constraints(d))
        + _section("What was measured", _measured(d, card))
        + _section("What was not", _missing(d))
    )


def fragment(inside: str) -> str:
    """Return HTML for a root of its own inside a view, which gives it its colours."""
    return f'<style>{theme.page()}{theme.drawing()}{_STYLE}</style><div class="jd">{inside}</div>'


_STYLE = (
    ".jd h3{margin:0 0 4px;font-size:13px}.jd section{margin:0 0 20px}"
    ".jd p{margin:2px 0 6px;max-width:90ch}"
    # in a narrow cell a table is scrolled rather than broken into letters
    ":host{display:block;container-type:inline-size}"
    "@container (max-width:600px){.jd .scroll>table{width:max-content}"
    ".jd .scroll>table td{max-width:14em}}"
)


def _section(title: str, inside: str) -> str:
    return f"<section><h3>{escape(title)}</h3>{inside}</section>"


def _findings(d: Distillation) -> str:
    known = html.notes(d.notes) + html.findings(d.findings)
    return known or "<p>None: nothing that was looked at gives reason to doubt these figures.</p>"


def _constraints(d: Distillation) -> str:
    report = d.constraints_report()
    if report.verdicts:
        return kept(report)
    return (
        "<p>The student was given none. Say what it has to keep: "
        "<code>jd.distill(…, constraints=jd.Constraints(…))</code>.</p>"
    )


def _measured(d: Distillation, card: cards.Card) -> str:
    chosen = f"{count(len(d.rows.validation))} validation rows"
    lines = [
        f"Fidelity, accuracy and the ladder: on {count(card.rows)} {card.which}, which neither "
        "training nor the choice of any setting has seen.",
        f"Settings were chosen on {chosen}; the student learnt from "
        f"{count(len(d.rows.learnt))} rows.",
        "What stands beside the parts of the student, and the table of rows: over all "
        f"{count(d.table.n_rows)} rows, also those it learnt from.",
    ]
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def _missing(d: Distillation) -> str:
    open_ = {name: part.title for name, part in parts().items() if name not in ANSWERED}
    rows = pd.DataFrame({"question": open_.values(), "asked by": [f"d.{name}()" for name in open_]})
    said = "<p>Nothing here has asked these; <code>d.audit()</code> asks them all.</p>"
    return said + html.table(rows, caption="Questions that are open")

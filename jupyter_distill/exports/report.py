"""One HTML file that shows a whole distillation: offline, to be sent on, readable on paper."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from jupyter_distill._files import write_whole
from jupyter_distill._validation import expected, target_file
from jupyter_distill.audits.audit import Audit, mark
from jupyter_distill.distillation import Distillation, known_grid
from jupyter_distill.explanation import TreeExplanation
from jupyter_distill.exports import audit as audits
from jupyter_distill.exports import card as cards
from jupyter_distill.exports import choices, html, overview, page, payload, state
from jupyter_distill.exports import grid as grids
from jupyter_distill.exports.answers import row_index
from jupyter_distill.exports.choices import section
from jupyter_distill.exports.html import escape
from jupyter_distill.exports.kept import kept
from jupyter_distill.exports.learnt import learnt
from jupyter_distill.exports.provenance import provenance
from jupyter_distill.exports.wire import decode

WORST = 25


When = datetime | date | str | None


def report(
    d: Distillation, path: str | Path, audited: Audit | None = None, when: When = None
) -> Path:
    """Write the report of a distillation.

    Parameters
    ----------
    d : Distillation
        What to report on.
    path : str or Path
        Where to; an existing file is replaced.
    audited : Audit, optional
        What an audit of it found.
    when : datetime, date, str or None
        The date to state; None: now. The same distillation and date give the same bytes.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist.
    """
    target = target_file(path, "report.html")
    _check_audit(d, audited)
    text = compose(d, audited, when)
    write_whole(target, text, f"the report {target.name!r}")
    return target


def _check_audit(d: Distillation, audited: object) -> None:
    if audited is None:
        return
    if not isinstance(audited, Audit):
        raise TypeError(
            expected("audit= to be what d.audit() returned, or None", got=repr(audited))
        )
    if audited.of != mark(d):
        got = f"one of {audited.subject}, with other answers"
        remedy = "Audit this one: audit=d.audit()."
        raise ValueError(expected("an audit of this distillation", got=got, remedy=remedy))


def compose(d: Distillation, audited: Audit | None = None, when: When = None) -> str:
    """Return the report as text; the views in it run where their program is built."""
    explanation, rows, card = d.explanation(), row_index(d), d.fidelity()
    title = d.subject
    before = _head(d, title, audited, when) + section(
        "Fidelity",
        cards.details(card),
        _said_of_fidelity(d),
    )
    before += choices.size(d)
    if found := learnt(d):
        before += section(
            "What it learnt from",
            found,
            "More rows, and models between teacher and student, each tried on validation rows and "
            "kept where the student came closer to its teacher.",
        )
    picture = section(
        "The student",
        overview.student(explanation),
        "What stands beside its nodes is measured over all rows, also those it learnt from; the "
        "fidelity above is that on held-out rows."
        if isinstance(explanation, TreeExplanation)
        else "",
    )
    picture += choices.temperature(d) + section("Where the two part", overview.worst(rows, WORST))
    asked = d.constraints_report()
    after = choices.alpha(d) + (section("Constraints", kept(asked)) if asked.verdicts else "")
    if audited is not None:
        after += section("Audit", audits.parts(audited, folded=False), audited.headline)
    if not isinstance(explanation, TreeExplanation):
        return page.document(title, before + picture + after)
    table = state.carried(rows)
    grid = known_grid(d) or d.grid()
    view = {
        "tree": payload.tree(explanation),
        "columns": state.columns(rows),
        **table,
        **state.temperature(d),
        **grids.of_page(d, grid, decode(table["page"]["row_ids"])),
        "summary": {},  # the head above stays in place
        **dict.fromkeys(("node", "row", "leaf", "depth", "distil_at")),
        "path": {},
        "folded": [],
        "colour": "student",
        "search": "",
        "busy": False,
    }
    try:
        return page.page(
            title=title,
            state=view,
            stem="distillation",
            before=before,
            picture=picture,
            after=after,
        )
    except FileNotFoundError as error:
        note = html.notes([f"The views in this report stand still. {error}"])
        return page.document(title, before + note + picture + after)


def _head(d: Distillation, title: str, audited: Audit | None, when: When) -> str:
    """Return the summary: how faithful the student is, what was found, and of what it is."""
    found, said = d.findings, ""
    if audited is not None:
        found, said = audited.findings, f"<p><strong>{escape(audited.headline)}</strong></p>"
    lines = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td class="wide">{escape(value)}</td></tr>'
        for name, value in provenance(d, when)
    )
    about = "<caption>What was distilled, from what, and how</caption>"
    return (
        f"<h1>{escape(title)}</h1>{cards.headline(d.fidelity())}{said}{html.notes(d.notes)}"
        f"{html.findings(found)}"
        f'<div class="scroll"><table class="facts">{about}'
        f"<tbody>{lines}</tbody></table></div>"
    )


def _said_of_fidelity(d: Distillation) -> str:
    unseen = "on rows that neither training nor the choice of any setting has seen."
    if d.task == "regression":
        return (
            "How much of the variance of the teacher's numbers the student explains (R2), and how "
            f"far it is from them, {unseen}"
        )
    return f"How often the student names the class that the teacher names, {unseen}"

"""The check of a teacher as HTML without scripts: findings first, then what was measured."""

from __future__ import annotations

from jupyter_distill.checks import TeacherCheck
from jupyter_distill.exports import html
from jupyter_distill.exports.html import count, escape
from jupyter_distill.exports.reliability import reliability
from jupyter_distill.exports.texts import texts
from jupyter_distill.findings import Finding

MOST = 12  # rows of a part that are shown before the reader is sent to its data frame


def check(checked: TeacherCheck) -> str:
    """Return a check in its frame."""
    head = _head(checked) + html.notes(checked.notes)
    return html.framed(head + _findings(checked) + _figures(checked) + _parts(checked))


def _head(checked: TeacherCheck) -> str:
    who, _, came = checked.headline.partition(", looked at on ")
    rows, _, found = came.partition(": ")
    return (
        f"<p><strong>{escape(who)}</strong> as a teacher: <strong>{escape(found)}</strong> "
        f'<span class="dim">Looked at on {escape(rows)}.</span></p>'
    )


def _findings(checked: TeacherCheck) -> str:
    """Return a table with a row per finding; a sentence where there is none."""
    if not checked.findings:
        return f"<p>{escape(repr(checked.findings))}</p>"
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("", "found", "what to do"))
    rows = "".join(_row(one) for one in checked.findings)
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="Findings">'
        "<table><caption>Findings, what matters most first</caption>"
        f"<thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></div>"
    )


def _row(one: Finding) -> str:
    return (
        f'<tr class="note is-{one.severity}"><td>{html.severity(one.severity)}<br>'
        f'<span class="code">{escape(one.code)}</span></td>'
        f'<td class="wide">{escape(one.sentence)}'
        f'<div class="dim small">{escape(one.figures)}</div></td>'
        f"<td>{escape(one.remedy)}</td></tr>"
    )


def _figures(checked: TeacherCheck) -> str:
    """Return accuracy and calibration beside the curve that shows them."""
    tables = [
        html.table(texts(checked.parts[name], without="rows"), caption=caption)
        for name, caption in (
            ("accuracy", f"Against the truth, on {checked.measured_on}"),
            ("calibration", "Calibration, beside what it comes to where probabilities are right"),
        )
        if name in checked.parts
    ]
    drawn = ""
    for name in ("reliability", "deciles"):
        if name in checked.parts:
            drawn = reliability(checked.parts[name])
    if not tables and not drawn:
        return ""
    return f'<div class="cards"><div>{"".join(tables)}</div><div>{drawn}</div></div>'


def _parts(checked: TeacherCheck) -> str:
    """Return everything else that was measured, folded."""
    folded = []
    for name, part in checked.parts.items():
        if name in ("accuracy", "calibration") or part.empty:
            continue
        caption = ""
        if len(part) > MOST:
            caption = f"The first {MOST} of {count(len(part))}; check.frame({name!r}) has all."
        shown = html.table(texts(part.head(MOST), without="rows"), caption=caption)
        folded.append(f"<details><summary>{escape(name)}</summary>{shown}</details>")
    return "".join(folded)

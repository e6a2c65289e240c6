"""The certificate of a decision as HTML without scripts: in a cell, and as a page of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from jupyter_distill._files import write_whole
from jupyter_distill._validation import expected, target_file
from jupyter_distill.audits.certificate import Certificate
from jupyter_distill.audits.certificate._certified import (
    Change,
    DecidingRule,
    DecidingSum,
    Said,
    figure,
)
from jupyter_distill.audits.certificate._constrained import STATUS, Constraint
from jupyter_distill.audits.certificate._many import Certificates
from jupyter_distill.audits.certificate._margins import Margin
from jupyter_distill.audits.certificate._reasons import Reason, Reasons
from jupyter_distill.audits.certificate._reasons_beside import Beside
from jupyter_distill.audits.certificate._text import answered, supported, teacher_after
from jupyter_distill.exports import html
from jupyter_distill.exports.html import count, escape
from jupyter_distill.exports.page import document

MOST = 20  # certificates that a cell shows in full behind their table
AS_TEXT = {".json": "to_json", ".txt": "describe"}


def certificate(one: Certificate) -> str:
    """Return one certificate in its frame."""
    return html.framed(inside(one))


def inside(what: Certificate | Certificates) -> str:
    """Return one account, or the accounts of many, without their frame."""
    return _account(what) if isinstance(what, Certificate) else _several(what)


def certificates(many: Certificates) -> str:
    """Return a table with a line per row, and the first accounts folded behind it."""
    return html.framed(inside(many))


def _several(many: Certificates) -> str:
    folded = "".join(_folded(one) for one in many[:MOST])
    more = ""
    if len(many) > MOST:
        more = f'<p class="dim">{count(len(many) - MOST)} more: .frame() and .save() have all.</p>'
    return _table(many) + folded + more


def nothing(why: str) -> str:
    """Return what is shown of a row that has no certificate."""
    return html.notes([why])


def save(what: Certificate | Certificates, path: str | Path) -> Path:
    """Write certificates as HTML, or as JSON or text where the path ends so; return the path.

    Raises
    ------
    TypeError, ValueError
        If it is not a path, or ends in something else.
    FileNotFoundError
        If its folder does not exist.
    """
    target = target_file(path, "row17.html")
    if target.suffix not in (".html", ".htm", *AS_TEXT):
        wanted = "a path that ends in .html, .json or .txt"
        raise ValueError(expected(wanted, got=repr(str(path))))
    if target.suffix in AS_TEXT:
        text = getattr(what, AS_TEXT[target.suffix])()
        if isinstance(what, Certificates) and target.suffix == ".txt":
            text = "\n\n\n".join(one.describe() for one in what)
        write_whole(target, text + "\n", f"the certificate {target.name!r}")
        return target
    write_whole(target, page(what), f"the certificate {target.name!r}")
    return target


def page(what: Certificate | Certificates) -> str:
    """Return a whole page that fetches nothing."""
    if isinstance(what, Certificate):
        return document(what.title, f"<h1>{escape(what.title)}</h1>{_account(what, head=False)}")
    title = f"Certificates of {count(len(what))} decisions"
    parts = "".join(f"<h2>{escape(one.title)}</h2>{_account(one, head=False)}" for one in what)
    return document(title, f"<h1>{escape(title)}</h1>{_table(what)}{parts}")


def _folded(one: Certificate) -> str:
    head = escape(f"{one.title}: {one.student.text}")
    return f"<details><summary>{head}</summary>{_account(one, head=False)}</details>"


def _table(many: Certificates) -> str:
    frame = many.frame()
    names = ["student", "teacher", "truth", "rule", "change", "student_after", "teacher_after"]
    texts = frame[names].astype(object).where(frame[names].notna(), "")
    texts.insert(0, "row", [str(label) for label in frame.index])
    caption = "One line per row: what decided, and the smallest change that gives another decision"
    return html.table(texts.astype(str), caption=caption)


def _account(one: Certificate, *, head: bool = True) -> str:
    title = f"<p><strong>{escape(one.title)}</strong></p>" if head else ""
    who = f"{one.student_name}, distilled from {one.teacher_name}"
    parts = [
        title,
        f'<p class="big">{escape(one.student.text)}</p>',
        f'<p>{escape(answered(one))} <span class="dim">{escape(who)}.</span></p>',
        html.findings(one.findings),
        _decision(one.decision),
        f"<p>{escape(supported(one.support, regression=not one.student.probabilities))}</p>",
        '<div class="cards">',
        f"<div>{_reasons(one.reasons, one.student)}</div>" if one.reasons is not None else "",
        _beside(one.beside),
        f"<div>{_margins(one.margins)}</div>" if one.margins else "",
        "</div>",
        _change(one.change) if one.change is not None else "",
        _constraints(one.constraints),
        _values(one),
        f'<p class="dim">{escape(one.verified)}</p>',
    ]
    return "".join(parts)


def _decision(why: DecidingRule | DecidingSum) -> str:
    if isinstance(why, DecidingSum):
        return _sum(why)
    shown = f"<p>Because <strong>{escape(why.text)}</strong></p>"
    if not why.earlier:
        return shown
    rows = {
        "rule": [place + 1 for place, _ in why.earlier],
        "what of it does not hold": ["; ".join(texts) for _, texts in why.earlier],
    }
    return shown + html.table(pd.DataFrame(rows), caption="Earlier rules, which come first")


def _sum(why: DecidingSum) -> str:
    terms = [term for term in why.terms if not term.empty]
    names = ["intercept", *(term.text for term in terms), "sum"]
    values = [why.intercept, *(term.adds for term in terms), why.total]
    rows: dict[str, list[str]] = {"term": names}
    # names of scores are those of classes, so that one may be called "term"
    columns = [f"adds to {score}" for score in why.scores]
    for j, column in enumerate(columns):
        rows[column] = [f"{value[j]:+.4g}" for value in values]
    inside = "".join(f'<p class="small dim">{escape(text)}</p>' for text in why.inside)
    caption = "All that is added: what is not listed adds nothing"
    return f"<p>{escape(why.text)}</p>{html.table(pd.DataFrame(rows), caption=caption)}{inside}"


def _reasons(reasons: Reasons, student: Said) -> str:
    about = f" for {student.answer}" if student.probabilities else ""
    return _weights(reasons.student, f"Reasons{about}: {reasons.score}, {reasons.how}")


def _beside(found: Sequence[Beside]) -> str:
    """Return a table per method, the weightiest in the teacher first, both models side by side."""
    return "".join(f"<div>{_of_both(one)}</div>" for one in found)


def _of_both(one: Beside) -> str:
    both = {reason.value: dict.fromkeys(("teacher", "student"), 0.0) for reason in one.teacher}
    for who in ("teacher", "student"):
        for reason in getattr(one, who):
            both.setdefault(reason.value, dict.fromkeys(("teacher", "student"), 0.0))
            both[reason.value][who] = reason.weight
    rows = {"because": list(both)}
    if one.teacher:
        rows["teacher"] = [f"{of['teacher'] + 0.0:+.4g}" for of in both.values()]
    rows["student"] = [f"{of['student'] + 0.0:+.4g}" for of in both.values()]
    how = f"student: {one.how_student}; teacher: {one.how_teacher}"
    caption = f"By {one.method}: {one.words} ({how})"
    return html.table(pd.DataFrame(rows), caption=caption)


def _weights(told: tuple[Reason, ...], caption: str) -> str:
    rows = {
        "because": [one.value for one in told],
        "adds": [f"{one.weight + 0.0:+.4g}" for one in told],
    }
    return html.table(pd.DataFrame(rows), caption=caption)


def _margins(margins: tuple[Margin, ...]) -> str:
    rows = {
        "condition": [one.condition for one in margins],
        "the row": [one.value for one in margins],
        "away": [figure(one.distance) for one in margins],
        "standard deviations": [figure(one.spreads) for one in margins],
        "beyond it": [f"{'' if one.flips else 'still '}{one.beyond}" for one in margins],
    }
    return html.table(pd.DataFrame(rows), caption="Margins, the narrowest first")


def _change(change: Change) -> str:
    head = f"Smallest change to {change.wanted}"
    because = "".join(f"<p>{escape(told)}.</p>" for told in change.because)
    if not change.steps:
        none = f"{head}: none; {change.how} ({change.limits})."
        return f"<p>{escape(none)}</p>{because}"
    assert change.student is not None
    rows = {
        "change": [step.text for step in change.steps],
        "size": [figure(step.cost) for step in change.steps],
    }
    after = f"The student then says {change.student.text}. {teacher_after(change)}"
    return (
        html.table(pd.DataFrame(rows), caption=f"{head}: {change.how}")
        + f'<p>{escape(after)} <span class="dim">Limits: {escape(change.limits)}.</span></p>'
        + because
    )


def _constraints(found: Sequence[Constraint]) -> str:
    if not found:
        return ""
    rows = {
        "constraint": [one.what for one in found],
        "holds": [STATUS.get(one.status, one.status) for one in found],
        "how that is known": [one.method.removeprefix("proven: ") for one in found],
    }
    return html.table(pd.DataFrame(rows), caption="What the student was fitted to keep")


def _values(one: Certificate) -> str:
    shown = ["missing" if value is None else str(value) for value in one.values.values()]
    rows: dict[str, Any] = {"column": [str(name) for name in one.values], "value": shown}
    return f"<details><summary>The row</summary>{html.table(pd.DataFrame(rows))}</details>"

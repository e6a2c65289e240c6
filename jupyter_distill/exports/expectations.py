"""Expectations as drawings: how both models answer along each column, and whether that is met."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from jupyter_distill._shares import percent
from jupyter_distill.audits.expectations import ExpectationsReport
from jupyter_distill.audits.expectations._found import title_of
from jupyter_distill.audits.expectations._judged import ANY, UNKNOWN, VIOLATED, Judged
from jupyter_distill.exports import dependence, html, marks, verdicts
from jupyter_distill.exports.dependence import Dependence, Response
from jupyter_distill.exports.html import escape
from jupyter_distill.exports.marks import INK, STUDENT, TEACHER
from jupyter_distill.exports.shares import shares

FEW = 4  # values of a number that are drawn as those of a category
EXPECTED = {
    "+": "a larger value may only raise {}",
    "-": "a larger value may only lower {}",
    "unused": "expected to have no part in the answer",
    "used": "expected to have a part in the answer",
    ANY: "may have any part in the answer",
}


def expectations(found: ExpectationsReport) -> str:
    """Draw each expectation, and shares that are limited; say which columns live on in others."""
    limited = shares(found.shares, found.teacher, found.student) if found.shares else ""
    told = "".join(f"<p>Proxies: {escape(one.text)}.</p>" for one in found.proxies)
    directed = _directed(found) if found.judged else ""
    return f"{html.notes(found.notes)}{directed}{limited}{told}"


def _directed(found: ExpectationsReport) -> str:
    """Draw partial dependence and the spread of single rows, a panel per expectation."""
    panels, worst = [], False
    for _, of in groupby(found.judged, key=title_of):
        judged = list(of)
        drawn = _dependence(found, judged)
        worst |= any(response.row is not None for response in drawn.responses)
        panels.append(_panel(found, judged, drawn))
    items: list[tuple[marks.Shape, str, str]] = [
        ("dash", INK[TEACHER], f"teacher: {found.teacher}, mean answer"),
        ("line", INK[STUDENT], f"student: {found.student}, mean answer"),
    ]
    if found.lines["model"].eq(TEACHER).sum() == 0:
        items = items[1:]
    if worst:
        items.append(("dashed", "var(--jd-alert)", "the row that turns back most"))
    about = (
        f"{found.rows:,} {found.which} moved through the values of a column, all else equal. "
        "Bands, and lines with ends: where 80 % of the rows are."
    )
    return (
        f"{marks.key(items)}<p>{escape(about)}</p>"
        f'<div style="display:flex;flex-wrap:wrap;gap:20px 32px">{"".join(panels)}</div>'
    )


def _panel(found: ExpectationsReport, judged: Sequence[Judged], drawn: Dependence) -> str:
    one = judged[0]
    answer = f"P({one.of_class})" if one.of_class else "the answer"
    lines = "".join(verdicts.line(of.verdict, _verdict(of)) for of in judged)
    picture = dependence.dependence(drawn) if drawn.responses else ""
    return (
        f'<div style="flex:0 1 {dependence.WIDTH}px;min-width:0">'
        '<div style="overflow-wrap:anywhere">'
        f"<strong>{escape(one.column)}</strong>: "
        f"{escape(EXPECTED[one.expected].format(answer))}</div>{lines}{picture}</div>"
    )


def _verdict(one: Judged) -> str:
    text = f"{one.model}: {one.verdict}"
    if one.verdict == UNKNOWN:
        return f"{text}, as {one.method}"
    if one.expected in ("+", "-") and one.worst > 0:
        text += f", turns back by up to {one.worst:.3g}"
        text += f" in {percent(one.share)} of rows" if one.share else ""
    elif one.expected not in ("+", "-") and one.spread > 0:
        text += f", moves the answer by up to {one.spread:.3g}"
    return f"{text} (proven)" if one.method.startswith("proven") else text


def _dependence(found: ExpectationsReport, judged: Sequence[Judged]) -> Dependence:
    one = judged[0]
    of = found.lines[found.lines["column"] == one.column]
    classes = list(dict.fromkeys(of["of_class"]))
    of_class = one.of_class
    if not of_class and len(classes) > 1:  # the class that the column moves most
        means = of[of["row"].isna()].groupby(["of_class", "model"], sort=False)["answer"]
        spans = (means.max() - means.min()).groupby(level=0, sort=False).max()
        of_class = str(spans.idxmax())
    elif not of_class and classes:
        of_class = classes[0]
    of = of[of["of_class"] == of_class]
    responses = []
    for said in judged:
        lines = of[of["model"] == said.model]
        if len(lines):
            turned = said.verdict == VIOLATED and said.expected in ("+", "-") and said.share > 0
            responses.append(
                Response.of(said.model, lines, found.rows, said.row if turned else None)
            )
    return Dependence(
        column=one.column,
        of_class=of_class,
        numeric=bool((of["kind"] == "numeric").all()) and of["value"].nunique() > FEW,
        responses=tuple(responses),
    )

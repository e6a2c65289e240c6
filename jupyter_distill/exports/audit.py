"""An audit as HTML without scripts: the outcome and the findings first, each part folded below."""

from __future__ import annotations

import pandas as pd

from jupyter_distill.audits._part import Result
from jupyter_distill.audits.audit import Audit
from jupyter_distill.exports import html
from jupyter_distill.exports.drawing import drawing, tells_all
from jupyter_distill.exports.html import count, escape
from jupyter_distill.exports.said import said
from jupyter_distill.exports.texts import texts

MOST = 15  # rows of a part that are shown before the reader is sent to its data frame
WIDE = 14  # columns


def audit(audited: Audit) -> str:
    """Return an audit in its frame."""
    return html.framed(whole(audited))


def whole(audited: Audit) -> str:
    """Return an audit without its frame."""
    head = f"<p><strong>{escape(audited.headline)}</strong></p>"
    found = html.findings(audited.findings) or f"<p>{escape(repr(audited.findings))}</p>"
    return head + found + parts(audited)


def parts(audited: Audit, *, folded: bool = True) -> str:
    """Return what every part measured, and what was not done.

    Parameters
    ----------
    audited : Audit
        What was found.
    folded : bool
        Whether every part shows its title alone until it is opened; else those alone that have no
        drawing.
    """
    shown = [
        _part(name, title, audited, folded)
        for name, title in audited.titles.items()
        if name in audited.parts
    ]
    return "".join(shown) + _skipped(audited)


def alone(result: Result) -> str:
    """Return one result in its frame, for a cell of its own."""
    return html.framed(one(result))


def one(result: Result, where: str = ".frame()") -> str:
    """Return one result without its frame; `where` says how to get all of its table."""
    return _result(result, drawing(result), where)


def _part(name: str, title: str, audited: Audit, folded: bool) -> str:
    result = audited.parts[name]
    drawn = drawing(result)
    opened = " open" if drawn and not folded else ""
    inside = _result(result, drawn, f"audit.frame({name!r})")
    return f'<details class="part"{opened}><summary>{escape(title)}</summary>{inside}</details>'


def _result(result: Result, drawn: str, where: str) -> str:
    """Return what was found in words and as a drawing, or as tables where there is none."""
    sentences, tables = said(result.describe())
    tables.append(_table(pd.DataFrame(result.frame()), where))
    if not drawn:
        return "".join(sentences + tables)
    if tells_all(result):
        sentences, tables = sentences[:1], sentences[1:] + tables
    inside = f"<summary>The figures</summary>{''.join(tables)}"
    figures = f'<details class="figures">{inside}</details>'
    return "".join(sentences) + drawn + (figures if any(tables) else "")


def _table(frame: pd.DataFrame, where: str) -> str:
    if frame.empty:
        return ""
    cut = frame.iloc[:MOST, :WIDE]
    left = []
    if len(frame) > MOST:
        left.append(f"the first {MOST} of {count(len(frame))} rows")
    if frame.shape[1] > WIDE:
        left.append(f"{WIDE} of {frame.shape[1]} columns")
    caption = f"{' and '.join(left).capitalize()}; {where} has all." if left else where
    return html.table(texts(cut), caption=caption)


def _skipped(audited: Audit) -> str:
    if not audited.skipped:
        return ""
    rows = pd.DataFrame({"not done": audited.skipped.keys(), "why": audited.skipped.values()})
    return html.table(rows, caption="What was not looked at")

"""An audit as HTML without scripts: the outcome and the findings first, each part folded below."""

from __future__ import annotations

import pandas as pd

from jupyter_distill.audits.audit import Audit
from jupyter_distill.exports import html
from jupyter_distill.exports.html import count, escape
from jupyter_distill.exports.texts import texts

MOST = 15  # rows of a part that are shown before the reader is sent to its data frame
WIDE = 14  # columns


def audit(audited: Audit) -> str:
    """Return an audit in its frame."""
    head = f"<p><strong>{escape(audited.headline)}</strong></p>"
    found = html.findings(audited.findings) or f"<p>{escape(repr(audited.findings))}</p>"
    return html.framed(head + found + parts(audited))


def parts(audited: Audit, *, folded: bool = True) -> str:
    """Return what every part measured, and what was not done.

    Parameters
    ----------
    audited : Audit
        What was found.
    folded : bool
        Whether a part shows its title alone until it is opened.
    """
    shown = [
        _part(name, title, audited, folded)
        for name, title in audited.titles.items()
        if name in audited.parts
    ]
    return "".join(shown) + _skipped(audited)


def _part(name: str, title: str, audited: Audit, folded: bool) -> str:
    result = audited.parts[name]
    said = f'<pre class="said">{escape(result.describe())}</pre>'
    frame = pd.DataFrame(result.frame())
    inside = said + _table(frame, f"audit.frame({name!r})")
    # a page on paper opens nothing: there they are open
    opened = "" if folded else " open"
    return f"<details{opened}><summary>{escape(title)}</summary>{inside}</details>"


def _table(frame: pd.DataFrame, where: str) -> str:
    if frame.empty:
        return ""
    cut = frame.iloc[:MOST, :WIDE]
    left = []
    if len(frame) > MOST:
        left.append(f"the first {MOST} of {count(len(frame))} rows")
    if frame.shape[1] > WIDE:
        left.append(f"{WIDE} of {frame.shape[1]} columns")
    caption = f"{' and '.join(left).capitalize()}; {where} has all." if left else ""
    return html.table(texts(cut), caption=caption)


def _skipped(audited: Audit) -> str:
    if not audited.skipped:
        return ""
    rows = pd.DataFrame({"not done": audited.skipped.keys(), "why": audited.skipped.values()})
    return html.table(rows, caption="What was not looked at")

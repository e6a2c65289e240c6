"""Small pieces of HTML: everything a person wrote is escaped, nothing needs a script."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from html import escape as _escape
from typing import Any

import numpy as np
import pandas as pd

from jupyter_distill._shares import percent
from jupyter_distill.audits._intervals import Interval
from jupyter_distill.exports import theme
from jupyter_distill.findings import Findings, Severity

# Characters that XML cannot hold even when escaped; a name with one shows the replacement sign.
_NOT_XML = {code: "\N{REPLACEMENT CHARACTER}" for code in range(32) if code not in (9, 10, 13)} | {
    code: "\N{REPLACEMENT CHARACTER}" for code in (*range(0xD800, 0xE000), 0xFFFE, 0xFFFF)
}


SHORT = 28  # letters of a class name that is kept on one line


def escape(text: object) -> str:
    """Return text that is inert in HTML and SVG, between tags and inside quoted attributes."""
    return _escape(str(text).translate(_NOT_XML), quote=True)


def script_json(value: Any) -> str:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def count(value: float) -> str:
    """Write how many there are: ``1,240``."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def number(value: float) -> str:
    """Write a number to read, at most six digits and ungrouped: years stay years."""
    if np.isnan(value):
        return "missing"
    whole = float(value).is_integer() and abs(value) < 1e15
    return str(int(value)) if whole else f"{value:.6g}"


def interval(value: float, low: float, high: float) -> str:
    """Write a measure with its interval: ``0.912 [0.899, 0.924]``; a dash where there is none."""
    if np.isnan(value):
        return "\N{EN DASH}"
    return Interval(value, low, high).text()


def share_html(share: float) -> str:
    """Write a share to read, as HTML: ``<0.1 %`` has a sign to escape."""
    return escape(percent(share))


def dot(k: int) -> str:
    """Return a small square in the colour of class `k`."""
    return f'<span class="dot" style="background:{theme.colour(k)}"></span>'


def table(
    frame: pd.DataFrame,
    *,
    caption: str = "",
    classes: Sequence[str] = (),
    class_columns: Iterable[str] = (),
    digits: Mapping[str, int] | None = None,
    marked: Container[int] = (),
) -> str:
    """Return a data frame as a plain table.

    Parameters
    ----------
    frame : DataFrame
        Rows to show, already as few as should be seen.
    caption : str
        What the table shows.
    classes : sequence of str
        Class names in the order of their colours.
    class_columns : iterable of str
        Columns that hold class names: their cells get the colour of the class.
    digits : mapping of str to int, optional
        Decimals of columns of measures; other numbers are written as they are.
    marked : container of int
        Places of rows that are marked as a warning.
    """
    coloured = set(class_columns)
    place = {name: k for k, name in enumerate(classes)}
    right = [t.kind in "iuf" if isinstance(t, np.dtype) else False for t in frame.dtypes]
    heads = [
        f'<th scope="col"{_kind(number=r)}>{escape(name)}</th>' if str(name) else "<td></td>"
        for name, r in zip(frame.columns, right, strict=True)
    ]
    rows = []
    for line, values in enumerate(frame.itertuples(index=False, name=None)):
        cells = []
        for name, value, r in zip(frame.columns, values, right, strict=True):
            shown = _cell(value, (digits or {}).get(name))
            if name in coloured and str(value) in place:
                short = len(str(value)) <= SHORT
                cells.append(f"<td{_kind(short=short)}>{dot(place[str(value)])}{shown}</td>")
            else:
                cells.append(f"<td{_kind(number=r)}>{shown}</td>")
        mark = ' class="note"' if line in marked else ""
        rows.append(f"<tr{mark}>{''.join(cells)}</tr>")
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption or "table")}">'
        f"<table>{title}<thead><tr>{''.join(heads)}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _kind(*, number: bool = False, short: bool = False) -> str:
    if number:
        return ' class="num"'
    return ' class="short"' if short else ""


def _cell(value: object, digits: int | None) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return '<span class="dim">missing</span>'
    if isinstance(value, float | np.floating):
        return f"{value:.{digits}f}" if digits is not None else number(float(value))
    return escape(value)


def bars(names: Sequence[str], shares: Sequence[float], *, title: str) -> str:
    """Return a distribution over classes as labelled horizontal bars."""
    rows = []
    for k, (name, share) in enumerate(zip(names, shares, strict=True)):
        rows.append(
            f'<div style="display:flex;gap:8px;align-items:center">'
            f'<span style="flex:0 1 9em;overflow-wrap:anywhere">{escape(name)}</span>'
            f'<span style="flex:0 0 160px;height:8px;background:var(--jd-shade)">'
            f'<span style="display:block;height:8px;width:{100 * share:.1f}%;'
            f'background:{theme.colour(k)}"></span></span>'
            f'<span class="num">{share_html(share)}</span></div>'
        )
    head = f'<div class="dim">{escape(title)}</div>'
    label = f'role="group" aria-label="{escape(title)}"'
    return f'<div style="margin-bottom:10px" {label}>{head}{"".join(rows)}</div>'


def notes(texts: Iterable[str]) -> str:
    """Return what the person should know before trusting the numbers."""
    return "".join(f'<p class="note">{escape(text)}</p>' for text in texts)


def findings(found: Findings) -> str:
    """Return findings: sentence and remedy, what each is called, and what was measured."""
    return "".join(
        f'<div class="note finding is-{one.severity}">{severity(one.severity)} '
        f'<span class="code">{escape(one.code)}</span> '
        f'{escape(one.sentence)} <span class="remedy">{escape(one.remedy)}</span>'
        f'<div class="dim small">{escape(one.figures)}</div></div>'
        for one in found
    )


def severity(name: Severity) -> str:
    """Return how much a finding matters, as a word in its colour."""
    return f'<span class="severity is-{name}">{name}</span>'


def findings_alone(found: Findings) -> str:
    """Return findings with the style they need in a cell, also where there are none."""
    return framed(findings(found) if found else f"<p>{escape(repr(found))}</p>")


def framed(inside: str, *, style: bool = True) -> str:
    """Return a fragment in its frame, with the style it needs to stand alone in a cell."""
    css = f"<style>{theme.variables()}{theme.page()}{theme.drawing()}</style>" if style else ""
    return f'<div class="jd">{css}{inside}</div>'

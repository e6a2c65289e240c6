"""Signs of verdicts: each has a form of its own, so that none is told by its colour alone."""

from __future__ import annotations

from jupyter_distill.exports.html import escape

GOOD, BAD, NEARLY, NONE, UNKNOWN = "good", "bad", "nearly", "none", "unknown"
_ROUND = '<circle cx="8" cy="8" r="6.5" fill="none" stroke="{ink}" stroke-width="1.5"/>'
_FORMS = {
    GOOD: ("var(--jd-accent)", _ROUND, "M5 8.2l2.2 2.3 3.8-4.6"),
    NEARLY: ("var(--jd-warn)", _ROUND, "M4.8 9c1.6-3 2.6-1.6 3.2-1s1.6 2 3.2-1"),
    BAD: (
        "var(--jd-alert)",
        '<rect x="1.5" y="1.5" width="13" height="13" fill="none" stroke="{ink}" '
        'stroke-width="1.5"/>',
        "M5 5l6 6M11 5l-6 6",
    ),
    NONE: ("var(--jd-dim)", _ROUND, "M5 8h6"),
    UNKNOWN: ("var(--jd-dim)", _ROUND, "M6 6.4c.2-2.4 4-2.2 4 0 0 1.4-2 1.4-2 3M8 11.2v.6"),
}
OF = {
    "met": GOOD,
    "nearly met": NEARLY,
    "violated": BAD,
    "used": GOOD,
    "not used": NONE,
    "unknown": UNKNOWN,
}


def line(verdict: str, text: str) -> str:
    """Return a line of HTML: the sign of a verdict, and what it is about."""
    ink, frame, inside = _FORMS[OF[verdict]]
    return (
        f'<div style="display:flex;gap:6px"><svg width="16" height="16" viewBox="0 0 16 16" '
        f'aria-hidden="true" style="flex:none;margin-top:2px">{frame.format(ink=ink)}'
        f'<path d="{inside}" fill="none" stroke="{ink}" stroke-width="1.6"/></svg>'
        f"<span>{escape(text)}</span></div>"
    )

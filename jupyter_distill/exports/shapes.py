"""Small drawings of the shapes of an EBM: one per term, all on the same scale."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from jupyter_distill.explanation import Shape, ShapeExplanation
from jupyter_distill.exports import theme
from jupyter_distill.exports.html import escape, number
from jupyter_distill.exports.pairs import pair

WIDTH, HEIGHT, HEAD, FOOT = 300, 96, 20, 16


def shapes(explanation: ShapeExplanation) -> str:
    """Return all terms as small drawings with titles, the most important first."""
    several = len(explanation.scores) > 1
    most = max((float(np.abs(t.scores).max(initial=0)) for t in explanation.terms), default=0)
    top = most or 1.0
    about = "what each adds to " + (
        "the score of each class" if several else escape(explanation.scores[0])
    )
    panels = "".join(
        pair(term, explanation.scores) if term.kind == "pair" else _panel(term, explanation, top)
        for term in explanation.terms
    )
    key = ""
    if several:
        dots = (
            f'<span><svg width="10" height="10"><rect width="10" height="10" rx="2" '
            f'fill="{theme.colour(k)}"/></svg> {escape(name)}</span>'
            for k, name in enumerate(explanation.scores)
        )
        key = f'<p class="dim">{" &nbsp; ".join(dots)}</p>'
    caption = f"What the student says: {about}, from {_two(-top)} to {_two(top)}"
    return (
        f'<p class="dim">{caption}</p>{key}'
        f'<div style="display:flex;flex-wrap:wrap;gap:12px 24px">{panels}</div>'
    )


def _two(value: float) -> str:
    return f"{value:+.2f}"


def _panel(term: Shape, explanation: ShapeExplanation, top: float) -> str:
    numeric = bool(np.isfinite(term.low).any() or np.isfinite(term.high).any())
    lines = list(_steps(term, top) if numeric else _bars(term, explanation, top))
    height = HEIGHT if numeric else HEAD + 16 * len(term.scores) + 4
    said = "; ".join(
        f"{bin_}: {', '.join(_two(v) for v in scores)}"
        for bin_, scores in zip(term.bins[:20], term.scores[:20], strict=True)
    )
    return (
        f'<svg width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(term.name)}: {escape(said)}" style="font-size:12px">'
        f'<text x="0" y="13" fill="currentColor">{escape(term.name)}</text>{"".join(lines)}</svg>'
    )


def _steps(term: Shape, top: float) -> Iterator[str]:
    """Draw a step for every bin between the outermost bounds, and a dot for missing values."""
    known = np.isfinite(term.low) | np.isfinite(term.high)
    low, high = term.low[known], term.high[known]
    bounds = np.concatenate([low[np.isfinite(low)], high[np.isfinite(high)]])
    first, last = float(bounds.min()), float(bounds.max())
    room = (last - first) * 0.08 or 1.0
    left, right = np.maximum(low, first - room), np.minimum(high, last + room)
    left = np.where(np.isfinite(low), left, first - room)
    right = np.where(np.isfinite(high), right, last + room)
    inner = WIDTH - 24
    x0 = inner * (left - first + room) / (last - first + 2 * room)
    x1 = inner * (right - first + room) / (last - first + 2 * room)
    middle = HEAD + (HEIGHT - HEAD - FOOT) / 2
    unit = (HEIGHT - HEAD - FOOT) / 2 / top
    yield f'<line x1="0" x2="{WIDTH}" y1="{middle}" y2="{middle}" stroke="var(--jd-line)"/>'
    for j, scores in enumerate(term.scores.T):
        ink = theme.colour(j) if term.scores.shape[1] > 1 else "var(--jd-accent)"
        y = middle - unit * scores[known]
        path = " ".join(
            f"{'M' if i == 0 else 'L'}{a:.1f},{at:.1f} L{b:.1f},{at:.1f}"
            for i, (a, b, at) in enumerate(zip(x0, x1, y, strict=True))
        )
        yield f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="1.5"/>'
        for bin_, score, rows in zip(term.bins, term.scores[:, j], term.support, strict=True):
            if bin_.endswith("is missing") and rows > 0:
                at = middle - unit * float(score)
                yield f'<circle cx="{WIDTH - 10}" cy="{at:.1f}" r="3" fill="{ink}">'
                yield f"<title>{escape(bin_)}: {_two(score)}</title></circle>"
    for x, anchor, value in ((0, "start", first), (inner, "end", last)):
        yield (
            f'<text x="{x}" y="{HEIGHT - 3}" text-anchor="{anchor}" fill="var(--jd-dim)">'
            f"{escape(number(value))}</text>"
        )


def _bars(term: Shape, explanation: ShapeExplanation, top: float) -> Iterator[str]:
    """Draw a bar for every value of a category."""
    middle = WIDTH * 0.7
    unit = WIDTH * 0.28 / top
    for line, (bin_, scores) in enumerate(zip(term.bins, term.scores, strict=True)):
        y = HEAD + 16 * line
        name = bin_.removeprefix(f"{term.name} ")
        yield f'<text x="8" y="{y + 11}" fill="var(--jd-dim)">{escape(name[:24])}</text>'
        thick = 10 / len(scores)
        for j, score in enumerate(scores):
            ink = theme.colour(j) if len(scores) > 1 else "var(--jd-accent)"
            width = abs(float(score)) * unit
            x = middle - (width if score < 0 else 0)
            yield (
                f'<rect x="{x:.1f}" y="{y + 2 + thick * j:.1f}" width="{width:.1f}" '
                f'height="{thick:.1f}" fill="{ink}"><title>{escape(bin_)}: '
                f"{escape(explanation.scores[j])} {_two(score)}</title></rect>"
            )
    bottom = HEAD + 16 * len(term.bins)
    yield f'<line x1="{middle}" x2="{middle}" y1="{HEAD}" y2="{bottom}" stroke="var(--jd-line)"/>'
